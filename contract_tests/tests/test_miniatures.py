"""The judge against the mock, wrong in every way that a rule can be broken by its id.

A rule that no miniature breaks, or whose miniature nobody notices, is a failing test here.
"""

import pytest

import bookings_openapi
from bookings_contract.embedded import embedded, rule_facts
from bookings_contract.findings.verdicts import LEVELS, Outcome, Report, Verdict, counts
from bookings_contract.runner.inprocess import rules_with_tests
from bookings_contract.runner.judge import judge

from .mocks import OUT_OF_REACH, SUITES

BOOK = bookings_openapi.rules()
FACTS = rule_facts()
JUDGED = frozenset(rules_with_tests())

# The stories that breaches are told in are to be read by people.
LONGEST_STORY = 6

# What takes more, and why.
TOLD_AT_LENGTH = {
    "ATTENDANCE-9": "a page of 50 is seen only where there are more than 50 objects",
    "ATTENDANCE-10": "three objects, and the page that names the next one",
    "ATTENDANCE-11": "objects of two bookings, and the pages that show them",
    "CHECKOUT-4": "two bookings, and the order of each is created before it is approved",
    "LIST-1": "a list of bookings in every status",
}


def _breakable() -> list[str]:
    """The rules that a suite judges and that can be broken by id; advice is never broken."""
    return [
        rule.id
        for rule in BOOK.values()
        if rule.level != "ADVICE" and rule.id in JUDGED and rule.id in FACTS.miniatures
    ]


class Impatient:
    """Ends a run as soon as a breach has been told briefly: what follows would add nothing."""

    def __init__(self, rule: str) -> None:
        self._rule = rule

    def collected(self, tests: object) -> None:
        """However many there are."""

    def judged(self, outcome: Outcome) -> None:
        """Looks for the breach among what a test found."""
        if any(
            found.rule == self._rule
            and counts(found.level, "OBSERVED")
            and len(found.story) <= LONGEST_STORY
            for found in outcome.findings
        ):
            pytest.exit("the breach is told", returncode=int(pytest.ExitCode.TESTS_FAILED))


def _judged(rule: str) -> Report:
    """Judges the mock that is broken in one rule, by that rule alone."""
    with embedded(breaks=[rule]) as (target, transport):
        return judge(
            target, rules=[rule], suites=SUITES, transport=transport, progress=Impatient(rule)
        )


@pytest.mark.parametrize("rule", _breakable())
def test_a_rule_broken_on_purpose_is_found_broken_and_nothing_else_is(rule: str) -> None:
    report = _judged(rule)
    first = report[rule].first
    assert [verdict.id for verdict in report.having(Verdict.BROKEN)] == [rule]
    assert first is not None
    assert first.story
    assert len(first.story) <= LONGEST_STORY or rule in TOLD_AT_LENGTH


def test_every_rule_that_is_obeyed_and_judged_has_a_miniature() -> None:
    counting = {rule.id for rule in BOOK.values() if rule.level in LEVELS}
    unbroken = (FACTS.obeyed & JUDGED & counting) - FACTS.miniatures.keys()
    assert not sorted(unbroken)


def test_every_rule_that_is_obeyed_is_judged() -> None:
    advice = {rule.id for rule in BOOK.values() if rule.level == "ADVICE"}
    assert not sorted(FACTS.obeyed - JUDGED - OUT_OF_REACH.keys() - advice)


def test_no_reason_is_kept_for_a_rule_that_does_not_need_it() -> None:
    assert BOOK.keys() >= OUT_OF_REACH.keys() | TOLD_AT_LENGTH.keys()
    assert not JUDGED & OUT_OF_REACH.keys()
