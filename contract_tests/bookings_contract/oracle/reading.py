"""Rules on what is read: that it is what was asked for, all of it, once, and in order."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from bookings_contract.oracle.filters import ANY, fields, passes
from bookings_contract.oracle.pages import COUNT, READER, READS, V1, Page
from bookings_contract.oracle.rulings import Ruling, breach, follows, held
from bookings_contract.oracle.shadow import UNKNOWN, Raw, Shadow
from bookings_contract.oracle.trusted import trusted
from bookings_contract.testkit.comparable import values
from bookings_contract.testkit.readback import OTHER_WORDS

# Fields in whose order servers agree; texts and words may be sorted in several ways.
ORDERED = ("id", "createdDate", "updatedDate", "startDate", "endDate")
# What surrounds a booking, by the flag that asks for it.
ON_REQUEST = {
    "withBookingAllowedActions": "allowedActions",
    "withBookingAttendanceInfo": "attendance",
    "withBookingPolicySettings": "bookingPolicySettings",
}
# The keys of the V1 list, and what they ask of a booking in the reader's words.
V1_KEYS = {
    "bookingId": ("id",),
    "contactId": ("contactDetails.contactId",),
    "sessionId": ("bookedEntity.slot.sessionId", "bookedEntity.slot.eventId"),
    "scheduleId": ("bookedEntity.slot.scheduleId", "bookedEntity.schedule.scheduleId"),
    "status": ("status",),
    "startTime": ("startDate",),
    "endTime": ("endDate",),
    "created": ("createdDate",),
}
# Words of the V1 list that are not V2's own.
V1_WORDS = {"PENDING_CHECKOUT": "CREATED", "PENDING_APPROVAL": "PENDING"}
UNTOLD = "WAITING_LIST"


@READS.rule("READER-1", READER)
def passes_the_filter(page: Page) -> Ruling | None:
    """Every booking that is found is one that was asked for."""
    if page.walk.filter is None or not page.plain:
        return None
    for record in page.records:
        if passes(page.walk.filter, record, READER) is False:
            rule = None if page.first else "READER-2"
            actual = f"among them {_shown(record, page.walk.filter)}"
            return breach(f"bookings that pass {page.walk.filter}", actual, rule)
    return held() if page.walk.filter and page.records else None


@READS.rule("READER-1", READER)
def no_more_than_the_limit(page: Page) -> Ruling | None:
    """A page holds no more than it was asked to."""
    if page.limit is None or not page.plain:
        return None
    if len(page.records) <= page.limit:
        return held()
    return breach(f"at most {page.limit} bookings", f"{len(page.records)}")


@READS.rule("READER-1", READER)
def once_on_a_page(page: Page) -> Ruling | None:
    """No booking stands twice on a page."""
    twice = _twice(page.ids)
    return breach("each booking once", f"{twice} twice", about=(twice,)) if twice else None


@READS.rule("READER-1", READER)
def in_the_order_asked_for(page: Page) -> Ruling | None:
    """Sorted bookings stand in their order."""
    if not page.walk.sort or not page.plain:
        return None
    sort = page.walk.sort[0]
    field = sort.get("fieldName") if isinstance(sort, dict) else None
    if field not in ORDERED or len(page.records) < 2:
        return None
    down = sort.get("order") == "DESC"
    if _ordered(page.records, field, down):
        return held()
    return breach(f"{field} {'falling' if down else 'rising'}", _column(page.records, field))


@READS.rule("READER-1", READER)
def all_that_passes(page: Page) -> Ruling | None:
    """What passes the filter is found, on one page or on the way to the last."""
    if not page.last:
        return None
    rule = None if page.first else "READER-2"
    for shadow in page.missing():
        wanted = f"booking {shadow.id}, {shadow.status}, found by {page.walk.filter or 'no filter'}"
        return breach(wanted, f"{len(page.seen_so_far)} others", rule, about=(shadow.id,))
    return held(rule) if page.by_an_owner and page.plain else None


@READS.rule("READER-2", READER)
def once_on_a_walk(page: Page) -> Ruling | None:
    """A walk meets no booking again, while nothing is written."""
    if page.first or not page.quiet or not page.scene.facts.alone:
        return None
    again = next((id for id in page.ids if id in page.walk.met), None)
    if again is None:
        return held()
    return breach("each booking on one page", f"{again} on two", about=(again,))


@READS.rule("READER-3", READER)
def nothing_unasked(page: Page) -> Ruling | None:
    """What surrounds a booking is shown only when it is asked for."""
    for flag, part in ON_REQUEST.items():
        if page.request.get(flag) is not True and any(entry.get(part) for entry in page.entries):
            return breach(f"no {part} without {flag}", f"{part} shown")
    return held() if page.entries else None


@READS.rule("READER-4", READER)
def ordered_unasked(page: Page) -> Ruling | None:
    """Without a sort, bookings come by id, or the newest first."""
    if page.walk.sort or len(page.records) < 2 or not page.first or not page.plain:
        return None
    by_id, newest = _ordered(page.records, "id"), _ordered(page.records, "createdDate", True)
    if by_id == newest:
        return None if by_id else breach("by id, or the newest first", "in neither order")
    return follows("A" if by_id else "B")


@READS.rule("READER-5", COUNT)
def as_many_as_there_are(page: Page) -> Ruling | None:
    """The count is how many pass the filter."""
    body = page.exchange.json
    count = body.get("count") if isinstance(body, dict) else None
    if not isinstance(count, int) or not page.by_an_owner or not page.plain:
        return None
    filter = page.walk.filter or {}
    certain = [one for one in page.certain() if passes(filter, one.raw, READER)]
    about = tuple(one.id for one in certain)
    if count < len(certain):
        return breach(f"at least {len(certain)} bookings", count, about=about)
    most = _at_most(page, filter)
    if most is not None and count > most:
        return breach(f"at most {most} bookings", count, about=about)
    return held() if most == count else None


def _at_most(page: Page, filter: Raw) -> int | None:
    """How many bookings can pass, where all that there are are known."""
    if not page.scene.facts.alone or page.scene.lost:
        return None
    sure = {one.id for one in page.certain()}
    return sum(
        passes(filter, one.raw, READER) is not False if one.id in sure else 1
        for one in page.scene.shadows.values()
    )


# The V1 list


@READS.rule("LIST-2", V1)
def passes_the_list_filter(page: Page) -> Ruling | None:
    """Every booking that is listed passes the filter, by what is known of it otherwise."""
    filter = page.walk.filter
    if not filter or not page.plain:
        return None
    for shadow in _known(page):
        for place, (key, value) in enumerate(filter.items()):
            if _passes_v1(key, value, shadow) is False:
                rule = "LIST-5" if place else "LIST-3" if key in ("startTime", "endTime") else None
                what = f"bookings that pass {filter}"
                actual = f"among them {shadow.id}, {_of(shadow, key)}"
                return breach(what, actual, rule, about=(shadow.id,))
    return held() if page.records else None


@READS.rule("LIST-2", V1)
def all_that_passes_the_list_filter(page: Page) -> Ruling | None:
    """What passes the filter is listed; without one, at least what is CONFIRMED."""
    filter = page.walk.filter
    whole = page.first and page.last and page.limit is None
    if filter is None or not (whole and page.plain and page.by_an_owner):
        return None
    if not page.scene.facts.alone:
        return None  # How long a page is, is published nowhere.
    for shadow in page.certain():
        shown = shadow.status == "CONFIRMED" or ("status" in filter and shadow.status != UNTOLD)
        fits = all(_passes_v1(key, value, shadow) for key, value in filter.items())
        if shown and fits and shadow.id not in page.ids:
            rule = None if filter else "LIST-1"
            wanted = f"booking {shadow.id}, {shadow.status}, in the list by {filter or 'no filter'}"
            return breach(wanted, f"{len(page.ids)} others", rule, about=(shadow.id,))
    return held() if filter else None


@READS.rule("LIST-10", V1)
def newest_first(page: Page) -> Ruling | None:
    """The V1 list shows the newest first."""
    if page.walk.sort or len(page.records) < 2 or not page.plain:
        return None
    if _ordered(page.records, "created", True):
        return held()
    return breach("created falling", _column(page.records, "created"))


@READS.rule("LIST-14", V1)
def in_words_of_its_own(page: Page) -> Ruling | None:
    """The V1 list's words for a status are V2's, or its own."""
    shown = {str(one.get("id")): one.get("status") for one in page.records}
    seen: set[str] = set()
    for shadow in _known(page):
        word, status = shown.get(shadow.id), shadow.status
        if word is None or status == UNTOLD:
            continue
        own = next((mine for mine, v2 in V1_WORDS.items() if v2 == status), None)
        if word in OTHER_WORDS.get(str(status), ()):
            seen.add("C")
            continue
        if word not in (status, own):
            ways = f"{own} or {status}" if own else f"{status}"
            return breach(f"a {status} booking called {ways}", f"{word}", about=(shadow.id,))
        if own is not None:
            seen.add("A" if word == own else "B")
    return follows(seen.pop()) if len(seen) == 1 else None


def _known(page: Page) -> list[Shadow]:
    """The bookings of a page of which is known what they are."""
    found = (page.scene.shadows.get(id) for id in page.ids)
    facts = page.scene.facts
    return [
        one
        for one in found
        if one is not None
        and one.raw
        and one.revision.exact is not None
        and trusted(one, facts)
        and not one.doubts
        and page.settled(one)
    ]


def _passes_v1(key: str, value: Any, shadow: Shadow) -> bool | None:
    operators = fields(V1).get(key)
    paths = V1_KEYS.get(key)
    if operators is None or paths is None:
        return None
    if isinstance(value, dict) and not set(value) <= set(operators):
        return None
    # An appointment has its session's id from when it is confirmed: then it is not asked here.
    raw = shadow.raw
    if shadow.entity is not UNKNOWN:
        raw = {**raw, "bookedEntity": shadow.entity}
    shown = [path for path in paths if values(raw, path)]
    if not shown:
        return None
    if key == "status":
        value = _v2_words(value)
    found = [passes({path: value}, raw, ANY) for path in shown]
    # Of a session that shows its eventId alone, the sessionId may be any.
    open = None in found or (key == "sessionId" and paths[0] not in shown)
    return True if True in found else None if open else False


def _v2_words(value: Any) -> Any:
    if isinstance(value, list):
        return [_v2_words(one) for one in value]
    if isinstance(value, dict):
        return {operator: _v2_words(one) for operator, one in value.items()}
    return V1_WORDS.get(value, value) if isinstance(value, str) else value


# What both have in common


def _ordered(records: Sequence[Raw], field: str, down: bool = False) -> bool:
    """Whether records stand in order, as far as they show the field."""
    shown = [found[0] for record in records if (found := values(record, field))]
    pairs = pairwise(shown)
    return all(one >= two if down else one <= two for one, two in pairs)


def _twice(ids: Sequence[str]) -> str | None:
    return next((id for n, id in enumerate(ids) if id in ids[:n]), None)


def _column(records: Sequence[Raw], field: str) -> str:
    return ", ".join(str(record.get(field)) for record in records[:6])


def _shown(record: Raw, filter: Raw) -> str:
    told = [f"{field} {values(record, field)}" for field in filter if not field.startswith("$")]
    return f"{record.get('id')}: {', '.join(told) or record.get('status')}"


def _of(shadow: Shadow, key: str) -> str:
    return ", ".join(
        f"{path} {shadow_values}"
        for path in V1_KEYS[key]
        if (shadow_values := [str(v) for v in values(shadow.raw, path)])
    )
