"""Bulk calls on bookings that exist: each is treated as by the single call, or none is."""

from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.calls import reached, revision_number, unknown_id
from bookings_contract.suites.support.deciding import (
    KINDS,
    SKIP_AVAILABILITY,
    fillable,
    full,
    looked_up,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

DECIDE, CANCEL = "bulkConfirmOrDeclineBooking", "bulkCancelBooking"
REVISION = "REVISION-7"
PAID = ("PAID", "PARTIALLY_PAID")


def _details(*decisions: tuple[Seen, str | None]) -> dict[str, Any]:
    details = [
        {"bookingId": booking.id, **({"paymentStatus": paid} if paid else {})}
        for booking, paid in decisions
    ]
    return {"details": details, "returnEntity": True}


def _decided(scenario: Scenario, booking: Seen, paid: str | None = None) -> tuple[Answer, Seen]:
    """The answer to a decision in bulk, and the booking as it is stored then."""
    answer = reached(scenario.client.call(DECIDE, body=_details((booking, paid))))
    if not answer.at("results", 0, "itemMetadata").get("success"):
        raise NotReached("the booking could not be decided on in bulk")
    return answer, looked_up(scenario.given, booking)


def _shows(
    expect: Expect, rule: str, answer: Answer, after: Seen, circumstance: str, **wanted: object
) -> None:
    said = Seen.of(answer.at("results", 0, "item"))
    where = f"in bulk, {circumstance}"
    for name, value in wanted.items():
        told, shown, stored = name.replace("_", " "), getattr(said, name), getattr(after, name)
        if expect.equal(rule, shown, value, of=told, circumstance=where, at=answer):
            expect.equal(rule, stored, value, of=told, circumstance=where)


def _place_for(given: Given, kind: str, approval: bool, **body: Any) -> Seen:
    service = given.service(kind, manual_approval=approval, variants=False, book="open")
    return given.booking(given.place(service), **body)


@pytest.mark.judges("CONFIRMATION-1", needs=())
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_unpaid_double_booking_is_declined_in_bulk(
    kind: str, approval: bool, scenario: Scenario
) -> None:
    _, late = full(scenario, kind, approval=approval)
    answer, after = _decided(scenario, late, "NOT_PAID")
    _shows(scenario.expect, "CONFIRMATION-1", answer, after, kind, status="DECLINED")


@pytest.mark.judges("CONFIRMATION-2", needs=())
@pytest.mark.parametrize("paid", PAID)
@pytest.mark.parametrize("kind", KINDS)
def test_a_paid_double_booking_is_kept_in_bulk(kind: str, paid: str, scenario: Scenario) -> None:
    _, late = full(scenario, kind)
    answer, after = _decided(scenario, late, paid)
    wanted = {"status": "CONFIRMED", "double_booked": True}
    _shows(scenario.expect, "CONFIRMATION-2", answer, after, f"{kind}, {paid}", **wanted)


@pytest.mark.judges("CONFIRMATION-3")
@pytest.mark.parametrize("paid", ["NOT_PAID", "PAID"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_needs_approval_waits_for_it_in_bulk_too(
    kind: str, paid: str, scenario: Scenario
) -> None:
    booking = _place_for(scenario.given, kind, True)
    answer, after = _decided(scenario, booking, paid)
    _shows(scenario.expect, "CONFIRMATION-3", answer, after, f"{kind}, {paid}", status="PENDING")


@pytest.mark.judges("CONFIRMATION-4")
@pytest.mark.parametrize("kind", KINDS)
def test_a_waived_approval_is_waived_in_bulk_too(kind: str, scenario: Scenario) -> None:
    booking = _place_for(scenario.given, kind, True, flow={"skipBusinessConfirmation": True})
    answer, after = _decided(scenario, booking, "PAID")
    _shows(scenario.expect, "CONFIRMATION-4", answer, after, kind, status="CONFIRMED")


@pytest.mark.judges("CONFIRMATION-5", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_where_availability_was_waived_nothing_is_a_double_booking_in_bulk(
    kind: str, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind)
    scenario.given.booking(place, "CONFIRMED", participants=left)
    late = scenario.given.booking(place, flow=SKIP_AVAILABILITY)
    answer, after = _decided(scenario, late, "NOT_PAID")
    wanted = {"status": "CONFIRMED", "double_booked": False}
    _shows(scenario.expect, "CONFIRMATION-5", answer, after, kind, **wanted)


@pytest.mark.judges("CONFIRMATION-6", "CONFIRMATION-8")
@pytest.mark.parametrize("paid", ["NOT_PAID", "PAID", "EXEMPT"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_in_nobodys_way_is_confirmed_in_bulk(
    kind: str, paid: str, scenario: Scenario
) -> None:
    if not scenario.client.target.ours:
        raise NotReached("others may book as well")
    booking = _place_for(scenario.given, kind, False)
    answer, after = _decided(scenario, booking, paid)
    where = f"{kind}, {paid}"
    _shows(scenario.expect, "CONFIRMATION-6", answer, after, where, status="CONFIRMED")
    _shows(scenario.expect, "CONFIRMATION-8", answer, after, where, payment_status=paid)


@pytest.mark.judges("CONFIRMATION-7", needs=("exclusive_session",))
@pytest.mark.parametrize("kind", KINDS)
def test_of_two_in_one_call_the_later_one_finds_the_place_taken(
    kind: str, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind)
    pair = [scenario.given.booking(place, participants=left) for _ in range(2)]
    body = _details(*((booking, "NOT_PAID") for booking in pair))
    reached(scenario.client.call(DECIDE, body=body))
    statuses = sorted(looked_up(scenario.given, booking).status for booking in pair)
    scenario.expect.equal(
        "CONFIRMATION-7",
        statuses,
        ["CONFIRMED", "DECLINED"],
        of="statuses of the two",
        circumstance=f"in bulk, {kind}",
    )


@pytest.mark.judges("CONFIRMATION-9")
@pytest.mark.parametrize("status", ["CONFIRMED", "DECLINED", "CANCELED"])
def test_what_becomes_in_bulk_of_deciding_what_is_decided(status: str, scenario: Scenario) -> None:
    booking = scenario.given.booking("class", status)
    answer = scenario.client.call(DECIDE, body=_details((booking, "PAID")))
    done = answer.accepted and answer.at("results", 0, "itemMetadata").get("success")
    after = looked_up(scenario.given, booking)
    letter = None
    if after.status == status:
        letter = "B" if done else "A"
    scenario.expect.reading("CONFIRMATION-9", letter, actual=f"{answer.summary}; then {after}")


@pytest.mark.judges("CONFIRMATION-8")
@pytest.mark.parametrize("turned", [False, True], ids=["as listed", "turned round"])
def test_each_of_several_in_one_call_is_paid_as_it_says(turned: bool, scenario: Scenario) -> None:
    decisions = [(scenario.given.booking("class"), paid) for paid in PAID]
    if turned:
        decisions.reverse()
    answer = reached(scenario.client.call(DECIDE, body=_details(*decisions)))
    if not all(row["itemMetadata"].get("success") for row in answer.at("results")):
        raise NotReached("the bookings could not be decided on in bulk")
    for booking, paid in decisions:
        scenario.expect.equal(
            "CONFIRMATION-8",
            looked_up(scenario.given, booking).payment_status,
            paid,
            of="payment status",
            circumstance="in bulk, each its own",
        )


# ── Canceling several ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("CANCEL-4")
def test_the_policy_holds_in_bulk_too(scenario: Scenario) -> None:
    service = scenario.given.service(book="open", cancel="forbidden", variants=False)
    booking = scenario.given.booking(scenario.given.place(service), "CONFIRMED")
    flow = {"ignoreCancellationPolicy": False}
    asked = {
        "bookingId": booking.id,
        "revision": booking.revision,
        "flowControlSettings": flow,
    }
    _left_alone("CANCEL-4", booking, asked, scenario)


def _left_alone(rule: str, booking: Seen, asked: dict[str, Any], scenario: Scenario) -> None:
    """Whether the call is refused or the item, nothing says: it is not canceled."""
    answer = scenario.client.call(CANCEL, body={"bookings": {"bookingsInfo": [asked]}})
    after = looked_up(scenario.given, booking)
    scenario.expect.equal(rule, after.status, booking.status, of="status", circumstance="in_bulk")
    done = answer.accepted and bool(answer.at("results", 0, "itemMetadata").get("success"))
    scenario.expect.that(
        rule,
        not done,
        expected="refused, as a whole or item by item",
        actual=answer.summary,
        circumstance="in_bulk",
        at=answer,
    )


def _known_in_capitals(client: Client, booking: Seen) -> None:
    """No page says whether the case of an id's letters counts: where it does, these are two ids."""
    path = {"bookingId": booking.id.upper()}
    if client.act("cancelBooking", booking, path=path).refused:
        raise NotReached("an id in capitals is not known as the same")


# ── Calls that are refused as a whole ─────────────────────────────────────────────────────────────


@pytest.mark.judges("BULK-6")
@pytest.mark.parametrize("spelled", ["alike", "in capitals"])
def test_a_booking_that_is_named_twice_is_not_decided_on(spelled: str, scenario: Scenario) -> None:
    booking, other = scenario.given.booking("class"), scenario.given.booking("class")
    body = _details((booking, "PAID"), (other, "PAID"), (booking, "PAID"))
    if spelled == "in capitals":
        _known_in_capitals(scenario.client, scenario.given.booking("class"))
        body["details"][-1]["bookingId"] = booking.id.upper()
    answer = scenario.client.call(DECIDE, body=body)
    scenario.expect.refused(answer, "BULK-6", circumstance=spelled)
    for one in (booking, other):
        scenario.expect.unchanged(one, "deciding on one twice")


@pytest.mark.judges("BULK-7")
def test_a_booking_that_is_named_twice_is_not_canceled(scenario: Scenario) -> None:
    booking = scenario.given.booking("class")
    one = {"bookingId": booking.id, "revision": booking.revision}
    body = {"bookings": {"bookingsInfo": [one, one]}}
    answer = scenario.client.call(CANCEL, body=body)
    scenario.expect.refused(answer, "BULK-7")
    scenario.expect.unchanged(booking, "canceling it twice")


@pytest.mark.judges("CANCEL-6")
@pytest.mark.parametrize("case", [None, "missing"], ids=["unknown group", "nothing named"])
def test_a_cancelation_of_nothing_is_refused(case: str | None, scenario: Scenario) -> None:
    group = {"recurringCancellation": {"recurringGroupId": unknown_id(scenario.given)}}
    answer = scenario.client.call(CANCEL, body={} if case else group)
    also = ["SHAPE-3"] if case else []
    scenario.expect.refused(answer, "CANCEL-6", case, also=also, circumstance=case)


# ── The submission id ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges(REVISION)
@pytest.mark.parametrize("operation", ["confirmBooking", "cancelBooking"])
@pytest.mark.parametrize("kind", KINDS)
def test_whether_a_submission_id_raises_the_revision(
    kind: str, operation: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking(kind)
    body = {"submissionId": unknown_id(scenario.given)}
    said = reached(scenario.client.act("setBookingSubmissionId", booking, body)).booking
    after = looked_up(scenario.given, booking)
    raised = revision_number(after) - revision_number(booking)
    letter = None if raised < 0 or said.revision != after.revision else "A" if raised else "B"
    following = scenario.client.act(operation, after)
    if following.refused:
        scenario.expect.reading(REVISION, None, actual=f"{operation} {following.summary}")
        return
    told = f"revision {booking.revision}, then {after.revision}"
    scenario.expect.reading(REVISION, letter, actual=told)
