"""What is free, derived from the bookings that hold it now; nothing here counts along."""

from collections.abc import Iterable

from bookings_mock.domain.booking import Booking, Course, Slot
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.rules.confirmation import other_service_conflicts
from bookings_mock.domain.rules.seats import seats_held, statuses_that_take, takes
from bookings_mock.domain.service import APPOINTMENT, Service


def fit(
    entity: Slot | Course, service: Service, wanted: int, ground: Ground, without: str | None = None
) -> Fit:
    """How `wanted` participants fit, with the booking `without` left out of the count."""
    if isinstance(entity, Course):
        taken = schedule_seats(entity.schedule_id, service, ground, without)
        return Fit("schedule", wanted, service.capacity - taken)
    if service.kind == APPOINTMENT:
        return _slot_fit(entity, service, ground, without)
    session = ground.site.session(entity.session_id)
    if session is None:
        return Fit("session", wanted, 0)
    taken = session_seats(session.id, service, ground, without)
    return Fit("session", wanted, session.capacity - taken)


def session_seats(
    session_id: str, service: Service, ground: Ground, without: str | None = None
) -> int:
    """The seats taken in a class session, a sum made anew at each call."""
    statuses = statuses_that_take(service, ground.rules)
    return _seats(ground.calendar.in_session(session_id, statuses), service, ground, without)


def schedule_seats(
    schedule_id: str, service: Service, ground: Ground, without: str | None = None
) -> int:
    """The seats taken in a course, a sum made anew at each call."""
    statuses = statuses_that_take(service, ground.rules)
    return _seats(ground.calendar.on_schedule(schedule_id, statuses), service, ground, without)


def _seats(
    bookings: Iterable[Booking], service: Service, ground: Ground, without: str | None
) -> int:
    return sum(seats_held(b, service, ground.rules) for b in bookings if b.id != without)


def lane_of(slot: Slot, service: Service) -> str:
    """What an appointment occupies: its resource, else the service's, else its schedule."""
    resource = slot.resource or service.resource
    return resource.id if resource else service.schedule_id


def overlap(one: Slot, other: Slot) -> bool:
    """Whether two periods share time; one that begins when the other ends does not."""
    return one.start < other.end and other.start < one.end


def _slot_fit(slot: Slot, service: Service, ground: Ground, without: str | None) -> Fit:
    others = ground.calendar.in_lane(lane_of(slot, service))
    taken = any(_rivals(slot, service, other, ground) for other in others if other.id != without)
    known = slot.resource is None or slot.resource == service.resource
    within_hours = service.slots is not None and service.slots.covers(slot.start, slot.end)
    return Fit("slot", 1, 0 if taken else 1, bookable=known and within_hours)


def _rivals(slot: Slot, service: Service, other: Booking, ground: Ground) -> bool:
    if not isinstance(other.entity, Slot) or not overlap(slot, other.entity):
        return False
    theirs = ground.site.service(other.entity.service_id)
    if theirs is None or not takes(other.status, theirs, ground.rules):
        return False
    return theirs.id == service.id or ground.rules(other_service_conflicts)()
