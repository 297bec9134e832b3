"""Finds the bookings that a query asks for: by `id` and by `status`, in order of their ids."""

from collections.abc import Iterable, Mapping
from typing import Any

from bookings_mock.domain.booking import Booking
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.world import World

DEFAULT_LIMIT = 50


def select(world: World, query: Mapping[str, Any]) -> list[Booking]:
    """The bookings of one page; raises RuleBroken for a filter that is not supported."""
    filters = query.get("filter") or {}
    paging = query.get("paging") or query.get("cursorPaging") or {}
    for name in filters:
        if name not in ("id", "status"):
            reason = f"Field '{name}' is not declared as filterable"
            raise RuleBroken("READER-1", reason, field=f"query.filter.{name}")
    found: Iterable[Booking] = _by_id(world, filters) if "id" in filters else world.bookings()
    if "status" in filters:
        statuses = _values(filters["status"], "status")
        found = (booking for booking in found if booking.status in statuses)
    offset = paging.get("offset") or 0
    limit = paging.get("limit") or DEFAULT_LIMIT
    return sorted(found, key=lambda booking: booking.id)[offset : offset + limit]


def _by_id(world: World, filters: Mapping[str, Any]) -> list[Booking]:
    found = (world.booking(value) for value in _values(filters["id"], "id"))
    return [booking for booking in found if booking]


def _values(wanted: Any, name: str) -> list[str]:
    if isinstance(wanted, Mapping) and len(wanted) == 1:
        ((operator, operand),) = wanted.items()
        if operator == "$eq" or (operator == "$in" and isinstance(operand, list)):
            wanted = operand
    values = wanted if isinstance(wanted, list) else [wanted]
    if not all(isinstance(value, str) for value in values):
        reason = f"the filter of '{name}' is not supported"
        raise RuleBroken("READER-1", reason, field=f"query.filter.{name}")
    return values
