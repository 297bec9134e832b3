"""Time slots of appointments and of class sessions, in the wall times of a zone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from bookings_mock.call import Call
from bookings_mock.domain.openings import (
    Opening,
    appointment_slot,
    opening,
    openings,
    session_slot,
)
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.service import APPOINTMENT, CLASS, Service
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.finding import refused, seal_of
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.services import LOCATION_TYPES, known_service
from bookings_mock.handlers.wall import few_a_day, read_moment, read_zone, wall_time
from bookings_mock.query import Field, Found, Key, Page, QueryRefused, parse_filter, select
from bookings_mock.query.cursors import read_cursor
from bookings_mock.query.filters import All

# The type that every site has for its staff.
STAFF = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"


@frozen
class Listing:
    """A request for a list, a cursor's own request included, and where its page begins."""

    asked: Mapping[str, Any]
    zone: ZoneInfo
    start: datetime
    end: datetime
    limit: int
    after: Sequence[Any] | None = None
    before: Sequence[Any] | None = None

    def page(self, order: Sequence[Key[Opening]]) -> Page[Opening]:
        """The page of what was found."""
        return Page(
            where=All(()),
            order=tuple(order),
            limit=self.limit,
            after=self.after,
            before=self.before,
            sent=self.asked,
        )


async def list_appointments(call: Call) -> Any:
    """List Availability Time Slots."""
    listing = _listing(call)
    asked = listing.asked
    service = known_service(call, asked["serviceId"], "service")
    services = [service] if service.kind == APPOINTMENT and _provided(service, asked) else []
    found = [
        one
        for one in openings(services, listing.start, listing.end, call.ground)
        if _wanted(one, asked) and asked.get("bookable") in (None, one.bookable)
    ]
    page = _cut(call, listing, found, asked.get("timeSlotsPerDay"), _BOOKABLE_FIRST)
    return {**_shown(page, listing.zone), "cursorPagingMetadata": _paging(page)}


async def list_sessions(call: Call) -> Any:
    """List Event Time Slots."""
    listing = _listing(call)
    asked = listing.asked
    found = [
        one
        for one in openings(_classes(call, asked), listing.start, listing.end, call.ground)
        if _wanted(one, asked) and _enough(one, asked)
    ]
    try:
        where = parse_filter(
            asked.get("eventFilter") or {}, call.mock.grammars[call.operation], FIELDS
        )
    except QueryRefused as error:
        raise refused(error, "SHAPE-3") from None
    found = [one for one in found if where.holds(one)]
    page = _cut(call, listing, found, asked.get("maxSlotsPerDay"), _IN_TIME)
    return {**_shown(page, listing.zone), "pagingMetadata": _paging(page)}


async def get_appointment(call: Call) -> Any:
    """Get Availability Time Slot."""
    body = call.body
    zone = _zone(call, body.get("timeZone"))
    start, end = (
        read_moment(body[name], name, zone, local=True)
        for name in ("localStartDate", "localEndDate")
    )
    service = known_service(call, body["serviceId"], "slot")
    asked = {**body, "locations": [body["location"]] if body.get("location") else []}
    slot = appointment_slot(service, start, end) if _provided(service, asked) else None
    call.ground.rules.require(rules_of.offered, slot, "slot")
    one = opening(slot, service, call.ground) if slot else _any(call)
    return {"timeSlot": show(one, zone), "timeZone": zone.key}


async def get_session(call: Call) -> Any:
    """Get Event Time Slot."""
    zone = _zone(call, call.query.get("timeZone"))
    site = call.world.site
    session = site.session(call.path["eventId"])
    service = site.service(session.service_id) if session else None
    held = service if service and service.kind == CLASS else None
    call.ground.rules.require(rules_of.offered, held, "session")
    known = session_slot(held, session) if held and session else None
    one = opening(known, held, call.ground) if known and held else _any(call)
    return {"timeSlot": show(one, zone), "timeZone": zone.key}


def show(one: Opening, zone: ZoneInfo) -> dict[str, Any]:
    """An opening as a time slot."""
    slot = one.slot
    shown = {
        "serviceId": slot.service_id,
        "scheduleId": slot.schedule_id,
        "localStartDate": wall_time(slot.start, zone),
        "localEndDate": wall_time(slot.end, zone),
        "bookable": one.bookable,
        "location": _location(slot.location),
        "eventInfo": _event(one),
        "totalCapacity": one.total,
        "remainingCapacity": one.open,
        "bookableCapacity": one.open if one.bookable else 0,
        "bookingPolicyViolations": _violations(one),
        "nonBookableReasons": None if one.bookable else _reasons(one),
        "availableResources": _resources(one),
    }
    return {key: value for key, value in shown.items() if value is not None}


def _listing(call: Call) -> Listing:
    paging = call.body.get("cursorPaging") or {}
    asked, place = call.body, {}
    if paging.get("cursor"):
        try:
            place = dict(read_cursor(paging["cursor"], seal_of(call)))
        except QueryRefused as error:
            error.field = "cursorPaging.cursor"
            raise refused(error, "SHAPE-3") from None
        asked = place["query"]
    zone = _zone(call, asked.get("timeZone"))
    start, end = (
        read_moment(asked[name], name, zone, local=True)
        for name in ("fromLocalDate", "toLocalDate")
    )
    return Listing(
        asked={key: value for key, value in asked.items() if key != "cursorPaging"},
        zone=zone,
        start=start,
        end=end,
        limit=paging.get("limit") or call.mock.grammars[call.operation].default_limit,
        after=place.get("after"),
        before=place.get("before"),
    )


