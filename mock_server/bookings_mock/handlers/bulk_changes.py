"""The bulk operations on bookings that exist already."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain.policy import allowed_actions
from bookings_mock.domain.rules import bulk, cancel as canceling
from bookings_mock.handlers import confirmation, writer
from bookings_mock.handlers.handler import Handler, known_booking
from bookings_mock.handlers.itemwise import each, single

_NAME = itemgetter("bookingId")


async def confirm_or_decline(call: Call) -> Any:
    """Bulk Confirm Or Decline Booking, in the order of the request."""

    async def decide(item: Mapping[str, Any]) -> tuple[str, Any]:
        one = single(call, "confirmOrDeclineBooking", item, bookingId=item["bookingId"])
        booking = (await confirmation.confirm_or_decline(one))["booking"]
        return booking["id"], booking

    details = call.body["details"]
    call.ground.rules.require(bulk.decided_once, [_NAME(item) for item in details])
    return await each(call, details, _NAME, decide, bool(call.body.get("returnEntity")))


async def cancel(call: Call) -> Any:
    """Bulk Cancel Booking; the mock knows no recurring groups."""

    async def canceled(item: Mapping[str, Any]) -> tuple[str, Any]:
        one = single(call, "cancelBooking", item, bookingId=item["bookingId"])
        booking = (await writer.cancel(one))["booking"]
        return booking["id"], booking

    listed = (call.body.get("bookings") or {}).get("bookingsInfo") or []
    group = (call.body.get("recurringCancellation") or {}).get("recurringGroupId")
    call.ground.rules.require(canceling.named_to_cancel, bool(listed), group)
    call.ground.rules.require(bulk.canceled_once, [_NAME(item) for item in listed])
    return await each(call, listed, _NAME, canceled, bool(call.body.get("returnFullEntity")))


async def calculate_allowed_actions(call: Call) -> Any:
    """Bulk Calculate Allowed Actions."""

    async def allowed(booking_id: str) -> tuple[str, Any]:
        booking = known_booking(call, booking_id)
        service = call.world.site.service(booking.entity.service_id)
        assert service is not None
        return booking.id, allowed_actions(booking, service, call.ground.now)

    return await each(call, call.body["bookingIds"], str, allowed, entity=True)


OPERATIONS: Mapping[str, Handler] = {
    "bulkConfirmOrDeclineBooking": confirm_or_decline,
    "bulkCancelBooking": cancel,
    "bulkCalculateAllowedActions": calculate_allowed_actions,
}
