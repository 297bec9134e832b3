"""Miniatures of capacity: seats and times that are counted otherwise than they were taken."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from attrs import evolve

from bookings_mock.domain.booking import CANCELED, CONFIRMED, CREATED, PENDING, Booking, Slot
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.ground import Calendar
from bookings_mock.domain.rulebook import Refusal
from bookings_mock.domain.rules import create, openings
from bookings_mock.miniatures.further.calendars import (
    Courses,
    Heads,
    OldTimes,
    Reshaped,
    Sessions,
    as_created,
    but_who_waited,
    choices_uncounted,
    declined_too,
    former_seats,
    freed_twice,
    moved_too,
    nobody,
    one_seat_freed,
    whole_class,
)
from bookings_mock.miniatures.further.ways import Wrap, counting
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.world import World

_MOMENT = timedelta(microseconds=1)


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
    held = booking.status == CANCELED and former_seats(world, booking, PENDING) > 0
    return evolve(booking, status=PENDING) if held else booking


def _one_more(fit: Fit) -> Refusal | None:
    more = fit.case == "session" and fit.left >= 0
    return create.unavailable(evolve(fit, left=fit.left + 1) if more else fit)


def _one_kept_free(fit: Fit) -> Refusal | None:
    fewer = fit.case != "slot"
    return create.unavailable(evolve(fit, left=fit.left - 1) if fewer else fit)


def _for_one(fit: Fit) -> Refusal | None:
    return create.unavailable(evolve(fit, wanted=1))


def _creating(seen: Callable[..., Calendar], *how: Any) -> dict[str, Wrap]:
    """New bookings are counted in another calendar than the world's."""
    return {"createBooking": counting(lambda world: seen(world, *how))}


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
        handlers=_creating(Heads),
    ),
    Miniature(
        name="choices-take-one-seat",
        rule="CREATE-7",
        about="a booking by choices takes one seat, however many were chosen",
        handlers=_creating(Sessions, choices_uncounted),
    ),
    Miniature(
        name="sessions-share-their-seats",
        rule="CREATE-7",
        about="the bookings of all sessions of a class are counted against each",
        handlers=_creating(Sessions, whole_class),
    ),
    Miniature(
        name="courses-are-never-full",
        rule="CREATE-7",
        about="seats are counted in sessions, and not in courses",
        handlers=_creating(Courses, nobody),
    ),
    Miniature(
        name="overlap-includes-the-end",
        rule="CREATE-7",
        about="an appointment is refused that begins when another one ends",
        handlers=_creating(Reshaped, _touching),
    ),
    Miniature(
        name="overlap-by-the-start-only",
        rule="CREATE-7",
        about="an appointment that begins during another one is no conflict",
        handlers=_creating(Reshaped, _its_start_only),
    ),
    Miniature(
        name="created-appointments-take-time",
        rule="CREATE-5",
        about="a CREATED appointment takes its time, while CREATED seats are free",
        handlers=_creating(Reshaped, _created_holds),
    ),
    Miniature(
        name="canceled-requests-keep-their-time",
        rule="CANCEL-2",
        about="an appointment that was canceled while it was PENDING keeps its time",
        handlers=_creating(Reshaped, _canceled_request_holds),
    ),
    Miniature(
        name="seats-freed-twice",
        rule="CANCEL-3",
        about="canceling frees twice the seats that the booking had",
        handlers=_creating(Sessions, freed_twice),
    ),
    Miniature(
        name="one-seat-freed",
        rule="CANCEL-3",
        about="canceling frees one seat, however many the booking had",
        handlers=_creating(Sessions, one_seat_freed),
    ),
    Miniature(
        name="declined-courses-keep-their-seats",
        rule="DECLINE-3",
        about="a request to a course that was declined keeps its seats",
        handlers=_creating(Courses, declined_too),
    ),
    Miniature(
        name="the-old-seat-is-kept",
        rule="RESCHEDULE-3",
        about="rescheduling leaves the seat in the old session taken",
        handlers=_creating(Sessions, moved_too),
    ),
    Miniature(
        name="the-old-time-is-kept",
        rule="RESCHEDULE-3",
        about="rescheduling an appointment leaves its old time taken",
        handlers=_creating(OldTimes),
    ),
    Miniature(
        name="who-waited-takes-no-seat",
        rule="CONFIRM-6",
        about="a booking that is confirmed from the WAITING_LIST takes no seat",
        handlers={
            **_creating(Sessions, but_who_waited),
            "confirmOrDeclineBooking": counting(lambda world: Sessions(world, but_who_waited)),
        },
    ),
    Miniature(
        name="participants-counted-once",
        rule="PARTICIPANTS-4",
        about="seats are counted by the participants of creation, not by later updates",
        handlers=_creating(Sessions, as_created),
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
