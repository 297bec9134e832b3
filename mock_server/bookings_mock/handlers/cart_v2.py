"""Cart V2: carts that are calculated and ordered by themselves."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain import buying
from bookings_mock.domain.purchase import CART, Purchase
from bookings_mock.domain.rules import buying as rules_of
from bookings_mock.handlers import purchases
from bookings_mock.handlers.ecom_shows import show_cart, show_summary
from bookings_mock.handlers.handler import Handler


async def create(call: Call) -> Any:
    """Create Cart."""
    body, asked = call.body, call.body.get("cart") or {}
    _refuse_extras(call)
    items = purchases.read_items(call, body.get("catalogItems"), first=None)
    buying.require_offered(purchases.priced(call, items), call.ground)
    channel = (asked.get("source") or {}).get("channelType")
    email = (asked.get("customerInfo") or {}).get("email")
    purchase = purchases.make(call, CART, items, channel, asked, email)
    return _shown(call, purchase)


def _refuse_extras(call: Call) -> None:
    body = call.body
    extras = (
        (body.get("coupons"), "the site has no coupons", None),
        (body.get("giftCards"), "the site has no gift cards", "gift_card"),
        (body.get("deliveryMethod"), "the site delivers nothing", "delivery"),
        (body.get("customItems"), "only bookings are sold here, no customItems", "custom"),
    )
    purchases.refuse_extras(call, extras)


async def get(call: Call) -> Any:
    """Get Cart."""
    return _shown(call, _named(call))


async def delete(call: Call) -> Any:
    """Delete Cart."""
    purchases.dropped(call, _named(call))
    return {}


async def calculate(call: Call) -> Any:
    """Calculate Cart."""
    purchase = _named(call)
    order = purchases.order_of(call, purchase)
    call.ground.rules.require(rules_of.ordered_once, order, False, CART)
    lines = purchases.lines_of(call, purchase)
    token = buying.price_token(purchase, lines)
    summary = show_summary(purchase, lines, call.world.new_id(), token)
    return {"cart": show_cart(purchase, lines), "summary": summary}


async def checkout_url(call: Call) -> Any:
    """Get Checkout URL."""
    purchase = _named(call)
    own = purchase.asked.get("customCheckoutUrl")
    return {"checkoutUrl": own or purchases.page(call, "pay", purchase.id)}


async def place(call: Call) -> Any:
    """Place Order."""
    token = (call.body or {}).get("priceVerificationToken")
    order = purchases.place(call, _named(call), "empty", token)
    done = order.gateway_id is None
    waiting = {} if done else {"paymentGatewayOrderId": order.gateway_id}
    return {"orderId": order.id, "completed": done, **waiting}


async def complete(call: Call) -> Any:
    """Mark Cart As Completed."""
    purchase = _named(call)
    call.world.keep(call.world.purchases, purchase.id, evolve(purchase, completed=True))
    return {}


def _named(call: Call) -> Purchase:
    return purchases.found(call, (CART,), call.path["cartId"])


def _shown(call: Call, purchase: Purchase) -> dict[str, Any]:
    return {"cart": show_cart(purchase, purchases.lines_of(call, purchase))}


OPERATIONS: Mapping[str, Handler] = {
    "createCart": create,
    "getCart": get,
    "deleteCart": delete,
    "calculateCart": calculate,
    "getCartCheckoutUrl": checkout_url,
    "placeOrder": place,
    "markCartAsCompleted": complete,
}
