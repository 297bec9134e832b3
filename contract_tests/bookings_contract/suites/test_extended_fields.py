"""Update Extended Fields: what is answered, and what is stored with the booking."""

from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.arranged import plain_for, stored
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

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
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = bookings_given.booking(plain_for(bookings_given, kind, status), status)
    where = f"{kind}, {status}"
    namespace = _namespace(bookings_client)
    answer = _extended(booking, namespace, DATA, bookings_client)
    said = {key: answer.json.get(key) for key in ("namespace", "namespaceData")}
    data = {key: value for key, value in (said["namespaceData"] or {}).items() if key in DATA}
    bookings_expect.that(
        RULE,
        said["namespace"] == namespace and data == DATA,
        expected=f"namespace {namespace}, namespaceData {DATA}",
        actual=", ".join(f"{key} {value}" for key, value in said.items()),
        circumstance=where,
        at=answer,
    )
    _judge_stored(booking, namespace, DATA, where, bookings_given, bookings_expect)


@pytest.mark.judges(RULE)
def test_data_written_again_is_stored_again(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking("class")
    namespace = _namespace(bookings_client)
    _extended(booking, namespace, {"crew": 4}, bookings_client)
    _extended(booking, namespace, {"crew": 5}, bookings_client)
    _judge_stored(booking, namespace, {"crew": 5}, "again", bookings_given, bookings_expect)


@pytest.mark.judges(RULE, needs=("control",))
def test_the_data_of_other_namespaces_stays(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking("class")
    namespace = _namespace(bookings_client)
    _extended(booking, namespace, {"crew": 4}, bookings_client)
    _extended(booking, f"{namespace}-other", {"crew": 5}, bookings_client)
    where = "beside another namespace"
    _judge_stored(booking, namespace, {"crew": 4}, where, bookings_given, bookings_expect)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("operation", ["confirmBooking", "cancelBooking", "rescheduleBooking"])
def test_the_data_stays_when_the_booking_changes(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    service = plain_for(bookings_given, "class", "CREATED")
    booking = bookings_given.booking(service)
    namespace = _namespace(bookings_client)
    _extended(booking, namespace, {"crew": 4}, bookings_client)
    # Whether that raised the revision is open.
    extended = stored(bookings_given, booking)
    moves = operation == "rescheduleBooking"
    body = {"slot": bookings_given.session(service).slot} if moves else None
    answer = bookings_client.act(operation, extended, body)
    if not answer.accepted:
        raise NotReached(f"{operation} was answered {answer.summary}")
    where = f"after {operation}"
    _judge_stored(answer.booking, namespace, {"crew": 4}, where, bookings_given, bookings_expect)


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
    given: Given,
    expect: Expect,
) -> None:
    """All that was written is there; what else the namespace holds is its own."""
    held = _held(stored(given, booking), namespace)
    found = {key: held[key] for key in data if key in held}
    expect.equal(RULE, found, data, of=f"stored in {namespace}", circumstance=where)


def _held(seen: Seen, namespace: str) -> dict[str, Any]:
    namespaces = (seen.raw.get("extendedFields") or {}).get("namespaces") or {}
    held: dict[str, Any] = namespaces.get(namespace) or {}
    return held
