"""Orders: read, searched, recorded, canceled, marked as paid."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bookings_mock.call import Call
from bookings_mock.callers import MEMBER
from bookings_mock.domain import buying
from bookings_mock.domain.purchase import (
    APPROVED,
    INITIALIZED,
    NOT_PAID,
    REJECTED,
    Item,
    Line,
    Order,
)
from bookings_mock.domain.rules import buying as rules_of
from bookings_mock.handlers import purchases
from bookings_mock.handlers.ecom_shows import show_order
from bookings_mock.handlers.finding import refused, seal_of
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.reads import read_date
from bookings_mock.query import Field, Key, QueryRefused, read_page, select

Json = Mapping[str, Any]

# The waiting are never shown, and these only to those who ask for a status.
_HIDDEN = frozenset({INITIALIZED})
_ASIDE = frozenset({"PENDING", REJECTED})
# What of a recorded order is shown again as it was said.
_KEPT = ("billingInfo", "recipientInfo", "priceSummary", "purchasedDate", "buyerNote")
_KEPT_OF_LINES = ("productName", "itemType", "taxInfo", "taxDetails")


async def get(call: Call) -> Any:
    """Get Order."""
    return {"order": show_order(_named(call))}


async def search(call: Call) -> Any:
    """Search Orders."""
    wanted = call.body.get("search") or {}
    grammar, seal = call.mock.grammars[call.operation], seal_of(call)
    try:
        page = read_page(wanted, grammar, FIELDS, _NEWEST_FIRST, seal)
    except QueryRefused as error:
        raise refused(error, "SHAPE-3") from None
    aside = frozenset() if _names_status(page.sent.get("filter")) else _ASIDE
    shown = [one for one in _own(call) if one.status not in _HIDDEN | aside]
    found = select(page, lambda: shown, _NoIndex(), seal)
    cursors = {key: one for key, one in (("next", found.next), ("prev", found.prev)) if one}
    return {
        "orders": [show_order(one) for one in found.records],
        "metadata": {
            "count": len(found.records),
            "cursors": cursors,
            "hasNext": found.next is not None,
        },
    }


def _names_status(sent: Any) -> bool:
    """Whether a filter names the status, however deep."""
    if isinstance(sent, list):
        return any(_names_status(one) for one in sent)
    if not isinstance(sent, Mapping):
        return False
    return "status" in sent or any(_names_status(one) for one in sent.values())


async def record(call: Call) -> Any:
    """Create Order: what was bought elsewhere is written down, and moves nothing."""
    sent = call.body["order"]
    _require_past(call, sent.get("purchasedDate"))
    currency = sent.get("currency") or "EUR"
    now = call.ground.now
    order = Order(
        id=call.world.new_id(),
        number=purchases.next_number(call),
        created=now,
        updated=now,
        status=sent.get("status") or APPROVED,
        payment_status=sent.get("paymentStatus") or NOT_PAID,
        lines=tuple(_recorded_lines(call, sent.get("lineItems") or (), currency)),
        buyer=_buyer(sent.get("buyerInfo") or {}),
        channel=sent.get("channelInfo") or {},
        currency=currency,
        recorded={name: sent[name] for name in _KEPT if sent.get(name)},
    )
    purchases.tell(call, order)
    return {"order": show_order(purchases.keep_order(call, order))}


_BUYER = ("contactId", "memberId", "visitorId", "email")


def _buyer(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {name: sent[name] for name in _BUYER if name in sent}


def _require_past(call: Call, purchased: str | None) -> None:
    moment: datetime | None = read_date(purchased, None, "order.purchasedDate")
    call.ground.rules.require(
        rules_of.bought_already, moment is not None and moment > call.ground.now
    )


def _recorded_lines(call: Call, sent: Iterable[Json], currency: str) -> Iterable[Line]:
    own = call.mock.document["x-apps"]["bookings"]
    for number, one in enumerate(sent, start=1):
        reference = one.get("catalogReference") or {}
        app_id = str(reference.get("appId") or "").lower()
        item = Item(
            id=purchases.counted(number),
            app_id=app_id,
            item_id=str(reference.get("catalogItemId") or "").lower(),
            quantity=one.get("quantity") or 1,
            booked=app_id == own,
        )
        yield Line(
            item,
            price=(one.get("price") or {}).get("amount") or "0",
            currency=currency,
            option=one.get("paymentOption"),
            known=True,
            available=item.quantity,
            said={name: one[name] for name in _KEPT_OF_LINES if one.get(name)},
        )


async def cancel(call: Call) -> Any:
    """Cancel Order: its bookings stay; one that is canceled already stays as it is."""
    order = _named(call)
    call.ground.rules.require(rules_of.settled, order)
    if order.status == "CANCELED":
        return {"order": show_order(order)}
    canceled = buying.canceled(order, call.ground)
    return {"order": show_order(purchases.keep_order(call, canceled))}


async def mark_as_paid(call: Call) -> Any:
    """Mark Order As Paid."""
    order = _named(call)
    call.ground.rules.require(rules_of.paid_once, order)
    return {"order": show_order(purchases.mark_as_paid(call, order))}


def _named(call: Call) -> Order:
    wanted = call.path["id"].lower()
    order = next((one for one in _own(call) if one.id == wanted), None)
    call.ground.rules.require(rules_of.exists, order, "order with this id", "order")
    return order or next(iter(call.world.orders.values()), _nobodys(call))


def _nobodys(call: Call) -> Order:
    """What stands for an order that there is not, where the rule about that is switched off."""
    now, site = call.ground.now, call.world.site.id
    return Order(site, 0, now, now, APPROVED, NOT_PAID, (), {}, {})


def _own(call: Call) -> Iterable[Order]:
    """The orders that the caller may see: a member's own, else all."""
    caller = call.caller
    orders = call.world.orders.values()
    if caller is None or caller.kind != MEMBER:
        return orders
    return [one for one in orders if one.buyer.get("memberId") == caller.id]


