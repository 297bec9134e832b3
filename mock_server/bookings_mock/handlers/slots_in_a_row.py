"""Time slots of several appointments, and of those whose end the customer chooses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bookings_mock.call import Call
from bookings_mock.domain.booking import Slot
from bookings_mock.domain.hours import Window, window_of
from bookings_mock.domain.openings import Opening, ends_of
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.sequences import Row, rows
from bookings_mock.domain.service import STAFF_TYPE
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.services import known_service
from bookings_mock.handlers.slot_questions import (
    cut,
    length_of,
    lower,
    paging_of,
    provided,
    read_listing,
    told,
    zone_of,
)
from bookings_mock.handlers.slot_shows import VIOLATIONS, free_resources, place_of, show
from bookings_mock.handlers.wall import few_a_day, read_moment, wall_time

Json = Mapping[str, Any]


async def list_rows(call: Call) -> Any:
    """List Multi Service Availability Time Slots."""
    listing = read_listing(call)
    asked, begun = listing.asked, told(call, listing)
    found = [
        row
        for row in _rows(call, asked, begun, window_of(call.ground.now, listing.start, listing.end))
        if row.last.end <= listing.end and _wanted(row, asked)
    ]
    few = few_a_day(
        found,
        asked.get("timeSlotsPerDay"),
        listing.zone,
        lambda row: row.first.start,
        lambda row: not row.bookable,
    )
    page = cut(call, listing, few, lambda row: row.first)
    shown = [_show(row, asked["services"], listing.zone, unasked=False) for row in page.records]
    return {
        "timeSlots": shown,
        "timeZone": listing.zone.key,
        "cursorPagingMetadata": paging_of(page),
    }


async def get_row(call: Call) -> Any:
    """Get Multi Service Availability Time Slot."""
    body, zone = call.body, zone_of(call, call.body["timeZone"])
    start, end = (
        read_moment(body[name], name, zone, local=True)
        for name in ("localStartDate", "localEndDate")
    )
    found = _rows(call, body, lambda slot: slot.start == start, (start, end))
    row = next((one for one in found if one.last.end == end), None)
    call.ground.rules.require(rules_of.offered, row, "slot")
    shown = row or next(_rows(call, body, lambda slot: True))
    return {
        "timeSlot": _show(shown, body["services"], zone, unasked=True),
        "timeZone": zone.key,
    }


async def list_ends(call: Call) -> Any:
    """List Availability Time Slot End Options."""
    body, rules = call.body, call.ground.rules
    zone = zone_of(call, body.get("timeZone"))
    service = known_service(call, body["serviceId"], "service")
    rules.require(rules_of.chosen_by_the_hour, service)
    start = read_moment(body["localStartDate"], "localStartDate", zone, local=True)
    asked = {**body, "locations": [body["location"]]}
    ends = [one for one in ends_of(service, start, call.ground) if provided(one, asked)]
    if body.get("maxLocalEndDate"):
        last = read_moment(body["maxLocalEndDate"], "maxLocalEndDate", zone, local=True)
        ends = [one for one in ends if one.slot.end <= last]
    tellable = rules(rules_of.tellable)
    shown = [show(one, zone, False) for one in ends if tellable(one.slot, zone)]
    return {"endOptions": shown, "timeZone": zone.key}


def _rows(call: Call, asked: Json, wanted: Any, window: Window | None = None) -> Iterator[Row]:
    """The rows of the services that are asked for, where and with whom they are."""
    services = [known_service(call, one["serviceId"], "service") for one in asked["services"]]
    lengths = [length_of(one) for one in asked["services"]]
    for row in rows(services, lengths, wanted, call.ground, window):
        pairs = zip(row.parts, asked["services"], strict=True)
        if all(provided(one, {**its, "locations": [asked["location"]]}) for one, its in pairs):
            yield row


def _wanted(row: Row, asked: Json) -> bool:
    known, violations = _violations(row), asked.get("bookingPolicyViolations") or {}
    as_asked = all(violations.get(name) in (None, known[name]) for name in VIOLATIONS)
    return as_asked and asked.get("bookable") in (None, row.bookable)


def _violations(row: Row) -> dict[str, Any]:
    """What speaks against any of them speaks against all."""
    flags = [(one.early, one.late, one.closed) for one in row.parts]
    said: dict[str, Any] = dict(zip(VIOLATIONS, map(any, zip(*flags, strict=True)), strict=True))
    earliest = max((one.earliest for one in row.parts if one.early and one.earliest), default=None)
    return {**said, "earliestBookingDate": rfc3339(earliest)} if earliest else said


def _show(row: Row, services: Sequence[Json], zone: ZoneInfo, *, unasked: bool) -> dict[str, Any]:
    violations = _violations(row)
    violated = any(violations[name] for name in VIOLATIONS)
    shown = {
        "localStartDate": wall_time(row.first.start, zone),
        "localEndDate": wall_time(row.last.end, zone),
        "bookable": row.bookable,
        "location": place_of(row.first.location),
        "totalCapacity": 1,
        "remainingCapacity": 1,
        "bookableCapacity": 1,
        "bookingPolicyViolations": violations,
        "nonBookableReasons": None if row.bookable else {"violatesBookingPolicy": violated},
        "availableResources": [],
        "nestedTimeSlots": [
            _nested(one, its, zone, unasked) for one, its in zip(row.parts, services, strict=True)
        ],
    }
    return {key: value for key, value in shown.items() if value is not None}


def _nested(one: Opening, asked: Json, zone: ZoneInfo, unasked: bool) -> dict[str, Any]:
    slot: Slot = one.slot
    types = lower(asked, "includeResourceTypeIds")
    named = STAFF_TYPE in types or (unasked and not types)
    return {
        "serviceId": slot.service_id,
        "scheduleId": slot.schedule_id,
        "localStartDate": wall_time(slot.start, zone),
        "localEndDate": wall_time(slot.end, zone),
        "availableResources": free_resources(one) if named else [],
    }


OPERATIONS: Mapping[str, Handler] = {
    "listMultiServiceAvailabilityTimeSlots": list_rows,
    "getMultiServiceAvailabilityTimeSlot": get_row,
    "listAvailabilityTimeSlotEndOptions": list_ends,
}
