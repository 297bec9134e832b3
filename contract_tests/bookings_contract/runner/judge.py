"""Judges a target: has the suites run, makes sure of what they found, and reports it."""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import httpx
from attrs import evolve

import bookings_openapi
from bookings_contract.doctor import second_look
from bookings_contract.findings.baseline import Baseline
from bookings_contract.findings.problems import OVERDUE, ConfigurationError, NotJudged, Unanswered
from bookings_contract.findings.shards import Shard
from bookings_contract.findings.verdicts import (
    Coverage,
    Outcome,
    Report,
    RuleVerdict,
    Verdict,
    aggregate,
)
from bookings_contract.replay.flake_check import LEAST, SECONDS, FlakeCheck
from bookings_contract.replay.player import Replayer
from bookings_contract.runner.inprocess import (
    Progress,
    Runner,
    RunOptions,
    RunResult,
    rerun_tests,
    run_tests,
)
from bookings_contract.target.masking import Mask
from bookings_contract.target.model import Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.pace import Pace

# What is asked first, only to see who answers.
GREETING = "queryExtendedBookings"
UNAUTHORIZED = 401


def judge(
    target: Target,
    *,
    rules: Iterable[str] = (),
    suites: Iterable[str] = (),
    seed: int = 0,
    level: str = "OBSERVED",
    max_time: float | None = None,
    deep: bool = False,
    shard: Shard | None = None,
    baseline: Baseline | None = None,
    progress: Progress | None = None,
    transport: httpx.BaseTransport | None = None,
    runner: Runner | None = None,
    keep: Callable[[RunOptions, RunResult], object] | None = None,
) -> Report:
    """Judges a target by the rules and suites named, or by all of them.

    `runner` runs the tests in another way than in this process; `keep` gets the options and the
    result. Raises ConfigurationError if the target can't be reached, or how it is configured
    explains what would be found.
    """
    options = RunOptions(
        rules=tuple(dict.fromkeys(rules)),
        suites=tuple(dict.fromkeys(suites)),
        seed=seed,
        level=level,
        max_time=max_time,
        deep=deep,
        shard=shard or Shard(),
        baseline=baseline,
    )
    report, result = judged(target, options, progress, transport, runner)
    if keep is not None:
        keep(options, result)
    return report


def judged(
    target: Target,
    options: RunOptions,
    progress: Progress | None = None,
    transport: httpx.BaseTransport | None = None,
    runner: Runner | None = None,
) -> tuple[Report, RunResult]:
    """The report, and what it was made of, without the target's secrets."""
    try:
        report, result = _judged(target, options, progress, transport, runner)
    except ConfigurationError as error:
        raise ConfigurationError(Mask.of(target).text(str(error))) from error
    mask = Mask.of(target, result.outcomes)
    return mask.value(report), evolve(result, outcomes=mask.value(result.outcomes))


def _judged(
    target: Target,
    options: RunOptions,
    progress: Progress | None,
    transport: httpx.BaseTransport | None,
    runner: Runner | None,
) -> tuple[Report, RunResult]:
    started = time.perf_counter()
    deadline = None if options.max_time is None else time.monotonic() + options.max_time
    second_look.before(target)
    greet(target, transport, deadline)
    pool = PlacePool(target)
    beginning = options.after(time.perf_counter() - started).sparing
    result = (runner or run_tests)(target, beginning, progress, transport, pool)
    report = reported(facts(target), options, result, time.perf_counter() - started)
    if report.having(Verdict.BROKEN):
        left = options.after(time.perf_counter() - started)
        sure = _made_sure_of(report.rules, result, left, target, transport, pool)
        result = evolve(result, outcomes=sure)
        report = reported(facts(target), options, result, time.perf_counter() - started)
    if report.verdict is not Verdict.BROKEN and any(o.unanswered for o in result.outcomes):
        # Was it one request, or is nobody there any more?
        greet(target, transport, deadline, late=True)
    second_look.after(report, target, transport, deadline)
    return report, result


