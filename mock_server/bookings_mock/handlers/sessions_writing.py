"""Sessions of classes and courses, and working hours: events that are written to the calendar."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import Slot
from bookings_mock.domain.catalog import Hours, StaffMember
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.rules import catalog as rules_of_catalog, writing as rules_of
from bookings_mock.domain.rules.create import period
from bookings_mock.domain.service import Resource, Service, Session
from bookings_mock.domain.times import YEARS, shifted
from bookings_mock.handlers.calendar_events import EVENTS
from bookings_mock.handlers.entities import known
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.itemwise import each
from bookings_mock.handlers.service_reads import known_resource
from bookings_mock.handlers.turns import settle_capacity
from bookings_mock.handlers.wall import misread, read_moment, read_stored, read_zone

Json = Mapping[str, Any]

_WEEK, _DAY = timedelta(weeks=1), timedelta(days=1)
# How many of a row there are that nobody ends.
_A_YEAR = 52
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_PLACES = {"BUSINESS": "OWNER_BUSINESS", "CUSTOM": "OWNER_CUSTOM", "CUSTOMER": "CUSTOM"}


async def create(call: Call) -> Any:
    """Create Event."""
    return {"event": _shown(call, _created(call, call.body["event"]))}


async def create_all(call: Call) -> Any:
    """Bulk Create Event: one that can't be made fails alone."""

    async def create_one(item: Json) -> tuple[str, Any]:
        made = _created(call, item["event"])
        return made, _shown(call, made)

    wanted = bool(call.body.get("returnEntity"))
    return await each(call, call.body["events"], lambda item: None, create_one, wanted)


async def update(call: Call) -> Any:
    """Update Event."""
    return {"event": _shown(call, _updated(call, call.path["eventId"], call.body["event"]))}


async def update_all(call: Call) -> Any:
    """Bulk Update Event: one that can't be changed fails alone."""

    async def update_one(item: Json) -> tuple[str, Any]:
        changed = _updated(call, item["event"]["id"], item["event"])
        return changed, _shown(call, changed)

    items, wanted = call.body["events"], bool(call.body.get("returnEntity"))
    return await each(call, items, lambda item: item["event"]["id"], update_one, wanted)


async def cancel(call: Call) -> Any:
    """Cancel Event."""
    return {"event": _shown(call, _canceled(call, call.path["eventId"]))}


async def cancel_all(call: Call) -> Any:
    """Bulk Cancel Event: one that is not there fails alone."""

    async def cancel_one(event_id: str) -> tuple[str, Any]:
        return event_id, _shown(call, _canceled(call, event_id))

    wanted = bool(call.body.get("returnEntity"))
    return await each(call, call.body["eventIds"], str, cancel_one, wanted)


def _shown(call: Call, event_id: str) -> Any:
    hours = next((one for one in _all_hours(call) if one.event_id == event_id), None)
    if hours is not None:
        return {"id": event_id, "type": "WORKING_HOURS", "status": "CONFIRMED", "revision": "1"}
    # What the call stands on is the site as it was before.
    now = evolve(call, ground=evolve(call.ground, site=call.world.site))
    return EVENTS.view(now, known(now, EVENTS, event_id))


def _all_hours(call: Call) -> Iterator[Hours]:
    for one in call.world.site.catalog.staff:
        yield from one.hours


# Made


def _created(call: Call, sent: Json) -> str:
    """The id of what was made: a session, the row that it is the first of, or working hours."""
    schedule_id = str(sent["scheduleId"]).lower()
    worker = _worker(call, schedule_id)
    if sent["type"] == "WORKING_HOURS" and worker is not None:
        return _at_work(call, worker, sent)
    service = call.world.site.offered(None, schedule_id)
    call.ground.rules.require(rules_of.as_its_service, str(sent["type"]).lower(), service)
    assert service is not None
    return _in_session(call, service, sent)


def _worker(call: Call, schedule_id: str) -> StaffMember | None:
    staff = call.world.site.catalog.staff
    return next((one for one in staff if one.schedule_id.lower() == schedule_id), None)


