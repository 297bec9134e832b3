"""Services: every published field and operator finds what it has to, sorts, counts and pages."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.calls import of_rule, reached
from bookings_contract.suites.support.finding import Predicate, questions
from bookings_contract.suites.support.queries import sorts
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.comparable import values
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

QUERY, COUNT, SEARCH = "queryServices", "countServices", "searchServices"
# So many services are told apart by their ids in one filter.
MOST = 30
# What published recipes sort by, and no table has.
OPEN_SORTS = ("createdDate", "sortOrder", "updatedDate", "defaultCapacity")


def _query(client: Client, **query: Any) -> Answer:
    return client.call(QUERY, body={"query": query})


def _known(client: Client) -> list[Mapping[str, Any]]:
    """Services of the target, as a query without a filter shows them."""
    answer = reached(_query(client, paging={"limit": MOST, "offset": 0}))
    found: list[Mapping[str, Any]] = list(answer.at("services"))
    if len(found) < 2:
        raise NotJudged("the target has fewer than two services, which no filter tells apart")
    return found


def _ids(answer: Answer) -> list[str]:
    return [str(one.get("id")).lower() for one in answer.at("services")]


def _own(known: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What keeps out the services that are not known."""
    return {"id": {"$in": [one["id"] for one in known]}}


# ── Filters ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("SERVICES-1")
def test_services_are_found_by_every_field_and_operator(scenario: Scenario) -> None:
    known = _known(scenario.client)
    for asked in questions(known, QUERY, scenario.given):
        filter = {"$and": [_own(known), asked.condition]}
        answer = _query(scenario.client, filter=filter, paging={"limit": MOST, "offset": 0})
        about = f"{asked.field} {asked.operator}"
        if scenario.expect.accepted(answer, "SERVICES-1", circumstance=about):
            _judge(scenario.expect, answer, asked, known)


def _judge(
    expect: Expect, answer: Answer, asked: Predicate, known: Sequence[Mapping[str, Any]]
) -> None:
    passes = {str(one["id"]).lower(): asked.passes(one) for one in known}
    found = set(_ids(answer))
    due = {one for one in passes if passes[one]}
    expect.that(
        "SERVICES-1",
        due <= found <= {one for one in passes if passes[one] is not False},
        expected=f"{asked.condition} finds {_named(due, known)}",
        actual=_named(found, known),
        circumstance=f"{asked.field} {asked.operator}",
        at=answer,
    )


def _named(found: set[str], known: Sequence[Mapping[str, Any]]) -> str:
    names = {str(one["id"]).lower(): one.get("name") for one in known}
    return ", ".join(sorted(str(names.get(one, "another service")) for one in found)) or "nothing"


@pytest.mark.judges("SERVICES-1")
def test_filters_of_services_combine(scenario: Scenario) -> None:
    known = _known(scenario.client)
    a, b = (str(one["id"]) for one in known[:2])
    cases: Mapping[str, tuple[Mapping[str, Any], set[str]]] = {
        "several fields": ({"id": a, "name": known[1].get("name")}, _both(known, a)),
        "$or": ({"$or": [{"id": a}, {"id": b}]}, {a, b}),
        "$not": ({**_own(known[:2]), "$not": {"id": a}}, {b}),
        "$and that excludes itself": ({"$and": [{"id": a}, {"id": b}]}, set()),
    }
    for name, (filter, due) in cases.items():
        answer = _query(scenario.client, filter=filter)
        if scenario.expect.accepted(answer, "SERVICES-1", circumstance=name):
            found = set(_ids(answer))
            expected = {one.lower() for one in due}
            scenario.expect.equal(
                "SERVICES-1", found, expected, of="services", circumstance=name, at=answer
            )


def _both(known: Sequence[Mapping[str, Any]], a: str) -> set[str]:
    """The first service, if the second has the same name."""
    return {a} if known[0].get("name") == known[1].get("name") else set()


