"""Visibility: an app needs a scope for the V1 list, a site and a member see only their own."""

from collections.abc import Mapping
from typing import Any

import pytest

from bookings_contract.client import Client
from bookings_contract.exchange import Answer, Seen
from bookings_contract.expect import Expect
from bookings_contract.given import Given, What
from bookings_contract.places import Place
from bookings_contract.problems import NotJudged
from bookings_contract.suites.arranged import plain, stored
from bookings_contract.suites.calls import (
    KINDS,
    Valid,
    booked,
    cells,
    elsewhere,
    of_rule,
    reached,
    valid,
)
from bookings_contract.suites.listing import (
    FORMS,
    Asked,
    Listing,
    confirmed,
    contact,
    everything,
    ids,
    listed,
    value,
)

KEYS = ("bookingId", "contactId", "sessionId", "scheduleId", "status", "startTime", "endTime")
CHANGES = ("cancelBooking", "rescheduleBooking")
# What names nothing of the site in its request: looked through for what isn't the caller's.
LOOKS = ("listBookingsV1", "queryExtendedBookings", "countExtendedBookings", "queryAttendance")


@pytest.fixture
def listing(bookings_client: Client, bookings_given: Given, bookings_expect: Expect) -> Listing:
    return Listing(bookings_client, bookings_given, bookings_expect)


# Scopes


@pytest.mark.judges("AUTH-3")
@pytest.mark.parametrize("key", [None, "bookingId", "status"])
def test_an_app_without_a_scope_lists_nothing(
    key: str | None, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    asked = _asked(bookings_given, key, confirmed(bookings_given))
    answer = listed(bookings_client, asked, caller="stranger")
    bookings_expect.refused(answer, "AUTH-3", circumstance=f"by {key}" if key else "no filter")


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(app, marks=pytest.mark.judges("AUTH-3", needs=(f"callers.{app}",)))
        for app in ("reader", "app", "app_all")
    ],
)
def test_an_app_with_a_scope_lists_bookings(
    app: str, bookings_given: Given, listing: Listing
) -> None:
    one = confirmed(bookings_given)
    asked = {"bookingId": one.id}
    listing.judged("AUTH-3", asked, finds=[one], caller=app, circumstance=f"the caller {app}")


# Sites


@pytest.mark.judges("AUTH-4")
@pytest.mark.parametrize("key", [None, *KEYS])
def test_another_site_does_not_list_a_booking(
    key: str | None, bookings_given: Given, listing: Listing
) -> None:
    one = confirmed(bookings_given)
    about = f"V1 list by {key}" if key else "V1 list"
    _not_listed(listing, "AUTH-4", _asked(bookings_given, key, one), one, "other_site", about)


