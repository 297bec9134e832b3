"""Rules of the Attendance API."""

from collections.abc import Mapping
from typing import Any, TypeVar

from bookings_mock.domain.rulebook import Refusal, either, rule

T = TypeVar("T")


@rule("ATTENDANCE-1")
def to_update(known: T | None) -> T | None:
    """Setting again updates what is there; where nothing is, something new is made."""
    return known


@rule("ATTENDANCE-2")
def attendance_found(known: object | None) -> str | None:
    """The attendance must exist."""
    return None if known else "there is no attendance with this id"


@rule("ATTENDANCE-3")
def attendance_filter(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a query filters by."""
    return sent


@rule("ATTENDANCE-4")
def one_for_all_sessions(appointment: bool) -> bool:
    """An appointment has one object; classes and courses have one for each session."""
    return appointment


@rule("ATTENDANCE-5")
def no_mismatch_refused(status: str, number: int) -> str | None:
    """Status and number need not agree."""
    return None


@rule("ATTENDANCE-6")
def no_excess_refused(number: int, booked: int) -> str | None:
    """More may come than were booked."""
    return None


@rule("ATTENDANCE-7")
def number_that_came(given: int | None) -> int:
    """How many came, if nobody says."""
    return 1 if given is None else given


@rule("ATTENDANCE-8")
def session_named(session_id: str | None) -> str | None:
    """A session must be named."""
    return None if session_id else "name the session by eventId or sessionId"


@rule("ATTENDANCE-9")
def attendance_limit(asked: int | None, default: int) -> int:
    """How many a page holds."""
    return default if asked is None else asked


@either("ATTENDANCE-9")
def page_of_a_size(reading: str, asked: int | None, fewer: int | None) -> Refusal | None:
    """A page holds up to the one number that is published (A), or up to the other, fewer (B)."""
    if reading != "B" or asked is None or fewer is None or asked <= fewer:
        return None
    return Refusal(f"must be at most {fewer}", field="query.cursorPaging.limit")


@rule("ATTENDANCE-10")
def attendance_walk(records: list[T], later: bool) -> list[T]:
    """What a page answers, `later` where a cursor led to it."""
    return records


@rule("ATTENDANCE-12")
def deletable(known: object | None) -> str | None:
    """An attendance that is to be deleted must exist."""
    return None if known else "there is no attendance with this id"


@rule("ATTENDANCE-12")
def deleted() -> bool:
    """Deleting it takes it away."""
    return True


@rule("ATTENDANCE-13")
def attendances_named(number: int) -> str | None:
    """Setting in bulk names one attendance at least."""
    return None if number else "attendanceDetails names no attendance"


@rule("ATTENDANCE-14")
def session_known(known: bool) -> str | None:
    """An attendance that is set in bulk is of a session that exists."""
    return None if known else "there is no session with this id"


@either("ATTENDANCE-11")
def one_filter(reading: str, sent: Mapping[str, Any]) -> Refusal | None:
    """Several filters are taken (A, B), or refused (C)."""
    joined = sent.get("$and")
    number = len(sent) - 1 + len(joined) if isinstance(joined, list) else len(sent)
    if reading != "C" or number < 2:
        return None
    return Refusal("takes one filter", field="query.filter")


@either("ATTENDANCE-11")
def filters_that_count(reading: str, sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of several filters all hold (A), or only the first (B)."""
    if reading != "B" or not sent:
        return sent
    name, value = next(iter(sent.items()))
    if name == "$and" and isinstance(value, list) and value:
        first = value[0]
        return filters_that_count(reading, first) if isinstance(first, Mapping) else sent
    return {name: value}