NONSENSE: Mapping[str, Mapping[str, Any]] = {
    "an unknown field": {"noSuchField": "x"},
    "an unknown nested field": {"onlineBooking.noSuchField": True},
    "an unknown operator": {"name": {"$noSuchOperator": "x"}},
    "an unknown way to combine": {"$nor": [{"name": "x"}]},
    "an unknown field in $and": {"$and": [{"hidden": False}, {"noSuchField": "x"}]},
}


@pytest.mark.judges("SERVICES-1")
@pytest.mark.parametrize("what", NONSENSE)
@pytest.mark.parametrize("operation", of_rule("SERVICES-1"))
def test_what_no_filter_of_services_knows_is_refused(
    operation: str, what: str, scenario: Scenario
) -> None:
    reached(scenario.client.call(operation, body=_asked(operation, {"hidden": False})))
    answer = scenario.client.call(operation, body=_asked(operation, NONSENSE[what]))
    scenario.expect.refused(answer, "SERVICES-1", circumstance=what)


def _asked(operation: str, filter: Mapping[str, Any]) -> Mapping[str, Any]:
    if operation == COUNT:
        return {"filter": filter}
    return {"search" if operation == SEARCH else "query": {"filter": filter}}


# ── Order, pages, counts and words ────────────────────────────────────────────────────────────────


@pytest.mark.judges("SERVICES-1")
@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_services_come_in_the_order_that_is_asked_for(order: str, scenario: Scenario) -> None:
    known = _known(scenario.client)
    for field in (one for one in sorts(QUERY) if one not in OPEN_SORTS):
        if any(len(values(one, field)) > 1 for one in known):
            continue  # No source says which of several values counts.
        sort = [{"fieldName": field, "order": order}]
        answer = _query(scenario.client, filter=_own(known), sort=sort)
        about = f"{field} {order}"
        if not scenario.expect.accepted(answer, "SERVICES-1", circumstance=about):
            continue
        shown = [value for one in answer.at("services") for value in values(one, field)]
        scenario.expect.that(
            "SERVICES-1",
            _in_order(shown if order == "ASC" else shown[::-1]),
            expected=f"services in the order of {about}",
            actual=", ".join(map(str, shown)),
            circumstance=about,
            at=answer,
        )


def _in_order(shown: Sequence[Any]) -> bool:
    """Whether nothing is out of order in both ways in which languages sort."""
    return all(
        one <= other or (isinstance(one, str) and one.casefold() <= other.casefold())
        for one, other in pairwise(shown)
    )


@pytest.mark.judges("SERVICES-1")
def test_pages_of_services_meet_each_once_and_a_count_agrees(scenario: Scenario) -> None:
    known = _known(scenario.client)[:5]
    filter, met = _own(known), list[str]()
    for offset in range(0, len(known), 2):
        paging = {"limit": 2, "offset": offset}
        answer = _query(scenario.client, filter=filter, paging=paging)
        if not scenario.expect.accepted(answer, "SERVICES-1", circumstance="pages"):
            return
        met += _ids(answer)
    due = sorted(str(one["id"]).lower() for one in known)
    scenario.expect.equal(
        "SERVICES-1", sorted(met), due, of="services of all pages", circumstance="pages"
    )
    counted = reached(scenario.client.call(COUNT, body={"filter": filter}))
    scenario.expect.equal(
        "SERVICES-1", counted.at("count"), len(due), of="count", circumstance="count", at=counted
    )


@pytest.mark.judges("SERVICES-1")
def test_a_service_is_found_by_a_word_of_its_name(scenario: Scenario) -> None:
    known = _known(scenario.client)
    words = [(one, str(one.get("name") or "").split()) for one in known]
    one, (word, *_) = next(((s, w) for s, w in words if w and w[0].isalnum()), (None, ("",)))
    if one is None:
        raise NotReached("no service has a name that could be searched for")
    search = {"search": {"expression": word}, "filter": {"id": one["id"]}}
    answer = reached(scenario.client.call(SEARCH, body={"search": search}))
    due = [str(one["id"]).lower()]
    scenario.expect.equal(
        "SERVICES-1", _ids(answer), due, of="services", circumstance="words", at=answer
    )
