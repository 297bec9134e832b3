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
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

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
def test_one_more_than_there_are_seats_is_refused(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.place(kind)
    _refused(place, seats(place) + 1, {}, bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-7")
@pytest.mark.parametrize("kind", SHARED)
def test_as_many_as_there_are_seats_are_accepted(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = alone(bookings_given, kind, at_least=2)
    must_be_empty(bookings_given, place)
    body = bookings_given.body(place, participants=seats(place))
    answer = bookings_client.call("createBooking", body=body)
    circumstance = f"available, {kind}"
    granted(bookings_given, bookings_expect, answer, "CREATE-7", circumstance=circumstance)


@pytest.mark.judges("CREATE-7")
@pytest.mark.parametrize("way", UNSKIPPED)
@pytest.mark.parametrize("kind", SHARED)
def test_a_place_without_seats_left_cannot_be_booked(
    kind: str, way: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = alone(bookings_given, kind)
    _fill(place, bookings_given, bookings_expect)
    _refused(place, 1, UNSKIPPED[way], bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-7")
def test_a_full_session_leaves_the_seats_of_others(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    full, other = alone(bookings_given, "class"), alone(bookings_given, "class")
    if full.service.id != other.service.id:
        raise NotJudged(f"the target file names too few exclusive sessions of {full.service.name}")
    must_be_empty(bookings_given, other)
    _fill(full, bookings_given, bookings_expect)
    body = bookings_given.body(other, participants=seats(other))
    answer = bookings_client.call("createBooking", body=body)
    granted(bookings_given, bookings_expect, answer, "CREATE-7", circumstance="another session")


@pytest.mark.judges("CREATE-7")
def test_every_choice_takes_the_seats_of_those_who_come(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    service = bookings_given.service("class", variants=True, book="open")
    sizes = sorted({s.capacity for s in service.sessions if s.capacity and s.capacity > 1})
    if not sizes:
        raise NotJudged(f"the target file names no sessions of {service.name} with two seats")
    place = bookings_given.session(service, capacity=sizes[0])
    _fill(place, bookings_given, bookings_expect)
    _refused(place, 1, {}, bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-7")
@pytest.mark.parametrize("kind", SHARED)
def test_the_last_seat_is_for_one(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = alone(bookings_given, kind, at_least=2)
    others = left(bookings_given, bookings_expect, place, at_least=2) - 1
    bookings_given.booking(place, "CONFIRMED", participants=others)
    _refused(place, 2, {}, bookings_client, bookings_given, bookings_expect)
    answer = bookings_client.call("createBooking", body=bookings_given.body(place))
    circumstance = f"the last seat, {kind}"
    granted(bookings_given, bookings_expect, answer, "CREATE-7", circumstance=circumstance)


@pytest.mark.judges("CREATE-7")
@pytest.mark.parametrize("kind", SHARED)
def test_a_place_without_seats_left_is_booked_if_nobody_looks(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = alone(bookings_given, kind)
    _fill(place, bookings_given, bookings_expect)
    _skipped(place, bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-7", needs=("services.appointment",))
@pytest.mark.parametrize("way", UNSKIPPED)
def test_a_slot_that_is_taken_cannot_be_booked(
    way: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = _of_a_resource(bookings_given)
    bookings_given.booking(place, "CONFIRMED")
    _refused(place, 1, UNSKIPPED[way], bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-7", needs=("services.appointment",))
@pytest.mark.parametrize("shift", [-0.5, 0.5], ids=["its end", "its beginning"])
def test_a_slot_of_which_a_part_is_taken_cannot_be_booked(
    shift: float, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    bookings_given.slot()
    place = _of_a_resource(bookings_given)
    bookings_given.booking(place, "CONFIRMED")
    overlapping = _moved(place, place.length * shift)
    _refused(overlapping, 1, {}, bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-7", needs=("services.appointment",))
@pytest.mark.parametrize("part", ["its end", "its beginning"])
def test_a_slot_cannot_be_booked_into_which_another_booking_reaches(
    part: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    service = bookings_given.service("appointment", variants=False, book="open")
    pair = [_of_a_resource(bookings_given, service) for _ in range(2)]
    first, second = sorted(pair, key=_start)
    place, by = (first, 0.5) if part == "its end" else (second, -0.5)
    # Nobody looks whether an odd time is offered, where they are told not to.
    odd = _moved(place, place.length * by)
    bookings_given.booking(odd, "CONFIRMED", flow=SKIP)
    _refused(place, 1, {}, bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-7", needs=("services.appointment",))
def test_a_slot_that_is_taken_is_booked_if_nobody_looks(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = _of_a_resource(bookings_given)
    bookings_given.booking(place, "CONFIRMED")
    _skipped(place, bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-7", needs=("services.appointment", "control"))
def test_a_slot_next_to_one_that_is_taken_is_available(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    first, second = bookings_given.slot(), bookings_given.slot()
    if first.end != second.start:
        raise NotJudged(f"the slots of {first.service.name} do not meet")
    bookings_given.booking(first, "CONFIRMED")
    answer = bookings_client.call("createBooking", body=bookings_given.body(second))
    granted(bookings_given, bookings_expect, answer, "CREATE-7", circumstance="the next slot")


@pytest.mark.judges("CREATE-7", needs=("services.appointment", "control"))
def test_a_slot_that_is_not_offered_cannot_be_booked(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    first = _of_a_resource(bookings_given)
    early = _moved(first, -timedelta(hours=12))
    _refused(early, 1, {}, bookings_client, bookings_given, bookings_expect)


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


def _fill(place: Place, given: Given, expect: Expect) -> None:
    """Takes all seats that are left."""
    if taken := left(given, expect, place, at_least=0):
        given.booking(place, "CONFIRMED", participants=taken)


def _refused(
    place: Place,
    participants: int,
    asked: dict[str, Any],
    client: Client,
    given: Given,
    expect: Expect,
) -> None:
    kind = place.service.kind
    body = given.body(place, participants=participants, **asked)
    answer = client.call("createBooking", body=body)
    also = STATUS_ASKED if "status" in asked else ()
    case = CASES[kind]
    expect.refused(answer, "CREATE-7", case, also=also, circumstance=f"not available, {kind}")
    nothing_made(given, expect, answer, body)


def _skipped(place: Place, client: Client, given: Given, expect: Expect) -> None:
    answer = client.call("createBooking", body=given.body(place, flow=SKIP))
    circumstance = f"skipped, {place.service.kind}"
    granted(given, expect, answer, "CREATE-7", circumstance=circumstance)


# CREATE-20


@pytest.mark.judges("CREATE-20")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_skipping_the_check_does_without_a_resource(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    body = _appointment(bookings_given, resource=False, flow=SKIP)
    creation = attempt(bookings_client, operation, body)
    if creation.refused:
        _open_without_a_resource(operation, bookings_client, bookings_given)
    refused_or_made(bookings_given, bookings_expect, creation, "CREATE-20")


def _open_without_a_resource(operation: str, client: Client, given: Given) -> None:
    """Goes on only if a resource may be left out at all, which is open too (CREATE-24)."""
    looked_at = {"skipAvailabilityValidation": False}
    plain = attempt(client, operation, _appointment(given, resource=False, flow=looked_at))
    if not plain.made:
        raise NotReached(f"an appointment without a resource was answered {plain.summary}")


@pytest.mark.judges("CREATE-20")
@pytest.mark.parametrize("resource", [True, False], ids=["a resource", "nothing skipped"])
def test_an_appointment_needs_a_resource_only_to_skip(
    resource: bool, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    flow = {"skipAvailabilityValidation": resource}
    body = _appointment(bookings_given, resource=resource, flow=flow)
    answer = bookings_client.call("createBooking", body=body)
    if answer.refused and not resource and not refused_for(answer, "CREATE-20"):
        raise NotReached(f"an appointment without a resource was answered {answer.summary}")
    circumstance = "with a resource" if resource else "nothing skipped"
    granted(bookings_given, bookings_expect, answer, "CREATE-20", circumstance=circumstance)


@pytest.mark.judges("CREATE-20", needs=())
@pytest.mark.parametrize("kind", SHARED)
def test_what_is_no_appointment_needs_no_resource(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    answer = bookings_client.call("createBooking", body=bookings_given.body(kind, flow=SKIP))
    granted(bookings_given, bookings_expect, answer, "CREATE-20", circumstance=kind)


def _appointment(given: Given, resource: bool, flow: Mapping[str, object]) -> dict[str, Any]:
    body = given.body(anywhere(given, "appointment"), flow=flow)
    slot = body["booking"]["bookedEntity"]["slot"]
    if not resource:
        slot.pop("resource", None)
    elif not slot["resource"]:
        raise NotJudged("the target file names no resource of an appointment")
    return body
