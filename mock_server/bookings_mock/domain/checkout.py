"""What the orders of eCommerce do to a booking, by the document's table and the life cycle."""

from attrs import evolve

from bookings_mock.domain import lifecycle
from bookings_mock.domain.booking import CONFIRMED, DECLINED, PENDING, Booking
from bookings_mock.domain.ground import Checkout, Ground, Order
from bookings_mock.domain.rules import checkout as checking, confirmation
from bookings_mock.domain.rules.seats import takes
from bookings_mock.domain.wish import Decision

STAYS = "same"


def check_out(
    booking: Booking, order: str, payment_status: str | None, table: Checkout, ground: Ground
) -> Booking:
    """The booking after its order was created, approved or declined.

    Where that moves it nowhere, its payment status follows the order alone.
    """
    payment = ground.rules(checking.payment_of_the_order)(payment_status, booking.payment_status)
    way = "manual" if lifecycle.awaits_approval(booking, ground) else "automatic"
    row = table.orders[order][way]
    if booking.status in row.sources:
        moved = _led(booking, _results(row, ground), Decision(payment_status=payment), ground)
        if moved.status != booking.status:
            return moved
    return lifecycle.pay(booking, payment, ground)


def _results(row: Order, ground: Ground) -> tuple[str, ...]:
    reads = _READ.get(row.rule)
    if reads:
        return ground.rules(reads)(row.results)
    effect = _EFFECTS.get(row.rule)
    results = row.results["A"]
    return ground.rules(effect)(results) if effect else results


# The effects that go by a reading, and those that do not.
_READ = {
    "CHECKOUT-1": checking.when_created_for_approval,
    "CHECKOUT-5": checking.when_created,
}
_EFFECTS = {
    "CHECKOUT-2": checking.when_approved,
    "CHECKOUT-3": checking.when_declined,
}


def _led(booking: Booking, results: tuple[str, ...], wish: Decision, ground: Ground) -> Booking:
    """The booking where the results lead it; one that has no room to be confirmed waits."""
    if len(results) > 1:
        conflict = ground.rules(checking.duplicate)(_came_second(booking, ground))
        return lifecycle.settled(booking, wish, conflict, ground)
    (status,) = results
    if status == PENDING:
        checked = not ground.rules(confirmation.availability_skipped)(booking.flow)
        asked = evolve(wish, check_availability=checked, skip_approval_check=True)
        return lifecycle.mark_as_pending(booking, asked, ground)
    if status == CONFIRMED and not lifecycle.double_books(booking, ground):
        return lifecycle.confirm(booking, wish, ground)
    return lifecycle.turned_down(booking, wish, ground) if status == DECLINED else booking


def _came_second(booking: Booking, ground: Ground) -> bool:
    """Whether somebody was there before; who holds a place has known since coming to it."""
    service = ground.site.service(booking.entity.service_id)
    if service and takes(booking.status, service, ground.rules):
        return booking.double_booked
    return lifecycle.double_books(booking, ground)
