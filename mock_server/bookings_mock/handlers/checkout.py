"""The control that lets orders of eCommerce happen."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.handlers.acting import ordered
from bookings_mock.handlers.handler import Handler, known_booking
from bookings_mock.handlers.shows import show_booking


async def checkout(call: Call) -> Any:
    """An order of a booking was created, approved or declined."""
    booking = known_booking(call, call.body["bookingId"])
    after = ordered(call, booking, call.body["order"], call.body.get("paymentStatus"))
    return {"booking": show_booking(after)}


OPERATIONS: Mapping[str, Handler] = {"mockCheckout": checkout}
