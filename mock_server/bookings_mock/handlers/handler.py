"""The form of a handler, and the steps that nearly all of them take."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from bookings_mock.call import Call
from bookings_mock.domain.attendance import Attendance
from bookings_mock.domain.booking import Booking, Notification
from bookings_mock.domain.event import Event, Message
from bookings_mock.domain.rules import envelopes, events, reading
from bookings_mock.handlers.shows import show_booking
from bookings_mock.handlers.turns import settle_turns

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
    at_revision(call, booking)
    return booking


def at_revision(call: Call, booking: Booking, optional: bool = False) -> None:
    """Require the booking's current revision in the body; `optional` takes none for it too."""
    passed = passed_revision(call.body)
    if not (optional and passed is None):
        call.ground.rules.require(envelopes.current_revision, booking, passed)


def passed_revision(body: Mapping[str, Any]) -> str | None:
    """The revision that a body passes, as its digits; None where it passes none."""
    revision = body.get("revision")
    return None if revision is None else str(revision).lstrip("0") or "0"


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
        settle_turns(call, booking, before)
        emitted = call.ground.rules(events.emitted)(tuple(slugs or _slugs(call, booking)))
        told = happened(call, emitted, booking, before, asked)
        call.world.record(told, _messages(call, booking, told, said))
    return {"booking": show_booking(booking)}


def _slugs(call: Call, booking: Booking) -> Sequence[str]:
    move = call.mock.moves.get(call.operation)
    return move.slugs(booking.status) if move else ("created",)


def happened(
    call: Call,
    slugs: Iterable[str],
    after: Booking,
    before: Booking | None = None,
    asked: Mapping[str, Any] | None = None,
    attendance: Attendance | None = None,
) -> list[Event]:
    """The events of these slugs, numbered one after the other for the booking or its attendance."""
    assert call.caller is not None
    first = call.world.next_sequence(attendance.id if attendance else after.id)
    return [
        Event(
            id=call.world.new_event_id(),
            slug=slug,
            time=call.ground.now,
            sequence=first + number,
            after=after,
            before=before,
            initiated_by=call.caller.identity,
            asked=asked or {},
            attendance=attendance,
        )
        for number, slug in enumerate(slugs)
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
