"""The operations of the Bookings Writer: one booking's life, step by step."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain import lifecycle
from bookings_mock.handlers.handler import Handler, committed, current_booking, named_booking
from bookings_mock.handlers.reads import (
    ignores_policy,
    read_creation,
    read_decision,
    read_notification,
    read_participants,
    read_relocation,
)


async def create(call: Call) -> Any:
    """Create Booking."""
    wish = read_creation(call, call.body)
    booking = lifecycle.create(wish, call.ground)
    return committed(call, booking, None, wish.notification)


async def reschedule(call: Call) -> Any:
    """Reschedule Booking."""
    booking, wish = current_booking(call), read_relocation(call.body)
    moved = lifecycle.reschedule(booking, wish, call.ground)
    return committed(call, moved, booking, wish.notification, call.body)


async def confirm(call: Call) -> Any:
    """Confirm Booking."""
    booking, wish = current_booking(call), read_decision(call.body)
    confirmed = lifecycle.confirm(booking, wish, call.ground)
    said = confirmed.notification if wish.notification else None
    return committed(call, confirmed, booking, said, call.body)


async def decline(call: Call) -> Any:
    """Decline Booking."""
    booking, wish = current_booking(call), read_decision(call.body)
    declined = lifecycle.decline(booking, wish, call.ground)
    return committed(call, declined, booking, wish.notification, call.body)


async def mark_as_pending(call: Call) -> Any:
    """Mark Booking As Pending."""
    booking, wish = current_booking(call), read_decision(call.body)
    pending = lifecycle.mark_as_pending(booking, wish, call.ground)
    return committed(call, pending, booking, wish.notification, call.body)


async def cancel(call: Call) -> Any:
    """Cancel Booking."""
    booking, notification = current_booking(call), read_notification(call.body)
    canceled = lifecycle.cancel(booking, notification, ignores_policy(call.body), call.ground)
    return committed(call, canceled, booking, notification, call.body)


async def update_participants(call: Call) -> Any:
    """Update Number Of Participants."""
    booking = current_booking(call)
    wanted = read_participants(call.body) or booking.participants
    updated = lifecycle.update_participants(booking, wanted, call.ground)
    return committed(call, updated, booking)


async def update_extended_fields(call: Call) -> Any:
    """Update Extended Fields: answers the namespace, not the booking."""
    booking = named_booking(call, "id")
    namespace, data = call.body["namespace"], call.body.get("namespaceData") or {}
    committed(call, lifecycle.extend(booking, namespace, data, call.ground), booking)
    return {"namespace": namespace, "namespaceData": data}


async def set_submission_id(call: Call) -> Any:
    """Set Booking Submission Id."""
    booking = named_booking(call)
    tied = lifecycle.tie_submission(booking, call.body["submissionId"], call.ground)
    return committed(call, tied, booking)


OPERATIONS: Mapping[str, Handler] = {
    "createBooking": create,
    "rescheduleBooking": reschedule,
    "confirmBooking": confirm,
    "declineBooking": decline,
    "markBookingAsPending": mark_as_pending,
    "cancelBooking": cancel,
    "updateNumberOfParticipants": update_participants,
    "updateExtendedFields": update_extended_fields,
    "setBookingSubmissionId": set_submission_id,
}
