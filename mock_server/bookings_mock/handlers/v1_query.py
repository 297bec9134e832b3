"""The deprecated V1 query: the V1 list with its filter in a body."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain.rules import reading
from bookings_mock.handlers.finding import BookingIndex, OwnIndex, refused
from bookings_mock.handlers.handler import Handler, visible
from bookings_mock.handlers.v1_list import (
    LOOKUPS,
    conditions,
    entry,
    fields_of,
    grammar_of,
    newest,
)
from bookings_mock.query import QueryRefused, read_page, select


async def query(call: Call) -> Any:
    """Query Bookings: what the caller may see, the CONFIRMED ones where no filter is sent."""
    wanted = call.body.get("query") or {}
    paging, world = wanted.get("paging") or {}, call.world
    fields, grammar = fields_of(world), grammar_of(call)
    sort = wanted.get("sort") or []
    descending = sort[-1].get("order") == "DESC" if sort else True
    asked = {"filter": _filter(call, wanted.get("filter")), "sort": sort, "paging": paging}
    try:
        page = read_page(asked, grammar, fields, newest(fields, descending), world.secret)
    except QueryRefused as error:
        raise refused(error, "LIST-11") from None
    index = OwnIndex(call, BookingIndex(world, LOOKUPS))
    own = (one for one in world.bookings() if visible(call, one))
    found = select(page, lambda: own, index, world.secret)
    with_actions = bool(call.body.get("withBookingAllowedActions"))
    here, offset = len(found.records), page.offset
    return {
        "bookingsEntries": [entry(call, booking, with_actions) for booking in found.records],
        "metadata": {"items": here, "offset": offset, "totalCount": found.total},
        "pagingMetadata": {"count": here, "offset": offset, "total": found.total},
    }


def _filter(call: Call, sent: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if not sent:
        return call.ground.rules(reading.queried_without_filter)()
    return conditions(call, grammar_of(call), dict(sent))


OPERATIONS: Mapping[str, Handler] = {"queryBookingsV1": query}
