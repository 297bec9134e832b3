"""What somebody is about to buy, and what was bought: carts, checkouts and orders as values."""

from datetime import datetime
from decimal import Decimal

from attrs import field, frozen

from bookings_mock.domain.booking import Json

CART, CURRENT_CART, CHECKOUT = "cart", "current cart", "checkout"

INITIALIZED, APPROVED, CANCELED, REJECTED = "INITIALIZED", "APPROVED", "CANCELED", "REJECTED"
NOT_PAID, PAID, PARTIALLY_PAID, DECLINED = "NOT_PAID", "PAID", "PARTIALLY_PAID", "DECLINED"
FREE = Decimal(0)


@frozen
class Item:
    """One thing that is to be bought, as it was asked for; `booked` says that it is a booking."""

    id: str
    app_id: str
    item_id: str
    quantity: int
    booked: bool


@frozen
class Line:
    """An item as the catalog has it: `price` is that of one, `available` how many can be had.

    `known` says that the catalog has it at all, `option` how it is paid, `payable` that its service
    takes that.
    """

    item: Item
    price: str = "0"
    currency: str | None = None
    name: str | None = None
    service_id: str | None = None
    option: str | None = None
    scheduled: datetime | None = None
    participants: int | None = None
    known: bool = False
    payable: bool = True
    available: int = 0
    # What a recorded order said of it besides.
    said: Json = field(factory=dict)

    @property
    def total(self) -> Decimal:
        """What all of them cost."""
        return Decimal(self.price) * self.item.quantity


@frozen
class Purchase:
    """A cart or checkout, by its `kind`; `asked` holds what its maker said of the buyer.

    `order_id` is the order that was made of it, `cart_id` the cart that it was made of; `completed`
    says that it was paid elsewhere.
    """

    id: str
    kind: str
    created: datetime
    updated: datetime
    items: tuple[Item, ...]
    buyer: Json
    channel: str
    flow_id: str
    revision: int = 1
    asked: Json = field(factory=dict)
    cart_id: str | None = None
    order_id: str | None = None
    completed: bool = False


@frozen
class Order:
    """What was bought. One without `purchase_kind` was only recorded: `recorded` is what was said.

    `channel` is where it was bought, as the API shows it.
    """

    id: str
    number: int
    created: datetime
    updated: datetime
    status: str
    payment_status: str
    lines: tuple[Line, ...]
    buyer: Json
    channel: Json
    currency: str | None = None
    purchase_kind: str | None = None
    purchase_id: str | None = None
    flow_id: str | None = None
    gateway_id: str | None = None
    recorded: Json = field(factory=dict)

    @property
    def total(self) -> Decimal:
        """What it all costs."""
        return sum((line.total for line in self.lines), FREE)


@frozen
class Redirect:
    """A way to one of the site's pages: what for, who asked, and where people come back to.

    `checkout_id` is the checkout that came of it, `spent` says that a login by it has ended.
    """

    id: str
    created: datetime
    intent: str
    asked: Json
    callbacks: Json
    preferences: Json
    identity: Json
    origin: str | None = None
    checkout_id: str | None = None
    spent: bool = False

    @property
    def paid_for(self) -> str | None:
        """The cart or checkout whose page it leads to in the end."""
        asked = self.asked.get("checkoutId") if self.intent == "ecomCheckout" else None
        return self.checkout_id or (str(asked).lower() if asked else None)
