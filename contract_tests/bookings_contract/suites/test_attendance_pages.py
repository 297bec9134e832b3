"""Attendance, pages: how much a page holds, and walks by cursor that meet each object once."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from bookings_contract.findings.checks import Meets
from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.operations import operation
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.attending import (
    QUERY,
    Object,
    Story,
    attended,
    confirmed,
    course_objects,
    objects,
    of_booking,
    query,
    set_attendance,
)
from bookings_contract.suites.support.queries import cursor
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

# How many objects a page has unasked, and at most.
PAGE: Mapping[str, int] = operation(QUERY).definition["x-paging"]
# And the most by another account.
FEWER: int = operation(QUERY).definition["x-other-limit"]
BY_NUMBER = {"fieldName": "numberOfAttendees", "order": "DESC"}
SPARE = 3

# ── How much a page holds ─────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-9")
def test_how_large_a_page_may_be(scenario: Scenario) -> None:
    # More than the hundred that another account of the operation stops at.
    bookings, size = _crowd(scenario, FEWER + 1)
    everyone = {"bookingId": {"$in": bookings}}
    answer = query(scenario.client, filter=everyone, cursorPaging={"limit": PAGE["max"]})
    letter = "B" if answer.refused else None
    if answer.accepted:
        letter = {size: "A", FEWER: "B"}.get(len(objects(answer)))
    told = (
        f"{answer.summary}, {len(objects(answer)) if answer.accepted else 'no'} objects of {size}"
    )
    scenario.expect.reading("ATTENDANCE-9", letter, actual=told)


@pytest.mark.judges("ATTENDANCE-9")
def test_a_page_is_as_large_as_asked_for(scenario: Scenario) -> None:
    bookings, _ = _crowd(scenario, PAGE["default"] + 2)
    everyone = {"bookingId": {"$in": bookings}}
    for limit, due in ((None, PAGE["default"]), (PAGE["default"] + 1, PAGE["default"] + 1)):
        paging = {} if limit is None else {"cursorPaging": {"limit": limit}}
        answer = query(scenario.client, filter=everyone, **paging)
        about = "unasked" if limit is None else f"limit {limit}"
        if scenario.expect.accepted(answer, "ATTENDANCE-9", circumstance=about):
            scenario.expect.equal(
                "ATTENDANCE-9",
                len(objects(answer)),
                due,
                of="objects on the page",
                circumstance=about,
                at=answer,
            )


def _crowd(scenario: Scenario, least: int) -> tuple[list[str], int]:
    """Makes so many objects or a few more, all that their bookings can have; says how many."""
    courses = scenario.given.client.target.all_services("course", variants=False, book="open")
    longest = max(courses, key=lambda course: len(course.sessions), default=None)
    if longest is None or not longest.sessions:
        raise NotJudged("the target file names no course with sessions")
    place = scenario.given.course(longest)
    names = tuple({"sessionId": session.id} for session in longest.sessions)
    # Confirmed only where nobody can attend unconfirmed.
    first = Story(scenario.given.booking(place), place, names)
    status = "CREATED" if set_attendance(scenario.client, first).accepted else "CONFIRMED"
    bookings: list[str] = []
    while len(bookings) * len(names) < least:
        booking = scenario.given.booking(place, status)
        bookings.append(booking.id)
        for name in names:
            attended(scenario.client, Story(booking, place, names), session=name)
    scenario.given.settle()
    return bookings, len(bookings) * len(names)


# ── Walks ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-10")
@pytest.mark.parametrize("limit", [1, 2, 3, 10])
@pytest.mark.parametrize("sorted_by", [None, "numberOfAttendees"])
def test_a_walk_meets_every_object_once(
    sorted_by: str | None, limit: int, scenario: Scenario
) -> None:
    own = course_objects(scenario, 2, 3, 1)
    sort = {"sort": [BY_NUMBER]} if sorted_by else {}
    first = {"filter": of_booking(own), **sort}
    about = f"pages of {limit}" + (f", by {sorted_by}" if sorted_by else "")
    met = _walked(scenario, first, limit, len(own), about)
    if met is None or not _each_once(scenario.expect, met, own, about) or not sorted_by:
        return
    mine = {one["id"] for one in own}
    numbers = [one.get("numberOfAttendees") for one in met if one.get("id") in mine]
    scenario.expect.equal(
        "ATTENDANCE-10", numbers, [3, 2, 1], of="numberOfAttendees", circumstance=about
    )


@pytest.mark.judges("ATTENDANCE-10")
@pytest.mark.parametrize("limit", [1, 2])
def test_a_cursor_carries_its_filter(limit: int, scenario: Scenario) -> None:
    others = [confirmed(scenario.given, "class") for _ in range(2)]
    own = course_objects(scenario, 1, 1, 1)
    for story in others:
        attended(scenario.client, story)
    scenario.given.settle()
    about = f"others at hand, pages of {limit}"
    asked = {"filter": of_booking(own)}
    met = _walked(scenario, asked, limit, len(own), about)
    if met is not None:
        _each_once(scenario.expect, met, own, about)


@pytest.mark.judges("ATTENDANCE-10")
def test_a_walk_meets_every_object_once_while_others_are_set(scenario: Scenario) -> None:
    story = confirmed(scenario.given, "course", sessions=3, participants=3)
    first = [attended(scenario.client, story, number + 1, number) for number in (0, 1)]
    scenario.given.settle()
    later = iter([2])

    def between() -> None:
        for number in later:
            attended(scenario.client, story, number + 1, number)

    about = "one more set meanwhile"
    # The late one comes before those that were met already.
    asked = {"filter": story.filter, "sort": [BY_NUMBER]}
    met = _walked(scenario, asked, 1, 3, about, between)
    if met is not None:
        _each_once(scenario.expect, met, first, about)


def _walked(
    scenario: Scenario,
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
        answer = query(scenario.client, **asked)
        if not scenario.expect.accepted(answer, "ATTENDANCE-10", circumstance=about):
            return None
        met += objects(answer)
        onwards = cursor(answer)
        _says_whether_it_goes_on(scenario.expect, answer, onwards, about)
        if onwards is None:
            return met
        if between is not None:
            between()
        asked = {"cursorPaging": {"cursor": onwards, "limit": limit}}
    scenario.expect.that(
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
        check=Meets(tuple(one["id"] for one in own), walked=True) if missed or again else None,
    )
