"""The operations of the waitlist, the only way into WAITING_LIST."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain import lifecycle
from bookings_mock.domain.booking import CONFIRMED, Booking, Participants
from bookings_mock.domain.rules import reading, waiting
from bookings_mock.domain.waitlist import (
    IDLE,
    OPEN_TO_ALL,
    SUGGESTING,
    WAITING,
    Registration,
    standing,
)
from bookings_mock.domain.wish import Creation, SlotWish
from bookings_mock.handlers.handler import Handler, committed, visible
from bookings_mock.handlers.v1_list import entry


async def register(call: Call) -> Any:
    """Register To Waitlist: a booking that waits, and a registration that stands for it."""
    session_id = call.body["waitingResource"]
    wish = _registration(call, call.body.get("formInfo") or {}, session_id)
    booking = lifecycle.register(session_id, wish, call.ground)
    return {"registrationId": _kept(call, session_id, booking).id}


def registered(call: Call, session_id: str | None, wish: Creation) -> tuple[Registration, Booking]:
    """A registration that was kept, and the booking that waits, however many others do."""
    booking = lifecycle.wait(session_id, wish, call.ground)
    return _kept(call, str(session_id), booking), booking


def _kept(call: Call, session_id: str, booking: Booking) -> Registration:
    # Pages that tell how to join take the registration's id for the booking's: here it is both.
    registration = Registration(booking.id, session_id, booking.id)
    call.world.register(registration)
    committed(call, booking, None)
    return registration


async def enroll(call: Call) -> Any:
    """Book From Waitlist: whoever the place is offered to takes it."""
    registration, booking = _known(call, leaving=False)
    booked = lifecycle.enroll(booking, call.ground)
    told = "confirmBooking" if booked.status == CONFIRMED else "markBookingAsPending"
    committed(evolve(call, operation=told), booked, booking)
    return {"registrationId": registration.id, **entry(call, booked, with_actions=False)}


async def leave(call: Call) -> Any:
    """Leave Waitlist."""
    registration, booking = _known(call, leaving=True)
    left = lifecycle.leave(booking, call.ground)
    committed(evolve(call, operation="cancelBooking"), left, booking)
    return {"registrationId": registration.id, "waitingResource": registration.session_id}


async def listed(call: Call) -> Any:
    """List Waitlist: who waits for each of the sessions, in the order of registering."""
    asked = dict.fromkeys(call.query["waitingResources"])
    return {"list": [_waitlist(call, session_id) for session_id in asked]}


def _known(call: Call, *, leaving: bool) -> tuple[Registration, Booking]:
    """The registration that is named, and its booking, if that still waits."""
    rules, world = call.ground.rules, call.world
    registration = world.registrations.get(call.body["registrationId"].lower())
    booking = world.booking(registration.booking_id) if registration else None
    rules.require(waiting.registered, booking)
    assert registration is not None
    assert booking is not None
    rules.require(reading.may_change, visible(call, booking))
    status = _standing(call, registration, booking)
    rules.require(waiting.still_waits, status, leaving)
    return registration, booking


def _standing(call: Call, registration: Registration, booking: Booking) -> str:
    offered = call.world.offered(registration.session_id, call.ground.now)
    return standing(booking, offered.id if offered else None)


def _waitlist(call: Call, session_id: str) -> dict[str, Any]:
    world, site = call.world, call.world.site
    session = site.session(session_id)
    service = site.service(session.service_id) if session else None
    capacity = service.policy.waitlist_capacity if service else None
    registrations = world.registered_for(session_id)
    return {
        "waitingResource": session_id,
        "status": _status(call, session_id),
        "timeWindowMinutes": service.policy.waitlist_window if service else 0,
        "numberOfRegistrations": len(world.waiting_for(session_id)),
        "capacity": capacity or 0,
        "registrations": [_shown(call, one) for one in registrations],
    }


def _status(call: Call, session_id: str) -> str:
    if call.world.offered(session_id, call.ground.now):
        return SUGGESTING
    return OPEN_TO_ALL if session_id in call.world.rounds else IDLE


def _shown(call: Call, registration: Registration) -> dict[str, Any]:
    booking = call.world.booking(registration.booking_id)
    assert booking is not None
    status = _standing(call, registration, booking)
    return {
        "id": registration.id,
        "bookingId": registration.booking_id,
        "waitingResource": registration.session_id,
        "status": status,
        "availableActions": {
            "leave": status in (WAITING, SUGGESTING),
            "enroll": status == SUGGESTING,
        },
    }


def _registration(call: Call, form: Mapping[str, Any], session_id: str | None) -> Creation:
    caller = call.caller
    assert caller is not None
    selected = form.get("paymentSelection") or []
    count = sum(one.get("numberOfParticipants") or 1 for one in selected) or 1
    return Creation(
        entity=SlotWish(session_id=session_id),
        participants=Participants(total=count),
        kind=caller.kind,
        identity=caller.identity,
        contact=form.get("contactDetails") or {},
    )


OPERATIONS: Mapping[str, Handler] = {
    "registerToWaitlist": register,
    "enrollFromWaitlist": enroll,
    "leaveWaitlist": leave,
    "listWaitlist": listed,
}
