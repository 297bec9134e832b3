"""Measures how long the stories are in which the judge tells of each rule broken on purpose.

    python benchmarks/stories.py [RULE …]

prints a line for each rule: how many requests its story takes, what is asked of the last answer,
whether it was told again, and how it ends when a mock that breaks nothing is told it (it may not
fail there); then how the lengths are spread.
"""

import statistics
import sys
import time
from collections import Counter

import bookings_openapi
from bookings_contract.embedded import embedded, rule_facts
from bookings_contract.findings.verdicts import Verdict
from bookings_contract.replay.player import Replayer
from bookings_contract.report.files import replayed
from bookings_contract.runner.inprocess import rules_with_tests
from bookings_contract.runner.judge import judge
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Wire

SUITES = ("rules", "lifecycle")


def breakable() -> list[str]:
    """The rules that a suite judges and that can be broken by their id."""
    judged, broken = rules_with_tests(), rule_facts().miniatures
    book = bookings_openapi.rules().values()
    return [r.id for r in book if r.level != "ADVICE" and r.id in judged and r.id in broken]


def measured(rule: str) -> int | None:
    """Judges a mock that breaks the rule; prints what came of it, answers the story's length."""
    started = time.perf_counter()
    with embedded(breaks=[rule]) as (target, transport):
        report = judge(target, rules=[rule], suites=SUITES, transport=transport)
    took = time.perf_counter() - started
    told = report[rule]
    if told.verdict is not Verdict.BROKEN or told.first is None:
        print(f"{rule:<17}  -  {told.verdict.words}: {told.reason}", flush=True)
        return None
    (replay,) = replayed(report, target)
    again = "told again" if replay.finding.retold else "not told again"
    with embedded() as (whole, transport):
        replayer = Replayer(Wire(whole, transport), "benchmark", PlacePool(whole))
        there = replayer.tell(told, replay.finding).again.name
    print(
        f"{rule:<17} {len(replay.calls):>3}  {type(replay.claim).__name__:<12} {again:<15}"
        f" {there:<8} {took:5.1f} s  {' '.join(call.operation for call in replay.calls)[:100]}",
        flush=True,
    )
    return len(replay.calls)


def main() -> None:
    """Measures the rules named, or all of them."""
    lengths = [length for rule in sys.argv[1:] or breakable() if (length := measured(rule))]
    spread = ", ".join(f"{n}: {many}" for n, many in sorted(Counter(lengths).items()))
    print(f"median {statistics.median(lengths)} requests of {len(lengths)} stories; {spread}")


if __name__ == "__main__":
    main()
