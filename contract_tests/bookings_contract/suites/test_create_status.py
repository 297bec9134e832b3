"""Create Booking: which status a new booking has, and which one no booking is given."""

from typing import Any

import pytest

import bookings_openapi
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.suites.support.creations import (
    KINDS,
    STATUS_ASKED,
    alone,
    anywhere,
    granted,
    looks,
    nothing_made,
    seats,
)
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

# What CREATE-11 speaks of besides creating: every move that a CREATED booking can be asked for.
MOVES = [
    name
    for name, move in bookings_openapi.lifecycle().items()
    if name in bookings_openapi.rules()["CREATE-11"].operations and (move.sources or move.open)
]


# CREATE-4


@pytest.mark.judges("CREATE-4")
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "manual approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_booking_is_created(kind: str, approval: bool, scenario: Scenario) -> None:
    service = scenario.given.service(kind, manual_approval=approval, variants=False, book="open")
    body = scenario.given.body(anywhere(scenario.given, service))
    circumstance = f"{kind}, {'manual approval' if approval else 'automatic'}"
    _is_created(body, circumstance, "owner", scenario)


@pytest.mark.judges("CREATE-4")
@pytest.mark.parametrize(
    "setting",
    ["skipBusinessConfirmation", "skipAvailabilityValidation"],
)
def test_a_check_that_is_skipped_confirms_nothing_yet(setting: str, scenario: Scenario) -> None:
    body = scenario.given.body("class", flow={setting: True})
    _is_created(body, setting, "owner", scenario)


@pytest.mark.judges("CREATE-4")
@pytest.mark.parametrize("caller", ["owner", "app", "member", "visitor"])
@pytest.mark.parametrize("asked", [None, "CREATED"])
def test_whoever_books_the_new_booking_is_created(
    caller: str, asked: str | None, scenario: Scenario
) -> None:
    body = scenario.given.body("class", status=asked)
    said = f"by {caller}{', asked for' if asked else ''}"
    _is_created(body, said, caller, scenario)


def _is_created(
    body: dict[str, Any],
    circumstance: str,
    caller: str,
    scenario: Scenario,
) -> None:
    answer = scenario.client.call("createBooking", body=body, caller=caller)
    if not granted(scenario, answer, "CREATE-4", circumstance=circumstance):
        return
    for seen, at in looks(scenario, answer):
        scenario.expect.equal(
            "CREATE-4", seen.status, "CREATED", of="status", circumstance=circumstance, at=at
        )


# CREATE-11


@pytest.mark.judges("CREATE-11")
@pytest.mark.parametrize("caller", ["owner", "app"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_place_on_the_waiting_list_cannot_be_asked_for(
    kind: str, caller: str, scenario: Scenario
) -> None:
    body = scenario.given.body(anywhere(scenario.given, kind), status="WAITING_LIST")
    answer = scenario.client.call("createBooking", body=body, caller=caller)
    circumstance = f"at creation, {kind}, by {caller}"
    scenario.expect.refused(answer, "CREATE-11", also=STATUS_ASKED, circumstance=circumstance)
    nothing_made(scenario.given, scenario.expect, answer, body)


@pytest.mark.judges("CREATE-11")
@pytest.mark.parametrize("asked", [False, True], ids=["plain", "asked for"])
@pytest.mark.parametrize("operation", MOVES)
def test_no_operation_puts_a_created_booking_on_the_waiting_list(
    operation: str, asked: bool, scenario: Scenario
) -> None:
    booking = scenario.given.booking("class")
    body = _needed(operation, scenario.given) | ({"status": "WAITING_LIST"} if asked else {})
    _never_waits(operation, booking, body, scenario)


@pytest.mark.judges("CREATE-11", needs=("exclusive_session",))
@pytest.mark.parametrize("operation", ["confirmBooking", "confirmOrDeclineBooking"])
def test_a_full_session_puts_nobody_on_the_waiting_list(operation: str, scenario: Scenario) -> None:
    place = alone(scenario.given, "class")
    booking = scenario.given.booking(place)
    scenario.given.booking(place, "CONFIRMED", participants=seats(place))
    _never_waits(operation, booking, {}, scenario)


def _never_waits(
    operation: str,
    booking: Seen,
    body: dict[str, Any],
    scenario: Scenario,
) -> None:
    answer = scenario.client.act(operation, booking, body)
    answered = answer.booking.status if answer.accepted else None
    if not _judge_waiting(answered, operation, scenario.expect, answer):
        return
    scenario.given.settle()
    after = scenario.given.read(booking.id)
    _judge_waiting(after.status if after else None, operation, scenario.expect, None)


def _judge_waiting(status: str | None, operation: str, expect: Expect, at: Answer | None) -> bool:
    return expect.that(
        "CREATE-11",
        status != "WAITING_LIST",
        expected="any status but WAITING_LIST",
        actual=f"status {status}",
        circumstance=f"by {operation}",
        at=at,
    )


def _needed(operation: str, given: Given) -> dict[str, Any]:
    if operation == "rescheduleBooking":
        return {"slot": given.session().slot}
    return {"totalParticipants": 2} if operation == "updateNumberOfParticipants" else {}
