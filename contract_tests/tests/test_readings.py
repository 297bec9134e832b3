"""The judge against mocks that read the open rules differently: it tells how, and fails no one.

Two mocks are judged by every rule: one with all first readings, one with all second ones. Besides,
each reading is chosen alone, and judged by the rules whose stories it touches: a tenth of them each
day, so that all are within ten; BOOKINGS_TENTH names another one (0 to 9) or `all`.
"""

from collections.abc import Mapping

import pytest

import bookings_openapi
from bookings_contract.embedded import embedded, rule_facts
from bookings_contract.hearing import rules_with_tests
from bookings_contract.run import judge
from bookings_contract.verdicts import Report, Verdict

from .mocks import TENTHS, Readings, about_the_whole, tenth, whole

BOOK = bookings_openapi.rules()
JUDGED = rules_with_tests()
OBEYED = rule_facts().obeyed
FIRST = "A"

# The rules that mocks can read in several ways, and that the judge has tests for.
OPEN = [r for r in BOOK.values() if r.level == "EITHER" and r.id in OBEYED and r.id in JUDGED]
OTHERS = [(r.id, letter) for r in OPEN for letter in r.readings if letter != FIRST]
SECOND = {rule: letter for rule, letter in OTHERS if letter == "B"}

# Of a rule with more tests than this, others tell enough: it is judged in the two whole runs.
MANY = 40

# Which reading of one rule leaves another one without any.
HIDDEN = {
    "AUTH-11": "AUTH-8",
    "PENDING-2": "PENDING-1",
    "PENDING-6": "PENDING-1",
}


def _touched(rule: str) -> list[str]:
    """The rule itself, and those whose stories call what it is about."""
    about = set(BOOK[rule].operations)
    near = [
        name
        for name, tests in JUDGED.items()
        if tests <= MANY and about & set(BOOK[name].operations) and _kin(name, rule)
    ]
    return list(dict.fromkeys([rule, *near]))


def _kin(one: str, other: str) -> bool:
    """Whether two rules stand in the same section of the book."""
    return one.partition("-")[0] == other.partition("-")[0]


def _judged(rule: str, letter: str) -> Report:
    """Judges the mock with one reading of one rule, by what that touches."""
    with embedded(readings={rule: letter}) as (target, transport):
        return judge(target, rules=_touched(rule), transport=transport)


WHOLE: Mapping[str, Readings] = {"all first": (), "all second": tuple(SECOND.items())}


each_whole = pytest.mark.parametrize("which", WHOLE)


def _broken(report: Report) -> list[tuple[str, object]]:
    return [(rule.id, rule.first) for rule in report.having(Verdict.BROKEN)]


@about_the_whole
@each_whole
def test_no_choice_of_readings_is_held_against_a_server(which: str) -> None:
    found = whole(WHOLE[which])
    assert not _broken(found)
    assert not [(rule.id, rule.reason) for rule in found.having(Verdict.ERROR)]


@about_the_whole
@each_whole
def test_every_reading_is_told_rightly(which: str) -> None:
    found = whole(WHOLE[which])
    chosen = dict(WHOLE[which])
    hidden = {rule for rule, by in HIDDEN.items() if by in chosen}
    assert hidden <= {rule.id for rule in found.having(Verdict.NOT_JUDGED)}
    expected = {r.id: chosen.get(r.id, FIRST) for r in OPEN if r.id not in hidden}
    assert {rule: found.readings.get(rule) for rule in expected} == expected


def test_ten_days_judge_every_reading() -> None:
    days = [tenth(OTHERS, number) for number in range(TENTHS)]
    assert sorted(one for day in days for one in day) == sorted(OTHERS)


@pytest.mark.parametrize("chosen", tenth(OTHERS), ids="=".join)
def test_a_reading_that_is_chosen_alone_is_told_and_breaks_nothing(chosen: tuple[str, str]) -> None:
    found = _judged(*chosen)
    assert not _broken(found)
    assert not [(rule.id, rule.reason) for rule in found.having(Verdict.ERROR)]
    expected = {r.id: FIRST for r in OPEN if r.id in found.readings} | dict([chosen])
    assert dict(found.readings) == expected
