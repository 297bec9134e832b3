"""Attendance, queries: filters, order and pages, cursors, and what several filters mean."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from bookings_contract.client import Client
from bookings_contract.exchange import Answer
from bookings_contract.expect import Expect
from bookings_contract.given import Given
from bookings_contract.operations import operation
from bookings_contract.problems import NotJudged
from bookings_contract.suites.attending import (
    QUERY,
    Object,
    Story,
    confirmed,
    found,
    made,
    objects,
    query,
    set_attendance,
    told,
)
from bookings_contract.suites.queries import Sample, cursor, filters, samples, sorts, values

FIELDS, SORTS = filters(QUERY), sorts(QUERY)
# How many objects a page has unasked, and at most.
PAGE: Mapping[str, int] = operation(QUERY).definition["x-paging"]
# The page that is the source names no fields but those that it speaks of, and no operators.
CERTAIN, MORE = ("id", "bookingId", "status"), "fields_and_operators"
BY_NUMBER = {"fieldName": "numberOfAttendees", "order": "DESC"}
SPARE = 3


def course_objects(client: Client, given: Given, *numbers: int | None) -> list[Object]:
    """The objects of one course booking, a session each: so many came, None for nobody."""
    most = max(number or 1 for number in numbers)
    story = confirmed(given, "course", sessions=len(numbers), participants=most)
    own = [_attended(client, story, number, session) for session, number in enumerate(numbers)]
    given.settle()
    return own


def _attended(
    client: Client, story: Story, number: int | None = 1, session: int | Mapping[str, Any] = 0
) -> Object:
    status = "NOT_ATTENDED" if number is None else "ATTENDED"
    return made(set_attendance(client, story, status, number=number, session=session))


def _of(own: Sequence[Object]) -> dict[str, Any]:
    """Finds the objects of one booking."""
    return {"bookingId": own[0]["bookingId"]}


# ── Filters ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-3")
@pytest.mark.parametrize("field", FIELDS)
def test_objects_are_found_by_each_field(
    field: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = course_objects(bookings_client, bookings_given, 2, None)
    judged = False
    for sample in samples(own, field, FIELDS[field], bookings_given):
        judged = True
        if not _finds(bookings_client, bookings_expect, own, field, sample):
            break
    if not judged:
        raise NotJudged(f"no object shows its {field}")


@pytest.mark.judges("ATTENDANCE-3")
@pytest.mark.parametrize("field", ["bookingId", "sessionId", "eventId"])
def test_objects_of_two_bookings_are_told_apart(
    field: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    stories = [confirmed(bookings_given, "class") for _ in range(2)]
    own = [_attended(bookings_client, story) for story in stories]
    bookings_given.settle()
    if len({str(values(one, field)) for one in own}) < 2:
        raise NotJudged(f"no two objects show a different {field}")
    for one in own:
        sample = Sample("$eq", one[field], implied=True)
        _finds(bookings_client, bookings_expect, own, field, sample)


def _finds(
    client: Client, expect: Expect, own: Sequence[Object], field: str, sample: Sample
) -> bool:
    """Of the own objects exactly those that pass; of others' none that does not."""
    condition = {field: sample.condition}
    there, answer = found(client, condition)
    about = None if sample.operator == "$eq" and field in CERTAIN else MORE
    if not expect.accepted(answer, "ATTENDANCE-3", circumstance=about):
        return False
    ids = {one.get("id") for one in there}
    due = [one for one in own if sample.passes(values(one, field), field)]
    missing = [one for one in due if one["id"] not in ids]
    wrong = [one for one in there if sample.passes(values(one, field), field) is False]
    # Others' objects need not show the field.
    wrong = [one for one in wrong if values(one, field)]
    return expect.that(
        "ATTENDANCE-3",
        not (missing or wrong),
        expected=f"{condition} finds {_told(due)}",
        actual=f"{_told(missing)} missing, {_told(wrong)} too much",
        circumstance=about,
        at=answer,
    )


def _told(some: Sequence[Object]) -> str:
    return " and ".join(told(one) for one in some[:3]) + ("…" if len(some) > 3 else "") or "none"