def reported(
    target: Mapping[str, object], options: RunOptions, result: RunResult, seconds: float
) -> Report:
    """The report on what the tests of a run found."""
    baseline = options.baseline or Baseline()
    outcomes = [baseline.excused(outcome) for outcome in result.outcomes]
    spoken_of = _rules(options.rules, options.suites, result.tests, outcomes)
    unheard = _elsewhere if options.shard else _unheard
    rules = aggregate(spoken_of, outcomes, options.level, unheard)
    whole = not options.shard and options.max_time is None
    return Report(
        target=target,
        rules=rules,
        level=options.level,
        seed=options.seed,
        seconds=seconds,
        coverage=sum((outcome.coverage for outcome in outcomes), Coverage()),
        complaints=(
            *baseline.expired(),
            *(baseline.stale(rules, result.left_out) if whole else ()),
        ),
        late=sum(outcome.not_judged == OVERDUE for outcome in outcomes),
        shard=str(options.shard) if options.shard else None,
    )


def greet(
    target: Target,
    transport: httpx.BaseTransport | None = None,
    deadline: float | None = None,
    late: bool = False,
) -> None:
    """Makes sure that somebody answers, and knows the owner, before anything is judged.

    Asked `late`, it is no matter when the time is over that --max-time allows.
    """
    in_time = deadline is not None and time.monotonic() < deadline and not late
    client = Client(Wire(target, transport, pace=Pace(deadline=deadline)), late=late)
    try:
        if GREETING in target.without:
            client.wire.send("GET", "/", {}, None, late)
            return
        answer = client.call(GREETING, body={"query": {"cursorPaging": {"limit": 1}}})
    except Unanswered as problem:
        raise ConfigurationError(
            f"{target.url} can't be reached: {problem}. Is it running, and is the address right?"
        ) from problem
    except NotJudged as reason:
        if str(reason) == OVERDUE and in_time:
            raise ConfigurationError(
                f"{target.url} has answered nothing in the time that --max-time allows."
            ) from reason
        return  # Somebody is there, and does not offer this operation.
    finally:
        client.wire.close()
    if answer.status == UNAUTHORIZED:
        raise ConfigurationError(
            f"{target.url} does not know the owner's token (401): mend [callers.owner] token."
        )


def facts(target: Target) -> Mapping[str, object]:
    """What a report says of the target; no token is among it."""
    return {
        "url": target.url,
        "product": target.product,
        "version": target.version,
        "paths": target.paths,
        "control": target.control,
        "without": sorted(target.without),
        "callers": list(target.callers),
        "services": list(target.services),
    }


# Inside


def _made_sure_of(
    rules: Iterable[RuleVerdict],
    result: RunResult,
    options: RunOptions,
    target: Target,
    transport: httpx.BaseTransport | None,
    pool: PlacePool,
) -> tuple[Outcome, ...]:
    """The outcomes with what they found told again."""
    allowed = SECONDS if options.max_time is None else options.max_time
    end = time.monotonic() + max(LEAST, min(allowed, SECONDS))

    def rerun(nodes: frozenset[str]) -> Sequence[Outcome]:
        left = evolve(options, max_time=end - time.monotonic())
        return rerun_tests(target, left, nodes, transport, pool)

    wire = Wire(target, transport, pace=Pace(target.requests_per_minute, end))
    try:
        replayer = Replayer(wire, f"judge-{secrets.token_hex(3)}", pool)
        return FlakeCheck(
            result.outcomes, replayer, rerun, lambda: time.monotonic() < end, options.level
        ).checked(rules)
    finally:
        wire.close()


def _rules(
    rules: Sequence[str],
    suites: Sequence[str],
    tests: Sequence[tuple[str, tuple[str, ...]]],
    outcomes: Sequence[Outcome],
) -> list[bookings_openapi.Rule]:
    """The rules that the report speaks of: those asked for, else what the chosen suites judge.

    What is found broken in passing is told in any case.
    """
    book = bookings_openapi.rules()
    if rules:
        return [book[name] for name in rules]
    if suites:
        named = {rule for _, rules in tests for rule in rules}
        named |= {finding.rule for outcome in outcomes for finding in outcome.findings}
        return [rule for rule in book.values() if rule.id in named]
    # Advice speaks of callers' mistakes, and there is no caller here but the judge.
    return [rule for rule in book.values() if rule.level != "ADVICE"]


def _elsewhere(rule: bookings_openapi.Rule) -> str:
    return "none of this shard's tests judges it"


def _unheard(rule: bookings_openapi.Rule) -> str:
    """Why no test spoke of a rule."""
    coming = [name for name in rule.operations if name in bookings_openapi.coming()]
    if coming and len(coming) == len(rule.operations):
        return "its operations are not in the document yet"
    return "no suite judges it"
