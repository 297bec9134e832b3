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
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

FIELDS = ("externalUserId", "contactDetails", "additionalFields", "totalParticipants")
FORM_FIELDS = ("7b0a4b0e-3d1c-4b57-8f0e-2f6f1c9d8e31", "8b0a4b0e-3d1c-4b57-8f0e-2f6f1c9d8e32")


# CREATE-12


@pytest.mark.judges("CREATE-12")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sent", [None, "NOT_PAID", "PARTIALLY_PAID", "PAID", "REFUNDED", "EXEMPT"])
def test_a_new_booking_has_no_payment_status_yet(
    sent: str | None,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    body = bookings_given.body(anywhere(bookings_given, kind), paymentStatus=sent)
    answer = bookings_client.call("createBooking", body=body)
    circumstance = f"{sent} sent" if sent else "nothing sent"
    if not granted(bookings_given, bookings_expect, answer, "CREATE-12", circumstance=circumstance):
        return
    for seen, at in looks(bookings_given, bookings_expect, answer):
        bookings_expect.that(
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
def test_what_is_sent_comes_back(
    field: str, kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    sent = _sent(field, kind, bookings_given)
    body = bookings_given.body(anywhere(bookings_given, kind), **sent)
    _comes_back(body, sent, "owner", bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-22")
def test_choices_come_back(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    bookings_given.service(variants=True, book="open")
    for service in one_of_each_kind(bookings_given, variants=True):
        bookings_expect.new_story()
        values = service.choices[0].values
        body = bookings_given.body(
            anywhere(bookings_given, service), choices={values[-1]: 2, values[0]: 1}
        )
        sent = {"participantsChoices": body["booking"]["participantsChoices"]}
        _comes_back(body, sent, "owner", bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-22")
@pytest.mark.parametrize("kind", KINDS)
def test_the_payment_option_comes_back(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    service = bookings_given.service(
        kind,
        variants=False,
        book="open",
        where=lambda service: bool(service.payment_options),
        lacking=f"payment_options of a {kind}",
    )
    for option in service.payment_options:
        bookings_expect.new_story()
        sent: dict[str, Any] = {"selectedPaymentOption": option}
        body = bookings_given.body(anywhere(bookings_given, service), **sent)
        _comes_back(body, sent, "owner", bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-22")
@pytest.mark.parametrize("operation", ["confirmBooking", "cancelBooking", "declineBooking"])
def test_what_was_sent_stays(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    sent = _sent("externalUserId", "class", bookings_given)
    sent |= _sent("contactDetails", "class", bookings_given)
    sent |= _sent("totalParticipants", "class", bookings_given)
    booking = bookings_given.booking("class", **_as_arguments(sent))
    answer = bookings_client.act(operation, booking)
    if not answer.accepted:
        raise NotReached(f"{operation} was answered {answer.summary}")
    for seen, at in looks(bookings_given, bookings_expect, answer):
        _judge_fields(seen, sent, bookings_expect, at)


def _comes_back(
    body: dict[str, Any],
    sent: dict[str, Any],
    caller: str,
    client: Client,
    given: Given,
    expect: Expect,
) -> None:
    answer = client.call("createBooking", body=body, caller=caller)
    if not answer.accepted:
        granted(given, expect, answer, "CREATE-22", circumstance=next(iter(sent)))
        return
    for seen, at in looks(given, expect, answer):
        _judge_fields(seen, sent, expect, at)


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
