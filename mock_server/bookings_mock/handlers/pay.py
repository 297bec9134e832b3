"""The page that checkout URLs lead to: what a buyer does there, by a control or by clicking."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.buying import may_be_paid_in_person, totals
from bookings_mock.domain.purchase import APPROVED, FREE, INITIALIZED, Line, Purchase
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers import purchases
from bookings_mock.handlers.acting import owner_of
from bookings_mock.handlers.checkout_v1 import EMPTY
from bookings_mock.handlers.ecom_shows import currency_of
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.leading import purchase_of, with_query

PAID, LATER, DECLINED, LEFT = "PAID", "LATER", "DECLINED", "LEFT"
HOW = 'a page to click on in a browser; else POST what the buyer does, such as {"outcome": "PAID"}'


async def look(call: Call) -> Any:
    """What would be paid for."""
    there, purchase = _purchase(call)
    return {"purchase": _shown(there, purchase)}


async def pay(call: Call) -> Any:
    """The buyer pays, now or in person, is refused by the bank, or goes away."""
    there, purchase = _purchase(call)
    outcome = call.body["outcome"]
    if outcome != LEFT:
        _decide(there, purchase, outcome)
    purchase = there.world.purchases[purchase.id]
    return {"purchase": {**_shown(there, purchase), **_sent(there, purchase, outcome)}}


def _decide(call: Call, purchase: Purchase, outcome: str) -> None:
    lines = purchases.lines_of(call, purchase)
    if outcome == DECLINED and totals(lines).now == FREE:
        raise RuleBroken("SHAPE-3", "nothing is paid online, so no bank refuses", field="outcome")
    if outcome == LATER and not may_be_paid_in_person(lines, call.ground):
        raise RuleBroken("SHAPE-3", "not all of it may be paid in person", field="outcome")
    order = purchases.order_of(call, purchase)
    if order is None or order.status != INITIALIZED or outcome == LATER:
        order = purchases.place(call, purchase, EMPTY, in_person=outcome == LATER)
    if order.status == INITIALIZED:
        (purchases.pay if outcome == PAID else purchases.reject)(call, order)


def _purchase(call: Call) -> tuple[Call, Purchase]:
    """The cart or checkout, and the call as one of its buyer in its site's world."""
    there, purchase = purchase_of(call, call.path["purchaseId"])
    caller = purchases.buyer(there, purchase) or owner_of(there)
    return evolve(there, caller=caller), purchase


def _shown(call: Call, purchase: Purchase) -> dict[str, Any]:
    lines = purchases.lines_of(call, purchase)
    due, order = totals(lines), purchases.order_of(call, purchase)
    callbacks = _callbacks(call, purchase)
    stands = PAID if order is not None and order.status == APPROVED else LEFT
    made = (
        {
            "orderId": order.id,
            "orderNumber": str(order.number),
            "orderStatus": order.status,
            "paymentStatus": order.payment_status,
        }
        if order
        else {}
    )
    return {
        "id": purchase.id,
        "kind": purchase.kind,
        "bookings": [line.item.item_id for line in lines],
        "lines": [_line(line) for line in lines],
        "total": f"{due.all:.2f}",
        "payNow": f"{due.now:.2f}",
        "currency": currency_of(lines),
        "ways": _ways(call, purchase, lines),
        "completed": purchase.completed,
        **made,
        **({"callbacks": callbacks} if callbacks else {}),
        **_sent(call, purchase, stands),
        "note": HOW,
    }


def _line(line: Line) -> dict[str, Any]:
    shown = {
        "bookingId": line.item.item_id,
        "name": line.name,
        "start": rfc3339(line.scheduled) if line.scheduled else None,
        "participants": line.participants,
        "price": f"{line.total:.2f}",
    }
    return {name: value for name, value in shown.items() if value is not None}


def _ways(call: Call, purchase: Purchase, lines: tuple[Line, ...]) -> list[str]:
    """What the buyer can do: nothing, once it is ordered and decided, or can't be had any more."""
    order = purchases.order_of(call, purchase)
    if order is not None:
        return [PAID, DECLINED] if order.status == INITIALIZED else []
    if purchase.completed or not lines or any(one.available < one.item.quantity for one in lines):
        return []
    if totals(lines).now == FREE:
        return [PAID]
    return [PAID, *([LATER] if may_be_paid_in_person(lines, call.ground) else []), DECLINED]


def _callbacks(call: Call, purchase: Purchase) -> Mapping[str, Any]:
    """Where people come back to: by the session that led them here, else by the latest."""
    sessions = [one for one in call.world.redirects.values() if one.paid_for == purchase.id]
    named = [one for one in sessions if one.id == str(call.query.get("redirect")).lower()]
    return (named or sessions)[-1].callbacks if sessions else {}


def _sent(call: Call, purchase: Purchase, outcome: str) -> dict[str, str]:
    """Where the buyer is sent: to the page of thanks with the order, else where the flow ends."""
    callbacks = _callbacks(call, purchase)
    thanks = callbacks.get("thankYouPageUrl") if outcome in (PAID, LATER) else None
    address = thanks or callbacks.get("postFlowUrl")
    if not address:
        return {}
    more = {"orderId": purchase.order_id} if thanks and purchase.order_id else {}
    member = "true" if purchase.buyer.get("memberId") else "false"
    return {"sendsTo": with_query(address, {**more, "wixMemberLoggedIn": member})}


OPERATIONS: Mapping[str, Handler] = {"mockPurchase": look, "mockPay": pay}
