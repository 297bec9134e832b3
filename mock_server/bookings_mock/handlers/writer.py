"""The operations of the Bookings Writer: one booking's life, step by step."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain import lifecycle
from bookings_mock.handlers.handler import Handler, committed, current_booking, named_booking
from bookings_mock.handlers.reads import (
    read_creation,
    read_decision,
    read_notification,
    read_participants,
    read_relocation,
)


async def create(call: Call) -> Any:
    """Create Booking."""
    wish = read_creation(call, call.body)
    return committed(call, lifecycle.create(wish, call.ground))


async def reschedule(call: Call) -> Any:
    """Reschedule Booking."""
    booking = current_booking(call)
    wish = read_relocation(call.body)
    return committed(call, lifecycle.reschedule(booking, wish, call.ground))


async def confirm(call: Call) -> Any:
    """Confirm Booking."""
    booking = current_booking(call)
    return committed(call, lifecycle.confirm(booking, read_decision(call.body), call.ground))


async def decline(call: Call) -> Any:
    """Decline Booking."""
    booking = current_booking(call)
    return committed(call, lifecycle.decline(booking, read_decision(call.body), call.ground))


async def mark_as_pending(call: Call) -> Any:
    """Mark Booking As Pending."""
    booking = current_booking(call)
    wish = read_decision(call.body)
    return committed(call, lifecycle.mark_as_pending(booking, wish, call.ground))


async def cancel(call: Call) -> Any:
    """Cancel Booking."""
    booking = current_booking(call)
    notification = read_notification(call.body)
    return committed(call, lifecycle.cancel(booking, notification, call.ground))


async def update_participants(call: Call) -> Any:
    """Update Number Of Participants."""
    booking = current_booking(call)
    wanted = read_participants(call.body) or booking.participants
    return committed(call, lifecycle.update_participants(booking, wanted, call.ground))


async def update_extended_fields(call: Call) -> Any:
    """Update Extended Fields: answers the namespace, not the booking."""
    booking = named_booking(call, "id")
    namespace, data = call.body["namespace"], call.body.get("namespaceData") or {}
    extended = lifecycle.extend(booking, namespace, data, call.ground)
    committed(call, extended)
    return {"namespace": namespace, "namespaceData": data}


OPERATIONS: Mapping[str, Handler] = {
    "createBooking": create,
    "rescheduleBooking": reschedule,
    "confirmBooking": confirm,
    "declineBooking": decline,
    "markBookingAsPending": mark_as_pending,
    "cancelBooking": cancel,
    "updateNumberOfParticipants": update_participants,
    "updateExtendedFields": update_extended_fields,
}
