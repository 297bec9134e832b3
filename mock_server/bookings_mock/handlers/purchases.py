"""What carts and checkouts have in common: made, looked up, ordered and paid."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.callers import DEFAULT_WORLD, MEMBER, VISITOR, Caller
from bookings_mock.domain import buying
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.purchase import APPROVED, INITIALIZED, Item, Line, Order, Purchase
from bookings_mock.domain.rules import buying as rules_of
from bookings_mock.handlers import acting

Json = Mapping[str, Any]

# Where the site's numbers of orders begin.
_FIRST_NUMBER = 10001


# Made and looked up


def read_items(call: Call, sent: Iterable[Json] | None, first: int | None = 1) -> tuple[Item, ...]:
    """The items of a request; their ids count from `first`, or are drawn where that is None."""
    own = call.mock.document["x-apps"]["bookings"]
    return tuple(
        Item(
            id=call.world.new_id() if first is None else counted(first + number),
            app_id=one["catalogReference"]["appId"].lower(),
            item_id=one["catalogReference"]["catalogItemId"].lower(),
            quantity=one["quantity"],
            booked=one["catalogReference"]["appId"].lower() == own,
        )
        for number, one in enumerate(sent or ())
    )


def counted(number: int) -> str:
    """The id of a line by its place, as the first version counts them."""
    return f"00000000-0000-0000-0000-{number:012d}"


def make(
    call: Call,
    kind: str,
    items: tuple[Item, ...],
    channel: str | None,
    asked: Json | None = None,
    email: str | None = None,
    of: Purchase | None = None,
) -> Purchase:
    """A new cart or checkout of the caller's, `of` a cart where it is made of one."""
    world, now = call.world, call.ground.now
    purchase = Purchase(
        id=world.new_id(),
        kind=kind,
        created=now,
        updated=now,
        items=items,
        buyer=buyer_of(call, email),
        channel=channel or "UNSPECIFIED",
        flow_id=of.flow_id if of else world.new_id(),
        asked=asked or {},
        cart_id=of.id if of else None,
    )
    return kept(call, purchase)


def kept(call: Call, purchase: Purchase) -> Purchase:
    """Keep a cart or checkout; the bookings in it know that they lie in one."""
    call.world.keep(call.world.purchases, purchase.id, purchase)
    _hold(call, purchase, True)
    return purchase


def dropped(call: Call, purchase: Purchase) -> None:
    """Keep a cart no longer, nor the places in it."""
    call.world.forget(call.world.purchases, purchase.id)
    _hold(call, purchase, False)


def _hold(call: Call, purchase: Purchase, held: bool) -> None:
    for booking in _bookings(call, purchase.items):
        if booking.held is not held:
            call.world.put(evolve(booking, held=held))


def buyer_of(call: Call, email: str | None = None) -> dict[str, Any]:
    """Whose a purchase is: the visitor's or member's who makes it, else nobody's yet."""
    caller = call.caller
    assert caller is not None
    named: dict[str, Any] = {"openAccess": True}
    if caller.kind == VISITOR:
        named = {"visitorId": caller.id}
    elif caller.kind == MEMBER:
        named = {"memberId": caller.id, "contactId": caller.contact_id}
    return {**named, "email": email} if email else named


def found(call: Call, kinds: Sequence[str], purchase_id: str) -> Purchase:
    """The cart or checkout with this id; raises RuleBroken if there is none of these kinds."""
    purchase = call.world.purchases.get(purchase_id.lower())
    known = purchase if purchase and purchase.kind in kinds else None
    call.ground.rules.require(rules_of.exists, known, f"{kinds[0]} with this id")
    return known or next(iter(call.world.purchases.values()), nothing(call))


def nothing(call: Call) -> Purchase:
    """What stands for a purchase that there is not, where the rule about that is switched off."""
    now, nobody = call.ground.now, call.world.site.id
    return Purchase(nobody, "cart", now, now, (), {"openAccess": True}, "UNSPECIFIED", nobody)


def order_of(call: Call, purchase: Purchase) -> Order | None:
    """The order that was made of a cart or checkout."""
    return call.world.orders.get(purchase.order_id or "")


def lines_of(call: Call, purchase: Purchase) -> tuple[Line, ...]:
    """What is in a cart or checkout, by today's prices; those of its order, once there is one."""
    order = order_of(call, purchase)
    return order.lines if order else priced(call, purchase.items)


def priced(call: Call, items: Iterable[Item]) -> tuple[Line, ...]:
    """Items as the catalog has them now."""
    orders = call.world.orders
    bought = {one for one, order in call.world.ordered.items() if orders[order].status == APPROVED}
    return buying.lines_of(items, call.world.booking, call.ground, bought)


# What the site does not have


