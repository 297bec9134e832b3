"""Update Extended Fields: what is answered, and what is stored with the booking."""

from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.arranged import plain_for, stored
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.scenario import Scenario

RULE = "EXTENDED-1"
DATA = {
    "crew": 4,
    "guests": 0,
    "late": False,
    "dietary_wishes": ["vegan", "é"],
    "pickUp": {"at_door": True},
}


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("status", ["CREATED", "CONFIRMED", "CANCELED"])
@pytest.mark.parametrize("kind", ["appointment", "class", "course"])
def test_the_data_of_a_namespace_is_answered_and_stored(
    kind: str, status: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking(plain_for(scenario.given, kind, status), status)
    where = f"{kind}, {status}"
    namespace = _namespace(scenario.client)
    answer = _extended(booking, namespace, DATA, scenario.client)
    said = {key: answer.json.get(key) for key in ("namespace", "namespaceData")}
    data = {key: value for key, value in (said["namespaceData"] or {}).items() if key in DATA}
    scenario.expect.that(
        RULE,
        said["namespace"] == namespace and data == DATA,
        expected=f"namespace {namespace}, namespaceData {DATA}",
        actual=", ".join(f"{key} {value}" for key, value in said.items()),
        circumstance=where,
        at=answer,
    )
    _judge_stored(booking, namespace, DATA, where, scenario)


@pytest.mark.judges(RULE)
def test_data_written_again_is_stored_again(scenario: Scenario) -> None:
    booking = scenario.given.booking("class")
    namespace = _namespace(scenario.client)
    _extended(booking, namespace, {"crew": 4}, scenario.client)
    _extended(booking, namespace, {"crew": 5}, scenario.client)
    _judge_stored(booking, namespace, {"crew": 5}, "again", scenario)


@pytest.mark.judges(RULE, needs=("control",))
def test_the_data_of_other_namespaces_stays(scenario: Scenario) -> None:
    booking = scenario.given.booking("class")
    namespace = _namespace(scenario.client)
    _extended(booking, namespace, {"crew": 4}, scenario.client)
    _extended(booking, f"{namespace}-other", {"crew": 5}, scenario.client)
    where = "beside another namespace"
    _judge_stored(booking, namespace, {"crew": 4}, where, scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("operation", ["confirmBooking", "cancelBooking", "rescheduleBooking"])
def test_the_data_stays_when_the_booking_changes(operation: str, scenario: Scenario) -> None:
    service = plain_for(scenario.given, "class", "CREATED")
    booking = scenario.given.booking(service)
    namespace = _namespace(scenario.client)
    _extended(booking, namespace, {"crew": 4}, scenario.client)
    # Whether that raised the revision is open.
    extended = stored(scenario.given, booking)
    moves = operation == "rescheduleBooking"
    body = {"slot": scenario.given.session(service).slot} if moves else None
    answer = scenario.client.act(operation, extended, body)
    if not answer.accepted:
        raise NotReached(f"{operation} was answered {answer.summary}")
    where = f"after {operation}"
    _judge_stored(answer.booking, namespace, {"crew": 4}, where, scenario)


def _namespace(client: Client) -> str:
    if client.target.namespace is None and not client.target.ours:
        raise NotJudged("no namespace named in [target]")
    return client.target.namespace or "@judge/contract"


def _extended(booking: Seen, namespace: str, data: dict[str, Any], client: Client) -> Answer:
    body = {"namespace": namespace, "namespaceData": data}
    answer = client.act("updateExtendedFields", booking, body)
    if not answer.accepted:
        # A site's namespaces may be limited to the fields that are configured there.
        raise NotReached(f"writing extended fields was answered {answer.summary}")
    return answer


def _judge_stored(
    booking: Seen,
    namespace: str,
    data: dict[str, Any],
    where: str,
    scenario: Scenario,
) -> None:
    """All that was written is there; what else the namespace holds is its own."""
    held = _held(stored(scenario.given, booking), namespace)
    found = {key: held[key] for key in data if key in held}
    scenario.expect.equal(RULE, found, data, of=f"stored in {namespace}", circumstance=where)


def _held(seen: Seen, namespace: str) -> dict[str, Any]:
    namespaces = (seen.raw.get("extendedFields") or {}).get("namespaces") or {}
    held: dict[str, Any] = namespaces.get(namespace) or {}
    return held
