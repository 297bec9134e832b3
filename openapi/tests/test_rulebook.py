"""The rule book keeps its own habits, and a malformed row is refused by name."""

import re
from collections import Counter, defaultdict

import pytest
from attrs.exceptions import FrozenInstanceError

from bookings_openapi.rulebook import Answer, Rule, Source, coming, read, rules

# The published pages: what none of them says is no MUST.
PAGES = {
    "About the Wix Bookings Attendance API",
    "About the Bookings Writer V2 API",
    "Wix Bookings V2 API",
    "Bookings V1, List",
    "createBooking, SDK",
}
OTHER_SOURCES = {
    "current reference",
    "earlier reference",
    "published recipes",
    "typings of @wix/bookings",
    "typings of @wix/ecom",
    "typings of @wix/redirects",
    "recorded official client",
    "RFC 9110",
}
# Numbers that were given up; they are not given again.
RETIRED = {"CREATE": {14}}

EVERY = pytest.mark.parametrize("rule", [pytest.param(r, id=r.id) for r in rules().values()])


@EVERY
def test_a_rule_says_what_it_promises_in_a_sentence(rule: Rule) -> None:
    for text in (rule.text, *rule.readings.values(), rule.note or "."):
        assert text.endswith(".")
        assert not re.search(r"\b[SC]\d{1,3}\b|F§|DTS|\bRD\b", text), "a code nobody can look up"


@EVERY
def test_a_rule_is_kept_under_its_own_id(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]+-[1-9]\d*", rule.id)
    assert rules()[rule.id] is rule


@EVERY
def test_a_must_stands_on_a_published_page(rule: Rule) -> None:
    if rule.level == "MUST":
        assert PAGES & {source.page for source in rule.sources}


@EVERY
def test_a_rule_cites_pages_that_are_known_by_their_title(rule: Rule) -> None:
    assert {source.page for source in rule.sources} <= PAGES | OTHER_SOURCES


@EVERY
def test_what_is_documented_nowhere_is_open_and_says_so(rule: Rule) -> None:
    if not rule.sources:
        assert rule.level == "EITHER"
        assert rule.note is not None
        assert "ocumented nowhere" in rule.note


@EVERY
def test_an_open_rule_and_no_other_has_readings(rule: Rule) -> None:
    if rule.level == "EITHER":
        assert len(rule.readings) >= 2
        assert rule.default == "A"
        assert rule.note
    else:
        assert not rule.readings
        assert rule.default is None


@EVERY
def test_a_circumstance_is_weaker_than_its_rule(rule: Rule) -> None:
    for circumstance in rule.circumstances.values():
        assert circumstance.level == "OBSERVED"
        assert rule.level in {"MUST", "EITHER"}
        assert circumstance.text.endswith(".")


@EVERY
def test_an_answer_by_case_has_a_default_beside_it(rule: Rule) -> None:
    if rule.answers:
        assert rule.answer("no such case") == rule.answer() == rule.answers["default"]


@EVERY
def test_a_guessed_code_is_a_code(rule: Rule) -> None:
    for answer in rule.answers.values():
        assert answer.codes or not answer.any_code
        assert all(re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code) for code in answer.codes)


@EVERY
def test_only_a_receivers_rule_is_about_no_operation(rule: Rule) -> None:
    assert bool(rule.operations) != rule.id.startswith("RECEIVER-")


@EVERY
def test_an_advice_can_be_refused_by_a_strict_mock(rule: Rule) -> None:
    if rule.level == "ADVICE":
        assert rule.answer() is not None


def test_no_two_rules_promise_the_same() -> None:
    twice = [text for text, n in Counter(rule.text for rule in rules().values()).items() if n > 1]
    assert twice == []


def test_ids_are_in_sequence_but_for_those_given_up() -> None:
    numbers = defaultdict(set)
    for id in rules():
        family, number = id.rsplit("-", 1)
        numbers[family].add(int(number))
    gaps = {f: set(range(1, max(used) + 1)) - used for f, used in numbers.items()}
    assert {family: gap for family, gap in gaps.items() if gap} == RETIRED


def test_families_stand_together() -> None:
    # SHAPE and LOOKUP follow AUTH and so on: a family that starts twice was torn apart.
    families = [id.rsplit("-", 1)[0] for id in rules()]
    starts = [f for f, before in zip(families, ["", *families], strict=False) if f != before]
    assert len(starts) == len(set(starts))


def test_every_operation_to_come_is_named_by_a_rule() -> None:
    named = {operation for rule in rules().values() for operation in rule.operations}
    assert coming() <= named


def test_the_rule_book_cannot_be_changed() -> None:
    rule = rules()["CONFIRM-1"]
    with pytest.raises(TypeError):
        rules()["NEW-1"] = rule  # type: ignore[index]
    with pytest.raises(TypeError):
        rule.answers["default"] = Answer((400,), ())  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        rule.level = "EITHER"  # type: ignore[misc]


def test_the_rule_book_is_read_once() -> None:
    assert rules() is rules()


