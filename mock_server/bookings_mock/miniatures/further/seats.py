"""Miniatures of capacity: seats and times that are counted otherwise than they were taken."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import timedelta

from attrs import evolve, frozen

from bookings_mock.domain.booking import (
    CANCELED,
    CONFIRMED,
    CREATED,
    DECLINED,
    PENDING,
    STATUSES,
    Booking,
    Participants,
    Slot,
)
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.ground import Calendar
from bookings_mock.domain.rulebook import Refusal
from bookings_mock.domain.rules import create, openings
from bookings_mock.handlers.handler import Handler
from bookings_mock.miniatures.further.ways import Seen, counting
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.world import World

_MOMENT = timedelta(microseconds=1)


def _seats(number: int) -> Participants:
    """So many participants; fewer than none where seats are to be given away."""
    return Participants(choices={"serviceChoices": [{"numberOfParticipants": number}]})


def _before(world: World, booking: Booking) -> Booking | None:
    """The booking before it came into the status that it has."""
    moves = (e.before for e in reversed(world.events) if e.after.id == booking.id and e.before)
    return next((former for former in moves if former.status != booking.status), None)


def _former_seats(world: World, booking: Booking, status: str) -> int:
    """How many seats a booking held before it came into its status; none without `status`."""
    former = _before(world, booking)
    return former.participants.count if former and former.status == status else 0


@frozen
class FreedTwice(Seen):
    """The seats of a canceled booking are given back, and then taken off the sum."""

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the session, and for each that was canceled one that is less than none."""
        yield from self.world.in_session(session_id, statuses)
        for booking in self.world.in_session(session_id, [CANCELED]):
            held = _former_seats(self.world, booking, CONFIRMED)
            if held:
                yield evolve(booking, status=CONFIRMED, participants=_seats(-held))


@frozen
class OneSeatFreed(Seen):
    """A canceled booking gives one seat back, however many it held."""

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the session, and the rest of those that were canceled."""
        yield from self.world.in_session(session_id, statuses)
        for booking in self.world.in_session(session_id, [CANCELED]):
            held = _former_seats(self.world, booking, CONFIRMED)
            if held > 1:
                yield evolve(booking, status=CONFIRMED, participants=_seats(held - 1))


@frozen
class DeclinedInCourses(Seen):
    """A request to a course that was declined keeps its seats."""

    def on_schedule(
        self, schedule_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the course, and the requests that were declined."""
        yield from self.world.on_schedule(schedule_id, statuses)
        for booking in self.world.on_schedule(schedule_id, [DECLINED]):
            if _former_seats(self.world, booking, PENDING):
                yield evolve(booking, status=CONFIRMED)


@frozen
class OldSeatsKept(Seen):
    """Whoever moved away is still counted in the session that was left."""

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the session, and those that were there once."""
        yield from self.world.in_session(session_id, statuses)
        left = {
            event.before.id: event.before
            for event in self.world.events
            if event.before
            and event.before.session_id == session_id != event.after.session_id
            and event.before.status in statuses
        }
        yield from left.values()


@frozen
class FirstParticipants(Seen):
    """Bookings take the seats that they were made with."""

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the session, with the participants of their creation."""
        return map(self._first, self.world.in_session(session_id, statuses))

    def _first(self, booking: Booking) -> Booking:
        told = (event.after for event in self.world.events if event.after.id == booking.id)
        first = next(told, booking)
        return evolve(booking, participants=first.participants)


@frozen
class WholeClass(Seen):
    """All sessions of a class share their seats."""

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of every session of the class."""
        session = self.world.site.session(session_id)
        known = session.schedule_id if session else ""
        return self.world.on_schedule(known, statuses)


@frozen
class BookingsCounted(Seen):
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
class ChoicesUncounted(Seen):
    """Whoever booked by choices takes one seat."""

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the session, with one participant where choices were made."""
        for booking in self.world.in_session(session_id, statuses):
            yield _alone(booking) if booking.participants.choices else booking


