"""Calendars that count otherwise than what was booked: miniatures of capacity look into them."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeAlias

from attrs import evolve, frozen

from bookings_mock.domain.booking import (
    CANCELED,
    CONFIRMED,
    DECLINED,
    PENDING,
    STATUSES,
    WAITING_LIST,
    Booking,
    Participants,
    Slot,
)
from bookings_mock.miniatures.further.ways import Seen
from bookings_mock.world import World

# What is found in a session or on a schedule, by its id and the statuses that count.
Finds: TypeAlias = Callable[[World, str, Collection[str]], Iterable[Booking]]


@frozen
class Sessions(Seen):
    """The bookings of a session are those that `find` finds there."""

    find: Finds

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the session, as they are found."""
        return self.find(self.world, session_id, statuses)


@frozen
class Courses(Seen):
    """The bookings of a course are those that `find` finds there."""

    find: Finds

    def on_schedule(
        self, schedule_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the schedule, as they are found."""
        return self.find(self.world, schedule_id, statuses)


@frozen
class Heads(Seen):
    """A booking takes one seat, however many come."""

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the session, each with one participant."""
        return map(_alone, self.world.in_session(session_id, statuses))

    def on_schedule(
        self, schedule_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the course, each with one participant."""
        return map(_alone, self.world.on_schedule(schedule_id, statuses))


@frozen
class Reshaped(Seen):
    """Appointments that are seen otherwise than they are."""

    shape: Callable[[World, Booking], Booking]

    def in_lane(self, lane: str, about: Slot | None = None) -> Iterator[Booking]:
        """Those of the resource, as they are seen."""
        for booking in self.world.in_lane(lane):
            yield self.shape(self.world, booking)


@frozen
class OldTimes(Seen):
    """The time of an appointment that moved away stays taken."""

    def in_lane(self, lane: str, about: Slot | None = None) -> Iterator[Booking]:
        """Those of the resource, and where they were before."""
        for booking in self.world.in_lane(lane):
            yield booking
            told = (event.before for event in self.world.events if event.after.id == booking.id)
            # What a booking held before it is no rival of its own.
            yield from (
                evolve(former, id=f"{former.id}, formerly", status=booking.status)
                for former in told
                if former and former.start != booking.start
            )


def freed_twice(world: World, session_id: str, statuses: Collection[str]) -> Iterator[Booking]:
    """The seats of a canceled booking are given back, and then taken off the sum."""
    yield from world.in_session(session_id, statuses)
    yield from _left_by_the_canceled(world, session_id, lambda held: -held)


def one_seat_freed(world: World, session_id: str, statuses: Collection[str]) -> Iterator[Booking]:
    """A canceled booking gives one seat back, however many it held."""
    yield from world.in_session(session_id, statuses)
    yield from _left_by_the_canceled(world, session_id, lambda held: held - 1)


def declined_too(world: World, schedule_id: str, statuses: Collection[str]) -> Iterator[Booking]:
    """A request to a course that was declined keeps its seats."""
    yield from world.on_schedule(schedule_id, statuses)
    for booking in world.on_schedule(schedule_id, [DECLINED]):
        if former_seats(world, booking, PENDING):
            yield evolve(booking, status=CONFIRMED)


def moved_too(world: World, session_id: str, statuses: Collection[str]) -> Iterator[Booking]:
    """Whoever moved away is still counted in the session that was left."""
    yield from world.in_session(session_id, statuses)
    left = {
        event.before.id: event.before
        for event in world.events
        if event.before
        and event.before.session_id == session_id != event.after.session_id
        and event.before.status in statuses
    }
    yield from left.values()


def but_who_waited(world: World, session_id: str, statuses: Collection[str]) -> Iterator[Booking]:
    """Whoever comes from the waiting list takes no seat."""
    for booking in world.in_session(session_id, statuses):
        if not former_seats(world, booking, WAITING_LIST):
            yield booking


def as_created(world: World, session_id: str, statuses: Collection[str]) -> Iterator[Booking]:
    """Bookings take the seats that they were made with."""
    for booking in world.in_session(session_id, statuses):
        told = (event.after for event in world.events if event.after.id == booking.id)
        yield evolve(booking, participants=next(told, booking).participants)


def whole_class(world: World, session_id: str, statuses: Collection[str]) -> Iterable[Booking]:
    """All sessions of a class share their seats."""
    session = world.site.session(session_id)
    return world.on_schedule(session.schedule_id if session else "", statuses)


def choices_uncounted(
    world: World, session_id: str, statuses: Collection[str]
) -> Iterator[Booking]:
    """Whoever booked by choices takes one seat."""
    for booking in world.in_session(session_id, statuses):
        yield _alone(booking) if booking.participants.choices else booking


def nobody(world: World, known: str, statuses: Collection[str]) -> Iterable[Booking]:
    """Nobody is ever counted."""
    return ()


def former_seats(world: World, booking: Booking, status: str) -> int:
    """How many seats a booking held before it came into its status; none without `status`."""
    moves = (e.before for e in reversed(world.events) if e.after.id == booking.id and e.before)
    former = next((one for one in moves if one.status != booking.status), None)
    return former.participants.count if former and former.status == status else 0


def _left_by_the_canceled(
    world: World, session_id: str, seats: Callable[[int], int]
) -> Iterator[Booking]:
    """For each booking that was confirmed and then canceled, one that takes so many seats."""
    for booking in world.in_session(session_id, [CANCELED]):
        held = former_seats(world, booking, CONFIRMED)
        if held:
            yield evolve(booking, status=CONFIRMED, participants=_seats(seats(held)))


def _seats(number: int) -> Participants:
    """So many participants; fewer than none where seats are to be given away."""
    return Participants(choices={"serviceChoices": [{"numberOfParticipants": number}]})


def _alone(booking: Booking) -> Booking:
    return evolve(booking, participants=Participants(total=1))
