"""The operations of the Bookings Confirmation service."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain import lifecycle
from bookings_mock.handlers.handler import Handler, committed, named_booking
from bookings_mock.handlers.reads import read_decision


async def confirm_or_decline(call: Call) -> Any:
    """Confirm Or Decline Booking; it takes no revision."""
    booking, wish = named_booking(call), read_decision(call.body or {})
    settled = lifecycle.confirm_or_decline(booking, wish, call.ground)
    return committed(call, settled, booking)


OPERATIONS: Mapping[str, Handler] = {"confirmOrDeclineBooking": confirm_or_decline}
