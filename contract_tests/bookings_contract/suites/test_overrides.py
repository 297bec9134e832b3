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
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

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
    operation: str,
    kind: str,
    flag: str,
    caller: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    body = bookings_given.body(plain(bookings_given, kind), flow={flag: True})
    creation = attempt(bookings_client, operation, body, caller)
    about = f"{flag} by a {caller}, {kind}"
    not_created(bookings_given, bookings_expect, creation, RULE, also=ANYWAY, circumstance=about)


@pytest.mark.parametrize("caller", CUSTOMERS)
@pytest.mark.parametrize("flag", CREATING)
def test_a_customer_overrides_nothing_in_the_second_of_two_bookings(
    flag: str,
    caller: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    first = bookings_given.body("class")
    second = bookings_given.body("class", flow={flag: True})
    call = {"createBookingsInfo": [first, second], "returnFullEntity": True}
    answer = bookings_client.call("bulkCreateBooking", body=call, caller=caller)
    about = f"{flag} by a {caller}, second of two"
    made = [
        result.get("item") or {}
        for result in (answer.at("results") if answer.accepted else ())
        if (result.get("itemMetadata") or {}).get("success")
    ]
    external = [item.get("externalUserId") for item in made]
    bookings_expect.that(
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
    kind: str,
    status: str,
    operation: str,
    flag: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    call = _change(operation, kind, status, bookings_given, {flag: True}, caller="member")
    answer = call.sent(bookings_client, caller="member")
    about = f"{flag} by a member, {kind}"
    bookings_expect.refused(answer, RULE, also=("AUTH-2", "AUTH-6"), circumstance=about)
    bookings_expect.unchanged(call.booking, f"{flag} by a member")


@pytest.mark.parametrize("caller", CUSTOMERS)
@pytest.mark.parametrize("flag", CREATING)
def test_a_customer_who_overrides_nothing_may_say_so_when_booking(
    flag: str,
    caller: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    service = plain(bookings_given, "class")
    body = bookings_given.body(service, flow={flag: False})
    creation = attempt(bookings_client, CREATE, body, caller)
    bare = None
    if creation.refused:
        bare = attempt(bookings_client, CREATE, bookings_given.body(service), caller)
    as_well(bookings_expect, creation, RULE, bare, f"{flag} false, by a {caller}")


@pytest.mark.judges(RULE)
@pytest.mark.parametrize(("operation", "flag"), CHANGING)
def test_a_member_who_overrides_nothing_may_say_so(
    operation: str,
    flag: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    call = _change(operation, "class", "CREATED", bookings_given, {flag: False}, caller="member")
    answer = call.sent(bookings_client, caller="member")
    if answer.refused:
        bare = _change(operation, "class", "CREATED", bookings_given, {}, caller="member")
        reached(bare.sent(bookings_client, caller="member"))
    bookings_expect.accepted(answer, RULE, circumstance=f"{flag} false, by a member")


@pytest.mark.judges(RULE, needs=("callers.app",))
@pytest.mark.parametrize("caller", ["owner", "app"])
@pytest.mark.parametrize("flag", CREATING)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_manages_bookings_overrides_in_a_new_booking(
    operation: str,
    flag: str,
    caller: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    service = plain(bookings_given, "class")
    body = bookings_given.body(service, flow={flag: True})
    creation = attempt(bookings_client, operation, body, caller)
    _may_lack_permission(creation.answer, bookings_given)
    bare = None
    if creation.refused:
        bare = attempt(bookings_client, operation, bookings_given.body(service), caller)
    as_well(bookings_expect, creation, RULE, bare, f"{flag} by {caller}")


@pytest.mark.judges(RULE, needs=("callers.app",))
@pytest.mark.parametrize("caller", ["owner", "app"])
@pytest.mark.parametrize(("operation", "flag"), CHANGING)
def test_who_manages_bookings_overrides_when_changing_one(
    operation: str,
    flag: str,
    caller: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    call = _change(operation, "class", "CREATED", bookings_given, {flag: True})
    answer = call.sent(bookings_client, caller=caller)
    _may_lack_permission(answer, bookings_given)
    if answer.refused:
        bare = _change(operation, "class", "CREATED", bookings_given, {})
        reached(bare.sent(bookings_client, caller=caller))
    bookings_expect.accepted(answer, RULE, circumstance=f"{flag} by {caller}")


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
