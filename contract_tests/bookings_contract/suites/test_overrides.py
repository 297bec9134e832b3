"""Callers: who may override the usual course by flow control settings, and who may not."""

from collections.abc import Mapping
from typing import Any

import pytest

import bookings_openapi
from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.arranged import plain
from bookings_contract.suites.support.calls import elsewhere, reached
from bookings_contract.suites.support.creating import (
    CREATE,
    OPERATIONS,
    as_well,
    attempt,
    refused as not_created,
)
from bookings_contract.suites.support.valid import Valid
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "AUTH-7"
KINDS = ("class", "appointment", "course")
CUSTOMERS = [
    pytest.param(name, marks=pytest.mark.judges(RULE, needs=(f"callers.{name}",)))
    for name in ("member", "visitor")
]
# What a customer may be refused for besides: that customers book or change others' bookings.
ANYWAY = ("AUTH-8", "AUTH-2", "AUTH-6")

CREATING = ("skipAvailabilityValidation", "skipSelectedPaymentOptionValidation")
CHANGING = [
    ("rescheduleBooking", "skipAvailabilityValidation"),
    ("rescheduleBooking", "ignoreReschedulePolicy"),
    ("cancelBooking", "ignoreCancellationPolicy"),
]


@pytest.mark.parametrize("caller", CUSTOMERS)
@pytest.mark.parametrize("flag", CREATING)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_customer_overrides_nothing_in_a_new_booking(
    operation: str, kind: str, flag: str, caller: str, scenario: Scenario
) -> None:
    body = scenario.given.body(plain(scenario.given, kind), flow={flag: True})
    creation = attempt(scenario.client, operation, body, caller)
    about = f"{flag} by a {caller}, {kind}"
    not_created(scenario.given, scenario.expect, creation, RULE, also=ANYWAY, circumstance=about)


@pytest.mark.parametrize("caller", CUSTOMERS)
@pytest.mark.parametrize("flag", CREATING)
def test_a_customer_overrides_nothing_in_the_second_of_two_bookings(
    flag: str, caller: str, scenario: Scenario
) -> None:
    first = scenario.given.body("class")
    second = scenario.given.body("class", flow={flag: True})
    call = {"createBookingsInfo": [first, second], "returnFullEntity": True}
    answer = scenario.client.call("bulkCreateBooking", body=call, caller=caller)
    about = f"{flag} by a {caller}, second of two"
    made = [
        result.get("item") or {}
        for result in (answer.at("results") if answer.accepted else ())
        if (result.get("itemMetadata") or {}).get("success")
    ]
    external = [item.get("externalUserId") for item in made]
    scenario.expect.that(
        RULE,
        answer.refused or second["booking"]["externalUserId"] not in external,
        expected="the booking that overrides is not made",
        actual=answer.summary,
        circumstance=about,
        at=answer,
    )


@pytest.mark.judges(RULE)
@pytest.mark.parametrize(("operation", "flag"), CHANGING)
@pytest.mark.parametrize("status", ["CREATED", "CONFIRMED"])
@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_a_member_overrides_nothing_in_a_booking_of_its_own(
    kind: str, status: str, operation: str, flag: str, scenario: Scenario
) -> None:
    call = _change(operation, kind, status, scenario.given, {flag: True}, caller="member")
    answer = call.sent(scenario.client, caller="member")
    about = f"{flag} by a member, {kind}"
    scenario.expect.refused(answer, RULE, also=("AUTH-2", "AUTH-6"), circumstance=about)
    scenario.expect.unchanged(call.booking, f"{flag} by a member")


@pytest.mark.parametrize("caller", CUSTOMERS)
@pytest.mark.parametrize("flag", CREATING)
def test_a_customer_who_overrides_nothing_may_say_so_when_booking(
    flag: str, caller: str, scenario: Scenario
) -> None:
    service = plain(scenario.given, "class")
    body = scenario.given.body(service, flow={flag: False})
    creation = attempt(scenario.client, CREATE, body, caller)
    bare = None
    if creation.refused:
        bare = attempt(scenario.client, CREATE, scenario.given.body(service), caller)
    as_well(scenario.expect, creation, RULE, bare, f"{flag} false, by a {caller}")


@pytest.mark.judges(RULE)
@pytest.mark.parametrize(("operation", "flag"), CHANGING)
def test_a_member_who_overrides_nothing_may_say_so(
    operation: str, flag: str, scenario: Scenario
) -> None:
    call = _change(operation, "class", "CREATED", scenario.given, {flag: False}, caller="member")
    answer = call.sent(scenario.client, caller="member")
    if answer.refused:
        bare = _change(operation, "class", "CREATED", scenario.given, {}, caller="member")
        reached(bare.sent(scenario.client, caller="member"))
    scenario.expect.accepted(answer, RULE, circumstance=f"{flag} false, by a member")


@pytest.mark.judges(RULE, needs=("callers.app",))
@pytest.mark.parametrize("caller", ["owner", "app"])
@pytest.mark.parametrize("flag", CREATING)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_manages_bookings_overrides_in_a_new_booking(
    operation: str, flag: str, caller: str, scenario: Scenario
) -> None:
    service = plain(scenario.given, "class")
    body = scenario.given.body(service, flow={flag: True})
    creation = attempt(scenario.client, operation, body, caller)
    _may_lack_permission(creation.answer, scenario.given)
    bare = None
    if creation.refused:
        bare = attempt(scenario.client, operation, scenario.given.body(service), caller)
    as_well(scenario.expect, creation, RULE, bare, f"{flag} by {caller}")


@pytest.mark.judges(RULE, needs=("callers.app",))
@pytest.mark.parametrize("caller", ["owner", "app"])
@pytest.mark.parametrize(("operation", "flag"), CHANGING)
def test_who_manages_bookings_overrides_when_changing_one(
    operation: str, flag: str, caller: str, scenario: Scenario
) -> None:
    call = _change(operation, "class", "CREATED", scenario.given, {flag: True})
    answer = call.sent(scenario.client, caller=caller)
    _may_lack_permission(answer, scenario.given)
    if answer.refused:
        bare = _change(operation, "class", "CREATED", scenario.given, {})
        reached(bare.sent(scenario.client, caller=caller))
    scenario.expect.accepted(answer, RULE, circumstance=f"{flag} by {caller}")


def _change(
    operation: str,
    kind: str,
    status: str,
    given: Given,
    flow: Mapping[str, bool],
    caller: str = "owner",
) -> Valid:
    """A change of a booking of the caller's, which nothing but the setting speaks against."""
    place = given.place(plain(given, kind))
    booking = given.booking(place, status, caller=caller)
    body: dict[str, Any] = {"flowControlSettings": dict(flow)} if flow else {}
    if operation == "rescheduleBooking":
        body["slot"] = elsewhere(given, place).slot
    return Valid(operation, body, booking)


def _may_lack_permission(answer: Answer, given: Given) -> None:
    """Which of those who manage bookings hold the permission is for a site to decide."""
    row = bookings_openapi.rules()[RULE].answer()
    denied = row is not None and answer.status in row.status
    if denied and not given.client.target.ours:
        raise NotReached(f"the caller may lack the permission to override: {answer.summary}")
