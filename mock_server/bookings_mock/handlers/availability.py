"""The availability calendar: slots to pass on to Create Booking."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from bookings_mock.call import Call
from bookings_mock.domain.openings import Opening, openings
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.service import Service
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.wall import few_a_day, misread, read_moment, read_zone

_FLAGS: Mapping[str, Callable[[Opening], bool]] = {
    "bookable": lambda one: one.bookable,
    "bookingPolicyViolations.tooEarlyToBook": lambda one: one.early,
    "bookingPolicyViolations.tooLateToBook": lambda one: one.late,
}
_LOCATION = "location.businessLocation.id"

# What each field of a query is, as far as it can be filtered or sorted by.
FIELDS: Mapping[str, type] = {
    **dict.fromkeys(("startDate", "endDate", "serviceId", "resourceId", _LOCATION), str),
    **dict.fromkeys(_FLAGS, bool),
    "openSpots": int,
    "slot.startDate": str,
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
        resource = service.resource.id if service.resource else ""
        known = {"serviceId": service.id, "resourceId": resource, _LOCATION: place}
        return all(known[name].lower() in self.ids(name) for name in known if name in self.filter)

    def meets(self, opening: Opening) -> bool:
        """Whether the opening is as asked for; open spots are the least there may be."""
        flags = all(
            read(opening) == self.filter[name]
            for name, read in _FLAGS.items()
            if name in self.filter
        )
        return flags and opening.open >= self.filter.get("openSpots", 0)


async def query(call: Call) -> Any:
    """Query Availability."""
    asked = _asked(call)
    services = [service for service in call.world.site.services if asked.of(service)]
    found = openings(services, asked.start, asked.end, call.ground)
    in_order = sorted(filter(asked.meets, found), key=lambda one: one.slot.start)
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
        filter = {name: value for name, value in filter.items() if name in _DATES}
    name = call.body.get("timezone")
    zone = read_zone(name, "UTC", "timezone") if name else None
    start, end = (_bound(filter, field, zone) for field in _DATES)
    return Asked(filter, start, end, zone)


_DATES = ("startDate", "endDate")
_OPEN_ENDED = {
    "startDate": datetime.min.replace(tzinfo=UTC),
    "endDate": datetime.max.replace(tzinfo=UTC),
}


def _bound(filter: Mapping[str, Any], name: str, zone: ZoneInfo | None) -> datetime:
    # Only where nobody asks for it any more can a bound be absent.
    if not isinstance(filter.get(name), str):
        return _OPEN_ENDED[name]
    where = f"query.filter.{name}"
    return read_moment(filter[name], where, zone or ZoneInfo("UTC"), local=zone is not None)


def _problems(filter: Mapping[str, Any], grammar: Mapping[str, Any]) -> Iterator[str]:
    for name in _DATES:
        if filter.get(name) is None:
            yield f"the filter must say the {name}"
    for name, value in filter.items():
        if name not in grammar:
            yield f"Field '{name}' is not declared as filterable"
        elif isinstance(value, Mapping):
            yield f"field '{name}' takes a value and no operators"
        elif not _takes(name, value, "$in" in grammar[name]):
            yield f"field '{name}' does not take {value!r}"


def _takes(name: str, value: Any, several: bool) -> bool:
    if isinstance(value, list):
        return several and all(isinstance(one, str) for one in value)
    # A flag is a number too, but not to whoever asks for spots.
    return type(value) is FIELDS[name]


def _descending(call: Call) -> bool:
    sorts = call.mock.grammars[call.operation].sorts
    asked = call.body["query"].get("sort") or []
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
        "bookingPolicyViolations": {
            "tooEarlyToBook": opening.early,
            "tooLateToBook": opening.late,
            "bookOnlineDisabled": opening.closed,
        },
        "locked": False,
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
        "resource": {"id": resource.id, "name": resource.name} if resource else None,
        "location": slot.location,
    }
    return {key: value for key, value in shown.items() if value is not None}


OPERATIONS: Mapping[str, Handler] = {"queryAvailability": query}
