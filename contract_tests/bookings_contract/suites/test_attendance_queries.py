"""Attendance, queries: what filters find, what several of them mean, order, and the limit."""

from collections import Counter
from collections.abc import Sequence

import pytest

from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.attending import (
    QUERY,
    Object,
    attended,
    confirmed,
    course_objects,
    found,
    objects,
    of_booking,
    query,
    rendered,
)
from bookings_contract.suites.support.queries import Sample, filters, open_operators, samples, sorts
from bookings_contract.testkit.comparable import values
from bookings_contract.testkit.scenario import Scenario

FIELDS, SORTS, OPEN = filters(QUERY), sorts(QUERY), open_operators(QUERY)
# The page that is the source names no fields but those that it speaks of, and no operators.
CERTAIN, MORE = ("id", "bookingId", "status"), "fields_and_operators"

# ── Filters ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-3")
@pytest.mark.parametrize("field", FIELDS)
def test_objects_are_found_by_each_field(field: str, scenario: Scenario) -> None:
    own = course_objects(scenario, 2, None)
    judged = False
    for sample in samples(own, field, FIELDS[field], scenario.given):
        judged = True
        if not _finds(scenario, own, field, sample):
            break
    if not judged:
        raise NotJudged(f"no object shows its {field}")


@pytest.mark.judges("ATTENDANCE-3")
@pytest.mark.parametrize("field", ["bookingId", "sessionId", "eventId"])
def test_objects_of_two_bookings_are_told_apart(field: str, scenario: Scenario) -> None:
    stories = [confirmed(scenario.given, "class") for _ in range(2)]
    own = [attended(scenario.client, story) for story in stories]
    scenario.given.settle()
    if len({str(values(one, field)) for one in own}) < 2:
        raise NotJudged(f"no two objects show a different {field}")
    for one in own:
        sample = Sample("$eq", one[field], implied=True)
        _finds(scenario, own, field, sample)


def _finds(scenario: Scenario, own: Sequence[Object], field: str, sample: Sample) -> bool:
    """Of the own objects exactly those that pass; of others' none that does not."""
    condition = {field: sample.condition}
    there, answer = found(scenario.client, condition)
    if answer.refused and sample.operator in OPEN:
        return True
    about = None if sample.operator == "$eq" and field in CERTAIN else MORE
    if not scenario.expect.accepted(answer, "ATTENDANCE-3", circumstance=about):
        return False
    ids = {one.get("id") for one in there}
    due = [one for one in own if sample.passes(values(one, field), field)]
    missing = [one for one in due if one["id"] not in ids]
    wrong = [one for one in there if sample.passes(values(one, field), field) is False]
    # Others' objects need not show the field.
    wrong = [one for one in wrong if values(one, field)]
    return scenario.expect.that(
        "ATTENDANCE-3",
        not (missing or wrong),
        expected=f"{condition} finds {_told(due)}",
        actual=f"{_told(missing)} missing, {_told(wrong)} too much",
        circumstance=about,
        at=answer,
    )


def _told(some: Sequence[Object]) -> str:
    return (
        " and ".join(rendered(one) for one in some[:3]) + ("…" if len(some) > 3 else "") or "none"
    )


# ── Order and pages ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-3")
@pytest.mark.parametrize("order", SORTS["numberOfAttendees"])
def test_objects_are_sorted_by_how_many_came(order: str, scenario: Scenario) -> None:
    # In an order that none comes to by itself.
    own = course_objects(scenario, 2, 3, 1)
    sort = [{"fieldName": "numberOfAttendees", "order": order}]
    answer = query(scenario.client, filter=of_booking(own), sort=sort)
    about = f"sorted {order}"
    if scenario.expect.accepted(answer, "ATTENDANCE-3", circumstance=about):
        mine = {one["id"] for one in own}
        numbers = [o.get("numberOfAttendees") for o in objects(answer) if o.get("id") in mine]
        scenario.expect.equal(
            "ATTENDANCE-3",
            numbers,
            sorted([1, 2, 3], reverse=order == "DESC"),
            of="numberOfAttendees",
            circumstance=about,
            at=answer,
        )


@pytest.mark.judges("ATTENDANCE-3")
def test_objects_are_sorted_by_each_field(scenario: Scenario) -> None:
    own = course_objects(scenario, 1, None)
    for field, orders in SORTS.items():
        for order in orders:
            sort = [{"fieldName": field, "order": order}]
            answer = query(scenario.client, filter=of_booking(own), sort=sort)
            if scenario.expect.accepted(answer, "ATTENDANCE-3", circumstance=MORE):
                ids = Counter(one.get("id") for one in objects(answer))
                scenario.expect.that(
                    "ATTENDANCE-3",
                    all(ids[one["id"]] == 1 for one in own),
                    expected=f"both objects, by {field} {order}",
                    actual=f"{len(ids)} objects",
                    circumstance=MORE,
                    at=answer,
                )


@pytest.mark.judges("ATTENDANCE-3")
def test_a_page_has_no_more_objects_than_its_limit(scenario: Scenario) -> None:
    own = course_objects(scenario, 1, None)
    for limit in (1, 2):
        answer = query(scenario.client, filter=of_booking(own), cursorPaging={"limit": limit})
        if scenario.expect.accepted(answer, "ATTENDANCE-3", circumstance=f"limit {limit}"):
            scenario.expect.equal(
                "ATTENDANCE-3",
                len(objects(answer)),
                limit,
                of="objects",
                circumstance=f"limit {limit}",
                at=answer,
            )


# ── Several filters ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-11")
@pytest.mark.parametrize("first", ["bookingId", "status"])
@pytest.mark.parametrize("joined", ["side by side", "$and"])
def test_what_several_filters_mean(joined: str, first: str, scenario: Scenario) -> None:
    other = confirmed(scenario.given, "class")
    own = course_objects(scenario, 1, None)
    own.append(attended(scenario.client, other))
    scenario.given.settle()
    wanted = {"bookingId": own[0]["bookingId"], "status": "ATTENDED"}
    order = (first, *(key for key in wanted if key != first))
    parts = [{key: wanted[key]} for key in order]
    filter = {"$and": parts} if joined == "$and" else {key: wanted[key] for key in order}
    there, answer = found(scenario.client, filter)
    ids = {one.get("id") for one in there}
    seen = {one["id"] for one in own if one["id"] in ids}
    hold = [{o["id"] for o in own if o[key] == wanted[key]} for key in order]
    # The keys of a JSON object have no order that a server would have to know.
    firsts = hold[:1] if joined == "$and" else hold
    # That several are too many is legal as well.
    letter = "C" if answer.refused else None
    if answer.accepted:
        letter = "A" if seen == set.intersection(*hold) else "B" if seen in firsts else None
    shown = _told([one for one in own if one["id"] in seen])
    scenario.expect.reading("ATTENDANCE-11", letter, actual=f"{answer.summary}: {shown}")
