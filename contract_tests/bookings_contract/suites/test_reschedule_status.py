"""Reschedule Booking and the status: a move leaves it, unless it waives the owner's approval."""

import pytest

from bookings_contract.suites.support.arranged import plain_for
from bookings_contract.suites.support.calls import elsewhere, reached
from bookings_contract.suites.support.deciding import shows
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

RULE = "RESCHEDULE-7"
MOVABLE = ("appointment", "class")
WAIVED = {"flowControlSettings": {"skipBusinessConfirmation": True}}
# What a move can say without waiving anything.
HEEDED = {
    "left out": {},
    "false": {"flowControlSettings": {"skipBusinessConfirmation": False}},
    "another setting": {"flowControlSettings": {"skipAvailabilityValidation": True}},
}


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("said", HEEDED)
@pytest.mark.parametrize("status", ["PENDING", "CONFIRMED"])
@pytest.mark.parametrize("kind", MOVABLE)
def test_a_move_leaves_the_status(
    kind: str,
    status: str,
    said: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    _judge_moved(
        kind, status, HEEDED[said], status, bookings_client, bookings_given, bookings_expect
    )


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", MOVABLE)
def test_a_move_that_waives_the_approval_confirms_what_was_pending(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    _judge_moved(
        kind, "PENDING", WAIVED, "CONFIRMED", bookings_client, bookings_given, bookings_expect
    )


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("status", ["CREATED", "CONFIRMED"])
@pytest.mark.parametrize("kind", MOVABLE)
def test_waiving_the_approval_leaves_what_was_not_pending(
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    _judge_moved(kind, status, WAIVED, status, bookings_client, bookings_given, bookings_expect)


def _judge_moved(
    kind: str,
    status: str,
    flow: dict[str, dict[str, bool]],
    wanted: str,
    client: Client,
    given: Given,
    expect: Expect,
) -> None:
    place = given.place(plain_for(given, kind, status))
    booking = given.booking(place, status)
    body = {"slot": elsewhere(given, place).slot, **flow}
    answer = reached(client.act("rescheduleBooking", booking, body))
    settings = flow.get("flowControlSettings", {})
    about = ", ".join([f"{kind} from {status}", *(f"{k} {v}" for k, v in settings.items())])
    shows(expect, given, RULE, answer, circumstance=about, status=wanted)