# ── Order and pages ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-3")
@pytest.mark.parametrize("order", SORTS["numberOfAttendees"])
def test_objects_are_sorted_by_how_many_came(
    order: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    # In an order that none comes to by itself.
    own = course_objects(bookings_client, bookings_given, 2, 3, 1)
    sort = [{"fieldName": "numberOfAttendees", "order": order}]
    answer = query(bookings_client, filter=_of(own), sort=sort)
    about = f"sorted {order}"
    if bookings_expect.accepted(answer, "ATTENDANCE-3", circumstance=about):
        mine = {one["id"] for one in own}
        numbers = [o.get("numberOfAttendees") for o in objects(answer) if o.get("id") in mine]
        bookings_expect.equal(
            "ATTENDANCE-3",
            numbers,
            sorted([1, 2, 3], reverse=order == "DESC"),
            of="numberOfAttendees",
            circumstance=about,
            at=answer,
        )


@pytest.mark.judges("ATTENDANCE-3")
def test_objects_are_sorted_by_each_field(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = course_objects(bookings_client, bookings_given, 1, None)
    for field, orders in SORTS.items():
        for order in orders:
            sort = [{"fieldName": field, "order": order}]
            answer = query(bookings_client, filter=_of(own), sort=sort)
            if bookings_expect.accepted(answer, "ATTENDANCE-3", circumstance=MORE):
                ids = Counter(one.get("id") for one in objects(answer))
                bookings_expect.that(
                    "ATTENDANCE-3",
                    all(ids[one["id"]] == 1 for one in own),
                    expected=f"both objects, by {field} {order}",
                    actual=f"{len(ids)} objects",
                    circumstance=MORE,
                    at=answer,
                )


@pytest.mark.judges("ATTENDANCE-3")
def test_a_page_has_no_more_objects_than_its_limit(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = course_objects(bookings_client, bookings_given, 1, None)
    for limit in (1, 2):
        answer = query(bookings_client, filter=_of(own), cursorPaging={"limit": limit})
        if bookings_expect.accepted(answer, "ATTENDANCE-3", circumstance=f"limit {limit}"):
            bookings_expect.equal(
                "ATTENDANCE-3",
                len(objects(answer)),
                limit,
                of="objects",
                circumstance=f"limit {limit}",
                at=answer,
            )


@pytest.mark.judges("ATTENDANCE-9")
def test_a_page_may_be_as_large_as_allowed(
    bookings_client: Client, bookings_expect: Expect
) -> None:
    answer = query(bookings_client, cursorPaging={"limit": PAGE["max"]})
    bookings_expect.accepted(answer, "ATTENDANCE-9", circumstance=f"limit {PAGE['max']}")


@pytest.mark.judges("ATTENDANCE-9")
def test_a_page_is_as_large_as_asked_for(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    # More than the hundred that another account of the operation stops at.
    bookings, size = _crowd(bookings_client, bookings_given, 101)
    everyone = {"bookingId": {"$in": bookings}}
    for limit, due in (
        (None, PAGE["default"]),
        (PAGE["default"] + 1, PAGE["default"] + 1),
        (PAGE["max"], size),
    ):
        paging = {} if limit is None else {"cursorPaging": {"limit": limit}}
        answer = query(bookings_client, filter=everyone, **paging)
        about = "no limit" if limit is None else f"limit {limit}"
        if bookings_expect.accepted(answer, "ATTENDANCE-9", circumstance=about):
            bookings_expect.equal(
                "ATTENDANCE-9",
                len(objects(answer)),
                due,
                of="objects on the page",
                circumstance=about,
                at=answer,
            )


def _crowd(client: Client, given: Given, least: int) -> tuple[list[str], int]:
    """Makes so many objects or a few more, all that their bookings can have; says how many."""
    courses = given.client.target.all_services("course", variants=False, book="open")
    longest = max(courses, key=lambda course: len(course.sessions), default=None)
    if longest is None or not longest.sessions:
        raise NotJudged("the target file names no course with sessions")
    place = given.course(longest)
    names = tuple({"sessionId": session.id} for session in longest.sessions)
    # Confirmed only where nobody can attend unconfirmed.
    first = Story(given.booking(place), place, names)
    status = "CREATED" if set_attendance(client, first).accepted else "CONFIRMED"
    bookings = []
    while len(bookings) * len(names) < least:
        booking = given.booking(place, status)
        bookings.append(booking.id)
        for name in names:
            _attended(client, Story(booking, place, names), session=name)
    given.settle()
    return bookings, len(bookings) * len(names)


# ── Walks ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-10")
@pytest.mark.parametrize("limit", [1, 2, 3, 10])
@pytest.mark.parametrize("sorted_by", [None, "numberOfAttendees"])
def test_a_walk_meets_every_object_once(
    sorted_by: str | None,
    limit: int,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    own = course_objects(bookings_client, bookings_given, 2, 3, 1)
    sort = {"sort": [BY_NUMBER]} if sorted_by else {}
    first = {"filter": _of(own), **sort}
    about = f"pages of {limit}" + (f", by {sorted_by}" if sorted_by else "")
    met = _walked(bookings_client, bookings_expect, first, limit, len(own), about)
    if met is None or not _each_once(bookings_expect, met, own, about) or not sorted_by:
        return
    mine = {one["id"] for one in own}
    numbers = [one.get("numberOfAttendees") for one in met if one.get("id") in mine]
    bookings_expect.equal(
        "ATTENDANCE-10", numbers, [3, 2, 1], of="numberOfAttendees", circumstance=about
    )


@pytest.mark.judges("ATTENDANCE-10")
@pytest.mark.parametrize("limit", [1, 2])
def test_a_cursor_carries_its_filter(
    limit: int, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    others = [confirmed(bookings_given, "class") for _ in range(2)]
    own = course_objects(bookings_client, bookings_given, 1, 1, 1)
    for story in others:
        _attended(bookings_client, story)
    bookings_given.settle()
    about = f"others at hand, pages of {limit}"
    asked = {"filter": _of(own)}
    met = _walked(bookings_client, bookings_expect, asked, limit, len(own), about)
    if met is not None:
        _each_once(bookings_expect, met, own, about)


@pytest.mark.judges("ATTENDANCE-10")
def test_a_walk_meets_every_object_once_while_others_are_set(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    story = confirmed(bookings_given, "course", sessions=3)
    first = [_attended(bookings_client, story, session=number) for number in (0, 1)]
    bookings_given.settle()
    later = iter([2])

    def between() -> None:
        for number in later:
            _attended(bookings_client, story, session=number)

    about = "one more set meanwhile"
    asked = {"filter": story.filter}
    met = _walked(bookings_client, bookings_expect, asked, 1, 3, about, between)
    if met is not None:
        _each_once(bookings_expect, met, first, about)


def _walked(
    client: Client,
    expect: Expect,
    first: Mapping[str, Any],
    limit: int,
    size: int,
    about: str,
    between: Callable[[], object] | None = None,
) -> list[Object] | None:
    """Goes on by the cursor alone until there is none; None where a page is not answered."""
    met: list[Object] = []
    asked: dict[str, Any] = {**first, "cursorPaging": {"limit": limit}}
    # A server may show more objects of a course than were set: those of its other sessions.
    for _ in range(20 * size // limit + SPARE):
        answer = query(client, **asked)
        if not expect.accepted(answer, "ATTENDANCE-10", circumstance=about):
            return None
        met += objects(answer)
        onwards = cursor(answer)
        _says_whether_it_goes_on(expect, answer, onwards, about)
        if onwards is None:
            return met
        if between is not None:
            between()
        asked = {"cursorPaging": {"cursor": onwards, "limit": limit}}
    expect.that(
        "ATTENDANCE-10",
        False,
        expected="no next on the last page",
        actual=f"a next on each of {20 * size // limit + SPARE} pages",
        circumstance=about,
    )
    return None


def _says_whether_it_goes_on(
    expect: Expect, answer: Answer, onwards: str | None, about: str
) -> None:
    said = (answer.json.get("pagingMetadata") or {}).get("hasNext")
    if said is not None:
        expect.equal(
            "ATTENDANCE-10",
            said,
            onwards is not None,
            of="hasNext",
            circumstance=f"{about}, hasNext",
            at=answer,
        )


def _each_once(expect: Expect, met: Sequence[Object], own: Sequence[Object], about: str) -> bool:
    times = Counter(one.get("id") for one in met)
    strangers = [one for one in met if one.get("bookingId") not in (own[0]["bookingId"], None)]
    again = [one for one in times if times[one] > 1]
    missed = [one for one in own if not times[one["id"]]]
    return expect.that(
        "ATTENDANCE-10",
        not (strangers or again or missed),
        expected=f"each of {len(own)} objects once",
        actual=f"{len(missed)} missed, {len(again)} met again, {len(strangers)} from elsewhere",
        circumstance=about,
    )


# ── Several filters ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-11")
@pytest.mark.parametrize("first", ["bookingId", "status"])
@pytest.mark.parametrize("joined", ["side by side", "$and"])
def test_what_several_filters_mean(
    joined: str,
    first: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    other = confirmed(bookings_given, "class")
    own = course_objects(bookings_client, bookings_given, 1, None)
    own.append(_attended(bookings_client, other))
    bookings_given.settle()
    wanted = {"bookingId": own[0]["bookingId"], "status": "ATTENDED"}
    order = (first, *(key for key in wanted if key != first))
    parts = [{key: wanted[key]} for key in order]
    filter = {"$and": parts} if joined == "$and" else {key: wanted[key] for key in order}
    there, answer = found(bookings_client, filter)
    ids = {one.get("id") for one in there}
    seen = {one["id"] for one in own if one["id"] in ids}
    hold = [{o["id"] for o in own if o[key] == wanted[key]} for key in order]
    # The keys of a JSON object have no order that a server would have to know.
    firsts = hold[:1] if joined == "$and" else hold
    letter = None
    if answer.accepted:
        letter = "A" if seen == set.intersection(*hold) else "B" if seen in firsts else None
    shown = _told([one for one in own if one["id"] in seen])
    bookings_expect.reading("ATTENDANCE-11", letter, actual=f"{answer.said}: {shown}")
