"""The form of a handler, and the steps that nearly all of them take."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from bookings_mock.call import Call
from bookings_mock.domain.booking import Booking, Notification
from bookings_mock.domain.event import Event, Message
from bookings_mock.domain.rules import envelopes, events, reading
from bookings_mock.handlers.shows import show_booking

# Handlers are coroutines that never await between reading and writing the store: each runs whole.
Handler: TypeAlias = Callable[[Call], Awaitable[Any]]


def known_booking(call: Call, booking_id: str) -> Booking:
    """The booking with this id; raises RuleBroken if there is none."""
    booking = call.world.booking(booking_id)
    call.ground.rules.require(envelopes.found, booking)
    assert booking is not None
    return booking


def named_booking(call: Call, parameter: str = "bookingId") -> Booking:
    """The booking that the path names, if the caller may change it."""
    booking = known_booking(call, call.path[parameter])
    call.ground.rules.require(reading.may_change, visible(call, booking))
    return booking


def current_booking(call: Call) -> Booking:
    """The booking that the path names, at the revision that the body passes."""
    booking = named_booking(call)
    revision = call.body.get("revision")
    passed = None if revision is None else str(revision).lstrip("0") or "0"
    call.ground.rules.require(envelopes.current_revision, booking, passed)
    return booking


def visible(call: Call, booking: Booking) -> bool:
    """Whether the booking is the caller's own, or the caller is more than a member."""
    caller = call.caller
    if caller is None or caller.kind != "member":
        return True
    return call.ground.rules(reading.is_own)(booking, caller.id, caller.contact_id)


def committed(
    call: Call,
    booking: Booking,
    before: Booking | None,
    said: Notification | None = None,
    asked: Mapping[str, Any] | None = None,
    slugs: Sequence[str] | None = None,
) -> Mapping[str, Any]:
    """Keep the booking, tell what happened and whom it concerns, and answer it.

    `said` is the message that came with the call, `asked` its body; `slugs` name the events where
    the operation does not. A booking that is answered as it was is no change: nothing is told.
    """
    if booking is not before:
        call.world.put(booking)
        told = _events(call, booking, before, asked or {}, slugs or _slugs(call, booking))
        call.world.record(told, _messages(call, booking, told, said))
    return {"booking": show_booking(booking)}


def _slugs(call: Call, booking: Booking) -> Sequence[str]:
    move = call.mock.moves.get(call.operation)
    return move.slugs(booking.status) if move else ("created",)


def _events(
    call: Call,
    booking: Booking,
    before: Booking | None,
    asked: Mapping[str, Any],
    slugs: Sequence[str],
) -> list[Event]:
    assert call.caller is not None
    first = call.world.next_sequence(booking.id)
    return [
        Event(
            id=call.world.new_event_id(),
            slug=slug,
            time=call.ground.now,
            sequence=first + number,
            after=booking,
            before=before,
            initiated_by=call.caller.identity,
            asked=asked,
        )
        for number, slug in enumerate(call.ground.rules(events.emitted)(tuple(slugs)))
    ]


def _messages(
    call: Call, booking: Booking, told: list[Event], said: Notification | None
) -> list[Message]:
    if said is None or not told or not call.ground.rules(events.is_sent)(said):
        return []
    return [
        Message(
            booking_id=booking.id,
            cause=told[0].slug,
            contact=booking.contact,
            text=said.message,
            metadata=said.metadata,
            time=call.ground.now,
        )
    ]
