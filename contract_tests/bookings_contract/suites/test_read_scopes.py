"""Scopes to read: which apps may query bookings, and get and query attendance."""

import pytest

from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.calls import of_rule, valid
from bookings_contract.suites.support.queries import COUNT, QUERY, ids
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

READS = of_rule("AUTH-9")


@pytest.mark.judges("AUTH-9")
@pytest.mark.parametrize("operation", READS)
def test_an_app_without_scopes_reads_nothing(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, operation)
    answer = call.sent(bookings_client, caller="stranger")
    bookings_expect.refused(answer, "AUTH-9", circumstance=operation)


@pytest.mark.judges("AUTH-9", needs=("callers.visitor",))
def test_a_visitor_finds_nothing_that_others_have_booked(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking("class", "CONFIRMED")
    bookings_given.settle()
    body = {"query": {"filter": {"id": booking.id}}}
    answer = bookings_client.call(QUERY, body=body, caller="visitor")
    if not (answer.accepted or answer.refused):
        raise NotReached(f"a visitor's query was answered {answer.summary}")
    bookings_expect.that(
        "AUTH-9",
        answer.refused or booking.id not in ids(answer),
        expected="refused, or nothing found",
        actual=f"{answer.status}, with what somebody else has booked",
        circumstance="visitors",
        at=answer,
    )


@pytest.mark.judges("AUTH-9", needs=("callers.reader",))
@pytest.mark.parametrize("operation", READS)
def test_a_scope_to_read_is_enough_to_read(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, operation)
    answer = call.sent(bookings_client, caller="reader")
    bookings_expect.accepted(answer, "AUTH-9", circumstance=f"{operation}, by a scope to read")


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
    operation: str,
    app: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    call = valid(bookings_given, operation)
    answer = call.sent(bookings_client, caller=app)
    bookings_expect.accepted(answer, "AUTH-9", circumstance=f"{operation}, by {app}")
