"""The hour, handed in: nothing else in the mock asks the machine for the time.

A world has a clock of its own: it shows the machine's hour until somebody sets, advances or
freezes it. A clock is a value; moving one makes another.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from attrs import evolve, frozen

from bookings_mock.domain.times import shown_everywhere

Clock = Callable[[], datetime]

_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?"
)


class ClockError(ValueError):
    """A time that no clock can show, or a text that says none."""


def wall_clock() -> datetime:
    """Now, in UTC, to the millisecond that the wire can carry."""
    return to_millisecond(datetime.now(UTC))


def to_millisecond(moment: datetime) -> datetime:
    """The moment without what the wire would cut off."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@frozen
class WorldClock:
    """A world's hour: `wall` and how far it is from there, or the moment at which it stands."""

    wall: Clock = wall_clock
    ahead: timedelta = timedelta(0)
    stands: datetime | None = None

    def __call__(self) -> datetime:
        """Now, in this world."""
        return self.stands or to_millisecond(self.wall() + self.ahead)

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self.stands is not None

    def set(self, moment: datetime) -> "WorldClock":
        """The clock at that moment, running or standing as before; raises ClockError."""
        moment = showable(moment)
        if self.frozen:
            return evolve(self, stands=moment)
        return evolve(self, ahead=moment - self.wall())

    def advanced(self, by: timedelta) -> "WorldClock":
        """The clock moved on; raises ClockError where there is no such time."""
        try:
            return self.set(self() + by)
        except OverflowError:
            raise ClockError(f"{by} from now is later than any clock can show") from None

    def freeze(self) -> "WorldClock":
        """The clock, standing at what it shows."""
        return evolve(self, stands=self())

    def run(self) -> "WorldClock":
        """The clock, running on from what it shows."""
        return evolve(self, stands=None, ahead=self() - self.wall()) if self.frozen else self

    def real(self) -> "WorldClock":
        """The clock as the machine has it."""
        return evolve(self, stands=None, ahead=timedelta(0))


def frozen_at(moment: datetime) -> WorldClock:
    """A clock that stands at a moment; raises ClockError for one that it can't show."""
    return WorldClock(stands=showable(moment))


def read_moment(text: str) -> datetime:
    """An ISO date-time as UTC, which is also meant where no offset is given; or ClockError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        example = "2031-02-28T09:30:00Z"
        raise ClockError(f"{text!r} is no ISO date-time, such as {example}") from None
    return showable(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def read_duration(text: str) -> timedelta:
    """An ISO duration of weeks, days, hours, minutes and seconds; or ClockError."""
    said = _DURATION.fullmatch(text)
    if said is None:
        raise ClockError(f"{text!r} is no ISO duration, such as P1D or PT90M")
    names = ("weeks", "days", "hours", "minutes", "seconds")
    parts = {name: float(part) for name, part in zip(names, said.groups(), strict=True) if part}
    try:
        return timedelta(**parts)
    except OverflowError:
        raise ClockError(f"{text} is longer than any clock runs") from None


def showable(moment: datetime) -> datetime:
    """The moment in UTC, to the millisecond; raises ClockError for one that no clock can show."""
    try:
        moment = to_millisecond(moment.astimezone(UTC))
    except (OverflowError, ValueError):
        raise ClockError("the year must have four digits") from None
    try:
        return shown_everywhere(moment)
    except ValueError as error:
        raise ClockError(str(error)) from None
