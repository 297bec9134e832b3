"""Shared by the suites about buying: bookings with a way to pay, carts, checkouts and orders."""

from collections.abc import Callable, Mapping
from typing import Any

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.operations import document
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.target.model import Service
from bookings_contract.testkit.given import Given

ONLINE, OFFLINE = "ONLINE", "OFFLINE"
# How a booking gets from a booking to an order.
WAYS = ("cart V2", "checkout V1", "current cart V1")


def app() -> str:
    """The app whose items bookings are."""
    return str(document()["x-apps"]["bookings"])


def line(booking_id: str) -> dict[str, Any]:
    """A line of a cart or checkout."""
    reference = {"catalogItemId": booking_id, "appId": app()}
    return {"quantity": 1, "catalogReference": reference}


# Bookings


def sold(given: Given, kind: str, option: str, *, approval: bool = False) -> Service:
    """A service that takes payments of this sort, and is booked by anyone."""
    return given.service(
        kind,
        manual_approval=approval,
        variants=False,
        book="open",
        where=lambda service: option in service.payment_options,
        lacking=f"{kind} that is paid {option}",
    )


def booked(given: Given, kind: str, option: str, *, approval: bool = False) -> Seen:
    """A new booking that is to be paid so."""
    service = sold(given, kind, option, approval=approval)
    return given.booking(given.place(service), selectedPaymentOption=option)


# Carts and checkouts


def cart(given: Given, *booking_ids: str, **more: Any) -> Answer:
    """A cart of Cart V2 with these bookings in it."""
    items = [line(one) for one in booking_ids]
    body = {"catalogItems": items, "cart": {"source": {"channelType": "WEB"}}, **more}
    return given.client.call("createCart", body=body)


def checkout(given: Given, *booking_ids: str, **more: Any) -> Answer:
    """A checkout of the first version for these bookings."""
    items = [line(one) for one in booking_ids]
    return given.client.call(
        "createCheckout", body={"channelType": "WEB", "lineItems": items, **more}
    )


def cart_id(given: Given, *booking_ids: str) -> str:
    """The id of a new cart."""
    return _id(cart(given, *booking_ids), "cart")


def checkout_id(given: Given, *booking_ids: str) -> str:
    """The id of a new checkout."""
    return _id(checkout(given, *booking_ids), "checkout")


def _id(answer: Answer, of: str) -> str:
    return str(reached(answer).at(of, "id"))


def reached(answer: Answer) -> Answer:
    """The answer, if it is a success."""
    if not answer.accepted:
        raise NotReached(f"{answer.exchange.operation} was answered {answer.summary}")
    return answer


def from_current_cart(given: Given, booking_id: str) -> str:
    """The id of a checkout that is made of a visitor's own cart."""
    call = given.client.call
    if not given.client.target.ours:
        # What somebody left in it is not to be ordered.
        call("deleteCurrentCart", caller="visitor")
    added = {"lineItems": [line(booking_id)]}
    reached(call("addToCurrentCart", body=added, caller="visitor"))
    web = {"channelType": "WEB"}
    made = call("createCheckoutFromCurrentCart", body=web, caller="visitor")
    return str(reached(made).at("checkoutId"))


# Orders


def may_order(given: Given) -> None:
    """An order tells the business, and stays: none is placed where no message may be sent."""
    target = given.client.target
    if not (target.ours or target.may_notify):
        raise NotJudged("may_notify is not set in [target], so nothing may be ordered")


def place(given: Given, cart: str) -> Answer:
    """Orders a cart."""
    may_order(given)
    return given.client.call("placeOrder", path={"cartId": cart}, body={"cartId": cart})


def create_order(given: Given, checkout: str, caller: str = "owner") -> Answer:
    """Orders a checkout."""
    may_order(given)
    body = {"id": checkout}
    return given.client.call(
        "createOrderFromCheckout", path={"id": checkout}, body=body, caller=caller
    )


def ordered(given: Given, way: str, booking: Seen) -> str:
    """The id of the order that is made of a booking in one of the ways."""
    may_order(given)
    answer = _WAYS[way](given, booking.id)
    order = reached(answer).at("orderId")
    if not isinstance(order, str):
        raise NotReached(f"{answer.exchange.operation} answered no orderId")
    return order


_WAYS: Mapping[str, Callable[[Given, str], Answer]] = {
    "cart V2": lambda given, booking: place(given, cart_id(given, booking)),
    "checkout V1": lambda given, booking: create_order(given, checkout_id(given, booking)),
    "current cart V1": lambda given, booking: create_order(
        given, from_current_cart(given, booking), "visitor"
    ),
}


def order(given: Given, order_id: str) -> Mapping[str, Any]:
    """The order as it is shown."""
    answer = reached(given.client.call("getOrder", path={"id": order_id}))
    shown = answer.at("order")
    if not isinstance(shown, Mapping):
        raise NotReached("getOrder answered no order")
    return shown


def waiting_order(given: Given, way: str, booking: Seen) -> str:
    """The id of an order that waits for an online payment."""
    made = ordered(given, way, booking)
    status = order(given, made).get("status")
    if status != "INITIALIZED":
        raise NotJudged(f"an order that is to be paid online is {status}, not INITIALIZED")
    return made


def approved_order(given: Given, way: str, booking: Seen) -> str:
    """The id of an order that is approved at once, since nothing of it is paid online."""
    made = ordered(given, way, booking)
    status = order(given, made).get("status")
    if status != "APPROVED":
        raise NotJudged(f"an order that is to be paid in person is {status}, not APPROVED")
    return made


def marked_as_paid(given: Given, order_id: str) -> Answer:
    """Says that an order is paid."""
    may_order(given)
    return given.client.call("markOrderAsPaid", path={"id": order_id}, body={"id": order_id})


def recorded(booking_id: str | None = None) -> dict[str, Any]:
    """A createOrder body: bought elsewhere."""
    item = line(booking_id) if booking_id else {"quantity": 1}
    priced = {**item, "productName": {"original": "A lesson"}, "price": {"amount": "10.00"}}
    return {
        "order": {
            "lineItems": [{**priced, "itemType": {"preset": "SERVICE"}}],
            "channelInfo": {"type": "OTHER_PLATFORM"},
            "buyerInfo": {"email": "judge@example.com"},
            "currency": "EUR",
            "status": "APPROVED",
            "paymentStatus": "PAID",
        }
    }


def recorded_id(given: Given) -> str:
    """The id of an order that is only recorded."""
    may_order(given)
    return _id(given.client.call("createOrder", body=recorded()), "order")
