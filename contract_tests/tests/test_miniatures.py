"""The judge against the mock, whole and wrong in every way that a rule can be broken by its id.

A rule that no miniature breaks, or whose miniature nobody notices, is a failing test here.
"""

import pytest

import bookings_openapi
from bookings_contract.embedded import embedded, rule_facts
from bookings_contract.hearing import rules_with_tests
from bookings_contract.run import judge
from bookings_contract.verdicts import LEVELS, Outcome, Report, Verdict, counts

from .mocks import SUITES, about_the_whole, whole

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

# What no suite can judge on the embedded mock, and why that is good.
NO_WEBHOOK = "the embedded mock delivers to nobody"
NO_RECEIVER = "it is about receivers of events, not about the API"
UNJUDGED = {
    "EVENT-5": NO_WEBHOOK,
    "RECEIVER-1": NO_RECEIVER,
    "RECEIVER-2": NO_RECEIVER,
    "RECEIVER-3": NO_RECEIVER,
}


def _breakable() -> list[str]:
    """The rules that a suite judges and that can be broken by id; advice is never broken."""
    return [
        rule.id
        for rule in BOOK.values()
        if rule.level != "ADVICE" and rule.id in JUDGED and rule.id in FACTS.miniatures
    ]


def _is_coming(rule: bookings_openapi.Rule) -> bool:
    """Whether all its operations are yet to come into the document."""
    return bool(rule.operations) and set(rule.operations) <= bookings_openapi.coming()


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


def _reasons(verdict: Verdict) -> dict[str, str | None]:
    """The rules of the whole mock with this verdict, each with the reason."""
    return {rule.id: rule.reason for rule in whole().having(verdict)}


@pytest.mark.parametrize("rule", _breakable())
def test_a_rule_broken_on_purpose_is_found_broken_and_nothing_else_is(rule: str) -> None:
    report = _judged(rule)
    first = report[rule].first
    assert [verdict.id for verdict in report.having(Verdict.BROKEN)] == [rule]
    assert first is not None
    assert first.story
    assert len(first.story) <= LONGEST_STORY or rule in TOLD_AT_LENGTH


@about_the_whole
def test_on_the_whole_mock_nothing_is_broken() -> None:
    assert not [(rule.id, rule.first) for rule in whole().having(Verdict.BROKEN)]


@about_the_whole
def test_on_the_whole_mock_nothing_goes_wrong_while_judging() -> None:
    assert not _reasons(Verdict.ERROR)


@about_the_whole
def test_on_the_whole_mock_only_what_is_out_of_reach_is_not_judged() -> None:
    left = _reasons(Verdict.NOT_JUDGED)
    assert not [rule for rule in left if rule not in UNJUDGED and not _is_coming(BOOK[rule])]


@about_the_whole
def test_on_the_whole_mock_nothing_is_judged_in_part_only() -> None:
    assert not {rule: reason for rule, reason in _reasons(Verdict.KEPT).items() if reason}


def test_every_rule_that_is_obeyed_and_judged_has_a_miniature() -> None:
    counting = {rule.id for rule in BOOK.values() if rule.level in LEVELS}
    unbroken = (FACTS.obeyed & JUDGED & counting) - FACTS.miniatures.keys()
    assert not sorted(unbroken)


def test_every_rule_that_is_obeyed_is_judged() -> None:
    advice = {rule.id for rule in BOOK.values() if rule.level == "ADVICE"}
    assert not sorted(FACTS.obeyed - JUDGED - UNJUDGED.keys() - advice)


def test_no_reason_is_kept_for_a_rule_that_does_not_need_it() -> None:
    assert BOOK.keys() >= UNJUDGED.keys() | TOLD_AT_LENGTH.keys()
    assert not JUDGED & UNJUDGED.keys()
