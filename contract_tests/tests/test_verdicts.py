"""How findings become verdicts, and verdicts an exit code."""

import pytest
from attrs import evolve

from bookings_contract.findings.verdicts import (
    Coverage,
    Finding,
    Kept,
    Left,
    Outcome,
    Reading,
    Report,
    Verdict,
    aggregate,
    level_of,
)
from bookings_openapi import Circumstance, Rule

MUST = Rule(
    id="TEST-1",
    level="MUST",
    text="A promise.",
    sources=(),
    operations=("confirmBooking",),
    needs=(),
    answers={},
    circumstances={"in_part": Circumstance("OBSERVED", "A part of it.")},
    readings={},
    default=None,
    note=None,
)
OBSERVED = evolve(MUST, id="TEST-2", level="OBSERVED", circumstances={})
EITHER = evolve(MUST, id="TEST-3", level="EITHER", readings={"A": "so", "B": "or so"})
RULES = (MUST, OBSERVED, EITHER)


def outcome(rule: Rule = MUST, **said: object) -> Outcome:
    return Outcome(test="test_it", suite="rules", rules=(rule.id,), **said)  # type: ignore[arg-type]


def found(rule: Rule = MUST, circumstance: str | None = None, actual: str = "200") -> Finding:
    return Finding(rule.id, level_of(rule, circumstance), "refused", actual, circumstance)


def report(*outcomes: Outcome, level: str = "OBSERVED", rules: tuple[Rule, ...] = RULES) -> Report:
    return Report(target={}, rules=aggregate(rules, outcomes, level), level=level)


def test_a_rule_that_held_is_kept_and_the_command_ends_with_0() -> None:
    judged = report(outcome(kept=(Kept("TEST-1"),)))
    assert judged["TEST-1"].verdict is Verdict.KEPT
    assert (judged.verdict, judged.exit_code) == (Verdict.KEPT, 0)


def test_one_finding_breaks_a_rule_and_the_command_ends_with_1() -> None:
    judged = report(outcome(kept=(Kept("TEST-1"),)), outcome(findings=(found(),)))
    assert judged["TEST-1"].verdict is Verdict.BROKEN
    assert (judged.verdict, judged.exit_code) == (Verdict.BROKEN, 1)


def test_a_reason_alone_leaves_a_rule_not_judged_and_the_command_ends_with_2() -> None:
    judged = report(outcome(not_judged="no [control] url named"))
    assert judged["TEST-1"].verdict is Verdict.NOT_JUDGED
    assert judged["TEST-1"].reason == "no [control] url named"
    assert (judged.verdict, judged.exit_code) == (Verdict.NOT_JUDGED, 2)


def test_a_fault_of_a_test_is_an_error_and_the_command_ends_with_3() -> None:
    judged = report(outcome(error="ZeroDivisionError: …"))
    assert judged["TEST-1"].verdict is Verdict.ERROR
    assert judged["TEST-1"].reason == "test_it: ZeroDivisionError: …"
    assert (judged.verdict, judged.exit_code) == (Verdict.ERROR, 3)


def test_a_fault_that_many_tests_share_is_said_once() -> None:
    judged = report(*[outcome(error="oops")] * 3)
    assert judged["TEST-1"].reason == "test_it and 2 more: oops"


def test_a_breach_outweighs_a_fault_and_a_fault_outweighs_what_was_kept() -> None:
    kept, fault = outcome(kept=(Kept("TEST-1"),)), outcome(error="oops")
    assert report(kept, fault)["TEST-1"].verdict is Verdict.ERROR
    assert report(kept, fault, outcome(findings=(found(),)))["TEST-1"].verdict is Verdict.BROKEN


def test_a_test_that_fails_half_way_keeps_nothing_for_its_rule() -> None:
    kept = (Kept("TEST-1"),)
    assert report(outcome(kept=kept, error="oops"))["TEST-1"].verdict is Verdict.ERROR
    judged = report(outcome(kept=kept, not_judged="unreadable"))["TEST-1"]
    assert (judged.verdict, judged.reason) == (Verdict.NOT_JUDGED, "unreadable")


