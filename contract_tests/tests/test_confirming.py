"""Which findings count once they were tried again: those that came again, or could not be tried."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from attrs import define, evolve, field

import bookings_openapi
from bookings_contract.findings.verdicts import (
    Finding,
    Kept,
    Outcome,
    RuleVerdict,
    Verdict,
    aggregate,
)
from bookings_contract.replay.flake_check import FIRST, MORE, FlakeCheck
from bookings_contract.replay.outcome import ReplayOutcome
from bookings_contract.replay.player import Replayed, Replayer
from bookings_contract.target.model import Target
from bookings_contract.testkit.client import Wire

RULE = bookings_openapi.rules()["CONFIRM-1"]


@define
class Tries:
    """How each story ends, and what each test says, when they are tried again."""

    stories: Mapping[str, ReplayOutcome] = field(factory=dict)
    tests: Mapping[str, Outcome] = field(factory=dict)
    ran: list[str] = field(factory=list)
    wire: Wire = field(factory=lambda: Wire(Target("http://target.test")))

    def replayed(self, verdict: RuleVerdict, finding: Finding) -> Replayed:
        return Replayed(finding, self.stories.get(finding.actual, ReplayOutcome.UNCLEAR))

    def rerun(self, nodes: frozenset[str]) -> Sequence[Outcome]:
        self.ran += sorted(nodes)
        return [self.tests[node] for node in nodes if node in self.tests]

    def judged(self, *found: Outcome, going: bool = True) -> RuleVerdict:
        """The rule's verdict once all was tried again."""
        replayer = cast(Replayer, self)
        confirming = FlakeCheck(found, replayer, self.rerun, lambda: going)
        outcomes = confirming.checked(aggregate([RULE], found))
        return aggregate([RULE], outcomes)[0]


def found(number: int = 1, **more: Any) -> Outcome:
    """A test's outcome with a finding of its own."""
    finding = Finding("CONFIRM-1", "MUST", "refused", f"{number}", f"circumstance {number}")
    said = {"findings": (finding,), **more}
    return Outcome(f"test_{number}", "rules", ("CONFIRM-1",), node=f"node {number}", **said)


def kept(number: int = 1) -> Outcome:
    return found(number, findings=(), kept=(Kept("CONFIRM-1"),))


def test_what_its_test_finds_again_is_broken() -> None:
    tries = Tries(tests={"node 1": found()})
    verdict = tries.judged(found())
    assert verdict.verdict is Verdict.BROKEN
    assert not verdict.findings[0].flaky


def test_what_its_test_does_not_find_again_is_flaky() -> None:
    verdict = Tries(tests={"node 1": kept()}).judged(found())
    assert verdict.verdict is Verdict.NOT_JUDGED
    assert verdict.reason == "flaky: was 1, then nothing of it when its test ran again"


def test_a_finding_of_another_circumstance_is_another_finding() -> None:
    other = found()
    odd = evolve(other, findings=(evolve(other.findings[0], circumstance="another"),))
    assert Tries(tests={"node 1": odd}).judged(found()).verdict is Verdict.NOT_JUDGED


def test_what_could_not_be_tried_again_stands() -> None:
    for second in (
        {},
        {"node 1": found(findings=(), not_judged="no slot is free")},
        {"node 1": found(findings=(), error="oops")},
        {"node 1": found(findings=(), breach="REVISION-1")},
    ):
        assert Tries(tests=second).judged(found()).verdict is Verdict.BROKEN


def test_without_time_nothing_is_tried_and_everything_stands() -> None:
    tries = Tries(tests={"node 1": kept()})
    assert tries.judged(found(), going=False).verdict is Verdict.BROKEN
    assert tries.ran == []


def test_what_comes_again_is_told_first() -> None:
    tries = Tries(stories={"3": ReplayOutcome.FAILS})
    verdict = tries.judged(*map(found, range(1, 8)))
    assert verdict.findings[0].actual == "3"
    assert verdict.counted == 7
    assert tries.ran == []


def test_of_many_that_do_not_come_again_only_some_are_tried_and_none_counts() -> None:
    numbers = range(1, 31)
    tries = Tries(tests={f"node {number}": kept(number) for number in numbers})
    verdict = tries.judged(*map(found, numbers))
    assert (verdict.verdict, verdict.counted) == (Verdict.NOT_JUDGED, 0)
    assert len(tries.ran) == FIRST + MORE
    assert all(finding.flaky for finding in verdict.findings)


def test_one_that_comes_again_later_is_enough() -> None:
    numbers = range(1, 10)
    tests = {f"node {number}": kept(number) for number in numbers} | {"node 7": found(7)}
    verdict = Tries(tests=tests).judged(*map(found, numbers))
    assert (verdict.verdict, verdict.counted) == (Verdict.BROKEN, 1)
    assert verdict.findings[0].actual == "7"
