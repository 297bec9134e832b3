"""Buying: what carts and checkouts take, and how often what is in them is ordered and paid."""

from typing import Any

import pytest

from bookings_contract.findings.operations import operation
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support import buying
from bookings_contract.suites.support.buying import OFFLINE, ONLINE
from bookings_contract.suites.support.calls import KINDS, of_rule, reached, unknown_id
from bookings_contract.target.model import Service
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

# A plan is also refused to customers who have none.
FOR_ALL = (OFFLINE, ONLINE)
OF_OURS = (*FOR_ALL, "MEMBERSHIP")


# What is taken


@pytest.mark.judges("CHECKOUT-7")
@pytest.mark.parametrize("kind", KINDS)
def test_an_option_that_the_service_lacks_is_refused_at_creation_or_by_the_cart(
    kind: str, scenario: Scenario
) -> None:
    service, option = _lacking(scenario.given, kind)
    place = scenario.given.place(service)
    body = scenario.given.body(place, selectedPaymentOption=option)
    made = scenario.client.call("createBooking", body=body)
    if made.refused:
        reached(scenario.client.call("createBooking", body=scenario.given.body(place)))
        scenario.expect.reading("CHECKOUT-7", "A")
        return
    refused = buying.cart(scenario.given, reached(made).booking.id)
    told = f"a cart for a booking that is paid {option}: {refused.summary}"
    scenario.expect.reading("CHECKOUT-7", "B" if refused.refused else None, actual=told)


def _lacking(given: Given, kind: str) -> tuple[Service, str]:
    """A service of the kind that lacks an option, and the option."""
    named = given.client.target.all_services(
        kind, variants=False, book="open", where=lambda service: bool(service.payment_options)
    )
    options = OF_OURS if given.client.target.ours else FOR_ALL
    for service in named:
        for option in options:
            if option not in service.payment_options:
                return service, option
    raise NotJudged(f"the target file names no {kind} that lacks a payment option")


@pytest.mark.judges("CHECKOUT-14")
@pytest.mark.parametrize("what", ["coupon", "gift_card"])
@pytest.mark.parametrize("name", of_rule("CHECKOUT-14"))
def test_a_coupon_or_gift_card_that_nobody_has_is_refused(
    name: str, what: str, scenario: Scenario
) -> None:
    booking = buying.booked(scenario.given, "class", ONLINE)
    code = f"NONE-{scenario.given.random.getrandbits(40):010X}"
    case: str | None
    if name == "createCart":
        more: dict[str, Any] = {f"{what.replace('_c', 'C')}s": [{"code": code}]}
        answer = buying.cart(scenario.given, booking.id, **more)
        case = None if what == "coupon" else what
    else:
        field = "couponCode" if what == "coupon" else "giftCardCode"
        answer = buying.checkout(scenario.given, booking.id, **{field: code})
        case = f"checkout_{what}"
    about = f"{what.replace('_', ' ')}, {name}"
    scenario.expect.refused(answer, "CHECKOUT-14", case, circumstance=about)


@pytest.mark.judges("CHECKOUT-15")
def test_a_cart_takes_no_booking_that_there_is_not(scenario: Scenario) -> None:
    answer = buying.cart(scenario.given, unknown_id(scenario.given))
    scenario.expect.refused(answer, "CHECKOUT-15", circumstance="an unknown booking")


@pytest.mark.judges("CHECKOUT-15", needs=("may_notify",))
def test_nothing_is_ordered_of_an_empty_cart(scenario: Scenario) -> None:
    empty = buying.cart_id(scenario.given)
    answer = buying.place(scenario.given, empty)
    scenario.expect.refused(answer, "CHECKOUT-15", "empty", circumstance="an empty cart")


# What there is not

OWN = ("getCurrentCart", "createCheckoutFromCurrentCart")
OF_ORDERS = ("getOrder", "cancelOrder", "markOrderAsPaid")


@pytest.mark.judges("CHECKOUT-13")
@pytest.mark.parametrize("name", of_rule("CHECKOUT-13"))
def test_a_cart_checkout_or_order_that_there_is_not_is_not_found(
    name: str, scenario: Scenario
) -> None:
    asked = operation(name)
    how: dict[str, Any] = {
        "path": {one: unknown_id(scenario.given) for one in asked.parameters},
        "body": None if asked.method == "GET" else {},
    }
    case = "order" if name in OF_ORDERS else None
    if name in OWN:
        if not scenario.client.target.ours:
            raise NotJudged("others may have put something into the visitor's cart")
        body = {"channelType": "WEB"} if how["body"] is not None else None
        how |= {"caller": "visitor", "body": body}
        case = "current"
    answer = scenario.client.call(name, **how)
    scenario.expect.refused(answer, "CHECKOUT-13", case, circumstance=name)


# What is done once


@pytest.mark.judges("CHECKOUT-12")
@pytest.mark.parametrize("option", [OFFLINE, ONLINE])
@pytest.mark.parametrize("name", ["placeOrder", "calculateCart"])
def test_a_cart_is_ordered_once(name: str, option: str, scenario: Scenario) -> None:
    booking = buying.booked(scenario.given, "class", option)
    cart = buying.cart_id(scenario.given, booking.id)
    reached(buying.place(scenario.given, cart))
    body = {"cartId": cart}
    answer = scenario.client.call(name, path={"cartId": cart}, body=body)
    scenario.expect.refused(answer, "CHECKOUT-12", circumstance=f"{name}, {option}")


@pytest.mark.judges("CHECKOUT-12")
@pytest.mark.parametrize("option", [OFFLINE, ONLINE])
def test_a_checkout_is_ordered_once(option: str, scenario: Scenario) -> None:
    booking = buying.booked(scenario.given, "class", option)
    checkout = buying.checkout_id(scenario.given, booking.id)
    reached(buying.create_order(scenario.given, checkout))
    answer = buying.create_order(scenario.given, checkout)
    scenario.expect.refused(answer, "CHECKOUT-12", "checkout", circumstance=f"checkout, {option}")


@pytest.mark.judges("CHECKOUT-12")
def test_an_order_is_paid_once(scenario: Scenario) -> None:
    booking = buying.booked(scenario.given, "class", OFFLINE)
    order = buying.approved_order(scenario.given, "cart V2", booking)
    _paid(scenario.given, order)
    answer = buying.marked_as_paid(scenario.given, order)
    scenario.expect.refused(answer, "CHECKOUT-12", "paid", circumstance="paid twice")


@pytest.mark.judges("CHECKOUT-12")
def test_an_order_that_waits_for_its_payment_is_not_canceled(scenario: Scenario) -> None:
    booking = buying.booked(scenario.given, "class", ONLINE)
    order = buying.waiting_order(scenario.given, "cart V2", booking)
    quiet = {"id": order, "sendOrderCanceledEmail": False}
    answer = scenario.client.call("cancelOrder", path={"id": order}, body=quiet)
    scenario.expect.refused(answer, "CHECKOUT-12", "pending", circumstance="canceled unpaid")


def _paid(given: Given, order: str) -> None:
    if buying.order(given, order).get("paymentStatus") == "PAID":
        raise NotJudged("the order costs nothing, so it is paid already")
    answer = buying.marked_as_paid(given, order)
    if not answer.accepted:
        raise NotReached(f"marking an order as paid was answered {answer.summary}")
