"""Shared by the suites about decisions on a booking: places to fill up, and a second look."""

from collections.abc import Iterator
from typing import Any

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached, Unanswered
from bookings_contract.findings.verdicts import Left
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

KINDS = ("class", "course", "appointment")
SHARED_KINDS = ("class", "course")

SKIP_AVAILABILITY = {"skipAvailabilityValidation": True}
SKIP_APPROVAL_CHECK = {"flowControlSettings": {"skipPendingApprovalServiceValidation": True}}


# Places


def fillable(
    scenario: Scenario,
    kind: str,
    *,
    approval: bool = False,
    seats: int = 1,
    variants: bool = False,
) -> tuple[Place, int]:
    """A place that nobody else books, and how many seats are left there: `seats` or more."""
    place = _alone(scenario.given, kind, approval, seats, variants)
    left = 1 if kind == "appointment" else _left(scenario.given, place)
    if left < seats:
        raise NotJudged(f"{place.service.name} has {left} seats left; the story takes {seats}")
    scenario.expect.new_story()
    return place, left


def full(
    scenario: Scenario, kind: str, *, approval: bool = False, late: int = 1
) -> tuple[Place, Seen]:
    """A place with all seats taken, and a CREATED booking that came for `late` more."""
    place, left = fillable(scenario, kind, approval=approval, seats=late)
    waiting = scenario.given.booking(place, participants=late)
    scenario.given.booking(place, "CONFIRMED", participants=left)
    return place, waiting


def _alone(given: Given, kind: str, approval: bool, seats: int, variants: bool) -> Place:
    target = given.client.target
    wanted: dict[str, Any] = {"manual_approval": approval, "variants": variants, "book": "open"}
    if kind == "appointment":
        return given.slot(target.service(kind, **wanted))
    target.service(kind, exclusive=True, **wanted)
    services = target.all_services(kind, exclusive=True, **wanted)
    reason = NotJudged(f"the target file names no {kind} with {seats} seats for this alone")
    for service, capacity in sorted(_sizes(services), key=lambda found: found[1]):
        if capacity < seats:
            continue
        if kind == "course":
            return given.course(service)
        try:
            return given.session(service, capacity=capacity)
        except NotJudged as none_left:
            reason = none_left
    raise reason


def _sizes(services: tuple[Service, ...]) -> Iterator[tuple[Service, int]]:
    for service in services:
        if service.kind == "course":
            capacities = {service.capacity}
        else:
            capacities = {session.capacity for session in service.sessions}
        yield from ((service, capacity) for capacity in capacities if capacity)


def _left(given: Given, place: Place) -> int:
    """A world of the test's own begins empty; elsewhere seats may be taken already."""
    if given.client.target.ours and place.capacity:
        return place.capacity
    return given.seats_left(place)


# Deciding


def settled(client: Client, booking: Seen, paid: str | None = None) -> Answer:
    """Confirm Or Decline, with a payment status or without."""
    body = {} if paid is None else {"paymentStatus": paid}
    return client.act("confirmOrDeclineBooking", booking, body)


def uncontested(given: Given, place: Place, answer: Answer) -> None:
    """Where others book as well, a conflict may be theirs: then nothing can be said."""
    if given.client.target.ours or not answer.accepted:
        return
    conflict = answer.booking.status == "DECLINED" or answer.booking.double_booked
    if conflict and not given.accepts(place):
        raise NotJudged(f"somebody else has booked {place.service.name} meanwhile")


# Looking


def shows(
    scenario: Scenario,
    rule: str,
    answer: Answer,
    *,
    circumstance: str | None = None,
    **wanted: object,
) -> bool:
    """The call was accepted, and what it answered, and what is stored then, is as wanted.

    `wanted` names what a booking as seen has: status, payment_status, double_booked. Without a
    reader the answer has to do.
    """
    if not scenario.expect.accepted(answer, rule, circumstance=circumstance):
        return False
    booking = answer.booking
    right = [
        scenario.expect.equal(
            rule,
            getattr(booking, name),
            value,
            of=name.replace("_", " "),
            circumstance=circumstance,
            at=answer,
        )
        for name, value in wanted.items()
    ]
    if not all(right):
        return False
    try:
        after = looked_up(scenario.given, booking)
    except Unanswered:
        raise
    except NotJudged as no_reader:
        scenario.expect.record.note(Left(rule, f"{no_reader}, so the answer alone was judged"))
        return True
    stored = [
        scenario.expect.equal(
            rule,
            getattr(after, name),
            value,
            of=f"{name.replace('_', ' ')} when read again",
            circumstance=circumstance,
        )
        for name, value in wanted.items()
    ]
    return all(stored)


def looked_up(given: Given, booking: Seen) -> Seen:
    """The booking as it is stored by now."""
    given.settle()
    found = given.read(booking)
    if found is None:
        raise NotReached("the reader does not show the booking")
    return found