def _at_work(call: Call, worker: StaffMember, sent: Json) -> str:
    """Hours that come again each week: the mock knows no others."""
    start, end = _times(call, sent, call.world.site.timezone)
    zone = ZoneInfo(call.world.site.timezone)
    begin = start.astimezone(zone)
    minutes = begin.hour * 60 + begin.minute
    named = (sent.get("recurrenceRule") or {}).get("days") or [_DAYS[begin.weekday()]]
    hours = Hours(
        day=_DAYS.index(named[0]),
        start=minutes,
        end=minutes + (end - start) // timedelta(minutes=1),
        event_id=call.world.new_id(),
    )
    site = call.world.site
    staff = tuple(
        evolve(one, hours=(*one.hours, hours)) if one.id == worker.id else one
        for one in site.catalog.staff
    )
    call.world.change(evolve(site, catalog=evolve(site.catalog, staff=staff)))
    return str(hours.event_id)


def _in_session(call: Call, service: Service, sent: Json) -> str:
    rules, world = call.ground.rules, call.world
    start, end = _times(call, sent, service.timezone)
    rules.require(rules_of.led_by_somebody, sent.get("resources") or ())
    rule = sent.get("recurrenceRule") or {}
    first = Session(
        id=world.new_id(),
        service_id=service.id,
        schedule_id=service.schedule_id,
        start=start,
        end=end,
        capacity=sent.get("totalCapacity") or service.capacity,
        title=sent.get("title"),
        resource=_leader(call, sent),
        location=_location(sent.get("location")),
        created=call.ground.now,
        updated=call.ground.now,
        details=_kept(sent),
    )
    if not rule:
        _add(call, service, (rules(rules_of.on_its_schedule)(first),))
        return first.id
    series = world.new_id()
    row = tuple(_repeated(call, evolve(first, series=series, recurrence=rule), rule, service))
    if not row:
        raise misread("event.recurrenceRule.until", "must not be before the first of the row")
    _add(call, service, row)
    return series


def _repeated(call: Call, first: Session, rule: Json, service: Service) -> Iterator[Session]:
    """Each of a row, by the clock on the wall; the first is on the day that the rule names."""
    zone = ZoneInfo(service.timezone)
    begin, length = first.start.astimezone(zone).replace(tzinfo=None), first.end - first.start
    days = rule.get("days") or [_DAYS[begin.weekday()]]
    begin += _DAY * ((_DAYS.index(days[0]) - begin.weekday()) % 7)
    last = _until(rule, zone)
    for number in range(_A_YEAR):
        start = (begin + number * (rule.get("interval") or 1) * _WEEK).replace(tzinfo=zone)
        if (last is not None and start > last) or start.year not in YEARS:
            return
        moment = start.astimezone(UTC)
        session_id = first.id if number == 0 else call.world.new_id()
        end = shifted(moment, length)
        if end.year not in YEARS:
            return
        one = evolve(first, id=session_id, start=moment, end=end)
        yield call.ground.rules(rules_of.on_its_schedule)(one)


def _until(rule: Json, zone: ZoneInfo) -> datetime | None:
    until = (rule.get("until") or {}).get("localDate")
    field = "event.recurrenceRule.until"
    return read_moment(until, field, zone, local=True) if until else None


def _times(call: Call, sent: Json, zone_name: str) -> tuple[datetime, datetime]:
    zone = read_zone(sent.get("timeZone"), zone_name, "event.timeZone")
    start, end = (
        read_stored(sent[side]["localDate"], f"event.{side}.localDate", zone)
        for side in ("start", "end")
    )
    call.ground.rules.require(rules_of.ends_after_it_begins, start, end)
    return start, end


def _leader(call: Call, sent: Json) -> Resource | None:
    named = [known_resource(call, one["id"], "event.resources") for one in sent["resources"]]
    return next(iter(named), None)


def _location(sent: Json | None) -> dict[str, Any] | None:
    if not sent:
        return None
    shown = {
        "locationType": _PLACES.get(sent.get("type") or "CUSTOM", "OWNER_CUSTOM"),
        "id": sent.get("id"),
        "name": sent.get("name"),
        "formattedAddress": sent.get("address"),
    }
    return {key: value for key, value in shown.items() if value is not None}


