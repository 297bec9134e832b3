"""Envelopes: what names in snake_case mean, and that answers and free-form data keep theirs."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from attrs import frozen

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.arranged import stored, whereabouts
from bookings_contract.suites.support.calls import KINDS, reached, valid
from bookings_contract.suites.support.creating import BULK, CREATE, Creation, exists, looked_for
from bookings_contract.suites.support.creations import anywhere
from bookings_contract.suites.support.field_names import in_snake_case, misspelled, snake
from bookings_contract.suites.support.valid import Valid
from bookings_contract.target.model import Service
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "SHAPE-7"
ANSWERS = "answers"
FREE_FORM = "free_form_data"
PAID = {"paymentStatus": "PAID"}


# ── Changes of a booking ──────────────────────────────────────────────────────────────────────────


@frozen
class Change:
    """A call with an optional part that shows in the booking when it is understood."""

    call: Valid
    part: Mapping[str, Any]
    look: Callable[[Seen], object]


def _paying(operation: str) -> Callable[[Given], Change]:
    return lambda given: Change(valid(given, operation), PAID, lambda seen: seen.payment_status)


def _resizing(given: Given) -> Change:
    call = valid(given, "updateNumberOfParticipants")
    bare = Valid(call.operation, {}, call.made)
    return Change(bare, call.body or {}, lambda seen: seen.total_participants)


def _moving(given: Given) -> Change:
    call = valid(given, "rescheduleBooking")
    return Change(Valid(call.operation, {}, call.made), call.body or {}, whereabouts)


def _overriding(given: Given) -> Change:
    service = given.service(cancel="forbidden", variants=False, book="open")
    call = Valid("cancelBooking", {}, given.booking(given.place(service), "CONFIRMED"))
    part = {"flowControlSettings": {"ignoreCancellationPolicy": True}}
    return Change(call, part, lambda seen: seen.status)


def _extending(given: Given) -> Change:
    call = valid(given, "updateExtendedFields")
    body = call.body or {}
    bare = Valid(call.operation, {"namespace": body["namespace"]}, call.made)
    part = {"namespaceData": body["namespaceData"]}
    return Change(bare, part, lambda seen: _extended(seen, body["namespace"]))


CHANGES: Mapping[str, Callable[[Given], Change]] = {
    "confirmBooking": _paying("confirmBooking"),
    "declineBooking": _paying("declineBooking"),
    "confirmOrDeclineBooking": _paying("confirmOrDeclineBooking"),
    "markBookingAsPending": _paying("markBookingAsPending"),
    "updateNumberOfParticipants": _resizing,
    "rescheduleBooking": _moving,
    "cancelBooking": _overriding,
    "updateExtendedFields": _extending,
}


@pytest.mark.judges(RULE, needs=("reader",))
@pytest.mark.parametrize("operation", CHANGES)
def test_what_a_change_in_snake_case_changes(operation: str, scenario: Scenario) -> None:
    _must_show(CHANGES[operation](scenario.given), scenario)
    scenario.expect.new_story()
    change = CHANGES[operation](scenario.given)
    before = stored(scenario.given, change.call.booking)
    answer = change.call.sent(scenario.client, in_snake_case(change.part))
    scenario.given.settle()
    after = stored(scenario.given, change.call.booking)
    told = _told(answer)
    agreed = told is None or change.look(told) == change.look(after)
    letter = None
    if change.look(after) == change.look(before):
        letter = "B" if answer.refused or agreed else None
    elif answer.accepted and agreed:
        letter = "A"
    _judge_spelling(answer, scenario.expect)
    was, now = change.look(before), change.look(after)
    scenario.expect.reading(RULE, letter, actual=f"{answer.summary}; {was} → {now} when read")


def _must_show(change: Change, scenario: Scenario) -> None:
    """In camelCase the part has to be seen, or its lack means nothing."""
    before = stored(scenario.given, change.call.booking)
    answer = reached(change.call.sent(scenario.client, change.part))
    if change.look(stored(scenario.given, _told(answer) or before)) == change.look(before):
        raise NotReached(f"{change.call.operation} does not show {' or '.join(change.part)}")


def _told(answer: Answer) -> Seen | None:
    return answer.exchange.booking


# ── New bookings ──────────────────────────────────────────────────────────────────────────────────


def _one_field(body: dict[str, Any]) -> dict[str, Any]:
    booking = dict(body["booking"])
    external = booking.pop("externalUserId")
    return {**body, "booking": {**booking, snake("externalUserId"): external}}


CREATIONS: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "one field": _one_field,
    "every field": in_snake_case,
}


@pytest.mark.judges(RULE, needs=("reader",))
@pytest.mark.parametrize("how", CREATIONS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", [CREATE, BULK])
def test_what_a_creation_in_snake_case_makes(
    operation: str, kind: str, how: str, scenario: Scenario
) -> None:
    body = scenario.given.body(anywhere(scenario.given, kind))
    sent: dict[str, Any] = CREATIONS[how](body)
    if operation == BULK:
        whole = {"createBookingsInfo": [sent], "returnFullEntity": True}
        # The items are in snake_case already; so is then the list that holds them.
        sent = in_snake_case(whole) if how == "every field" else whole
    creation = Creation(body, scenario.client.call(operation, body=sent))
    _judge_spelling(creation.answer, scenario.expect)
    letter, state = _made_of(creation, scenario.given)
    if letter == "B" and creation.refused:
        plain = scenario.given.body(anywhere(scenario.given, kind))
        reached(scenario.client.call(CREATE, body=plain))
    scenario.expect.reading(RULE, letter, actual=state)


def _made_of(creation: Creation, given: Given) -> tuple[str | None, str]:
    """The reading by the booking that there is, and what there is in words."""
    wanted = creation.body["booking"]["externalUserId"]
    if creation.refused:
        there = exists(given, creation)
        state = "the booking exists" if there else "no booking exists"
        return None if there else "B", f"{creation.summary}, and {state}"
    if not _has_booking(creation):
        # Without the entity, asked for in a spelling that was not understood, the reader tells.
        there = exists(given, creation)
        reading, has = ("A", "has") if there else ("B", "lacks")
        return reading, f"{creation.summary}, and the booking {has} it"
    seen, kept = creation.booking, looked_for(given, creation)
    found = {one.raw.get("externalUserId") for one in (seen, kept) if one is not None}
    letter = "A" if found == {wanted} else "B" if found == {None} else None
    return letter, f"{creation.summary}, externalUserId {' and '.join(map(str, found))}"


def _has_booking(creation: Creation) -> bool:
    if creation.answer.exchange.operation != BULK:
        return True
    return bool(creation.answer.at("results", 0).get("item"))


# ── Looks, and attendance ─────────────────────────────────────────────────────────────────────────


@pytest.mark.judges(RULE, needs=("reader",))
def test_what_a_limit_in_snake_case_limits(scenario: Scenario) -> None:
    made = [scenario.given.booking(anywhere(scenario.given, "class")) for _ in range(2)]
    scenario.given.settle()
    filter_ = {"id": {"$in": [booking.id for booking in made]}}
    counts = []
    for key in ("cursorPaging", snake("cursorPaging")):
        body = {"query": {"filter": filter_, key: {"limit": 1}}}
        answer = scenario.client.call("queryExtendedBookings", body=body)
        counts.append(len(answer.bookings) if answer.accepted else 0)
    if counts[0] != 1:
        raise NotReached("a limit of 1 in camelCase does not limit to 1")
    _judge_spelling(answer, scenario.expect)
    letter = {0: "B", 1: "A", 2: "B"}.get(counts[1])
    scenario.expect.reading(RULE, letter, actual=f"{answer.status}, {counts[1]} bookings")


@pytest.mark.judges(RULE)
def test_what_a_number_of_attendees_in_snake_case_means(scenario: Scenario) -> None:
    place = scenario.given.place("class")
    booking = scenario.given.booking(place, "CONFIRMED", participants=3)
    named = {"bookingId": booking.id, "sessionId": place.session_id, "status": "ATTENDED"}
    body = {"attendance": {**named, snake("numberOfAttendees"): 2}}
    answer = scenario.client.call("setAttendance", body=body)
    _judge_spelling(answer, scenario.expect)
    if answer.refused:
        camel = {"attendance": {**named, "numberOfAttendees": 2}}
        reached(scenario.client.call("setAttendance", body=camel))
        scenario.expect.reading(RULE, "B", actual=answer.summary)
        return
    told = reached(answer).json["attendance"]
    scenario.given.settle()
    path = {"attendanceId": told["id"]}
    kept = reached(scenario.client.call("getAttendance", path=path)).json["attendance"]
    numbers = [one.get("numberOfAttendees") for one in (told, kept)]
    letter = None
    if numbers[0] == numbers[1]:
        letter = "A" if numbers[0] == 2 else "B"
    said = f"numberOfAttendees {numbers[0]} answered, {numbers[1]} when read"
    scenario.expect.reading(RULE, letter, actual=said)


def _judge_spelling(answer: Answer, expect: Expect) -> None:
    found = misspelled(answer.exchange.json)
    expect.that(
        RULE,
        not found,
        expected="names in camelCase in the answer",
        actual=", ".join(found),
        circumstance=ANSWERS,
        at=answer,
    )


# ── Free-form data ────────────────────────────────────────────────────────────────────────────────

# Written in both ways: renamed, two keys would be one.
DATA = {"pick_up": "at the door", "pickUp": "by car", "diet": {"no_nuts": True, "noMilk": False}}
HINTS = {"sms_channel": "first", "smsChannel": "second", "plain": "third"}


@pytest.mark.judges(RULE, needs=("namespace", "reader"))
@pytest.mark.parametrize("spelled", ["namespaceData", "namespace_data"])
def test_keys_in_the_data_of_a_namespace_stay(spelled: str, scenario: Scenario) -> None:
    call = valid(scenario.given, "updateExtendedFields")
    namespace = (call.body or {})["namespace"]
    body = {"namespace": namespace, spelled: DATA}
    answer = scenario.client.act("updateExtendedFields", call.booking, body)
    if not answer.accepted:
        raise NotReached(f"writing extended fields was answered {answer.summary}")
    scenario.given.settle()
    kept = _extended(stored(scenario.given, call.booking), namespace)
    if not kept and spelled != "namespaceData":
        raise NotJudged("names in snake_case are not understood here")
    for data, at in ((answer.json.get("namespaceData") or {}, answer), (kept, None)):
        # A namespace may hold more than was written.
        found = {key: value for key, value in data.items() if key in DATA}
        _judge_kept(found, DATA, "namespaceData", scenario.expect, at)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("spelled", ["participantNotification", "participant_notification"])
@pytest.mark.parametrize("operation", [CREATE, "confirmBooking", "cancelBooking"])
def test_keys_in_the_metadata_of_a_message_stay(
    operation: str, spelled: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation)
    said = {"notifyParticipants": False, "message": "See you there", "metadata": HINTS}
    if spelled != "participantNotification":
        said = in_snake_case(said)
    body = {k: v for k, v in (call.body or {}).items() if k != "participantNotification"}
    answer = reached(Valid(operation, {**body, spelled: said}, call.made).sent(scenario.client))
    scenario.given.settle()
    views = [(answer.booking, answer), (stored(scenario.given, answer.booking), None)]
    shown = [(_hints(seen), at) for seen, at in views if _hints(seen)]
    if not shown:
        raise NotJudged("no answer shows the metadata of a message")
    for hints, at in shown:
        _judge_kept(hints, HINTS, "metadata", scenario.expect, at)


@pytest.mark.judges(RULE, needs=("services.form",))
@pytest.mark.parametrize("spelled", ["formSubmission", "form_submission"])
@pytest.mark.parametrize("operation", [CREATE, BULK])
def test_keys_in_a_form_submission_stay(operation: str, spelled: str, scenario: Scenario) -> None:
    service = scenario.given.service(
        "class",
        variants=False,
        book="open",
        where=lambda service: bool(_name_field(service)),
        lacking="form that asks for a name in snake_case",
    )
    key, detail = _name_field(service)[0]
    body = scenario.given.body(anywhere(scenario.given, service))
    del body["booking"]["contactDetails"][detail]
    body[spelled] = {key: "Zoë"}
    whole = {"createBookingsInfo": [body], "returnFullEntity": True}
    answer = scenario.client.call(operation, body=body if operation == CREATE else whole)
    creation = Creation(body, answer)
    found = (creation.booking.raw.get("contactDetails") or {}).get(detail)
    if found is None and spelled != "formSubmission":
        raise NotJudged("names in snake_case are not understood here")
    scenario.expect.equal(
        RULE, found, "Zoë", of=f"{detail} from {key}:", circumstance=FREE_FORM, at=answer
    )


def _name_field(service: Service) -> list[tuple[str, str]]:
    """The form's fields with an underscore that give a name."""
    names = ("firstName", "lastName")
    return [(key, name) for key, name in service.form.items() if name in names and "_" in key]


def _hints(seen: Seen) -> Mapping[str, Any]:
    told = seen.raw.get("participantNotification") or {}
    hints: Mapping[str, Any] = told.get("metadata") or {}
    return hints


def _extended(seen: Seen, namespace: str) -> Mapping[str, Any]:
    namespaces = (seen.raw.get("extendedFields") or {}).get("namespaces") or {}
    held: Mapping[str, Any] = namespaces.get(namespace) or {}
    return held


def _judge_kept(
    found: Mapping[str, Any], sent: Mapping[str, Any], of: str, expect: Expect, at: Answer | None
) -> None:
    expect.equal(RULE, dict(found), dict(sent), of=of, circumstance=FREE_FORM, at=at)
