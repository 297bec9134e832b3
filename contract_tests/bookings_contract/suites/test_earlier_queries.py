"""Earlier ways to query: V1's by a body, and the reader's by a session."""

import pytest

from bookings_contract.findings.checks import Meets
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import reached, unknown_id
from bookings_contract.testkit.scenario import Scenario


@pytest.mark.judges("LIST-15")
@pytest.mark.parametrize("status", ["CREATED", "CANCELED", "PENDING"])
@pytest.mark.parametrize("query", [None, {}, {"filter": {}}], ids=["none", "empty", "no filter"])
def test_a_v1_query_without_a_filter_finds_what_is_confirmed(
    query: dict[str, object] | None, status: str, scenario: Scenario
) -> None:
    other = scenario.given.booking("class", status)
    confirmed = scenario.given.booking("class", "CONFIRMED")
    scenario.given.settle()
    body = {} if query is None else {"query": query}
    answer = reached(scenario.client.call("queryBookingsV1", body=body))
    met = {entry["booking"]["id"] for entry in answer.at("bookingsEntries")}
    found = (confirmed.id in met, other.id in met)
    scenario.expect.equal(
        "LIST-15",
        found,
        (True, False),
        of=f"whether the CONFIRMED and the {status} booking are met",
        circumstance=status,
        at=answer,
    )


@pytest.mark.judges("READER-6")
@pytest.mark.parametrize("named", [True, False], ids=["beside another id", "alone"])
@pytest.mark.parametrize("kind", ["class", "course"])
def test_a_query_by_a_session_finds_who_takes_part_in_it(
    kind: str, named: bool, scenario: Scenario
) -> None:
    place = scenario.given.place(kind)
    here = scenario.given.booking(place, "CONFIRMED")
    there = scenario.given.booking("appointment", "CONFIRMED")
    if kind == "course" and not place.service.sessions:
        raise NotJudged(f"the target file names no session of {place.service.name}")
    session_id = place.service.sessions[0].id if kind == "course" else place.session_id
    scenario.given.settle()
    filter_: dict[str, object] = {"status": "CONFIRMED"}
    if named:
        filter_["id"] = unknown_id(scenario.given)
    sort = [{"fieldName": "createdDate", "order": "DESC"}]
    query = {"filter": filter_, "sort": sort, "cursorPaging": {"limit": 100}}
    body = {"query": query, "sessionId": session_id}
    answer = reached(scenario.client.call("query", body=body))
    met = {seen.id for seen in answer.bookings}
    told = "who takes part: {}, who does not: {}"
    scenario.expect.that(
        "READER-6",
        here.id in met and there.id not in met,
        expected=told.format("met", "not met"),
        actual=told.format(*("met" if one.id in met else "not met" for one in (here, there))),
        circumstance=kind,
        at=answer,
        check=Meets((here.id,), (there.id,)),
    )
