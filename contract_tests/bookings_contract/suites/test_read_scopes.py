"""Scopes to read: which apps may query bookings, and get and query attendance."""

import pytest

from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.calls import of_rule, valid
from bookings_contract.suites.support.queries import COUNT, QUERY, ids
from bookings_contract.testkit.scenario import Scenario

READS = of_rule("AUTH-9")


@pytest.mark.judges("AUTH-9")
@pytest.mark.parametrize("operation", READS)
def test_an_app_without_scopes_reads_nothing(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    answer = call.sent(scenario.client, caller="stranger")
    scenario.expect.refused(answer, "AUTH-9", circumstance=operation)


@pytest.mark.judges("AUTH-9", needs=("callers.visitor",))
def test_a_visitor_finds_nothing_that_others_have_booked(scenario: Scenario) -> None:
    booking = scenario.given.booking("class", "CONFIRMED")
    scenario.given.settle()
    body = {"query": {"filter": {"id": booking.id}}}
    answer = scenario.client.call(QUERY, body=body, caller="visitor")
    if not (answer.accepted or answer.refused):
        raise NotReached(f"a visitor's query was answered {answer.summary}")
    scenario.expect.that(
        "AUTH-9",
        answer.refused or booking.id not in ids(answer),
        expected="refused, or nothing found",
        actual=f"{answer.status}, with what somebody else has booked",
        circumstance="visitors",
        at=answer,
    )


@pytest.mark.judges("AUTH-9", needs=("callers.reader",))
@pytest.mark.parametrize("operation", READS)
def test_a_scope_to_read_is_enough_to_read(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    answer = call.sent(scenario.client, caller="reader")
    scenario.expect.accepted(answer, "AUTH-9", circumstance=f"{operation}, by a scope to read")


# Whether a scope to manage opens attendance to readers too is published nowhere.
@pytest.mark.parametrize(
    "app",
    [
        pytest.param(app, marks=pytest.mark.judges("AUTH-9", needs=(f"callers.{app}",)))
        for app in ("app", "app_all")
    ],
)
@pytest.mark.parametrize("operation", [QUERY, COUNT])
def test_a_scope_to_manage_bookings_reads_them_too(
    operation: str, app: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation)
    answer = call.sent(scenario.client, caller=app)
    scenario.expect.accepted(answer, "AUTH-9", circumstance=f"{operation}, by {app}")
