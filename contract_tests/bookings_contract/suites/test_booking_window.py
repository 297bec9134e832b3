"""Create Booking: no service is booked outside its booking window."""

from datetime import datetime, timedelta

import pytest
from attrs import evolve

from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import when
from bookings_contract.suites.support.creating import CREATE, OPERATIONS, Creation, attempt, refused
from bookings_contract.suites.support.creations import (
    CASES,
    KINDS,
    UNAVAILABLE,
    anywhere,
    refused_for,
)
from bookings_contract.testkit.scenario import Scenario

RULE = "CREATE-17"
CALLERS = ("owner", "app", "member", "visitor")
# Those who act for the business rather than for a customer.
BUSINESS = ("owner", "app")
LONG_AGO, A_WEEK = timedelta(weeks=150), timedelta(weeks=1)
A_MINUTE = timedelta(minutes=1)


def _held(creation: Creation) -> Creation:
    """A creation by the business itself: nothing says that its own window binds it."""
    if creation.made:
        raise NotJudged("the target lets the business itself book outside the window")
    return creation


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_service_is_not_booked_while_its_window_is_closed(
    operation: str, scenario: Scenario
) -> None:
    for service in scenario.client.target.all_services(book="closed"):
        scenario.expect.new_story()
        body = scenario.given.body(scenario.given.place(service))
        creation = attempt(scenario.client, operation, body)
        about = f"closed, {service.kind}"
        refused(scenario.given, scenario.expect, _held(creation), RULE, circumstance=about)


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param(
            name, marks=pytest.mark.judges(RULE, needs=("services.policy_book", f"callers.{name}"))
        )
        for name in CALLERS[1:]
    ],
)
def test_nobody_books_while_the_window_is_closed(caller: str, scenario: Scenario) -> None:
    service = scenario.given.service(book="closed")
    body = scenario.given.body(scenario.given.place(service))
    creation = attempt(scenario.client, CREATE, body, caller)
    also = ["AUTH-8"] if caller in ("member", "visitor") else []
    about = f"closed, by {caller}"
    if caller in BUSINESS:
        _held(creation)
    refused(scenario.given, scenario.expect, creation, RULE, also=also, circumstance=about)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("participants", [2, 3])
def test_the_window_is_closed_however_many_come(participants: int, scenario: Scenario) -> None:
    service = scenario.given.service(book="closed")
    if service.kind == "appointment":
        raise NotJudged("an appointment is for one, for all that is known")
    body = scenario.given.body(scenario.given.place(service), participants=participants)
    creation = attempt(scenario.client, CREATE, body)
    about = f"closed, {participants} participants"
    also = [(UNAVAILABLE, CASES[service.kind])]
    held = _held(creation)
    refused(scenario.given, scenario.expect, held, RULE, also=also, circumstance=about)


@pytest.mark.judges(RULE, needs=("services.appointment",))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_long_over_is_not_booked(operation: str, scenario: Scenario) -> None:
    place = anywhere(scenario.given, "appointment")
    if place.start is None:
        raise NotJudged(f"the target file names no slots of {place.service.name}")
    body = scenario.given.body(evolve(place, start=_long_over(place.start)))
    creation = attempt(scenario.client, operation, body)
    also = [(UNAVAILABLE, "slot")]
    held = _held(creation)
    refused(scenario.given, scenario.expect, held, RULE, also=also, circumstance="over")


@pytest.mark.judges(RULE, needs=("control",))
@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_what_has_begun_is_not_booked(kind: str, scenario: Scenario) -> None:
    place = anywhere(scenario.given, kind)
    start, _ = when(place)
    scenario.client.control("POST", "clock", {"set": (start + A_MINUTE).isoformat()})
    creation = attempt(scenario.client, CREATE, scenario.given.body(place))
    also = [(UNAVAILABLE, CASES[kind])]
    about = f"begun, {kind}"
    refused(scenario.given, scenario.expect, creation, RULE, also=also, circumstance=about)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
def test_a_window_that_is_open_lets_bookings_in(kind: str, scenario: Scenario) -> None:
    creation = attempt(scenario.client, CREATE, scenario.given.body(anywhere(scenario.given, kind)))
    # A refusal may have any reason: a wrong one is only that of this rule.
    if creation.made or refused_for(creation.answer, RULE):
        scenario.expect.accepted(creation.answer, RULE, circumstance=f"open, {kind}")
    else:
        raise NotJudged(f"creating a booking was answered {creation.summary}")


def _long_over(start: datetime) -> datetime:
    """The same time of a week that is over by the target's clock and by ours, however far ahead."""
    ahead = max(start.astimezone() - datetime.now().astimezone(), timedelta())
    return start - LONG_AGO - A_WEEK * (ahead // A_WEEK + 1)
