"""Cancel Booking: the status it leads to, and the time and the seats that are free afterwards."""

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.arranged import (
    Seats,
    as_it_is_or_not,
    counted_place,
    plain_for,
    stored,
    taken_by_one,
)
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

KINDS = ["appointment", "class", "course"]
ALIVE = [
    *[(kind, status) for kind in KINDS for status in ("CREATED", "PENDING", "CONFIRMED")],
    ("class", "WAITING_LIST"),
]


@pytest.mark.judges("CANCEL-1")
@pytest.mark.parametrize(("kind", "status"), ALIVE)
def test_a_canceled_booking_is_canceled(
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = bookings_given.booking(plain_for(bookings_given, kind, status), status)
    answer = bookings_client.act("cancelBooking", booking)
    where = f"{kind} from {status}"
    if status != "CONFIRMED" and answer.refused:
        # No page names the statuses that can be canceled; a confirmed booking is the plain case.
        raise NotReached(f"canceling a {status} booking was answered {answer.summary}")
    if not bookings_expect.accepted(answer, "CANCEL-1", circumstance=where):
        return
    bookings_expect.equal(
        "CANCEL-1", answer.booking.status, "CANCELED", of="status", circumstance=where, at=answer
    )
    after = stored(bookings_given, answer.booking)
    bookings_expect.equal(
        "CANCEL-1", after.status, "CANCELED", of="status read", circumstance=where
    )


@pytest.mark.judges("CANCEL-1")
@pytest.mark.parametrize("paid", ["PAID", "PARTIALLY_PAID"])
def test_a_booking_that_is_paid_for_is_canceled_all_the_same(
    paid: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    service = plain_for(bookings_given, "class", "CONFIRMED")
    booking = bookings_given.booking(service, "CONFIRMED", payment_status=paid)
    answer = bookings_client.act("cancelBooking", booking)
    if bookings_expect.accepted(answer, "CANCEL-1", circumstance=paid):
        after = stored(bookings_given, answer.booking)
        bookings_expect.equal(
            "CANCEL-1", after.status, "CANCELED", of="status read", circumstance=paid
        )


# Appointments


@pytest.mark.judges("CANCEL-2")
@pytest.mark.parametrize("status", ["PENDING", "CONFIRMED"])
def test_the_time_of_a_canceled_appointment_is_free_again(
    status: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.slot(plain_for(bookings_given, "appointment", status))
    booking = bookings_given.booking(place, status)
    if not _canceled(booking, "CANCEL-2", bookings_client, bookings_expect):
        return
    bookings_expect.that(
        "CANCEL-2",
        bookings_given.accepts(place),
        expected="its time can be booked again",
        actual="it is refused",
        circumstance=f"from {status}",
    )


@pytest.mark.judges("CANCEL-2")
@pytest.mark.parametrize("status", ["CREATED", "CANCELED"])
def test_canceling_frees_no_time_that_another_appointment_takes(
    status: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.slot(plain_for(bookings_given, "appointment", "CONFIRMED"))
    booking = bookings_given.booking(place, status)
    bookings_given.booking(place, "CONFIRMED")
    taken_by_one(bookings_given, place)
    # From CANCELED it may be refused; what matters is what becomes of the other one.
    bookings_client.act("cancelBooking", booking)
    bookings_expect.that(
        "CANCEL-2",
        not bookings_given.accepts(place),
        expected="the time of the other, CONFIRMED one stays taken",
        actual="it can be booked",
        circumstance=f"another's time, from {status}",
    )


@pytest.mark.judges("CANCEL-2", needs=("control", "services.appointment"))
@pytest.mark.parametrize("status", ["PENDING", "CONFIRMED"])
def test_the_session_of_a_canceled_appointment_leaves_the_calendar(
    status: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.slot(plain_for(bookings_given, "appointment", status))
    before = _session_ids(bookings_given)
    booking = bookings_given.booking(place, status)
    if not _canceled(booking, "CANCEL-2", bookings_client, bookings_expect):
        return
    added = _session_ids(bookings_given) - before
    bookings_expect.that(
        "CANCEL-2",
        not added and not bookings_given.on_calendar(booking),
        expected="its session is deleted from the calendar",
        actual="its session is still there",
        circumstance=f"calendar, from {status}",
    )


# Classes and courses


@pytest.mark.judges("CANCEL-3")
@pytest.mark.parametrize("status", ["PENDING", "CONFIRMED"])
@pytest.mark.parametrize("kind", ["class", "course"])
def test_the_seats_of_a_canceled_booking_are_free_again_once(
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place = counted_place(bookings_given, kind, 2, waits=status == "PENDING")
    seats = Seats(bookings_client, bookings_given, bookings_expect)
    left = seats.left(place)
    bookings_expect.new_story()
    booking = bookings_given.booking(place, status, participants=left)
    if _canceled(booking, "CANCEL-3", bookings_client, bookings_expect):
        where = f"{kind} from {status}"
        seats.exactly("CANCEL-3", place, left, f"in the {kind} after canceling", where)


@pytest.mark.judges("CANCEL-3")
@pytest.mark.parametrize("status", ["CREATED", "CONFIRMED", "CANCELED"])
@pytest.mark.parametrize("kind", ["class", "course"])
def test_canceling_frees_no_seats_that_others_have(
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place = counted_place(bookings_given, kind, 2)
    seats = Seats(bookings_client, bookings_given, bookings_expect)
    left = seats.left(place, at_least=2)
    bookings_expect.new_story()
    booking = bookings_given.booking(place, status)
    bookings_given.booking(place, "CONFIRMED", participants=left - 1)
    # From CANCELED it may be refused; what matters is that no seat is given back again.
    bookings_client.act("cancelBooking", booking)
    where = f"{kind}, others' seats, from {status}"
    seats.exactly("CANCEL-3", place, 1, f"in the {kind} beside the other booking", where)


@pytest.mark.judges("CANCEL-3", needs=("control",))
@pytest.mark.parametrize("kind", ["class", "course"])
def test_the_participants_leave_the_calendar_and_the_sessions_stay(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.place(plain_for(bookings_given, kind, "CONFIRMED"))
    other = bookings_given.booking(place, "CONFIRMED")
    before = _totals(bookings_given, place)
    bookings_expect.new_story()
    booking = bookings_given.booking(place, "CONFIRMED", participants=2)
    if not _canceled(booking, "CANCEL-3", bookings_client, bookings_expect):
        return
    after = _totals(bookings_given, place)
    where = f"{kind}, calendar"
    bookings_expect.equal(
        "CANCEL-3", sorted(after), sorted(before), of="sessions", circumstance=where
    )
    bookings_expect.equal(
        "CANCEL-3", after, before, of="totalNumberOfParticipants", circumstance=where
    )
    entries = [entry["partySize"] for entry in bookings_given.on_calendar(booking)]
    bookings_expect.equal("CANCEL-3", entries, [], of="its participants", circumstance=where)
    bookings_expect.that(
        "CANCEL-3",
        bookings_given.on_calendar(other),
        expected="the other booking's participants stay",
        actual="they left too",
        circumstance=where,
    )


# What is over already


@pytest.mark.judges("CANCEL-5")
@pytest.mark.parametrize("status", ["CANCELED", "DECLINED"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_becomes_of_canceling_what_is_over(
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = bookings_given.booking(plain_for(bookings_given, kind, status), status)
    answer = bookings_client.act("cancelBooking", booking)
    after = stored(bookings_given, answer.exchange.booking or booking)
    letter = as_it_is_or_not(booking, answer, after)
    bookings_expect.reading("CANCEL-5", letter, actual=f"{answer.summary}, then {after}")
    bookings_expect.unchanged(booking, f"canceling it from {status}")


def _canceled(booking: Seen, rule: str, client: Client, expect: Expect) -> bool:
    return expect.accepted(client.act("cancelBooking", booking), rule)


def _session_ids(given: Given) -> set[str]:
    return {session["id"] for session in given.calendar()}


def _totals(given: Given, place: Place) -> dict[str, int]:
    sessions = given.calendar()
    ours = [s for s in sessions if s.get("scheduleId") == place.service.schedule_id]
    return {session["id"]: session["totalNumberOfParticipants"] for session in ours}
