"""The whole examination, in the order in which one thing explains another."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
from attrs import evolve

from bookings_contract.doctor import callers, offers, reach, services, silence, written
from bookings_contract.doctor.asking import Asking
from bookings_contract.doctor.check import Check, Health, Weight, found, skipped, wrong
from bookings_contract.findings.problems import Throttled, Unanswered, Unjudged
from bookings_contract.target.masking import Mask
from bookings_contract.target.model import Target
from bookings_contract.target.transport import first_answer
from bookings_contract.testkit.blame import blaming

Now = Callable[[], datetime]


def examine(
    target: Target,
    transport: httpx.BaseTransport | None = None,
    *,
    thorough: bool = True,
    now: Now = lambda: datetime.now(UTC),
    sleep: offers.Sleep = time.sleep,
    clock: offers.Clock = time.monotonic,
    deadline: float | None = None,
) -> list[Check]:
    """Every check of a target; `thorough` adds those that no verdict hangs on.

    What is booked is canceled in the end; nothing else is asked after the deadline. Nothing is
    raised for what the target does, and no secret is among what is said of it.
    """
    checks = _examined(target, transport, thorough, now, sleep, clock, deadline)
    return Mask.of(target).value(checks)


def _examined(
    target: Target,
    transport: httpx.BaseTransport | None,
    thorough: bool,
    now: Now,
    sleep: offers.Sleep,
    clock: offers.Clock,
    deadline: float | None,
) -> list[Check]:
    if nowhere := silence.no_address(target.url):
        return [nowhere]
    try:
        control = _control(target, transport, now, deadline)
    except Unjudged as problem:
        return [*written.checks(target, now()), skipped("the rest", str(problem))]
    if control.health is Health.WRONG:
        # With wrong controls every token would be wrong as well.
        target = evolve(target, control=None)
    hour = _hour(target, transport, now)
    checks = [*written.checks(target, hour()), control]
    try:
        with Asking.of(target, transport, hour, deadline) as asking, blaming(asking.client.record):
            _take(checks, reach.checks(asking))
        _take(checks, _inside(target, [*checks], transport, hour, thorough, sleep, clock, deadline))
    except Throttled as refusal:
        checks.append(rate_limited(target, refusal))
    except Unanswered as problem:
        checks.append(unanswered(problem))
    except Unjudged as problem:
        checks.append(skipped("the rest", str(problem)))
    return checks


def rate_limited(target: Target, refusal: Exception) -> Check:
    """The target was asked too often."""
    limit = target.requests_per_minute
    return wrong(
        "rate-limited",
        "throttle",
        seen=f"{refusal}".partition(":")[0],
        expected=f"{limit} requests a minute to be few enough" if limit else "no limit",
        change="[throttle] requests_per_minute: fewer than the target's limit",
    ).hindering


def unanswered(problem: Exception) -> Check:
    """Somebody answers, but not everything."""
    return wrong(
        "unanswered",
        "the rest",
        seen=str(problem),
        expected="an answer to every request",
        change="[target] url, if something stands between; else see what the server says of it",
    )


def culprits(checks: list[Check], booked_nothing: bool) -> list[Check]:
    """What explains a run that judged nothing, or called rules broken that may not be."""
    least = Weight.HINDERING if booked_nothing else Weight.DECISIVE
    return [check for check in found(checks) if check.weight >= least]


# Inside


def _take(checks: list[Check], more: Iterator[Check]) -> None:
    """Takes what was seen, one by one: what comes before a failure stays, and is said once."""
    for check in more:
        if (check.name, check.about) not in {(one.name, one.about) for one in found(checks)}:
            checks.append(check)


def _control(
    target: Target, transport: httpx.BaseTransport | None, now: Now, deadline: float | None
) -> Check:
    asking = Asking.of(target, transport, now, deadline)
    try:
        return reach.control(asking)
    finally:
        asking.client.wire.close()


def _hour(target: Target, transport: httpx.BaseTransport | None, now: Now) -> Now:
    """The target's own hour where its controls tell it, else ours."""
    if not target.ours:
        return now
    try:
        told = first_answer(f"{target.control}/site", transport).json()["site"]["now"]
        apart = datetime.fromisoformat(told) - now()
    except (httpx.HTTPError, ValueError, KeyError, TypeError, OverflowError):
        return now
    return lambda: now() + apart


def _inside(
    target: Target,
    known: list[Check],
    transport: httpx.BaseTransport | None,
    hour: Now,
    thorough: bool,
    sleep: offers.Sleep,
    clock: offers.Clock,
    deadline: float | None,
) -> Iterator[Check]:
    """What can be seen once the target is reached, and knows its owner."""
    barring = [one.name for one in found(known) if one.about in reach.BARRING]
    if barring:
        names = ", ".join(map(str, barring))
        yield skipped("callers, services, operations", f"they can't be seen yet: {names}")
        return
    if any(one.name == "wrong-paths" for one in known):
        target = evolve(target, paths=reach.other_family(target))
    with Asking.of(target, transport, hour, deadline) as asking, blaming(asking.client.record):
        yield from services.checks(asking, thorough)
        if thorough:
            yield offers.settling(asking, sleep, clock)
            yield offers.namespace(asking)
        yield from callers.checks(asking, asking.place)
        if thorough:
            yield from offers.offered(asking)
