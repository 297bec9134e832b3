"""The judge against the mock, whole and wrong in every way that a rule can be broken by its id.

A rule that no miniature breaks, or whose miniature nobody notices, is a failing test here.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import pytest
from attrs import frozen

import bookings_openapi
from bookings_contract.embedded import embedded, rule_facts
from bookings_contract.run import judge, rules_with_tests
from bookings_contract.verdicts import LEVELS, Outcome, Report, Verdict, counts

from .mocks import processes

BOOK = bookings_openapi.rules()
FACTS = rule_facts()
JUDGED = frozenset(rules_with_tests())

# Fuzzing is boxed in time, so what it reaches depends on the machine; it has tests of its own.
SUITES = ("rules", "lifecycle")

# The stories that breaches are told in are to be read by people.
LONGEST_STORY = 6

# What takes more, and why.
TOLD_AT_LENGTH = {
    "ATTENDANCE-9": "a page of 50 is seen only where there are more than 50 objects",
    "ATTENDANCE-10": "three objects, and the page that names the next one",
    "ATTENDANCE-11": "objects of two bookings, and the pages that show them",
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


@frozen
class Found:
    """What one judgement found, as far as these tests ask."""

    verdicts: Mapping[str, Verdict]
    reasons: Mapping[str, str]
    # What the first finding of each broken rule tells: its operations, and in words.
    stories: Mapping[str, tuple[str, ...]]
    told: Mapping[str, str]

    @classmethod
    def of(cls, report: Report) -> "Found":
        """The same, small enough to go from one process to another."""
        first = {verdict.id: verdict.first for verdict in report.rules if verdict.first}
        return cls(
            verdicts={verdict.id: verdict.verdict for verdict in report.rules},
            reasons={verdict.id: verdict.reason for verdict in report.rules if verdict.reason},
            stories={rule: tuple(e.operation for e in f.story) for rule, f in first.items()},
            told={rule: f"{f.circumstance}: {f.actual}" for rule, f in first.items()},
        )

    def having(self, verdict: Verdict) -> dict[str, str]:
        """The rules with this verdict, and the reason given for it."""
        rules = [rule for rule, found in self.verdicts.items() if found is verdict]
        return {rule: self.reasons.get(rule, self.told.get(rule, "")) for rule in rules}


def _judged(broken: str | None) -> Found:
    """Judges the mock that is broken in one rule by that rule alone; a whole one by all."""
    rules = [broken] if broken else []
    progress = Impatient(broken) if broken else None
    with embedded(breaks=rules) as (target, transport):
        report = judge(target, rules=rules, suites=SUITES, transport=transport, progress=progress)
        return Found.of(report)


@pytest.fixture(scope="module")
def judgements(request: pytest.FixtureRequest) -> Iterator[Mapping[str | None, Future[Found]]]:
    """All judgements that the chosen tests ask for, made on every core there is."""
    chosen = [item for item in request.session.items if item.path == request.path]
    calls = [getattr(item, "callspec", None) for item in chosen]
    asked = [call.params["rule"] for call in calls if call is not None]
    with processes() as pool:
        yield {broken: pool.submit(_judged, broken) for broken in (None, *asked)}
        pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def whole(judgements: Mapping[str | None, Future[Found]]) -> Found:
    return judgements[None].result()


@pytest.mark.parametrize("rule", _breakable())
def test_a_rule_broken_on_purpose_is_found_broken_and_nothing_else_is(
    rule: str, judgements: Mapping[str | None, Future[Found]]
) -> None:
    found = judgements[rule].result()
    assert list(found.having(Verdict.BROKEN)) == [rule], found.reasons
    assert found.stories[rule]
    assert len(found.stories[rule]) <= LONGEST_STORY or rule in TOLD_AT_LENGTH


def test_on_the_whole_mock_nothing_is_broken(whole: Found) -> None:
    assert not whole.having(Verdict.BROKEN)


def test_on_the_whole_mock_nothing_goes_wrong_while_judging(whole: Found) -> None:
    assert not whole.having(Verdict.ERROR)


def test_on_the_whole_mock_only_what_is_out_of_reach_is_not_judged(whole: Found) -> None:
    left = whole.having(Verdict.NOT_JUDGED)
    assert not {
        rule: reason
        for rule, reason in left.items()
        if rule not in UNJUDGED and not _is_coming(BOOK[rule])
    }


def test_on_the_whole_mock_nothing_is_judged_in_part_only(whole: Found) -> None:
    kept = whole.having(Verdict.KEPT)
    assert not {rule: reason for rule, reason in kept.items() if reason}


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
