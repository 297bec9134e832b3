"""Callers: who is let in, with which token, scope and site, and what becomes of who books."""

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import (
    KINDS,
    accepted_as_well,
    booked,
    cells,
    created,
    of_rule,
    reached,
    unknown_id,
    valid,
)
from bookings_contract.suites.support.valid import Valid
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

# Only its page says that it asks for a token; the other operations are observed to.
LIST = "listBookingsV1"
ATTENDANCE = "setAttendance"
LATER = (
    "markBookingAsPending",
    "setBookingSubmissionId",
    "bulkConfirmOrDeclineBooking",
    "registerToWaitlist",
)


@pytest.mark.judges("AUTH-1")
@pytest.mark.parametrize("token", ["none", "unknown", "half"])
@pytest.mark.parametrize("operation", of_rule("AUTH-1"))
def test_no_call_is_served_without_a_known_token(
    operation: str, token: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation)
    answer = _with_token(token, call, scenario)
    part = None if operation == LIST else "every_operation"
    scenario.expect.refused(answer, "AUTH-1", circumstance=part)
    _nothing_done(call, scenario.expect, f"a call with {token} token")


def _with_token(token: str, call: Valid, scenario: Scenario) -> Answer:
    if token == "none":
        return call.sent(scenario.client, caller=None)
    owner = scenario.client.target.caller("owner").token
    wrong = owner[: len(owner) // 2] if token == "half" else f"nobody-{unknown_id(scenario.given)}"
    return call.sent(
        scenario.client,
        token=f"{wrong}@{scenario.client.world}" if scenario.client.world else wrong,
    )


@pytest.mark.judges("AUTH-2")
@pytest.mark.parametrize("operation", of_rule("AUTH-2"))
def test_an_app_without_scopes_changes_nothing(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    answer = call.sent(scenario.client, caller="stranger")
    scenario.expect.refused(answer, "AUTH-2", circumstance=_scoped(operation))
    _nothing_done(call, scenario.expect, "a call of an app without scopes")


@pytest.mark.judges("AUTH-2", needs=("callers.reader",))
@pytest.mark.parametrize("operation", of_rule("AUTH-2"))
def test_a_scope_to_read_is_none_to_write(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    answer = call.sent(scenario.client, caller="reader")
    scenario.expect.refused(answer, "AUTH-2", circumstance=_scoped(operation))
    _nothing_done(call, scenario.expect, "a call of an app that may only read")


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param(app, marks=pytest.mark.judges("AUTH-2", needs=(f"callers.{app}",)))
        for app in ("stranger", "reader")
    ],
)
@pytest.mark.parametrize("operation", ["bulkCancelBooking", "bulkSetAttendance"])
def test_in_bulk_an_app_without_the_scopes_changes_nothing_either(
    operation: str, caller: str, scenario: Scenario
) -> None:
    answer = valid(scenario.given, operation).sent(scenario.client, caller=caller)
    # Nothing says whether the call is refused as a whole, or each of its items.
    rows = answer.at("results") if answer.accepted else []
    done = [row for row in rows if row.get("itemMetadata", {}).get("success")]
    scenario.expect.that(
        "AUTH-2",
        not done,
        expected="refused, as a whole or item by item",
        actual=f"{answer.summary}, {len(done)} of {len(rows)} done",
        circumstance="later_operations",
        at=answer,
    )


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(app, marks=pytest.mark.judges("AUTH-2", needs=(f"callers.{app}",)))
        for app in ("app", "app_all")
    ],
)
@pytest.mark.parametrize("operation", of_rule("AUTH-2"))
def test_either_scope_to_manage_is_enough(operation: str, app: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    if "flowControlSettings" in (call.body or {}):
        raise NotJudged("the call overrides the usual course, which takes a permission of its own")
    answer = call.sent(scenario.client, caller=app)
    accepted_as_well(
        scenario.expect,
        answer,
        "AUTH-2",
        lambda: valid(scenario.given, operation).sent(scenario.client),
        _scoped(operation),
    )


def _scoped(operation: str) -> str | None:
    if operation == ATTENDANCE:
        return "set_attendance"
    return "later_operations" if operation in LATER else None


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param(caller, marks=pytest.mark.judges("AUTH-8", needs=(f"callers.{caller}",)))
        for caller in ("visitor", "member")
    ],
)
@pytest.mark.parametrize(("operation", "kind"), cells("AUTH-8"))
def test_whether_customers_book_themselves(
    operation: str, kind: str, caller: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation, kind)
    answer = call.sent(scenario.client, caller=caller)
    if answer.refused:
        scenario.expect.refused(answer, "AUTH-8", circumstance=f"a {caller}")
    there = _was_booked(call, answer, scenario.given)
    letter = {(True, True): "A", (False, False): "B"}.get((answer.accepted, there))
    state = "the booking exists" if there else "no booking exists"
    scenario.expect.reading("AUTH-8", letter, actual=f"{answer.summary}, and {state}")


