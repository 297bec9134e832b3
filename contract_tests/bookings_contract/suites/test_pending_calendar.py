"""A PENDING booking on the business calendar: while it waits, and once that is over."""

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.deciding import KINDS, SKIP_APPROVAL_CHECK, settled
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "PENDING-4"
WAYS = ("marked as pending", "decided on")


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_whether_a_pending_booking_is_on_the_calendar(
    kind: str, way: str, scenario: Scenario
) -> None:
    pending = _pending(kind, way, scenario)
    waiting = _listed(scenario.given, pending)
    answer = scenario.client.act("confirmBooking", pending)
    if not answer.accepted:
        raise NotReached(f"confirming it was answered {answer.summary}")
    confirmed = _listed(scenario.given, pending)
    letter = ("A" if waiting else "B") if confirmed else None
    told = f"{_words(waiting)} while PENDING, {_words(confirmed)} once CONFIRMED"
    scenario.expect.reading(RULE, letter, actual=told)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_whether_a_declined_request_was_on_the_calendar_it_is_there_no_longer(
    kind: str, way: str, scenario: Scenario
) -> None:
    pending = _pending(kind, way, scenario)
    waiting = _listed(scenario.given, pending)
    answer = scenario.client.act("declineBooking", pending)
    if not answer.accepted:
        raise NotReached(f"declining it was answered {answer.summary}")
    declined = _listed(scenario.given, pending)
    letter = None if declined else "A" if waiting else "B"
    told = f"{_words(waiting)} while PENDING, {_words(declined)} once DECLINED"
    scenario.expect.reading(RULE, letter, actual=told)


def _pending(kind: str, way: str, scenario: Scenario) -> Seen:
    service = scenario.given.service(kind, manual_approval=True, variants=False, book="open")
    booking = scenario.given.booking(service)
    if way == "decided on":
        answer = settled(scenario.client, booking)
    else:
        answer = scenario.client.act("markBookingAsPending", booking, SKIP_APPROVAL_CHECK)
    if not answer.accepted or answer.booking.status != "PENDING":
        raise NotReached(f"letting it wait was answered {answer.summary}")
    return answer.booking


def _listed(given: Given, booking: Seen) -> bool:
    """Whether it is there as one who comes, or may come: who was declined may stay on the list."""
    given.settle()
    entries = given.on_calendar(booking)
    return any(entry.get("approvalStatus") != "DECLINED" for entry in entries)


def _words(listed: bool) -> str:
    return "on the calendar" if listed else "not on the calendar"
