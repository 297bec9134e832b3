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
        items = call.body.get("createBookingsInfo") or []
        results = [_created(call, item, n) for n, item in enumerate(items)]
    failed = sum(not result["itemMetadata"]["success"] for result in results)
    return {
        "results": results,
        "bulkActionMetadata": {
            "totalSuccesses": len(results) - failed,
            "totalFailures": call.ground.rules(bulk.total_failures)(failed),
            "undetailedFailures": 0,
        },
    }


def _created(call: Call, item: Mapping[str, Any], index: int) -> dict[str, Any]:
    rules = call.ground.rules
    try:
        wish = read_creation(call, item)
        booking = lifecycle.create(wish, call.ground)
    except RuleBroken as broken:
        if not _fails_alone(call, broken.rule):
            raise
        error = call.explain(broken)
        metadata = {"originalIndex": index, "success": False, "error": error}
        return {"itemMetadata": rules(bulk.item_metadata)(metadata)}
    shown = committed(call, booking, None, wish.notification)["booking"]
    metadata = {"id": booking.id, "originalIndex": index, "success": True}
    result = {"itemMetadata": rules(bulk.item_metadata)(metadata)}
    wanted = rules(bulk.answers_entity)(bool(call.body.get("returnFullEntity")))
    return {**result, "item": shown} if wanted else result


def _fails_alone(call: Call, broken: str) -> bool:
    rules = call.ground.rules
    if bulk.is_of_the_item(broken):
        return rules(bulk.fails_the_item)()
    return not rules(bulk.fails_the_call)()


OPERATIONS: Mapping[str, Handler] = {"bulkCreateBooking": create}
