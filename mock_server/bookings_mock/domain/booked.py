"""What is booked: how a caller's wish becomes a slot, a session or a schedule of the site."""

from typing import TypeVar

from bookings_mock.domain.availability import assigned
from bookings_mock.domain.booking import Course, Slot
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.rules import create as creating
from bookings_mock.domain.service import APPOINTMENT, CLASS, Resource, Service, Site
from bookings_mock.domain.wish import ScheduleWish, SlotWish

T = TypeVar("T")


def service_of(entity: SlotWish | ScheduleWish, ground: Ground) -> Service:
    """The service that a wish names by any of its ids; raises RuleBroken if there is none."""
    session = ground.site.session(entity.session_id) if isinstance(entity, SlotWish) else None
    service = ground.site.offered(entity.service_id, entity.schedule_id)
    if service is None and session:
        service = ground.site.offered(session.service_id)
    # A course is booked by its schedule, so naming the service makes up for no unknown one.
    schedule = entity.schedule_id if isinstance(entity, ScheduleWish) else None
    unknown = schedule is not None and ground.site.service(None, schedule) is None
    ground.rules.require(creating.schedule_exists, None if unknown else service)
    return there(service)


def strangers(wish: SlotWish | ScheduleWish, service: Service, site: Site) -> list[str]:
    """Which of the ids that were said are not of the service that is booked.

    A session of a class says itself where it belongs: what is said beside it has no effect.
    """
    session = site.session(wish.session_id) if isinstance(wish, SlotWish) else None
    if session and service.kind == CLASS:
        return []
    own = {"scheduleId": (wish.schedule_id, service.schedule_id)}
    if session:
        own["sessionId"] = (session.service_id, service.id)
    return [name for name, (said, true) in own.items() if said and said.lower() != true]


def entity_of(wish: SlotWish | ScheduleWish, service: Service, ground: Ground) -> Slot | Course:
    """What the wish is for, as the site has it; raises RuleBroken where it has no such thing."""
    return ground.rules(creating.own_ids)(_booked(wish, service, ground), wish)


def _booked(wish: SlotWish | ScheduleWish, service: Service, ground: Ground) -> Slot | Course:
    if isinstance(wish, ScheduleWish):
        return Course(
            service_id=service.id,
            schedule_id=service.schedule_id,
            timezone=wish.timezone or service.timezone,
            start=service.first_start,
            end=service.last_end,
            location=service.location,
        )
    if service.kind == APPOINTMENT:
        ground.rules.require(creating.resource_chosen, wish)
        slot = appointment_slot(wish, service, ground)
        return ground.rules(creating.assigned_at_creation)(slot, assigned(slot, service, ground))
    session = ground.site.session(wish.session_id)
    ground.rules.require(creating.session_exists, session, service)
    return session_slot(wish, service, ground)


def session_slot(wish: SlotWish, service: Service, ground: Ground) -> Slot:
    """The session of a class that the wish names."""
    session = ground.site.session(wish.session_id) or service.sessions[0]
    asked = Slot(
        service_id=service.id,
        schedule_id=service.schedule_id,
        session_id=wish.session_id,
        start=wish.start or session.start,
        end=wish.end or session.end,
        timezone=wish.timezone or service.timezone,
    )
    return ground.rules(creating.session_slot)(session, service, asked)


def appointment_slot(wish: SlotWish, service: Service, ground: Ground) -> Slot:
    """The time of an appointment that the wish describes, at the service's length by default."""
    ground.rules.require(creating.understood, wish.start, "startDate")
    start = there(wish.start)
    return Slot(
        service_id=service.id,
        schedule_id=service.schedule_id,
        start=start,
        end=wish.end or start + service.length,
        timezone=wish.timezone or service.timezone,
        resource=_known_resource(wish.resource, service),
        location=wish.location or service.location,
        selections=wish.selections,
    )


def _known_resource(named: Resource | None, service: Service) -> Resource | None:
    """The service's own resource where its id was given; one that is not its own stays as named."""
    own = (one for one in service.resources if named and one.id == named.id)
    return next(own, named)


def there(value: T | None) -> T:
    """The value; raises LookupError where there is none, which a rule should have seen to."""
    if value is None:
        raise LookupError("a rule that was switched off let through what it guards")
    return value
