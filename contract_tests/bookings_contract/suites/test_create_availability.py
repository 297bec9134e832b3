"""Create Booking: what is available, and when nobody looks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.creating import OPERATIONS, attempt, refused_or_made
from bookings_contract.suites.support.creations import (
    CASES,
    STATUS_ASKED,
    alone,
    anywhere,
    granted,
    left,
    must_be_empty,
    nothing_made,
    refused_for,
    seats,
)
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

SHARED = ("class", "course")
SKIP = {"skipAvailabilityValidation": True}
# Ways to ask for a place that skip no check of it.
UNSKIPPED: dict[str, dict[str, Any]] = {
    "plain": {},
    "not skipped": {"flow": {"skipAvailabilityValidation": False}},
    "approval skipped": {"flow": {"skipBusinessConfirmation": True}},
    "to be confirmed": {"status": "CONFIRMED"},
}


# CREATE-7


@pytest.mark.judges("CREATE-7", needs=())
@pytest.mark.parametrize("kind", SHARED)
def test_one_more_than_there_are_seats_is_refused(kind: str, scenario: Scenario) -> None:
    place = scenario.given.place(kind)
    _refused(place, seats(place) + 1, {}, scenario)


@pytest.mark.judges("CREATE-7")
@pytest.mark.parametrize("kind", SHARED)
def test_as_many_as_there_are_seats_are_accepted(kind: str, scenario: Scenario) -> None:
    place = alone(scenario.given, kind, at_least=2)
    must_be_empty(scenario.given, place)
    body = scenario.given.body(place, participants=seats(place))
    answer = scenario.client.call("createBooking", body=body)
    circumstance = f"available, {kind}"
    granted(scenario, answer, "CREATE-7", circumstance=circumstance)


@pytest.mark.judges("CREATE-7")
@pytest.mark.parametrize("way", UNSKIPPED)
@pytest.mark.parametrize("kind", SHARED)
def test_a_place_without_seats_left_cannot_be_booked(
    kind: str, way: str, scenario: Scenario
) -> None:
    place = alone(scenario.given, kind)
    _fill(place, scenario)
    _refused(place, 1, UNSKIPPED[way], scenario)


@pytest.mark.judges("CREATE-7")
def test_a_full_session_leaves_the_seats_of_others(scenario: Scenario) -> None:
    full, other = alone(scenario.given, "class"), alone(scenario.given, "class")
    if full.service.id != other.service.id:
        raise NotJudged(f"the target file names too few exclusive sessions of {full.service.name}")
    must_be_empty(scenario.given, other)
    _fill(full, scenario)
    body = scenario.given.body(other, participants=seats(other))
    answer = scenario.client.call("createBooking", body=body)
    granted(scenario, answer, "CREATE-7", circumstance="another session")


@pytest.mark.judges("CREATE-7")
def test_every_choice_takes_the_seats_of_those_who_come(scenario: Scenario) -> None:
    service = scenario.given.service("class", variants=True, book="open")
    sizes = sorted({s.capacity for s in service.sessions if s.capacity and s.capacity > 1})
    if not sizes:
        raise NotJudged(f"the target file names no sessions of {service.name} with two seats")
    place = scenario.given.session(service, capacity=sizes[0])
    _fill(place, scenario)
    _refused(place, 1, {}, scenario)


@pytest.mark.judges("CREATE-7")
@pytest.mark.parametrize("kind", SHARED)
def test_the_last_seat_is_for_one(kind: str, scenario: Scenario) -> None:
    place = alone(scenario.given, kind, at_least=2)
    others = left(scenario, place, at_least=2) - 1
    scenario.given.booking(place, "CONFIRMED", participants=others)
    _refused(place, 2, {}, scenario)
    answer = scenario.client.call("createBooking", body=scenario.given.body(place))
    circumstance = f"the last seat, {kind}"
    granted(scenario, answer, "CREATE-7", circumstance=circumstance)


@pytest.mark.judges("CREATE-7")
@pytest.mark.parametrize("kind", SHARED)
def test_a_place_without_seats_left_is_booked_if_nobody_looks(
    kind: str, scenario: Scenario
) -> None:
    place = alone(scenario.given, kind)
    _fill(place, scenario)
    _skipped(place, scenario)


@pytest.mark.judges("CREATE-7", needs=("services.appointment",))
@pytest.mark.parametrize("way", UNSKIPPED)
def test_a_slot_that_is_taken_cannot_be_booked(way: str, scenario: Scenario) -> None:
    place = _of_a_resource(scenario.given)
    scenario.given.booking(place, "CONFIRMED")
    _refused(place, 1, UNSKIPPED[way], scenario)


@pytest.mark.judges("CREATE-7", needs=("services.appointment",))
@pytest.mark.parametrize("shift", [-0.5, 0.5], ids=["its end", "its beginning"])
def test_a_slot_of_which_a_part_is_taken_cannot_be_booked(shift: float, scenario: Scenario) -> None:
    scenario.given.slot()
    place = _of_a_resource(scenario.given)
    scenario.given.booking(place, "CONFIRMED")
    overlapping = _moved(place, place.length * shift)
    _refused(overlapping, 1, {}, scenario)


@pytest.mark.judges("CREATE-7", needs=("services.appointment",))
@pytest.mark.parametrize("part", ["its end", "its beginning"])
def test_a_slot_cannot_be_booked_into_which_another_booking_reaches(
    part: str, scenario: Scenario
) -> None:
    service = scenario.given.service("appointment", variants=False, book="open")
    pair = [_of_a_resource(scenario.given, service) for _ in range(2)]
    first, second = sorted(pair, key=_start)
    place, by = (first, 0.5) if part == "its end" else (second, -0.5)
    # Nobody looks whether an odd time is offered, where they are told not to.
    odd = _moved(place, place.length * by)
    scenario.given.booking(odd, "CONFIRMED", flow=SKIP)
    _refused(place, 1, {}, scenario)


@pytest.mark.judges("CREATE-7", needs=("services.appointment",))
def test_a_slot_that_is_taken_is_booked_if_nobody_looks(scenario: Scenario) -> None:
    place = _of_a_resource(scenario.given)
    scenario.given.booking(place, "CONFIRMED")
    _skipped(place, scenario)


@pytest.mark.judges("CREATE-7", needs=("services.appointment", "control"))
def test_a_slot_next_to_one_that_is_taken_is_available(scenario: Scenario) -> None:
    first, second = scenario.given.slot(), scenario.given.slot()
    if first.end != second.start:
        raise NotJudged(f"the slots of {first.service.name} do not meet")
    scenario.given.booking(first, "CONFIRMED")
    answer = scenario.client.call("createBooking", body=scenario.given.body(second))
    granted(scenario, answer, "CREATE-7", circumstance="the next slot")


@pytest.mark.judges("CREATE-7", needs=("services.appointment", "control"))
def test_a_slot_that_is_not_offered_cannot_be_booked(scenario: Scenario) -> None:
    first = _of_a_resource(scenario.given)
    early = _moved(first, -timedelta(hours=12))
    _refused(early, 1, {}, scenario)


def _of_a_resource(given: Given, service: Service | None = None) -> Place:
    """The next slot of a named resource: when one without is looked at is open (CREATE-24)."""
    place = given.slot(service)
    if place.service.resource_id is None:
        raise NotJudged(f"the target file names no resource of {place.service.name}")
    return place


def _moved(place: Place, by: timedelta) -> Place:
    if place.start is None or not place.length:
        raise NotJudged(f"the target file names no length of {place.service.name}")
    return evolve(place, start=place.start + by)


def _start(place: Place) -> datetime:
    if place.start is None:
        raise NotJudged(f"the target file names no slots of {place.service.name}")
    return place.start


def _fill(place: Place, scenario: Scenario) -> None:
    """Takes all seats that are left."""
    if taken := left(scenario, place, at_least=0):
        scenario.given.booking(place, "CONFIRMED", participants=taken)


def _refused(
    place: Place,
    participants: int,
    asked: dict[str, Any],
    scenario: Scenario,
) -> None:
    kind = place.service.kind
    body = scenario.given.body(place, participants=participants, **asked)
    answer = scenario.client.call("createBooking", body=body)
    also = STATUS_ASKED if "status" in asked else ()
    case = CASES[kind]
    scenario.expect.refused(
        answer, "CREATE-7", case, also=also, circumstance=f"not available, {kind}"
    )
    nothing_made(scenario.given, scenario.expect, answer, body)


def _skipped(place: Place, scenario: Scenario) -> None:
    answer = scenario.client.call("createBooking", body=scenario.given.body(place, flow=SKIP))
    circumstance = f"skipped, {place.service.kind}"
    granted(scenario, answer, "CREATE-7", circumstance=circumstance)


# CREATE-20


@pytest.mark.judges("CREATE-20")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_skipping_the_check_does_without_a_resource(
    operation: str, scenario: Scenario
) -> None:
    body = _appointment(scenario.given, resource=False, flow=SKIP)
    creation = attempt(scenario.client, operation, body)
    if creation.refused:
        _open_without_a_resource(operation, scenario)
    refused_or_made(scenario, creation, "CREATE-20")


def _open_without_a_resource(operation: str, scenario: Scenario) -> None:
    """Goes on only if a resource may be left out at all, which is open too (CREATE-24)."""
    looked_at = {"skipAvailabilityValidation": False}
    plain = attempt(
        scenario.client, operation, _appointment(scenario.given, resource=False, flow=looked_at)
    )
    if not plain.made:
        raise NotReached(f"an appointment without a resource was answered {plain.summary}")


@pytest.mark.judges("CREATE-20")
@pytest.mark.parametrize("resource", [True, False], ids=["a resource", "nothing skipped"])
def test_an_appointment_needs_a_resource_only_to_skip(resource: bool, scenario: Scenario) -> None:
    flow = {"skipAvailabilityValidation": resource}
    body = _appointment(scenario.given, resource=resource, flow=flow)
    answer = scenario.client.call("createBooking", body=body)
    if answer.refused and not resource and not refused_for(answer, "CREATE-20"):
        raise NotReached(f"an appointment without a resource was answered {answer.summary}")
    circumstance = "with a resource" if resource else "nothing skipped"
    granted(scenario, answer, "CREATE-20", circumstance=circumstance)


@pytest.mark.judges("CREATE-20", needs=())
@pytest.mark.parametrize("kind", SHARED)
def test_what_is_no_appointment_needs_no_resource(kind: str, scenario: Scenario) -> None:
    answer = scenario.client.call("createBooking", body=scenario.given.body(kind, flow=SKIP))
    granted(scenario, answer, "CREATE-20", circumstance=kind)


def _appointment(given: Given, resource: bool, flow: Mapping[str, object]) -> dict[str, Any]:
    body = given.body(anywhere(given, "appointment"), flow=flow)
    slot = body["booking"]["bookedEntity"]["slot"]
    if not resource:
        slot.pop("resource", None)
    elif not slot["resource"]:
        raise NotJudged("the target file names no resource of an appointment")
    return body
