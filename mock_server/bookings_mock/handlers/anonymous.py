"""What a booking's own token is good for: reading the booking, canceling and moving it."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock import booking_tokens
from bookings_mock.call import Call
from bookings_mock.domain import lifecycle
from bookings_mock.domain.booking import Booking, Notification
from bookings_mock.domain.policy import allowed_actions
from bookings_mock.domain.rules import anonymous, envelopes
from bookings_mock.domain.service import Service
from bookings_mock.handlers.handler import Handler, at_revision, committed, known_booking, visible
from bookings_mock.handlers.reads import read_relocation
from bookings_mock.handlers.services import get_by_id
from bookings_mock.handlers.shows import show_booking


async def token(call: Call) -> Any:
    """Get Anonymous Action Token."""
    booking = known_booking(call, call.path["bookingId"])
    assert call.caller is not None
    rules, caller = call.ground.rules, call.caller
    own = booking.created_by.get("anonymousVisitorId") == caller.id
    rules.require(anonymous.gets_a_token, caller.kind, own)
    rules.require(envelopes.found, booking if visible(call, booking) else None)
    world = call.world
    named = rules(anonymous.booking_of)(booking.id)
    return {"token": booking_tokens.mint(world.site.name, world.name, named, world.secret)}


async def get(call: Call) -> Any:
    """Get Booking Anonymously; no service of the mock takes a fee for canceling."""
    booking = _held(call)
    allowed = _allowed(call, booking)
    shown = {
        "booking": show_booking(booking),
        "allowedAnonymousActions": {name: allowed[name] for name in ("cancel", "reschedule")},
    }
    fees = "BOOKING_FEES" in call.query.get("fields", ())
    return {**shown, "bookingFee": {"bookingId": booking.id}} if fees else shown


async def cancel(call: Call) -> Any:
    """Cancel Booking Anonymously: as its customer may."""
    booking = _held(call)
    allowed = _allowed(call, booking)["cancel"]
    call.ground.rules.require(anonymous.may_be_canceled, allowed)
    at_revision(call, booking, optional=True)
    canceled = lifecycle.cancel(booking, None, not allowed, call.ground)
    return committed(evolve(call, operation="cancelBooking"), canceled, booking)


async def reschedule(call: Call) -> Any:
    """Reschedule Booking Anonymously: as its customer may, who is always told."""
    booking = _held(call)
    allowed = _allowed(call, booking)["reschedule"]
    call.ground.rules.require(anonymous.may_be_moved, allowed)
    at_revision(call, booking, optional=True)
    wish = evolve(read_relocation(call.body), **_AS_CUSTOMERS, ignore_policy=not allowed)
    moved = lifecycle.reschedule(booking, wish, call.ground)
    moving = evolve(call, operation="rescheduleBooking")
    return committed(moving, moved, booking, wish.notification, call.body)


async def service(call: Call) -> Any:
    """Get Service Anonymously."""
    return get_by_id(call, _service(call, _held(call)).id)


# Nothing of how it is checked is for whoever holds a token to say.
_AS_CUSTOMERS: Mapping[str, Any] = {
    "notification": Notification(notify=True),
    "skip_availability": False,
    "skip_business_confirmation": False,
}


def _held(call: Call) -> Booking:
    """The booking that the token stands for; whether the token is genuine was seen to before."""
    said = booking_tokens.read(call.path["token"])
    return known_booking(call, said.booking_id if said else "")


def _allowed(call: Call, booking: Booking) -> Mapping[str, bool]:
    return allowed_actions(booking, _service(call, booking), call.ground.now)


def _service(call: Call, booking: Booking) -> Service:
    found = call.world.site.service(booking.entity.service_id)
    assert found is not None
    return found


OPERATIONS: Mapping[str, Handler] = {
    "getAnonymousActionToken": token,
    "getBookingAnonymously": get,
    "cancelBookingAnonymously": cancel,
    "rescheduleBookingAnonymously": reschedule,
    "getServiceAnonymously": service,
}