def refuse_extras(call: Call, extras: Iterable[tuple[Any, str, str | None]]) -> None:
    """Raise RuleBroken for a coupon, gift card, delivery or custom item: value, what, case."""
    for value, what, case in extras:
        call.ground.rules.require(rules_of.served, value, what, case)


# Ordered and paid


def place(
    call: Call,
    purchase: Purchase,
    empty: str,
    price_token: str | None = None,
    in_person: bool = False,
) -> Order:
    """Make an order of a cart or checkout; one that is approved moves its bookings.

    `empty` is the case of a refusal where there is nothing to buy; `in_person` says that the buyer
    pays nothing online.
    """
    rules = call.ground.rules
    standing = order_of(call, purchase)
    rules.require(rules_of.ordered_once, standing, purchase.completed, purchase.kind)
    lines = priced(call, purchase.items)
    rules.require(rules_of.not_empty, lines, empty)
    rules.require(rules_of.as_calculated, price_token, buying.price_token(purchase, lines))
    rules.require(rules_of.in_stock, lines, purchase.kind)
    lines = buying.in_person(lines) if in_person else lines
    order = buying.ordered(purchase, lines, next_number(call), call.ground)
    order = evolve(order, buyer=_known_buyer(call, order))
    tell(call, order)
    keep_order(call, order)
    world = call.world
    world.keep(world.purchases, purchase.id, evolve(purchase, order_id=order.id))
    for whose in [one for one, cart in world.current_carts.items() if cart == purchase.cart_id]:
        world.forget(world.current_carts, whose)
    return order


def next_number(call: Call) -> int:
    """The number of the site's next order."""
    return _FIRST_NUMBER + len(call.world.orders)


def tell(call: Call, order: Order) -> None:
    """Let the bookings of an order know what has become of it; all of them move, or none."""
    rules = call.ground.rules
    news = rules(rules_of.news_of)(order.status)
    if news is None or not rules(rules_of.moves_bookings)(order.purchase_kind):
        return
    with call.world.all_or_nothing():
        for booking in bookings_of(call, order):
            acting.ordered(call, booking, news, buying.payment_of_bookings(order))


def keep_order(call: Call, order: Order) -> Order:
    """Keep an order; of what was bought, remember by which."""
    call.world.keep(call.world.orders, order.id, order)
    if order.purchase_kind is not None:
        for booking in bookings_of(call, order):
            call.world.keep(call.world.ordered, booking.id, order.id)
    return order


def bookings_of(call: Call, order: Order) -> list[Booking]:
    """The bookings that an order is about."""
    return _bookings(call, (line.item for line in order.lines))


def _bookings(call: Call, items: Iterable[Item]) -> list[Booking]:
    ids = dict.fromkeys(item.item_id for item in items if item.booked)
    found = (call.world.booking(one) for one in ids)
    return [booking for booking in found if booking is not None]


def _known_buyer(call: Call, order: Order) -> dict[str, Any]:
    """The buyer, with the contact of the first booking where nothing else is known of them."""
    booking = next(iter(bookings_of(call, order)), None)
    contact = booking.contact if booking else {}
    told = {name: contact[name] for name in ("contactId", "email") if contact.get(name)}
    return {**told, **order.buyer}


def pay(call: Call, order: Order) -> Order:
    """Let the buyer pay online what an order waits for."""
    return _settled(call, buying.paid_online(order, call.ground))


def reject(call: Call, order: Order) -> Order:
    """Let the bank refuse what an order waits for."""
    return _settled(call, buying.rejected(order, call.ground))


def _settled(call: Call, order: Order) -> Order:
    tell(call, order)
    return keep_order(call, order)


def mark_as_paid(call: Call, order: Order) -> Order:
    """The owner has the money: an order that waited for it is approved, its bookings are paid."""
    paid = buying.paid(order, call.ground)
    if order.status == INITIALIZED:
        return _settled(call, paid)
    if call.ground.rules(rules_of.moves_bookings)(order.purchase_kind):
        payment = call.ground.rules(rules_of.payment_when_marked)()
        for booking in bookings_of(call, paid):
            acting.paid(call, booking, payment)
    return keep_order(call, paid)


# Where buyers are sent


def page(call: Call, *path: str, **query: str) -> str:
    """The address of one of the mock's own pages, in the call's world."""
    name = call.world.name
    world = {} if name == DEFAULT_WORLD else {"world": name}
    asked = urlencode({**query, **world})
    return f"{call.base_url}/_mock/{'/'.join(path)}{'?' if asked else ''}{asked}"


def buyer(call: Call, purchase: Purchase) -> Caller | None:
    """The buyer as a caller; None where a purchase is nobody's yet."""
    for kind, name in ((MEMBER, "memberId"), (VISITOR, "visitorId")):
        if purchase.buyer.get(name):
            contact = purchase.buyer.get("contactId")
            site = call.world.site.name
            return Caller(kind, kind, "", site, purchase.buyer[name], contact)
    return None
