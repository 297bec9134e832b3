"""Create Booking: a booking that is only created takes nothing from anyone."""

import pytest

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.creations import (
    UNAVAILABLE,
    alone,
    must_be_empty,
    refused_for,
    seats,
)
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

SHARED = ("class", "course")


@pytest.mark.judges("CREATE-5")
@pytest.mark.parametrize("kind", SHARED)
def test_a_created_booking_leaves_its_seats_to_others(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = alone(bookings_given, kind)
    must_be_empty(bookings_given, place)
    bookings_given.booking(place, participants=seats(place))
    body = bookings_given.body(place, participants=seats(place))
    answer = bookings_client.call("createBooking", body=body)
    _still_free(answer, f"seats, {kind}", bookings_expect)


@pytest.mark.judges("CREATE-5", needs=("services.appointment",))
def test_a_created_appointment_leaves_its_time_to_others(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    # Somebody else may come in between; hardly twice.
    for _ in range(1 if bookings_client.target.ours else 2):
        bookings_expect.new_story()
        place = bookings_given.slot()
        bookings_given.booking(place)
        answer = bookings_client.call("createBooking", body=bookings_given.body(place))
        if answer.accepted:
            break
    _still_free(answer, "time", bookings_expect)


@pytest.mark.judges("CREATE-5")
@pytest.mark.parametrize("kind", SHARED)
def test_a_created_booking_is_no_double_booking_for_others(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = alone(bookings_given, kind)
    must_be_empty(bookings_given, place)
    bookings_given.booking(place, participants=seats(place))
    other = bookings_given.booking(place, participants=seats(place))
    answer = bookings_client.act("confirmOrDeclineBooking", other)
    if not answer.accepted:
        raise NotReached(f"letting the service decide was answered {answer.summary}")
    decided = answer.booking
    bookings_expect.that(
        "CREATE-5",
        decided.status != "DECLINED" and not decided.double_booked,
        expected="no double booking",
        actual=f"{decided.status}{', doubleBooked' if decided.double_booked else ''}",
        circumstance=f"another's confirmation, {kind}",
        at=answer,
    )


@pytest.mark.judges("CREATE-5")
def test_a_created_booking_is_in_nobodys_way_who_reschedules(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = alone(bookings_given, "class")
    must_be_empty(bookings_given, place)
    bookings_given.booking(place, participants=seats(place))
    other = bookings_given.booking(bookings_given.session(place.service), "CONFIRMED")
    answer = bookings_client.act("rescheduleBooking", other, {"slot": place.slot})
    if not answer.accepted and not refused_for(answer, "RESCHEDULE-4"):
        raise NotReached(f"rescheduling was answered {answer.summary}")
    bookings_expect.accepted(answer, "CREATE-5", circumstance="another's reschedule")


@pytest.mark.judges("CREATE-5", needs=("control",))
@pytest.mark.parametrize("kind", [*SHARED, "appointment"])
def test_a_created_booking_is_not_on_the_calendar(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.place(kind)
    before = _totals(bookings_given, place)
    booking = bookings_given.booking(place)
    entries = bookings_given.on_calendar(booking)
    shown = {"entries": len(entries), "totals": _totals(bookings_given, place)}
    bookings_expect.equal(
        "CREATE-5",
        shown,
        {"entries": 0, "totals": before},
        of="on the calendar:",
        circumstance=f"calendar, {kind}",
    )


def _still_free(answer: Answer, circumstance: str, expect: Expect) -> None:
    if answer.refused and not refused_for(answer, UNAVAILABLE):
        raise NotReached(f"booking the same again was answered {answer.summary}")
    expect.accepted(answer, "CREATE-5", circumstance=circumstance)


def _totals(given: Given, place: Place) -> list[int]:
    return [session["totalNumberOfParticipants"] for session in given.calendar(place)]
