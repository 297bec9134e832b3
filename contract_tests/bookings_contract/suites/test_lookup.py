"""Look-ups: what a call on a booking that is not there is answered, and one on what is no id."""

import pytest

from bookings_contract.suites.support.calls import (
    of_rule,
    reached,
    refused_as_invalid,
    unknown_id,
    valid,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given


@pytest.mark.judges("LOOKUP-1")
@pytest.mark.parametrize("operation", of_rule("LOOKUP-1"))
def test_an_unknown_booking_is_not_found(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, operation)
    answer = call.sent(bookings_client, to=unknown_id(bookings_given))
    bookings_expect.refused(answer, "LOOKUP-1", circumstance="an id that nothing has")
    bookings_expect.unchanged(call.booking, "a call on another id")


@pytest.mark.judges("LOOKUP-1")
@pytest.mark.parametrize("operation", of_rule("LOOKUP-1"))
def test_an_id_that_differs_in_one_digit_is_another_one(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, operation)
    known = call.booking.id
    other = known[:-1] + ("0" if known[-1] != "0" else "1")
    answer = call.sent(bookings_client, to=other)
    bookings_expect.refused(answer, "LOOKUP-1", circumstance="one digit off a known id")
    bookings_expect.unchanged(call.booking, "a call on an id that is one digit off")


NO_GUIDS = {
    "words": "not-an-id",
    "a number": "12345",
    "a digit short": "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c1",
    "a digit too many": "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c111",
    "a letter that is no digit": "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c1g",
}


@pytest.mark.judges("LOOKUP-2")
@pytest.mark.parametrize("operation", of_rule("LOOKUP-2"))
@pytest.mark.parametrize("what", NO_GUIDS)
def test_what_is_no_guid_is_a_validation_error(
    what: str,
    operation: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    call = valid(bookings_given, operation)
    answer = call.sent(bookings_client, to=NO_GUIDS[what])
    refused_as_invalid(bookings_expect, answer, "LOOKUP-2", what)
    bookings_expect.unchanged(call.booking, "a call on what is no id")


@pytest.mark.judges("LOOKUP-4")
@pytest.mark.parametrize("operation", of_rule("LOOKUP-4"))
def test_what_the_catalog_does_not_have_is_not_found(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    # Where a valid call is not answered, the operation itself is missing.
    call = valid(bookings_given, operation)
    reached(call.sent(bookings_client))
    path = dict.fromkeys(call.how["path"], unknown_id(bookings_given))
    answer = bookings_client.call(operation, path=path)
    bookings_expect.refused(answer, "LOOKUP-4", circumstance=operation)
