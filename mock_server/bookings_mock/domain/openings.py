"""What can be booked: the times of appointments and the sessions of classes, and what is left.

Nothing of it is stored: each opening is what a booking of it would meet now.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from attrs import frozen

from bookings_mock.domain.availability import fit
from bookings_mock.domain.booking import Slot
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.policy import too_early, too_late_to_book
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.rules.policy import within_window
from bookings_mock.domain.service import APPOINTMENT, CLASS, Service, Session


@frozen
class Opening:
    """A slot as a booking would have it, its spots, and what speaks against booking it."""

    service: Service
    slot: Slot
    total: int
    open: int
    bookable: bool
    closed: bool
    early: bool
    late: bool

    @property
    def earliest(self) -> datetime | None:
        """From when on it can be booked, None where there is no such hour."""
        minutes = self.service.policy.book_from_minutes
        return None if minutes is None else self.slot.start - timedelta(minutes=minutes)

    @property
    def violated(self) -> bool:
        """Whether the service's policy speaks against booking it."""
        return self.closed or self.early or self.late


def openings(
    services: Iterable[Service], start: datetime, end: datetime, ground: Ground
) -> Iterator[Opening]:
    """What begins and ends within the time; courses are booked as a whole and have none."""
    for service in services:
        for slot in _slots(service):
            if start <= slot.start and slot.end <= end:
                yield opening(slot, service, ground)


def opening(slot: Slot, service: Service, ground: Ground) -> Opening:
    """How a booking of the slot would fare now."""
    session = ground.site.session(slot.session_id)
    total = session.capacity if session else 1
    room = fit(slot, service, 1, ground)
    window = ground.rules(within_window)(service, slot.start, ground.now)
    closed = None if window is None else str(window)
    return Opening(
        service=service,
        slot=slot,
        total=total,
        open=ground.rules(rules_of.open_spots)(total, room.left),
        bookable=ground.rules(rules_of.bookable)(room, closed),
        closed=service.policy.book != "open",
        early=too_early(service.policy, slot.start, ground.now),
        late=slot.start <= ground.now or too_late_to_book(service.policy, slot.start, ground.now),
    )


def appointment_slot(service: Service, start: datetime, end: datetime) -> Slot | None:
    """A time of an appointment, None outside of its hours."""
    if service.kind != APPOINTMENT or not service.slots or not service.slots.covers(start, end):
        return None
    return Slot(
        service_id=service.id,
        schedule_id=service.schedule_id,
        start=start,
        end=end,
        timezone=service.timezone,
        resource=service.resource,
        location=service.location,
    )


def session_slot(service: Service, session: Session) -> Slot:
    """A class session as a slot."""
    return Slot(
        service_id=service.id,
        schedule_id=session.schedule_id,
        start=session.start,
        end=session.end,
        timezone=service.timezone,
        session_id=session.id,
        resource=service.resource,
        location=service.location,
    )


def _slots(service: Service) -> Iterator[Slot]:
    if service.kind == CLASS:
        yield from (session_slot(service, session) for session in service.sessions)
    elif service.kind == APPOINTMENT and service.slots:
        for number in range(service.slots.count):
            start = service.slots.start + service.slots.step * number
            slot = appointment_slot(service, start, start + service.length)
            if slot:
                yield slot
