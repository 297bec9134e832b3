"""Visibility: an app needs a scope for the V1 list, and a member sees and changes its own only."""

from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.arranged import plain, stored
from bookings_contract.suites.support.calls import KINDS, cells, elsewhere, reached
from bookings_contract.suites.support.listing import (
    FORMS,
    Listing,
    asking,
    confirmed,
    expect_unlisted,
    ids,
    made_by,
    query_list,
)
from bookings_contract.target.places import Place
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given, What
from bookings_contract.testkit.scenario import Scenario

KEYS = ("bookingId", "contactId", "sessionId", "scheduleId", "status", "startTime", "endTime")
CHANGES = ("cancelBooking", "rescheduleBooking")


@pytest.fixture
def listing(scenario: Scenario) -> Listing:
    return Listing(scenario.client, scenario.given, scenario.expect)


# Scopes


@pytest.mark.judges("AUTH-3")
@pytest.mark.parametrize("key", [None, "bookingId", "status"])
def test_an_app_without_a_scope_lists_nothing(key: str | None, scenario: Scenario) -> None:
    asked = asking(scenario.given, key, confirmed(scenario.given))
    answer = query_list(scenario.client, asked, caller="stranger")
    scenario.expect.refused(answer, "AUTH-3", circumstance=f"by {key}" if key else "no filter")


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(app, marks=pytest.mark.judges("AUTH-3", needs=(f"callers.{app}",)))
        for app in ("reader", "app", "app_all")
    ],
)
def test_an_app_with_a_scope_lists_bookings(app: str, scenario: Scenario, listing: Listing) -> None:
    one = confirmed(scenario.given)
    asked = {"bookingId": one.id}
    listing.judged("AUTH-3", asked, finds=[one], caller=app, circumstance=f"the caller {app}")


@pytest.mark.judges("AUTH-3", needs=("callers.visitor",))
@pytest.mark.parametrize("key", [None, "bookingId", "status"])
def test_a_visitor_lists_nothing_that_others_have_booked(
    key: str | None, scenario: Scenario, listing: Listing
) -> None:
    other = confirmed(scenario.given)
    expect_unlisted(
        listing, "AUTH-3", asking(scenario.given, key, other), other, "visitor", "visitors"
    )


# Members see their own


@pytest.mark.judges("AUTH-5")
@pytest.mark.parametrize("key", [None, "sessionId", "scheduleId", "status", "startTime", "endTime"])
def test_a_member_lists_its_own_bookings_and_no_others(
    key: str | None, scenario: Scenario, listing: Listing
) -> None:
    place = scenario.given.session(plain(scenario.given, "class"))
    other = confirmed(scenario.given, place)
    own = _own(scenario.given, "member", place)
    asked = asking(scenario.given, key, other)
    about = f"by {key}" if key else "no filter"
    listing.judged(
        "AUTH-5", asked, finds=[own], leaves=[other], caller="member", circumstance=about
    )
    expect_unlisted(listing, "AUTH-5", asked, other, "member", about)


@pytest.mark.judges("AUTH-5")
@pytest.mark.parametrize("key", KEYS)
def test_a_filter_that_names_somebody_elses_booking_finds_it_for_no_member(
    key: str, scenario: Scenario, listing: Listing
) -> None:
    other = confirmed(scenario.given)
    asked = asking(scenario.given, key, other)
    expect_unlisted(listing, "AUTH-5", asked, other, "member", f"by somebody else's {key}")


@pytest.mark.judges("AUTH-5")
@pytest.mark.parametrize("kind", KINDS)
def test_a_member_finds_its_own_booking_by_id_and_by_contact(
    kind: str, scenario: Scenario, listing: Listing
) -> None:
    own = _own(scenario.given, "member", plain(scenario.given, kind))
    for key in ("bookingId", "contactId"):
        asked = asking(scenario.given, key, own)
        listing.judged(
            "AUTH-5", asked, finds=[own], caller="member", circumstance=f"own {kind} by {key}"
        )


@pytest.mark.judges("AUTH-5", needs=("callers.member", "callers.other_member"))
@pytest.mark.parametrize("key", [None, "bookingId", "contactId", "sessionId"])
def test_a_member_does_not_list_another_members_booking(
    key: str | None, scenario: Scenario, listing: Listing
) -> None:
    other = _own(scenario.given, "other_member", scenario.given.session())
    asked = asking(scenario.given, key, other)
    about = f"another member's, by {key or 'no filter'}"
    expect_unlisted(listing, "AUTH-5", asked, other, "member", about)
    listing.judged("AUTH-5", asked, finds=[other], caller="other_member", circumstance=about)