def test_a_rule_is_answered_by_case_with_the_default_behind_it() -> None:
    full = rules()["CREATE-7"]
    assert full.answer() == Answer((428,), ("SLOT_NOT_AVAILABLE",))
    assert full.answer("session") == Answer(
        (428,), ("SESSION_CAPACITY_EXCEEDED", "SLOT_NOT_AVAILABLE")
    )
    assert full.answer("weather") == full.answer()


def test_a_rule_that_refuses_nothing_has_no_answer() -> None:
    assert rules()["CANCEL-1"].answer() is None


ROW = """
coming: [later]
rules:
  NEW-1:
    level: MUST
    text: A new rule holds.
    sources:
      - {page: a page, section: a section}
    operations: [now, later]
    needs: [control, callers.member]
    answer:
      default: {status: [428], codes: [REFUSED], any_code: true}
    circumstances:
      rain: {level: OBSERVED, text: It holds in the rain.}
    note: As an example.
"""


def test_a_row_is_read_as_it_is_written() -> None:
    book = read(ROW)
    rule = book.rules["NEW-1"]
    assert book.coming == {"later"}
    assert (rule.id, rule.level, rule.text) == ("NEW-1", "MUST", "A new rule holds.")
    assert rule.sources == (Source("a page", "a section"),)
    assert rule.operations == ("now", "later")
    assert rule.needs == ("control", "callers.member")
    assert rule.answer() == Answer((428,), ("REFUSED",), any_code=True, any_status=True)
    assert rule.circumstances["rain"].level == "OBSERVED"
    assert (rule.readings, rule.default, rule.note) == ({}, None, "As an example.")


def test_a_status_that_is_published_may_stand_beside_a_code_that_is_not() -> None:
    book = read(ROW.replace("any_code: true", "any_code: true, any_status: false"))
    assert book.rules["NEW-1"].answer() == Answer((428,), ("REFUSED",), any_code=True)


def test_readings_are_read_in_their_order() -> None:
    book = read(
        ROW.replace("MUST", "EITHER")
        + "    readings: {A: It does., B: It does not.}\n    default: B\n"
    )
    assert list(book.rules["NEW-1"].readings.items()) == [("A", "It does."), ("B", "It does not.")]
    assert book.rules["NEW-1"].default == "B"


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        ("level: MUST", "level: SHOULD", "NEW-1: level: is none of"),
        ("    level: MUST\n", "", "NEW-1: level: is missing"),
        ("level: MUST", "level: EITHER", "NEW-1: readings: is not a mapping"),
        ("text: A new rule holds.", "text: ''", "NEW-1: text: is not a text"),
        ("text: A new rule holds.", "text: 7", "NEW-1: text: is not a text"),
        ("needs:", "neeeds:", "NEW-1: neeeds: is not a key"),
        (", section: a section", "", "NEW-1: sources[0]: section: is missing"),
        ("[now, later]", "now", "NEW-1: operations: is not a list"),
        ("[now, later]", "[now, now]", "NEW-1: operations: names something twice"),
        ("[now, later]", "[now, '*']", "NEW-1: operations: '*' stands for all"),
        ("[control,", "[contrl,", "NEW-1: needs: nobody can fulfil contrl"),
        ("status: [428]", "status: 428", "NEW-1: answer.default.status: is not a list"),
        ("status: [428]", "status: []", "NEW-1: answer.default.status: is not a list of 4xx"),
        ("status: [428]", "status: [500]", "NEW-1: answer.default.status: is not a list of 4xx"),
        ("status: [428], ", "", "NEW-1: answer.default: status: is missing"),
        ("any_code: true", "any_code: yes please", "NEW-1: answer.default.any_code: is neither"),
        ("codes: [REFUSED]", "codes: REFUSED", "NEW-1: answer.default.codes: is not a list"),
        ("level: OBSERVED", "level: SEEN", "NEW-1: circumstances.rain.level: is none of"),
        ("note: As", "readings: {A: x, B: y}\n    note: As", "NEW-1: readings: only an EITHER"),
        ("note: As", "text: B.\n    note: As", "rules.yaml: text: stands a second time in line 15"),
        ("coming: [later]\n", "", "rules.yaml: coming: is missing"),
        ("  NEW-1:\n", "  NEW-1: x\n  NEW-2:\n", "NEW-1: is not a mapping"),
    ],
)
def test_a_malformed_row_is_refused_by_row_and_key(
    written: str, instead: str, complaint: str
) -> None:
    assert written in ROW
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read(ROW.replace(written, instead))


@pytest.mark.parametrize(
    ("readings", "complaint"),
    [
        ("readings: {A: Only this.}", "NEW-1: readings: an EITHER rule has A and B"),
        ("readings: {A: This., B: That.}", "NEW-1: default: is none of A, B"),
        ("readings: {A: This., B: That.}\n    default: C", "NEW-1: default: is none of A, B"),
    ],
)
def test_an_open_rule_without_proper_readings_is_refused(readings: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read(ROW.replace("MUST", "EITHER") + f"    {readings}\n")
