"""Reschedule Booking and the status: a move leaves it, unless it waives the owner's approval."""

import pytest

from bookings_contract.suites.support.arranged import plain_for
from bookings_contract.suites.support.calls import elsewhere, reached
from bookings_contract.suites.support.deciding import shows
from bookings_contract.testkit.scenario import Scenario

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
def test_a_move_leaves_the_status(kind: str, status: str, said: str, scenario: Scenario) -> None:
    _judge_moved(kind, status, HEEDED[said], status, scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", MOVABLE)
def test_a_move_that_waives_the_approval_confirms_what_was_pending(
    kind: str, scenario: Scenario
) -> None:
    _judge_moved(kind, "PENDING", WAIVED, "CONFIRMED", scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("status", ["CREATED", "CONFIRMED"])
@pytest.mark.parametrize("kind", MOVABLE)
def test_waiving_the_approval_leaves_what_was_not_pending(
    kind: str, status: str, scenario: Scenario
) -> None:
    _judge_moved(kind, status, WAIVED, status, scenario)


def _judge_moved(
    kind: str,
    status: str,
    flow: dict[str, dict[str, bool]],
    wanted: str,
    scenario: Scenario,
) -> None:
    place = scenario.given.place(plain_for(scenario.given, kind, status))
    booking = scenario.given.booking(place, status)
    body = {"slot": elsewhere(scenario.given, place).slot, **flow}
    answer = reached(scenario.client.act("rescheduleBooking", booking, body))
    settings = flow.get("flowControlSettings", {})
    about = ", ".join([f"{kind} from {status}", *(f"{k} {v}" for k, v in settings.items())])
    shows(scenario, RULE, answer, circumstance=about, status=wanted)
