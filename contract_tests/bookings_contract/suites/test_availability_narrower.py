"""Availability: a narrower question answers just what of the wider answer meets it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve, field, frozen

from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import reached, unknown_id
from bookings_contract.suites.support.openings import (
    APPOINTMENTS,
    CALENDAR,
    SESSIONS,
    STAFF,
    Entry,
    View,
    same,
    settled,
    view,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "AVAILABILITY-4"
DAY = timedelta(days=1)
KINDS = {
    "calendar, class": (CALENDAR, "class"),
    "calendar, appointment": (CALENDAR, "appointment"),
    "times": (APPOINTMENTS, "appointment"),
    "sessions": (SESSIONS, "class"),
}
Meets = Callable[[Entry], bool]


@frozen
class Narrower:
    """A question that asks for less: of which view, with what beside it, and what still meets it.

    What does not `count` is judged neither way.
    """

    view: View
    meets: Meets
    more: Mapping[str, Any] = field(factory=dict)
    counts: Meets = lambda entry: True


Asks = Callable[[Given, View, Sequence[Entry]], Narrower]


def _one_day(given: Given, wide: View, found: Sequence[Entry]) -> Narrower:
    # The last day that has something: a view that ignores the question begins with the first.
    last = max(entry.start for entry in found)
    start = last.replace(hour=0, minute=0, second=0, microsecond=0)
    end = start + DAY

    def counts(entry: Entry) -> bool:
        # What the calendar shows has to be over, too; lists are asked for by their begin.
        return entry.start != end and (
            wide.operation != CALENDAR or not start <= entry.start < end < entry.end
        )

    narrow = evolve(wide, start=start, end=end)
    return Narrower(narrow, lambda entry: start <= entry.start < end, counts=counts)


def _one_service(given: Given, wide: View, found: Sequence[Entry]) -> Narrower:
    (first, *_) = wide.services
    narrow = evolve(wide, services=(first,))
    return Narrower(narrow, lambda entry: entry.service == first.id.lower())


def _what_can_be_booked(given: Given, wide: View, found: Sequence[Entry]) -> Narrower:
    if wide.operation == SESSIONS:
        more: dict[str, Any] = {"includeNonBookable": False}
    else:
        more = {"bookable": True}
    return Narrower(wide, lambda entry: bool(entry.bookable), more)


def _what_can_not_be_booked(given: Given, wide: View, found: Sequence[Entry]) -> Narrower:
    return Narrower(wide, lambda entry: entry.bookable is False, {"bookable": False})


def _its_location(given: Given, wide: View, found: Sequence[Entry]) -> Narrower:
    ids = [entry.place.get("id") for entry in found if entry.place.get("id")]
    if not ids:
        raise NotJudged("no location with an id is shown")
    return _at(wide, str(ids[0]))


def _nowhere(given: Given, wide: View, found: Sequence[Entry]) -> Narrower:
    return _at(wide, unknown_id(given))


def _at(wide: View, place: str) -> Narrower:
    more: Mapping[str, Mapping[str, Any]] = {
        CALENDAR: {"location.businessLocation.id": [place]},
        APPOINTMENTS: {"locations": [{"id": place, "locationType": "BUSINESS"}]},
        SESSIONS: {"eventFilter": {"location.id": place}},
    }
    same_place = place.lower()
    meets: Meets = lambda entry: str(entry.place.get("id")).lower() == same_place  # noqa: E731
    return Narrower(wide, meets, more[wide.operation])


def _its_resource(given: Given, wide: View, found: Sequence[Entry]) -> Narrower:
    shown = [sorted(entry.resources)[0] for entry in found if entry.resources]
    if not shown or any(entry.more or not entry.resources for entry in found):
        raise NotJudged("not every entry shows all of its resources")
    return _with(wide, shown[0])


def _nobody(given: Given, wide: View, found: Sequence[Entry]) -> Narrower:
    return _with(wide, unknown_id(given))


def _with(wide: View, resource: str) -> Narrower:
    wanted = {"resourceTypeId": STAFF, "resourceIds": [resource]}
    more: Mapping[str, Mapping[str, Any]] = {
        CALENDAR: {"resourceId": [resource]},
        APPOINTMENTS: {"resourceTypes": [wanted]},
        SESSIONS: {"eventFilter": {"resources.id": {"$hasSome": [resource]}}},
    }
    return Narrower(wide, lambda entry: resource in entry.resources, more[wide.operation])


def _room_for_many(given: Given, wide: View, found: Sequence[Entry]) -> Narrower:
    if any(entry.open is None for entry in found):
        raise NotJudged("the answer does not say how many spots are open")
    most = max(entry.open or 0 for entry in found)
    more = {"openSpots": most} if wide.operation == CALENDAR else {"minBookableCapacity": most}
    if not most:
        raise NotJudged("nothing has an open spot")
    return Narrower(wide, lambda entry: (entry.open or 0) >= most, more)


ASKED: Mapping[str, Asks] = {
    "a whole day": _one_day,
    "one service of two": _one_service,
    "bookable": _what_can_be_booked,
    "not bookable": _what_can_not_be_booked,
    "its location": _its_location,
    "no such location": _nowhere,
    "its resource": _its_resource,
    "no such resource": _nobody,
    "open spots": _room_for_many,
}
# What only some of the views can be asked.
ONLY = {
    "one service of two": {"calendar, class", "sessions"},
    "not bookable": {"times"},
    "open spots": {"calendar, class", "sessions"},
}
CASES = [(look, what) for look in KINDS for what in ASKED if look in ONLY.get(what, KINDS)]


@pytest.mark.judges(RULE)
@pytest.mark.parametrize(("look", "what"), CASES)
def test_a_narrower_question_answers_what_meets_it(
    look: str, what: str, scenario: Scenario
) -> None:
    operation, kind = KINDS[look]
    wide = view(scenario.given, operation, kind, 2 if what == "one service of two" else 1)
    before = settled(scenario.given, wide)
    asked = ASKED[what](scenario.given, wide, before)
    answer, found = asked.view.seen(scenario.client, **asked.more)
    unchanged(wide, before, scenario.client)
    expected = {one.key for one in before if asked.counts(one) and asked.meets(one)}
    actual = {one.key for one in found if asked.counts(one)}
    scenario.expect.that(
        RULE,
        actual == expected,
        expected=f"the {len(expected)} of {len(before)} entries that meet {what}",
        actual=f"{len(actual)}, {len(expected - actual)} missing, {len(actual - expected)} other",
        circumstance=f"{look}, {what}",
        at=answer,
    )


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("look", KINDS)
def test_a_limit_for_each_day_leaves_at_most_so_many(look: str, scenario: Scenario) -> None:
    operation, kind = KINDS[look]
    wide = view(scenario.given, operation, kind)
    before = settled(scenario.given, wide)
    days = {entry.start.date() for entry in before}
    answer = scenario.client.call(operation, body=_limited(wide))
    answer, found = wide.entries(reached(answer))
    unchanged(wide, before, scenario.client)
    keys = {entry.key for entry in before}
    most = max((sum(one.start.date() == day for one in found) for day in days), default=0)
    scenario.expect.that(
        RULE,
        most <= 1 and {entry.key for entry in found} <= keys and (found or not before),
        expected="one entry a day at most, all from the wider answer",
        actual=f"{len(found)} entries, up to {most} a day",
        circumstance=f"{look}, one a day",
        at=answer,
    )


def _limited(wide: View) -> dict[str, Any]:
    names = {APPOINTMENTS: "timeSlotsPerDay", SESSIONS: "maxSlotsPerDay"}
    if wide.operation == CALENDAR:
        # The days are those of the zone that is named.
        return {**wide.body(), "slotsPerDay": 1, "timezone": "UTC"}
    return wide.body(**{names[wide.operation]: 1})


def unchanged(wide: View, before: Sequence[Entry], client: Client) -> None:
    """What others do in between is not judged."""
    if not client.target.ours and not same(before, wide.seen(client)[1]):
        raise NotJudged("what can be booked changed between two questions")
