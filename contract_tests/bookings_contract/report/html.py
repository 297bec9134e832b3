"""The report for people, `report.html`: one file, complete in itself, the rule book as a map.

It is put together here; `html_map`, `html_breaches`, `html_rules` and `html_coverage` make its
parts. Nothing in it asks the network for anything, and everything reads without JavaScript.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files

from bookings_contract import __version__
from bookings_contract.findings.verdicts import Finding, Report, RuleVerdict, Verdict
from bookings_contract.replay.script import Replay
from bookings_contract.report import html_breaches, html_coverage, html_map, html_rules
from bookings_contract.report.markup import Markup, join, tag

FILE = "report.html"
# What a page may take, in bytes; breaches for which there is no room are told in brief.
ROOM = 290_000

HEADLINES = {
    Verdict.BROKEN: "broken",
    Verdict.ERROR: "in error",
    Verdict.KEPT: "kept",
    Verdict.NOT_JUDGED: "not judged",
}


def text(report: Report, replays: Sequence[Replay] = (), written: datetime | None = None) -> str:
    """The whole page."""
    when = written or datetime.now(UTC)
    rest = len(_page(report, replays, when, room=0).encode())
    return _page(report, replays, when, room=ROOM - rest)


def _page(report: Report, replays: Sequence[Replay], when: datetime, room: int) -> str:
    page = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("meta", name="referrer", content="no-referrer"),
            tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
            tag("title", f"{_headline(report)} · {report.target.get('url', '')}"),
            tag("style", Markup(_file("page.css"))),
        ),
        tag("body", _body(report, replays, when, room)),
        lang="en",
    )
    return f"<!doctype html>\n{page}\n"


# Nothing may be loaded, and no form sent: not even by what a target might have smuggled in.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'"
)


def _file(name: str) -> str:
    return (files("bookings_contract.report") / name).read_text("utf-8")


def _body(report: Report, replays: Sequence[Replay], when: datetime, room: int) -> Markup:
    broken = in_order(rule for rule in report.rules if rule.counted)
    below = in_order(
        rule
        for rule in report.rules
        if not rule.counted and any(not finding.deviation for finding in rule.findings)
    )
    known = sum(bool(rule.deviations) for rule in report.rules)
    told = {replay.id: replay for replay in replays}
    parts = [
        ("broken", "Broken", len(broken), html_breaches.contents(broken)),
        ("errors", "Errors", len(report.having(Verdict.ERROR)), html_rules.errors(report)),
        ("map", "Map", None, html_map.section(report)),
        ("breaches", "Stories", None, html_breaches.section(broken, told, room)),
        ("shapes", "Shapes", None, html_rules.shapes(report)),
        ("known", "Known", known, html_rules.known(report)),
        ("below", "Not counted", len(below), html_breaches.below(below, report, told)),
        (
            "not-judged",
            "Not judged",
            len(report.having(Verdict.NOT_JUDGED)),
            html_rules.not_judged(report),
        ),
        ("readings", "Readings", len(report.readings), html_rules.readings(report)),
        ("kept", "Kept", len(report.having(Verdict.KEPT)), html_rules.kept(report)),
        ("coverage", "Coverage", None, html_coverage.section(report)),
    ]
    shown = [part for part in parts if part[3]]
    return join(
        tag("a", "Skip to the verdict", class_="skip", href="#verdict"),
        _navigation([(anchor, name, number) for anchor, name, number, _ in shown]),
        tag("main", _verdict(report), *(part[3] for part in shown)),
        _colophon(report, when),
        tag("script", Markup(_file("page.js"))),
    )


def _navigation(parts: Iterable[tuple[str, str, int | None]]) -> Markup:
    items = [
        tag(
            "li",
            tag(
                "a",
                name,
                None if number is None else join(" ", tag("span", number, class_="count")),
                href=f"#{anchor}",
            ),
        )
        for anchor, name, number in parts
    ]
    home = tag("a", "Verdict", href="#verdict", class_="home")
    return tag("nav", home, tag("ul", *items), aria_label="Sections")


def _headline(report: Report) -> str:
    broken = len(report.having(Verdict.BROKEN))
    if report.verdict is Verdict.BROKEN:
        return f"{broken} {'rule' if broken == 1 else 'rules'} broken"
    if report.verdict is Verdict.ERROR:
        return "Could not judge everything: the harness failed"
    if report.verdict is Verdict.NOT_JUDGED:
        return "Nothing judged"
    if report.complaints:
        return "Every judged rule is kept, and yet the run fails"
    return "Every judged rule is kept"


def _verdict(report: Report) -> Markup:
    failing = report.complaints and report.verdict is Verdict.KEPT
    return tag(
        "header",
        tag("p", "Verdict on ", tag("b", str(report.target.get("url", ""))), class_="over"),
        tag("h1", _headline(report), class_=report.verdict.value if not failing else "broken"),
        tag("ul", *(tag("li", line) for line in report.complaints), class_="fails")
        if report.complaints
        else None,
        _proportions(report),
        tag("dl", *(_fact(name, value) for name, value in _facts(report)), class_="facts"),
        id="verdict",
        tabindex="-1",
    )


def _proportions(report: Report) -> Markup:
    """How many rules have which verdict, as numbers and as a bar."""
    counted = [(verdict, len(report.having(verdict))) for verdict in HEADLINES]
    bar = [
        tag("span", class_=f"part {verdict.value}", style=f"flex-grow:{number}")
        for verdict, number in counted
        if number
    ]
    numbers = [
        tag(
            "li",
            tag(
                "span", html_map.MARKS[verdict], class_=f"mark {verdict.value}", aria_hidden="true"
            ),
            tag("b", number),
            f" {HEADLINES[verdict]}",
        )
        for verdict, number in counted
    ]
    readings = tag(
        "li",
        tag("b", len(report.readings)),
        " reading seen, counted as kept"
        if len(report.readings) == 1
        else " readings seen, counted as kept",
    )
    known = sum(bool(rule.deviations) for rule in report.having(Verdict.KEPT))
    deviating = tag(
        "li",
        tag("span", html_map.KNOWN, class_="mark known", aria_hidden="true"),
        tag("b", known),
        " of them but for known deviations",
    )
    return join(
        tag("div", *bar, class_="bar", aria_hidden="true"),
        tag(
            "ul",
            *numbers,
            deviating if known else None,
            readings if report.readings else None,
            class_="numbers",
        ),
    )


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    target = report.target
    product = " ".join(str(target.get(key) or "") for key in ("product", "version")).strip()
    yield "Target", f"{target.get('url', '')}{f' ({product})' if product else ''}"
    counted = "MUST alone" if report.level == "MUST" else "MUST and OBSERVED"
    yield "Counted", f"{counted}; readings never"
    yield "Seed", str(report.seed)
    yield "Took", f"{report.seconds:.1f} s, {report.coverage.exchanges:,} exchanges"
    if report.late:
        yield "No time for", f"{report.late:,} tests, which --max-time left out"
    if target.get("paths") == "sdk":
        yield "Paths", "those that the official client sends"
    if target.get("without"):
        without = target["without"]
        yield "Without", ", ".join(map(str, without)) if isinstance(without, list) else str(without)


def _fact(name: str, value: str) -> Markup:
    return tag("div", tag("dt", name), tag("dd", value))


def _colophon(report: Report, when: datetime) -> Markup:
    return tag(
        "footer",
        tag(
            "p",
            f"Written {when:%Y-%m-%d %H:%M} UTC by bookings-contract {__version__}. "
            "The same as data: report.json; for build servers: junit.xml; for code scanners: "
            "report.sarif; each breach as a script and as a test: in the folder named after its "
            "rule.",
        ),
    )


def in_order(rules: Iterable[RuleVerdict]) -> list[RuleVerdict]:
    """The strictest breach first; among equals, the rule book's order."""

    def weight(rule: RuleVerdict) -> int:
        first: Finding | None = rule.first
        level = first.level if first else rule.rule.level
        return html_map.LEVELS.index(level) if level in html_map.LEVELS else len(html_map.LEVELS)

    return sorted(rules, key=weight)
