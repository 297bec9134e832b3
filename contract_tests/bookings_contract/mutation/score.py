"""Judges the judge: which of the servers that are wrong on purpose does it notice, and how.

A server is judged by the rule that it breaks first. Only one that this rule's tests let pass is
judged by all rules, to learn whether any other notices; `whole` judges every server by all of them.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from bookings_contract import embedded
from bookings_contract.findings.mutants import Judgement, Wrong
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.runner.judge import judge

# Fuzzing is boxed in time, so that what it reaches depends on the machine.
SUITES = ("rules", "lifecycle")

# Each document that lacks a rule is compiled and kept, so that a process grows as it goes on.
TASKS_OF_A_PROCESS = 60


def judged(server: Wrong, seed: int = 0, whole: bool = False) -> Judgement:
    """Judges one server, in this process."""
    started = time.process_time()
    with embedded.embedded(breaks=[server.name], seed=seed) as (target, way):
        report = judge(target, rules=[server.rule], suites=SUITES, seed=seed, transport=way)
        seconds = time.process_time() - started
        reports = [report]
        if whole or not report.having(Verdict.BROKEN):
            reports.append(judge(target, suites=SUITES, seed=seed, transport=way))
    return Judgement(
        server=server,
        caught_by=tuple(dict.fromkeys(_broken(reports))),
        seconds=seconds,
        story=_story(reports),
        faults={rule.id: rule.reason or "" for rule in report.having(Verdict.ERROR)},
    )


def _broken(reports: Iterable[Report]) -> Iterator[str]:
    for report in reports:
        yield from (rule.id for rule in report.having(Verdict.BROKEN))


def _story(reports: Iterable[Report]) -> int | None:
    """The length of the first story that tells a breach, the own rule's if it has one."""
    broken = (rule.first for report in reports for rule in report.having(Verdict.BROKEN))
    return next((len(found.story) for found in broken if found), None)


def judged_all(
    servers: Sequence[Wrong],
    *,
    seed: int = 0,
    whole: bool = False,
    jobs: int = 2,
    watch: Callable[[Judgement], None] = lambda judgement: None,
) -> list[Judgement]:
    """Judges the servers in so many processes; `watch` hears of each as soon as it is judged."""
    if jobs == 1 or len(servers) == 1:
        return [_watched(judged(server, seed, whole), watch) for server in servers]
    found: dict[str, Judgement] = {}
    share = jobs * TASKS_OF_A_PROCESS
    for first in range(0, len(servers), share):
        found |= _judged_apart(servers[first : first + share], seed, whole, jobs, watch)
    return [found[server.name] for server in servers]


def _judged_apart(
    servers: Sequence[Wrong], seed: int, whole: bool, jobs: int, watch: Callable[[Judgement], None]
) -> dict[str, Judgement]:
    """Judges the servers in processes that end with them.

    An executor's own limit, `max_tasks_per_child`, can leave it waiting for ever (Python 3.11).
    """
    # Each process begins anew: what a fork of this one would share with it is none of theirs.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=embedded.fail_silently) as pool:
        futures = {pool.submit(judged, server, seed, whole): server.name for server in servers}
        return {
            futures[future]: _watched(future.result(), watch) for future in as_completed(futures)
        }


def _watched(judgement: Judgement, watch: Callable[[Judgement], None]) -> Judgement:
    watch(judgement)
    return judgement
