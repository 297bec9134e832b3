"""The hour, handed in: nothing else in the mock asks the machine for the time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Now, in UTC, to the millisecond that the wire can carry."""
    return to_millisecond(datetime.now(UTC))


def frozen_at(moment: datetime) -> Clock:
    """A clock that always shows the same moment."""
    return lambda: to_millisecond(moment.astimezone(UTC))


def to_millisecond(moment: datetime) -> datetime:
    """The moment without what the wire would cut off."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
