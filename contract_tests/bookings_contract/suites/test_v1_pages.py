"""V1 list, pages and order: limit and offset, the newest first, and sorting."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.listing import (
    FORMS,
    Filter,
    confirmed,
    contact,
    ids,
    moment,
    of_one_contact,
    query_list,
    same_contact,
    schedule_of,
    session_of,
    sessions,
)
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

# A list that is longer takes too many pages to walk, and need not be whole on its first one.
SHORT = 20
# More than the clocks of most servers tell apart.
A_MOMENT = 0.005
# What dates without fractions of a second tell apart.
A_SECOND = 1.05
# The oldest first: the form is published nowhere, so a server may take either.
SORTED = (
    {"query.sort": '[{"fieldName": "createdDate", "order": "ASC"}]'},
    {"query.sort[0].fieldName": "createdDate", "query.sort[0].order": "ASC"},
)


# Pages


@pytest.mark.judges("LIST-6")
@pytest.mark.parametrize("kind", ["one contact's", "one session's"])
def test_limit_and_offset_cut_the_list(kind: str, scenario: Scenario) -> None:
    asked, made = _three(kind, scenario.given)
    scenario.given.settle()
    whole = ids(query_list(scenario.client, asked))
    if not {one.id for one in made} <= set(whole):
        raise NotReached("the bookings just made are not all in the list")
    if len(whole) > SHORT:
        raise NotJudged(f"{len(whole)} bookings are in the list, most of them others'")
    wrong = {form: next(_miscut(scenario.client, asked, whole, form), None) for form in FORMS}
    for form, complaint in wrong.items():
        if complaint is None:
            scenario.expect.kept("LIST-6", f"query.paging.limit{form}, {kind}")
            return
    if ids(query_list(scenario.client, asked)) != whole:
        raise NotJudged("others book in the same session at the same time")
    answer, expected, actual = next(found for found in wrong.values() if found is not None)
    scenario.expect.that("LIST-6", False, expected=expected, actual=actual, at=answer)


def _three(kind: str, given: Given) -> tuple[dict[str, str], list[Seen]]:
    if kind == "one contact's":
        made = of_one_contact(given, sessions(given, 3))
        return {"contactId": contact(given, made[0])}, made
    place = given.session()
    return {"sessionId": place.session_id}, [confirmed(given, place) for _ in range(3)]


def _miscut(
    client: Client, asked: Filter, whole: Sequence[str], form: str
) -> Iterator[tuple[Answer, str, str]]:
    """The pages that are not what limit and offset ask for, whatever the list's order."""
    size = len(whole)
    windows = [(1, 0), (2, 0), (2, 1), (2, 2), (size, 1), (size + 5, None), (None, 1), (1, size)]
    for limit, offset in windows:
        answer = query_list(client, asked, limit=limit, offset=offset, form=form)
        shown = ids(answer)
        left = max(size - (offset or 0), 0)
        due = left if limit is None else min(limit, left)
        if not answer.accepted or len(set(shown) & set(whole)) != due or len(shown) != due:
            expected = f"{due} of {size} bookings for limit {limit}, offset {offset}"
            yield answer, expected, f"{answer.summary}, {len(shown)} bookings"
    for length in (1, 2):
        yield from _mismet(client, asked, whole, form, length)


def _mismet(
    client: Client, asked: Filter, whole: Sequence[str], form: str, length: int
) -> Iterator[tuple[Answer, str, str]]:
    met: list[str] = []
    for offset in range(0, len(whole), length):
        answer = query_list(client, asked, limit=length, offset=offset, form=form)
        met += ids(answer)
    if sorted(met) != sorted(whole):
        again = len(met) - len(set(met))
        expected = f"each of {len(whole)} bookings met once by pages of {length}"
        yield answer, expected, f"{len(set(met))} met, {again} of them again"


# Order


