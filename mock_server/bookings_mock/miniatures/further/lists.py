"""Miniatures of the V1 list: its filters, its pages and what its entries show."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.rulebook import Refusal
from bookings_mock.domain.rules import reading
from bookings_mock.handlers.acting import owner_of
from bookings_mock.miniatures.further.ways import calling, showing, under
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.stand_ins import less

_OFFSET = re.compile(r"[+-]\d\d:\d\d$")

LISTS = "listBookingsV1"
_FILTER = "query.filter.stringValue"


def _filtered(call: Call) -> bool:
    return bool(call.query.get(_FILTER))


def _named(call: Call, key: str) -> bool:
    return key in str(call.query.get(_FILTER))


def _offset_within(limit: int | None, offset: int | None) -> tuple[int | None, int]:
    """The page is cut to its limit first, and the offset taken off that."""
    passed = offset or 0
    return (None if limit is None else max(limit - passed, 0)), passed


def _one_more(limit: int | None, offset: int | None) -> tuple[int | None, int]:
    return (None if limit is None else limit + 1), offset or 0


def _page_number(limit: int | None, offset: int | None) -> tuple[int | None, int]:
    """The offset is taken for the number of a page."""
    return limit, (offset or 0) * (limit or 1)


def _first_of_list(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value[:1] if isinstance(value, list) else value for key, value in sent.items()}


def _any_holds(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    simple = all(not isinstance(value, Mapping) for value in sent.values())
    if len(sent) < 2 or not simple:
        return sent
    return {"$or": [{key: value} for key, value in sent.items()]}


def _calling_bounds(renamed: Mapping[str, str]) -> Any:
    return lambda bounds: {renamed.get(name, name): value for name, value in bounds.items()}


def _without_offsets(bounds: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: _OFFSET.sub("Z", str(value)) for name, value in bounds.items()}


def _bookings_of_the_course(call: Call, answer: Any) -> Any:
    """A schedule finds courses, and not the sessions of a class."""
    if not _named(call, "scheduleId"):
        return answer
    entries = answer["bookingsEntries"]
    kept = [e for e in entries if "setOfSessions" in e["booking"]["bookedEntity"]]
    return {**answer, "bookingsEntries": kept}


def _by_start(call: Call, answer: Any) -> Any:
    if "query.sort" in call.query:
        return answer
    return {**answer, "bookingsEntries": sorted(answer["bookingsEntries"], key=_start)}


def _start(entry: Mapping[str, Any]) -> str:
    entity = entry["booking"]["bookedEntity"]
    single = entity.get("singleSession", {}).get("start")
    return single or entity.get("setOfSessions", {}).get("firstSessionStart") or ""


def _flat(booking: Mapping[str, Any]) -> dict[str, Any]:
    """The period beside what is booked instead of in its singleSession."""
    entity = dict(booking["bookedEntity"])
    single = entity.pop("singleSession", {})
    return {**booking, "bookedEntity": {**entity, **single}}


def _names_only(problem: str | None) -> Refusal | None:
    unread = problem is not None and "JSON" in problem
    return None if unread else reading.filter_understood(problem)


def _json_only(problem: str | None) -> Refusal | None:
    unread = problem is not None and "JSON" in problem
    return reading.filter_understood(problem) if unread else None


def _seen_by_the_owner(key: str) -> Callable[[Call], Call]:
    """Whoever filters by this key sees what the owner of the site would."""
    return lambda call: evolve(call, caller=owner_of(call)) if _named(call, key) else call


def _starts_for_ends(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"startTime" if key == "endTime" else key: value for key, value in sent.items()}


def _either_of_them(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for key, value in pairs:
        simple = key in joined and isinstance(joined[key], str) and isinstance(value, str)
        joined[key] = [joined[key], value] if simple else value
    return joined


LISTS_OF_V1: tuple[Miniature, ...] = (
    Miniature(
        name="offset-after-limit",
        rule="LIST-6",
        about="the V1 list is cut to its limit first, and the offset taken off that page",
        replaces={reading.list_window: _offset_within},
    ),
    Miniature(
        name="one-more-than-the-limit",
        rule="LIST-6",
        about="a page of the V1 list holds one booking more than its limit",
        replaces={reading.list_window: _one_more},
    ),
    Miniature(
        name="offset-counts-pages",
        rule="LIST-6",
        about="the offset of the V1 list is taken for the number of a page",
        replaces={reading.list_window: _page_number},
    ),
    Miniature(
        name="offset-without-filter-only",
        rule="LIST-6",
        about="the V1 list ignores the offset where there is a filter",
        handlers={LISTS: under({reading.list_window: lambda limit, offset: (limit, 0)}, _filtered)},
    ),
    Miniature(
        name="the-first-of-several-values",
        rule="LIST-2",
        about="of a list of values in a V1 filter only the first counts",
        replaces={reading.list_keys: _first_of_list},
    ),
    Miniature(
        name="schedules-of-courses-only",
        rule="LIST-2",
        about="a scheduleId finds the bookings of a course, and none of a class's sessions",
        handlers={LISTS: showing(_bookings_of_the_course)},
    ),
    Miniature(
        name="from-is-after",
        rule="LIST-3",
        about="$gte on startTime leaves out what starts just then",
        replaces={reading.list_bounds: _calling_bounds({"$gte": "$gt"})},
    ),
    Miniature(
        name="before-is-until",
        rule="LIST-3",
        about="$lt on startTime takes in what starts just then",
        replaces={reading.list_bounds: _calling_bounds({"$lt": "$lte"})},
    ),
    Miniature(
        name="any-filter-will-do",
        rule="LIST-5",
        about="of several V1 filters one has to hold",
        replaces={reading.all_keys: _any_holds},
    ),
    Miniature(
        name="cancel-is-always-allowed",
        rule="LIST-8",
        about="allowedActions allow canceling whatever the policy says",
        replaces={reading.actions_told: lambda actions: {**actions, "cancel": True}},
    ),
    Miniature(
        name="courses-can-be-moved",
        rule="LIST-8",
        about="allowedActions allow rescheduling whatever the policy says",
        replaces={reading.actions_told: lambda actions: {**actions, "reschedule": True}},
    ),
    Miniature(
        name="entries-without-payment",
        rule="LIST-9",
        about="entries of the V1 list lack their paymentDetails",
        replaces={reading.v1_entry: less("paymentDetails")},
    ),
    Miniature(
        name="entries-with-flat-sessions",
        rule="LIST-9",
        about="start and end of a V1 booking stand beside its service, not in singleSession",
        replaces={reading.v1_entry: _flat},
    ),
    Miniature(
        name="listed-by-start",
        rule="LIST-10",
        about="the V1 list begins with what starts first, not with what is newest",
        handlers={LISTS: showing(_by_start)},
    ),
    Miniature(
        name="unreadable-filters-find-all",
        rule="LIST-11",
        about="a V1 filter that is not JSON is passed over, an unknown field is not",
        replaces={reading.filter_understood: _names_only},
    ),
    Miniature(
        name="unknown-filters-find-all",
        rule="LIST-11",
        about="an unknown field in a V1 filter is passed over, what is not JSON is not",
        replaces={reading.filter_understood: _json_only},
    ),
    Miniature(
        name="members-see-other-contacts",
        rule="AUTH-5",
        about="a member who filters the V1 list by a contactId sees that contact's bookings",
        handlers={LISTS: calling(_seen_by_the_owner("contactId"))},
    ),
    Miniature(
        name="ends-are-starts",
        rule="LIST-3",
        about="endTime in a V1 filter is compared with the start",
        replaces={reading.list_keys: _starts_for_ends},
    ),
    Miniature(
        name="one-bound-of-two",
        rule="LIST-3",
        about="of two bounds of a time in a V1 filter the last counts",
        replaces={reading.list_bounds: lambda bounds: dict(list(bounds.items())[-1:])},
    ),
    Miniature(
        name="members-see-whole-sessions",
        rule="AUTH-5",
        about="a member who filters the V1 list by a sessionId sees all who come",
        handlers={LISTS: calling(_seen_by_the_owner("sessionId"))},
    ),
    Miniature(
        name="repeated-keys-are-joined",
        rule="LIST-4",
        about="a key that stands twice in a V1 filter asks for either value",
        replaces={reading.first_of_each: _either_of_them},
    ),
    Miniature(
        name="offsets-of-bounds-are-dropped",
        rule="LIST-3",
        about="a time in a V1 filter is read as UTC, whatever its offset",
        replaces={reading.list_bounds: _without_offsets},
    ),
)
