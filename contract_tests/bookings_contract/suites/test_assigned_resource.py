"""Create Booking, and Confirm after it: when an appointment without a resource is assigned one."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.arranged import plain
from bookings_contract.suites.support.calls import reached
from bookings_contract.suites.support.creating import (
    CREATE,
    OPERATIONS,
    Creation,
    attempt,
    looked_for,
    refused_or_made,
)
from bookings_contract.suites.support.deciding import SKIP_APPROVAL_CHECK, looked_up
from bookings_contract.target.model import Service
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "CREATE-24"

CONFIRMING: Mapping[str, Callable[[Client, Seen], Answer]] = {
    "confirmBooking": lambda client, booking: client.act("confirmBooking", booking),
    "confirmOrDeclineBooking": lambda client, booking: client.act(
        "confirmOrDeclineBooking", booking
    ),
    "confirmBooking, from PENDING": lambda client, booking: client.act(
        "confirmBooking",
        reached(client.act("markBookingAsPending", booking, SKIP_APPROVAL_CHECK)).booking,
    ),
}


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("way", CONFIRMING)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_when_a_missing_resource_is_assigned(operation: str, way: str, scenario: Scenario) -> None:
    creation = _unassigned(operation, scenario.given)
    if creation.refused:
        _judge_refusal(creation, operation, scenario)
        return
    booking = creation.booking
    told, stored = (_resource(booking), _resource_of(looked_for(scenario.given, creation)))
    if stored not in (told, UNREAD):
        said = f"{_named(told)} answered, {_named(stored)} when read again"
        scenario.expect.reading(RULE, None, actual=said)
        return
    confirmed = CONFIRMING[way](scenario.client, booking)
    if not confirmed.accepted or confirmed.booking.status != "CONFIRMED":
        raise NotReached(f"confirming it was answered {confirmed.summary}")
    after = _after(scenario.given, confirmed.booking)
    letter = _letter(told, after, creation)
    said = f"{_named(told)} at first, {_named(after)} once it is CONFIRMED"
    scenario.expect.reading(RULE, letter, actual=said)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_appointment_that_begins_confirmed_has_a_resource(
    operation: str, scenario: Scenario
) -> None:
    creation = _unassigned(operation, scenario.given, status="CONFIRMED")
    if not creation.made:
        raise NotReached(f"an appointment without a resource was answered {creation.summary}")
    told = _resource(creation.booking)
    stored = _resource_of(looked_for(scenario.given, creation))
    scenario.expect.that(
        RULE,
        told and stored,
        expected="a resource, as for every appointment that is CONFIRMED",
        actual=f"{_named(told)} answered, {_named(stored)} when read again",
        circumstance="CONFIRMED at creation",
    )


@pytest.mark.judges(RULE)
def test_a_resource_that_was_named_is_kept(scenario: Scenario) -> None:
    place = scenario.given.slot(_service(scenario.given))
    named = place.service.resource_id
    if named is None:
        raise NotReached(f"the target file names no resource_id of {place.service.name}")
    booking = attempt(scenario.client, CREATE, scenario.given.body(place)).booking
    confirmed = reached(scenario.client.act("confirmBooking", booking)).booking
    for seen, when in ((booking, "created"), (confirmed, "confirmed")):
        scenario.expect.equal(
            RULE, _resource(seen), named, of=f"resource when {when}", circumstance="named"
        )


UNREAD = "unread"


def _service(given: Given) -> Service:
    return plain(given, "appointment")


def _unassigned(operation: str, given: Given, **booking: Any) -> Creation:
    """An appointment that names no resource, nor how one is chosen."""
    place = given.slot(_service(given))
    slot = {key: value for key, value in place.slot.items() if key != "resource"}
    body = given.body(place, bookedEntity={"slot": slot}, **booking)
    return attempt(given.client, operation, body)


def _judge_refusal(creation: Creation, operation: str, scenario: Scenario) -> None:
    """That a resource has to be chosen is legal, if one that is named will do."""
    place = scenario.given.slot(_service(scenario.given))
    if place.service.resource_id is None:
        raise NotReached(f"an appointment without a resource was answered {creation.summary}")
    named = attempt(scenario.given.client, operation, scenario.given.body(place))
    if not named.made:
        raise NotReached(f"an appointment with a resource was answered {named.summary}")
    refused_or_made(scenario, creation, RULE, refused="C")


def _letter(first: str | None, after: str | None, creation: Creation) -> str | None:
    if after is None:
        return None
    if first is None:
        return "A"
    return "B" if first == after else None


def _after(given: Given, confirmed: Seen) -> str | None:
    """The resource of a confirmed booking, if its answer and what is stored agree on one."""
    stored = looked_up(given, confirmed)
    told, kept = _resource(confirmed), _resource(stored)
    return told if told == kept else None


def _resource_of(seen: Seen | None) -> str | None:
    return UNREAD if seen is None else _resource(seen)


def _resource(seen: Seen) -> str | None:
    resource = seen.slot.get("resource") or {}
    return resource.get("id") or resource.get("name") or None


def _named(resource: str | None) -> str:
    return f"resource {resource}" if resource else "no resource"