class _NoIndex:
    """Orders are few: all of them are looked at."""

    def find(self, name: str, values: Any) -> None:
        """None for every field."""


FIELDS: Mapping[str, Field[Order]] = {
    "id": Field(lambda one: one.id, "guid"),
    "number": Field(lambda one: str(one.number)),
    "checkoutId": Field(lambda one: one.purchase_id, "guid"),
    "status": Field(lambda one: one.status),
    "paymentStatus": Field(lambda one: one.payment_status),
    "fulfillmentStatus": Field(lambda one: "NOT_FULFILLED"),
    "createdDate": Field(lambda one: one.created, "date"),
    "updatedDate": Field(lambda one: one.updated, "date"),
    "buyerInfo.contactId": Field(lambda one: one.buyer.get("contactId"), "guid"),
    "buyerInfo.memberId": Field(lambda one: one.buyer.get("memberId"), "guid"),
    "buyerInfo.visitorId": Field(lambda one: one.buyer.get("visitorId"), "guid"),
    "buyerInfo.email": Field(lambda one: one.buyer.get("email")),
    "channelInfo.type": Field(lambda one: one.channel.get("type")),
    "channelInfo.externalOrderId": Field(lambda one: one.channel.get("externalOrderId")),
    "lineItems.catalogReference.catalogItemId": Field(
        lambda one: [line.item.item_id for line in one.lines], "list"
    ),
}
_NUMBER: Field[Order] = Field(lambda one: one.number, "number")
_NEWEST_FIRST = (
    Key("createdDate", FIELDS["createdDate"], descending=True),
    Key("number", _NUMBER, descending=True),
)

OPERATIONS: Mapping[str, Handler] = {
    "getOrder": get,
    "searchOrders": search,
    "createOrder": record,
    "cancelOrder": cancel,
    "markOrderAsPaid": mark_as_paid,
}
