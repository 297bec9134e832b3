"""The judge against mocks that read the open rules differently: it tells how, and fails no one.

Each reading is chosen alone, and judged by the rules whose stories it touches: a tenth of them each
day, so that all are within ten; BOOKINGS_TENTH names another one (0 to 9) or `all`.
"""

import pytest

from bookings_contract.embedded import embedded
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.runner.judge import judge

from .mocks import TENTHS, tenth
from .open_rules import BOOK, FIRST, JUDGED, OPEN, OTHERS

# Of a rule with more tests than this, others tell enough: `test_whole` judges it.
MANY = 40


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


def _broken(report: Report) -> list[tuple[str, object]]:
    return [(rule.id, rule.first) for rule in report.having(Verdict.BROKEN)]


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
