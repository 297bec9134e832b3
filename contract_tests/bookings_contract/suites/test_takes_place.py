"""Confirm Booking: a confirmed booking takes its seats or its time, and is on the calendar."""

import pytest

from bookings_contract.findings.checks import Holds
from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.deciding import KINDS, SHARED_KINDS, fillable, settled
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.scenario import Scenario

WAYS = ("confirmBooking", "confirmOrDeclineBooking")


@pytest.mark.judges("CONFIRM-6", needs=())
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_confirmed_booking_that_takes_all_leaves_nothing(
    kind: str, way: str, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind)
    late = scenario.given.booking(place)
    _confirmed(scenario.client, scenario.given.booking(place, participants=left), way)
    _nothing_for(late, 1, f"full {kind}", scenario)


@pytest.mark.judges("CONFIRM-6", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_pending_booking_takes_its_place_once_confirmed(kind: str, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind, approval=True)
    # Where it can be, one seat stays free, so that none is taken twice.
    free = 1 if left > 1 else 0
    late = scenario.given.booking(place, participants=free + 1)
    pending = scenario.given.booking(place, "PENDING", participants=left - free)
    _confirmed(scenario.client, pending, "confirmBooking")
    about = f"{kind}, from PENDING"
    taken = _nothing_for(late, free + 1, about, scenario)
    if taken and free:
        _last_seat_is_free(place, about, scenario)


@pytest.mark.judges("CONFIRM-6", needs=())
def test_who_waited_takes_a_seat_once_confirmed(scenario: Scenario) -> None:
    place, left = fillable(scenario, "class")
    late = scenario.given.booking(place)
    if left > 1:
        scenario.given.booking(place, "CONFIRMED", participants=left - 1)
    waiting = scenario.given.booking(place, "WAITING_LIST")
    _confirmed(scenario.client, waiting, "confirmBooking")
    _nothing_for(late, 1, "class, from WAITING_LIST", scenario)


@pytest.mark.judges("CONFIRM-6", needs=())
@pytest.mark.parametrize("variants", [False, True], ids=["total", "choices"])
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_a_confirmed_booking_takes_a_seat_for_each_participant(
    kind: str, variants: bool, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind, seats=3, variants=variants)
    how = f"{kind}, by {'choices' if variants else 'total'}"
    late = scenario.given.booking(place, participants=2)
    if variants:
        first, second = place.service.choices[0].values[:2]
        scenario.given.booking(place, "CONFIRMED", choices={first: left - 2, second: 1})
    else:
        scenario.given.booking(place, "CONFIRMED", participants=left - 1)
    if _nothing_for(late, 2, how, scenario):
        _last_seat_is_free(place, how, scenario)


@pytest.mark.judges("CONFIRM-6", needs=("control",))
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_confirmed_booking_is_on_the_calendar(kind: str, way: str, scenario: Scenario) -> None:
    booking = _confirmed(scenario.client, scenario.given.booking(kind), way)
    scenario.expect.that(
        "CONFIRM-6",
        scenario.given.on_calendar(booking),
        expected="its participant is on the calendar",
        actual="nobody of it is",
        circumstance=f"{kind}, calendar",
    )


@pytest.mark.judges("CONFIRM-6", needs=("control",))
def test_who_booked_a_course_is_in_all_of_its_sessions(scenario: Scenario) -> None:
    course = scenario.given.course()
    booking = scenario.given.booking(course, "CONFIRMED")
    sessions = len(scenario.given.calendar(course))
    there = len(scenario.given.on_calendar(booking))
    scenario.expect.equal(
        "CONFIRM-6", there, sessions, of="sessions with its participant", circumstance="course"
    )


def _confirmed(client: Client, booking: Seen, way: str) -> Seen:
    answer = settled(client, booking) if way != "confirmBooking" else client.act(way, booking)
    if not answer.accepted or answer.booking.status != "CONFIRMED":
        raise NotReached(f"confirming it was answered {answer.summary}")
    return answer.booking


def _last_seat_is_free(place: Place, about: str, scenario: Scenario) -> None:
    scenario.expect.that(
        "CONFIRM-6",
        scenario.given.accepts(place, 1),
        expected="no more seats taken than there are participants: the last one is free",
        actual="the last seat is refused",
        circumstance=about,
    )


def _nothing_for(late: Seen, seats: int, about: str, scenario: Scenario) -> bool:
    """No room is left: one that was created while there was some is not kept when it is settled.

    It is unpaid; whether creating asks for availability is not what is judged here.
    """
    decided = settled(scenario.client, late, "NOT_PAID")
    if not decided.accepted:
        raise NotReached(f"settling the next one was answered {decided.summary}")
    return scenario.expect.that(
        "CONFIRM-6",
        decided.booking.status == "DECLINED",
        expected=f"taken: no room for {seats} more",
        actual=f"the next booking is {decided.booking.status}",
        circumstance=about,
        at=decided,
        check=Holds("status", "DECLINED", decided.booking.status),
    )
