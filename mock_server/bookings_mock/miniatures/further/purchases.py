"""Miniatures of buying: what moves a booking too early, in one chain only, or for nothing."""

from bookings_mock.domain.purchase import CHECKOUT
from bookings_mock.domain.rules import buying
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.purchasing import afterwards, confirmed_at_once
from bookings_mock.miniatures.stand_ins import always, never

PURCHASES: tuple[Miniature, ...] = (
    Miniature(
        name="carts-confirm",
        rule="CHECKOUT-9",
        about="a booking is confirmed by being put into a cart",
        handlers={"createCart": afterwards(confirmed_at_once)},
    ),
    Miniature(
        name="checkouts-confirm",
        rule="CHECKOUT-9",
        about="a booking is confirmed by making a checkout for it",
        handlers={"createCheckout": afterwards(confirmed_at_once)},
    ),
    Miniature(
        name="orders-of-checkouts-move-nothing",
        rule="CHECKOUT-10",
        about="an approved order that was made of a checkout leaves its booking CREATED",
        replaces={
            buying.moves_bookings: lambda made_of: made_of is not None and made_of != CHECKOUT
        },
    ),
    Miniature(
        name="recorded-orders-move",
        rule="CHECKOUT-10",
        about="an order that is only recorded confirms the booking that it names",
        replaces={buying.moves_bookings: always(True)},
    ),
    Miniature(
        name="carts-are-ordered-twice",
        rule="CHECKOUT-12",
        about="a cart whose order waits for the payment is ordered once more",
        replaces={buying.ordered_once: never},
    ),
    Miniature(
        name="waiting-orders-are-canceled",
        rule="CHECKOUT-12",
        about="an order that waits for its payment is canceled",
        replaces={buying.settled: never},
    ),
    Miniature(
        name="empty-carts-are-ordered",
        rule="CHECKOUT-15",
        about="an order is made of a cart without anything in it",
        replaces={buying.not_empty: never},
    ),
)
