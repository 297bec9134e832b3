"""Sessions, as the earlier calendar had them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.callers import APP, OWNER
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.calendar import CalendarEntry, calendar
from bookings_mock.domain.service import APPOINTMENT, COURSE, Resource
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.entities import Json, Kind, querying
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.wall import read_moment

_TAGS = {APPOINTMENT: "INDIVIDUAL", COURSE: "COURSE"}


async def query(call: Call) -> Any:
    """Query Sessions: those that overlap the time that is asked for."""
    zone = ZoneInfo("UTC")
    start, end = (
        read_moment(call.body[name], name, zone) if call.body.get(name) else None
        for name in ("fromDate", "toDate")
    )
    asked = evolve(SESSIONS, every=lambda call: _within(call, start, end))
    return await querying(asked)(_paged(call))


def _paged(call: Call) -> Call:
    """The call with the paging by cursors that this query knows alone."""
    wanted = call.body.get("query") or {}
    paged = {"cursorPaging": {}, **wanted}
    return evolve(call, body={**call.body, "query": paged})


async def listed(call: Call) -> Any:
    """List Sessions: those of the ids that there are."""
    wanted = set(call.body.get("ids") or ())
    every = _within(call, None, None)
    return {"sessions": [_view(call, one) for one in every if one["id"] in wanted]}


def _within(call: Call, start: datetime | None, end: datetime | None) -> Iterator[Json]:
    if call.body.get("type") in ("WORKING_HOURS", "AVAILABILITY"):
        return
    for one in calendar(call.ground):
        if (start is None or one.end > start) and (end is None or one.start < end):
            yield _session(call, one)


def _session(call: Call, entry: CalendarEntry) -> dict[str, Any]:
    service = call.world.site.service(None, entry.schedule_id)
    assert service is not None
    zone = ZoneInfo(service.timezone)
    session = entry.session
    place = (session.location if session else None) or service.location or {}
    own = {"id": place.get("id"), "name": place.get("name")}
    return {
        "id": entry.id,
        "scheduleId": entry.schedule_id,
        "scheduleOwnerId": service.id,
        "scheduleOwnerName": service.title,
        "start": _time(entry.start, zone),
        "end": _time(entry.end, zone),
        "affectedSchedules": _affected((session.resource if session else None) or service.resource),
        "title": entry.title,
        "tags": [_TAGS.get(entry.kind, "GROUP")],
        "location": {
            "locationType": place.get("locationType", "UNDEFINED"),
            **({"businessLocation": own} if place.get("id") else {}),
        },
        "capacity": entry.capacity,
        "remainingCapacity": max(entry.capacity - entry.total, 0),
        "totalNumberOfParticipants": entry.total,
        "participants": [_participant(one) for one in entry.participants],
        "inheritedFields": [],
        "status": entry.status,
        "type": "EVENT",
    }


def _time(moment: datetime, zone: ZoneInfo) -> dict[str, Any]:
    local = moment.astimezone(UTC).astimezone(zone)
    shown = {
        "year": local.year,
        "monthOfYear": local.month,
        "dayOfMonth": local.day,
        "hourOfDay": local.hour,
        "minutesOfHour": local.minute,
    }
    return {"timestamp": rfc3339(moment), "localDateTime": shown, "timeZone": zone.key}


def _affected(one: Resource | None) -> list[dict[str, Any]]:
    if one is None:
        return []
    owner = {"scheduleOwnerId": one.id, "scheduleOwnerName": one.name}
    return [{"scheduleId": one.schedule_id, "transparency": "BUSY", **owner}]


def _participant(booking: Booking) -> dict[str, Any]:
    contact = booking.contact
    name = " ".join(contact[key] for key in ("firstName", "lastName") if contact.get(key))
    known = {key: contact[key] for key in ("email", "phone", "contactId") if contact.get(key)}
    return {"id": booking.id, "name": name, "partySize": booking.participants.count, **known}


def _view(call: Call, shown: Json) -> Json:
    """A session without who takes part, unless that was asked for by one who may see it."""
    asked = (call.body.get("query") or {}).get("fieldsets") or ()
    if "ALL_PI" in asked and call.caller is not None and call.caller.kind in (OWNER, APP):
        return shown
    return {key: value for key, value in shown.items() if key != "participants"}


SESSIONS = Kind("session", "sessions", lambda call: _within(call, None, None), view=_view)

OPERATIONS: Mapping[str, Handler] = {"querySessions": query, "listSessions": listed}
