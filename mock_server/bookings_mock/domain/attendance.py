"""Who came: one value for each booking and session, and how it is set."""

from attrs import evolve, frozen

from bookings_mock.domain.booking import Booking
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.rules import attendance as attending
from bookings_mock.domain.service import APPOINTMENT


@frozen
class Attendance:
    """How many of a booking's participants came to one session."""

    id: str
    booking_id: str
    session_id: str
    status: str
    number: int


@frozen
class AttendanceWish:
    """What Set Attendance asks for."""

    booking_id: str
    session_id: str | None
    status: str
    number: int | None


def set_attendance(
    wish: AttendanceWish, booking: Booking, known: list[Attendance], ground: Ground
) -> Attendance:
    """The attendance after a call, new or in place of one of the `known` of its booking."""
    rules = ground.rules
    rules.require(attending.session_named, wish.session_id)
    number = rules(attending.number_that_came)(wish.number)
    rules.require(attending.no_mismatch_refused, wish.status, number)
    rules.require(attending.no_excess_refused, number, booking.participants.count)
    session_id = wish.session_id or ""
    alone = rules(attending.one_for_all_sessions)(booking.kind == APPOINTMENT)
    same = [one for one in known if alone or one.session_id == session_id]
    old: Attendance | None = rules(attending.to_update)(same[0] if same else None)
    if old:
        return evolve(old, session_id=session_id, status=wish.status, number=number)
    return Attendance(ground.new_id(), booking.id, session_id, wish.status, number)
