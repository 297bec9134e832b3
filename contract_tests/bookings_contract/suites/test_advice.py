"""Advice to callers: a target that keeps a journal notes the mistakes that it accepts."""

from collections.abc import Mapping
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.calls import elsewhere, known_calls, valid
from bookings_contract.suites.test_open_creations import another_schedule, under
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

NEEDS = ("control",)
WORDS = {"message": "See you there"}
# A filter that stands twice, as a JSON text: a mapping could not hold it.
TWICE = '{"status": "CONFIRMED", "status": "CREATED"}'
LONG_AGO = "2020-01-01T09:00:00.000Z"


@pytest.mark.judges("ADVICE-1", needs=NEEDS)
def test_nobody_came_and_yet_some_did(scenario: Scenario) -> None:
    answer = _attended(scenario, "NOT_ATTENDED", 1)
    _spoken_of("ADVICE-1", answer, scenario.client, scenario.expect)


@pytest.mark.judges("ADVICE-1", needs=NEEDS)
@pytest.mark.parametrize(("status", "number"), [("NOT_ATTENDED", None), ("ATTENDED", 1)])
def test_a_number_that_was_left_out_is_not_meant(
    status: str, number: int | None, scenario: Scenario
) -> None:
    answer = _attended(scenario, status, number)
    _passed_over("ADVICE-1", answer, scenario.client, scenario.expect)


@pytest.mark.judges("ADVICE-2", needs=NEEDS)
@pytest.mark.parametrize(("number", "excess"), [(3, True), (2, False)])
def test_more_come_than_were_booked(number: int, excess: bool, scenario: Scenario) -> None:
    answer = _attended(scenario, "ATTENDED", number, participants=2)
    judge = _spoken_of if excess else _passed_over
    judge("ADVICE-2", answer, scenario.client, scenario.expect)


@pytest.mark.judges("ADVICE-3", needs=NEEDS)
@pytest.mark.parametrize(
    "strange",
    [{"colourOfHair": "red"}, {"doubleBooked": True}, {"additionalFields": []}],
    ids=["unknown", "read-only", "deprecated"],
)
def test_a_field_is_not_expected(strange: Mapping[str, Any], scenario: Scenario) -> None:
    body = scenario.given.body("class", **strange)
    answer = scenario.client.call("createBooking", body=body)
    _spoken_of("ADVICE-3", answer, scenario.client, scenario.expect, about=next(iter(strange)))


@pytest.mark.judges("ADVICE-4", needs=NEEDS)
@pytest.mark.parametrize(
    "operation", ["confirmBooking", "declineBooking", "cancelBooking", "rescheduleBooking"]
)
def test_words_that_are_not_sent(operation: str, scenario: Scenario) -> None:
    place = scenario.given.place("class")
    booking = scenario.given.booking(place)
    moves = operation == "rescheduleBooking"
    slot = {"slot": elsewhere(scenario.given, place).slot} if moves else {}
    body = {**slot, "participantNotification": WORDS}
    answer = scenario.client.act(operation, booking, body)
    _spoken_of("ADVICE-4", answer, scenario.client, scenario.expect)


@pytest.mark.judges("ADVICE-4", needs=NEEDS)
@pytest.mark.parametrize("operation", ["createBooking", "bulkCreateBooking"])
def test_words_about_a_new_booking_that_are_not_sent(operation: str, scenario: Scenario) -> None:
    item = {**scenario.given.body("class"), "participantNotification": WORDS}
    body = item if operation == "createBooking" else {"createBookingsInfo": [item]}
    answer = scenario.client.call(operation, body=body)
    _spoken_of("ADVICE-4", answer, scenario.client, scenario.expect)


@pytest.mark.judges("ADVICE-5", needs=NEEDS)
@pytest.mark.parametrize("contradicts", [True, False])
def test_a_slot_contradicts_its_session(contradicts: bool, scenario: Scenario) -> None:
    body = scenario.given.body("class")
    if contradicts:
        body["booking"]["bookedEntity"]["slot"] |= {"startDate": LONG_AGO}
    answer = scenario.client.call("createBooking", body=body)
    judge = _spoken_of if contradicts else _passed_over
    judge("ADVICE-5", answer, scenario.client, scenario.expect)


