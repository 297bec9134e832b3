"""Checkout: what the orders of eCommerce do to a booking, where a control lets them happen."""

from typing import Any

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.deciding import KINDS, fillable, looked_up
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

PAID = ("PAID", "PARTIALLY_PAID")
UNPAID = ("NOT_PAID", "EXEMPT")
READINGS = {"CREATED": "A", "CONFIRMED": "B", "PENDING": "C"}


def order(given: Given, booking: Seen, what: str, paid: str | None = None) -> Seen:
    """An order happens to the booking; it is answered as the control shows it then."""
    body: dict[str, Any] = {"bookingId": booking.id, "order": what}
    if paid is not None:
        body["paymentStatus"] = paid
    return Seen.of(given.client.control("POST", "checkout", body)["booking"])


def ordered(given: Given, booking: Seen, what: str, paid: str | None = None) -> Seen:
    """The same, answered as the booking is stored then."""
    return looked_up(given, order(given, booking, what, paid))


def _booking(given: Given, kind: str, approval: bool, **body: Any) -> Seen:
    service = given.service(kind, manual_approval=approval, variants=False, book="open")
    return given.booking(given.place(service), **body)


@pytest.mark.judges("CHECKOUT-1")
@pytest.mark.parametrize("paid", [None, "NOT_PAID", "PAID"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_waits_for_the_owner_once_its_order_is_created_or_approved(
    kind: str, paid: str | None, scenario: Scenario
) -> None:
    booking = _booking(scenario.given, kind, True)
    created = ordered(scenario.given, booking, "CREATED", paid).status
    approved = ordered(scenario.given, booking, "APPROVED", paid).status
    letter = {"PENDING": "A", "CREATED": "B"}.get(created) if approved == "PENDING" else None
    told = f"{created} once the order is created, {approved} once it is approved"
    scenario.expect.reading("CHECKOUT-1", letter, actual=told)


@pytest.mark.judges("CHECKOUT-2")
@pytest.mark.parametrize("paid", [None, *PAID, *UNPAID])
@pytest.mark.parametrize("created", [True, False], ids=["created first", "approved at once"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_approved_order_confirms_the_booking(
    kind: str, created: bool, paid: str | None, scenario: Scenario
) -> None:
    booking = _booking(scenario.given, kind, False)
    if created:
        order(scenario.given, booking, "CREATED")
    after = ordered(scenario.given, booking, "APPROVED", paid)
    where = f"{kind}, {paid or 'no payment status'}"
    scenario.expect.equal("CHECKOUT-2", after.status, "CONFIRMED", of="status", circumstance=where)
    scenario.expect.equal(
        "CHECKOUT-2", after.double_booked, False, of="doubleBooked", circumstance=where
    )


@pytest.mark.judges("CHECKOUT-3")
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("created", [True, False], ids=["created first", "declined at once"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_declined_order_declines_the_booking(
    kind: str, created: bool, approval: bool, scenario: Scenario
) -> None:
    booking = _booking(scenario.given, kind, approval)
    if created:
        order(scenario.given, booking, "CREATED")
    after = ordered(scenario.given, booking, "DECLINED", "FAILED" if created else None)
    where = f"{kind} with approval" if approval else kind
    scenario.expect.equal("CHECKOUT-3", after.status, "DECLINED", of="status", circumstance=where)


@pytest.mark.judges("CHECKOUT-4", needs=("control",))
@pytest.mark.parametrize("paid", [*PAID, *UNPAID])
@pytest.mark.parametrize("created", [True, False], ids=["created first", "approved at once"])
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_of_two_checkouts_for_one_place_the_second_depends_on_payment(
    kind: str, approval: bool, created: bool, paid: str, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind, approval=approval)
    first = scenario.given.booking(place, participants=left)
    second = scenario.given.booking(place)
    # Neither is in the other's way before its order is approved, as far as it is CREATED.
    for booking in (first, second) if created else ():
        order(scenario.given, booking, "CREATED")
    kept = order(scenario.given, first, "APPROVED", paid)
    if kept.status not in ("CONFIRMED", "PENDING"):
        raise NotReached(f"the first of two checkouts made the booking {kept}")
    if kept.status == "PENDING" and scenario.given.accepts(place):
        # By the second reading of PENDING-3 or PENDING-5 there is nothing in the second's way.
        raise NotJudged(f"a PENDING booking of {place.service.name} takes nothing here")
    after = ordered(scenario.given, second, "APPROVED", paid)
    where = f"{kind}{' with approval' if approval else ''}, {paid}"
    if paid in PAID:
        scenario.expect.equal(
            "CHECKOUT-4", after.status, kept.status, of="status", circumstance=where
        )
        scenario.expect.equal(
            "CHECKOUT-4", after.double_booked, True, of="doubleBooked", circumstance=where
        )
    else:
        scenario.expect.equal(
            "CHECKOUT-4", after.status, "DECLINED", of="status", circumstance=where
        )
    there = looked_up(scenario.given, kept)
    scenario.expect.equal(
        "CHECKOUT-4",
        (there.status, there.double_booked),
        (kept.status, False),
        of="status and doubleBooked of the first",
        circumstance=where,
    )


@pytest.mark.judges("CHECKOUT-5")
@pytest.mark.parametrize("paid", [None, "NOT_PAID", "PAID"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_booking_is_while_its_order_is_not_approved(
    kind: str, paid: str | None, scenario: Scenario
) -> None:
    booking = _booking(scenario.given, kind, False)
    said = order(scenario.given, booking, "CREATED", paid)
    after = looked_up(scenario.given, said)
    letter = READINGS.get(after.status) if said.status == after.status else None
    told = f"shown as {said.status}, {after.status} when read"
    scenario.expect.reading("CHECKOUT-5", letter, actual=told)


@pytest.mark.judges("CHECKOUT-6")
@pytest.mark.parametrize("paid", ["NOT_PAID", "PAID", "PARTIALLY_PAID", "EXEMPT"])
@pytest.mark.parametrize("what", ["CREATED", "APPROVED", "DECLINED"])
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_payment_status_is_that_of_the_order(
    kind: str, approval: bool, what: str, paid: str, scenario: Scenario
) -> None:
    booking = _booking(scenario.given, kind, approval)
    after = ordered(scenario.given, booking, what, paid)
    scenario.expect.equal(
        "CHECKOUT-6",
        after.payment_status,
        paid,
        of="paymentStatus",
        circumstance=f"{kind}, order {what}",
    )


@pytest.mark.judges("CHECKOUT-6")
@pytest.mark.parametrize(("first", "then"), [("NOT_PAID", "PAID"), ("PAID", "REFUNDED")])
@pytest.mark.parametrize("kind", KINDS)
def test_the_payment_status_follows_an_order_that_changes(
    kind: str, first: str, then: str, scenario: Scenario
) -> None:
    booking = _booking(scenario.given, kind, False)
    order(scenario.given, booking, "APPROVED", first)
    after = ordered(scenario.given, booking, "APPROVED", then)
    scenario.expect.equal(
        "CHECKOUT-6",
        after.payment_status,
        then,
        of="paymentStatus",
        circumstance=f"{kind}, {first} before",
    )
