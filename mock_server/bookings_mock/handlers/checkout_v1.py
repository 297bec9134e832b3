"""Checkout V1: what somebody is about to buy, and the order that is made of it."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.purchase import CHECKOUT, Purchase
from bookings_mock.domain.rules import buying as rules_of
from bookings_mock.handlers import purchases
from bookings_mock.handlers.ecom_shows import show_checkout
from bookings_mock.handlers.handler import Handler

EMPTY = "empty_checkout"
NO_DELIVERY = "the site sends nothing, so no way of delivery can be selected"
ONLY_BOOKINGS = "only bookings are sold here, no customLineItems"


async def create(call: Call) -> Any:
    """Create Checkout."""
    body, info = call.body, call.body.get("checkoutInfo") or {}
    _refuse_extras(call)
    call.ground.rules.require(rules_of.not_empty, body.get("lineItems") or (), EMPTY)
    asked = {**info, "overrideCheckoutUrl": body.get("overrideCheckoutUrl")}
    email = (info.get("buyerInfo") or {}).get("email")
    items = purchases.read_items(call, body.get("lineItems"))
    purchase = purchases.make(call, CHECKOUT, items, body["channelType"], asked, email)
    return _shown(call, purchase)


def _refuse_extras(call: Call) -> None:
    body = call.body
    shipping = (body.get("checkoutInfo") or {}).get("shippingInfo") or {}
    extras = (
        (body.get("couponCode"), "the site has no coupons", "checkout_coupon"),
        (body.get("giftCardCode"), "the site has no gift cards", "checkout_gift_card"),
        (shipping.get("selectedCarrierServiceOption"), NO_DELIVERY, "carrier"),
        (body.get("customLineItems"), ONLY_BOOKINGS, "custom"),
    )
    purchases.refuse_extras(call, extras)


async def get(call: Call) -> Any:
    """Get Checkout."""
    return _shown(call, _named(call))


async def get_by_cart(call: Call) -> Any:
    """Get Checkout By Cart ID: the latest that was made of the cart."""
    cart_id = call.path["cartId"].lower()
    made = [one for one in call.world.purchases.values() if one.cart_id == cart_id]
    call.ground.rules.require(rules_of.exists, made or None, "checkout of this cart")
    return _shown(call, made[-1] if made else purchases.nothing(call))


async def checkout_url(call: Call) -> Any:
    """Get Checkout URL."""
    purchase = _named(call)
    own = purchase.asked.get("overrideCheckoutUrl")
    return {"checkoutUrl": own or purchases.page(call, "pay", purchase.id)}


async def create_order(call: Call) -> Any:
    """Create Order."""
    order = purchases.place(call, _named(call), EMPTY)
    waiting = {"paymentGatewayOrderId": order.gateway_id} if order.gateway_id else {}
    return {"orderId": order.id, **waiting}


async def complete(call: Call) -> Any:
    """Mark Checkout As Completed."""
    purchase = _named(call)
    call.world.keep(call.world.purchases, purchase.id, evolve(purchase, completed=True))
    return {}


def _named(call: Call) -> Purchase:
    return purchases.found(call, (CHECKOUT,), call.path["id"])


def _shown(call: Call, purchase: Purchase) -> dict[str, Any]:
    return {"checkout": show_checkout(purchase, purchases.lines_of(call, purchase))}


OPERATIONS: Mapping[str, Handler] = {
    "createCheckout": create,
    "getCheckout": get,
    "getCheckoutByCartId": get_by_cart,
    "getCheckoutUrl": checkout_url,
    "getCheckoutUrlByPost": checkout_url,
    "createOrderFromCheckout": create_order,
    "markCheckoutAsCompleted": complete,
}
