"""Rules of reading bookings: who sees what, the V1 list and the V2 reader."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from bookings_mock.domain.booking import CONFIRMED, CREATED, PENDING, Booking
from bookings_mock.domain.rulebook import Refusal, either, rule

T = TypeVar("T")

# What a booking of the V1 list has to have, whatever was asked for.
_NEVER_WITHOUT = ("id", "bookedEntity", "status")


@rule("AUTH-4")
def site_of_caller(own: str, home: str) -> str:
    """All that a caller sees belongs to the caller's own site."""
    return own


@rule("AUTH-5")
def is_own(booking: Booking, member_id: str, contact_id: str | None) -> bool:
    """A member sees the bookings that it made, and those made for its contact."""
    made = booking.created_by.get("memberId") == member_id
    return made or (contact_id is not None and booking.contact.get("contactId") == contact_id)


@rule("AUTH-6")
def may_change(own: bool) -> str | None:
    """A member may cancel or reschedule its own bookings only."""
    return None if own else "a member may change its own bookings only"


@either("LIST-1")
def without_filter(reading: str) -> Mapping[str, Any]:
    """What a V1 list without a filter asks for: everything (A), or what is CONFIRMED (B)."""
    return {} if reading == "A" else {"status": CONFIRMED}


@rule("LIST-2")
def list_keys(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """The keys that a V1 filter filters by."""
    return sent


@rule("LIST-3")
def list_bounds(bounds: Mapping[str, Any]) -> Mapping[str, Any]:
    """The bounds of one time in a V1 filter; both count."""
    return bounds


@rule("LIST-4")
def first_of_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Of a key that stands twice in a V1 filter, the first counts."""
    kept: dict[str, Any] = {}
    for key, value in pairs:
        kept.setdefault(key, value)
    return kept


@rule("LIST-5")
def all_keys(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """All keys of a V1 filter must hold."""
    return sent


@rule("LIST-6")
def list_window(limit: int | None, offset: int | None) -> tuple[int | None, int]:
    """How many a V1 list answers, and how many it passes over."""
    return limit, offset or 0


@either("LIST-7")
def projection_accepted(reading: str, asked: bool) -> Refusal | None:
    """fields and fieldsets are accepted (A, C), or refused (B)."""
    if reading != "B" or not asked:
        return None
    return Refusal("fields and fieldsets are not supported", field="query.fields")


@either("LIST-7")
def projected(
    reading: str, booking: dict[str, Any], wanted: Collection[str] | None
) -> dict[str, Any]:
    """Of a booking all is shown (A), or what was asked for and what none is without (C)."""
    if reading != "C" or wanted is None:
        return booking
    return {key: booking[key] for key in booking if key in wanted or key in _NEVER_WITHOUT}


@rule("LIST-8")
def actions_told(actions: dict[str, bool]) -> dict[str, bool]:
    """What the service's policy lets this caller do with a booking."""
    return actions


@rule("LIST-9")
def v1_entry(booking: dict[str, Any]) -> dict[str, Any]:
    """A booking in the shape of V1."""
    return booking


@rule("LIST-10")
def newest_first() -> bool:
    """Whether a V1 list begins with the newest."""
    return True


@rule("LIST-11")
def filter_understood(problem: str | None) -> Refusal | None:
    """A V1 filter that is not JSON, or names an unknown field, is refused."""
    return Refusal(problem, field="query.filter") if problem else None


@either("LIST-12")
def other_operators(reading: str, problem: str | None) -> Refusal | None:
    """Comparisons of times that the page does not name: refused (A), or honoured (B)."""
    return Refusal(problem, field="query.filter") if problem and reading != "B" else None


@rule("LIST-12")
def other_operator_means(operator: str) -> str:
    """A comparison that is honoured means what it says."""
    return operator


@either("LIST-13")
def sort_honoured(reading: str) -> bool:
    """Whether a V1 list can be sorted: honoured (A), or without effect (B)."""
    return reading == "A"


_V1_WORDS = {CREATED: "PENDING_CHECKOUT", PENDING: "PENDING_APPROVAL"}
_OTHER_WORDS = {CREATED: "PENDING", PENDING: "PENDING_CHECKOUT"}


@either("LIST-14")
def v1_status(reading: str, status: str) -> str:
    """A status in V1: its own words (A, C), or V2's (B)."""
    words = {"A": _V1_WORDS, "B": {}, "C": _OTHER_WORDS}[reading]
    return words.get(status, status)


def v2_status(word: str) -> str:
    """The V2 status that a word of either vocabulary means in a V1 filter."""
    return next((v2 for v2, v1 in _V1_WORDS.items() if v1 == word), word)


@rule("LIST-15")
def queried_without_filter() -> Mapping[str, Any]:
    """What a V1 query without a filter asks for."""
    return {"status": CONFIRMED}


@rule("READER-6")
def in_the_session(condition: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the earlier query asks for by a session."""
    return condition


@rule("READER-1")
def reader_filter(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reader's query filters by."""
    return sent


@either("READER-7")
def one_operator(reading: str, field: str, sent: Mapping[str, Any]) -> Refusal | None:
    """Several operators on one field are taken (A, B), or refused (C)."""
    if reading != "C" or len(sent) < 2:
        return None
    return Refusal(f"{field} takes one operator", field="query.filter")


@either("READER-7")
def operators_that_count(reading: str, sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of several operators on one field all hold (A), or only the first (B)."""
    return dict([next(iter(sent.items()))]) if reading == "B" and sent else sent


@rule("READER-2")
def reader_walk(records: list[T], later: bool) -> list[T]:
    """What a page answers, `later` where a cursor led to it."""
    return records


@rule("READER-3")
def shown_when_asked(asked: bool) -> bool:
    """What surrounds a booking is answered only where it was asked for."""
    return asked


@rule("READER-5")
def counted(total: int) -> int:
    """How many a count answers."""
    return total


@either("READER-4")
def default_order(reading: str) -> tuple[str, bool]:
    """The reader's order, and whether it descends: by id (A), or newest first (B)."""
    return ("id", False) if reading == "A" else ("createdDate", True)
