"""Rules of buying: what a cart takes, what an order does to its bookings, and what is done once."""

from collections.abc import Collection
from decimal import Decimal

from bookings_mock.domain.booking import CONFIRMED, CREATED, PENDING, Booking
from bookings_mock.domain.purchase import (
    APPROVED,
    CART,
    CHECKOUT,
    FREE,
    INITIALIZED,
    PAID,
    REJECTED,
    Line,
    Order,
)
from bookings_mock.domain.rulebook import Refusal, either, rule
from bookings_mock.domain.service import Service


@either("CHECKOUT-7")
def option_checked_at_creation(reading: str) -> bool:
    """Whether a booking with an option that its service does not take is refused at once (A)."""
    return reading == "A"


@either("CHECKOUT-7")
def option_fits(reading: str, option: str | None, service: Service) -> bool:
    """A cart takes a booking whose payment option its service takes, or which chose none."""
    return option in (None, "UNDEFINED") or option in service.payment_options


@rule("CHECKOUT-7")
def fits_its_service(unfit: Collection[Line]) -> Refusal | None:
    """A cart refuses what its service takes no payment for in this way."""
    if not unfit:
        return None
    names = ", ".join(sorted({str(line.name) for line in unfit}))
    reason = f"the payment option of the booking is none of those that {names} takes"
    return Refusal(reason, data=_lacking(unfit))


@rule("CHECKOUT-9")
def news_of(order_status: str) -> str | None:
    """What an order tells its bookings of itself; one that waits for a payment tells nothing."""
    return {APPROVED: "APPROVED", REJECTED: "DECLINED"}.get(order_status)


@rule("CHECKOUT-10")
def moves_bookings(made_of: str | None) -> bool:
    """Whatever an order was made of, it moves its bookings; one that was recorded does not."""
    return made_of is not None


@rule("CHECKOUT-11")
def payment_when_marked() -> str:
    """What the payment status of the bookings is once their order is marked as paid."""
    return PAID


@rule("CHECKOUT-12")
def ordered_once(order: Order | None, completed: bool, kind: str) -> Refusal | None:
    """A cart or checkout is ordered once."""
    if order is None and not completed:
        return None
    waits = order is not None and order.status == INITIALIZED
    case = None if kind == CART else "in_progress" if waits else "checkout"
    said = f"made into the order {order.id}" if order else "completed elsewhere"
    cart = {"cartId": order.purchase_id} if order and kind == CART else {}
    data = {**cart, "orderId": order.id} if order else None
    return Refusal(f"the {kind} was {said} already", case=case, data=data)


@rule("CHECKOUT-12")
def paid_once(order: Order) -> Refusal | None:
    """An order is paid once."""
    return (
        Refusal("the order is paid already", case="paid") if order.payment_status == PAID else None
    )


@rule("CHECKOUT-12")
def settled(order: Order) -> Refusal | None:
    """An order is canceled only once its payment is decided."""
    if order.status not in (INITIALIZED, "PENDING", REJECTED):
        return None
    case = "rejected" if order.status == REJECTED else "pending"
    return Refusal(f"an order that is {order.status} can't be canceled", case=case)


@rule("CHECKOUT-13")
def exists(found: object, what: str, case: str | None = None) -> Refusal | None:
    """What is named has to be there."""
    return None if found is not None else Refusal(f"there is no {what}", case=case)


@rule("CHECKOUT-14")
def served(given: object, what: str, case: str | None = None) -> Refusal | None:
    """The site has no coupons, gift cards, deliveries or things of no catalog."""
    return Refusal(f"{what}: leave it out", case=case) if given else None


@rule("CHECKOUT-15")
def for_sale(booking: Booking, ordered: bool, off: bool) -> bool:
    """A booking can be bought while it may still take place, and once."""
    return booking.status in (CREATED, PENDING, CONFIRMED) and not ordered and not off


@rule("CHECKOUT-15")
def in_catalog(unknown: Collection[Line]) -> Refusal | None:
    """What is put into a cart is a booking of this site."""
    if not unknown:
        return None
    named = ", ".join(line.item.item_id for line in unknown)
    return Refusal(f"there is no booking {named} of the app Bookings", data=_lacking(unknown))


@rule("CHECKOUT-15")
def bought_whole(several: Collection[Line]) -> Refusal | None:
    """A booking is bought once, with all its participants."""
    if not several:
        return None
    reason = "a booking is bought with the quantity 1: its participants are part of it"
    return Refusal(reason, case="quantity")


@rule("CHECKOUT-15")
def obtainable(gone: Collection[Line]) -> Refusal | None:
    """What is put into a cart can still be bought."""
    if not gone:
        return None
    named = ", ".join(line.item.item_id for line in gone)
    reason = f"the booking {named} is canceled, declined or ordered already"
    return Refusal(reason, case="gone", data=_lacking(gone))


@rule("CHECKOUT-15")
def not_empty(items: Collection[object], case: str) -> Refusal | None:
    """There is something to buy."""
    return None if items else Refusal("there is nothing in it to buy", case=case)


@rule("CHECKOUT-15")
def in_stock(lines: Collection[Line], kind: str) -> Refusal | None:
    """Everything that is ordered can still be bought."""
    gone = [line for line in lines if line.available < line.item.quantity]
    if not gone:
        return None
    everything = len(gone) == len(lines)
    parts = {True: "checkout_gone", False: "checkout_partly_gone"}
    case = parts[everything] if kind == CHECKOUT else "out_of_stock"
    data = {"lineItemIds": [line.item.id for line in gone], "allLineItemsOutOfStock": everything}
    named = ", ".join(line.item.item_id for line in gone)
    return Refusal(f"the booking {named} can't be bought any more", case=case, data=data)


@rule("CHECKOUT-15")
def as_calculated(sent: str | None, current: str) -> Refusal | None:
    """The prices are those that the buyer saw."""
    if sent is None or sent == current:
        return None
    return Refusal("the token is of other prices: calculate the cart again", case="prices")


@rule("CHECKOUT-15")
def bought_already(later: bool) -> Refusal | None:
    """What is recorded has happened."""
    return Refusal("the purchasedDate lies in the future", case="future") if later else None


def order_states(now: Decimal, later: Decimal) -> tuple[str, str]:
    """The status and payment status of a new order, by what is paid online and what in person."""
    if now > FREE:
        return INITIALIZED, "NOT_PAID"
    return APPROVED, "NOT_PAID" if later > FREE else PAID


def _lacking(lines: Collection[Line]) -> dict[str, object]:
    """The items that can't be had, as INSUFFICIENT_INVENTORY names them."""
    return {
        "invalidItems": [
            {
                "id": {
                    "catalogReference": {
                        "catalogItemId": line.item.item_id,
                        "appId": line.item.app_id,
                    }
                },
                "requestedQuantity": line.item.quantity,
                "availableQuantity": 0,
            }
            for line in lines
        ]
    }
