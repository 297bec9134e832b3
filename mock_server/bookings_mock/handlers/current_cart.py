"""Current cart V1: the cart that a caller has on the site."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.purchase import CHECKOUT, CURRENT_CART, Purchase
from bookings_mock.domain.rules import buying as rules_of
from bookings_mock.handlers import purchases
from bookings_mock.handlers.checkout_v1 import NO_DELIVERY, ONLY_BOOKINGS
from bookings_mock.handlers.ecom_shows import show_current_cart, show_totals
from bookings_mock.handlers.handler import Handler


async def get(call: Call) -> Any:
    """Get Current Cart."""
    return _shown(call, _own(call))


async def delete(call: Call) -> Any:
    """Delete Current Cart."""
    purchases.dropped(call, _own(call))
    call.world.forget(call.world.current_carts, _key(call))
    return {}


async def add(call: Call) -> Any:
    """Add To Current Cart: a booking that lies in it already is not added again."""
    extras = ((call.body.get("customLineItems"), ONLY_BOOKINGS, "custom"),)
    purchases.refuse_extras(call, extras)
    wanted = call.body.get("lineItems") or ()
    call.ground.rules.require(rules_of.not_empty, wanted, "no_items")
    cart = _kept(call) or _new(call)
    known = {item.item_id for item in cart.items}
    items = purchases.read_items(call, wanted, first=1 + len(cart.items))
    fresh = {item.item_id: item for item in items if item.item_id not in known}
    grown = evolve(
        cart,
        items=(*cart.items, *fresh.values()),
        revision=cart.revision + 1,
        updated=call.ground.now,
    )
    return _shown(call, purchases.kept(call, grown))


async def create_checkout(call: Call) -> Any:
    """Create Checkout From Current Cart."""
    body, cart = call.body, _own(call)
    _refuse_delivery(call)
    asked = {
        "billingInfo": {"address": body["billingAddress"]} if body.get("billingAddress") else None
    }
    email = body.get("email")
    checkout = purchases.make(
        call, CHECKOUT, cart.items, body["channelType"], asked, email, of=cart
    )
    return {"checkoutId": checkout.id}


async def estimate(call: Call) -> Any:
    """Estimate Current Cart Totals."""
    _refuse_delivery(call)
    cart = _own(call)
    return {**_shown(call, cart), **show_totals(purchases.lines_of(call, cart))}


def _refuse_delivery(call: Call) -> None:
    selected = (call.body or {}).get("selectedShippingOption")
    purchases.refuse_extras(call, ((selected, NO_DELIVERY, "carrier"),))


def _new(call: Call) -> Purchase:
    cart = purchases.make(call, CURRENT_CART, (), "WEB")
    call.world.keep(call.world.current_carts, _key(call), cart.id)
    return cart


def _own(call: Call) -> Purchase:
    cart = _kept(call)
    call.ground.rules.require(rules_of.exists, cart, "cart of yours yet", "current")
    return cart or _new(call)


def _kept(call: Call) -> Purchase | None:
    return call.world.purchases.get(call.world.current_carts.get(_key(call), ""))


def _key(call: Call) -> str:
    assert call.caller is not None
    return f"{call.caller.kind}/{call.caller.id}"


def _shown(call: Call, cart: Purchase) -> dict[str, Any]:
    made = [one.id for one in call.world.purchases.values() if one.cart_id == cart.id]
    lines = purchases.lines_of(call, cart)
    return {"cart": show_current_cart(cart, lines, made[-1] if made else None)}


OPERATIONS: Mapping[str, Handler] = {
    "getCurrentCart": get,
    "deleteCurrentCart": delete,
    "addToCurrentCart": add,
    "createCheckoutFromCurrentCart": create_checkout,
    "estimateCurrentCartTotals": estimate,
}
