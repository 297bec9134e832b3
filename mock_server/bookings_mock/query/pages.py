"""Pages: from a query object of the API to the records that it asks for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

from attrs import evolve, field, frozen

from bookings_mock.query.cursors import read_cursor, write_cursor
from bookings_mock.query.fields import Fields, Grammar, QueryRefused
from bookings_mock.query.filters import All, Condition, Index, parse_filter
from bookings_mock.query.order import Key, compare, in_order, parse_sort, place

R = TypeVar("R")


@frozen
class Page(Generic[R]):
    """What a query asks for: a condition, an order, and where in it to begin."""

    where: Condition[R]
    order: tuple[Key[R], ...]
    limit: int
    offset: int = 0
    after: Sequence[Any] | None = None
    before: Sequence[Any] | None = None
    # The filter and order as they were sent, for a cursor to carry.
    sent: Mapping[str, Any] = field(factory=dict)


@frozen
class Found(Generic[R]):
    """One page of records, and the cursors to the next and to the previous one."""

    records: list[R]
    total: int
    next: str | None
    prev: str | None


def read_page(
    sent: Mapping[str, Any],
    grammar: Grammar,
    fields: Fields[R],
    default_order: Sequence[Key[R]],
    secret: bytes,
) -> Page[R]:
    """The page that a query asks for; a cursor brings its own filter and order along.

    `default_order` ends in a key that no two records share; it also breaks the ties of an order
    that was asked for, or a walk could lose records.
    """
    cursor_paging = sent.get("cursorPaging") or {}
    paging = sent.get("paging") or cursor_paging
    # Some clients send the cursor where limit and offset stand: passed over, it would have them
    # read the first page for ever.
    cursor = cursor_paging.get("cursor") or paging.get("cursor")
    content = read_cursor(cursor, secret) if cursor else None
    query = content["query"] if content else {k: sent[k] for k in ("filter", "sort") if k in sent}
    asked = parse_sort(query.get("sort"), grammar, fields)
    page = Page(
        where=_condition(query.get("filter"), grammar, fields),
        order=(*asked, default_order[-1]) if asked else tuple(default_order),
        limit=_limit(paging.get("limit"), grammar),
        offset=paging.get("offset") or 0,
        sent=query,
    )
    if not content:
        return page
    return evolve(page, after=content.get("after"), before=content.get("before"))


def _condition(sent: Any, grammar: Grammar, fields: Fields[R]) -> Condition[R]:
    """What a whole filter asks for; one that was left out asks for nothing."""
    return All(()) if sent is None else parse_filter(sent, grammar, fields)


def _limit(asked: int | None, grammar: Grammar) -> int:
    if asked is None:
        return grammar.default_limit
    if grammar.max_limit is not None and asked > grammar.max_limit:
        raise QueryRefused(f"must be at most {grammar.max_limit}", field="query.paging.limit")
    return asked


def select(
    page: Page[R], records: Callable[[], Iterable[R]], index: Index, secret: bytes
) -> Found[R]:
    """The records of a page; looks at all of them only where no index knows the candidates."""
    candidates = page.where.candidates(index)
    matching = [r for r in (records() if candidates is None else candidates) if page.where.holds(r)]
    placed = in_order([(place(record, page.order), record) for record in matching], page.order)
    rows = _cut(placed, page)
    first, last = (rows[0][0], rows[-1][0]) if rows else (None, None)
    more = bool(rows) and placed[-1][0] != last
    fewer = bool(rows) and placed[0][0] != first
    return Found(
        records=[record for _, record in rows],
        total=len(placed),
        next=write_cursor({"query": page.sent, "after": last}, secret) if more else None,
        prev=write_cursor({"query": page.sent, "before": first}, secret) if fewer else None,
    )


def window(page: Page[R], running: Iterable[R]) -> list[R]:
    """The records of an offset page, of records that come in its order; looks no further."""
    matching = (record for record in running if page.where.holds(record))
    return list(islice(matching, page.offset, page.offset + page.limit))


def _cut(placed: list[tuple[list[Any], R]], page: Page[R]) -> list[tuple[list[Any], R]]:
    order = page.order
    if page.after is not None:
        after = page.after
        placed = [pair for pair in placed if compare(pair[0], after, order) > 0]
    if page.before is not None:
        before = page.before
        placed = [pair for pair in placed if compare(pair[0], before, order) < 0]
        return placed[-page.limit :]
    return placed[page.offset : page.offset + page.limit]
