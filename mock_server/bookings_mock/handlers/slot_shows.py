"""An opening as a time slot, in the wall times of a zone."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bookings_mock.domain.openings import Opening
from bookings_mock.domain.service import STAFF_TYPE
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.services import LOCATION_TYPES
from bookings_mock.handlers.wall import wall_time

VIOLATIONS = ("tooEarlyToBook", "tooLateToBook", "bookOnlineDisabled")


def show(one: Opening, zone: ZoneInfo, resources: bool) -> dict[str, Any]:
    """An opening as a time slot, with whoever is free then, or without."""
    slot = one.slot
    shown = {
        "serviceId": slot.service_id,
        # A class session is booked by its event.
        "scheduleId": None if slot.session_id else slot.schedule_id,
        "localStartDate": wall_time(slot.start, zone),
        "localEndDate": wall_time(slot.end, zone),
        "bookable": can_be_booked(one),
        "location": place_of(slot.location),
        "eventInfo": _event(one),
        "totalCapacity": one.total,
        "remainingCapacity": one.open,
        "bookableCapacity": one.bookable_spots,
        "bookingPolicyViolations": violations_of(one),
        "nonBookableReasons": None if can_be_booked(one) else _reasons(one),
        "availableResources": free_resources(one) if resources else [],
        "nestedTimeSlots": [],
    }
    return {key: value for key, value in shown.items() if value is not None}


def can_be_booked(one: Opening) -> bool:
    """Whether anybody can book it, also who has not waited for it."""
    return one.bookable and (one.bookable_spots > 0 or not one.kept)


def place_of(place: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A place with its type as time slots call it."""
    if not place:
        return None
    return {**place, "locationType": LOCATION_TYPES[place["locationType"]]}


def _event(one: Opening) -> dict[str, Any] | None:
    if one.slot.session_id is None:
        return None
    known = {"eventId": one.slot.session_id, "eventTitle": one.title}
    if one.waitlist is None:
        return known
    capacity, waiting = one.waitlist
    remaining = max(capacity - waiting, 0)
    return {**known, "waitingList": {"totalCapacity": capacity, "remainingCapacity": remaining}}


def violations_of(one: Opening) -> dict[str, Any]:
    """What of the service's policy speaks against booking it."""
    said = dict(zip(VIOLATIONS, (one.early, one.late, one.closed), strict=True))
    earliest = rfc3339(one.earliest)
    return {**said, "earliestBookingDate": earliest} if one.early else said


def _reasons(one: Opening) -> dict[str, bool]:
    return {
        "noRemainingCapacity": one.open == 0,
        "violatesBookingPolicy": one.violated,
        "reservedForWaitingList": one.open > 0 and not one.bookable_spots,
        "eventCancelled": one.canceled,
    }


def free_resources(one: Opening) -> list[dict[str, Any]]:
    """Who is free then, by their type."""
    resource = one.slot.resource
    # A class has its resource whatever it holds; an appointment's is free while the time is.
    if resource is None or (one.slot.session_id is None and not one.open):
        return []
    return [
        {
            "resourceTypeId": STAFF_TYPE,
            "resources": [{"id": who.id, "name": who.name} for who in (resource, *one.also)],
            "hasMoreAvailableResources": False,
        }
    ]
