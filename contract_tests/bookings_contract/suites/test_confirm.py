"""Confirm Booking: from which statuses it confirms, what it asks for, and what it changes."""

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.deciding import (
    KINDS,
    SKIP_APPROVAL_CHECK,
    fillable,
    full,
    looked_up,
    shows,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.scenario import Scenario

CHECKED = {"flowControlSettings": {"checkAvailabilityValidation": True}}
# Those that the published pages list; what is done with UNDEFINED is nowhere said.
PAYMENTS = ("PAID", "PARTIALLY_PAID", "NOT_PAID", "EXEMPT", "REFUNDED")
WAITING = [
    *((kind, status) for kind in KINDS for status in ("PENDING", "CREATED")),
    ("class", "WAITING_LIST"),
]


@pytest.mark.judges("CONFIRM-1")
@pytest.mark.parametrize(("kind", "status"), WAITING)
def test_a_waiting_booking_is_confirmed(kind: str, status: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(kind, status)
    answer = scenario.client.act("confirmBooking", booking)
    about = f"{kind}, from {status}"
    shows(scenario, "CONFIRM-1", answer, circumstance=about, status="CONFIRMED")


@pytest.mark.judges("CONFIRM-1")
@pytest.mark.parametrize("status", ["CONFIRMED", "CANCELED", "DECLINED"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_settled_booking_is_not_confirmed(kind: str, status: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(kind, status)
    answer = scenario.client.act("confirmBooking", booking)
    scenario.expect.refused(answer, "CONFIRM-1", circumstance=f"{kind}, from {status}")
    scenario.expect.unchanged(booking, "confirming it")


@pytest.mark.judges("CONFIRM-2", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_is_confirmed_where_nothing_is_left(kind: str, scenario: Scenario) -> None:
    _, late = full(scenario, kind)
    answer = scenario.client.act("confirmBooking", late)
    about = f"full {kind}"
    shows(scenario, "CONFIRM-2", answer, circumstance=about, status="CONFIRMED")


@pytest.mark.judges("CONFIRM-2", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_pending_booking_is_confirmed_where_nothing_is_left(
    kind: str, scenario: Scenario
) -> None:
    _, late = full(scenario, kind, approval=True)
    answer = scenario.client.act("confirmBooking", _marked(scenario.client, late))
    about = f"full {kind}, from PENDING"
    shows(scenario, "CONFIRM-2", answer, circumstance=about, status="CONFIRMED")


@pytest.mark.judges("CONFIRM-2", needs=())
def test_whoever_waits_for_a_full_session_is_confirmed(scenario: Scenario) -> None:
    place, left = fillable(scenario, "class")
    scenario.given.booking(place, "CONFIRMED", participants=left)
    waiting = scenario.given.booking(place, "WAITING_LIST")
    answer = scenario.client.act("confirmBooking", waiting)
    about = "full class, from WAITING_LIST"
    shows(scenario, "CONFIRM-2", answer, circumstance=about, status="CONFIRMED")


@pytest.mark.judges("CONFIRM-3")
@pytest.mark.parametrize(("kind", "status"), WAITING)
def test_a_confirmed_participant_is_approved(kind: str, status: str, scenario: Scenario) -> None:
    booking = _confirmed(scenario.client, scenario.given.booking(kind, status))
    shown = {entry.get("approvalStatus") for entry in scenario.given.on_calendar(booking)}
    scenario.expect.equal(
        "CONFIRM-3",
        sorted(map(str, shown)),
        ["APPROVED"],
        of="approvalStatus",
        circumstance=f"{kind}, from {status}",
    )


@pytest.mark.judges("CONFIRM-5")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("paid", PAYMENTS)
def test_a_payment_status_given_is_applied(kind: str, paid: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(kind)
    answer = scenario.client.act("confirmBooking", booking, {"paymentStatus": paid})
    about = f"{kind}, {paid} given"
    shows(scenario, "CONFIRM-5", answer, circumstance=about, payment_status=paid)


@pytest.mark.judges("CONFIRM-5")
@pytest.mark.parametrize("kind", KINDS)
def test_a_payment_status_left_out_stays_as_it_began(kind: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(kind)
    answer = scenario.client.act("confirmBooking", booking)
    shows(
        scenario,
        "CONFIRM-5",
        answer,
        circumstance=f"{kind}, left out",
        payment_status=booking.payment_status,
    )


@pytest.mark.judges("CONFIRM-5")
@pytest.mark.parametrize("given_later", [None, "NOT_PAID", "REFUNDED"])
@pytest.mark.parametrize("paid", ["PAID", "PARTIALLY_PAID"])
def test_what_was_paid_changes_only_by_a_payment_status_given(
    paid: str, given_later: str | None, scenario: Scenario
) -> None:
    booking = _marked(scenario.client, scenario.given.booking("class"), paid)
    body = {"paymentStatus": given_later} if given_later else {}
    answer = scenario.client.act("confirmBooking", booking, body)
    shows(
        scenario,
        "CONFIRM-5",
        answer,
        circumstance=f"{given_later or 'left out'} after {paid}",
        payment_status=given_later or paid,
    )


@pytest.mark.judges("CONFIRM-7", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_whether_confirming_beyond_the_capacity_is_flagged(kind: str, scenario: Scenario) -> None:
    _, late = full(scenario, kind)
    booking = _confirmed(scenario.client, late)
    after = looked_up(scenario.given, booking)
    flags = (booking.double_booked, after.double_booked)
    letter = {(True, True): "A", (False, False): "B"}.get(flags)
    scenario.expect.reading("CONFIRM-7", letter, actual=_flags(flags))


@pytest.mark.judges("CONFIRM-7", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_confirming_into_free_seats_is_never_flagged(kind: str, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind)
    booking = _confirmed(scenario.client, scenario.given.booking(place, participants=left))
    scenario.expect.equal(
        "CONFIRM-7", booking.double_booked, False, of="doubleBooked", circumstance=f"free {kind}"
    )


@pytest.mark.judges("CONFIRM-8", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_checked_confirmation_beyond_the_capacity_does(
    kind: str, scenario: Scenario
) -> None:
    _, late = full(scenario, kind)
    answer = scenario.client.act("confirmBooking", late, CHECKED)
    said = answer.booking if answer.accepted else late
    after = looked_up(scenario.given, said)
    agreed = said.status == after.status and said.double_booked == after.double_booked
    letter = None
    if agreed and answer.refused:
        scenario.expect.refused(answer, "CONFIRM-8")
        letter = "A"
    elif agreed and answer.accepted and after.status == "CONFIRMED":
        letter = "B" if after.double_booked else "C"
    then = f"{answer.summary}; then {after}, doubleBooked {after.double_booked}"
    scenario.expect.reading("CONFIRM-8", letter, actual=then)


@pytest.mark.judges("CONFIRM-8", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_checked_confirmation_within_the_capacity_is_plain(kind: str, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind)
    booking = scenario.given.booking(place)
    if left > 1:
        scenario.given.booking(place, "CONFIRMED", participants=left - 1)
    answer = scenario.client.act("confirmBooking", booking, CHECKED)
    about = f"last free seat, {kind}"
    shows(
        scenario, "CONFIRM-8", answer, circumstance=about, status="CONFIRMED", double_booked=False
    )


def _marked(client: Client, booking: Seen, paid: str | None = None) -> Seen:
    """The booking, PENDING now and paid as said."""
    payment = {"paymentStatus": paid} if paid else {}
    answer = client.act("markBookingAsPending", booking, {**SKIP_APPROVAL_CHECK, **payment})
    if not answer.accepted or answer.booking.status != "PENDING":
        raise NotReached(f"marking it as pending was answered {answer.summary}")
    if paid and answer.booking.payment_status != paid:
        raise NotReached(f"marking it as {paid} left it {answer.booking.payment_status}")
    return answer.booking


def _confirmed(client: Client, booking: Seen) -> Seen:
    answer = client.act("confirmBooking", booking)
    if not answer.accepted or answer.booking.status != "CONFIRMED":
        raise NotReached(f"confirming it was answered {answer.summary}")
    return answer.booking


def _flags(flags: tuple[bool, bool]) -> str:
    return f"doubleBooked {flags[0]} answered, {flags[1]} when read again"