@frozen
class EmptyCourses(Seen):
    """Nobody is ever counted in a course."""

    def on_schedule(
        self, schedule_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """None."""
        return ()


@frozen
class Reshaped(Seen):
    """Appointments that are seen otherwise than they are."""

    shape: Callable[[World, Booking], Booking]

    def in_lane(self, lane: str) -> Iterator[Booking]:
        """Those of the resource, as they are seen."""
        for booking in self.world.in_lane(lane):
            yield self.shape(self.world, booking)


def _alone(booking: Booking) -> Booking:
    return evolve(booking, participants=Participants(total=1))


def _touching(world: World, booking: Booking) -> Booking:
    slot = booking.entity
    if not isinstance(slot, Slot):
        return booking
    wider = evolve(slot, start=slot.start - _MOMENT, end=slot.end + _MOMENT)
    return evolve(booking, entity=wider)


def _its_start_only(world: World, booking: Booking) -> Booking:
    slot = booking.entity
    if not isinstance(slot, Slot):
        return booking
    return evolve(booking, entity=evolve(slot, end=slot.start + _MOMENT))


def _created_holds(world: World, booking: Booking) -> Booking:
    return evolve(booking, status=CONFIRMED) if booking.status == CREATED else booking


def _canceled_request_holds(world: World, booking: Booking) -> Booking:
    held = booking.status == CANCELED and _former_seats(world, booking, PENDING) > 0
    return evolve(booking, status=PENDING) if held else booking


def _one_more(fit: Fit) -> Refusal | None:
    more = fit.case == "session" and fit.left >= 0
    return create.unavailable(evolve(fit, left=fit.left + 1) if more else fit)


def _one_kept_free(fit: Fit) -> Refusal | None:
    fewer = fit.case != "slot"
    return create.unavailable(evolve(fit, left=fit.left - 1) if fewer else fit)


def _for_one(fit: Fit) -> Refusal | None:
    return create.unavailable(evolve(fit, wanted=1))


def _creating(seen: Callable[[World], Calendar]) -> dict[str, Callable[[Handler], Handler]]:
    return {"createBooking": counting(seen)}


def _with_times(
    shape: Callable[[World, Booking], Booking],
) -> dict[str, Callable[[Handler], Handler]]:
    return _creating(lambda world: Reshaped(world, shape))


SEATS: tuple[Miniature, ...] = (
    Miniature(
        name="capacity-off-by-one",
        rule="CREATE-7",
        about="a session takes one participant more than it has seats",
        replaces={create.available: _one_more},
    ),
    Miniature(
        name="the-last-seat-is-never-sold",
        rule="CREATE-7",
        about="a session or course is full with one seat left",
        replaces={create.available: _one_kept_free},
    ),
    Miniature(
        name="room-for-one-is-room-for-all",
        rule="CREATE-7",
        about="several participants are booked as long as one seat is left",
        replaces={create.available: _for_one},
    ),
    Miniature(
        name="bookings-counted-not-participants",
        rule="CREATE-7",
        about="a booking takes one seat, however many come",
        handlers=_creating(BookingsCounted),
    ),
    Miniature(
        name="choices-take-one-seat",
        rule="CREATE-7",
        about="a booking by choices takes one seat, however many were chosen",
        handlers=_creating(ChoicesUncounted),
    ),
    Miniature(
        name="sessions-share-their-seats",
        rule="CREATE-7",
        about="the bookings of all sessions of a class are counted against each",
        handlers=_creating(WholeClass),
    ),
    Miniature(
        name="courses-are-never-full",
        rule="CREATE-7",
        about="seats are counted in sessions, and not in courses",
        handlers=_creating(EmptyCourses),
    ),
    Miniature(
        name="overlap-includes-the-end",
        rule="CREATE-7",
        about="an appointment is refused that begins when another one ends",
        handlers=_with_times(_touching),
    ),
    Miniature(
        name="overlap-by-the-start-only",
        rule="CREATE-7",
        about="an appointment that begins during another one is no conflict",
        handlers=_with_times(_its_start_only),
    ),
    Miniature(
        name="created-appointments-take-time",
        rule="CREATE-5",
        about="a CREATED appointment takes its time, while CREATED seats are free",
        handlers=_with_times(_created_holds),
    ),
    Miniature(
        name="canceled-requests-keep-their-time",
        rule="CANCEL-2",
        about="an appointment that was canceled while it was PENDING keeps its time",
        handlers=_with_times(_canceled_request_holds),
    ),
    Miniature(
        name="seats-freed-twice",
        rule="CANCEL-3",
        about="canceling frees twice the seats that the booking had",
        handlers=_creating(FreedTwice),
    ),
    Miniature(
        name="one-seat-freed",
        rule="CANCEL-3",
        about="canceling frees one seat, however many the booking had",
        handlers=_creating(OneSeatFreed),
    ),
    Miniature(
        name="declined-courses-keep-their-seats",
        rule="DECLINE-3",
        about="a request to a course that was declined keeps its seats",
        handlers=_creating(DeclinedInCourses),
    ),
    Miniature(
        name="the-old-seat-is-kept",
        rule="RESCHEDULE-3",
        about="rescheduling leaves the seat in the old session taken",
        handlers=_creating(OldSeatsKept),
    ),
    Miniature(
        name="participants-counted-once",
        rule="PARTICIPANTS-4",
        about="seats are counted by the participants of creation, not by later updates",
        handlers=_creating(FirstParticipants),
    ),
    Miniature(
        name="open-spots-off-by-one",
        rule="AVAILABILITY-2",
        about="one open spot fewer is shown than there is",
        replaces={openings.open_spots: lambda total, left: max(min(left, total) - 1, 0)},
    ),
    Miniature(
        name="full-sessions-are-shown-as-bookable",
        rule="AVAILABILITY-1",
        about="only the policy decides what is shown as bookable, not the room that is left",
        replaces={openings.bookable: lambda fit, closed: fit.bookable and closed is None},
    ),
)
