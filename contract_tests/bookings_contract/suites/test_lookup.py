"""Look-ups: what a call on a booking that is not there is answered, and one on what is no id."""

import pytest

from bookings_contract.suites.support.calls import (
    of_rule,
    reached,
    refused_as_invalid,
    unknown_id,
    valid,
)
from bookings_contract.testkit.scenario import Scenario


@pytest.mark.judges("LOOKUP-1")
@pytest.mark.parametrize("operation", of_rule("LOOKUP-1"))
def test_an_unknown_booking_is_not_found(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    answer = call.sent(scenario.client, to=unknown_id(scenario.given))
    scenario.expect.refused(answer, "LOOKUP-1", circumstance="an id that nothing has")
    scenario.expect.unchanged(call.booking, "a call on another id")


@pytest.mark.judges("LOOKUP-1")
@pytest.mark.parametrize("operation", of_rule("LOOKUP-1"))
def test_an_id_that_differs_in_one_digit_is_another_one(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    known = call.booking.id
    other = known[:-1] + ("0" if known[-1] != "0" else "1")
    answer = call.sent(scenario.client, to=other)
    scenario.expect.refused(answer, "LOOKUP-1", circumstance="one digit off a known id")
    scenario.expect.unchanged(call.booking, "a call on an id that is one digit off")


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
    what: str, operation: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation)
    answer = call.sent(scenario.client, to=NO_GUIDS[what])
    refused_as_invalid(scenario.expect, answer, "LOOKUP-2", what)
    scenario.expect.unchanged(call.booking, "a call on what is no id")


@pytest.mark.judges("LOOKUP-4")
@pytest.mark.parametrize("operation", of_rule("LOOKUP-4"))
def test_what_the_catalog_does_not_have_is_not_found(operation: str, scenario: Scenario) -> None:
    # Where a valid call is not answered, the operation itself is missing.
    call = valid(scenario.given, operation)
    reached(call.sent(scenario.client))
    path = dict.fromkeys(call.how["path"], unknown_id(scenario.given))
    answer = scenario.client.call(operation, path=path)
    scenario.expect.refused(answer, "LOOKUP-4", circumstance=operation)
