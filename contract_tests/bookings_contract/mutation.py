"""Judges the judge: which of the servers that are wrong on purpose does it notice, and how.

A server is judged by the rule that it breaks first. Only one that this rule's tests let pass is
judged by all rules, to learn whether any other notices; `whole` judges every server by all of them.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from statistics import median
from typing import Any

from attrs import field, frozen

from bookings_contract import embedded
from bookings_contract.embedded import Wrong
from bookings_contract.run import judge
from bookings_contract.verdicts import Report, Verdict

# Fuzzing is boxed in time, so that what it reaches depends on the machine.
SUITES = ("rules", "lifecycle")

# Each document that lacks a rule is compiled and kept, so that a process grows as it goes on.
TASKS_OF_A_PROCESS = 60


@frozen
class Judgement:
    """What became of one wrong server.

    `caught_by` names the rules that were found broken, its own first; `seconds` is what judging it
    by its own rule took the processor; `story` is how many requests tell the breach; `faults` are
    the harness's own, by rule.
    """

    server: Wrong
    caught_by: tuple[str, ...]
    seconds: float
    story: int | None = None
    faults: Mapping[str, str] = field(factory=dict)

    @property
    def caught(self) -> bool:
        """Whether any rule was found broken."""
        return bool(self.caught_by)

    @property
    def by_its_own_rule(self) -> bool:
        """Whether the rule that the server breaks was."""
        return self.server.rule in self.caught_by

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.server.name,
            "rule": self.server.rule,
            "about": self.server.about,
            "caughtBy": list(self.caught_by),
            "seconds": round(self.seconds, 2),
            "story": self.story,
            "faults": dict(self.faults),
        }


@frozen
class Score:
    """How many were caught, over any number of judgements."""

    judgements: Sequence[Judgement]

    @property
    def caught(self) -> int:
        """How many were noticed at all."""
        return sum(one.caught for one in self.judgements)

    @property
    def by_their_own_rule(self) -> int:
        """How many were noticed by the rule that they break."""
        return sum(one.by_its_own_rule for one in self.judgements)

    @property
    def median_story(self) -> float | None:
        """How many requests a breach takes to tell, in the middle of all."""
        stories = [one.story for one in self.judgements if one.story]
        return median(stories) if stories else None

    @property
    def longest_story(self) -> int | None:
        """How many requests the longest one takes."""
        return max((one.story for one in self.judgements if one.story), default=None)

    @property
    def faults(self) -> Mapping[str, Mapping[str, str]]:
        """What went wrong in the harness, by server."""
        return {one.server.name: one.faults for one in self.judgements if one.faults}


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
