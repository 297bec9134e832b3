"""The form of a handler, and the two steps that nearly all of them take."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from bookings_mock.call import Call
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.rules import envelopes
from bookings_mock.handlers.shows import show_booking

# Handlers are coroutines that never await between reading and writing the store: each runs whole.
Handler: TypeAlias = Callable[[Call], Awaitable[Any]]


def named_booking(call: Call, parameter: str = "bookingId") -> Booking:
    """The booking that the path names; raises RuleBroken if there is none."""
    booking = call.world.booking(call.path[parameter])
    call.ground.rules.require(envelopes.found, booking)
    assert booking is not None
    return booking


def current_booking(call: Call) -> Booking:
    """The booking that the path names, at the revision that the body passes."""
    booking = named_booking(call)
    revision = call.body.get("revision")
    passed = None if revision is None else str(revision).lstrip("0") or "0"
    call.ground.rules.require(envelopes.current_revision, booking, passed)
    return booking


def committed(call: Call, booking: Booking) -> Mapping[str, Any]:
    """Keep the booking, and answer it."""
    call.world.put(booking)
    return {"booking": show_booking(booking)}
