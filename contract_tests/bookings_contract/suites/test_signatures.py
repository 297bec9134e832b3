"""Booking events: each is delivered as a signed token that its receiver can verify."""

import json
from typing import Any

import jwt
import pytest

from bookings_contract.findings.checks import Signed
from bookings_contract.suites.support.listening import events
from bookings_contract.testkit.events import KINDS_OF_EVENTS
from bookings_contract.testkit.scenario import Scenario

RULE = "EVENT-3"
# The one algorithm that receivers of these events are told to accept.
ALGORITHMS = ["RS256"]


@pytest.mark.judges(RULE, needs=("control",))
@pytest.mark.parametrize("operation", [None, "confirmBooking", "declineBooking", "cancelBooking"])
def test_an_event_is_delivered_as_a_token_that_verifies(
    operation: str | None, scenario: Scenario
) -> None:
    booking = scenario.given.booking(
        "class", "PENDING" if operation == "declineBooking" else "CREATED"
    )
    if operation:
        scenario.expect.accepted(scenario.client.act(operation, booking), RULE)
    told = events(scenario.given)
    shown = scenario.client.control("GET", "webhooks")
    tokens = {one["eventId"]: one["token"] for one in shown["deliveries"]}
    for event in told:
        said = _complaint(tokens.get(event["id"]), shown["publicKey"], event)
        scenario.expect.that(
            RULE,
            said is None,
            expected="a token that the public key verifies and that carries the event",
            actual=said or "so it is",
            circumstance=str(event["slug"]),
            check=Signed(),
        )


def _complaint(token: str | None, public_key: str, event: dict[str, Any] | Any) -> str | None:
    """What is wrong with a delivery, or None."""
    if token is None:
        return "the event is not delivered"
    try:
        payload = jwt.decode(token, public_key, algorithms=ALGORITHMS)
        message = json.loads(payload["data"])
        carried = json.loads(message["data"])
    except jwt.InvalidTokenError as invalid:
        return f"the token does not verify: {invalid}"
    except (KeyError, TypeError, ValueError) as unreadable:
        return f"the token does not hold JSON in JSON: {unreadable!r}"
    if message.get("eventType") != KINDS_OF_EVENTS[event["slug"]]["eventType"]:
        return f"it travels as {message.get('eventType')}"
    return None if carried == event else "it carries another event"
