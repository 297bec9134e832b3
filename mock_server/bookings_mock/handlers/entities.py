"""Reads of the catalog, the same for everything in it: queried, counted, searched, got by its id.

What there is of a kind is made into what is shown first; filters, orders and look-ups then go by
the paths of what is shown, as the document names them.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from attrs import evolve, frozen

from bookings_mock.call import Call
from bookings_mock.domain.rulebook import Refusal
from bookings_mock.domain.rules import catalog as rules_of
from bookings_mock.handlers.finding import refused, seal_of
from bookings_mock.handlers.handler import Handler
from bookings_mock.query import Found, Grammar, Key, Page, QueryRefused, read_page, select

Json: TypeAlias = Mapping[str, Any]


def _as_it_is(call: Call, shown: Json) -> Json:
    return shown


@frozen
class Kind:
    """One kind of entity: what answers call one and many of it, and all that a site has of it.

    `view` shows what was asked for besides; `rule` is broken by a query that is not understood,
    `read` sees each filter first, `there` refuses where one that is named is missing.
    """

    one: str
    many: str
    every: Callable[[Call], Iterable[Json]]
    view: Callable[[Call, Json], Json] = _as_it_is
    rule: str = "SHAPE-3"
    read: Callable[[Call, Json], Json] = _as_it_is
    there: Callable[..., Refusal | None] = rules_of.there


def querying(kind: Kind) -> Handler:
    """A handler of queries: `{"query": {filter, sort, paging or cursorPaging}}`."""

    async def query(call: Call) -> Any:
        wanted = (call.body or {}).get("query") or {}
        found, page = found_by(call, kind, wanted)
        return {**_listed(call, kind, found), "pagingMetadata": paging(wanted, page, found)}

    return query


def searching(kind: Kind) -> Handler:
    """A handler of searches: `{"search": {search, filter, sort, cursorPaging, aggregations}}`."""

    async def search(call: Call) -> Any:
        wanted = call.body.get("search") or {}
        named = _named_so(wanted.get("search") or {})
        found, page = found_by(call, kind, {"cursorPaging": {}, **wanted}, named)
        counted = _aggregated(call, kind, wanted, named)
        return {
            **_listed(call, kind, found),
            "pagingMetadata": paging({"cursorPaging": {}}, page, found),
            **({"aggregationData": {"results": counted}} if counted else {}),
        }

    return search


def counting(kind: Kind) -> Handler:
    """A handler of counts: `{"filter"}`."""

    async def count(call: Call) -> Any:
        return {"count": len(every_one(call, kind, (call.body or {}).get("filter")))}

    return count


def getting(kind: Kind, parameter: str) -> Handler:
    """A handler that answers the one whose id the path holds."""

    async def get(call: Call) -> Any:
        return {kind.one: kind.view(call, known(call, kind, call.path[parameter]))}

    return get


def known(call: Call, kind: Kind, entity_id: str) -> Json:
    """The one with this id, as it is shown; raises RuleBroken if there is none."""
    every = list(kind.every(call))
    found = next((one for one in every if _same(one.get("id"), entity_id)), None)
    call.ground.rules.require(kind.there, found, kind.one)
    # Where the rule is switched off, any other will do.
    return found if found is not None else (every or [{}])[0]


def every_one(call: Call, kind: Kind, filter: Any) -> list[Json]:
    """All of a kind that meet a filter, on no page; raises RuleBroken for a bad filter."""
    whole = evolve(call.mock.grammars[call.operation], default_limit=sys.maxsize, max_limit=None)
    return found_by(call, kind, {"filter": filter}, by=whole)[0].records


def found_by(
    call: Call,
    kind: Kind,
    wanted: Json,
    also: Callable[[Json], bool] | None = None,
    by: Grammar | None = None,
) -> tuple[Found[Json], Page[Json]]:
    """One page of a kind, and what was asked for; raises RuleBroken for a bad query."""
    grammar, seal = by or call.mock.grammars[call.operation], seal_of(call)
    if isinstance(wanted.get("filter") or {}, Mapping):
        wanted = {**wanted, "filter": kind.read(call, wanted.get("filter") or {})}
    try:
        page = read_page(wanted, grammar, grammar.fields, _order(grammar), seal)
    except QueryRefused as error:
        raise refused(error, kind.rule) from None
    every = [one for one in kind.every(call) if also is None or also(one)]
    return select(page, lambda: every, NoIndex(), seal), page


def paging(wanted: Json, page: Page[Any], found: Found[Any]) -> dict[str, Any]:
    """Where a page stands, in the words of the way in which it was asked for."""
    cursors = {"next": found.next, "prev": found.prev}
    if "cursorPaging" in wanted and not wanted.get("paging"):
        return {
            "count": len(found.records),
            "cursors": {side: cursor for side, cursor in cursors.items() if cursor},
            "hasNext": found.next is not None,
        }
    return {
        "count": len(found.records),
        "offset": page.offset,
        "total": found.total,
        "tooManyToCount": False,
        "cursors": {side: cursor for side, cursor in cursors.items() if cursor},
        "hasNext": found.next is not None,
    }


def _listed(call: Call, kind: Kind, found: Found[Json]) -> dict[str, Any]:
    return {kind.many: [kind.view(call, one) for one in found.records]}


def _order(grammar: Grammar) -> list[Key[Json]]:
    return [Key(name, grammar.fields[name]) for name in grammar.order or ("id",)]


def _same(one: Any, other: str) -> bool:
    return isinstance(one, str) and one.lower() == other.lower()


def _named_so(asked: Json) -> Callable[[Json], bool]:
    """Whether a name holds the words that are searched for."""
    words = (asked.get("expression") or "").lower().split()
    enough = all if asked.get("mode") == "AND" else any
    return lambda shown: (
        not words or enough(word in str(shown.get("name") or "").lower() for word in words)
    )


def _aggregated(
    call: Call, kind: Kind, wanted: Json, named: Callable[[Json], bool]
) -> list[dict[str, Any]]:
    asked = wanted.get("aggregations") or ()
    if not asked:
        return []
    grammar = call.mock.grammars[call.operation]
    matching = list(filter(named, every_one(call, kind, wanted.get("filter"))))
    return [_values(one, matching, grammar, kind.rule) for one in asked]


def _values(asked: Json, records: Iterable[Json], grammar: Grammar, rule: str) -> dict[str, Any]:
    path = asked.get("fieldPath") or ""
    if path not in grammar.fields or asked.get("type") not in (None, "VALUE"):
        reason = f"only values of fields that can be filtered by are counted, not {path[:64]!r}"
        raise refused(QueryRefused(reason, field="search.aggregations"), rule)
    field = grammar.fields[path]
    read = (field.read(one) for one in records)
    counts = Counter(str(v) for value in read for v in (value if field.several else [value]))
    most = (asked.get("value") or {}).get("limit") or 10
    return {
        "name": asked.get("name"),
        "type": "VALUE",
        "fieldPath": path,
        "values": {"results": [{"value": v, "count": n} for v, n in counts.most_common(most)]},
    }


class NoIndex:
    """A site has few of everything: all of them are looked at."""

    def find(self, name: str, values: Any) -> None:
        """None for every field."""
