"""How bookings are looked up by the fields that queries name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from bookings_mock.call import Call
from bookings_mock.domain.booking import Booking, Course, Slot
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.handlers.handler import visible
from bookings_mock.query import QueryRefused
from bookings_mock.world import World

Lookup = Callable[[World, str], Iterable[Booking]]


@frozen
class BookingIndex:
    """The indexes of a world under the names that one operation gives its fields."""

    world: World
    lookups: Mapping[str, Lookup]

    def find(self, name: str, values: Sequence[Any]) -> Iterable[Booking] | None:
        """The bookings with one of the values, each once; None for a field without an index."""
        lookup = self.lookups.get(name)
        if lookup is None:
            return None
        found = {b.id: b for value in values if value for b in lookup(self.world, value)}
        return found.values()


@frozen
class OwnIndex:
    """An index that finds only what the caller may see."""

    call: Call
    index: BookingIndex

    def find(self, name: str, values: Sequence[Any]) -> Iterable[Booking] | None:
        """As the index within, less what belongs to others."""
        found = self.index.find(name, values)
        return None if found is None else [one for one in found if visible(self.call, one)]


def by_id(world: World, value: str) -> Iterable[Booking]:
    """The booking with this id."""
    booking = world.booking(value)
    return (booking,) if booking else ()


def refused(error: QueryRefused, rule: str) -> RuleBroken:
    """A query that is not of the language, as the rule that it breaks."""
    return RuleBroken(rule, error.reason, field=error.field)


def seal_of(call: Call) -> bytes:
    """What seals the cursors of one operation in one world."""
    return call.world.secret + call.operation.encode()


def slot_of(booking: Booking) -> Slot | None:
    """The booking's slot, None for a course."""
    return booking.entity if isinstance(booking.entity, Slot) else None


def course_of(booking: Booking) -> Course | None:
    """The booking's course, None for a slot."""
    return booking.entity if isinstance(booking.entity, Course) else None


def location_of(entity: Slot | Course | None, key: str) -> Any:
    """One key of the place where it happens."""
    return (entity.location or {}).get(key) if entity else None
