"""Bulk calls that do to each item what a single call does, and answer each by itself."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.rules import bulk

# Does one item, and answers its id and what it is then.
Done = Callable[[Any], Awaitable[tuple[str, Any]]]


def single(call: Call, operation: str, body: Any, **path: str) -> Call:
    """The call of one item, as if it had been made alone."""
    return evolve(call, operation=operation, body=body, path=path)


async def each(
    call: Call, items: Iterable[Any], name: Callable[[Any], str | None], done: Done, entity: bool
) -> dict[str, Any]:
    """What became of each item; one that is refused fails alone. `name` gives an item's id."""
    results = [
        await _result(call, number, item, name(item), done, entity)
        for number, item in enumerate(items)
    ]
    failed = sum(not result["itemMetadata"]["success"] for result in results)
    return {
        "results": results,
        "bulkActionMetadata": {
            "totalSuccesses": len(results) - failed,
            "totalFailures": failed,
            "undetailedFailures": 0,
        },
    }


async def _result(
    call: Call, number: int, item: Any, name: str | None, done: Done, entity: bool
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"originalIndex": number}
    shown = None
    try:
        known, shown = await done(item)
        metadata |= {"id": known, "success": True}
    except RuleBroken as broken:
        metadata |= {"success": False, "error": call.explain(broken)}
        metadata |= {"id": name} if name else {}
    rules = call.ground.rules
    told: Mapping[str, Any] = {"itemMetadata": rules(bulk.item_metadata)(metadata)}
    wanted = shown is not None and rules(bulk.answers_entity)(entity)
    return {**told, "item": shown} if wanted else dict(told)
