"""What the suites about new bookings share: reasons, seats of one's own, instants."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import bookings_openapi
from bookings_contract.findings import refusals
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached, Unjudged
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.expect import NOTHING_CHANGED, Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

KINDS = ("class", "appointment", "course")
HOLDING = ["PENDING", "CONFIRMED"]

# What a place that is taken gets, and which of its answers each kind of service has.
UNAVAILABLE = "CREATE-7"
CASES = {"class": "session", "course": "schedule", "appointment": "slot"}
# The answers of the open rule about asking for a status: whatever asks for one may get them.
STATUS_ASKED = (("CREATE-10", "status"), ("CREATE-10", "caller"))
# A code that stands for much.
UNSPECIFIC = "VALIDATION_FAILURE"
# An id that nothing has.
NOWHERE = "5d0c0a5e-1f3b-4c4e-9d53-6e0b7a3c2f10"


def granted(
    scenario: Scenario, answer: Answer, rule: str, *, circumstance: str | None = None
) -> bool:
    """The rule allows this creation, so it succeeds.

    Where others are at work too, a refusal may have reasons of its own: it is a breach only if
    the reason is the one that the rule book has for this rule.
    """
    if (
        answer.accepted
        or refused_for(answer, rule)
        or _nothing_else_matters(scenario.given, answer)
    ):
        return scenario.expect.accepted(answer, rule, circumstance=circumstance)
    raise NotReached(f"creating a booking was answered {answer.summary}")


def refused_for(answer: Answer, rule: str) -> bool:
    """Whether a refusal gives the reason of this rule, by a code that means little else."""
    row = bookings_openapi.rules()[rule]
    return answer.code != UNSPECIFIC and any(
        refusals.fits(answer.status, answer.code, refusal)
        for refusal in row.answers.values()
        if refusal.codes and not refusal.any_code
    )


def _nothing_else_matters(given: Given, answer: Answer) -> bool:
    """In a world of our own nothing is in the way, but for advice that refuses on request."""
    advised = (answer.rule or "").startswith("ADVICE")
    asked = given.client.target.callers.get(answer.exchange.caller or "")
    # Whether visitors and members may book at all is open.
    manages = asked is not None and asked.kind in ("owner", "app")
    return given.client.target.ours and manages and not advised


def nothing_made(
    given: Given,
    expect: Expect,
    answer: Answer,
    body: Mapping[str, Any],
    rule: str = NOTHING_CHANGED,
) -> None:
    """A creation that was refused leaves no booking behind."""
    if not answer.refused:
        return
    external = body["booking"]["externalUserId"]
    given.settle()
    try:
        found = given.find({"externalUserId": external})
    except Unjudged:
        return
    made = [seen for seen in found if seen.raw.get("externalUserId") == external]
    said = ", ".join(str(seen) for seen in made)
    expect.that(
        rule,
        not made,
        expected="no booking is made by what was refused",
        actual=f"the reader shows one: {said}",
    )


def looks(scenario: Scenario, answer: Answer) -> Iterator[tuple[Seen, Answer | None]]:
    """A booking as it was answered and, if nothing was wrong with that, as the reader shows it."""
    found = len(scenario.expect.record.findings)
    yield answer.booking, answer
    if len(scenario.expect.record.findings) > found:
        return
    shown = scenario.given.read(answer.booking)
    if shown is None:
        raise NotReached("the reader does not show the new booking")
    yield shown, None


# Places


def anywhere(given: Given, what: str | Service) -> Place:
    """A place for bookings that never take it.

    On a shared target the slots for a whole run are few, so there all such bookings use the last.
    """
    service = plain(given, what)[0] if isinstance(what, str) else what
    starts = service.slots.starts() if service.slots else ()
    if given.client.target.ours or service.kind != "appointment" or not starts:
        return given.place(service)
    return Place(service, start=starts[-1])


def plain(given: Given, kind: str) -> list[Service]:
    """The services of a kind with nothing in a new booking's way, at least one."""
    given.service(kind, variants=False, book="open")
    services = given.client.target.all_services(kind, variants=False, book="open")
    return sorted(services, key=lambda service: service.manual_approval)


def one_of_each_kind(given: Given, **wanted: Any) -> list[Service]:
    """The first matching service of every kind that has one."""
    found = given.client.target.all_services(book="open", **wanted)
    first: dict[str, Service] = {}
    for service in found:
        first.setdefault(service.kind, service)
    return list(first.values())


def alone(given: Given, kind: str, at_least: int = 1) -> Place:
    """A class session or a course whose seats nobody else takes, with as few as possible."""
    services = plain(given, kind)
    if kind == "course":
        return _course_alone(given, services, at_least)
    sizes = {
        (session.capacity, number)
        for number, service in enumerate(services)
        for session in service.sessions
        if session.capacity is not None and session.capacity >= at_least
        if session.exclusive or given.client.target.ours
    }
    for capacity, number in sorted(sizes):
        try:
            return given.session(services[number], capacity=capacity)
        except NotJudged:
            # All of that size are used; the next ones are larger.
            continue
    raise NotJudged(f"the target file names too few exclusive sessions of {at_least} or more seats")


def _course_alone(given: Given, services: list[Service], at_least: int) -> Place:
    own = [
        service
        for service in services
        if service.capacity is not None and service.capacity >= at_least
        if given.client.target.ours
        or (service.sessions and all(session.exclusive for session in service.sessions))
    ]
    if not own:
        raise NotJudged("the target file names no course whose sessions are all exclusive")
    smallest = min(own, key=lambda service: (service.manual_approval, service.capacity or 0))
    return given.course(smallest)


def seats(place: Place) -> int:
    """How many there are."""
    if place.capacity is None:
        raise NotJudged(f"the target file names no capacity of {place.service.name}")
    return place.capacity


def must_be_empty(given: Given, place: Place) -> None:
    """Goes on only if nobody is booked there; a world of our own is new."""
    if given.client.target.ours:
        return
    if place.service.kind == "course":
        where = {"bookedEntity.item.schedule.scheduleId": place.service.schedule_id}
    else:
        where = {"bookedEntity.item.slot.sessionId": place.session_id}
    if given.find({**where, "status": HOLDING}, limit=1):
        raise NotReached(f"somebody is booked in {place.service.name} already")


def left(scenario: Scenario, place: Place, *, at_least: int = 1) -> int:
    """The seats that are left; finding out is no part of the story."""
    found = scenario.given.seats_left(place)
    if found < at_least:
        raise NotReached(f"{found} seats of {place.service.name} are left, {at_least} are needed")
    scenario.expect.new_story()
    return found


# Instants


def instant(text: object, zone: str | None = None) -> datetime | None:
    """The moment that a text names, None if it names none; `zone` is for one without offset."""
    try:
        moment = datetime.fromisoformat(str(text))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone or ""))
    except (ValueError, LookupError):
        return None
    return moment