@pytest.mark.judges("AUTH-4", needs=("callers.other_site", "reader"))
@pytest.mark.parametrize("filters", ["no filter", "id", "status", "contact"])
def test_another_site_does_not_read_a_booking(
    filters: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    one = confirmed(bookings_given)
    asked = _reader_filter(filters, bookings_given, one)
    bookings_given.settle()
    query = {"filter": asked, "cursorPaging": {"limit": 100}}
    answer = bookings_client.call(
        "queryExtendedBookings", body={"query": query}, caller="other_site"
    )
    _unseen(bookings_expect, answer, one, f"reader, {filters}")


@pytest.mark.judges("AUTH-4", needs=("callers.other_site", "reader"))
def test_another_site_does_not_count_a_booking(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    one = confirmed(bookings_given)
    bookings_given.settle()
    answer = bookings_client.call(
        "countExtendedBookings", body={"filter": {"id": one.id}}, caller="other_site"
    )
    if answer.refused:
        bookings_expect.kept("AUTH-4", "count")
    else:
        bookings_expect.equal(
            "AUTH-4", answer.at("count"), 0, of="count", circumstance="count", at=answer
        )


@pytest.mark.judges("AUTH-4", needs=("callers.other_site", "reader"))
@pytest.mark.parametrize(
    "operation", [name for name in of_rule("AUTH-4") if name not in LOOKS + ("listWaitlist",)]
)
def test_another_site_changes_nothing(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, operation)
    before = call.made or call.named
    kept = stored(bookings_given, before) if before else None
    answer = call.sent(bookings_client, caller="other_site")
    if call.made or operation == "getAttendance":
        also = ["LOOKUP-1", "ATTENDANCE-2"]
        bookings_expect.refused(answer, "AUTH-4", also=also, circumstance=operation)
    bookings_given.settle()
    if operation == "setAttendance":
        _nothing_ticked(_named(call), bookings_given, bookings_expect)
    elif kept:
        after = stored(bookings_given, kept)
        bookings_expect.that(
            "AUTH-4",
            (after.status, after.revision) == (kept.status, kept.revision),
            expected=f"still {kept}",
            actual=f"{after}, by a caller of another site",
            circumstance=operation,
        )
    else:
        _nothing_made(call, operation, bookings_given, bookings_expect)


@pytest.mark.judges("AUTH-4")
def test_another_site_sees_nobody_waiting(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.session()
    waiting = bookings_given.booking(place, "WAITING_LIST")
    answer = bookings_client.call(
        "listWaitlist", query={"waitingResources.sessionId": place.session_id}, caller="other_site"
    )
    _unseen(bookings_expect, answer, waiting, "waitlist")


@pytest.mark.judges("AUTH-4")
@pytest.mark.parametrize("asked", ["all", "by booking"])
def test_another_site_sees_no_attendance(
    asked: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, "setAttendance")
    reached(call.sent(bookings_client))
    one = _named(call)
    query = {} if asked == "all" else {"filter": {"bookingId": one.id}}
    answer = bookings_client.call("queryAttendance", body={"query": query}, caller="other_site")
    _unseen(bookings_expect, answer, one, f"attendance, {asked}")


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


def _nothing_made(call: Valid, operation: str, given: Given, expect: Expect) -> None:
    """No booking stands here for what the caller of another site tried to book."""
    body = call.body or {}
    if operation == "registerToWaitlist":
        email = body["formInfo"]["contactDetails"]["email"]
        there = [one for one in given.find({"status": "WAITING_LIST"}) if one.email == email]
    elif operation in ("createBooking", "bulkCreateBooking"):
        there = booked(given, body)
    else:
        raise NotJudged(f"nothing tells here what {operation} does")
    _none(expect, len(there), "booking made", operation)


def _nothing_ticked(one: Seen, given: Given, expect: Expect) -> None:
    query = {"filter": {"bookingId": one.id}}
    answer = reached(given.client.call("queryAttendance", body={"query": query}))
    _none(expect, len(answer.at("attendances")), "attendance set", "setAttendance")


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


# Members see their own


@pytest.mark.judges("AUTH-5")
@pytest.mark.parametrize("key", [None, "sessionId", "scheduleId", "status", "startTime", "endTime"])
def test_a_member_lists_its_own_bookings_and_no_others(
    key: str | None, bookings_given: Given, listing: Listing
) -> None:
    place = bookings_given.session(plain(bookings_given, "class"))
    other = confirmed(bookings_given, place)
    own = _own(bookings_given, "member", place)
    asked = _asked(bookings_given, key, other)
    about = f"by {key}" if key else "no filter"
    listing.judged(
        "AUTH-5", asked, finds=[own], leaves=[other], caller="member", circumstance=about
    )
    _not_listed(listing, "AUTH-5", asked, other, "member", about)


@pytest.mark.judges("AUTH-5")
@pytest.mark.parametrize("key", KEYS)
def test_a_filter_that_names_somebody_elses_booking_finds_it_for_no_member(
    key: str, bookings_given: Given, listing: Listing
) -> None:
    other = confirmed(bookings_given)
    asked = _asked(bookings_given, key, other)
    _not_listed(listing, "AUTH-5", asked, other, "member", f"by somebody else's {key}")


@pytest.mark.judges("AUTH-5")
@pytest.mark.parametrize("kind", KINDS)
def test_a_member_finds_its_own_booking_by_id_and_by_contact(
    kind: str, bookings_given: Given, listing: Listing
) -> None:
    own = _own(bookings_given, "member", plain(bookings_given, kind))
    for key in ("bookingId", "contactId"):
        asked = _asked(bookings_given, key, own)
        listing.judged(
            "AUTH-5", asked, finds=[own], caller="member", circumstance=f"own {kind} by {key}"
        )


@pytest.mark.judges("AUTH-5", needs=("callers.member", "callers.other_member"))
@pytest.mark.parametrize("key", [None, "bookingId", "contactId", "sessionId"])
def test_a_member_does_not_list_another_members_booking(
    key: str | None, bookings_given: Given, listing: Listing
) -> None:
    other = _own(bookings_given, "other_member", bookings_given.session())
    asked = _asked(bookings_given, key, other)
    about = f"another member's, by {key or 'no filter'}"
    _not_listed(listing, "AUTH-5", asked, other, "member", about)
    listing.judged("AUTH-5", asked, finds=[other], caller="other_member", circumstance=about)


@pytest.mark.judges("AUTH-5")
def test_a_members_pages_hold_its_own_bookings(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.session(plain(bookings_given, "class"))
    own = _own(bookings_given, "member", place)
    confirmed(bookings_given, place)
    bookings_given.settle()
    asked = {"sessionId": place.session_id}
    pages = (listed(bookings_client, asked, limit=1, form=form, caller="member") for form in FORMS)
    answer = next((page for page in pages if page.accepted), None)
    if answer is None:
        raise NotJudged("the target takes a limit in neither of its written forms")
    bookings_expect.that(
        "AUTH-5",
        ids(answer),
        expected=f"a booking of the member's own, such as {own.id[:8]}…, on a page of one",
        actual=f"{answer.said}, an empty page",
        circumstance="on pages",
        at=answer,
    )


def _asked(given: Given, key: str | None, one: Seen) -> Mapping[str, object] | None:
    return None if key is None else {key: value(given, key, one)}


def _not_listed(
    listing: Listing, rule: str, asked: Asked, one: Seen, caller: str, about: str
) -> None:
    """The list does not show it on any page; refusing to answer is as good."""
    listing.given.settle()
    answer = listed(listing.client, asked, caller=caller)
    found = one.id in ids(answer)
    known, _ = ([], True) if found or answer.refused else everything(listing.client, asked, caller)
    listing.expect.that(
        rule,
        not found and one.id not in known,
        expected=f"a list without the booking {one.id[:8]}…, which is not the caller's",
        actual=f"{answer.status}, with it",
        circumstance=about,
        at=answer,
    )


def _own(given: Given, caller: str, what: What) -> Seen:
    """A CONFIRMED booking that a member made, for the contact that it is."""
    made = _made_by(given, caller, what)
    confirming = given.client.act("confirmBooking", made)
    return reached(confirming).booking


def _made_by(given: Given, caller: str, what: What) -> Seen:
    known = given.client.target.caller(caller).contact_id
    details = {"firstName": "Judge", **({"contactId": known} if known else {})}
    body = given.body(what, contactDetails=details)
    answer = given.client.call("createBooking", body=body, caller=caller)
    if answer.refused:
        raise NotJudged("members may not create bookings here (the second reading of AUTH-8)")
    made = reached(answer).booking
    creator = made.raw.get("createdBy") or {}
    contacts = {known, made.contact_id, creator.get("contactId")} - {None}
    if len(contacts) > 1:
        raise NotJudged("a member's booking is for another contact than the member's own")
    return made


# Members change their own


@pytest.mark.judges("AUTH-6")
@pytest.mark.parametrize("status", ["CREATED", "CONFIRMED"])
@pytest.mark.parametrize(("operation", "kind"), cells("AUTH-6"))
def test_a_member_does_not_change_somebody_elses_booking(
    operation: str,
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place = bookings_given.place(plain(bookings_given, kind))
    booking = bookings_given.booking(place, status)
    body = _change(operation, bookings_given, place)
    answer = bookings_client.act(operation, booking, body, caller="member")
    _refused(bookings_expect, answer, booking, f"{operation}, {status} {kind}")


@pytest.mark.judges("AUTH-6", needs=("callers.member", "callers.other_member"))
@pytest.mark.parametrize("operation", CHANGES)
def test_a_member_does_not_change_another_members_booking(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.place(plain(bookings_given, "class"))
    booking = _own(bookings_given, "other_member", place)
    body = _change(operation, bookings_given, place)
    answer = bookings_client.act(operation, booking, body, caller="member")
    _refused(bookings_expect, answer, booking, f"{operation}, another member's")


@pytest.mark.judges("AUTH-6")
@pytest.mark.parametrize("kind", KINDS)
def test_a_member_cancels_its_own_booking(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = _own(bookings_given, "member", plain(bookings_given, kind))
    answer = bookings_client.act("cancelBooking", own, caller="member")
    about = f"canceling its own {kind}"
    if bookings_expect.accepted(answer, "AUTH-6", circumstance=about):
        after = stored(bookings_given, answer.booking)
        bookings_expect.equal("AUTH-6", after.status, "CANCELED", of="status", circumstance=about)


@pytest.mark.judges("AUTH-6")
@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_a_member_moves_its_own_booking(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.place(plain(bookings_given, kind))
    own = _own(bookings_given, "member", place)
    body = _change("rescheduleBooking", bookings_given, place)
    answer = bookings_client.act("rescheduleBooking", own, body, caller="member")
    about = f"moving its own {kind}"
    if bookings_expect.accepted(answer, "AUTH-6", circumstance=about):
        after = stored(bookings_given, answer.booking)
        bookings_expect.that(
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
