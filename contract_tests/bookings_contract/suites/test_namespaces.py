"""Update Extended Fields, what is left open: unknown namespaces, and the booking's revision."""

from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.arranged import plain_for, stored
from bookings_contract.suites.support.calls import revision_number
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.scenario import Scenario

UNKNOWN, REVISION = "EXTENDED-2", "REVISION-7"
KINDS = ("appointment", "class", "course")
STALE = 409


@pytest.mark.judges(UNKNOWN)
@pytest.mark.parametrize("kind", KINDS)
def test_what_becomes_of_a_namespace_that_the_site_does_not_know(
    kind: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking(plain_for(scenario.given, kind, "CREATED"))
    namespace = _unknown(scenario)
    data = {"crew": 4}
    answer = _extended(booking, namespace, data, scenario.client)
    if answer.accepted and not scenario.client.target.ours:
        raise NotJudged(f"the target knows {namespace}, and no other may be tried there")
    held = _held(stored(scenario.given, booking), namespace)
    letter = None
    if answer.accepted:
        said = answer.json.get("namespaceData") if isinstance(answer.json, dict) else None
        letter = "A" if held == said == data else None
    elif not held:
        scenario.expect.refused(answer, UNKNOWN)
        letter = "B"
    scenario.expect.reading(UNKNOWN, letter, actual=f"{answer.summary}; {held} is stored there")


@pytest.mark.judges(UNKNOWN, needs=("control",))
def test_a_namespace_that_was_created_once_is_known(scenario: Scenario) -> None:
    booking, other = scenario.given.booking("class"), scenario.given.booking("class")
    namespace = _unknown(scenario)
    first = _extended(booking, namespace, {"crew": 4}, scenario.client)
    again = _extended(other, namespace, {"crew": 5}, scenario.client)
    letter = {(True, True): "A", (False, False): "B"}.get((first.accepted, again.accepted))
    told = f"{first.summary} first, {again.summary} then"
    scenario.expect.reading(UNKNOWN, letter, actual=told)


@pytest.mark.judges(REVISION)
@pytest.mark.parametrize("operation", ["confirmBooking", "cancelBooking"])
@pytest.mark.parametrize("kind", KINDS)
def test_whether_extended_fields_raise_the_revision(
    kind: str, operation: str, scenario: Scenario
) -> None:
    status = "CREATED" if operation == "confirmBooking" else "CONFIRMED"
    booking = scenario.given.booking(plain_for(scenario.given, kind, status), status)
    namespace = scenario.client.target.namespace
    if namespace is None:
        raise NotJudged("no namespace named in [target]")
    answer = _extended(booking, namespace, {"crew": 4}, scenario.client)
    if not answer.accepted:
        raise NotReached(f"writing extended fields was answered {answer.summary}")
    scenario.given.settle()
    after = stored(scenario.given, booking)
    raised = revision_number(after) - revision_number(booking)
    letter = None if raised < 0 else "A" if raised else "B"
    following = scenario.client.act(operation, after)
    if following.status == STALE:
        letter = None
    elif not following.accepted:
        raise NotReached(f"{operation} was answered {following.summary}")
    told = f"revision {booking.revision}, then {after.revision}; {operation} {following.summary}"
    scenario.expect.reading(REVISION, letter, actual=told)


def _unknown(scenario: Scenario) -> str:
    """A namespace that nobody has configured; a guest may write to the one that is named only."""
    if scenario.client.target.ours:
        return f"@{scenario.given.name}/contract"
    if scenario.client.target.namespace is None:
        raise NotJudged("no namespace named in [target]")
    return scenario.client.target.namespace


def _extended(booking: Seen, namespace: str, data: dict[str, Any], client: Client) -> Answer:
    body = {"namespace": namespace, "namespaceData": data}
    return client.act("updateExtendedFields", booking, body)


def _held(seen: Seen, namespace: str) -> dict[str, Any]:
    namespaces = (seen.raw.get("extendedFields") or {}).get("namespaces") or {}
    held: dict[str, Any] = namespaces.get(namespace) or {}
    return held