@pytest.mark.judges("LIST-10")
@pytest.mark.parametrize("asked", ["by contact", "by session", "by schedule", "by status", "all"])
def test_the_newest_comes_first(asked: str, scenario: Scenario) -> None:
    made, filters = _a_moment_apart(asked, scenario.given)
    scenario.given.settle()
    answer = query_list(scenario.client, filters)
    dates = _in_order_shown(answer, made)
    scenario.expect.that(
        "LIST-10",
        all(newer >= older for newer, older in pairwise(dates)),
        expected="the newest of ours first",
        actual=f"the order of creation {[sorted(dates).index(date) + 1 for date in dates]}",
        circumstance=asked,
        at=answer,
    )


@pytest.mark.judges("LIST-10")
def test_a_later_change_makes_a_booking_no_newer(scenario: Scenario) -> None:
    made, _ = _a_moment_apart("by session", scenario.given)
    oldest = made[0]
    time.sleep(A_MOMENT)
    changed = scenario.client.act("updateNumberOfParticipants", oldest, {"totalParticipants": 2})
    if not changed.accepted:
        raise NotReached(f"changing the oldest was answered {changed.summary}")
    answer = query_list(scenario.client, {"sessionId": session_of(oldest)})
    dates = _in_order_shown(answer, made)
    scenario.expect.equal(
        "LIST-10",
        dates,
        sorted(dates, reverse=True),
        of="dates of creation",
        circumstance="after a change",
        at=answer,
    )


@pytest.mark.judges("LIST-13")
def test_what_sorting_does(scenario: Scenario) -> None:
    made, asked = _a_moment_apart("by contact", scenario.given)
    if len({moment(one, "createdDate") for one in made}) < len(made):
        raise NotJudged("the bookings were all made in the same millisecond")
    scenario.given.settle()
    plain = ids(query_list(scenario.client, asked))
    sorted_ids = [one.id for one in sorted(made, key=lambda one: moment(one, "createdDate"))]
    if plain == sorted_ids:
        raise NotJudged("the oldest comes first without sorting")
    answers = [query_list(scenario.client, asked, more=wish) for wish in SORTED]
    orders = [ids(answer) for answer in answers if answer.accepted]
    if not orders:
        raise NotJudged("the target refuses query.sort as it is written here")
    order = sorted_ids if sorted_ids in orders else orders[0]
    letter = "A" if order == sorted_ids else "B" if order == plain else None
    actual = f"{len(order)} bookings in an order of their own"
    scenario.expect.reading("LIST-13", letter, actual=None if letter else actual)


def _a_moment_apart(asked: str, given: Given) -> tuple[list[Seen], dict[str, object] | None]:
    """Three bookings in the order in which they were made, and a filter that finds them."""
    places = _shuffled(sessions(given, 3))
    if asked == "by session":
        places = places[:1] * 3
    made = [confirmed(given, places[0])]
    details = same_contact(given, made[0])
    # Waiting long for one filter is enough: the order is the same for all.
    coarse = asked == "by contact" and not moment(made[0], "createdDate").microsecond
    for place in places[1:]:
        time.sleep(A_SECOND if coarse else A_MOMENT)
        made.append(confirmed(given, place, contactDetails=details))
    return made, _filter(asked, given, made[0])


def _filter(asked: str, given: Given, booking: Seen) -> dict[str, object] | None:
    filters: dict[str, dict[str, object]] = {
        "by contact": {"contactId": contact(given, booking)},
        "by session": {"sessionId": session_of(booking)},
        "by schedule": {"scheduleId": schedule_of(booking)},
        "by status": {"status": "CONFIRMED"},
    }
    return filters.get(asked)


def _shuffled(places: Sequence[Place]) -> list[Place]:
    """In no order of their times, so that those can't pass for the order of creation."""
    first, second, third = places
    return [second, third, first]


def _in_order_shown(answer: Answer, made: Sequence[Seen]) -> list[datetime]:
    known = {one.id: moment(one, "createdDate") for one in made}
    shown = [known[one] for one in ids(answer) if one in known]
    if len(shown) < 2:
        raise NotReached("the bookings just made are not in the answer together")
    if len(set(shown)) < 2:
        raise NotJudged("by their dates, the bookings were all made at once")
    return shown
