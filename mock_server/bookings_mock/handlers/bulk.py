"""The bulk operations of the Bookings Writer."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain import lifecycle
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.rules import bulk
from bookings_mock.handlers.handler import Handler, committed
from bookings_mock.handlers.reads import read_creation


async def create(call: Call) -> Any:
    """Bulk Create Booking: all that can be booked, or nothing where an item is not even a wish."""
    with call.world.all_or_nothing():
        results = [
            _created(call, item, n) for n, item in enumerate(call.body["createBookingsInfo"])
        ]
    failed = sum(not result["itemMetadata"]["success"] for result in results)
    return {
        "results": results,
        "bulkActionMetadata": {
            "totalSuccesses": len(results) - failed,
            "totalFailures": failed if call.ground.rules(bulk.counts_as_failure)() else 0,
            "undetailedFailures": 0,
        },
    }


def _created(call: Call, item: Mapping[str, Any], index: int) -> dict[str, Any]:
    rules = call.ground.rules
    try:
        wish = read_creation(call, item)
        booking = lifecycle.create(wish, call.ground)
    except RuleBroken as broken:
        alone = rules(bulk.fails_the_item)(broken.rule)
        if not alone and rules(bulk.fails_the_call)(broken.rule):
            raise
        error = call.explain(broken)
        metadata = {"originalIndex": index, "success": False, "error": error}
        return {"itemMetadata": rules(bulk.item_metadata)(metadata)}
    shown = committed(call, booking, None, wish.notification)["booking"]
    metadata = {"id": booking.id, "originalIndex": index, "success": True}
    result = {"itemMetadata": rules(bulk.item_metadata)(metadata)}
    wanted = rules(bulk.answers_entity)(bool(call.body.get("returnFullEntity")))
    return {**result, "item": shown} if wanted else result


OPERATIONS: Mapping[str, Handler] = {"bulkCreateBooking": create}
