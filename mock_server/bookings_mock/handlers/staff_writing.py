"""Staff members written: added, changed, sent home, and given hours of their own."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.catalog import StaffMember, found
from bookings_mock.domain.rules import writing as rules_of
from bookings_mock.domain.service import Resource, Service, Session
from bookings_mock.handlers.catalog_shows import derived_id
from bookings_mock.handlers.entities import known
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.staff_members import STAFF

Json = Mapping[str, Any]

# What is kept as it was written.
_KEPT = ("description", "mainMedia", "extendedFields")


async def create(call: Call) -> Any:
    """Create Staff Member: with a resource, and working while the business is open."""
    sent, world = call.body["staffMember"], call.world
    provider = call.body.get("serviceProvider")
    added = StaffMember(
        id=world.new_id(),
        name=sent["name"],
        resource_id=world.new_id(),
        schedule_id=world.new_id(),
        email=sent.get("email"),
        phone=sent.get("phone"),
        provider=provider is not False,
        created=call.ground.now,
        updated=call.ground.now,
        details=_kept(sent),
    )
    one = call.ground.rules(rules_of.with_a_resource)(added)
    _put(call, (*world.site.catalog.staff, one))
    return _answer(call, one.id)


async def update(call: Call) -> Any:
    """Update Staff Member."""
    one, sent, rules = _known(call), call.body["staffMember"], call.ground.rules
    rules.require(rules_of.current, one.revision, sent.get("revision"))
    before = {"name": one.name, "email": one.email, "phone": one.phone}
    after = rules(rules_of.changed_part)(before, {key: sent[key] for key in before if key in sent})
    changed = evolve(
        one,
        name=after.get("name") or one.name,
        email=after.get("email"),
        phone=after.get("phone"),
        details={**one.details, **_kept(sent)},
        revision=rules(rules_of.next_revision)(one.revision),
        updated=call.ground.now,
    )
    _replace(call, changed)
    return _answer(call, one.id)


async def delete(call: Call) -> Any:
    """Delete Staff Member: its resource goes too, and nobody books it any more."""
    one = _known(call)
    if call.ground.rules(rules_of.leaves)(one):
        _put(call, tuple(other for other in call.world.site.catalog.staff if other.id != one.id))
        site = call.world.site
        services = tuple(_without(service, one.resource_id) for service in site.services)
        call.world.change(evolve(site, services=services))
    return {}


async def assign_hours(call: Call) -> Any:
    """Assign Working Hours Schedule: one's own, or that of the business again."""
    one, wanted = _known(call), call.body["scheduleId"]
    business = derived_id(call.world.site.id, "business")
    allowed = {one.schedule_id.lower(), business.lower()}
    call.ground.rules.require(rules_of.own_schedule, wanted, allowed)
    own = wanted.lower() != business.lower()
    revision = call.ground.rules(rules_of.next_revision)(one.revision)
    _replace(call, evolve(one, own_hours=own, revision=revision, updated=call.ground.now))
    return _answer(call, one.id)


def _kept(sent: Json) -> dict[str, Any]:
    return {key: sent[key] for key in _KEPT if sent.get(key) is not None}


def _known(call: Call) -> StaffMember:
    shown = known(call, STAFF, call.path["staffMemberId"])
    one = found(call.world.site.catalog.staff, shown["id"])
    assert one is not None
    return one


def _answer(call: Call, staff_id: str) -> dict[str, Any]:
    return {"staffMember": STAFF.view(call, known(call, STAFF, staff_id))}


def _replace(call: Call, changed: StaffMember) -> None:
    staff = call.world.site.catalog.staff
    _put(call, tuple(changed if one.id == changed.id else one for one in staff))
    # Services show who provides them by their name.
    site = call.world.site
    services = tuple(_renamed(service, changed) for service in site.services)
    call.world.change(evolve(site, services=services))


def _put(call: Call, staff: tuple[StaffMember, ...]) -> None:
    site = call.world.site
    call.world.change(evolve(site, catalog=evolve(site.catalog, staff=staff)))


def _renamed(service: Service, changed: StaffMember) -> Service:
    def now(one: Resource) -> Resource:
        if one.id != changed.resource_id:
            return one
        return evolve(one, name=changed.name, email=changed.email)

    first = now(service.resource) if service.resource else None
    sessions = tuple(
        _led_by(one, now(one.resource) if one.resource else None) for one in service.sessions
    )
    others = tuple(now(one) for one in service.others)
    return evolve(service, resource=first, others=others, sessions=sessions)


def _led_by(session: Session, leader: Resource | None) -> Session:
    return session if session.resource == leader else evolve(session, resource=leader)


def _without(service: Service, resource_id: str) -> Service:
    """The service without somebody; an appointment that nobody provides any more has no times."""
    left = tuple(one for one in service.resources if one.id != resource_id)
    sessions = tuple(
        _led_by(one, None if one.resource and one.resource.id == resource_id else one.resource)
        for one in service.sessions
    )
    changed = evolve(service, resource=next(iter(left), None), others=left[1:], sessions=sessions)
    if left or not service.resources or service.slots is None:
        return changed
    # Whoever provides it next has hours of their own.
    return evolve(changed, slots=None, grid=service.slots.step)


OPERATIONS: Mapping[str, Handler] = {
    "createStaffMember": create,
    "updateStaffMember": update,
    "deleteStaffMember": delete,
    "assignWorkingHoursSchedule": assign_hours,
}
