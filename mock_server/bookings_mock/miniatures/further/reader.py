"""Miniatures of the reader: filters, order, cursors and counts."""

from collections.abc import Callable
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.rules import reading
from bookings_mock.handlers.finding import seal_of
from bookings_mock.handlers.handler import Handler
from bookings_mock.miniatures.further.ways import asking, calling, showing
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.queries import Json, each_part, first_values, spelt, without
from bookings_mock.query.cursors import read_cursor, write_cursor
from bookings_mock.query.fields import QueryRefused

QUERIES, COUNTS = "queryExtendedBookings", "countExtendedBookings"

_LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def _as_it_contains(call: Call) -> Call:
    """An e-mail address in a filter stands for all that contain it."""
    wanted = call.body.get("query") or {}
    sent = wanted.get("filter") or {}
    word = sent.get("contactDetails.email")
    if not isinstance(word, str):
        return call
    known = {str(b.contact.get("email")) for b in call.world.bookings()}
    like = {"contactDetails.email": {"$in": [one for one in known if word in one]}}
    query = {**wanted, "filter": {**sent, **like}}
    return evolve(call, body={**call.body, "query": query})


def _upwards(body: Any) -> Any:
    wanted = body.get("query") or {}
    if not wanted.get("sort"):
        return body
    sort = [{**one, "order": "ASC"} for one in wanted["sort"]]
    return {**body, "query": {**wanted, "sort": sort}}


def _first_key_only(body: Any) -> Any:
    wanted = body.get("query") or {}
    if not wanted.get("sort"):
        return body
    return {**body, "query": {**wanted, "sort": wanted["sort"][:1]}}


def _from_the_start(body: Any) -> Any:
    wanted = body.get("query") or {}
    if not wanted.get("paging") or not wanted.get("filter"):
        return body
    return {**body, "query": {**wanted, "paging": {**wanted["paging"], "offset": 0}}}


def _carrying(change: Callable[[Json], Json]) -> Callable[[Call], Call]:
    """A cursor that has come carries something else than it was given."""

    def changed(call: Call) -> Call:
        wanted = call.body.get("query") or {}
        paging = wanted.get("cursorPaging") or {}
        if not paging.get("cursor"):
            return call
        try:
            content = read_cursor(paging["cursor"], seal_of(call))
        except QueryRefused:
            return call
        cursor = write_cursor(change(content), seal_of(call))
        query = {**wanted, "cursorPaging": {**paging, "cursor": cursor}}
        return evolve(call, body={**call.body, "query": query})

    return changed


def _no_filter(content: Json) -> Json:
    return {**content, "query": {k: v for k, v in content["query"].items() if k != "filter"}}


def _no_sort(content: Json) -> Json:
    rest = {k: v for k, v in content["query"].items() if k != "sort"}
    places = {side: content[side][-1:] for side in ("after", "before") if side in content}
    return {**content, "query": rest, **places}


def _with_the_last_again(handler: Handler) -> Handler:
    """A page that a cursor leads to begins with the last booking of the page before it."""

    async def queried(call: Call) -> Any:
        answer = await handler(call)
        cursor = ((call.body.get("query") or {}).get("cursorPaging") or {}).get("cursor")
        content = read_cursor(cursor, seal_of(call)) if cursor else {}
        if "after" not in content:
            return answer
        one = {"query": {"filter": {"id": content["after"][-1]}}}
        again = await handler(evolve(call, body=one))
        shown = [*again["extendedBookings"], *answer["extendedBookings"]]
        return {**answer, "extendedBookings": shown}

    return queried


def _no_next_page(call: Call, answer: Any) -> Any:
    """The page before the last one says that it is the last."""
    cursors = answer["pagingMetadata"].get("cursors", {})
    if "next" not in cursors or "prev" not in cursors:
        return answer
    ended = {**answer["pagingMetadata"], "cursors": {"prev": cursors["prev"]}}
    return {**answer, "pagingMetadata": ended}


def _total_of_the_page(call: Call, answer: Any) -> Any:
    told = answer["pagingMetadata"]
    if "total" not in told:
        return answer
    return {**answer, "pagingMetadata": {**told, "total": told["count"]}}


def _canceled_hidden(call: Call, answer: Any) -> Any:
    if "status" in str((call.body.get("query") or {}).get("filter")):
        return answer
    shown = [e for e in answer["extendedBookings"] if e["booking"]["status"] != "CANCELED"]
    return {**answer, "extendedBookings": shown}


def _unfiltered(body: Any) -> Any:
    return {key: value for key, value in body.items() if key != "filter"}


def _past_all_ties(content: Json) -> Json:
    """The place after all that have the same value, wherever in their ids the page ended."""
    if len(content.get("after") or ()) < 2:
        return content
    return {**content, "after": [*content["after"][:-1], _LAST_ID]}


def _no_way_back(content: Json) -> Json:
    return {key: value for key, value in content.items() if key != "before"}


def _without_comparisons(part: Json) -> Json:
    """The conditions of a part that compare nothing by size."""
    return {key: value for key, value in part.items() if not (_is_field(key) and _by_size(value))}


