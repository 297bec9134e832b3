"""Availability: which times belong to the time that is asked for, in which order, page by page."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from attrs import evolve

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import reached
from bookings_contract.suites.support.openings import (
    APPOINTMENTS,
    CALENDAR,
    SESSIONS,
    Entry,
    View,
    cursor_of,
    page_of,
    same,
    settled,
    view,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.scenario import Scenario

LISTS = {"times": (APPOINTMENTS, "appointment"), "sessions": (SESSIONS, "class")}
CALENDARS = ["class", "appointment"]
# The calendar of a site knows no seconds.
MINUTE = timedelta(minutes=1)


def _long_enough(found: list[Entry]) -> Entry:
    for entry in found:
        if entry.end - entry.start > 2 * MINUTE:
            return entry
    raise NotJudged("nothing that is shown lasts for minutes")


# ── Which belong to the time ──────────────────────────────────────────────────────────────────────


@pytest.mark.judges("AVAILABILITY-5")
@pytest.mark.parametrize("look", LISTS)
def test_what_begins_in_the_time_belongs_to_it_however_long_it_lasts(
    look: str, scenario: Scenario
) -> None:
    wide = view(scenario.given, *LISTS[look])
    entry = _long_enough(wide.seen(scenario.client)[1])
    narrow = evolve(wide, start=entry.start, end=entry.start + MINUTE)
    answer, found = narrow.seen(scenario.client)
    scenario.expect.that(
        "AVAILABILITY-5",
        entry.key in {one.key for one in found} or _gone(wide, entry, scenario.client),
        expected=f"what begins at {entry.start:%H:%M} within {_said(narrow)}",
        actual=f"{len(found)} others" if found else "nothing",
        circumstance=f"{look}, its begin",
        at=answer,
    )


@pytest.mark.judges("AVAILABILITY-5")
@pytest.mark.parametrize("look", LISTS)
def test_what_has_begun_before_the_time_does_not_belong_to_it(
    look: str, scenario: Scenario
) -> None:
    wide = view(scenario.given, *LISTS[look])
    entry = _long_enough(wide.seen(scenario.client)[1])
    narrow = evolve(wide, start=entry.start + MINUTE, end=entry.end + MINUTE)
    answer, found = narrow.seen(scenario.client)
    early = [one for one in found if one.start < narrow.start]
    scenario.expect.that(
        "AVAILABILITY-5",
        not early,
        expected=f"nothing that begins before {_said(narrow)}",
        actual=f"{len(early)} that do",
        circumstance=f"{look}, its end",
        at=answer,
    )


@pytest.mark.judges("AVAILABILITY-5")
@pytest.mark.parametrize("kind", CALENDARS)
def test_the_calendar_shows_nothing_as_bookable_that_ends_later(
    kind: str, scenario: Scenario
) -> None:
    wide = view(scenario.given, CALENDAR, kind)
    entry = _long_enough(wide.seen(scenario.client)[1])
    narrow = evolve(wide, start=entry.start, end=entry.end - MINUTE)
    answer, found = narrow.seen(scenario.client)
    late = [one for one in found if one.end > narrow.end and one.bookable]
    scenario.expect.that(
        "AVAILABILITY-5",
        not late,
        expected=f"nothing bookable that ends after {_said(narrow)}",
        actual=f"{len(late)} that do",
        circumstance=f"calendar, {kind}",
        at=answer,
    )


def _gone(wide: View, entry: Entry, client: Client) -> bool:
    """Whether somebody else was quicker, who is not judged."""
    if client.target.ours:
        return False
    if entry.key not in {one.key for one in wide.seen(client)[1]}:
        raise NotJudged("what was shown is gone meanwhile")
    return False


def _said(asked: View) -> str:
    return f"{asked.start:%Y-%m-%d %H:%M} to {asked.end:%H:%M}"


# ── In which order, and page by page ──────────────────────────────────────────────────────────────


@pytest.mark.judges("AVAILABILITY-6")
@pytest.mark.parametrize("look", LISTS)
def test_times_come_in_their_order(look: str, scenario: Scenario) -> None:
    operation, kind = LISTS[look]
    answer, found = view(scenario.given, operation, kind).seen(scenario.client)
    if len(found) < 2:
        raise NotJudged("less than two times are shown")
    by_begin = [(False, one.start) for one in found]
    bookable_first = [(not one.bookable, one.start) for one in found]
    ways = [by_begin] if operation == SESSIONS else [by_begin, bookable_first]
    scenario.expect.that(
        "AVAILABILITY-6",
        any(way == sorted(way) for way in ways),
        expected="times by their begin" + (" or bookable ones first" if len(ways) > 1 else ""),
        actual=", ".join(f"{moment:%d. %H:%M}" for _, moment in by_begin[:5]),
        circumstance=f"{look}, order",
        at=answer,
    )


@pytest.mark.judges("AVAILABILITY-6")
@pytest.mark.parametrize("look", LISTS)
def test_a_walk_through_the_pages_meets_each_time_once(look: str, scenario: Scenario) -> None:
    operation, kind = LISTS[look]
    wide = view(scenario.given, operation, kind)
    before = settled(scenario.given, wide)
    if len(before) < 2:
        raise NotJudged("less than two times are shown")
    size = (len(before) + 1) // 2
    pages = list(_pages(wide, size, scenario.client))
    if not scenario.client.target.ours and not same(before, wide.seen(scenario.client)[1]):
        raise NotJudged("what can be booked changed between the pages")
    met = [one.key for page in pages for one in page[1]]
    scenario.expect.that(
        "AVAILABILITY-6",
        sorted(map(str, met)) == sorted(str(one.key) for one in before),
        expected=f"each of {len(before)} times once, by the cursors of {page_of(operation)}",
        actual=f"{len(set(met))} in {len(pages)} pages, {len(met) - len(set(met))} met again",
        circumstance=f"{look}, pages",
        at=pages[-1][0],
    )


def _pages(wide: View, size: int, client: Client) -> Iterator[tuple[Answer, list[Entry]]]:
    """The pages of a list, as long as there is a next one; no more of them than can be."""
    body, cursor = wide.body(), None
    for _ in range(4):
        paging = {"limit": size, **({"cursor": cursor} if cursor else {})}
        asked = {"cursorPaging": paging} if cursor else {**body, "cursorPaging": paging}
        answer = reached(client.call(wide.operation, body=asked))
        yield answer, wide.page(answer)
        cursor = cursor_of(wide.operation, answer)
        if not cursor:
            return
