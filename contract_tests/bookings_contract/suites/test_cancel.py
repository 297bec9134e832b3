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
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

KINDS = ["appointment", "class", "course"]
ALIVE = [
    *[(kind, status) for kind in KINDS for status in ("CREATED", "PENDING", "CONFIRMED")],
    ("class", "WAITING_LIST"),
]


@pytest.mark.judges("CANCEL-1")
@pytest.mark.parametrize(("kind", "status"), ALIVE)
def test_a_canceled_booking_is_canceled(kind: str, status: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(plain_for(scenario.given, kind, status), status)
    answer = scenario.client.act("cancelBooking", booking)
    where = f"{kind} from {status}"
    if status != "CONFIRMED" and answer.refused:
        # No page names the statuses that can be canceled; a confirmed booking is the plain case.
        raise NotReached(f"canceling a {status} booking was answered {answer.summary}")
    if not scenario.expect.accepted(answer, "CANCEL-1", circumstance=where):
        return
    scenario.expect.equal(
        "CANCEL-1", answer.booking.status, "CANCELED", of="status", circumstance=where, at=answer
    )
    after = stored(scenario.given, answer.booking)
    scenario.expect.equal(
        "CANCEL-1", after.status, "CANCELED", of="status read", circumstance=where
    )


@pytest.mark.judges("CANCEL-1")
@pytest.mark.parametrize("paid", ["PAID", "PARTIALLY_PAID"])
def test_a_booking_that_is_paid_for_is_canceled_all_the_same(paid: str, scenario: Scenario) -> None:
    service = plain_for(scenario.given, "class", "CONFIRMED")
    booking = scenario.given.booking(service, "CONFIRMED", payment_status=paid)
    answer = scenario.client.act("cancelBooking", booking)
    if scenario.expect.accepted(answer, "CANCEL-1", circumstance=paid):
        after = stored(scenario.given, answer.booking)
        scenario.expect.equal(
            "CANCEL-1", after.status, "CANCELED", of="status read", circumstance=paid
        )


# Appointments


@pytest.mark.judges("CANCEL-2")
@pytest.mark.parametrize("status", ["PENDING", "CONFIRMED"])
def test_the_time_of_a_canceled_appointment_is_free_again(status: str, scenario: Scenario) -> None:
    place = scenario.given.slot(plain_for(scenario.given, "appointment", status))
    booking = scenario.given.booking(place, status)
    if not _canceled(booking, "CANCEL-2", scenario):
        return
    scenario.expect.that(
        "CANCEL-2",
        scenario.given.accepts(place),
        expected="its time can be booked again",
        actual="it is refused",
        circumstance=f"from {status}",
    )


@pytest.mark.judges("CANCEL-2")
@pytest.mark.parametrize("status", ["CREATED", "CANCELED"])
def test_canceling_frees_no_time_that_another_appointment_takes(
    status: str, scenario: Scenario
) -> None:
    place = scenario.given.slot(plain_for(scenario.given, "appointment", "CONFIRMED"))
    booking = scenario.given.booking(place, status)
    scenario.given.booking(place, "CONFIRMED")
    taken_by_one(scenario.given, place)
    # From CANCELED it may be refused; what matters is what becomes of the other one.
    scenario.client.act("cancelBooking", booking)
    scenario.expect.that(
        "CANCEL-2",
        not scenario.given.accepts(place),
        expected="the time of the other, CONFIRMED one stays taken",
        actual="it can be booked",
        circumstance=f"another's time, from {status}",
    )


@pytest.mark.judges("CANCEL-2", needs=("control", "services.appointment"))
@pytest.mark.parametrize("status", ["PENDING", "CONFIRMED"])
def test_the_session_of_a_canceled_appointment_leaves_the_calendar(
    status: str, scenario: Scenario
) -> None:
    place = scenario.given.slot(plain_for(scenario.given, "appointment", status))
    before = _session_ids(scenario.given)
    booking = scenario.given.booking(place, status)
    if not _canceled(booking, "CANCEL-2", scenario):
        return
    added = _session_ids(scenario.given) - before
    scenario.expect.that(
        "CANCEL-2",
        not added and not scenario.given.on_calendar(booking),
        expected="its session is deleted from the calendar",
        actual="its session is still there",
        circumstance=f"calendar, from {status}",
    )


# Classes and courses


@pytest.mark.judges("CANCEL-3")
@pytest.mark.parametrize("status", ["PENDING", "CONFIRMED"])
@pytest.mark.parametrize("kind", ["class", "course"])
def test_the_seats_of_a_canceled_booking_are_free_again_once(
    kind: str, status: str, scenario: Scenario
) -> None:
    place = counted_place(scenario.given, kind, 2, waits=status == "PENDING")
    seats = Seats(scenario.client, scenario.given, scenario.expect)
    left = seats.left(place)
    scenario.expect.new_story()
    booking = scenario.given.booking(place, status, participants=left)
    if _canceled(booking, "CANCEL-3", scenario):
        where = f"{kind} from {status}"
        seats.exactly("CANCEL-3", place, left, f"in the {kind} after canceling", where)


@pytest.mark.judges("CANCEL-3")
@pytest.mark.parametrize("status", ["CREATED", "CONFIRMED", "CANCELED"])
@pytest.mark.parametrize("kind", ["class", "course"])
def test_canceling_frees_no_seats_that_others_have(
    kind: str, status: str, scenario: Scenario
) -> None:
    place = counted_place(scenario.given, kind, 2)
    seats = Seats(scenario.client, scenario.given, scenario.expect)
    left = seats.left(place, at_least=2)
    scenario.expect.new_story()
    booking = scenario.given.booking(place, status)
    scenario.given.booking(place, "CONFIRMED", participants=left - 1)
    # From CANCELED it may be refused; what matters is that no seat is given back again.
    scenario.client.act("cancelBooking", booking)
    where = f"{kind}, others' seats, from {status}"
    seats.exactly("CANCEL-3", place, 1, f"in the {kind} beside the other booking", where)


@pytest.mark.judges("CANCEL-3", needs=("control",))
@pytest.mark.parametrize("kind", ["class", "course"])
def test_the_participants_leave_the_calendar_and_the_sessions_stay(
    kind: str, scenario: Scenario
) -> None:
    place = scenario.given.place(plain_for(scenario.given, kind, "CONFIRMED"))
    other = scenario.given.booking(place, "CONFIRMED")
    before = _totals(scenario.given, place)
    scenario.expect.new_story()
    booking = scenario.given.booking(place, "CONFIRMED", participants=2)
    if not _canceled(booking, "CANCEL-3", scenario):
        return
    after = _totals(scenario.given, place)
    where = f"{kind}, calendar"
    scenario.expect.equal(
        "CANCEL-3", sorted(after), sorted(before), of="sessions", circumstance=where
    )
    scenario.expect.equal(
        "CANCEL-3", after, before, of="totalNumberOfParticipants", circumstance=where
    )
    entries = [entry["partySize"] for entry in scenario.given.on_calendar(booking)]
    scenario.expect.equal("CANCEL-3", entries, [], of="its participants", circumstance=where)
    scenario.expect.that(
        "CANCEL-3",
        scenario.given.on_calendar(other),
        expected="the other booking's participants stay",
        actual="they left too",
        circumstance=where,
    )


# What is over already


@pytest.mark.judges("CANCEL-5")
@pytest.mark.parametrize("status", ["CANCELED", "DECLINED"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_becomes_of_canceling_what_is_over(kind: str, status: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(plain_for(scenario.given, kind, status), status)
    answer = scenario.client.act("cancelBooking", booking)
    after = stored(scenario.given, answer.exchange.booking or booking)
    letter = as_it_is_or_not(booking, answer, after)
    scenario.expect.reading("CANCEL-5", letter, actual=f"{answer.summary}, then {after}")
    scenario.expect.unchanged(booking, f"canceling it from {status}")


def _canceled(booking: Seen, rule: str, scenario: Scenario) -> bool:
    return scenario.expect.accepted(scenario.client.act("cancelBooking", booking), rule)


def _session_ids(given: Given) -> set[str]:
    return {session["id"] for session in given.calendar()}


def _totals(given: Given, place: Place) -> dict[str, int]:
    sessions = given.calendar()
    ours = [s for s in sessions if s.get("scheduleId") == place.service.schedule_id]
    return {session["id"]: session["totalNumberOfParticipants"] for session in ours}
