"""The report for people: one file, complete in itself, whatever the target answered."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from attrs import define, evolve, field

import bookings_openapi
from bookings_contract.embedded import embedded
from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.verdicts import Finding, Report, RuleVerdict, Verdict
from bookings_contract.report import files, html
from bookings_contract.report.markup import tag
from bookings_contract.runner.judge import judge
from bookings_contract.target.model import Target

BOOK = bookings_openapi.rules()
LARGEST = 400_000
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x00\ud800\u202e"


@define
class Page(HTMLParser):
    """What a page consists of, as far as these tests ask."""

    ids: list[str] = field(factory=list)
    links: list[str] = field(factory=list)
    loads: list[str] = field(factory=list)
    tags: list[str] = field(factory=list)
    handlers: list[str] = field(factory=list)
    cells: dict[str, dict[str, str]] = field(factory=dict)

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, name: str, found: list[tuple[str, str | None]]) -> None:
        attributes = {key: value or "" for key, value in found}
        self.tags.append(name)
        self.ids += [attributes["id"]] if "id" in attributes else []
        if name == "a":
            self.links.append(attributes["href"])
            if "cell" in attributes.get("class", "").split():
                self.cells[attributes["href"]] = attributes
        else:
            self.loads += [
                attributes[key] for key in ("src", "href", "srcset") if key in attributes
            ]
        self.handlers += [key for key in attributes if key.startswith("on")]


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


@pytest.fixture(scope="module")
def judged() -> Iterator[tuple[Report, Target]]:
    with embedded(breaks=["CONFIRM-1", "SHAPE-4"]) as (target, transport):
        rules = ["CONFIRM-1", "SHAPE-4", "CANCEL-5", "CANCEL-1", "RECEIVER-1"]
        yield judge(target, rules=rules, transport=transport), target


@pytest.fixture(scope="module")
def text(judged: tuple[Report, Target]) -> str:
    report, target = judged
    return html.text(report, files.replayed(report, target))


def exchange(words: str, size: int = 1) -> Exchange:
    return Exchange(
        operation="confirmBooking",
        caller="owner",
        method="POST",
        url=f"http://target.test/{words}",
        path=f"/bookings/{words}",
        request_headers={"authorization": "…"},
        request_text=words * size,
        status=200,
        headers={"x-bookings-rule": words},
        text=words * size,
        started=0.0,
        seconds=0.0,
    )


def every_rule(verdict: Verdict, words: str = "words", size: int = 1) -> Report:
    """The whole rule book with one verdict; where it is broken, with long stories."""
    rules = []
    for rule in BOOK.values():
        if rule.level == "ADVICE":
            continue
        story = (exchange(words, size),) * 3
        finding = Finding(rule.id, "MUST", words, words, words, story)
        broken = verdict is Verdict.BROKEN
        rules.append(
            RuleVerdict(
                rule,
                verdict,
                reason=None if verdict is Verdict.KEPT else words,
                reading="A" if rule.readings and verdict is Verdict.KEPT else None,
                findings=(finding,) * 5 if broken else (),
                counted=5 if broken else 0,
            )
        )
    return Report(target={"url": words, "product": words, "version": words}, rules=tuple(rules))


def test_it_asks_the_network_for_nothing(text: str) -> None:
    page = read(text)
    assert page.loads == []
    assert not {"link", "img", "iframe", "object", "form", "base"} & set(page.tags)
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src &#x27;none&#x27;" in text


def test_links_stay_in_the_page_or_lead_to_the_files_beside_it(text: str) -> None:
    page = read(text)
    for link in page.links:
        inside = link.startswith("#") and link[1:] in page.ids
        assert inside or link.endswith(("story.sh", ".py"))


def test_no_two_things_have_the_same_anchor(text: str) -> None:
    ids = read(text).ids
    assert len(ids) == len(set(ids))


def test_every_rule_of_the_report_has_an_anchor(text: str, judged: tuple[Report, Target]) -> None:
    assert {rule.id for rule in judged[0].rules} <= set(read(text).ids)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_cell_of_the_map_leads_to_what_is_said_of_its_rule(verdict: Verdict) -> None:
    page = read(html.text(every_rule(verdict)))
    assert len(page.cells) == sum(rule.level != "ADVICE" for rule in BOOK.values())
    assert {link[1:] for link in page.cells} <= set(page.ids)


def test_a_rule_not_judged_never_looks_like_one_kept(text: str) -> None:
    cells = read(text).cells
    assert cells["#RECEIVER-1"]["class"] == "cell not_judged"
    assert cells["#CANCEL-1"]["class"] == "cell kept"
    assert cells["#CONFIRM-1"]["class"] == "cell broken"


def test_verdicts_are_told_in_words_as_well_as_in_colour(text: str) -> None:
    cells = read(text).cells
    assert cells["#CONFIRM-1"]["aria-label"] == "CONFIRM-1 broken"
    assert cells["#RECEIVER-1"]["aria-label"] == "RECEIVER-1 not judged"
    assert cells["#CANCEL-5"]["aria-label"] == "CANCEL-5 kept, reading A"


def test_a_breach_is_told_with_all_that_one_needs(text: str) -> None:
    article = text[text.index('<article id="CONFIRM-1"') :].partition("</article>")[0]
    assert BOOK["CONFIRM-1"].text in article
    assert BOOK["CONFIRM-1"].sources[0].page in article
    assert "refused, nothing changed (428 INVALID_BOOKING_STATUS)" in article
    assert "200, CONFIRMED, revision 2 → 3" in article
    assert "← here" in article
    assert "curl -sS" in article
    assert "def test_confirm_1():" in article


def test_no_token_is_in_the_page_but_the_mocks_plain_ones(judged: tuple[Report, Target]) -> None:
    report, target = judged
    callers = {name: evolve(caller, token="top-secret") for name, caller in target.callers.items()}
    real = evolve(target, control=None, callers=callers)
    assert "top-secret" not in html.text(report, files.replayed(report, real))


def test_the_page_reads_in_light_and_dark_and_prints(text: str) -> None:
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


@pytest.mark.parametrize("verdict", list(Verdict))
def test_what_the_target_answers_stays_text(verdict: Verdict) -> None:
    page = read(html.text(every_rule(verdict, HOSTILE)))
    assert page.handlers == []
    assert page.tags.count("script") == 1
    assert "img" not in page.tags


def test_what_a_page_cannot_hold_is_replaced() -> None:
    assert tag("p", "\x00\ud800\u202e", title="\x1b") == '<p title="\ufffd">\ufffd\ufffd\ufffd</p>'


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_page_stays_small_whatever_the_verdicts(verdict: Verdict) -> None:
    assert len(html.text(every_rule(verdict)).encode()) <= LARGEST


def test_the_page_stays_small_when_everything_is_broken_at_length() -> None:
    report = every_rule(Verdict.BROKEN, "wörds ", size=5000)
    assert len(html.text(report).encode()) <= LARGEST
    assert len(read(html.text(report)).ids) > len(report.rules)


def test_a_run_that_judged_nothing_says_so() -> None:
    assert '<h1 class="not_judged">Nothing judged</h1>' in html.text(every_rule(Verdict.NOT_JUDGED))


def test_known_deviations_look_neither_kept_nor_broken_and_tell_their_reason() -> None:
    known = Finding("CONFIRM-1", "MUST", "refused", "200", "class", deviation="BK-12 (until 2027)")
    rule = RuleVerdict(BOOK["CONFIRM-1"], Verdict.KEPT, reason="but for …", findings=(known,))
    told = html.text(Report({"url": "http://target.test"}, (rule,)))
    page = read(told)
    assert page.cells["#CONFIRM-1"]["class"] == "cell known"
    assert page.cells["#CONFIRM-1"]["aria-label"] == "CONFIRM-1 kept but for known deviations"
    section = told[told.index('<section id="known"') :].partition("</section>")[0]
    assert "BK-12 (until 2027)" in section
    assert 'id="CONFIRM-1"' in section
    assert len(page.ids) == len(set(page.ids))


def test_why_a_run_fails_unbroken_stands_at_the_top() -> None:
    rule = RuleVerdict(BOOK["CONFIRM-1"], Verdict.KEPT)
    report = Report({"url": "u"}, (rule,), complaints=("known.toml: CANCEL-1 expired",), late=7)
    top = html.text(report).partition("</header>")[0]
    assert "Every judged rule is kept, and yet the run fails" in top
    assert "known.toml: CANCEL-1 expired" in top
    assert "7 tests, which --max-time left out" in top
