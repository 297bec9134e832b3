"""Appointments of two services that share a resource: whether they are in each other's way."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.arranged import moved_or_not
from bookings_contract.suites.support.deciding import looked_up, settled
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "CONFIRMATION-10"
DIRECTIONS = pytest.mark.parametrize("turned", [False, True], ids=["one way", "the other way"])


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("paid", ["NOT_PAID", "PAID"])
@DIRECTIONS
def test_whether_another_service_of_the_resource_is_a_double_booking(
    turned: bool, paid: str, scenario: Scenario
) -> None:
    taken, place = _overlapping(scenario.given, turned)
    late = scenario.given.booking(place)
    scenario.given.booking(taken, "CONFIRMED")
    answer = settled(scenario.client, late, paid)
    if not answer.accepted:
        raise NotReached(f"deciding on it was answered {answer.summary}")
    said, after = answer.booking, looked_up(scenario.given, answer.booking)
    letter = _conflict(said, paid) if _conflict(said, paid) == _conflict(after, paid) else None
    told = f"{_shown(said)} answered, {_shown(after)} when read again"
    scenario.expect.reading(RULE, letter, actual=told)


@pytest.mark.judges(RULE)
@DIRECTIONS
def test_whether_the_time_of_another_service_of_the_resource_can_be_booked(
    turned: bool, scenario: Scenario
) -> None:
    taken, place = _overlapping(scenario.given, turned)
    _require_free(scenario.given, place)
    scenario.given.booking(taken, "CONFIRMED")
    answer = scenario.client.call("createBooking", body=scenario.given.body(place))
    if not answer.accepted:
        if answer.status not in (409, 428):
            raise NotReached(f"booking it was answered {answer.summary}")
        scenario.expect.reading(RULE, "A", actual=answer.summary)
        return
    after = looked_up(scenario.given, answer.booking)
    letter = "B" if after.status == answer.booking.status else None
    scenario.expect.reading(RULE, letter, actual=f"{answer.summary}; then {after}")


@pytest.mark.judges(RULE)
@DIRECTIONS
def test_whether_a_booking_moves_to_the_time_of_another_service_of_the_resource(
    turned: bool, scenario: Scenario
) -> None:
    taken, place = _overlapping(scenario.given, turned)
    _require_free(scenario.given, place)
    booking = scenario.given.booking(_apart(place, taken), "CONFIRMED")
    scenario.given.booking(taken, "CONFIRMED")
    before = looked_up(scenario.given, booking)
    answer = scenario.client.act("rescheduleBooking", before, {"slot": place.slot})
    after = looked_up(scenario.given, answer.booking if answer.accepted else before)
    letter = moved_or_not(before, answer, after)
    scenario.expect.reading(RULE, letter, actual=f"{answer.summary}; then {after}")


@pytest.mark.judges(RULE)
@DIRECTIONS
def test_one_after_the_other_they_are_in_nobodys_way(turned: bool, scenario: Scenario) -> None:
    taken, other = _overlapping(scenario.given, turned)
    place = _apart(other, taken)
    late = scenario.given.booking(place)
    scenario.given.booking(taken, "CONFIRMED")
    answer = settled(scenario.client, late, "NOT_PAID")
    if not answer.accepted:
        raise NotReached(f"deciding on it was answered {answer.summary}")
    if answer.booking.status == "DECLINED" and not scenario.given.client.target.ours:
        raise NotJudged(f"somebody else may have booked {place.service.name} meanwhile")
    scenario.expect.equal(
        RULE,
        answer.booking.status,
        "CONFIRMED",
        of="status",
        circumstance="apart",
        at=answer,
    )


def _overlapping(given: Given, turned: bool) -> tuple[Place, Place]:
    """Places of two services with one resource, the second while the first goes on."""
    for one, other in _pairs(given):
        first, second = (other, one) if turned else (one, other)
        shared = {*_starts(second)}
        # The first slots of all are where other stories begin.
        for start in reversed(_starts(first)):
            if start in shared:
                return Place(first, start=start), Place(second, start=start)
    raise NotJudged("the target file names no slots at one time of two services with one resource")


def _pairs(given: Given) -> Iterator[tuple[Service, Service]]:
    services = given.client.target.all_services(
        "appointment", manual_approval=False, variants=False, book="open", reschedule="allowed"
    )
    for number, one in enumerate(services):
        for other in services[number + 1 :]:
            if one.resource_id and one.resource_id == other.resource_id and one.id != other.id:
                yield one, other


def _starts(service: Service) -> tuple[datetime, ...]:
    return service.slots.starts() if service.slots else ()


def _apart(place: Place, taken: Place) -> Place:
    """The service of a place, a good while before the time that is taken."""
    if place.start is None or taken.start is None:
        raise NotJudged("an appointment without a time")
    distance = max(place.length, taken.length) + timedelta(hours=1)
    for start in reversed(_starts(place.service)):
        if start + distance <= taken.start:
            return Place(place.service, start=start)
    raise NotJudged(f"the target file names too few slots of {place.service.name}")


def _require_free(given: Given, place: Place) -> None:
    if not given.accepts(place):
        raise NotJudged(f"the time of {place.service.name} is taken already")


def _conflict(seen: Seen, paid: str) -> str | None:
    """A: the booking shows a conflict, as its payment has it. B: it shows none."""
    if paid == "PAID":
        flagged = {True: "A", False: "B"}[seen.double_booked]
        return flagged if seen.status == "CONFIRMED" else None
    return {"DECLINED": "A", "CONFIRMED": "B"}.get(seen.status)


def _shown(seen: Seen) -> str:
    return f"{seen.status}, doubleBooked {seen.double_booked}"