@pytest.mark.judges("ADVICE-6", needs=(*NEEDS, "callers.app"))
@pytest.mark.parametrize("ignored", [True, False])
@pytest.mark.parametrize(
    ("operation", "setting"),
    [
        ("cancelBooking", "ignoreCancellationPolicy"),
        ("rescheduleBooking", "ignoreReschedulePolicy"),
    ],
)
def test_an_app_passes_over_the_policy(
    operation: str, setting: str, ignored: bool, scenario: Scenario
) -> None:
    place = scenario.given.place("class")
    booking = scenario.given.booking(place)
    moves = operation == "rescheduleBooking"
    slot = {"slot": elsewhere(scenario.given, place).slot} if moves else {}
    body = {**slot, "flowControlSettings": {setting: ignored}}
    answer = scenario.client.act(operation, booking, body, caller="app")
    judge = _spoken_of if ignored else _passed_over
    judge("ADVICE-6", answer, scenario.client, scenario.expect)


@pytest.mark.judges("ADVICE-7", needs=NEEDS)
@pytest.mark.parametrize(
    "query",
    [{"query.filter.stringValue": TWICE}, {"query.fields": "id"}, {"query.fieldsets": "FULL"}],
    ids=["twice", "fields", "fieldsets"],
)
def test_a_filter_stands_twice_or_fields_are_asked_for(
    query: Mapping[str, str], scenario: Scenario
) -> None:
    answer = scenario.client.call("listBookingsV1", query=query)
    _spoken_of("ADVICE-7", answer, scenario.client, scenario.expect)


@pytest.mark.judges("ADVICE-8", needs=NEEDS)
@pytest.mark.parametrize("at_odds", [True, False])
@pytest.mark.parametrize("kind", ["appointment", "course"])
def test_ids_do_not_belong_together(kind: str, at_odds: bool, scenario: Scenario) -> None:
    place = scenario.given.place(kind)
    schedule = another_schedule(place.service, scenario.given) if at_odds else None
    answer = scenario.client.call(
        "createBooking",
        body=scenario.given.body(
            place, bookedEntity=under(place, schedule or place.service.schedule_id)
        ),
    )
    judge = _spoken_of if at_odds else _passed_over
    judge("ADVICE-8", answer, scenario.client, scenario.expect)


@pytest.mark.judges("ADVICE-9", needs=NEEDS)
@pytest.mark.parametrize("operation", known_calls("ADVICE-9"))
def test_an_operation_will_be_gone(operation: str, scenario: Scenario) -> None:
    answer = valid(scenario.given, operation).sent(scenario.client)
    _spoken_of("ADVICE-9", answer, scenario.client, scenario.expect)


@pytest.mark.judges("ADVICE-9", needs=NEEDS)
def test_an_operation_is_here_to_stay(scenario: Scenario) -> None:
    answer = valid(scenario.given, "listEventTimeSlots").sent(scenario.client)
    _passed_over("ADVICE-9", answer, scenario.client, scenario.expect)


def _attended(scenario: Scenario, status: str, number: int | None, participants: int = 1) -> Answer:
    place = scenario.given.place("class")
    booking: Seen = scenario.given.booking(place, participants=participants)
    sent: dict[str, object] = {
        "bookingId": booking.id,
        "eventId": place.session_id,
        "status": status,
    }
    if number is not None:
        sent["numberOfAttendees"] = number
    return scenario.client.call("setAttendance", body={"attendance": sent})


def _noted(answer: Answer, client: Client) -> Mapping[str, Any]:
    """What the journal says of the call just made; a target may also be strict and refuse it."""
    journal = client.control("GET", "requests")["requests"]
    own = [note for note in journal if note.get("operation") == answer.exchange.operation]
    if not own:
        raise NotReached(f"the journal shows no {answer.exchange.operation}")
    note: Mapping[str, Any] = own[-1]
    return note


def _spoken_of(
    rule: str, answer: Answer, client: Client, expect: Expect, about: str | None = None
) -> None:
    if answer.refused and answer.rule != rule:
        raise NotReached(f"{answer.exchange.operation} was answered {answer.summary}")
    note = _noted(answer, client)
    said = note.get("advice") or []
    found = [one for one in said if one.get("rule") == rule]
    if about is not None:
        found = [one for one in found if about in str(one.get("field"))]
    expect.that(
        rule,
        found or answer.rule == rule,
        expected=f"the journal speaks of {rule}",
        actual=f"advice {[one.get('rule') for one in said]}",
        circumstance=about,
    )


def _passed_over(rule: str, answer: Answer, client: Client, expect: Expect) -> None:
    if answer.refused and answer.rule != rule:
        raise NotReached(f"{answer.exchange.operation} was answered {answer.summary}")
    said = [one.get("rule") for one in _noted(answer, client).get("advice") or []]
    expect.that(
        rule,
        rule not in said and answer.rule != rule,
        expected=f"no word of {rule}: it is no mistake",
        actual=f"advice {said}",
        circumstance="no mistake",
    )
