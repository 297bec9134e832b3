"""Moments as text."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# Beyond these years, times around a moment can't be written down any more.
YEARS = range(1970, 9000)


def rfc3339(moment: datetime | None) -> str | None:
    """A moment as RFC 3339 in UTC, to the millisecond; None for none."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def told(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the wall time of a moment means it: of an hour that comes twice, the first does."""
    return not moment.astimezone(zone).fold


def exists(wall: datetime) -> bool:
    """Whether a wall time of its zone is ever shown: in spring an hour is left out."""
    there_and_back = wall.astimezone(UTC).astimezone(wall.tzinfo)
    return there_and_back.replace(tzinfo=None) == wall.replace(tzinfo=None)


def shifted(moment: datetime, by: timedelta) -> datetime:
    """A moment so much later, or earlier; the first or the last there is where that is beyond."""
    try:
        return moment + by
    except OverflowError:
        edge = datetime.min if by < timedelta() else datetime.max
        return edge.replace(tzinfo=moment.tzinfo)


def shown_everywhere(moment: datetime) -> datetime:
    """The moment itself; raises ValueError where not every zone can show all that is around it."""
    if moment.year not in YEARS:
        raise ValueError(f"the year must be between {YEARS.start} and {YEARS.stop - 1}")
    return moment
