"""Several appointments in a row: each begins when the one before it ends."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from attrs import frozen

from bookings_mock.domain.booking import Slot
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.hours import Window
from bookings_mock.domain.openings import Opening, appointment_slot, opening, openings
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.service import Service


@frozen
class Row:
    """Times that follow one another without a gap, one for each service."""

    parts: tuple[Opening, ...]

    @property
    def first(self) -> Slot:
        """The time that it begins with."""
        return self.parts[0].slot

    @property
    def last(self) -> Slot:
        """The time that it ends with."""
        return self.parts[-1].slot

    @property
    def bookable(self) -> bool:
        """Whether each of them can be booked."""
        return all(one.bookable for one in self.parts)


def rows(
    services: Sequence[Service],
    lengths: Sequence[timedelta | None],
    wanted: Callable[[Slot], bool],
    ground: Ground,
    window: Window | None = None,
) -> Iterator[Row]:
    """Where all services fit one after the other, from each time of the first on."""
    (first, *others), (length, *further) = services, lengths
    for one in openings([first], wanted, ground, length, window):
        parts = [one]
        for service, taking in zip(others, further, strict=True):
            following = _following(parts[-1], service, taking, ground)
            if following is None:
                break
            parts.append(following)
        if len(parts) == len(services) and all(part.open for part in parts):
            yield Row(tuple(parts))


def _following(
    before: Opening, service: Service, length: timedelta | None, ground: Ground
) -> Opening | None:
    start, zone = before.slot.end, ZoneInfo(service.timezone)
    end = ground.rules(rules_of.end_of)(start, length or service.length, zone)
    slot = appointment_slot(service, start, end, ground) if end else None
    return opening(slot, service, ground) if slot else None
