"""Purchases: what carts, checkouts and orders do to the bookings that are bought."""

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support import buying
from bookings_contract.suites.support.buying import OFFLINE, ONLINE, WAYS
from bookings_contract.suites.support.calls import reached
from bookings_contract.suites.support.deciding import KINDS, fillable, looked_up
from bookings_contract.testkit.scenario import Scenario


@pytest.mark.judges("CHECKOUT-8")
@pytest.mark.parametrize("kind", KINDS)
def test_whether_a_cart_holds_the_place_of_its_booking(kind: str, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind)
    first = scenario.given.booking(place, participants=left)
    if not scenario.given.accepts(place):
        raise NotReached("a CREATED booking without a cart holds its place already")
    buying.cart_id(scenario.given, first.id)
    letter = "A" if scenario.given.accepts(place) else "B"
    confirmed = scenario.given.client.act("confirmBooking", first)
    own = confirmed.accepted and not confirmed.booking.double_booked
    told = f"the booking in the cart, confirmed: {confirmed.summary}"
    scenario.expect.reading("CHECKOUT-8", letter if own else None, actual=told)


@pytest.mark.judges("CHECKOUT-9")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["cart", "checkout"])
def test_a_cart_or_checkout_leaves_its_booking_as_it_is(
    what: str, kind: str, scenario: Scenario
) -> None:
    booking = buying.booked(scenario.given, kind, ONLINE)
    make = {"cart": buying.cart_id, "checkout": buying.checkout_id}[what]
    make(scenario.given, booking.id)
    _status(scenario, "CHECKOUT-9", booking, "CREATED", f"{what}, {kind}")


@pytest.mark.judges("CHECKOUT-9", needs=("may_notify",))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_an_order_that_waits_for_its_payment_leaves_its_booking_as_it_is(
    way: str, kind: str, scenario: Scenario
) -> None:
    booking = buying.booked(scenario.given, kind, ONLINE)
    buying.waiting_order(scenario.given, way, booking)
    about = f"unpaid order by {way}, {kind}"
    _status(scenario, "CHECKOUT-9", booking, "CREATED", about)


@pytest.mark.judges("CHECKOUT-10")
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_an_approved_order_moves_its_booking_whatever_it_was_made_of(
    way: str, kind: str, approval: bool, scenario: Scenario
) -> None:
    booking = buying.booked(scenario.given, kind, OFFLINE, approval=approval)
    buying.approved_order(scenario.given, way, booking)
    after = looked_up(scenario.given, booking)
    if after.status == "DECLINED" and not scenario.given.client.target.ours:
        raise NotJudged("somebody else may have come before")
    scenario.expect.equal(
        "CHECKOUT-10",
        after.status,
        "PENDING" if approval else "CONFIRMED",
        of="status",
        circumstance=f"{way}, {kind}{' with approval' if approval else ''}",
    )


@pytest.mark.judges("CHECKOUT-10")
@pytest.mark.parametrize("kind", KINDS)
def test_an_order_that_is_recorded_moves_no_booking(kind: str, scenario: Scenario) -> None:
    booking = buying.booked(scenario.given, kind, OFFLINE)
    body = buying.recorded(booking.id)
    reached(scenario.given.client.call("createOrder", body=body))
    about = f"recorded, {kind}"
    _status(scenario, "CHECKOUT-10", booking, "CREATED", about)


@pytest.mark.judges("CHECKOUT-11")
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_is_paid_once_its_order_is_marked_as_paid(kind: str, scenario: Scenario) -> None:
    booking = buying.booked(scenario.given, kind, OFFLINE)
    order = buying.ordered(scenario.given, "cart V2", booking)
    before = looked_up(scenario.given, booking)
    answer = buying.marked_as_paid(scenario.given, order)
    if answer.refused and before.payment_status in ("PAID", "EXEMPT"):
        raise NotJudged("the order costs nothing, so it is paid already")
    reached(answer)
    after = looked_up(scenario.given, booking)
    scenario.expect.equal(
        "CHECKOUT-11", after.payment_status, "PAID", of="paymentStatus", circumstance=kind
    )
    if before.status != "CREATED":
        scenario.expect.equal(
            "CHECKOUT-11", after.status, before.status, of="status", circumstance=kind
        )


def _status(scenario: Scenario, rule: str, booking: Seen, status: str, about: str) -> None:
    after = looked_up(scenario.given, booking)
    scenario.expect.equal(rule, after.status, status, of="status", circumstance=about)
