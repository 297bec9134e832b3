"""Makes a page of each answer to a query, and knows which walk it is a step of."""

from collections.abc import Mapping
from typing import Any

from attrs import define, evolve, field

from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.operations import operation
from bookings_contract.oracle.case import Scene
from bookings_contract.oracle.pages import (
    ATTENDANCE,
    COUNT,
    READER,
    V1,
    Page,
    Walk,
    body_of,
    list_filter,
    list_query,
    rows,
    walked_on,
)
from bookings_contract.oracle.shadow import Raw

# How much a page holds when nobody says; beyond that there may be more.
DEFAULT_PAGE: int = operation(READER).definition["x-paging"]["default"]
DEFAULT_LIST: int = operation(V1).definition["x-paging"]["default"]

FILTER = "query.filter.stringValue"
# What a list is asked without making it another list.
HARMLESS = frozenset({FILTER, "withBookingAllowedActions"})


@define
class Walks:
    """The walks that go on, by the cursor of the page that comes next."""

    _ahead: dict[str, Walk] = field(factory=dict)

    def page(self, exchange: Exchange, plain: bool, scene: Scene, writes: int) -> Page | None:
        """What an answer shows, if it is one to a query that can be followed."""
        if exchange.operation == V1:
            return _listed(exchange, scene)
        if exchange.operation == COUNT:
            walk = _begun(exchange, body_of(exchange), writes)
            return Page(exchange, scene, walk, (), plain=plain)
        if exchange.operation == READER:
            found = list(rows(exchange.json, "extendedBookings", "booking"))
            records = tuple(record for _, record in found)
            page = self._queried(exchange, scene, writes, records)
            entries = tuple(entry for entry, _ in found)
            return evolve(page, entries=entries, plain=plain and page.plain)
        if exchange.operation == ATTENDANCE:
            shown = rows(exchange.json, "attendances", None)
            records = tuple(record for _, record in shown)
            page = self._queried(exchange, scene, writes, records)
            return evolve(page, plain=plain and page.plain)
        return None

    def go_on(self, page: Page) -> None:
        """Remembers where a page leads to."""
        cursor = _next(page.exchange)
        if cursor and page.plain:
            self._ahead[cursor] = walked_on(page.walk, page)

    def _queried(
        self, exchange: Exchange, scene: Scene, writes: int, records: tuple[Raw, ...]
    ) -> Page:
        body = body_of(exchange)
        query = _part(body, "query")
        by_cursor, by_offset = _part(query, "cursorPaging"), _part(query, "paging")
        cursor, asked = by_cursor.get("cursor"), (by_cursor or by_offset).get("limit")
        limit = asked if isinstance(asked, int) else None
        begun = self._ahead.get(str(cursor)) if cursor else _begun(exchange, query, writes)
        walk = begun or Walk(None, caller=exchange.caller)
        same = walk.writes == writes and walk.caller == exchange.caller
        full = bool(by_offset) and len(records) >= (limit or DEFAULT_PAGE)
        return Page(
            exchange=exchange,
            scene=scene,
            walk=walk,
            records=records,
            request=body,
            limit=limit,
            first=not cursor,
            last=not (_next(exchange) or by_offset.get("offset") or full),
            quiet=begun is not None and same,
            plain=begun is not None,
        )


def _begun(exchange: Exchange, query: Mapping[str, Any], writes: int) -> Walk:
    sort = query.get("sort")
    return Walk(
        _part(query, "filter"),
        tuple(sort) if isinstance(sort, list) else (),
        writes=writes,
        caller=exchange.caller,
    )


def _listed(exchange: Exchange, scene: Scene) -> Page:
    query, once = list_query(exchange)
    filter = list_filter(query.get(FILTER))
    # In whichever form it is written, none of them published.
    sort = ("sort",) if any(name.startswith("query.sort") for name in query) else ()
    records = tuple(record for _, record in rows(exchange.json, "bookingsEntries", "booking"))
    return Page(
        exchange,
        scene,
        Walk(filter, sort, caller=exchange.caller),
        records,
        last=query.keys() <= HARMLESS and len(records) < DEFAULT_LIST,
        plain=once and filter is not None,
    )


def _part(node: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = node.get(key)
    return found if isinstance(found, dict) else {}


def _next(exchange: Exchange) -> str | None:
    body = exchange.json if isinstance(exchange.json, dict) else {}
    found = _part(_part(body, "pagingMetadata"), "cursors").get("next")
    return str(found) if found else None
