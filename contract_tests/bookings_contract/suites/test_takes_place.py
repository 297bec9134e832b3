"""Confirm Booking: a confirmed booking takes its seats or its time, and is on the calendar."""

import pytest

from bookings_contract.findings.checks import Holds
from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.deciding import KINDS, SHARED_KINDS, fillable, settled
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

WAYS = ("confirmBooking", "confirmOrDeclineBooking")


@pytest.mark.judges("CONFIRM-6", needs=())
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_confirmed_booking_that_takes_all_leaves_nothing(
    kind: str,
    way: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind)
    late = bookings_given.booking(place)
    _confirmed(bookings_client, bookings_given.booking(place, participants=left), way)
    _nothing_for(late, 1, f"full {kind}", bookings_client, bookings_expect)


@pytest.mark.judges("CONFIRM-6", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_pending_booking_takes_its_place_once_confirmed(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind, approval=True)
    # Where it can be, one seat stays free, so that none is taken twice.
    free = 1 if left > 1 else 0
    late = bookings_given.booking(place, participants=free + 1)
    pending = bookings_given.booking(place, "PENDING", participants=left - free)
    _confirmed(bookings_client, pending, "confirmBooking")
    about = f"{kind}, from PENDING"
    taken = _nothing_for(late, free + 1, about, bookings_client, bookings_expect)
    if taken and free:
        _last_seat_is_free(place, about, bookings_given, bookings_expect)


@pytest.mark.judges("CONFIRM-6", needs=())
def test_who_waited_takes_a_seat_once_confirmed(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place, left = fillable(bookings_given, bookings_expect, "class")
    late = bookings_given.booking(place)
    if left > 1:
        bookings_given.booking(place, "CONFIRMED", participants=left - 1)
    waiting = bookings_given.booking(place, "WAITING_LIST")
    _confirmed(bookings_client, waiting, "confirmBooking")
    _nothing_for(late, 1, "class, from WAITING_LIST", bookings_client, bookings_expect)


@pytest.mark.judges("CONFIRM-6", needs=())
@pytest.mark.parametrize("variants", [False, True], ids=["total", "choices"])
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_a_confirmed_booking_takes_a_seat_for_each_participant(
    kind: str,
    variants: bool,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind, seats=3, variants=variants)
    how = f"{kind}, by {'choices' if variants else 'total'}"
    late = bookings_given.booking(place, participants=2)
    if variants:
        first, second = place.service.choices[0].values[:2]
        bookings_given.booking(place, "CONFIRMED", choices={first: left - 2, second: 1})
    else:
        bookings_given.booking(place, "CONFIRMED", participants=left - 1)
    if _nothing_for(late, 2, how, bookings_client, bookings_expect):
        _last_seat_is_free(place, how, bookings_given, bookings_expect)


@pytest.mark.judges("CONFIRM-6", needs=("control",))
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_confirmed_booking_is_on_the_calendar(
    kind: str,
    way: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = _confirmed(bookings_client, bookings_given.booking(kind), way)
    bookings_expect.that(
        "CONFIRM-6",
        bookings_given.on_calendar(booking),
        expected="its participant is on the calendar",
        actual="nobody of it is",
        circumstance=f"{kind}, calendar",
    )


@pytest.mark.judges("CONFIRM-6", needs=("control",))
def test_who_booked_a_course_is_in_all_of_its_sessions(
    bookings_given: Given, bookings_expect: Expect
) -> None:
    course = bookings_given.course()
    booking = bookings_given.booking(course, "CONFIRMED")
    sessions = len(bookings_given.calendar(course))
    there = len(bookings_given.on_calendar(booking))
    bookings_expect.equal(
        "CONFIRM-6", there, sessions, of="sessions with its participant", circumstance="course"
    )


def _confirmed(client: Client, booking: Seen, way: str) -> Seen:
    answer = settled(client, booking) if way != "confirmBooking" else client.act(way, booking)
    if not answer.accepted or answer.booking.status != "CONFIRMED":
        raise NotReached(f"confirming it was answered {answer.summary}")
    return answer.booking


def _last_seat_is_free(place: Place, about: str, given: Given, expect: Expect) -> None:
    expect.that(
        "CONFIRM-6",
        given.accepts(place, 1),
        expected="no more seats taken than there are participants: the last one is free",
        actual="the last seat is refused",
        circumstance=about,
    )


def _nothing_for(late: Seen, seats: int, about: str, client: Client, expect: Expect) -> bool:
    """No room is left: one that was created while there was some is not kept when it is settled.

    It is unpaid; whether creating asks for availability is not what is judged here.
    """
    decided = settled(client, late, "NOT_PAID")
    if not decided.accepted:
        raise NotReached(f"settling the next one was answered {decided.summary}")
    return expect.that(
        "CONFIRM-6",
        decided.booking.status == "DECLINED",
        expected=f"taken: no room for {seats} more",
        actual=f"the next booking is {decided.booking.status}",
        circumstance=about,
        at=decided,
        check=Holds("status", "DECLINED", decided.booking.status),
    )
