"""Who came: one value for each booking and session, and how it is set."""

from typing import Any
from uuid import UUID

from attrs import evolve, frozen

from bookings_mock.domain.booking import Booking
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.rules import attendance as attending
from bookings_mock.domain.service import APPOINTMENT


@frozen
class Attendance:
    """How many of a booking's participants came to one session.

    Sessions of before have long ids that are no event's: `event_id` is None for them.
    """

    id: str
    booking_id: str
    session_id: str
    event_id: str | None
    status: str
    number: int


@frozen
class AttendanceWish:
    """What Set Attendance asks for."""

    booking_id: str
    session_id: str | None
    event_id: str | None
    status: str
    number: int | None


def set_attendance(
    wish: AttendanceWish, booking: Booking, known: list[Attendance], ground: Ground
) -> Attendance:
    """The attendance after a call, new or in place of one of the `known` of its booking."""
    rules = ground.rules
    session_id = wish.event_id or wish.session_id or ""
    rules.require(attending.session_named, session_id)
    number = rules(attending.number_that_came)(wish.number)
    rules.require(attending.no_mismatch_refused, wish.status, number)
    rules.require(attending.no_excess_refused, number, booking.participants.count)
    alone = rules(attending.one_for_all_sessions)(booking.kind == APPOINTMENT)
    same = [one for one in known if alone or one.session_id == session_id]
    old: Attendance | None = rules(attending.to_update)(same[0] if same else None)
    event_id = wish.event_id or (session_id if _is_guid(session_id) else None)
    set_: dict[str, Any] = {"event_id": event_id, "status": wish.status, "number": number}
    if old:
        return evolve(old, session_id=session_id, **set_)
    return Attendance(ground.new_id(), booking.id, session_id, **set_)


def _is_guid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
