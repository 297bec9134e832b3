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
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given


@pytest.mark.judges("CONFIRMATION-7", needs=())
@pytest.mark.parametrize("variants", [False, True], ids=["total", "choices"])
@pytest.mark.parametrize(("wish", "over"), [(1, 0), (2, 0), (2, 1), (1, 1)])
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_more_than_is_left_is_a_conflict_and_just_as_much_is_none(
    kind: str,
    wish: int,
    over: int,
    variants: bool,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind, seats=3, variants=variants)
    late = bookings_given.booking(place, participants=wish)
    _fill(bookings_given, place, left - wish + over)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-7",
        settled(bookings_client, late, "NOT_PAID"),
        circumstance=f"{kind}, {wish} wanted, {wish - over} left",
        status="DECLINED" if over else "CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=())
@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_all_who_are_confirmed_count(
    kind: str,
    over: int,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind, seats=3)
    late = bookings_given.booking(place)
    bookings_given.booking(place, "CONFIRMED", participants=left - 2)
    bookings_given.booking(place, "CONFIRMED", participants=1 + over)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-7",
        settled(bookings_client, late, "NOT_PAID"),
        circumstance=f"{kind}, two others, {1 - over} left",
        status="DECLINED" if over else "CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=())
@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_only_a_conflict_is_flagged(
    kind: str,
    over: int,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind, seats=3)
    late = bookings_given.booking(place, participants=2)
    bookings_given.booking(place, "CONFIRMED", participants=left - 2 + over)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-7",
        settled(bookings_client, late, "PAID"),
        circumstance=f"{kind}, PAID, 2 wanted, {2 - over} left",
        double_booked=bool(over),
    )


@pytest.mark.judges("CONFIRMATION-7", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_of_everything_is_not_in_its_own_way(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind)
    whole = bookings_given.booking(place, participants=left)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-7",
        settled(bookings_client, whole, "NOT_PAID"),
        circumstance=f"{kind}, all of it",
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_who_has_only_created_a_booking_is_in_nobodys_way(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind)
    bookings_given.booking(place, participants=left)
    booking = bookings_given.booking(place)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-7",
        settled(bookings_client, booking, "NOT_PAID"),
        circumstance=f"{kind}, the other is CREATED",
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=())
def test_another_session_of_the_class_is_no_conflict(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    taken, left = fillable(bookings_given, bookings_expect, "class")
    other = bookings_given.session(taken.service, capacity=taken.capacity)
    booking = bookings_given.booking(other)
    bookings_given.booking(taken, "CONFIRMED", participants=left)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-7",
        settled(bookings_client, booking, "NOT_PAID"),
        circumstance="class, another session is full",
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=("services.appointment",))
@pytest.mark.parametrize("late_is", ["at the same time", "later", "earlier"])
def test_an_overlapping_appointment_is_a_conflict(
    late_is: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = _appointment(bookings_given)
    other = place if late_is == "at the same time" else _moved(place, _half(place))
    first, second = (other, place) if late_is == "earlier" else (place, other)
    late = bookings_given.booking(second)
    bookings_given.booking(first, "CONFIRMED")
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-7",
        settled(bookings_client, late, "NOT_PAID"),
        circumstance=f"appointment, overlapping, {late_is}",
        status="DECLINED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=("services.appointment",))
@pytest.mark.parametrize("late_is", ["later", "earlier"])
@pytest.mark.parametrize("odd_is", ["overlapping", "adjacent"])
def test_only_an_overlapping_appointment_is_a_conflict_at_odd_times_too(
    odd_is: str,
    late_is: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    one = _appointment(bookings_given)
    first, second = sorted((one, bookings_given.slot(one.service)), key=_start)
    place, way = (second, -1) if late_is == "later" else (first, 1)
    by = place.length / 2 if odd_is == "overlapping" else place.length
    late = bookings_given.booking(place)
    # Nobody looks whether an odd time is offered, where they are told not to.
    odd = _moved(place, way * by)
    bookings_given.booking(odd, "CONFIRMED", flow=SKIP_AVAILABILITY)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-7",
        settled(bookings_client, late, "NOT_PAID"),
        circumstance=f"appointment, {odd_is} at an odd time, {late_is}",
        status="DECLINED" if odd_is == "overlapping" else "CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=("services.appointment",))
@pytest.mark.parametrize("late_is", ["later", "earlier"])
def test_an_adjacent_appointment_is_no_conflict(
    late_is: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = _appointment(bookings_given)
    following = _moved(place, place.length)
    first, second = (following, place) if late_is == "earlier" else (place, following)
    late = bookings_given.booking(second)
    bookings_given.booking(first, "CONFIRMED")
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-7",
        settled(bookings_client, late, "NOT_PAID"),
        circumstance=f"appointment, adjacent, {late_is}",
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRMATION-7", needs=("services.appointment",))
def test_another_service_of_another_resource_at_that_time_is_no_conflict(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    one, other = _at_once(bookings_given)
    late = bookings_given.booking(other)
    bookings_given.booking(one, "CONFIRMED")
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-7",
        settled(bookings_client, late, "NOT_PAID"),
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
