"""Rules of what is shown as available."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bookings_mock.domain.booking import Slot
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.policy import too_early, too_late_to_book
from bookings_mock.domain.rulebook import Refusal, either, rule
from bookings_mock.domain.service import APPOINTMENT, Service
from bookings_mock.domain.times import exists, told

T = TypeVar("T")


@rule("LOOKUP-3")
def offered(found: object, what: str) -> Refusal | None:
    """A service, time or class session that is asked for must be one of the site's."""
    if found is not None:
        return None
    return Refusal(f"the site has no such {what}", case=what)


@rule("LOOKUP-3")
def chosen_by_the_hour(service: Service) -> Refusal | None:
    """Only a service whose length the customer chooses has several ends for one begin."""
    if service.longest is not None:
        return None
    return Refusal(f"the length of {service.name} is fixed", case="ends")


@rule("AVAILABILITY-1")
def bookable(fit: Fit, closed: str | None) -> bool:
    """What there is room for can be booked, unless the service's policy speaks against it."""
    return fit.bookable and fit.enough and closed is None


@rule("AVAILABILITY-2")
def open_spots(total: int, left: int) -> int:
    """The spots that nobody holds; those of an overbooked session are none, and not fewer."""
    return max(min(left, total), 0)


@rule("AVAILABILITY-3")
def availability_filter_understood(problem: str | None) -> Refusal | None:
    """The availability calendar compares for equality only, and wants to know the service."""
    return Refusal(problem, field="query.filter") if problem else None


@rule("AVAILABILITY-4")
def narrowed(found: Iterable[T], meets: Callable[[T], bool]) -> list[T]:
    """A narrower question answers what of the wider answer meets it, and nothing else."""
    return [one for one in found if meets(one)]


@rule("AVAILABILITY-5")
def begins_within(slot: Slot, start: datetime, end: datetime) -> bool:
    """A time slot belongs to the time that it begins in, however long it lasts."""
    return start <= slot.start < end


@rule("AVAILABILITY-5")
def lies_within(slot: Slot, start: datetime, end: datetime) -> bool:
    """The availability calendar shows what is over by the end of the time as well."""
    return start <= slot.start and slot.end <= end


@rule("AVAILABILITY-6")
def listed_by(slot: Slot) -> datetime:
    """Time slots come by their begin."""
    return slot.start


@either("AVAILABILITY-7")
def resources_listed(reading: str, asked: bool) -> bool:
    """A list of an appointment's times names who is free where that is asked for (A), or ever."""
    return asked or reading == "B"


@either("AVAILABILITY-8")
def listed_as_appointment(reading: str, service: Service) -> Refusal | None:
    """The times of what is no appointment are none (A), or refused (B)."""
    if service.kind == APPOINTMENT or reading == "A":
        return None
    return Refusal("only the times of appointments are listed here", field="serviceId")


@rule("AVAILABILITY-8")
def with_times(service: Service) -> bool:
    """Only appointments have times in this list."""
    return service.kind == APPOINTMENT


@rule("AVAILABILITY-9")
def against_policy(service: Service, start: datetime, now: datetime) -> tuple[bool, bool, bool]:
    """What of the service's own policy speaks against booking: closed, too early, too late."""
    policy = service.policy
    late = start <= now or too_late_to_book(policy, start, now)
    return policy.book != "open", too_early(policy, start, now), late


@either("AVAILABILITY-10")
def end_of(reading: str, start: datetime, length: timedelta, zone: ZoneInfo) -> datetime | None:
    """An appointment takes its minutes as they pass (A), or as the clock on the wall shows (B)."""
    if reading == "A":
        return start + length
    wall = start.astimezone(zone) + length
    return wall.astimezone(start.tzinfo) if exists(wall) else None


@rule("AVAILABILITY-10")
def tellable(slot: Slot, zone: ZoneInfo) -> bool:
    """Only a time whose wall times lead back to it is shown: it is booked by them."""
    return told(slot.start, zone) and told(slot.end, zone) and slot.start < slot.end


def several(value: Any) -> list[Any]:
    """A value that may stand for itself or in a list of several."""
    return value if isinstance(value, list) else [value]
