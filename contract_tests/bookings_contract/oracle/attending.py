"""Rules on attendance: one object a booking and session, found again as it was set."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from bookings_contract.oracle.filters import passes
from bookings_contract.oracle.pages import ATTENDANCE, READS, Page
from bookings_contract.oracle.rulings import Bench, Ruling, breach, equal, held
from bookings_contract.oracle.shadow import Raw

# An attendance that is set without a number is of so many.
ONE = 1


@frozen
class Sheet:
    """The attendance objects that are known, by their ids."""

    objects: Mapping[str, Raw]
    # Set by calls that told nothing of what they did.
    lost: bool = False

    def of(self, body: Raw) -> Raw | None:
        """The object of a booking and session, if it is known."""
        key = key_of(body)
        found = (one for one in self.objects.values() if key is not None and key_of(one) == key)
        return next(found, None)

    def after(self, shown: Raw) -> "Sheet":
        """The same after an object was shown."""
        return evolve(self, objects={**self.objects, str(shown.get("id")): shown})


def key_of(part: Raw) -> tuple[str, str] | None:
    """The booking and the session that an object, or a request, is about."""
    session = part.get("eventId") or part.get("sessionId")
    booking = part.get("bookingId")
    return (str(booking), str(session)) if booking and session else None


@frozen
class Set:
    """One attendance that was set, or got."""

    body: Raw
    shown: Raw | None
    sheet: Sheet
    accepted: bool
    refused: bool
    # Nobody else sets any.
    alone: bool
    summary: str = ""


SETS: Bench[Set] = Bench()


@SETS.rule("ATTENDANCE-1", "setAttendance")
def one_object_each(case: Set) -> Ruling | None:
    """Setting it again changes the object that is there."""
    known = case.sheet.of(case.body)
    if case.shown is None or not case.alone or not case.body:
        return None
    if known is not None:
        if known.get("id") == case.shown.get("id"):
            return held()
        return breach(f"the object {known.get('id')} changed", f"another, {case.shown.get('id')}")
    other = case.sheet.objects.get(str(case.shown.get("id")))
    # All sessions that are named for one appointment may be the same one.
    if other is None or other.get("bookingId") == case.body.get("bookingId"):
        return None
    return breach(
        "an object of its own",
        f"{case.shown.get('id')}, which is of the booking {other.get('bookingId')}",
    )


@SETS.rule("ATTENDANCE-1", "setAttendance")
def as_it_was_set(case: Set) -> Ruling | None:
    """The answer shows what was set."""
    status = case.body.get("status")
    if case.shown is None or status is None:
        return None
    return equal("status", case.shown.get("status"), status)


@SETS.rule("ATTENDANCE-7", "setAttendance")
def one_unless_said(case: Set) -> Ruling | None:
    """A number that was left out is one."""
    known = case.sheet.of(case.body) or (case.shown or {}).get("id") in case.sheet.objects
    unclear = known or case.sheet.lost or not case.body
    if case.shown is None or unclear or "numberOfAttendees" in case.body:
        return None
    return equal("numberOfAttendees", case.shown.get("numberOfAttendees"), ONE)


@SETS.rule("ATTENDANCE-8", "setAttendance")
def of_a_session(case: Set) -> Ruling | None:
    """An attendance of no session is refused."""
    if case.body.get("sessionId") or case.body.get("eventId") or not case.body:
        return None
    if case.accepted:
        return breach("refused: no session is named", case.summary)
    return held() if case.refused else None


@SETS.rule("ATTENDANCE-2", "getAttendance")
def got_as_it_was_set(case: Set) -> Ruling | None:
    """An object is got as it was set last, and one that nobody set is not."""
    known = case.sheet.objects.get(str(case.body.get("id")))
    if known is None:
        unknown = case.alone and not case.sheet.lost
        return (
            breach("not found: nobody set it", case.summary) if case.accepted and unknown else None
        )
    if case.shown is None or not case.alone:
        return None
    return _same(known, case.shown)


def _same(known: Raw, shown: Raw) -> Ruling:
    for field in ("status", "numberOfAttendees", "bookingId"):
        if field in known and field in shown and known[field] != shown[field]:
            return breach(f"{field} {known[field]}", f"{field} {shown[field]}")
    return held()


@READS.rule("ATTENDANCE-3", ATTENDANCE)
def found_as_they_were_set(page: Page) -> Ruling | None:
    """Objects that are found pass the filter; several of its parts may be one too many."""
    filter = page.walk.filter
    if not filter or len(filter) > 1 or not page.plain or any(key[:1] == "$" for key in filter):
        return None
    for record in page.records:
        if passes(filter, record, ATTENDANCE) is False:
            what = {field: record.get(field) for field in filter}
            return breach(f"objects that pass {filter}", f"among them {what}")
    return held() if page.records else None


@READS.rule("ATTENDANCE-9", ATTENDANCE)
def a_page_of_what_was_asked(page: Page) -> Ruling | None:
    """A page holds no more than it was asked to."""
    if page.limit is None or not page.plain or len(page.records) <= page.limit:
        return None
    return breach(f"at most {page.limit} objects", f"{len(page.records)}")


@READS.rule("ATTENDANCE-10", ATTENDANCE)
def each_object_once(page: Page) -> Ruling | None:
    """A walk meets no object again, while nothing is set."""
    if page.first or not page.quiet or not page.scene.facts.alone:
        return None
    again = next((id for id in page.ids if id in page.walk.met), None)
    return breach("each object on one page", f"{again} on two") if again else held()


def missing(page: Page, sheet: Sheet) -> Ruling | None:
    """An object that was set and passes the filter is found."""
    filter: dict[str, Any] = dict(page.walk.filter or {})
    sure = page.plain and page.quiet and page.last and page.by_an_owner
    if not sure or not page.scene.facts.alone or len(filter) > 1:
        return None
    for id, known in sheet.objects.items():
        if id not in page.seen_so_far and (not filter or passes(filter, known, ATTENDANCE)):
            rule = "ATTENDANCE-3" if page.first else "ATTENDANCE-10"
            return breach(f"the object {id}, by {filter or 'no filter'}", "not found", rule)
    return None
