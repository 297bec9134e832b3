"""V1 list, times: which starts and ends each bound lets in, at the bound itself and beside it."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import elsewhere, reached
from bookings_contract.suites.support.listing import (
    SECOND,
    Listing,
    confirmed,
    ids,
    moment,
    query_list,
    sessions,
    value,
    written,
)
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

DATES = {"startTime": "startDate", "endTime": "endDate"}

# By name: the key, its bounds (of which booking, and how many seconds off), and who is found.
Bounds = Mapping[str, tuple[int, int]]
WITHIN: Mapping[str, tuple[str, Bounds, set[int]]] = {
    "from a start on": ("startTime", {"$gte": (1, 0)}, {1, 2}),
    "from just after a start on": ("startTime", {"$gte": (1, 1)}, {2}),
    "before a start": ("startTime", {"$lt": (1, 0)}, {0}),
    "until just after a start": ("startTime", {"$lt": (1, 1)}, {0, 1}),
    "from one start until another": ("startTime", {"$gte": (1, 0), "$lt": (2, 0)}, {1}),
    "until one start from another": ("startTime", {"$lt": (2, 0), "$gte": (1, 0)}, {1}),
    "after an end": ("endTime", {"$gt": (1, 0)}, {2}),
    "after just before an end": ("endTime", {"$gt": (1, -1)}, {1, 2}),
    "up to an end": ("endTime", {"$lte": (1, 0)}, {0, 1}),
    "up to just before an end": ("endTime", {"$lte": (1, -1)}, {0}),
    "after one end up to another": ("endTime", {"$gt": (0, 0), "$lte": (1, 0)}, {1}),
    "up to one end after another": ("endTime", {"$lte": (1, 0), "$gt": (0, 0)}, {1}),
}
# The same for the operators that the pages do not name for the key.
BESIDE: Mapping[str, tuple[str, Bounds, set[int]]] = {
    "startTime $gt": ("startTime", {"$gt": (1, 0)}, {2}),
    "startTime $lte": ("startTime", {"$lte": (1, 0)}, {0, 1}),
    "endTime $gte": ("endTime", {"$gte": (1, 0)}, {1, 2}),
    "endTime $lt": ("endTime", {"$lt": (1, 0)}, {0}),
}


@pytest.fixture
def listing(scenario: Scenario) -> Listing:
    return Listing(scenario.client, scenario.given, scenario.expect)


@pytest.mark.judges("LIST-3")
@pytest.mark.parametrize("hours", [-5, 2])
@pytest.mark.parametrize("key", DATES)
def test_a_time_with_an_offset_is_the_same_moment(
    key: str, hours: int, scenario: Scenario, listing: Listing
) -> None:
    booking = confirmed(scenario.given)
    low, high = ("$gte", "$lt") if key == "startTime" else ("$gt", "$lte")
    at = moment(booking, DATES[key])
    bounds = {low: _elsewhere(at - SECOND, hours), high: _elsewhere(at + SECOND, hours)}
    asked = {"bookingId": booking.id, key: bounds}
    if query_list(listing.client, asked).refused:
        listing.expect.kept("LIST-3", "offsets")
        return
    listing.judged("LIST-3", asked, finds=[booking], circumstance="offsets")


def _elsewhere(at: datetime, hours: int) -> str:
    """The moment as a wall far off shows it."""
    return at.astimezone(timezone(timedelta(hours=hours))).isoformat(timespec="milliseconds")


@pytest.mark.judges("LIST-3")
@pytest.mark.parametrize("what", WITHIN)
def test_a_bound_on_times_lets_in_what_lies_within(
    what: str, scenario: Scenario, listing: Listing
) -> None:
    key, bounds, found = WITHIN[what]
    made = _one_after_the_other(scenario.given)
    listing.judged(
        "LIST-3",
        {key: _bounds(made, key, bounds)},
        finds=[made[n] for n in found],
        leaves=[one for n, one in enumerate(made) if n not in found],
        circumstance=what,
    )


@pytest.mark.judges("LIST-3")
@pytest.mark.parametrize("key", DATES)
@pytest.mark.parametrize("kind", ["appointment", "course"])
def test_times_are_those_of_the_booked_slot_or_schedule(
    kind: str, key: str, scenario: Scenario, listing: Listing
) -> None:
    one = confirmed(scenario.given, kind)
    at = moment(one, DATES[key])
    just_after, just_before = written(at + SECOND), written(at - SECOND)
    outside: list[dict[str, object]] = [{"$gte": just_after}, {"$lt": written(at)}]
    if key == "endTime":
        outside = [{"$gt": written(at)}, {"$lte": just_before}]
    about = f"{key}, {kind}"
    within = {key: value(scenario.given, key, one)}
    listing.judged("LIST-3", within, finds=[one], circumstance=about)
    for bounds in outside:
        listing.judged("LIST-3", {key: bounds}, leaves=[one], circumstance=about)


@pytest.mark.judges("LIST-3")
@pytest.mark.parametrize("key", DATES)
def test_a_moved_booking_is_found_at_its_new_time(
    key: str, scenario: Scenario, listing: Listing
) -> None:
    place = scenario.given.session()
    before = confirmed(scenario.given, place)
    there = elsewhere(scenario.given, place)
    moved = reached(scenario.client.act("rescheduleBooking", before, {"slot": there.slot})).booking
    new, old = value(scenario.given, key, moved), value(scenario.given, key, before)
    if new == old:
        raise NotJudged("the booking shows the same times before and after its move")
    listing.judged("LIST-3", {key: new}, finds=[moved], circumstance=f"{key}, after a move")
    listing.judged("LIST-3", {key: old}, leaves=[moved], circumstance=f"{key}, after a move")


@pytest.mark.judges("LIST-12")
@pytest.mark.parametrize("what", BESIDE)
def test_what_other_comparisons_do(what: str, scenario: Scenario, listing: Listing) -> None:
    key, bounds, found = BESIDE[what]
    made = _one_after_the_other(scenario.given)
    asked = {key: _bounds(made, key, bounds)}
    scenario.given.settle()
    answer = query_list(scenario.client, asked)
    if answer.refused:
        scenario.expect.refused(answer, "LIST-12", circumstance=what)
        scenario.expect.reading("LIST-12", "A", actual=answer.summary)
        return
    missing = listing.missing(asked, [made[n] for n in found], answer)
    surplus = [n for n, one in enumerate(made) if n not in found and one.id in ids(answer)]
    honoured = answer.accepted and not missing and not surplus
    said = f"{answer.status}, {len(missing)} too few and {len(surplus)} too many found"
    scenario.expect.reading("LIST-12", "B" if honoured else None, actual=f"{what}: {said}")


def _one_after_the_other(given: Given) -> list[Seen]:
    made = [confirmed(given, place) for place in sessions(given, 3)]
    made.sort(key=lambda one: moment(one, "startDate"))
    for date in DATES.values():
        times = [moment(one, date) for one in made]
        if any(later - sooner < 2 * SECOND for sooner, later in pairwise(times)):
            raise NotJudged("the target file's sessions do not lie one after the other")
    return made


def _bounds(made: list[Seen], key: str, bounds: Bounds) -> dict[str, str]:
    return {
        operator: written(moment(made[which], DATES[key]) + seconds * SECOND)
        for operator, (which, seconds) in bounds.items()
    }
