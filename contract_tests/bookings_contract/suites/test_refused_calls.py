"""Refused calls: nothing of the booking changes, and no seat is taken or freed."""

from collections.abc import Callable
from typing import Any

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.calls import (
    CREATIONS,
    KINDS,
    booked,
    cells,
    elsewhere,
    of_rule,
    other_revision,
    participants,
    refused,
    unknown_id,
    valid,
)
from bookings_contract.suites.support.valid import Valid
from bookings_contract.target.places import Place
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("which", ["stale", "ahead"])
@pytest.mark.parametrize(("operation", "kind"), cells("REVISION-3"))
def test_a_call_with_another_revision_changes_nothing(
    operation: str, kind: str, which: str, scenario: Scenario
) -> None:
    stale = which == "stale"
    call = valid(scenario.given, operation, kind, revised=stale)
    before = _shown(call.booking, scenario.given)
    passed = other_revision(before, -1 if stale else 1)
    refused(call.sent(scenario.client, revision=passed))
    scenario.expect.unchanged(before, f"a revision that is {which}")


@pytest.mark.judges("REVISION-6", needs=("reader", "callers.stranger"))
@pytest.mark.parametrize("caller", ["stranger", None], ids=["stranger", "nobody"])
@pytest.mark.parametrize("operation", of_rule("REVISION-6"))
def test_a_call_without_permission_changes_nothing(
    operation: str, caller: str | None, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation)
    booking = call.made or call.named
    before = None if booking is None else _shown(booking, scenario.given)
    waiting = _waiting(scenario.given)
    refused(call.sent(scenario.client, caller=caller))
    if operation in CREATIONS:
        _nothing_made(call, scenario, "no permission")
    elif before is None:
        _nobody_waits(waiting, scenario)
    else:
        scenario.expect.unchanged(before, "no permission")


INVALID: dict[str, dict[str, Any]] = {
    "confirmBooking": {"paymentStatus": "NO_SUCH_STATUS"},
    "declineBooking": {"paymentStatus": "NO_SUCH_STATUS"},
    "markBookingAsPending": {"paymentStatus": "NO_SUCH_STATUS"},
    "confirmOrDeclineBooking": {"paymentStatus": "NO_SUCH_STATUS"},
    "cancelBooking": {"flowControlSettings": "none"},
    "rescheduleBooking": {"totalParticipants": "many"},
    "updateNumberOfParticipants": {"totalParticipants": 0, "participantsChoices": None},
    "updateExtendedFields": {"namespaceData": "no object"},
}


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("operation", INVALID)
def test_an_invalid_call_changes_nothing(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    before = _shown(call.booking, scenario.given)
    refused(call.sent(scenario.client, INVALID[operation]))
    scenario.expect.unchanged(before, "a validation error")


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ("confirmBooking", "CONFIRMED"),
        ("confirmBooking", "CANCELED"),
        ("confirmBooking", "DECLINED"),
        ("declineBooking", "CONFIRMED"),
        ("declineBooking", "CANCELED"),
    ],
)
def test_a_call_in_the_wrong_status_changes_nothing(
    operation: str, status: str, kind: str, scenario: Scenario
) -> None:
    before = _shown(scenario.given.booking(kind, status), scenario.given)
    refused(scenario.client.act(operation, before, {"paymentStatus": "PAID"}))
    scenario.expect.unchanged(before, f"a {status} booking")


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("operation", ["updateNumberOfParticipants", "rescheduleBooking"])
def test_unknown_choices_change_nothing(operation: str, scenario: Scenario) -> None:
    place = scenario.given.place(
        scenario.given.service("class", variants=True, book="open", reschedule="allowed")
    )
    before = _shown(scenario.given.booking(place), scenario.given)
    wanted = scenario.given.body(place, choices={"no such variant": 2})["booking"]
    body = {"participantsChoices": wanted["participantsChoices"]}
    if operation == "rescheduleBooking":
        body["slot"] = elsewhere(scenario.given, place).slot
    refused(scenario.client.act(operation, before, body))
    scenario.expect.unchanged(before, "unknown choices")


# What a move may bring besides the slot: part of it may be stored before the rest is looked at.
BROUGHT: dict[str, dict[str, Any]] = {"as it is": {}, "with a number": {"totalParticipants": 3}}


