"""What is free, derived from the bookings that hold it now; nothing here counts along.

How many bookings of which size there are is asked of the calendar, which knows it without a look
at each of them.
"""

from datetime import timedelta

from attrs import evolve

from bookings_mock.domain.booking import Booking, Course, Slot
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.ground import Ground, Sizes, size_of
from bookings_mock.domain.hours import covers
from bookings_mock.domain.rules.confirmation import other_service_conflicts
from bookings_mock.domain.rules.seats import holds, seats_held, statuses_that_take
from bookings_mock.domain.rules.waiting import kept_for
from bookings_mock.domain.service import APPOINTMENT, CLASS, Service
from bookings_mock.domain.times import shifted


def fit(
    entity: Slot | Course, service: Service, wanted: int, ground: Ground, without: str | None = None
) -> Fit:
    """How `wanted` participants fit, with the booking `without` left out of the count."""
    room = _room(entity, service, wanted, ground, without)
    return evolve(room, off=True) if is_off(entity, service, ground) else room


def is_off(entity: Slot | Course, service: Service, ground: Ground) -> bool:
    """Whether what is booked takes place no more: it was canceled, or its service deleted.

    Sessions that a deleted service was left with take place.
    """
    session = ground.site.session(entity.session_id) if isinstance(entity, Slot) else None
    return session.canceled if session else service.gone


def _room(
    entity: Slot | Course, service: Service, wanted: int, ground: Ground, without: str | None
) -> Fit:
    if isinstance(entity, Course) and service.kind == CLASS:
        return Fit("schedule", wanted, _left_in_each(service, ground, without))
    if isinstance(entity, Course):
        taken = schedule_seats(entity.schedule_id, service, ground, without)
        there = service.first_start is not None
        return Fit("schedule", wanted, service.capacity - taken, bookable=there)
    if service.kind == APPOINTMENT:
        return _slot_fit(entity, service, ground, without)
    session = ground.site.session(entity.session_id)
    if session is None:
        return Fit("session", wanted, 0)
    taken = session_seats(session.id, service, ground, without)
    left = session.capacity - taken
    return Fit("session", wanted, left, not session.canceled, session_id=session.id)


def _left_in_each(service: Service, ground: Ground, without: str | None) -> int:
    """The seats that are left in every session of a class."""
    sessions = [session for session in service.sessions if not session.canceled]
    left = (s.capacity - session_seats(s.id, service, ground, without) for s in sessions)
    return min(left, default=0)


def kept_seats(session_id: str | None, ground: Ground) -> int:
    """The seats of a class session that are kept for whoever is next on its waitlist."""
    offered = ground.calendar.offered(session_id, ground.now) if session_id else None
    return ground.rules(kept_for)(offered)


def fit_for_others(
    entity: Slot | Course, service: Service, wanted: int, ground: Ground, without: str | None = None
) -> Fit:
    """As `fit`, for those who have not waited."""
    room = fit(entity, service, wanted, ground, without)
    kept = kept_seats(entity.session_id, ground) if isinstance(entity, Slot) else 0
    return evolve(room, left=room.left - kept) if kept else room


def session_seats(
    session_id: str, service: Service, ground: Ground, without: str | None = None
) -> int:
    """The seats taken in a class session, however many bookings there are in no more steps."""
    statuses = statuses_that_take(service, ground.rules)
    return _seats(ground.calendar.session_sizes(session_id, statuses, without), service, ground)


def schedule_seats(
    schedule_id: str, service: Service, ground: Ground, without: str | None = None
) -> int:
    """The seats taken in a course, as those of a session."""
    statuses = statuses_that_take(service, ground.rules)
    return _seats(ground.calendar.schedule_sizes(schedule_id, statuses, without), service, ground)


def _seats(sizes: Sizes, service: Service, ground: Ground) -> int:
    held = ((seats_held(size, service, ground.rules), sizes[size]) for size in sizes)
    return sum(seats * bookings for seats, bookings in held)


def lane_of(slot: Slot, service: Service) -> str:
    """What an appointment occupies: its resource, else the service's, else its schedule."""
    resource = slot.resource or service.resource
    return resource.id if resource else service.schedule_id


def overlap(one: Slot, other: Slot) -> bool:
    """Whether two periods share time; one that begins when the other ends does not."""
    return one.start < other.end and other.start < one.end


def assigned(slot: Slot, service: Service, ground: Ground, without: str | None = None) -> Slot:
    """The slot with who takes it: as it names, else the first who is free, else the first."""
    if slot.resource or not service.others:
        return slot if slot.resource else evolve(slot, resource=service.resource)
    with_each = [evolve(slot, resource=one) for one in service.resources]
    fits = (one for one in with_each if _free(_slot_fit(one, service, ground, without)))
    return next(fits, with_each[0])


def _free(room: Fit) -> bool:
    return room.bookable and room.enough


def _slot_fit(slot: Slot, service: Service, ground: Ground, without: str | None) -> Fit:
    if slot.resource is None and service.others:
        return _slot_fit(assigned(slot, service, ground, without), service, ground, without)
    around = _buffered(slot, service.buffer)
    others = ground.calendar.in_lane(lane_of(slot, service), around)
    taken = any(_rivals(slot, service, other, ground) for other in others if other.id != without)
    # By the id: whoever was renamed since it was booked is the same still.
    known = slot.resource is None or slot.resource.id in {one.id for one in service.resources}
    open_then = covers(service, slot.resource, ground.site, slot.start, slot.end)
    return Fit("slot", 1, 0 if taken else 1, bookable=known and open_then)


def _buffered(slot: Slot, buffer: timedelta) -> Slot:
    if not buffer:
        return slot
    return evolve(slot, start=shifted(slot.start, -buffer), end=shifted(slot.end, buffer))


def _rivals(slot: Slot, service: Service, other: Booking, ground: Ground) -> bool:
    if not isinstance(other.entity, Slot):
        return False
    theirs = ground.site.service(other.entity.service_id)
    if theirs is None:
        return False
    # Between two of them lies the longer of their buffers, and not both.
    if not overlap(_buffered(slot, max(service.buffer, theirs.buffer)), other.entity):
        return False
    if not holds(size_of(other), theirs, ground.rules):
        return False
    return theirs.id == service.id or ground.rules(other_service_conflicts)()