def _zone(call: Call, name: str | None) -> ZoneInfo:
    return read_zone(name, call.world.site.timezone, "timeZone")


def _classes(call: Call, asked: Mapping[str, Any]) -> list[Service]:
    wanted = [one.lower() for one in asked.get("serviceIds") or ()]
    classes = [one for one in call.world.site.services if one.kind == CLASS]
    return [one for one in classes if not wanted or one.id.lower() in wanted]


def _provided(service: Service, asked: Mapping[str, Any]) -> bool:
    """Whether the service takes place where, and with whom, it is asked for."""
    places = asked.get("locations") or []
    here = _location(service.location) or {}
    return (not places or any(_same_place(one, here) for one in places)) and all(
        _has(service, one) for one in asked.get("resourceTypes") or ()
    )


def _same_place(wanted: Mapping[str, Any], here: Mapping[str, Any]) -> bool:
    if wanted.get("id"):
        return bool(wanted["id"].lower() == str(here.get("id")).lower())
    return wanted.get("locationType") in (None, here.get("locationType"))


def _has(service: Service, wanted: Mapping[str, Any]) -> bool:
    ids = [one.lower() for one in wanted.get("resourceIds") or ()]
    own = service.resource
    return own is not None and (not ids or own.id.lower() in ids)


def _wanted(one: Opening, asked: Mapping[str, Any]) -> bool:
    """Whether the policy speaks against it in the way that was asked for."""
    known, violations = _violations(one), asked.get("bookingPolicyViolations") or {}
    return all(violations.get(name) in (None, known[name]) for name in _VIOLATIONS)


def _enough(one: Opening, asked: Mapping[str, Any]) -> bool:
    if asked.get("includeNonBookable") is False and not one.bookable:
        return False
    least = asked.get("minBookableCapacity")
    return least is None or (one.bookable and one.open >= least)


def _cut(
    call: Call,
    listing: Listing,
    found: Iterable[Opening],
    a_day: int | None,
    order: Sequence[Key[Opening]],
) -> Found[Opening]:
    by_order = sorted(found, key=lambda one: [key.field.read(one) for key in order])
    few = list(few_a_day(by_order, a_day, listing.zone, lambda one: one.slot.start))
    return select(listing.page(order), lambda: few, _NoIndex(), seal_of(call))


def _shown(found: Found[Opening], zone: ZoneInfo) -> dict[str, Any]:
    return {"timeSlots": [show(one, zone) for one in found.records], "timeZone": zone.key}


def _paging(found: Found[Opening]) -> dict[str, Any]:
    cursors = {"next": found.next, "prev": found.prev}
    return {
        "cursors": {side: cursor for side, cursor in cursors.items() if cursor},
        "hasNext": found.next is not None,
    }


def _location(place: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not place:
        return None
    return {**place, "locationType": LOCATION_TYPES[place["locationType"]]}


def _event(one: Opening) -> dict[str, Any] | None:
    if one.slot.session_id is None:
        return None
    return {"eventId": one.slot.session_id, "eventTitle": one.service.title}


def _violations(one: Opening) -> dict[str, Any]:
    said = dict(zip(_VIOLATIONS, (one.early, one.late, one.closed), strict=True))
    earliest = rfc3339(one.earliest)
    return {**said, "earliestBookingDate": earliest} if one.early else said


def _reasons(one: Opening) -> dict[str, bool]:
    return {
        "noRemainingCapacity": one.open == 0,
        "violatesBookingPolicy": one.violated,
        "reservedForWaitingList": False,
        "eventCancelled": False,
    }


def _resources(one: Opening) -> list[dict[str, Any]]:
    resource = one.slot.resource
    # A class has its resource whatever it holds; an appointment's is free while the time is.
    if resource is None or (one.slot.session_id is None and not one.open):
        return []
    return [
        {
            "resourceTypeId": STAFF,
            "resources": [{"id": resource.id, "name": resource.name}],
            "hasMoreAvailableResources": False,
        }
    ]


def _any(call: Call) -> Opening:
    """Any opening: what a look-up finds whose rule is switched off."""
    every = call.world.site.services
    one = next(session_slot(s, s.sessions[0]) for s in every if s.kind == CLASS and s.sessions)
    service = call.world.site.service(one.service_id)
    assert service is not None
    return opening(one, service, call.ground)


class _NoIndex:
    """Openings are made anew for each call: there is nothing to look them up in."""

    def find(self, name: str, values: Any) -> None:
        """None for every field."""


_VIOLATIONS = ("tooEarlyToBook", "tooLateToBook", "bookOnlineDisabled")

FIELDS: Mapping[str, Field[Opening]] = {
    "id": Field(lambda one: one.slot.session_id),
    "scheduleId": Field(lambda one: one.slot.schedule_id, "guid"),
    "resources.id": Field(lambda one: [one.slot.resource.id] if one.slot.resource else [], "list"),
}
_START: Key[Opening] = Key("start", Field(lambda one: one.slot.start, "date"))
_LAST: Key[Opening] = Key("key", Field(lambda one: f"{one.slot.schedule_id}{one.slot.session_id}"))
_IN_TIME = (_START, _LAST)
_TAKEN: Key[Opening] = Key("taken", Field(lambda one: not one.bookable, "flag"))
_BOOKABLE_FIRST = (_TAKEN, *_IN_TIME)

OPERATIONS: Mapping[str, Handler] = {
    "listAvailabilityTimeSlots": list_appointments,
    "getAvailabilityTimeSlot": get_appointment,
    "listEventTimeSlots": list_sessions,
    "getEventTimeSlot": get_session,
}