def test_what_a_test_kept_in_passing_stands_even_if_it_ends_early() -> None:
    judged = report(outcome(kept=(Kept("TEST-2"),), not_judged="no session"))
    assert judged["TEST-2"].verdict is Verdict.KEPT


def test_a_test_that_says_nothing_about_its_rule_is_a_fault() -> None:
    judged = report(outcome())["TEST-1"]
    assert judged.verdict is Verdict.ERROR
    assert judged.reason == "test_it: recorded nothing about TEST-1"


def test_a_rule_behind_another_rules_breach_is_not_judged() -> None:
    judged = report(outcome(findings=(found(OBSERVED),), breach="TEST-2"))["TEST-1"]
    assert judged.verdict is Verdict.NOT_JUDGED
    assert judged.reason == "its story broke off at TEST-2"


def test_a_rule_that_no_test_judges_says_so() -> None:
    assert report()["TEST-1"].reason == "no test judges it"


def test_a_rule_kept_in_part_says_what_was_not_judged() -> None:
    judged = report(outcome(kept=(Kept("TEST-1"),)), outcome(not_judged="no waitlist"))["TEST-1"]
    assert judged.verdict is Verdict.KEPT
    assert judged.reason == "in part not judged: no waitlist"


def test_a_rule_left_in_passing_carries_its_reason() -> None:
    judged = report(outcome(kept=(Kept("TEST-1"),), left=(Left("TEST-2", "no reader"),)))
    assert judged["TEST-2"].reason == "no reader"


def test_level_must_does_not_count_what_is_only_observed() -> None:
    outcomes = (outcome(kept=(Kept("TEST-1"),)), outcome(OBSERVED, findings=(found(OBSERVED),)))
    assert report(*outcomes).exit_code == 1
    judged = report(*outcomes, level="MUST")
    assert judged["TEST-2"].verdict is Verdict.NOT_JUDGED
    assert judged["TEST-2"].reason == "broken only below the chosen level, MUST"
    assert (len(judged["TEST-2"].findings), judged.exit_code) == (1, 0)


def test_a_must_rule_broken_in_an_observed_part_stays_kept_at_level_must() -> None:
    outcomes = (
        outcome(kept=(Kept("TEST-1"),)),
        outcome(findings=(found(circumstance="in_part"),)),
    )
    assert report(*outcomes)["TEST-1"].verdict is Verdict.BROKEN
    judged = report(*outcomes, level="MUST")["TEST-1"]
    assert (judged.verdict, judged.counted, len(judged.findings)) == (Verdict.KEPT, 0, 1)


def test_findings_that_count_come_first_and_the_shortest_story_leads() -> None:
    low = found(circumstance="in_part")
    told = report(outcome(findings=(low, found(actual="201"))))["TEST-1"]
    assert [finding.level for finding in told.findings] == ["MUST", "OBSERVED"]


def test_the_same_finding_is_told_once() -> None:
    told = report(outcome(findings=(found(),)), outcome(findings=(found(),)))["TEST-1"]
    assert len(told.findings) == 1


@pytest.mark.parametrize(
    ("letters", "reading"), [("A", "A"), ("BB", "B"), ("AB", "mixed"), ("", None)]
)
def test_a_reading_is_what_all_tests_saw_or_mixed(letters: str, reading: str | None) -> None:
    outcomes = [outcome(EITHER, readings=(Reading("TEST-3", letter),)) for letter in letters]
    judged = report(*outcomes)["TEST-3"]
    assert judged.reading == reading
    assert judged.verdict is (Verdict.KEPT if letters else Verdict.NOT_JUDGED)


def test_following_a_reading_never_counts_and_following_none_is_observed() -> None:
    none = outcome(EITHER, findings=(found(EITHER),))
    assert report(none)["TEST-3"].findings[0].level == "OBSERVED"
    assert report(none).exit_code == 1
    assert report(none, level="MUST").exit_code == 2


def test_coverage_adds_up() -> None:
    one = Coverage({"confirmBooking": 1}, {"confirmBooking 200": 1})
    assert (one + one).exchanges == 2
    assert (one + one).statuses == {"confirmBooking 200": 2}
