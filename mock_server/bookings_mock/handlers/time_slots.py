"""Time slots of appointments and of class sessions, in the wall times of a zone."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bookings_mock.call import Call
from bookings_mock.domain.hours import window_of
from bookings_mock.domain.openings import (
    Opening,
    offered_slots,
    opening,
    openings,
    ranged,
    session_slot,
    side_by_side,
)
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.service import BOOKINGS_APP, CLASS, STAFF_TYPE
from bookings_mock.handlers.finding import refused
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.services import known_service
from bookings_mock.handlers.slot_questions import (
    begun,
    cut,
    length_of,
    lower,
    paging_of,
    provided,
    read_listing,
    told,
    wanted,
    zone_of,
)
from bookings_mock.handlers.slot_shows import can_be_booked, place_of, show
from bookings_mock.handlers.wall import few_a_day, read_moment
from bookings_mock.query import Field, Found, QueryRefused, parse_filter


async def list_appointments(call: Call) -> Any:
    """List Availability Time Slots."""
    listing = read_listing(call)
    asked, rules = listing.asked, call.ground.rules
    service = known_service(call, asked["serviceId"], "service")
    rules.require(rules_of.listed_as_appointment, service)
    services = [service] if rules(rules_of.with_times)(service) else []

    def meets(one: Opening) -> bool:
        at_hand = provided(one, asked) and asked.get("bookable") in (None, can_be_booked(one))
        return at_hand and wanted(one, asked)

    window = window_of(call.ground.now, listing.start, listing.end)
    offered = openings(services, told(call, listing), call.ground, length_of(asked), window)
    # A time that nobody is free for is none at all.
    free = rules(rules_of.narrowed)((one for one in offered if one.open), meets)
    found = side_by_side(free) if service.others else free
    few = few_a_day(
        found,
        asked.get("timeSlotsPerDay"),
        listing.zone,
        lambda one: one.slot.start,
        lambda one: not can_be_booked(one),
    )
    page = cut(call, listing, few, lambda one: one.slot)
    listed = rules(rules_of.resources_listed)(STAFF_TYPE in lower(asked, "includeResourceTypeIds"))
    return {**_shown(page, listing.zone, listed), "cursorPagingMetadata": paging_of(page)}


async def list_sessions(call: Call) -> Any:
    """List Event Time Slots."""
    listing = read_listing(call)
    asked, rules = listing.asked, call.ground.rules
    try:
        where = parse_filter(
            asked.get("eventFilter") or {}, call.mock.grammars[call.operation], FIELDS
        )
    except QueryRefused as error:
        raise refused(error, "SHAPE-3") from None

    def meets(one: Opening) -> bool:
        as_wanted = _of_service(one, asked) and wanted(one, asked)
        return as_wanted and _enough(one, asked) and where.holds(one)

    classes = [one for one in call.world.site.services if one.kind == CLASS]
    found = rules(rules_of.narrowed)(openings(classes, begun(call, listing), call.ground), meets)
    few = few_a_day(
        found,
        asked.get("maxSlotsPerDay"),
        listing.zone,
        lambda one: one.slot.start,
        lambda one: not can_be_booked(one),
    )
    page = cut(call, listing, few, lambda one: one.slot)
    return {**_shown(page, listing.zone, True), "pagingMetadata": paging_of(page)}


async def get_appointment(call: Call) -> Any:
    """Get Availability Time Slot."""
    body, ground = call.body, call.ground
    zone = zone_of(call, body.get("timeZone"))
    start, end = (
        read_moment(body[name], name, zone, local=True)
        for name in ("localStartDate", "localEndDate")
    )
    service = known_service(call, body["serviceId"], "slot")
    length = length_of(body) or ranged(service, start, end)
    slots = offered_slots(service, start, end, ground, length)
    asked = {**body, "locations": [body["location"]] if body.get("location") else []}
    with_each = [opening(slot, service, ground) for slot in slots]
    there = [one for one in with_each if provided(one, asked)]
    held = next(iter(side_by_side([one for one in there if one.open] or there)), None)
    ground.rules.require(rules_of.offered, held, "slot")
    types = lower(body, "includeResourceTypeIds")
    return {
        "timeSlot": show(held or _any(call), zone, not types or STAFF_TYPE in types),
        "timeZone": zone.key,
    }


async def get_session(call: Call) -> Any:
    """Get Event Time Slot."""
    zone = zone_of(call, call.query.get("timeZone"))
    site = call.world.site
    session = site.session(call.path["eventId"])
    service = site.offered(session.service_id) if session else None
    held = service if service and service.kind == CLASS else None
    call.ground.rules.require(rules_of.offered, held, "session")
    known = session_slot(held, session) if held and session else None
    one = opening(known, held, call.ground) if known and held else _any(call)
    return {"timeSlot": show(one, zone, True), "timeZone": zone.key}


def _of_service(one: Opening, asked: Mapping[str, Any]) -> bool:
    wanted = lower(asked, "serviceIds")
    return not wanted or one.service.id.lower() in wanted


def _enough(one: Opening, asked: Mapping[str, Any]) -> bool:
    if asked.get("includeNonBookable") is False and not can_be_booked(one):
        return False
    return one.bookable_spots >= (asked.get("minBookableCapacity") or 0)


def _shown(found: Found[Opening], zone: ZoneInfo, resources: bool) -> dict[str, Any]:
    slots = [show(one, zone, resources) for one in found.records]
    return {"timeSlots": slots, "timeZone": zone.key}


def _any(call: Call) -> Opening:
    """Any opening: what a look-up finds whose rule is switched off."""
    every = call.world.site.services
    one = next(session_slot(s, s.sessions[0]) for s in every if s.kind == CLASS and s.sessions)
    service = call.world.site.service(one.service_id)
    assert service is not None
    return opening(one, service, call.ground)


FIELDS: Mapping[str, Field[Opening]] = {
    "id": Field(lambda one: one.slot.session_id),
    "appId": Field(lambda one: BOOKINGS_APP, "guid"),
    "scheduleId": Field(lambda one: one.slot.schedule_id, "guid"),
    "externalScheduleId": Field(lambda one: one.slot.service_id, "guid"),
    "type": Field(lambda one: one.service.kind.upper()),
    "recurringEventId": Field(lambda one: None),
    "transparency": Field(lambda one: "OPAQUE"),
    "location": Field(lambda one: one.slot.location, "object"),
    "location.id": Field(lambda one: (one.slot.location or {}).get("id"), "guid"),
    "location.type": Field(lambda one: (place_of(one.slot.location) or {}).get("locationType")),
    "conferencingDetails": Field(lambda one: None, "object"),
    "totalCapacity": Field(lambda one: one.total, "number"),
    "remainingCapacity": Field(lambda one: one.open, "number"),
    "participants.total": Field(lambda one: one.total - one.open, "number"),
    "resources.id": Field(lambda one: [one.slot.resource.id] if one.slot.resource else [], "list"),
    "resources.type": Field(lambda one: [STAFF_TYPE] if one.slot.resource else [], "list"),
    "resources.transparency": Field(lambda one: ["OPAQUE"] if one.slot.resource else [], "list"),
}
OPERATIONS: Mapping[str, Handler] = {
    "listAvailabilityTimeSlots": list_appointments,
    "getAvailabilityTimeSlot": get_appointment,
    "listEventTimeSlots": list_sessions,
    "getEventTimeSlot": get_session,
}
