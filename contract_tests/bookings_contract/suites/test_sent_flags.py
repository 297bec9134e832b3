"""Confirm Booking: a doubleBooked that the caller sends, where nothing is taken twice."""

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.suites.support.arranged import stored
from bookings_contract.suites.support.calls import reached
from bookings_contract.suites.support.deciding import KINDS
from bookings_contract.testkit.scenario import Scenario

SENT = {"doubleBooked": True}
CHECK = {"flowControlSettings": {"checkAvailabilityValidation": True}}


@pytest.mark.judges("CONFIRM-7", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_flag_that_is_sent_with_the_check_is_stored_as_it_is_answered(
    kind: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking(kind)
    answer = scenario.client.act("confirmBooking", booking, {**SENT, **CHECK})
    confirmed = reached(answer).booking
    told, kept = _flag(confirmed), _flag(stored(scenario.given, confirmed))
    scenario.expect.equal("CONFIRM-7", kept, told, of="doubleBooked stored:")


@pytest.mark.judges("CONFIRM-7", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_flag_that_is_sent_alone_counts_for_nothing(kind: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(kind)
    answer = scenario.client.act("confirmBooking", booking, SENT)
    confirmed = reached(answer).booking
    for seen in (confirmed, stored(scenario.given, confirmed)):
        scenario.expect.equal(
            "CONFIRM-7", _flag(seen), False, of="doubleBooked", circumstance="sent_alone"
        )


def _flag(seen: Seen) -> bool:
    return bool(seen.raw.get("doubleBooked"))
