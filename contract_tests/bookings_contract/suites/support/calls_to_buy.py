"""Calls of carts, checkouts, orders and redirect sessions that nothing speaks against."""

from collections.abc import Callable, Mapping
from typing import Any

from bookings_contract.findings.operations import operations
from bookings_contract.suites.support import buying
from bookings_contract.suites.support.valid import Valid
from bookings_contract.testkit.given import Given

KIND = "class"


def _bought(given: Given) -> str:
    """A booking that can be bought, by its id."""
    return given.booking(KIND).id


def _of_cart(operation: str, orders: bool = False) -> Callable[[Given, str], Valid]:
    """A call on a cart of one's own."""

    def call(given: Given, kind: str) -> Valid:
        if orders:
            buying.may_order(given)
        path = {"cartId": buying.cart_id(given, _bought(given))}
        return Valid(operation, _posted(operation), how={"path": path})

    return call


def _of_checkout(operation: str, orders: bool = False) -> Callable[[Given, str], Valid]:
    """A call on a checkout of one's own."""

    def call(given: Given, kind: str) -> Valid:
        if orders:
            buying.may_order(given)
        path = {"id": buying.checkout_id(given, _bought(given))}
        return Valid(operation, _posted(operation), how={"path": path})

    return call


def _of_order(operation: str) -> Callable[[Given, str], Valid]:
    """A call on an order of one's own: one that waits to be paid, where that is the matter."""

    def call(given: Given, kind: str) -> Valid:
        if operation == "markOrderAsPaid":
            booking = buying.booked(given, KIND, buying.ONLINE)
            order = buying.ordered(given, "cart V2", booking)
        else:
            order = buying.recorded_id(given)
        return Valid(operation, _posted(operation), how={"path": {"id": order}})

    return call


def _of_current_cart(operation: str) -> Callable[[Given, str], Valid]:
    """A call on the cart that a visitor has."""

    def call(given: Given, kind: str) -> Valid:
        body = {"channelType": "WEB"} if operation.startswith("createCheckout") else None
        body = body or _posted(operation)
        buying.from_current_cart(given, _bought(given))
        return Valid(operation, body, how={"caller": "visitor"})

    return call


def _posted(operation: str) -> dict[str, Any] | None:
    return {} if operations()[operation].method == "POST" else None


def _add(given: Given, kind: str) -> Valid:
    body = {"lineItems": [buying.line(_bought(given))]}
    return Valid("addToCurrentCart", body, how={"caller": "visitor"})


def _make_cart(given: Given, kind: str) -> Valid:
    return Valid("createCart", {"catalogItems": [buying.line(_bought(given))]})


def _make_checkout(given: Given, kind: str) -> Valid:
    items = [buying.line(_bought(given))]
    return Valid("createCheckout", {"channelType": "WEB", "lineItems": items})


def _checkout_of_cart(given: Given, kind: str) -> Valid:
    checkout = buying.from_current_cart(given, _bought(given))
    shown = buying.reached(given.client.call("getCheckout", path={"id": checkout}))
    return Valid("getCheckoutByCartId", how={"path": {"cartId": shown.at("checkout", "cartId")}})


def _record(given: Given, kind: str) -> Valid:
    buying.may_order(given)
    return Valid("createOrder", buying.recorded())


def _redirect(given: Given, kind: str) -> Valid:
    checkout = buying.checkout_id(given, _bought(given))
    callbacks = {"postFlowUrl": "https://judge.example.com/back"}
    body = {"ecomCheckout": {"checkoutId": checkout}, "callbacks": callbacks}
    return Valid("createRedirectSession", body)


BUYING: Mapping[str, Callable[[Given, str], Valid]] = {
    "createCart": _make_cart,
    "createCheckout": _make_checkout,
    "addToCurrentCart": _add,
    "getCheckoutByCartId": _checkout_of_cart,
    "createOrder": _record,
    "searchOrders": lambda given, kind: Valid("searchOrders", {"search": {}}),
    "createRedirectSession": _redirect,
    "placeOrder": _of_cart("placeOrder", orders=True),
    "createOrderFromCheckout": _of_checkout("createOrderFromCheckout", orders=True),
    **{
        name: _of_cart(name)
        for name in (
            *("getCart", "deleteCart", "calculateCart", "getCartCheckoutUrl"),
            "markCartAsCompleted",
        )
    },
    **{
        name: _of_checkout(name)
        for name in (
            *("getCheckout", "getCheckoutUrl", "getCheckoutUrlByPost"),
            "markCheckoutAsCompleted",
        )
    },
    **{
        name: _of_current_cart(name)
        for name in (
            *("getCurrentCart", "deleteCurrentCart", "createCheckoutFromCurrentCart"),
            "estimateCurrentCartTotals",
        )
    },
    **{name: _of_order(name) for name in ("getOrder", "cancelOrder", "markOrderAsPaid")},
}
