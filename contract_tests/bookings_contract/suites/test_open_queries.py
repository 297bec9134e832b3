"""The reader where the pages leave it open: two operators on one field, and a member's query."""

from collections.abc import Sequence

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.listing import moment, sessions, written
from bookings_contract.suites.support.queries import QUERY, ids, query, shown
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario


@pytest.mark.judges("READER-7")
@pytest.mark.parametrize("first", ["$gte", "$lt"])
def test_what_two_operators_on_one_field_mean(first: str, scenario: Scenario) -> None:
    early, middle, late = _apart(scenario.given)
    # One bound alone lets in one booking more, above or below.
    bounds = {"$gte": _start(middle), "$lt": _start(late)}
    ordered = {first: bounds[first], **bounds}
    own = {"$in": [early.id, middle.id, late.id]}
    answer = query(scenario.client, filter={"id": own, "startDate": ordered})
    letter = "C" if answer.refused else _letter(answer, early, middle, late)
    told = f"{answer.summary}: {_told(answer, (early, middle, late))}"
    scenario.expect.reading("READER-7", letter, actual=told)


def _apart(given: Given) -> list[Seen]:
    """Three bookings that begin one after the other."""
    three = shown(given, [given.booking(place) for place in sessions(given, 3)])
    if len({_start(one) for one in three}) < 3:
        raise NotJudged("the sessions of the class begin at the same time")
    return sorted(three, key=lambda one: moment(one, "startDate"))


def _start(booking: Seen) -> str:
    return written(moment(booking, "startDate"))


def _letter(answer: Answer, early: Seen, middle: Seen, late: Seen) -> str | None:
    found = set(ids(answer)) & {early.id, middle.id, late.id}
    if found == {middle.id}:
        return "A"
    # The keys of a JSON object have no order that a server would have to know.
    return "B" if found in ({early.id, middle.id}, {middle.id, late.id}) else None


def _told(answer: Answer, bookings: Sequence[Seen]) -> str:
    names = dict(zip((one.id for one in bookings), ("early", "middle", "late"), strict=True))
    return ", ".join(names[id] for id in ids(answer) if id in names) if answer.accepted else ""


@pytest.mark.judges("AUTH-12")
def test_what_a_member_finds_at_the_reader(scenario: Scenario) -> None:
    other = scenario.given.booking("class")
    made = scenario.client.call("createBooking", body=scenario.given.body("class"), caller="member")
    if not made.accepted:
        raise NotReached(f"a member's booking was answered {made.summary}")
    scenario.given.settle()
    wanted = {"filter": {"id": {"$in": [other.id, made.booking.id]}}}
    answer = scenario.client.call(QUERY, body={"query": wanted}, caller="member")
    if answer.refused:
        scenario.expect.refused(answer, "AUTH-12")
        scenario.expect.reading("AUTH-12", "B", actual=answer.summary)
        return
    found = set(ids(answer))
    if not found:
        raise NotReached("a member finds no booking at all")
    letter = "A" if other.id not in found else None
    scenario.expect.reading("AUTH-12", letter, actual=f"{len(found)} of its own and another's")
