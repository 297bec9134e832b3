"""The operations of the Bookings Reader."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.shows import show_booking
from bookings_mock.query import select


async def query(call: Call) -> Any:
    """Query Extended Bookings."""
    page = select(call.world, call.body["query"])
    return {
        "extendedBookings": [{"booking": show_booking(booking)} for booking in page],
        "pagingMetadata": {"count": len(page), "cursors": {}},
    }


OPERATIONS: Mapping[str, Handler] = {"queryExtendedBookings": query}
