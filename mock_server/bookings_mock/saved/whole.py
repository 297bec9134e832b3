"""Whether what was read is a world that could have come about: nothing else is ever served.

Types are no matter of this: they were checked as each value was made. Here is what lies between
values: what one names must be there.
"""

from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from datetime import timedelta
from typing import Any

import attrs
from attrs import evolve

from bookings_mock.clock import showable, wall_clock
from bookings_mock.domain.booking import (
    APPROVAL_DECLINED,
    APPROVAL_PENDING,
    APPROVED,
    STATUSES,
    Booking,
    Course,
)
from bookings_mock.domain.rulebook import Rulebook
from bookings_mock.domain.service import APPOINTMENT, CLASS, COURSE, Service
from bookings_mock.files import is_site
from bookings_mock.mock import Mock, reading_problem
from bookings_mock.saved.answers import unanswerable
from bookings_mock.saved.kinds import fits
from bookings_mock.saved.rehearsal import Rehearsal
from bookings_mock.shared import Shared, Snapshot
from bookings_mock.site import SiteError, read_site, show_services
from bookings_mock.world import World, essence, follows

_APPROVALS = (None, APPROVAL_PENDING, APPROVED, APPROVAL_DECLINED)
# Numbers beyond it are not the same everywhere.
_COUNTABLE = 2**53


def whole(mock: Mock, name: str, read: Snapshot, rehearsal: Rehearsal) -> Snapshot:
    """The snapshot with all that follows from what was read; raises SiteError for half a world."""
    for rule, letter in read.readings.items():
        problem = reading_problem(rule, letter, mock.readings)
        if problem:
            raise SiteError(f"{read.name}.readings: {problem}")
    showable(read.made)
    shared = Shared(read.clock, Rulebook(readings=read.readings))
    sites = {
        site: _whole(mock, name, shared, site, read.sites[site], rehearsal) for site in read.sites
    }
    return evolve(read, sites=sites)


def _whole(
    mock: Mock, name: str, shared: Shared, site: str, held: Mapping[str, Any], rehearsal: Rehearsal
) -> dict[str, Any]:
    place = f"sites.{site[:64]}"
    try:
        known = {key: value for key, value in held.items() if not follows(key)}
        _require(_misfits(known))
        if known["site"].name != site or not mock.has_site(site):
            raise SiteError("is no site that this mock serves")
        _require(_broken_site(known["site"]))
        world = World(known["site"], name, shared, mock.chance)
        world.rebuild(known)
        _require(_unmatched(world, known, mock))
        kept = world.kept()
        _require(unanswerable(world, mock, rehearsal))
    except SiteError as error:
        raise SiteError(f"{place}: {error}") from None
    return kept


def _require(problems: Iterator[str]) -> None:
    for problem in problems:
        raise SiteError(problem[:300])


def _misfits(held: Mapping[str, Any]) -> Iterator[str]:
    """What is held of another type than a world declares, or not held, or not known."""
    declared = essence()
    yield from (f"{key[:64]}: a world holds no such thing" for key in held.keys() - declared)
    for key, one in declared.items():
        if key not in held:
            if not _begins_empty(one):
                yield f"{key}: is missing"
        elif not fits(held[key], one.type):
            yield f"{key}: is not what a world holds there"


def _begins_empty(one: "attrs.Attribute[Any]") -> bool:
    # What was not thought of when the file was written is as in a new world.
    return getattr(one.default, "factory", None) in (dict, list)


# The site


def _broken_site(site: Any) -> Iterator[str]:
    """What no site file could have said."""
    told = tuple(one for one in site.known() if _can_be_told(one))
    shown = {"format": 1, "callers": {}, "services": show_services(evolve(site, services=told))}
    shown["site"] = {"id": site.id, "name": site.name, "timezone": site.timezone}
    if not is_site(shown):
        yield "site: is none that a site file could describe"
        return
    read_site(shown, wall_clock())
    services, sessions = site.known(), [s for one in site.known() for s in one.sessions]
    if any(one.gone for one in site.services) or not all(one.gone for one in site.deleted):
        yield "site: those of its services that were deleted stand apart"
    for kind, ids in (
        ("service", [one.id for one in services]),
        ("service", [one.name for one in services]),
        ("schedule", [one.schedule_id for one in services]),
        ("session", [one.id for one in sessions]),
    ):
        if len(set(ids)) < len(ids):
            yield f"site: there are two of one {kind}"
    for service in services:
        if any(
            (s.service_id, s.schedule_id) != (service.id, service.schedule_id)
            for s in service.sessions
        ):
            yield f"site: {service.name} has sessions of another service"


def _can_be_told(service: Service) -> bool:
    """Whether a site file could have the service: one that nobody can book yet it has not."""
    return bool(service.resource if service.kind == APPOINTMENT else service.sessions)


# What one value says of another


def _unmatched(world: World, held: Mapping[str, Any], mock: Mock) -> Iterator[str]:
    yield from _misplaced(held)
    bookings = {booking.id for booking in world.bookings()}
    for booking in world.bookings():
        problem = _problem_of(booking, world)
        if problem:
            yield f"_bookings.{booking.id}: {problem}"
    for event in world.events:
        if event.after.id not in bookings or event.slug not in mock.event_kinds:
            yield f"events.{event.id}: is about nothing that there is"
        if not 0 < event.sequence < _COUNTABLE:
            yield f"events.{event.id}: its sequence begins with 1"
    for session_id, one in world.rounds.items():
        if one.session_id != session_id or one.window <= timedelta():
            yield f"rounds.{session_id}: offers nothing to anybody"
    for kind, known, named in _references(world, bookings):
        for missing in set(named) - known:
            yield f"there is no {kind} {missing[:64]}, which something is about"
    if not all(0 <= count < _COUNTABLE for count in world.issued.values()):
        yield "issued: is no count"


def _misplaced(held: Mapping[str, Any]) -> Iterator[str]:
    """What stands under an id that is not its own."""
    for name, kept in held.items():
        for key, one in kept.items() if isinstance(kept, dict) else ():
            if getattr(one, "id", key) != key:
                yield f"{name}.{str(key)[:64]}: is another's id"


def _references(
    world: World, bookings: set[str]
) -> Iterator[tuple[str, AbstractSet[str], Iterable[str]]]:
    """A kind of thing, the ids of those that there are, and of those that are named."""
    about = [one.booking_id for one in world.messages]
    about += [one.booking_id for one in world.registrations.values()]
    about += [one.booking_id for one in world.attendances()]
    about += [booking_id for booking_id, _ in world.reminded]
    about += [booking_id for one in world.rounds.values() for booking_id in one.queue]
    yield "booking", bookings, [*about, *world.ordered]
    made = [one.order_id for one in world.purchases.values() if one.order_id]
    yield "order", world.orders.keys(), [*made, *world.ordered.values()]
    yield "cart", world.purchases.keys(), world.current_carts.values()


def _problem_of(booking: Booking, world: World) -> str | None:
    entity, service = booking.entity, world.site.service(booking.entity.service_id)
    if service is None:
        return "its service is not on the site"
    if service.kind != booking.kind or isinstance(entity, Course) != (booking.kind == COURSE):
        return f"it is no booking of a {service.kind}"
    if booking.kind == CLASS and world.site.session(booking.session_id) is None:
        return "its session is not on the site"
    if booking.id != booking.id.lower() or not 0 < booking.revision < _COUNTABLE:
        return "its id is in small letters, its revision begins with 1"
    if booking.status not in STATUSES or booking.approval not in _APPROVALS:
        return "there is no such status"
    return None
