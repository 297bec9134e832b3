"""Other sites: a caller neither sees nor changes what belongs to another site than its own."""

import pytest

import bookings_openapi
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.arranged import stored
from bookings_contract.suites.support.calls import booked, of_rule, reached, valid
from bookings_contract.suites.support.listing import (
    Listing,
    asking,
    confirmed,
    contact,
    expect_unlisted,
)
from bookings_contract.suites.support.valid import Valid
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

KEYS = ("bookingId", "contactId", "sessionId", "scheduleId", "status", "startTime", "endTime")
# What is about a booking and shows by it whether anything was done, or by the attendance of it.
CHANGES = (
    *("bulkCancelBooking", "bulkCalculateAllowedActions", "bulkConfirmOrDeclineBooking"),
    *("registerToWaitlist", "setAttendance", "getAttendance", "deleteAttendance"),
    *("bulkSetAttendance", "bulkDeleteAttendances", *bookings_openapi.lifecycle()),
)


@pytest.fixture
def listing(scenario: Scenario) -> Listing:
    return Listing(scenario.client, scenario.given, scenario.expect)


@pytest.mark.judges("AUTH-4")
@pytest.mark.parametrize("key", [None, *KEYS])
def test_another_site_does_not_list_a_booking(
    key: str | None, scenario: Scenario, listing: Listing
) -> None:
    one = confirmed(scenario.given)
    about = f"V1 list by {key}" if key else "V1 list"
    expect_unlisted(listing, "AUTH-4", asking(scenario.given, key, one), one, "other_site", about)


@pytest.mark.judges("AUTH-4", needs=("callers.other_site", "reader"))
@pytest.mark.parametrize("filters", ["no filter", "id", "status", "contact"])
def test_another_site_does_not_read_a_booking(filters: str, scenario: Scenario) -> None:
    one = confirmed(scenario.given)
    asked = _reader_filter(filters, scenario.given, one)
    scenario.given.settle()
    query = {"filter": asked, "cursorPaging": {"limit": 100}}
    answer = scenario.client.call(
        "queryExtendedBookings", body={"query": query}, caller="other_site"
    )
    _unseen(scenario.expect, answer, one, f"reader, {filters}")


@pytest.mark.judges("AUTH-4", needs=("callers.other_site", "reader"))
def test_another_site_does_not_count_a_booking(scenario: Scenario) -> None:
    one = confirmed(scenario.given)
    scenario.given.settle()
    answer = scenario.client.call(
        "countExtendedBookings", body={"filter": {"id": one.id}}, caller="other_site"
    )
    if answer.refused:
        scenario.expect.kept("AUTH-4", "count")
    else:
        scenario.expect.equal(
            "AUTH-4", answer.at("count"), 0, of="count", circumstance="count", at=answer
        )


@pytest.mark.judges("AUTH-4", needs=("callers.other_site", "reader"))
@pytest.mark.parametrize(
    "operation",
    [name for name in of_rule("AUTH-4") if name in CHANGES],
)
def test_another_site_changes_nothing(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    before = call.made or call.named
    kept = stored(scenario.given, before) if before else None
    answer = call.sent(scenario.client, caller="other_site")
    if call.made or operation in ("getAttendance", "deleteAttendance"):
        also = ["LOOKUP-1", "ATTENDANCE-2", "ATTENDANCE-12"]
        scenario.expect.refused(answer, "AUTH-4", also=also, circumstance=operation)
    scenario.given.settle()
    if operation == "setAttendance":
        _nothing_ticked(_named(call), scenario)
    elif kept:
        after = stored(scenario.given, kept)
        scenario.expect.that(
            "AUTH-4",
            (after.status, after.revision) == (kept.status, kept.revision),
            expected=f"still {kept}",
            actual=f"{after}, by a caller of another site",
            circumstance=operation,
        )
    else:
        _nothing_made(call, operation, scenario)


@pytest.mark.judges("AUTH-4")
def test_another_site_sees_nobody_waiting(scenario: Scenario) -> None:
    place = scenario.given.session()
    waiting = scenario.given.booking(place, "WAITING_LIST")
    answer = scenario.client.call(
        "listWaitlist", query={"waitingResources": place.session_id}, caller="other_site"
    )
    _unseen(scenario.expect, answer, waiting, "waitlist")


@pytest.mark.judges("AUTH-4")
@pytest.mark.parametrize("asked", ["all", "by booking"])
def test_another_site_sees_no_attendance(asked: str, scenario: Scenario) -> None:
    call = valid(scenario.given, "setAttendance")
    reached(call.sent(scenario.client))
    one = _named(call)
    query = {} if asked == "all" else {"filter": {"bookingId": one.id}}
    answer = scenario.client.call("queryAttendance", body={"query": query}, caller="other_site")
    _unseen(scenario.expect, answer, one, f"attendance, {asked}")


def _reader_filter(filters: str, given: Given, one: Seen) -> dict[str, object]:
    if filters == "contact":
        return {"contactDetails.contactId": contact(given, one)}
    ways: dict[str, dict[str, object]] = {"id": {"id": one.id}, "status": {"status": one.status}}
    return ways.get(filters, {})


def _unseen(expect: Expect, answer: Answer, one: Seen, about: str) -> None:
    # A refusal may repeat the id that it was asked for.
    expect.that(
        "AUTH-4",
        answer.refused or one.id not in answer.exchange.text,
        expected="nothing of another site's booking",
        actual=f"{answer.status}, with the booking {one.id[:8]}…",
        circumstance=about,
        at=answer,
    )


def _nothing_made(call: Valid, operation: str, scenario: Scenario) -> None:
    """No booking stands here for what the caller of another site tried to book."""
    body = call.body or {}
    if operation == "registerToWaitlist":
        email = body["formInfo"]["contactDetails"]["email"]
        there = [
            one for one in scenario.given.find({"status": "WAITING_LIST"}) if one.email == email
        ]
    elif operation == "getAttendance":
        return
    else:
        there = booked(scenario.given, body)
    _none(scenario.expect, len(there), "booking made", operation)


def _nothing_ticked(one: Seen, scenario: Scenario) -> None:
    query = {"filter": {"bookingId": one.id}}
    answer = reached(scenario.given.client.call("queryAttendance", body={"query": query}))
    _none(scenario.expect, len(answer.at("attendances")), "attendance set", "setAttendance")


def _none(expect: Expect, number: int, what: str, operation: str) -> None:
    expect.that(
        "AUTH-4",
        not number,
        expected=f"no {what} by a caller of another site",
        actual=f"{number} of them",
        circumstance=operation,
    )


def _named(call: Valid) -> Seen:
    if call.named is None:
        raise NotJudged(f"{call.operation} names no booking")
    return call.named