@pytest.mark.judges("AUTH-5")
def test_a_members_pages_hold_its_own_bookings(scenario: Scenario) -> None:
    place = scenario.given.session(plain(scenario.given, "class"))
    own = _own(scenario.given, "member", place)
    confirmed(scenario.given, place)
    scenario.given.settle()
    asked = {"sessionId": place.session_id}
    pages = (
        query_list(scenario.client, asked, limit=1, form=form, caller="member") for form in FORMS
    )
    answer = next((page for page in pages if page.accepted), None)
    if answer is None:
        raise NotJudged("the target takes a limit in neither of its written forms")
    scenario.expect.that(
        "AUTH-5",
        ids(answer),
        expected=f"a booking of the member's own, such as {own.id[:8]}…, on a page of one",
        actual=f"{answer.summary}, an empty page",
        circumstance="on pages",
        at=answer,
    )


def _own(given: Given, caller: str, what: What) -> Seen:
    """A CONFIRMED booking that a member made, for the contact that it is."""
    made = made_by(given, caller, what)
    confirming = given.client.act("confirmBooking", made)
    return reached(confirming).booking


# Members change their own


@pytest.mark.judges("AUTH-6")
@pytest.mark.parametrize("status", ["CREATED", "CONFIRMED"])
@pytest.mark.parametrize(("operation", "kind"), cells("AUTH-6"))
def test_a_member_does_not_change_somebody_elses_booking(
    operation: str, kind: str, status: str, scenario: Scenario
) -> None:
    place = scenario.given.place(plain(scenario.given, kind))
    booking = scenario.given.booking(place, status)
    body = _change(operation, scenario.given, place)
    answer = scenario.client.act(operation, booking, body, caller="member")
    _refused(scenario.expect, answer, booking, f"{operation}, {status} {kind}")


@pytest.mark.judges("AUTH-6", needs=("callers.member", "callers.other_member"))
@pytest.mark.parametrize("operation", CHANGES)
def test_a_member_does_not_change_another_members_booking(
    operation: str, scenario: Scenario
) -> None:
    place = scenario.given.place(plain(scenario.given, "class"))
    booking = _own(scenario.given, "other_member", place)
    body = _change(operation, scenario.given, place)
    answer = scenario.client.act(operation, booking, body, caller="member")
    _refused(scenario.expect, answer, booking, f"{operation}, another member's")


@pytest.mark.judges("AUTH-6")
@pytest.mark.parametrize("kind", KINDS)
def test_a_member_cancels_its_own_booking(kind: str, scenario: Scenario) -> None:
    own = _own(scenario.given, "member", plain(scenario.given, kind))
    answer = scenario.client.act("cancelBooking", own, caller="member")
    about = f"canceling its own {kind}"
    if scenario.expect.accepted(answer, "AUTH-6", circumstance=about):
        after = stored(scenario.given, answer.booking)
        scenario.expect.equal("AUTH-6", after.status, "CANCELED", of="status", circumstance=about)


@pytest.mark.judges("AUTH-6")
@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_a_member_moves_its_own_booking(kind: str, scenario: Scenario) -> None:
    place = scenario.given.place(plain(scenario.given, kind))
    own = _own(scenario.given, "member", place)
    body = _change("rescheduleBooking", scenario.given, place)
    answer = scenario.client.act("rescheduleBooking", own, body, caller="member")
    about = f"moving its own {kind}"
    if scenario.expect.accepted(answer, "AUTH-6", circumstance=about):
        after = stored(scenario.given, answer.booking)
        scenario.expect.that(
            "AUTH-6",
            after.raw.get("startDate") != own.raw.get("startDate"),
            expected="the booking elsewhere",
            actual=f"still at {after.raw.get('startDate')}",
            circumstance=about,
        )


def _change(operation: str, given: Given, place: Place) -> dict[str, Any]:
    return {} if operation == "cancelBooking" else {"slot": elsewhere(given, place).slot}


def _refused(expect: Expect, answer: Answer, before: Seen, about: str) -> None:
    # A server may as well say that there is no such booking for this caller.
    expect.refused(answer, "AUTH-6", also=["LOOKUP-1"], circumstance=about)
    if answer.refused:
        expect.unchanged(before, about)
