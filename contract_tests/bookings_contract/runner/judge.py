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
from bookings_contract.replay.flake_check import LEAST, SECONDS, Confirming
from bookings_contract.replay.player import Teller
from bookings_contract.runner.inprocess import Asked, Heard, Hearing, Progress, hear, hear_again
from bookings_contract.target.masking import Mask
from bookings_contract.target.model import Target
from bookings_contract.target.places import Supply
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
    hearing: Hearing | None = None,
    keep: Callable[[Asked, Heard], object] | None = None,
) -> Report:
    """Judges a target by the rules and suites named, or by all of them.

    `hearing` runs the tests in another way than in this process; `keep` is told what was asked and
    heard. Raises ConfigurationError if the target can't be reached, or how it is configured
    explains what would be found.
    """
    asked = Asked(
        rules=tuple(dict.fromkeys(rules)),
        suites=tuple(dict.fromkeys(suites)),
        seed=seed,
        level=level,
        max_time=max_time,
        deep=deep,
        shard=shard or Shard(),
        baseline=baseline,
    )
    report, heard = judged(target, asked, progress, transport, hearing)
    if keep is not None:
        keep(asked, heard)
    return report


def judged(
    target: Target,
    asked: Asked,
    progress: Progress | None = None,
    transport: httpx.BaseTransport | None = None,
    hearing: Hearing | None = None,
) -> tuple[Report, Heard]:
    """The report, and what it was made of, without the target's secrets."""
    try:
        report, heard = _judged(target, asked, progress, transport, hearing)
    except ConfigurationError as error:
        raise ConfigurationError(Mask.of(target).text(str(error))) from error
    mask = Mask.of(target, heard.outcomes)
    return mask.value(report), evolve(heard, outcomes=mask.value(heard.outcomes))


def _judged(
    target: Target,
    asked: Asked,
    progress: Progress | None,
    transport: httpx.BaseTransport | None,
    hearing: Hearing | None,
) -> tuple[Report, Heard]:
    started = time.perf_counter()
    deadline = None if asked.max_time is None else time.monotonic() + asked.max_time
    second_look.before(target)
    greet(target, transport, deadline)
    supply = Supply(target)
    beginning = asked.after(time.perf_counter() - started).sparing
    heard = (hearing or hear)(target, beginning, progress, transport, supply)
    report = reported(facts(target), asked, heard, time.perf_counter() - started)
    if report.having(Verdict.BROKEN):
        left = asked.after(time.perf_counter() - started)
        sure = _made_sure_of(report.rules, heard, left, target, transport, supply)
        heard = evolve(heard, outcomes=sure)
        report = reported(facts(target), asked, heard, time.perf_counter() - started)
    if report.verdict is not Verdict.BROKEN and any(o.unanswered for o in heard.outcomes):
        # Was it one request, or is nobody there any more?
        greet(target, transport, deadline, late=True)
    second_look.after(report, target, transport, deadline)
    return report, heard


def reported(target: Mapping[str, object], asked: Asked, heard: Heard, seconds: float) -> Report:
    """The report on what was heard."""
    baseline = asked.baseline or Baseline()
    outcomes = [baseline.excused(outcome) for outcome in heard.outcomes]
    spoken_of = _rules(asked.rules, asked.suites, heard.tests, outcomes)
    unheard = _elsewhere if asked.shard else _unheard
    rules = aggregate(spoken_of, outcomes, asked.level, unheard)
    whole = not asked.shard and asked.max_time is None
    return Report(
        target=target,
        rules=rules,
        level=asked.level,
        seed=asked.seed,
        seconds=seconds,
        coverage=sum((outcome.coverage for outcome in outcomes), Coverage()),
        complaints=(
            *baseline.expired(),
            *(baseline.stale(rules, heard.left_out) if whole else ()),
        ),
        late=sum(outcome.not_judged == OVERDUE for outcome in outcomes),
        shard=str(asked.shard) if asked.shard else None,
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
    heard: Heard,
    asked: Asked,
    target: Target,
    transport: httpx.BaseTransport | None,
    supply: Supply,
) -> tuple[Outcome, ...]:
    """The outcomes with what they found told again."""
    allowed = SECONDS if asked.max_time is None else asked.max_time
    end = time.monotonic() + max(LEAST, min(allowed, SECONDS))

    def rerun(nodes: frozenset[str]) -> Sequence[Outcome]:
        left = evolve(asked, max_time=end - time.monotonic())
        return hear_again(target, left, nodes, transport, supply)

    wire = Wire(target, transport, pace=Pace(target.requests_per_minute, end))
    try:
        teller = Teller(wire, f"judge-{secrets.token_hex(3)}", supply)
        return Confirming(
            heard.outcomes, teller, rerun, lambda: time.monotonic() < end, asked.level
        ).confirmed(rules)
    finally:
        wire.close()


def _rules(
    asked: Sequence[str],
    suites: Sequence[str],
    tests: Sequence[tuple[str, tuple[str, ...]]],
    outcomes: Sequence[Outcome],
) -> list[bookings_openapi.Rule]:
    """The rules that the report speaks of: those asked for, else what the chosen suites judge.

    What is found broken in passing is told in any case.
    """
    book = bookings_openapi.rules()
    if asked:
        return [book[name] for name in asked]
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
