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
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

SHARED = ("class", "course")


@pytest.mark.judges("CREATE-5")
@pytest.mark.parametrize("kind", SHARED)
def test_a_created_booking_leaves_its_seats_to_others(kind: str, scenario: Scenario) -> None:
    place = alone(scenario.given, kind)
    must_be_empty(scenario.given, place)
    scenario.given.booking(place, participants=seats(place))
    body = scenario.given.body(place, participants=seats(place))
    answer = scenario.client.call("createBooking", body=body)
    _still_free(answer, f"seats, {kind}", scenario.expect)


@pytest.mark.judges("CREATE-5", needs=("services.appointment",))
def test_a_created_appointment_leaves_its_time_to_others(scenario: Scenario) -> None:
    # Somebody else may come in between; hardly twice.
    for _ in range(1 if scenario.client.target.ours else 2):
        scenario.expect.new_story()
        place = scenario.given.slot()
        scenario.given.booking(place)
        answer = scenario.client.call("createBooking", body=scenario.given.body(place))
        if answer.accepted:
            break
    _still_free(answer, "time", scenario.expect)


@pytest.mark.judges("CREATE-5")
@pytest.mark.parametrize("kind", SHARED)
def test_a_created_booking_is_no_double_booking_for_others(kind: str, scenario: Scenario) -> None:
    place = alone(scenario.given, kind)
    must_be_empty(scenario.given, place)
    scenario.given.booking(place, participants=seats(place))
    other = scenario.given.booking(place, participants=seats(place))
    answer = scenario.client.act("confirmOrDeclineBooking", other)
    if not answer.accepted:
        raise NotReached(f"letting the service decide was answered {answer.summary}")
    decided = answer.booking
    scenario.expect.that(
        "CREATE-5",
        decided.status != "DECLINED" and not decided.double_booked,
        expected="no double booking",
        actual=f"{decided.status}{', doubleBooked' if decided.double_booked else ''}",
        circumstance=f"another's confirmation, {kind}",
        at=answer,
    )


@pytest.mark.judges("CREATE-5")
def test_a_created_booking_is_in_nobodys_way_who_reschedules(scenario: Scenario) -> None:
    place = alone(scenario.given, "class")
    must_be_empty(scenario.given, place)
    scenario.given.booking(place, participants=seats(place))
    other = scenario.given.booking(scenario.given.session(place.service), "CONFIRMED")
    answer = scenario.client.act("rescheduleBooking", other, {"slot": place.slot})
    if not answer.accepted and not refused_for(answer, "RESCHEDULE-4"):
        raise NotReached(f"rescheduling was answered {answer.summary}")
    scenario.expect.accepted(answer, "CREATE-5", circumstance="another's reschedule")


@pytest.mark.judges("CREATE-5", needs=("control",))
@pytest.mark.parametrize("kind", [*SHARED, "appointment"])
def test_a_created_booking_is_not_on_the_calendar(kind: str, scenario: Scenario) -> None:
    place = scenario.given.place(kind)
    before = _totals(scenario.given, place)
    booking = scenario.given.booking(place)
    entries = scenario.given.on_calendar(booking)
    shown = {"entries": len(entries), "totals": _totals(scenario.given, place)}
    scenario.expect.equal(
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
