"""Create Booking: which statuses may be asked for besides CREATED, and by whom."""

import pytest

from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.creating import (
    OPERATIONS,
    Creation,
    attempt,
    exists,
    looked_for,
    refused,
)
from bookings_contract.suites.support.creations import KINDS, UNAVAILABLE, anywhere, refused_for
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "CREATE-10"
OTHERS = ("PENDING", "DECLINED", "CANCELED")
EITHER_ANSWER = [(RULE, "status"), (RULE, "caller")]
CUSTOMERS = [
    pytest.param(name, marks=pytest.mark.judges(RULE, needs=(f"callers.{name}",)))
    for name in ("member", "visitor")
]


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_whether_an_app_may_ask_for_confirmed(
    operation: str, kind: str, scenario: Scenario
) -> None:
    body = scenario.given.body(scenario.given.place(kind), status="CONFIRMED")
    creation = attempt(scenario.client, operation, body, "app")
    _judge_reading(creation, "CONFIRMED", "AB", scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("status", OTHERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_whether_the_owner_may_ask_for_another_status(
    operation: str, kind: str, status: str, scenario: Scenario
) -> None:
    body = scenario.given.body(scenario.given.place(kind), status=status)
    creation = attempt(scenario.client, operation, body, "owner")
    _judge_reading(creation, status, "BA", scenario)


@pytest.mark.judges(RULE, needs=())
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_owner_may_ask_for_confirmed_either_way(
    operation: str, kind: str, scenario: Scenario
) -> None:
    body = scenario.given.body(scenario.given.place(kind), status="CONFIRMED")
    creation = attempt(scenario.client, operation, body, "owner")
    _must_be_free(creation)
    scenario.expect.that(
        RULE,
        _as_asked(creation, "CONFIRMED", scenario.given),
        expected="a booking that is CONFIRMED, as the owner asked",
        actual=_state(creation, scenario.given),
        circumstance=f"CONFIRMED by the owner, {kind}",
    )


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("status", OTHERS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_app_may_ask_for_no_other_status_either_way(
    operation: str, status: str, scenario: Scenario
) -> None:
    body = scenario.given.body(anywhere(scenario.given, "class"), status=status)
    creation = attempt(scenario.client, operation, body, "app")
    about = f"{status} by an app"
    refused(
        scenario.given,
        scenario.expect,
        creation,
        RULE,
        also=EITHER_ANSWER,
        circumstance=about,
    )


@pytest.mark.parametrize("caller", CUSTOMERS)
@pytest.mark.parametrize("status", ["CONFIRMED", *OTHERS])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_customer_may_ask_for_no_status_either_way(
    operation: str, status: str, caller: str, scenario: Scenario
) -> None:
    body = scenario.given.body(anywhere(scenario.given, "class"), status=status)
    creation = attempt(scenario.client, operation, body, caller)
    about = f"{status} by a {caller}"
    refused(
        scenario.given,
        scenario.expect,
        creation,
        RULE,
        also=[*EITHER_ANSWER, "AUTH-8"],
        circumstance=about,
    )


def _judge_reading(creation: Creation, status: str, letters: str, scenario: Scenario) -> None:
    """The first letter if the status was given, the second if it was refused."""
    _must_be_free(creation)
    if creation.answer.refused:
        scenario.expect.refused(creation.answer, RULE, also=EITHER_ANSWER)
    letter = None
    if _as_asked(creation, status, scenario.given):
        letter = letters[0]
    elif creation.refused and not exists(scenario.given, creation):
        letter = letters[1]
    scenario.expect.reading(RULE, letter, actual=_state(creation, scenario.given))


def _as_asked(creation: Creation, status: str, given: Given) -> bool:
    """Whether the booking has the status by its answer, and as it is stored."""
    if not creation.made or creation.booking.status != status:
        return False
    stored = looked_for(given, creation)
    return stored is None or stored.status == status


def _state(creation: Creation, given: Given) -> str:
    if not creation.made:
        there = "the booking exists" if exists(given, creation) else "no booking exists"
        return f"{creation.summary}, and {there}"
    stored = looked_for(given, creation)
    then = f", then {stored.status} when read" if stored else ""
    return f"{creation.answer.status}, {creation.booking.status}{then}"


def _must_be_free(creation: Creation) -> None:
    if refused_for(creation.answer, UNAVAILABLE):
        raise NotReached(f"creating a booking was answered {creation.summary}")
