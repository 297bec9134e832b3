"""The availability calendar: slots to pass on to Create Booking."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from bookings_mock.call import Call
from bookings_mock.domain.availability import schedule_seats
from bookings_mock.domain.booking import Slot
from bookings_mock.domain.hours import window_of
from bookings_mock.domain.openings import Opening, openings
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.service import COURSE, Resource, Service
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.policy_shows import show_terms
from bookings_mock.handlers.wall import few_a_day, misread, read_moment, read_zone

_FLAGS: Mapping[str, Callable[[Opening], bool]] = {
    "bookable": lambda one: one.bookable,
    "bookingPolicyViolations.tooEarlyToBook": lambda one: one.early,
    "bookingPolicyViolations.tooLateToBook": lambda one: one.late,
}
_LOCATION = "location.businessLocation.id"
_FLAG_TEXTS = {"true": True, "false": False}

# What each field of a query is, as far as it can be filtered or sorted by.
FIELDS: Mapping[str, type] = {
    **dict.fromkeys(("startDate", "endDate", "serviceId", "resourceId", _LOCATION), str),
    **dict.fromkeys(_FLAGS, bool),
    "openSpots": int,
    **dict.fromkeys(("slot.startDate", "startTime"), str),
}


@frozen
class Asked:
    """What a query asks for."""

    filter: Mapping[str, Any]
    start: datetime
    end: datetime
    zone: ZoneInfo | None

    def ids(self, name: str) -> list[str]:
        """The ids that a field may have, as they are compared."""
        return [one.lower() for one in rules_of.several(self.filter[name])]

    def of(self, service: Service) -> bool:
        """Whether the service is one that is asked for."""
        place = (service.location or {}).get("id") or ""
        known = {"serviceId": service.id, _LOCATION: place}
        return all(known[name].lower() in self.ids(name) for name in known if name in self.filter)

    def meets(self, opening: Opening) -> bool:
        """Whether the opening is as asked for; open spots are the least there may be."""
        flags = all(
            read(opening) == self.filter[name]
            for name, read in _FLAGS.items()
            if name in self.filter
        )
        enough = opening.open >= self.filter.get("openSpots", 0)
        own = opening.slot.resource.id.lower() if opening.slot.resource else ""
        provided = "resourceId" not in self.filter or own in self.ids("resourceId")
        return self.of(opening.service) and provided and flags and enough


async def query(call: Call) -> Any:
    """Query Availability."""
    asked, rules = _asked(call), call.ground.rules

    def within(slot: Slot) -> bool:
        session = call.world.site.session(slot.session_id)
        there = session is None or not session.canceled
        return there and rules(rules_of.lies_within)(slot, asked.start, asked.end)

    window = window_of(call.ground.now, asked.start, asked.end)
    every = openings(call.world.site.services, within, call.ground, window=window)
    found = rules(rules_of.narrowed)(every, asked.meets)
    in_order = sorted(found, key=lambda one: one.slot.start)
    if _descending(call):
        in_order.reverse()
    # What can be booked comes first, whatever the order.
    in_order.sort(key=lambda one: not one.bookable)
    zone = asked.zone or ZoneInfo(call.world.site.timezone)
    shown = few_a_day(in_order, call.body.get("slotsPerDay"), zone, lambda one: one.slot.start)
    return {"availabilityEntries": [_entry(one, asked.zone) for one in shown]}


def _asked(call: Call) -> Asked:
    filter = dict(call.body["query"].get("filter") or {})
    problem = next(_problems(filter, call.mock.grammars[call.operation].filters), None)
    call.ground.rules.require(rules_of.availability_filter_understood, problem)
    if problem is not None:
        filter = {name: value for name, value in filter.items() if name in (*_DATES, "serviceId")}
    name = call.body.get("timezone")
    zone = read_zone(name, "UTC", "timezone") if name else None
    start, end = (_bound(filter, field, zone) for field in _DATES)
    read = {name: _read(name, value) for name, value in filter.items()}
    return Asked(read, start, end, zone)


_DATES = ("startDate", "endDate")
_OPEN_ENDED = {
    "startDate": datetime.min.replace(tzinfo=UTC),
    "endDate": datetime.max.replace(tzinfo=UTC),
}


def _bound(filter: Mapping[str, Any], name: str, zone: ZoneInfo | None) -> datetime:
    if not isinstance(filter.get(name), str):
        return _OPEN_ENDED[name]
    where = f"query.filter.{name}"
    return read_moment(filter[name], where, zone or ZoneInfo("UTC"), local=zone is not None)


def _problems(filter: Mapping[str, Any], grammar: Mapping[str, Any]) -> Iterator[str]:
    if filter.get("serviceId") is None:
        yield "the filter must say the serviceId"
    for name, value in filter.items():
        if name not in grammar:
            yield f"Field '{name}' is not declared as filterable"
        elif isinstance(value, Mapping) and not _is_comparison(value, grammar[name]):
            yield f"field '{name}' takes a value and no operators"
        elif not _takes(name, value, "$in" in grammar[name]):
            yield f"field '{name}' does not take {value!r}"


def _is_comparison(value: Mapping[str, Any], allowed: Sequence[str]) -> bool:
    """Whether it is a comparison that may be named; equality never is."""
    return len(value) == 1 and next(iter(value)) in set(allowed) - {"$eq", "$in"}


def _takes(name: str, value: Any, several: bool) -> bool:
    if isinstance(value, list):
        return several and all(isinstance(one, str) for one in value)
    # A flag is a number too, but not to whoever asks for spots.
    return type(_read(name, value)) is FIELDS[name]


def _read(name: str, value: Any) -> Any:
    """A value as its field has it: flags and numbers may come as text, a number with $gte."""
    plain = next(iter(value.values()), None) if isinstance(value, Mapping) else value
    if not isinstance(plain, str):
        return plain
    if FIELDS[name] is bool:
        return _FLAG_TEXTS.get(plain, plain)
    digits = FIELDS[name] is int and plain.isascii() and plain.isdigit() and len(plain) < 10
    return int(plain) if digits else plain


def _descending(call: Call) -> bool:
    sorts = call.mock.grammars[call.operation].sorts
    asked = rules_of.several(call.body["query"].get("sort") or [])
    for one in asked:
        if one["fieldName"] not in sorts:
            name = one["fieldName"]
            raise misread("query.sort", f"Field '{name}' is not declared as sortable")
    return bool(asked) and asked[0].get("order") == "DESC"


def _entry(opening: Opening, zone: ZoneInfo | None) -> dict[str, Any]:
    return {
        "slot": _slot(opening, zone or ZoneInfo(opening.slot.timezone)),
        "bookable": opening.bookable,
        "totalSpots": opening.total,
        "openSpots": opening.open,
        "waitingList": _waiting(opening),
        "bookingPolicyViolations": {
            "tooEarlyToBook": opening.early,
            "tooLateToBook": opening.late,
            "bookOnlineDisabled": opening.closed,
        },
        "locked": opening.kept > 0,
        "isFromV2": False,
    }


def _slot(opening: Opening, zone: ZoneInfo) -> dict[str, Any]:
    slot = opening.slot
    resource = slot.resource
    shown = {
        "sessionId": slot.session_id,
        "eventId": slot.session_id,
        "serviceId": slot.service_id,
        "scheduleId": slot.schedule_id,
        "startDate": slot.start.astimezone(zone).isoformat(timespec="milliseconds"),
        "endDate": slot.end.astimezone(zone).isoformat(timespec="milliseconds"),
        "timezone": zone.key,
        "resource": _resource(resource) if resource else None,
        "location": slot.location or {"locationType": "UNDEFINED"},
    }
    return {key: value for key, value in shown.items() if value is not None}


def _waiting(opening: Opening) -> dict[str, int]:
    if opening.waitlist is None:
        return {}
    capacity, waiting = opening.waitlist
    return {"totalSpots": capacity, "openSpots": max(capacity - waiting, 0)}


def _resource(resource: Resource) -> dict[str, Any]:
    return {"id": resource.id, "name": resource.name, "scheduleId": resource.schedule_id}


async def of_schedule(call: Call) -> Any:
    """Get Schedule Availability: what is left of a course."""
    ground = call.ground
    service = ground.site.service(None, call.path["scheduleId"].lower())
    course = service if service and service.kind == COURSE else None
    ground.rules.require(rules_of.offered, course, "schedule")
    shown = course or next(one for one in ground.site.services if one.kind == COURSE)
    start = shown.first_start or ground.now
    closed, early, late = ground.rules(rules_of.against_policy)(shown, start, ground.now)
    left = shown.capacity - schedule_seats(shown.schedule_id, shown, ground)
    return {
        "availability": {
            "totalSpots": shown.capacity,
            "openSpots": ground.rules(rules_of.open_spots)(shown.capacity, left),
            "bookingPolicyViolations": {
                "tooEarlyToBook": early,
                "tooLateToBook": late,
                "bookOnlineDisabled": closed,
            },
        },
        "bookingPolicySettings": {
            "maxParticipantsPerBooking": show_terms(shown.policy)["participantsPolicy"][
                "maxParticipantsPerBooking"
            ]
        },
    }


OPERATIONS: Mapping[str, Handler] = {
    "queryAvailability": query,
    "getScheduleAvailability": of_schedule,
}
