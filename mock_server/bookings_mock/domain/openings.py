"""What can be booked: the times of appointments and the sessions of classes, and what is left.

Nothing of it is stored: each opening is what a booking of it would meet now.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from bookings_mock.domain.availability import fit, kept_seats
from bookings_mock.domain.booking import Slot
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.hours import Window, begins, covers, window_of
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.rules.policy import within_window
from bookings_mock.domain.service import APPOINTMENT, CLASS, Resource, Service, Session


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
    # Of the open ones, those that are kept for who waits.
    kept: int = 0
    # How many can wait and how many do; None where nobody can.
    waitlist: tuple[int, int] | None = None
    # The session takes place no more.
    canceled: bool = False
    # Who else is free at the same time.
    also: tuple[Resource, ...] = ()

    @property
    def title(self) -> str:
        """What the session is called, else the service."""
        own = (one.title for one in self.service.sessions if one.id == self.slot.session_id)
        return next(own, None) or self.service.title

    @property
    def bookable_spots(self) -> int:
        """The open spots that anybody can book."""
        return max(self.open - self.kept, 0)

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
    services: Iterable[Service],
    wanted: Callable[[Slot], bool],
    ground: Ground,
    length: timedelta | None = None,
    window: Window | None = None,
) -> Iterator[Opening]:
    """What of the services' times is wanted; courses are booked as a whole and have none.

    Appointments take the `length` where one is given, else their own. Of those that go by working
    hours only the `window` is looked at, else the time that lies just ahead.
    """
    for service in services:
        for slot in _slots(service, ground, length, window or window_of(ground.now)):
            if wanted(slot):
                yield opening(slot, service, ground)


def side_by_side(found: Iterable[Opening]) -> list[Opening]:
    """Times of one service that several can provide at once, each told once."""
    told: dict[tuple[str, datetime, datetime], Opening] = {}
    for one in found:
        key = (one.service.id, one.slot.start, one.slot.end)
        first = told.get(key) if one.slot.session_id is None else None
        own = one.slot.resource
        if first is not None and own is not None:
            told[key] = evolve(first, also=(*first.also, own))
        else:
            told[key if one.slot.session_id is None else (one.slot.session_id, *key[1:])] = one
    return list(told.values())


def opening(slot: Slot, service: Service, ground: Ground) -> Opening:
    """How a booking of the slot would fare now."""
    session = ground.site.session(slot.session_id)
    total = session.capacity if session else 1
    room = fit(slot, service, 1, ground)
    window = ground.rules(within_window)(service, slot.start, ground.now)
    kept = kept_seats(slot.session_id, ground)
    closed, early, late = ground.rules(rules_of.against_policy)(service, slot.start, ground.now)
    return Opening(
        service=service,
        slot=slot,
        total=total,
        open=ground.rules(rules_of.open_spots)(total, room.left),
        bookable=ground.rules(rules_of.bookable)(room, None if window is None else str(window)),
        closed=closed,
        early=early,
        late=late,
        kept=kept,
        waitlist=_waitlist(slot, service, ground),
        canceled=session is not None and session.canceled,
    )


def _waitlist(slot: Slot, service: Service, ground: Ground) -> tuple[int, int] | None:
    capacity = service.policy.waitlist_capacity
    if slot.session_id is None or capacity is None:
        return None
    return capacity, len(ground.calendar.waiting_for(slot.session_id))


def appointment_slot(
    service: Service,
    start: datetime,
    end: datetime,
    ground: Ground,
    resource: Resource | None = None,
) -> Slot | None:
    """A time of an appointment with one who provides it, None outside of its hours."""
    if service.kind != APPOINTMENT or not covers(service, resource, ground.site, start, end):
        return None
    return Slot(
        service_id=service.id,
        schedule_id=service.schedule_id,
        start=start,
        end=end,
        timezone=service.timezone,
        resource=resource or service.resource,
        location=service.location,
    )


def offered_slot(
    service: Service,
    start: datetime,
    end: datetime,
    ground: Ground,
    length: timedelta | None = None,
) -> Slot | None:
    """The time of an appointment with just this begin and end, None if it is not offered then."""
    slots = offered_slots(service, start, end, ground, length)
    return next(slots, None)


def offered_slots(
    service: Service,
    start: datetime,
    end: datetime,
    ground: Ground,
    length: timedelta | None = None,
) -> Iterator[Slot]:
    """The same with everybody who provides it, whoever is free first."""
    if service.kind != APPOINTMENT:
        return
    slots = _slots(service, ground, length, (start, end))
    there = [one for one in slots if (one.start, one.end) == (start, end)]
    if service.others:
        there.sort(key=lambda one: not fit(one, service, 1, ground).enough)
    yield from there


def ranged(service: Service, start: datetime, end: datetime) -> timedelta | None:
    """How long a time is that the customer chooses the end of, None where nobody does."""
    if service.longest is None or not service.length <= end - start <= service.longest:
        return None
    return end - start


def ends_of(service: Service, start: datetime, ground: Ground) -> Iterator[Opening]:
    """The times that begin then, each a step longer, as long as nothing is in the way."""
    length, longest = service.length, service.longest or service.length
    step = service.slots.step if service.slots else service.grid or length
    while length <= longest:
        slot = offered_slot(service, start, start + length, ground, length)
        one = opening(slot, service, ground) if slot else None
        if one is None or not one.open:
            return
        yield one
        length += step


def session_slot(service: Service, session: Session) -> Slot:
    """A class session as a slot."""
    return Slot(
        service_id=service.id,
        schedule_id=session.schedule_id,
        start=session.start,
        end=session.end,
        timezone=service.timezone,
        session_id=session.id,
        resource=session.resource or service.resource,
        location=session.location or service.location,
    )


def _slots(
    service: Service, ground: Ground, length: timedelta | None, window: Window
) -> Iterator[Slot]:
    if service.kind == CLASS:
        yield from (session_slot(service, session) for session in service.sessions)
    elif service.kind == APPOINTMENT:
        zone, end_of = ZoneInfo(service.timezone), ground.rules(rules_of.end_of)
        for resource in service.resources or (None,):
            for start in begins(service, resource, ground.site, window):
                end = end_of(start, length or service.length, zone)
                slot = appointment_slot(service, start, end, ground, resource) if end else None
                if slot:
                    yield slot
