"""Rules of Reschedule Booking."""

from bookings_mock.domain.booking import (
    CANCELED,
    DECLINED,
    Booking,
    Course,
    Participants,
    Slot,
)
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.rulebook import Refusal, either, rule
from bookings_mock.domain.rules.create import choices_exist, unavailable
from bookings_mock.domain.service import COURSE, Service, Session


@rule("RESCHEDULE-1")
def movable(service: Service) -> str | None:
    """A course cannot be rescheduled."""
    return (
        f"{service.name} is a course: it can't be rescheduled" if service.kind == COURSE else None
    )


@rule("RESCHEDULE-2")
def session_of_the_class(session: Session | None, service: Service) -> str | None:
    """A class moves only to an existing session of the same class."""
    if session and session.service_id == service.id and not session.canceled:
        return None
    return f"{service.name} has no session with this id"


@rule("RESCHEDULE-3")
def moved_to(old: Slot | Course, new: Slot) -> Slot | Course:
    """The old session leaves the booking and the new one takes its place."""
    return new


@rule("RESCHEDULE-4")
def available_there(fit: Fit) -> Refusal | None:
    """The new slot must be available."""
    return unavailable(fit)


@rule("RESCHEDULE-5")
def participants_after(old: Participants, new: Participants | None) -> Participants:
    """Participants that the request leaves out are kept."""
    return new or old


@rule("RESCHEDULE-5")
def new_choices_exist(participants: Participants, service: Service) -> str | None:
    """Every given choice exists for the service."""
    return choices_exist(participants, service)


@either("RESCHEDULE-8")
def alive_to_move(reading: str, booking: Booking) -> str | None:
    """A canceled or declined booking is refused (A), or moved (B)."""
    if reading == "B" or booking.status not in (CANCELED, DECLINED):
        return None
    return f"a {booking.status} booking can't be rescheduled"


@either("RESCHEDULE-9")
def left_out_of_the_count(reading: str, booking: Booking) -> str | None:
    """The booking's own old seat does not count against it (A), or does (B)."""
    return booking.id if reading == "A" else None
