"""Confirm Or Decline: what is a double booking, to the last seat and the last minute."""

from datetime import datetime, timedelta

import pytest
from attrs import evolve

from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.deciding import (
    KINDS,
    SHARED_KINDS,
    SKIP_AVAILABILITY,
    fillable,
    settled,
    shows,
)
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario


@pytest.mark.judges("CONFIRMATION-7", needs=())
@pytest.mark.parametrize("variants", [False, True], ids=["total", "choices"])
@pytest.mark.parametrize(("wish", "over"), [(1, 0), (2, 0), (2, 1), (1, 1)])
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_more_than_is_left_is_a_conflict_and_just_as_much_is_none(
    kind: str, wish: int, over: int, variants: bool, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind, seats=3, variants=variants)
    late = scenario.given.booking(place, participants=wish)
    _fill(scenario.given, place, left - wish + over)
    shows(
        scenario,
        "CONFIRMATION-7",
        settled(scenario.client, late, "NOT_PAID"),
        circumstance=f"{kind}, {wish} wanted, {wish - over} left",
        status="DECLINED" if over else "CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=())
@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_all_who_are_confirmed_count(kind: str, over: int, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind, seats=3)
    late = scenario.given.booking(place)
    scenario.given.booking(place, "CONFIRMED", participants=left - 2)
    scenario.given.booking(place, "CONFIRMED", participants=1 + over)
    shows(
        scenario,
        "CONFIRMATION-7",
        settled(scenario.client, late, "NOT_PAID"),
        circumstance=f"{kind}, two others, {1 - over} left",
        status="DECLINED" if over else "CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=())
@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_only_a_conflict_is_flagged(kind: str, over: int, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind, seats=3)
    late = scenario.given.booking(place, participants=2)
    scenario.given.booking(place, "CONFIRMED", participants=left - 2 + over)
    shows(
        scenario,
        "CONFIRMATION-7",
        settled(scenario.client, late, "PAID"),
        circumstance=f"{kind}, PAID, 2 wanted, {2 - over} left",
        double_booked=bool(over),
    )


@pytest.mark.judges("CONFIRMATION-7", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_of_everything_is_not_in_its_own_way(kind: str, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind)
    whole = scenario.given.booking(place, participants=left)
    shows(
        scenario,
        "CONFIRMATION-7",
        settled(scenario.client, whole, "NOT_PAID"),
        circumstance=f"{kind}, all of it",
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_who_has_only_created_a_booking_is_in_nobodys_way(kind: str, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind)
    scenario.given.booking(place, participants=left)
    booking = scenario.given.booking(place)
    shows(
        scenario,
        "CONFIRMATION-7",
        settled(scenario.client, booking, "NOT_PAID"),
        circumstance=f"{kind}, the other is CREATED",
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=())
def test_another_session_of_the_class_is_no_conflict(scenario: Scenario) -> None:
    taken, left = fillable(scenario, "class")
    other = scenario.given.session(taken.service, capacity=taken.capacity)
    booking = scenario.given.booking(other)
    scenario.given.booking(taken, "CONFIRMED", participants=left)
    shows(
        scenario,
        "CONFIRMATION-7",
        settled(scenario.client, booking, "NOT_PAID"),
        circumstance="class, another session is full",
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=("services.appointment",))
@pytest.mark.parametrize("late_is", ["at the same time", "later", "earlier"])
def test_an_overlapping_appointment_is_a_conflict(late_is: str, scenario: Scenario) -> None:
    place = _appointment(scenario.given)
    other = place if late_is == "at the same time" else _moved(place, _half(place))
    first, second = (other, place) if late_is == "earlier" else (place, other)
    late = scenario.given.booking(second)
    scenario.given.booking(first, "CONFIRMED")
    shows(
        scenario,
        "CONFIRMATION-7",
        settled(scenario.client, late, "NOT_PAID"),
        circumstance=f"appointment, overlapping, {late_is}",
        status="DECLINED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=("services.appointment",))
@pytest.mark.parametrize("late_is", ["later", "earlier"])
@pytest.mark.parametrize("odd_is", ["overlapping", "adjacent"])
def test_only_an_overlapping_appointment_is_a_conflict_at_odd_times_too(
    odd_is: str, late_is: str, scenario: Scenario
) -> None:
    one = _appointment(scenario.given)
    first, second = sorted((one, scenario.given.slot(one.service)), key=_start)
    place, way = (second, -1) if late_is == "later" else (first, 1)
    by = place.length / 2 if odd_is == "overlapping" else place.length
    late = scenario.given.booking(place)
    # Nobody looks whether an odd time is offered, where they are told not to.
    odd = _moved(place, way * by)
    scenario.given.booking(odd, "CONFIRMED", flow=SKIP_AVAILABILITY)
    shows(
        scenario,
        "CONFIRMATION-7",
        settled(scenario.client, late, "NOT_PAID"),
        circumstance=f"appointment, {odd_is} at an odd time, {late_is}",
        status="DECLINED" if odd_is == "overlapping" else "CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=("services.appointment",))
@pytest.mark.parametrize("late_is", ["later", "earlier"])
def test_an_adjacent_appointment_is_no_conflict(late_is: str, scenario: Scenario) -> None:
    place = _appointment(scenario.given)
    following = _moved(place, place.length)
    first, second = (following, place) if late_is == "earlier" else (place, following)
    late = scenario.given.booking(second)
    scenario.given.booking(first, "CONFIRMED")
    shows(
        scenario,
        "CONFIRMATION-7",
        settled(scenario.client, late, "NOT_PAID"),
        circumstance=f"appointment, adjacent, {late_is}",
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=("services.appointment",))
def test_another_service_of_another_resource_at_that_time_is_no_conflict(
    scenario: Scenario,
) -> None:
    one, other = _at_once(scenario.given)
    late = scenario.given.booking(other)
    scenario.given.booking(one, "CONFIRMED")
    shows(
        scenario,
        "CONFIRMATION-7",
        settled(scenario.client, late, "NOT_PAID"),
        circumstance="appointment, other service and resource",
        status="CONFIRMED",
    )


def _fill(given: Given, place: Place, seats: int) -> None:
    """Seats taken by a confirmed booking; where there are variants, by two of them."""
    values = [value for choice in place.service.choices[:1] for value in choice.values]
    if len(values) < 2 or seats < 2:
        given.booking(place, "CONFIRMED", participants=seats)
    else:
        given.booking(place, "CONFIRMED", choices={values[0]: seats - 1, values[1]: 1})


def _appointment(given: Given) -> Place:
    service = given.service("appointment", manual_approval=False, variants=False, book="open")
    return given.slot(service)


def _moved(place: Place, by: timedelta) -> Place:
    """The same service at another time; a target that has no slot there won't make a booking."""
    if place.start is None or not place.length:
        raise NotJudged(f"the target file names no length of {place.service.name}")
    return evolve(place, start=place.start + by)


def _start(place: Place) -> datetime:
    if place.start is None:
        raise NotJudged(f"the target file names no slots of {place.service.name}")
    return place.start


def _half(place: Place) -> timedelta:
    """Less than an appointment's length: from one slot to the next, if that is less."""
    slots = place.service.slots
    step = timedelta(minutes=slots.step) if slots else place.length
    return step if step < place.length else place.length / 2


def _at_once(given: Given) -> tuple[Place, Place]:
    """Slots that begin together, of two services with a resource each."""
    services = given.client.target.all_services(
        "appointment", manual_approval=False, variants=False, book="open"
    )
    for number, one in enumerate(services):
        for other in services[number + 1 :]:
            if None not in (resources := {one.resource_id, other.resource_id}):
                shared = sorted({*_starts(one)} & {*_starts(other)})
                if len(resources) == 2 and shared:
                    return Place(one, start=shared[0]), Place(other, start=shared[0])
    raise NotJudged("the target file names no two appointments at one time with other resources")


def _starts(service: Service) -> tuple[datetime, ...]:
    return service.slots.starts() if service.slots else ()