@pytest.mark.judges("REVISION-6", needs=("reader", "exclusive_session"))
@pytest.mark.parametrize("brought", BROUGHT)
def test_a_move_to_where_nothing_is_free_changes_nothing(brought: str, scenario: Scenario) -> None:
    full = scenario.given.session(capacity=1)
    scenario.given.booking(full, "CONFIRMED")
    booking = scenario.given.booking(scenario.given.place(full.service), "CONFIRMED")
    before = _shown(booking, scenario.given)
    body = {"slot": full.slot, **BROUGHT[brought]}
    refused(scenario.client.act("rescheduleBooking", before, body))
    scenario.expect.unchanged(before, "no seat left")


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("brought", BROUGHT)
@pytest.mark.parametrize("what", ["a course", "a session that nobody has"])
def test_a_move_that_nobody_may_make_changes_nothing(
    what: str, brought: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking("course" if what == "a course" else "class", "CONFIRMED")
    before = _shown(booking, scenario.given)
    slot = scenario.given.session().slot
    if what != "a course":
        slot |= {"sessionId": unknown_id(scenario.given)}
    refused(scenario.client.act("rescheduleBooking", before, {"slot": slot, **BROUGHT[brought]}))
    scenario.expect.unchanged(before, what)


REFUSED_BOOKINGS: dict[str, Callable[[Given], dict[str, Any]]] = {
    "no participants": lambda given: given.body("class", participants=None),
    "a status that is none": lambda given: given.body("class", status="NO_SUCH_STATUS"),
    "the waiting list": lambda given: given.body("class", status="WAITING_LIST"),
    "more seats than there are": lambda given: _too_many(given, given.session()),
    "a slot and a schedule": lambda given: given.body(
        "class", bookedEntity={**given.session().entity, **given.course().entity}
    ),
    "unknown choices": lambda given: given.body(
        given.service("class", variants=True, book="open"), choices={"no such variant": 1}
    ),
}


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("what", REFUSED_BOOKINGS)
def test_a_booking_that_is_refused_is_not_made(what: str, scenario: Scenario) -> None:
    call = Valid("createBooking", REFUSED_BOOKINGS[what](scenario.given))
    refused(call.sent(scenario.client))
    _nothing_made(call, scenario, what)


def _too_many(given: Given, place: Place) -> dict[str, Any]:
    if place.capacity is None:
        raise NotJudged(f"the target file names no capacity of {place.service.name}")
    return given.body(place, participants=place.capacity + 1)


def _nothing_made(call: Valid, scenario: Scenario, because: str) -> None:
    scenario.given.settle()
    made = booked(scenario.given, call.body or {})
    scenario.expect.that(
        "REVISION-6",
        not made,
        expected=f"no booking made by what was refused ({because})",
        actual=", ".join(f"a booking, {seen}" for seen in made),
    )


def _waiting(given: Given) -> set[str]:
    return {seen.id for seen in given.find({"status": "WAITING_LIST"})}


def _nobody_waits(before: set[str], scenario: Scenario) -> None:
    """Elsewhere others may register meanwhile: only their own world shows who did not."""
    scenario.given.settle()
    if not scenario.given.client.target.ours:
        raise NotJudged("others may register to the waitlist as well")
    more = _waiting(scenario.given) - before
    scenario.expect.that(
        "REVISION-6",
        not more,
        expected="nobody put on the waitlist by what was refused",
        actual=f"{len(more)} more waiting",
    )


def _shown(booking: Seen, given: Given) -> Seen:
    shown = given.read(booking)
    if shown is None:
        raise NotReached("the reader does not show the booking")
    return shown


# Seats, seen by trying to book them.


@pytest.mark.judges("REVISION-6", needs=("exclusive_session",))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", ["cancelBooking", "rescheduleBooking"])
def test_a_refused_call_frees_no_seat(operation: str, kind: str, scenario: Scenario) -> None:
    place, seats = _small(kind, scenario.given)
    if kind == "course" and operation == "rescheduleBooking":
        operation, body = "updateNumberOfParticipants", participants(scenario.given, place, 1)
    elif operation == "rescheduleBooking":
        body = {"slot": elsewhere(scenario.given, place).slot}
    else:
        body = {}
    booking = scenario.given.booking(place, "CONFIRMED", participants=seats)
    if scenario.given.accepts(place):
        raise NotJudged("the target sells more seats than there are")
    stale = other_revision(booking, -1)
    refused(scenario.client.act(operation, booking, body, revision=stale))
    scenario.expect.that(
        "REVISION-6",
        not scenario.given.accepts(place),
        expected=f"no seat freed by a {operation} that was refused",
        actual="a seat is free",
        circumstance=f"seats of a {kind}",
    )


@pytest.mark.judges("REVISION-6", needs=("exclusive_session",))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "operation", ["confirmBooking", "confirmOrDeclineBooking", "markBookingAsPending"]
)
def test_a_refused_call_takes_no_seat(operation: str, kind: str, scenario: Scenario) -> None:
    place, seats = _small(kind, scenario.given)
    booking = scenario.given.booking(place, participants=seats)
    if operation == "confirmOrDeclineBooking":
        refused(scenario.client.act(operation, booking, {"paymentStatus": "NO_SUCH_STATUS"}))
    else:
        refused(scenario.client.act(operation, booking, revision=other_revision(booking, 1)))
    scenario.expect.that(
        "REVISION-6",
        scenario.given.accepts(place, seats),
        expected=f"no seat taken by a {operation} that was refused",
        actual="the seats are taken",
        circumstance=f"seats of a {kind}",
    )


@pytest.mark.judges("REVISION-6", needs=("exclusive_session",))
def test_a_refused_update_takes_no_seat(scenario: Scenario) -> None:
    place = scenario.given.session(capacity=2)
    booking = scenario.given.booking(place, "CONFIRMED")
    body = participants(scenario.given, place, 2)
    stale = other_revision(booking, -1)
    refused(scenario.client.act("updateNumberOfParticipants", booking, body, revision=stale))
    scenario.expect.that(
        "REVISION-6",
        scenario.given.accepts(place),
        expected="no seat taken by an update that was refused",
        actual="the last seat is taken",
        circumstance="seats of a class",
    )


@pytest.mark.judges("REVISION-6", needs=("exclusive_session",))
def test_a_refused_move_takes_no_seat(scenario: Scenario) -> None:
    place = scenario.given.session(capacity=1)
    goal = scenario.given.session(place.service, capacity=1)
    booking = scenario.given.booking(place, "CONFIRMED")
    stale = other_revision(booking, -1)
    refused(scenario.client.act("rescheduleBooking", booking, {"slot": goal.slot}, revision=stale))
    scenario.expect.that(
        "REVISION-6",
        scenario.given.accepts(goal),
        expected="no seat taken by a move that was refused",
        actual="the seat is taken",
        circumstance="seats of a class",
    )


def _small(kind: str, given: Given) -> tuple[Place, int]:
    """A place that nobody else books, and how many seats fill it."""
    if kind == "class":
        return given.session(capacity=1), 1
    if kind == "appointment":
        return given.place(kind), 1
    if not given.client.target.ours:
        raise NotJudged("others may book the course as well")
    place = given.course(capacity=2)
    return place, 2
