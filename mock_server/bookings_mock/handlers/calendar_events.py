"""Events and schedules of the calendar, as booking clients read them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.callers import APP, OWNER
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.calendar import CalendarEntry, calendar
from bookings_mock.domain.catalog import EARLIEST
from bookings_mock.domain.service import BOOKINGS_APP, Resource, Service, Session
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.catalog_shows import derived_id, resources_of
from bookings_mock.handlers.entities import Json, Kind, getting, querying
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.service_shows import LOCATION_TYPES
from bookings_mock.handlers.wall import read_moment, read_zone, wall_time

# What the schedule of the business is called on every site.
BUSINESS = "4e0579a5-491e-4e70-a872-d097eed6e520"
# Nobody is told of more.
_LISTED = 50


async def query(call: Call) -> Any:
    """Query Events: those that overlap the time that is asked for."""
    zone = read_zone(call.body.get("timeZone"), call.world.site.timezone, "timeZone")
    bounds = [_bound(call, name, zone) for name in ("fromLocalDate", "toLocalDate")]
    kinds = call.body.get("recurrenceType") or ("NONE", "INSTANCE", "EXCEPTION")
    asked = evolve(EVENTS, every=lambda call: _within(call, bounds, kinds, zone))
    return await querying(asked)(call)


def _bound(call: Call, name: str, zone: ZoneInfo) -> datetime | None:
    text = call.body.get(name)
    return read_moment(text, name, zone, local=True) if text else None


def _within(
    call: Call, bounds: list[datetime | None], kinds: Any, zone: ZoneInfo
) -> Iterator[Json]:
    start, end = bounds
    if "MASTER" in kinds:
        yield from _masters(call, zone)
    for one in calendar(call.ground):
        if (start is None or one.end > start) and (end is None or one.start < end):
            shown = show_event(call, one, zone)
            if shown["recurrenceType"] in kinds:
                yield shown


def _every(call: Call) -> Iterator[Json]:
    zone = read_zone(call.query.get("timeZone"), call.world.site.timezone, "timeZone")
    yield from (show_event(call, one, zone) for one in calendar(call.ground))
    yield from _masters(call, zone)


def _masters(call: Call, zone: ZoneInfo) -> Iterator[Json]:
    """What rows of sessions are repeated from: as the first of each, and how it comes again."""
    known: dict[str, None] = {}
    for entry in calendar(call.ground):
        session = entry.session
        if session and session.series and session.series not in known:
            known[session.series] = None
            first = {k: v for k, v in show_event(call, entry, zone).items() if k not in _OF_ONE}
            row = {"recurrenceType": "MASTER", "recurrenceRule": dict(session.recurrence)}
            yield {**first, "id": session.series, **row}


# What each of a row has for itself.
_OF_ONE = ("recurringEventId", "remainingCapacity", "participants")


def show_event(call: Call, entry: CalendarEntry, zone: ZoneInfo) -> dict[str, Any]:
    """An event with everything that some callers may see, its adjusted times by the zone."""
    service, session = call.world.site.service(None, entry.schedule_id), entry.session
    assert service is not None
    own = ZoneInfo(service.timezone)
    resource = (session.resource if session else None) or service.resource
    shown = {
        "id": entry.id,
        "scheduleId": entry.schedule_id,
        "externalScheduleId": service.id,
        "scheduleName": service.title,
        "type": entry.kind.upper(),
        "status": entry.status,
        "title": entry.title,
        "start": _zoned(entry.start, own),
        "end": _zoned(entry.end, own),
        "adjustedStart": _adjusted(entry.start, zone),
        "adjustedEnd": _adjusted(entry.end, zone),
        "timeZone": own.key,
        "recurrenceType": "INSTANCE" if session and session.series else "NONE",
        "recurringEventId": session.series if session else None,
        "transparency": "OPAQUE",
        "location": location_of((session.location if session else None) or service.location),
        "resources": _resources(resource),
        "totalCapacity": entry.capacity,
        "remainingCapacity": max(entry.capacity - entry.total, 0),
        "participants": _participants(entry),
        "inheritedFields": [],
        "appId": BOOKINGS_APP,
        "revision": str(session.revision if session else 1),
        "createdDate": rfc3339(_of(session, service).created),
        "updatedDate": rfc3339(_of(session, service).updated),
        **(session.details if session else {}),
    }
    return {key: value for key, value in shown.items() if value is not None}


def _of(session: Session | None, service: Service) -> Session | Service:
    return session if session and session.created > EARLIEST else service


def _view(call: Call, shown: Json) -> Json:
    """An event without who takes part, unless that was asked for by one who may see it."""
    asked = {**call.query, **(call.body or {})}.get("fields") or ()
    if "PI_FIELDS" in asked and call.caller is not None and call.caller.kind in (OWNER, APP):
        return shown
    return {key: value for key, value in shown.items() if key != "participants"}


def _zoned(moment: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {**_adjusted(moment, zone), "utcDate": rfc3339(moment)}


def _adjusted(moment: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {"localDate": wall_time(moment, zone), "timeZone": zone.key}


def location_of(place: Json | None) -> dict[str, Any] | None:
    """A place in the words of the calendar."""
    if not place:
        return None
    kind = LOCATION_TYPES[place["locationType"]]
    shown = {"id": place.get("id"), "name": place.get("name"), "type": kind}
    given = {key: value for key, value in shown.items() if value is not None}
    address = place.get("formattedAddress")
    return {**given, "address": address} if address else given


def _resources(one: Resource | None) -> list[dict[str, Any]]:
    if one is None:
        return []
    role = {"transparency": "OPAQUE", "permissionRole": "WRITER"}
    return [{"id": one.id, "name": one.name, "type": one.type_id, **role}]


def _participants(entry: CalendarEntry) -> dict[str, Any]:
    listed = [_participant(one) for one in entry.participants[:_LISTED]]
    more = len(entry.participants) > _LISTED
    return {"total": entry.total, "list": listed, "hasMore": more}


def _participant(booking: Booking) -> dict[str, Any]:
    contact = booking.contact
    name = " ".join(contact[key] for key in ("firstName", "lastName") if contact.get(key))
    known = {key: contact[key] for key in ("email", "phone", "contactId") if contact.get(key)}
    return {"name": name, **known}


def _schedules(call: Call) -> Iterator[Json]:
    """The schedule of the business, then those of services and resources."""
    site = call.world.site
    yield _schedule(call, derived_id(site.id, "business"), BUSINESS, site.name)
    for service in site.services:
        capacity = {"defaultCapacity": service.capacity}
        yield {**_schedule(call, service.schedule_id, service.id, service.title), **capacity}
    for one in resources_of(site):
        yield _schedule(call, one["eventsSchedule"]["scheduleId"], one["id"], one["name"])


def _schedule(call: Call, schedule_id: str, external_id: str, name: str) -> dict[str, Any]:
    return {
        "id": schedule_id,
        "externalId": external_id,
        "appId": BOOKINGS_APP,
        "name": name,
        "status": "ACTIVE",
        "timeZone": call.world.site.timezone,
        "createdDate": rfc3339(EARLIEST),
    }


EVENTS = Kind("event", "events", _every, view=_view)
SCHEDULES = Kind("schedule", "schedules", _schedules)

OPERATIONS: Mapping[str, Handler] = {
    "queryEvents": query,
    "getEvent": getting(EVENTS, "eventId"),
    "querySchedules": querying(SCHEDULES),
    "getSchedule": getting(SCHEDULES, "scheduleId"),
}
