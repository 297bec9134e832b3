"""The ways in which the further miniatures are wrong: what each wraps around a handler."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from attrs import evolve, frozen

from bookings_mock.call import Call
from bookings_mock.domain.booking import STATUSES, Booking, Slot
from bookings_mock.domain.ground import Calendar, Sizes, size_of
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.shows import show_booking
from bookings_mock.world import World

Wrap: TypeAlias = Callable[[Handler], Handler]
Replaces: TypeAlias = Mapping[Callable[..., Any], Callable[..., Any]]
Change: TypeAlias = Callable[[Call, Booking | None, Booking], Booking]


def calling(change: Callable[[Call], Call]) -> Wrap:
    """The handler serves another call than the one that came."""

    def wrap(handler: Handler) -> Handler:
        async def changed(call: Call) -> Any:
            return await handler(change(call))

        return changed

    return wrap


def asking(change: Callable[[Any], Any]) -> Wrap:
    """The handler reads another body than the one that was sent."""
    return calling(lambda call: evolve(call, body=change(call.body)))


def under(replaces: Replaces, only: Callable[[Call], bool] = lambda call: True) -> Wrap:
    """Other functions stand in the place of some rules', for this operation and these calls."""

    def change(call: Call) -> Call:
        rules = call.ground.rules
        bent = evolve(rules, replaced={**rules.replaced, **replaces})
        return evolve(call, ground=evolve(call.ground, rules=bent)) if only(call) else call

    return calling(change)


def keeping(change: Change) -> Wrap:
    """What the operation made of a booking is changed once more, and so kept and answered.

    `change` is handed the call, the booking before it and the booking after it.
    """

    def wrap(handler: Handler) -> Handler:
        async def kept(call: Call) -> Any:
            former = next((call.world.booking(one) for one in call.path.values()), None)
            answer = await handler(call)
            booking = call.world.booking(answer["booking"]["id"])
            if booking is None or booking is former:
                return answer
            changed = change(call, former, booking)
            call.world.put(changed)
            retell(call.world, changed)
            return {**answer, "booking": show_booking(changed)}

        return kept

    return wrap


def showing(change: Callable[[Call, Any], Any]) -> Wrap:
    """What the operation answers is changed; what it did is not."""

    def wrap(handler: Handler) -> Handler:
        async def shown(call: Call) -> Any:
            return change(call, await handler(call))

        return shown

    return wrap


def counting(seen: Callable[[World], Calendar]) -> Wrap:
    """Availability is counted in a calendar that is not quite the world's."""
    return calling(lambda call: evolve(call, ground=evolve(call.ground, calendar=seen(call.world))))


def retell(world: World, booking: Booking) -> None:
    """Let the last event, if it is about this booking, tell of it as it is now."""
    if world.events and world.events[-1].after.id == booking.id:
        world.events[-1] = evolve(world.events[-1], after=booking)


@frozen
class Seen:
    """The bookings of a world as they are; miniatures see some of them otherwise."""

    world: World

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """The bookings made to a session that have one of the statuses."""
        return self.world.in_session(session_id, statuses)

    def on_schedule(
        self, schedule_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """The bookings made to a schedule that have one of the statuses."""
        return self.world.on_schedule(schedule_id, statuses)

    def session_sizes(
        self, session_id: str, statuses: Collection[str], without: str | None = None
    ) -> Sizes:
        """The bookings made to a session as they are seen, told by size."""
        return _by_size(self.in_session(session_id, statuses), without)

    def schedule_sizes(
        self, schedule_id: str, statuses: Collection[str], without: str | None = None
    ) -> Sizes:
        """The bookings made to a schedule as they are seen, told by size."""
        return _by_size(self.on_schedule(schedule_id, statuses), without)

    def in_lane(self, lane: str, about: Slot | None = None) -> Iterable[Booking]:
        """The appointments that need a resource, whenever they are."""
        return self.world.in_lane(lane)

    def waiting_for(self, session_id: str) -> Sequence[Booking]:
        """The bookings that wait for a session."""
        return self.world.waiting_for(session_id)

    def offered(self, session_id: str, now: datetime) -> Booking | None:
        """Who a freed place of a session is offered to."""
        return self.world.offered(session_id, now)


def _by_size(bookings: Iterable[Booking], without: str | None) -> Sizes:
    return Counter(size_of(one) for one in bookings if one.id != without)