def _kept(sent: Json) -> dict[str, Any]:
    return {key: sent[key] for key in ("notes", "extendedFields") if sent.get(key) is not None}


def _add(call: Call, service: Service, sessions: tuple[Session, ...]) -> None:
    _put(call, evolve(service, sessions=(*service.sessions, *sessions)))


def _put(call: Call, changed: Service) -> None:
    site = call.world.site
    services = tuple(changed if one.id == changed.id else one for one in site.services)
    call.world.change(evolve(site, services=services))


# Changed


def _changed(call: Call, event_id: str, change: Callable[[Session], Session]) -> str:
    """The sessions of an event, or of the whole row, changed; LOOKUP-4 where there are none."""
    services = call.world.site.services
    found = [
        (service, session)
        for service in services
        for session in service.sessions
        if event_id in (session.id, session.series)
    ]
    call.ground.rules.require(rules_of_catalog.there, found or None, "event")
    for service, _ in found[:1]:
        sessions = tuple(
            change(one) if event_id in (one.id, one.series) else one for one in service.sessions
        )
        _put(call, evolve(service, sessions=sessions))
        _follow(call, service)
        for _, before in found:
            settle_capacity(call, before)
    return event_id


def _follow(call: Call, service: Service) -> None:
    """Whoever has booked a session is there when it takes place."""
    for booking in list(call.world.on_schedule(service.schedule_id)):
        session = call.world.site.session(booking.session_id)
        slot = booking.entity
        if session is None or not isinstance(slot, Slot):
            continue
        if (slot.start, slot.end) != (session.start, session.end):
            moved = evolve(slot, start=session.start, end=session.end)
            start, end = call.ground.rules(period)(moved)
            call.world.put(evolve(booking, entity=moved, start=start, end=end))


def _updated(call: Call, event_id: str, sent: Json) -> str:
    if any(one.series == event_id for one in call.world.site.sessions()):
        raise RuleBroken("SHAPE-3", "a row is changed session by session here", field="event.id")
    return _changed(call, event_id, partial(_with, call, sent))


def _with(call: Call, sent: Json, session: Session) -> Session:
    rules = call.ground.rules
    rules.require(rules_of.current, session.revision, sent.get("revision"))
    service = call.world.site.service(session.service_id)
    assert service is not None
    zone = ZoneInfo(service.timezone)
    written = {"start": _wall(session.start, zone), "end": _wall(session.end, zone), **sent}
    changed: dict[str, Any] = {"details": {**session.details, **_kept(sent)}}
    if "start" in sent or "end" in sent:
        changed["start"], changed["end"] = _times(call, written, service.timezone)
    if "resources" in sent:
        rules.require(rules_of.led_by_somebody, sent["resources"] or ())
        changed["resource"] = _leader(call, sent)
    for name, field in (("title", "title"), ("totalCapacity", "capacity")):
        if sent.get(name) is not None:
            changed[field] = sent[name]
    if "location" in sent:
        changed["location"] = _location(sent["location"])
    revision = rules(rules_of.next_revision)(session.revision)
    return evolve(session, **changed, revision=revision, updated=call.ground.now)


def _wall(moment: datetime, zone: ZoneInfo) -> Json:
    local = moment.astimezone(zone).replace(tzinfo=None)
    return {"localDate": local.isoformat(timespec="seconds")}


def _canceled(call: Call, event_id: str) -> str:
    rules = call.ground.rules

    def cancel_one(session: Session) -> Session:
        gone = rules(rules_of.canceled)(session)
        if gone is session:
            return session
        return evolve(gone, revision=session.revision + 1, updated=call.ground.now)

    return _changed(call, event_id, cancel_one)


OPERATIONS: Mapping[str, Handler] = {
    "createEvent": create,
    "bulkCreateEvents": create_all,
    "updateEvent": update,
    "bulkUpdateEvents": update_all,
    "cancelEvent": cancel,
    "bulkCancelEvents": cancel_all,
}