def _was_booked(call: Valid, answer: Answer, given: Given) -> bool:
    try:
        if answer.accepted:
            return given.read(created(answer)) is not None
        given.settle()
        return bool(booked(given, call.body or {}))
    except NotJudged:
        if answer.refused:
            raise
        # Without a reader, the owner's next call tells.
        return given.client.act("confirmBooking", created(answer)).accepted


# A look at everything names nothing that could be missing.
LOOKS = (
    *("queryExtendedBookings", "countExtendedBookings", "query", "queryBookingsV1"),
    *("listBookingsV1", "queryAttendance"),
)
# Only members may ask, and the site has none.
BY_MEMBERS = ("countAttendances",)
OF_ANOTHER_SITE = tuple((rule, "default") for rule in ("LOOKUP-1", "LOOKUP-3", "ATTENDANCE-2"))


@pytest.mark.judges("AUTH-10")
@pytest.mark.parametrize("operation", of_rule("AUTH-10"))
def test_a_site_without_wix_bookings_serves_nobody(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    answer = call.sent(scenario.client, caller="bare_site")
    # What the call names belongs to another site, so it may be refused for that as well.
    also = [("CREATE-8", "session"), ("CREATE-8", "schedule"), *OF_ANOTHER_SITE]
    if operation in BY_MEMBERS:
        also = [("AUTH-2", "default")]
    scenario.expect.refused(answer, "AUTH-10", also=[] if operation in LOOKS else also)
    _nothing_done(call, scenario.expect, "a call from a site without Wix Bookings")


@pytest.mark.judges("AUTH-11")
@pytest.mark.parametrize("kind", KINDS)
def test_a_visitor_who_books_becomes_a_contact(kind: str, scenario: Scenario) -> None:
    made = _booked_by_a_visitor(kind, scenario)
    contact = made.contact_id
    if contact is None:
        # The contact may be made a moment later.
        shown = scenario.given.read(made, until=lambda seen: seen.contact_id is not None)
        contact = shown.contact_id if shown else None
    scenario.expect.that(
        "AUTH-11",
        contact,
        expected="a contactId in the contactDetails",
        actual="none",
        circumstance="contact_id",
    )


@pytest.mark.judges("AUTH-11", needs=("callers.visitor", "reader"))
def test_the_contact_of_a_visitor_is_stored(scenario: Scenario) -> None:
    made = _booked_by_a_visitor("class", scenario)
    shown = scenario.given.read(made, until=lambda seen: seen.contact_id is not None)
    if shown is None:
        raise NotJudged("the reader does not show what a visitor booked")
    scenario.expect.that(
        "AUTH-11",
        shown.contact_id and made.contact_id in (None, shown.contact_id),
        expected=f"the contactId {made.contact_id or 'of a contact'} in the contactDetails",
        actual=shown.contact_id or "none",
        circumstance="contact_id",
    )


@pytest.mark.judges("AUTH-11")
def test_two_people_are_two_contacts(scenario: Scenario) -> None:
    first = _booked_by_a_visitor("class", scenario)
    second = valid(scenario.given, "createBooking")
    owner = reached(second.sent(scenario.client)).booking
    if first.contact_id is None or owner.contact_id is None:
        raise NotJudged("an answer shows no contactId yet")
    scenario.expect.that(
        "AUTH-11",
        first.contact_id != owner.contact_id,
        expected="another contactId for another e-mail address",
        actual=f"{owner.contact_id} for both",
        circumstance="contact_id",
    )


@pytest.mark.judges("AUTH-11")
def test_one_person_is_one_contact(scenario: Scenario) -> None:
    first = _booked_by_a_visitor("class", scenario)
    again = valid(scenario.given, "createBooking")
    sent = again.body or {}
    contact = {**sent["booking"]["contactDetails"], "email": first.email}
    body = {**sent, "booking": {**sent["booking"], "contactDetails": contact}}
    answer = scenario.client.call("createBooking", body=body, caller="visitor")
    second = reached(answer).booking
    if not first.email or first.contact_id is None or second.contact_id is None:
        raise NotJudged("an answer shows no contactId yet, or no e-mail address")
    scenario.expect.that(
        "AUTH-11",
        first.contact_id == second.contact_id,
        expected=f"the contactId {first.contact_id} for the same e-mail address",
        actual=second.contact_id,
        circumstance="contact_id",
    )


def _booked_by_a_visitor(kind: str, scenario: Scenario) -> Seen:
    answer = valid(scenario.given, "createBooking", kind).sent(scenario.client, caller="visitor")
    if answer.refused:
        raise NotJudged("visitors may not create bookings here (the second reading of AUTH-8)")
    return reached(answer).booking


def _nothing_done(call: Valid, expect: Expect, because: str) -> None:
    """What was refused has left the booking as it was, and has made none."""
    before = call.made or call.named
    if before is not None:
        expect.unchanged(before, because)
