"""The business calendar, derived from the bookings that are on it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import frozen

from bookings_mock.domain.availability import schedule_seats, session_seats
from bookings_mock.domain.booking import APPROVAL_DECLINED, Booking, Slot
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.service import APPOINTMENT, COURSE, Service, Session


@frozen
class CalendarEntry:
    """A session with whoever is on its list; declined participants are listed and not counted."""

    id: str
    schedule_id: str
    title: str
    kind: str
    start: datetime
    end: datetime
    capacity: int
    total: int
    participants: tuple[Booking, ...]
    # What of it is one of its service's sessions.
    session: Session | None = None

    @property
    def status(self) -> str:
        """Whether it takes place, in the word of every calendar."""
        return "CANCELLED" if self.session and self.session.canceled else "CONFIRMED"


def calendar(ground: Ground) -> Iterator[CalendarEntry]:
    """Every session of the site: those of classes and courses, then the booked appointments."""
    for service in ground.site.known():
        for session in service.sessions:
            yield _shared(session, service, ground)
    for service in ground.site.known():
        if service.kind == APPOINTMENT:
            yield from _appointments(service, ground)


def _shared(session: Session, service: Service, ground: Ground) -> CalendarEntry:
    if service.kind == COURSE:
        bookings = ground.calendar.on_schedule(session.schedule_id)
        total = schedule_seats(session.schedule_id, service, ground)
    else:
        bookings = ground.calendar.in_session(session.id)
        total = session_seats(session.id, service, ground)
    return CalendarEntry(
        id=session.id,
        schedule_id=session.schedule_id,
        title=session.title or service.title,
        kind=service.kind,
        start=session.start,
        end=session.end,
        capacity=session.capacity,
        total=total,
        participants=_listed(bookings),
        session=session,
    )


def _appointments(service: Service, ground: Ground) -> Iterator[CalendarEntry]:
    for booking in ground.calendar.on_schedule(service.schedule_id):
        slot = booking.entity
        there = booking.approval not in (None, APPROVAL_DECLINED)
        if there and isinstance(slot, Slot) and slot.session_id:
            yield CalendarEntry(
                id=slot.session_id,
                schedule_id=slot.schedule_id,
                title=service.title,
                kind=service.kind,
                start=slot.start,
                end=slot.end,
                capacity=1,
                total=booking.participants.count,
                participants=(booking,),
            )


def _listed(bookings: Iterable[Booking]) -> tuple[Booking, ...]:
    return tuple(booking for booking in bookings if booking.approval is not None)
