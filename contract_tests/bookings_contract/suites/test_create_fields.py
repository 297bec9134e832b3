"""Create Booking: the payment status at first, and what comes back as it was sent."""

from typing import Any

import pytest

from bookings_contract.findings.checks import Holds
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.creations import (
    KINDS,
    anywhere,
    granted,
    looks,
    one_of_each_kind,
)
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

FIELDS = ("externalUserId", "contactDetails", "additionalFields", "totalParticipants")
FORM_FIELDS = ("7b0a4b0e-3d1c-4b57-8f0e-2f6f1c9d8e31", "8b0a4b0e-3d1c-4b57-8f0e-2f6f1c9d8e32")


# CREATE-12


@pytest.mark.judges("CREATE-12")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sent", [None, "NOT_PAID", "PARTIALLY_PAID", "PAID", "REFUNDED", "EXEMPT"])
def test_a_new_booking_has_no_payment_status_yet(
    sent: str | None, kind: str, scenario: Scenario
) -> None:
    body = scenario.given.body(anywhere(scenario.given, kind), paymentStatus=sent)
    answer = scenario.client.call("createBooking", body=body)
    circumstance = f"{sent} sent" if sent else "nothing sent"
    if not granted(scenario, answer, "CREATE-12", circumstance=circumstance):
        return
    for seen, at in looks(scenario, answer):
        scenario.expect.that(
            "CREATE-12",
            seen.payment_status in (None, "UNDEFINED"),
            expected="payment status UNDEFINED",
            actual=f"payment status {seen.payment_status}",
            circumstance=circumstance,
            at=at,
            check=Holds("payment status", "UNDEFINED", seen.payment_status),
        )


# CREATE-22


@pytest.mark.judges("CREATE-22")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", FIELDS)
def test_what_is_sent_comes_back(field: str, kind: str, scenario: Scenario) -> None:
    sent = _sent(field, kind, scenario.given)
    body = scenario.given.body(anywhere(scenario.given, kind), **sent)
    _comes_back(body, sent, "owner", scenario)


@pytest.mark.judges("CREATE-22")
def test_choices_come_back(scenario: Scenario) -> None:
    scenario.given.service(variants=True, book="open")
    for service in one_of_each_kind(scenario.given, variants=True):
        scenario.expect.new_story()
        values = service.choices[0].values
        body = scenario.given.body(
            anywhere(scenario.given, service), choices={values[-1]: 2, values[0]: 1}
        )
        sent = {"participantsChoices": body["booking"]["participantsChoices"]}
        _comes_back(body, sent, "owner", scenario)


@pytest.mark.judges("CREATE-22")
@pytest.mark.parametrize("kind", KINDS)
def test_the_payment_option_comes_back(kind: str, scenario: Scenario) -> None:
    service = scenario.given.service(
        kind,
        variants=False,
        book="open",
        where=lambda service: bool(service.payment_options),
        lacking=f"payment_options of a {kind}",
    )
    for option in service.payment_options:
        scenario.expect.new_story()
        sent: dict[str, Any] = {"selectedPaymentOption": option}
        body = scenario.given.body(anywhere(scenario.given, service), **sent)
        _comes_back(body, sent, "owner", scenario)


@pytest.mark.judges("CREATE-22")
@pytest.mark.parametrize("operation", ["confirmBooking", "cancelBooking", "declineBooking"])
def test_what_was_sent_stays(operation: str, scenario: Scenario) -> None:
    sent = _sent("externalUserId", "class", scenario.given)
    sent |= _sent("contactDetails", "class", scenario.given)
    sent |= _sent("totalParticipants", "class", scenario.given)
    booking = scenario.given.booking("class", **_as_arguments(sent))
    answer = scenario.client.act(operation, booking)
    if not answer.accepted:
        raise NotReached(f"{operation} was answered {answer.summary}")
    for seen, at in looks(scenario, answer):
        _judge_fields(seen, sent, scenario.expect, at)


def _comes_back(
    body: dict[str, Any],
    sent: dict[str, Any],
    caller: str,
    scenario: Scenario,
) -> None:
    answer = scenario.client.call("createBooking", body=body, caller=caller)
    if not answer.accepted:
        granted(scenario, answer, "CREATE-22", circumstance=next(iter(sent)))
        return
    for seen, at in looks(scenario, answer):
        _judge_fields(seen, sent, scenario.expect, at)


def _judge_fields(seen: Seen, sent: dict[str, Any], expect: Expect, at: Answer | None) -> None:
    for field, value in sent.items():
        expect.that(
            "CREATE-22",
            _within(value, seen.raw.get(field)),
            expected=f"{field} {value}",
            actual=f"{field} {seen.raw.get(field)}",
            circumstance=field,
            at=at,
        )


def _within(sent: object, received: object) -> bool:
    """Whether all that was sent came back; objects may have grown."""
    if isinstance(sent, dict):
        return isinstance(received, dict) and all(
            _within(value, received.get(key)) for key, value in sent.items()
        )
    if isinstance(sent, list):
        return (
            isinstance(received, list)
            and len(sent) == len(received)
            and all(map(_within, sent, received))
        )
    return sent == received


def _sent(field: str, kind: str, given: Given) -> dict[str, Any]:
    """A value for the field that nobody else sends."""
    values: dict[str, Any] = {
        "externalUserId": f"{given.name}/Ünïque {field}",
        "contactDetails": _contact(given),
        "additionalFields": [
            {"id": FORM_FIELDS[0], "value": "Brød & smør", "valueType": "LONG_TEXT"},
            {"id": FORM_FIELDS[1], "value": "false", "valueType": "CHECK_BOX"},
        ],
        # An appointment is for one, for all that is known.
        "totalParticipants": 1 if kind == "appointment" else 2,
    }
    return {field: values[field]}


def _contact(given: Given) -> dict[str, Any]:
    contact: dict[str, Any] = {
        "firstName": "Zoë Anna",
        "lastName": "Ó Briain-Łuczak",
        "email": f"{given.name}-zoe@example.com",
        "countryCode": "IE",
        "fullAddress": {
            "addressLine": "12 Sample Quay",
            "city": "Dublin",
            "country": "IE",
            "postalCode": "D01 AB12",
        },
    }
    # Nobody's phone is to ring.
    return {**contact, "phone": "+353 1 555 0100"} if given.client.target.ours else contact


def _as_arguments(sent: dict[str, Any]) -> dict[str, Any]:
    total = sent.pop("totalParticipants")
    arguments = {**sent, "participants": total}
    sent["totalParticipants"] = total
    return arguments
