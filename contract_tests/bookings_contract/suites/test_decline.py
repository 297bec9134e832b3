"""Decline Booking: which bookings it declines, and what becomes of payment, approval and seats."""

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.deciding import (
    KINDS,
    SHARED_KINDS,
    SKIP_APPROVAL_CHECK,
    fillable,
    looked_up,
    shows,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

PAYMENTS = ("PAID", "PARTIALLY_PAID", "NOT_PAID", "EXEMPT", "REFUNDED")


@pytest.mark.judges("DECLINE-1")
@pytest.mark.parametrize("status", ["CONFIRMED", "CANCELED", "DECLINED"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_settled_booking_is_not_declined(kind: str, status: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(kind, status)
    answer = scenario.client.act("declineBooking", booking)
    about = f"{kind}, from {status}"
    scenario.expect.refused(answer, "DECLINE-1", also=["DECLINE-2"], circumstance=about)
    scenario.expect.unchanged(booking, "declining it")


@pytest.mark.judges("DECLINE-1")
@pytest.mark.parametrize(
    ("kind", "status"),
    [*((kind, "PENDING") for kind in KINDS), *((kind, "CREATED") for kind in KINDS)],
)
def test_a_booking_that_is_declined_is_declined_afterwards(
    kind: str, status: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking(kind, status)
    answer = scenario.client.act("declineBooking", booking)
    if not answer.accepted:
        raise NotReached(f"declining a {status} booking was answered {answer.summary}")
    about = f"{kind}, from {status}"
    shows(scenario, "DECLINE-1", answer, circumstance=about, status="DECLINED")


@pytest.mark.judges("DECLINE-2")
@pytest.mark.parametrize("kind", KINDS)
def test_what_waits_for_approval_is_declined(kind: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(_approving(scenario.given, kind), "PENDING")
    answer = scenario.client.act("declineBooking", booking)
    after = looked_up(scenario.given, answer.booking if answer.accepted else booking)
    if answer.accepted and after.status == "DECLINED":
        # So it is by either reading.
        scenario.expect.kept("DECLINE-2", f"{kind}, PENDING")
    else:
        scenario.expect.reading("DECLINE-2", None, actual=_told(answer, after))


@pytest.mark.judges("DECLINE-2")
@pytest.mark.parametrize(
    ("kind", "status", "approval"),
    [
        *((kind, "CREATED", approval) for kind in KINDS for approval in (False, True)),
        *((kind, "PENDING", False) for kind in KINDS),
        ("class", "WAITING_LIST", False),
    ],
)
def test_what_becomes_of_declining_what_waits_for_no_approval(
    kind: str, status: str, approval: bool, scenario: Scenario
) -> None:
    service = scenario.given.service(kind, manual_approval=approval, variants=False, book="open")
    booking = scenario.given.booking(service, status)
    answer = scenario.client.act("declineBooking", booking)
    after = looked_up(scenario.given, answer.booking if answer.accepted else booking)
    letter = None
    if answer.accepted and after.status == "DECLINED":
        letter = "A"
    elif answer.refused and after.status == status:
        scenario.expect.refused(answer, "DECLINE-2")
        letter = "B"
    scenario.expect.reading("DECLINE-2", letter, actual=_told(answer, after))


@pytest.mark.judges("DECLINE-3")
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_a_declined_participant_is_shown_as_declined(kind: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(_approving(scenario.given, kind), "PENDING")
    shown = _approvals(scenario.given, _declined(scenario.client, booking))
    about = f"{kind}, from PENDING"
    scenario.expect.equal(
        "DECLINE-3", sorted(shown), ["DECLINED"], of="approvalStatus", circumstance=about
    )


@pytest.mark.judges("DECLINE-3")
@pytest.mark.parametrize(
    ("kind", "status"),
    [("appointment", "PENDING"), *((kind, "CREATED") for kind in KINDS), ("class", "WAITING_LIST")],
)
def test_a_declined_participant_is_nowhere_shown_otherwise(
    kind: str, status: str, scenario: Scenario
) -> None:
    # Whether it is in a session at all is another question: it may never have been.
    booking = scenario.given.booking(kind, status)
    shown = _approvals(scenario.given, _declined(scenario.client, booking))
    scenario.expect.that(
        "DECLINE-3",
        shown <= {"DECLINED"},
        expected="approvalStatus DECLINED",
        actual=f"approvalStatus {', '.join(sorted(shown))}",
        circumstance=f"{kind}, from {status}",
    )


@pytest.mark.judges("DECLINE-3", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_declining_gives_back_what_was_held(kind: str, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind, approval=True)
    pending = scenario.given.booking(place, "PENDING", participants=left)
    if scenario.given.accepts(place):
        raise NotJudged(f"a PENDING {kind} booking holds nothing here")
    _declined(scenario.client, pending)
    scenario.expect.that(
        "DECLINE-3",
        scenario.given.accepts(place, left),
        expected="what it held is free again",
        actual=f"{left} of {left} seats are refused",
        circumstance="seats",
    )
    if kind != "appointment":
        scenario.expect.that(
            "DECLINE-3",
            not scenario.given.accepts(place, left + 1),
            expected="no more is free than before",
            actual=f"{left + 1} of {left} seats are accepted",
            circumstance="seats",
        )


@pytest.mark.judges("DECLINE-3", needs=())
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_declining_gives_back_only_what_the_booking_itself_held(
    kind: str, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind, approval=True, seats=2)
    scenario.given.booking(place, "CONFIRMED")
    pending = scenario.given.booking(place, "PENDING", participants=left - 1)
    if scenario.given.accepts(place):
        raise NotJudged(f"a PENDING {kind} booking holds nothing here")
    _declined(scenario.client, pending)
    for seats, free in ((left, False), (left - 1, True)):
        # No answer shows this by itself: it takes the whole story.
        room = "room" if free else "no room"
        scenario.expect.that(
            "DECLINE-3",
            scenario.given.accepts(place, seats) is free,
            expected=f"{room} for {seats} beside one that is confirmed",
            actual=f"{seats} {'are refused' if free else 'are accepted'}",
            circumstance="seats",
        )


@pytest.mark.judges("DECLINE-4")
@pytest.mark.parametrize("paid", PAYMENTS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_payment_status_given_is_applied(kind: str, paid: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(kind, "PENDING")
    answer = scenario.client.act("declineBooking", booking, {"paymentStatus": paid})
    if answer.refused:
        _declined(scenario.client, booking)  # So it was the payment status that is refused.
    shows(scenario, "DECLINE-4", answer, circumstance=f"{kind}, {paid} given", payment_status=paid)


@pytest.mark.judges("DECLINE-4")
@pytest.mark.parametrize("later", [None, "NOT_PAID", "REFUNDED"])
@pytest.mark.parametrize("paid", ["PAID", "PARTIALLY_PAID"])
def test_what_was_paid_changes_only_by_a_payment_status_given(
    paid: str, later: str | None, scenario: Scenario
) -> None:
    booking = scenario.given.booking(_approving(scenario.given, "class"))
    marking = {**SKIP_APPROVAL_CHECK, "paymentStatus": paid}
    marked = scenario.client.act("markBookingAsPending", booking, marking)
    if not marked.accepted or marked.booking.payment_status != paid:
        raise NotReached(f"marking it as {paid} was answered {marked.summary}")
    body = {"paymentStatus": later} if later else {}
    answer = scenario.client.act("declineBooking", marked.booking, body)
    if answer.refused:
        _declined(scenario.client, marked.booking)
    shows(
        scenario,
        "DECLINE-4",
        answer,
        circumstance=f"{later or 'left out'} after {paid}",
        payment_status=later or paid,
    )


@pytest.mark.judges("DECLINE-4")
@pytest.mark.parametrize("kind", KINDS)
def test_a_payment_status_left_out_stays_as_it_began(kind: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(kind, "PENDING")
    answer = scenario.client.act("declineBooking", booking)
    if answer.refused:
        raise NotReached(f"declining it was answered {answer.summary}")
    shows(
        scenario,
        "DECLINE-4",
        answer,
        circumstance=f"{kind}, left out",
        payment_status=booking.payment_status,
    )


def _approving(given: Given, kind: str) -> str:
    """The kind, if the target has a service of it that asks for the owner's approval."""
    given.service(kind, manual_approval=True, variants=False, book="open")
    return kind


def _declined(client: Client, booking: Seen) -> Seen:
    answer = client.act("declineBooking", booking)
    if not answer.accepted:
        raise NotReached(f"declining it was answered {answer.summary}")
    return answer.booking


def _approvals(given: Given, booking: Seen) -> set[str]:
    return {str(entry.get("approvalStatus")) for entry in given.on_calendar(booking)}


def _told(answer: Answer, after: Seen) -> str:
    return f"{answer.summary}; then {after}"
