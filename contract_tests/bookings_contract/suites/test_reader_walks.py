"""Query Extended Bookings, cursors: a walk meets every booking once, and the count agrees."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from attrs import field, frozen

from bookings_contract.findings.checks import Meets
from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.queries import COUNT, Family, cursor, family, ids, query
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

ADDRESS = "contactDetails.email"
BY: Mapping[str, list[Mapping[str, str]]] = {
    "no order": [],
    "e-mail": [{"fieldName": ADDRESS, "order": "ASC"}],
    "e-mail, descending": [{"fieldName": ADDRESS, "order": "DESC"}],
    "newest first": [{"fieldName": "createdDate", "order": "DESC"}],
    "a status that all share": [{"fieldName": "status", "order": "ASC"}],
}
# Pages beyond those that the bookings take, before a walk is given up.
SPARE = 3


@frozen
class Walk:
    """The pages that cursors led to."""

    pages: list[list[str]] = field(factory=list)
    answers: list[Answer] = field(factory=list)

    @property
    def met(self) -> list[str]:
        """Whom the walk met, in its order."""
        return [one for page in self.pages for one in page]


def walk(
    scenario: Scenario,
    size: int,
    limit: int,
    first: Mapping[str, Any],
    then: Mapping[str, Any] | None = None,
    between: Callable[[], object] | None = None,
) -> Walk | None:
    """Goes on by the cursor alone until there is none; None where a page is not answered."""
    found = Walk()
    asked = {**first, "cursorPaging": {"limit": limit}}
    further = {"limit": limit} if then is None else then
    while True:
        answer = query(scenario.client, **asked)
        if not scenario.expect.accepted(answer, "READER-2"):
            return None
        found.pages.append(ids(answer))
        found.answers.append(answer)
        onwards = cursor(answer)
        if onwards is None or len(found.pages) > size // limit + SPARE:
            return found
        if between is not None:
            between()
        asked = {"cursorPaging": {"cursor": onwards, **further}}


@pytest.mark.judges("READER-2")
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("order", BY)
def test_a_walk_meets_every_booking_once(order: str, limit: int, scenario: Scenario) -> None:
    kin = family(scenario.given, 5)
    # Whoever is met without being of the family has come past the filter.
    family(scenario.given, 3, "others")
    first = _query(kin, order)
    found = walk(scenario, 5, limit, first)
    if found is None:
        return
    about = f"pages of {limit}, by {order}"
    if _each_once(scenario.expect, found, kin.ids, (), about):
        _in_order(scenario.expect, found, kin, order, about)
        _no_further(scenario.expect, found, limit, about)


@pytest.mark.judges("READER-2")
def test_a_cursor_needs_nothing_else(scenario: Scenario) -> None:
    kin = family(scenario.given, 5)
    family(scenario.given, 3, "others")
    first = _query(kin, "e-mail")
    found = walk(scenario, 5, 2, first, then={})
    about = "the cursor without a limit"
    if found is not None and _each_once(scenario.expect, found, kin.ids, (), about):
        _in_order(scenario.expect, found, kin, "e-mail", about)


@pytest.mark.judges("READER-2")
@pytest.mark.parametrize("order", BY)
def test_a_walk_meets_every_booking_once_while_others_are_made(
    order: str, scenario: Scenario
) -> None:
    kin = family(scenario.given, 5)
    late: list[str] = []
    found = walk(
        scenario,
        5 + 5,
        2,
        _query(kin, order),
        between=lambda: late.append(kin.joined_by(scenario.given).id) if len(late) < 5 else None,
    )
    if found is not None:
        about = f"new ones meanwhile, by {order}"
        _each_once(scenario.expect, found, kin.ids, late, about)


@pytest.mark.judges("READER-2")
@pytest.mark.parametrize("page", [2, 3])
def test_a_walk_back_leads_to_the_page_before(page: int, scenario: Scenario) -> None:
    kin = family(scenario.given, 6)
    found = walk(scenario, 6, 2, _query(kin, "e-mail"))
    if found is None:
        return
    back = cursor(found.answers[page - 1], "prev") if len(found.answers) >= page else None
    if back is None:
        raise NotJudged(f"page {page} has no cursor back")
    answer = query(scenario.client, cursorPaging={"cursor": back, "limit": 2})
    about = f"back from page {page}"
    if scenario.expect.accepted(answer, "READER-2", circumstance=about):
        due = found.pages[page - 2]
        scenario.expect.that(
            "READER-2",
            sorted(ids(answer)) == sorted(due),
            expected=f"page {page - 1} again, {_told(due, kin.ids)}",
            actual=_told(ids(answer), kin.ids),
            circumstance=about,
        )


def _query(kin: Family, order: str) -> dict[str, Any]:
    return {"filter": kin.filter, **({"sort": BY[order]} if BY[order] else {})}


def _each_once(
    expect: Expect, found: Walk, due: Sequence[str], late: Iterable[str], about: str
) -> bool:
    """All that are due are met once; latecomers may be met once, and nobody else."""
    times = Counter(found.met)
    strangers = times.keys() - set(due) - set(late)
    twice = [one for one in times if times[one] > 1]
    missed = [one for one in due if one not in times]
    return expect.that(
        "READER-2",
        not (strangers or twice or missed),
        expected=f"each of {len(due)} bookings once",
        actual=f"{len(missed)} missed, {len(twice)} met again, {len(strangers)} from elsewhere",
        circumstance=about,
        check=Meets(tuple(due), walked=True) if missed or twice else None,
    )


def _in_order(expect: Expect, found: Walk, kin: Family, order: str, about: str) -> None:
    if ADDRESS not in str(BY[order]):
        return
    due = kin.ids[::-1] if "DESC" in str(BY[order]) else kin.ids
    expect.that(
        "READER-2",
        found.met == due,
        expected=f"{_told(due, due)}, by {order} on every page",
        actual=_told(found.met, due),
        circumstance=about,
    )


def _no_further(expect: Expect, found: Walk, limit: int, about: str) -> None:
    """The last page has no `next`; only a full page may not know yet that it is the last."""
    pages = found.pages
    ended = cursor(found.answers[-1]) is None
    short = [one for one, after in pairwise(pages) if not after and len(one) < limit]
    expect.that(
        "READER-2",
        ended and not short,
        expected="no next on the last page",
        actual=f"pages of {', '.join(str(len(page)) for page in pages)}, each with a next",
        circumstance=about,
    )


def _told(found: Sequence[str], due: Sequence[str]) -> str:
    """Bookings by their numbers."""
    numbers = {one: str(number) for number, one in enumerate(due, 1)}
    return ", ".join(numbers.get(one, "another") for one in found) or "none"


# ── Counting ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("READER-5")
@pytest.mark.parametrize("size", [0, 1, 4, 60])
def test_the_count_is_what_a_walk_meets(size: int, scenario: Scenario) -> None:
    kin = family(scenario.given, max(size, 1))
    filter = {**kin.filter, "status": "CREATED" if size else "DECLINED"}
    answer = scenario.client.call(COUNT, body={"filter": filter})
    if not scenario.expect.accepted(answer, "READER-5", circumstance=f"{size} bookings"):
        return
    found = walk(scenario, size, 25, {"filter": filter})
    if found is not None:
        _agree(scenario.expect, answer, len(set(found.met)), f"{size} bookings")


@pytest.mark.judges("READER-5")
def test_the_count_follows_what_happens(scenario: Scenario) -> None:
    kin = family(scenario.given, 2)
    confirmed = scenario.client.act("confirmBooking", kin.members[0])
    kin.joined_by(scenario.given)
    scenario.given.settle()
    if not confirmed.accepted:
        raise NotJudged(f"confirming a booking was answered {confirmed.summary}")
    for status, about in (("CREATED", "one less and one more"), ("CONFIRMED", "one confirmed")):
        filter = {"$and": [kin.filter, {"status": status}]}
        answer = scenario.client.call(COUNT, body={"filter": filter})
        found = walk(scenario, 3, 1, {"filter": filter})
        if found is not None and scenario.expect.accepted(answer, "READER-5", circumstance=about):
            _agree(scenario.expect, answer, len(set(found.met)), about)


@pytest.mark.judges("READER-5")
@pytest.mark.parametrize("body", [{}, {"filter": {}}, {"filter": None}], ids=str)
def test_a_count_without_a_filter_is_of_all(body: Mapping[str, Any], scenario: Scenario) -> None:
    kin = family(scenario.given, 3)
    before = scenario.client.call(COUNT, body=body)
    if not scenario.expect.accepted(before, "READER-5", circumstance="no filter"):
        return
    if not scenario.client.target.ours:
        enough = before.at("count") >= len(kin.ids)
        expected, actual = "3 at least", before.at("count")
    else:
        found = walk(scenario, 3, 2, {})
        met = 0 if found is None else len(set(found.met))
        enough, expected, actual = before.at("count") == met, str(met), before.at("count")
    scenario.expect.that(
        "READER-5",
        enough,
        expected=f"count {expected}",
        actual=f"count {actual}",
        circumstance="no filter",
        at=before,
    )


def _agree(expect: Expect, counted: Answer, met: int, about: str) -> None:
    expect.equal("READER-5", counted.at("count"), met, of="count", circumstance=about, at=counted)
