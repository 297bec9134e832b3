"""From a cart or checkout to an order: what its lines cost, what it is worth, how it stands."""

import hashlib
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from typing import TypeAlias

from attrs import evolve, frozen

from bookings_mock.domain.booking import Booking
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.purchase import (
    APPROVED,
    DECLINED,
    FREE,
    INITIALIZED,
    PAID,
    PARTIALLY_PAID,
    REJECTED,
    Item,
    Line,
    Order,
    Purchase,
)
from bookings_mock.domain.rules import buying as rules_of
from bookings_mock.domain.service import Service

# Finds a booking by its id.
Find: TypeAlias = Callable[[str], Booking | None]

# How a line is paid, by the option that its booking has selected.
_OPTIONS = {
    "ONLINE": "FULL_PAYMENT_ONLINE",
    "OFFLINE": "FULL_PAYMENT_OFFLINE",
    "MEMBERSHIP": "MEMBERSHIP",
    "MEMBERSHIP_OFFLINE": "MEMBERSHIP_OFFLINE",
}
_ONLINE = frozenset(
    {"FULL_PAYMENT_ONLINE", "DEPOSIT_ONLINE", "MEMBERSHIP_ONLINE_WITH_OFFLINE_REMAINDER"}
)
# A plan has paid for it.
_BY_PLAN = frozenset({"MEMBERSHIP"})
# A booking's payment status, where its order calls the same by another name.
_OF_BOOKINGS = {
    "PARTIALLY_REFUNDED": "PARTIALLY_PAID",
    "FULLY_REFUNDED": "REFUNDED",
    "DECLINED": "FAILED",
}


@frozen
class Totals:
    """What lines cost together: all of it, what is paid online now, and what in person later."""

    all: Decimal
    now: Decimal
    later: Decimal


def lines_of(
    items: Iterable[Item], find: Find, ground: Ground, ordered: Collection[str] = ()
) -> tuple[Line, ...]:
    """The items as the catalog has them now; `ordered` are the bookings that somebody bought."""
    return tuple(_line(item, find, ground, ordered) for item in items)


def _line(item: Item, find: Find, ground: Ground, ordered: Collection[str]) -> Line:
    booking = find(item.item_id) if item.booked else None
    service = ground.site.service(booking.entity.service_id) if booking else None
    if booking is None or service is None:
        return Line(item)
    selected = booking.details.get("selectedPaymentOption")
    off = _is_off(booking, service, ground)
    sold = ground.rules(rules_of.for_sale)(booking, booking.id in ordered, off)
    fits = ground.rules(rules_of.option_fits)(selected, service)
    return Line(
        item,
        price=str(price_of(booking, service)),
        currency=service.currency,
        name=booking.title,
        service_id=service.id,
        option=_option(selected, service),
        scheduled=booking.start,
        participants=booking.participants.count,
        known=True,
        payable=fits,
        available=1 if sold and fits else 0,
    )


def _is_off(booking: Booking, service: Service, ground: Ground) -> bool:
    """Whether it takes place no more; what a deleted service has on the calendar does."""
    session = ground.site.session(booking.session_id)
    return session.canceled if session else service.gone and booking.approval is None


def in_person(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines, of which nothing is paid online."""
    later = _OPTIONS["OFFLINE"]
    return tuple(evolve(one, option=later) if one.option in _ONLINE else one for one in lines)


def may_be_paid_in_person(lines: Iterable[Line], ground: Ground) -> bool:
    """Whether everything that would be paid online may be paid in person as well."""
    services = (ground.site.service(one.service_id or "") for one in lines if one.option in _ONLINE)
    return all(one is not None and "OFFLINE" in one.payment_options for one in services)


def price_of(booking: Booking, service: Service) -> Decimal:
    """What a booking costs: the service's price for each participant."""
    return (Decimal(service.price) * booking.participants.count).quantize(Decimal("0.01"))


def _option(selected: str | None, service: Service) -> str:
    """How it is paid; what was left open goes by the service: online where that is possible."""
    if selected in _OPTIONS:
        return _OPTIONS[selected]
    in_person = "ONLINE" not in service.payment_options and "OFFLINE" in service.payment_options
    return _OPTIONS["OFFLINE" if in_person else "ONLINE"]


def totals(lines: Iterable[Line]) -> Totals:
    """What the lines cost that the catalog has."""
    known = [line for line in lines if line.known]
    later = [one for one in known if one.option not in _ONLINE and one.option not in _BY_PLAN]
    return Totals(
        all=sum((line.total for line in known), FREE),
        now=sum((line.total for line in known if line.option in _ONLINE), FREE),
        later=sum((line.total for line in later), FREE),
    )


def price_token(purchase: Purchase, lines: Iterable[Line]) -> str:
    """What stands for the prices that a buyer has seen."""
    seen = "|".join(f"{line.item.item_id}={line.price}/{line.option}" for line in lines)
    return f"pv1.{hashlib.sha256(f'{purchase.id}|{seen}'.encode()).hexdigest()[:40]}"


def require_offered(lines: Collection[Line], ground: Ground) -> None:
    """Raise RuleBroken where a cart can't take the lines; a checkout says so line by line."""
    rules = ground.rules
    known = [line for line in lines if line.known]
    rules.require(rules_of.in_catalog, [line for line in lines if not line.known])
    rules.require(rules_of.bought_whole, [line for line in known if line.item.quantity > 1])
    rules.require(rules_of.fits_its_service, [line for line in known if not line.payable])
    rules.require(rules_of.obtainable, [line for line in known if not line.available])


def ordered(purchase: Purchase, lines: tuple[Line, ...], number: int, ground: Ground) -> Order:
    """The order that is made of a cart or checkout."""
    due = totals(lines)
    status, payment_status = rules_of.order_states(due.now, due.later)
    return Order(
        id=ground.new_id(),
        number=number,
        created=ground.now,
        updated=ground.now,
        status=status,
        payment_status=payment_status,
        lines=lines,
        buyer=purchase.buyer,
        channel={"type": purchase.channel},
        currency=next((line.currency for line in lines if line.currency), None),
        purchase_kind=purchase.kind,
        purchase_id=purchase.id,
        flow_id=purchase.flow_id,
        gateway_id=ground.new_id() if status == INITIALIZED else None,
    )


def paid_online(order: Order, ground: Ground) -> Order:
    """The order once the buyer has paid what is paid online; something may be left to pay."""
    left = totals(order.lines).later > FREE
    return _changed(order, APPROVED, PARTIALLY_PAID if left else PAID, ground)


def paid(order: Order, ground: Ground) -> Order:
    """The order once all of it is paid; one that waited for that is approved."""
    status = APPROVED if order.status == INITIALIZED else order.status
    return _changed(order, status, PAID, ground)


def rejected(order: Order, ground: Ground) -> Order:
    """The order once its payment was refused."""
    return _changed(order, REJECTED, DECLINED, ground)


def canceled(order: Order, ground: Ground) -> Order:
    """The order once it was called off; its payments stay what they are."""
    return _changed(order, "CANCELED", order.payment_status, ground)


def _changed(order: Order, status: str, payment_status: str, ground: Ground) -> Order:
    return evolve(order, status=status, payment_status=payment_status, updated=ground.now)


def payment_of_bookings(order: Order) -> str:
    """What the payment status of an order is to its bookings; who owes nothing is exempt."""
    if order.total == FREE and order.status == APPROVED:
        return "EXEMPT"
    return _OF_BOOKINGS.get(order.payment_status, order.payment_status)