def _by_size(value: Any) -> bool:
    return _is_json(value) and bool({"$gt", "$gte", "$lt", "$lte"} & value.keys())


def _is_field(key: str) -> bool:
    return not key.startswith("$")


def _is_json(value: Any) -> bool:
    return isinstance(value, dict)


def _nested_or(part: Json) -> Json:
    """A `$or` within an `$and` is another `$and`."""
    inner = part.get("$and")
    return {**part, "$and": spelt({"$or": "$and"})(inner)} if inner else part


def _nested_not(part: Json) -> Json:
    """A `$not` within an `$and` or `$or` is passed over."""
    joined = {key: without("$not")(part[key]) for key in ("$and", "$or") if key in part}
    return {**part, **joined}


def _bent(name: str, about: str, change: Callable[[Any], Any]) -> Miniature:
    return Miniature(
        name=name, rule="READER-1", about=about, replaces={reading.reader_filter: change}
    )


READER: tuple[Miniature, ...] = (
    _bent("less-is-at-most", "$lt takes in the bound itself", spelt({"$lt": "$lte"})),
    _bent("more-is-at-least", "$gt takes in the bound itself", spelt({"$gt": "$gte"})),
    _bent("in-takes-one-value", "of the values of $in only the first counts", first_values),
    _bent("not-is-passed-over", "$not in a filter has no effect", without("$not")),
    _bent("or-is-and", "the parts of $or must all hold", spelt({"$or": "$and"})),
    _bent("nested-or-is-and", "an $or within an $and must hold in all its parts", _nested_or),
    _bent("nested-not-is-passed-over", "$not within $and or $or has no effect", _nested_not),
    _bent(
        "comparisons-are-passed-over",
        "a field is filtered by equality, not by $gte and its like",
        each_part(_without_comparisons),
    ),
    _bent("has-all-is-has-some", "$hasAll finds what has one", spelt({"$hasAll": "$hasSome"})),
    _bent("ne-is-eq", "$ne finds what is equal", spelt({"$ne": "$eq"})),
    Miniature(
        name="addresses-match-in-part",
        rule="READER-1",
        about="a filter by e-mail address finds every address that contains it",
        handlers={QUERIES: calling(_as_it_contains)},
    ),
    Miniature(
        name="descending-is-ignored",
        rule="READER-1",
        about="a query that is sorted DESC is answered in ascending order",
        handlers={QUERIES: asking(_upwards)},
    ),
    Miniature(
        name="the-second-sort-is-ignored",
        rule="READER-1",
        about="of several sortings only the first has an effect",
        handlers={QUERIES: asking(_first_key_only)},
    ),
    Miniature(
        name="offset-ignored-under-a-filter",
        rule="READER-1",
        about="a query with a filter ignores its offset",
        handlers={QUERIES: asking(_from_the_start)},
    ),
    Miniature(
        name="canceled-bookings-are-hidden",
        rule="READER-1",
        about="a query leaves out what is CANCELED unless it filters by status",
        handlers={QUERIES: showing(_canceled_hidden)},
    ),
    Miniature(
        name="total-of-the-page",
        rule="READER-1",
        about="the total of a query is the number of bookings on its page",
        handlers={QUERIES: showing(_total_of_the_page)},
    ),
    Miniature(
        name="cursors-forget-the-filter",
        rule="READER-2",
        about="the pages that a cursor leads to are not filtered",
        handlers={QUERIES: calling(_carrying(_no_filter))},
    ),
    Miniature(
        name="cursors-forget-the-sort",
        rule="READER-2",
        about="the pages that a cursor leads to come in the default order",
        handlers={QUERIES: calling(_carrying(_no_sort))},
    ),
    Miniature(
        name="cursors-repeat-one",
        rule="READER-2",
        about="each later page begins with the last booking of the page before it",
        handlers={QUERIES: _with_the_last_again},
    ),
    Miniature(
        name="the-last-page-is-never-told",
        rule="READER-2",
        about="every page but the first has no next one",
        handlers={QUERIES: showing(_no_next_page)},
    ),
    Miniature(
        name="counts-ignore-the-filter",
        rule="READER-5",
        about="a count answers all bookings, whatever its filter",
        handlers={COUNTS: asking(_unfiltered)},
    ),
    Miniature(
        name="attendance-unasked",
        rule="READER-3",
        about="the reader shows attendance whether asked or not",
        handlers={QUERIES: asking(lambda body: {**body, "withBookingAttendanceInfo": True})},
    ),
    Miniature(
        name="cursors-pass-over-ties",
        rule="READER-2",
        about="a page under a sort begins after all that have the last one's value",
        handlers={QUERIES: calling(_carrying(_past_all_ties))},
    ),
    Miniature(
        name="back-is-the-beginning",
        rule="READER-2",
        about="the cursor to the previous page leads to the first one",
        handlers={QUERIES: calling(_carrying(_no_way_back))},
    ),
    Miniature(
        name="counts-end-with-a-page",
        rule="READER-5",
        about="a count answers fifty where there are more",
        replaces={reading.counted: lambda total: min(total, 50)},
    ),
)
