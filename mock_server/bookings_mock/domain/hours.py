"""When an appointment can begin: at its slots, or on a grid in the hours of who provides it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time as wall, timedelta
from zoneinfo import ZoneInfo

from bookings_mock.domain.catalog import Hours
from bookings_mock.domain.service import Resource, Service, Site

_DAY = timedelta(days=1)
# How far ahead hours are looked at: where nobody says up to when, and at most.
_USUAL, _FARTHEST = timedelta(days=62), timedelta(days=400)

Window = tuple[datetime, datetime]
# Years in which every zone has a wall time for every moment.
_SHOWABLE, _LAST = 1, 9999


def window_of(now: datetime, start: datetime | None = None, end: datetime | None = None) -> Window:
    """What of a time is looked at: what lies ahead, and not too far."""
    return max(start or now, now - _DAY), min(end or now + _USUAL, now + _FARTHEST)


def begins(
    service: Service, resource: Resource | None, site: Site, window: Window
) -> Iterator[datetime]:
    """Where its times begin, those in a window at least, in their order."""
    if service.slots:
        for number in range(service.slots.count):
            yield service.slots.start + service.slots.step * number
    elif service.grid:
        for start, end in _open(service, resource, site, window):
            begin = start
            while begin < end:
                yield begin
                begin += service.grid


def covers(
    service: Service, resource: Resource | None, site: Site, start: datetime, end: datetime
) -> bool:
    """Whether a time lies within the hours at which the service can be had."""
    if service.gone or start >= end:
        return False
    if service.slots:
        return service.slots.covers(start, end)
    if service.grid is None or end - start > _DAY:
        return False
    spans = _open(service, resource, site, (start, end))
    return any(opens <= start and end <= closes for opens, closes in spans)


def _open(
    service: Service, resource: Resource | None, site: Site, window: Window
) -> Iterator[Window]:
    """From when to when it is open, on each of the days that a window touches."""
    zone = ZoneInfo(service.timezone)
    hours = hours_of(resource or service.resource, site)
    if not all(_SHOWABLE < moment.year < _LAST for moment in window):
        return
    day, last = (moment.astimezone(zone).date() for moment in window)
    while day <= last:
        for one in hours:
            if one.day == day.weekday():
                yield _at(day, one.start, zone), _at(day, one.end, zone)
        day += _DAY


def hours_of(resource: Resource | None, site: Site) -> tuple[Hours, ...]:
    """When a resource can be booked: in its own hours, else in those of the business."""
    if resource is None:
        return ()
    who = next((one for one in site.catalog.staff if one.resource_id == resource.id), None)
    return who.hours if who is not None and who.own_hours else site.catalog.hours


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A wall time as UTC; one that the clocks leave out moves on with them."""
    return (datetime.combine(day, wall(), zone) + timedelta(minutes=minutes)).astimezone(UTC)
