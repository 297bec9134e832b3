"""Acts as the business does by itself: the same moves, told as the operation that makes them."""

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.callers import OWNER, Caller
from bookings_mock.domain.booking import Booking, Notification
from bookings_mock.domain.checkout import check_out
from bookings_mock.domain.lifecycle import pay
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.handlers.handler import committed


def acting(call: Call, operation: str, caller: Caller | None = None) -> Call:
    """The call as one of an operation, by its own caller, else by the owner of the site."""
    return evolve(call, operation=operation, caller=caller or call.caller or owner_of(call))


def owner_of(call: Call) -> Caller:
    """The owner of the world's site, else whoever belongs to it."""
    name = call.world.site.name
    here = [caller for caller in call.mock.callers.values() if caller.site == name]
    owners = [caller for caller in here if caller.kind == OWNER]
    return (owners or here)[0]


def ordered(call: Call, booking: Booking, order: str, payment_status: str | None) -> Booking:
    """Let an order happen to a booking, and tell what it did.

    A customer who wanted to be told when the booking was made is told of its move as well.
    """
    table = call.mock.checkout
    if booking.status in table.no_order:
        raise RuleBroken("SHAPE-3", f"a {booking.status} booking has no order", field="order")
    after = check_out(booking, order, payment_status, table, call.ground)
    moved = after.status != booking.status
    said = booking.at_creation if moved else None
    return _followed(call, after, booking, said)


def paid(call: Call, booking: Booking, payment_status: str) -> Booking:
    """Let a booking follow the payment of its order, and nothing else of it."""
    return _followed(call, pay(booking, payment_status, call.ground), booking)


def _followed(
    call: Call, after: Booking, before: Booking, said: Notification | None = None
) -> Booking:
    slugs = call.mock.checkout.slugs(before.status, after.status)
    committed(acting(call, call.operation), after, before, said, slugs=slugs)
    return after
