"""Wall times and time zones of requests, as those who ask for availability write them."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.times import shown_everywhere

T = TypeVar("T")


def read_zone(name: str | None, default: str, field: str) -> ZoneInfo:
    """A time zone by its name; raises RuleBroken for one that there is not."""
    try:
        return ZoneInfo(name or default)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise misread(field, f"{name} is no time zone of the tz database") from None


def read_moment(text: object, field: str, zone: ZoneInfo, *, local: bool = False) -> datetime:
    """A date-time as UTC, in the zone where it has no offset, or where it is `local` in any case.

    Raises RuleBroken for anything else.
    """
    try:
        moment = datetime.fromisoformat(str(text))
        if local or moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise misread(field, "must be an ISO 8601 date and time") from None


def read_stored(text: object, field: str, zone: ZoneInfo) -> datetime:
    """A local time that is to be kept, as UTC: one that every zone can show."""
    moment = read_moment(text, field, zone, local=True)
    try:
        return shown_everywhere(moment)
    except ValueError as error:
        raise misread(field, str(error)) from None


def wall_time(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as the clocks of a zone show it."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


def few_a_day(
    found: Iterable[T],
    most: int | None,
    zone: ZoneInfo,
    begin: Callable[[T], datetime],
    late: Callable[[T], bool] = lambda one: False,
) -> list[T]:
    """At most so many of each local day, those that are `late` last, in the order they came in."""
    every = list(found)
    if most is None:
        return every
    days: dict[object, list[int]] = {}
    for number, one in enumerate(every):
        days.setdefault(begin(one).astimezone(zone).date(), []).append(number)
    kept = (sorted(day, key=lambda n: late(every[n]))[:most] for day in days.values())
    return [every[number] for number in sorted(n for day in kept for n in day)]


def misread(field: str, reason: str) -> RuleBroken:
    """A value that is of the declared shape and means nothing all the same."""
    return RuleBroken("SHAPE-3", reason, field=field)
