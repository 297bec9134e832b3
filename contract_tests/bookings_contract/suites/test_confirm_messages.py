"""Confirm Booking, message and SMS reminder: those given at creation, unless it brings its own."""

from collections.abc import Mapping
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.suites.support.arranged import stored
from bookings_contract.suites.support.calls import elsewhere, reached
from bookings_contract.suites.support.deciding import KINDS, SKIP_APPROVAL_CHECK
from bookings_contract.suites.support.listening import sent_by
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

RULE = "CONFIRM-4"
FIRST, SECOND = "Thank you for booking", "We look forward to seeing you"
SEND = {"notifyParticipants": True}
# A number of the range that is kept for stories.
PHONE = "+12025550143"


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("notified", [True, False], ids=["sent before", "not sent before"])
@pytest.mark.parametrize("status", ["CREATED", "PENDING"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_confirmation_without_a_message_sends_the_one_given_at_creation(
    kind: str, status: str, notified: bool, scenario: Scenario
) -> None:
    at_creation = {"notifyParticipants": notified, "message": FIRST}
    booking = _created(kind, scenario, participantNotification=at_creation)
    if status == "PENDING":
        booking = _waiting(booking, scenario.client)
    answer, sent = _confirmed(booking, scenario, SEND)
    about = f"{kind} from {status}, left out"
    _judge_sent(answer, sent, FIRST, about, scenario.expect)
    _judge_shown(answer, FIRST, about, scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
def test_a_message_of_the_confirmations_own_wins(kind: str, scenario: Scenario) -> None:
    at_creation = {**SEND, "message": FIRST}
    booking = _created(kind, scenario, participantNotification=at_creation)
    own = {**SEND, "message": SECOND}
    answer, sent = _confirmed(booking, scenario, own)
    about = f"{kind}, given"
    _judge_sent(answer, sent, SECOND, about, scenario.expect)
    _judge_shown(answer, SECOND, about, scenario)


@pytest.mark.judges(RULE)
def test_what_was_said_in_between_is_not_what_was_given_at_creation(scenario: Scenario) -> None:
    place = scenario.given.place("class")
    at_creation = {**SEND, "message": FIRST}
    booking = _created(place, scenario, participantNotification=at_creation)
    moving = {
        "slot": elsewhere(scenario.given, place).slot,
        "participantNotification": {**SEND, "message": SECOND},
    }
    moved = reached(scenario.client.act("rescheduleBooking", booking, moving)).booking
    answer, sent = _confirmed(moved, scenario, SEND)
    _judge_sent(answer, sent, FIRST, "after another message", scenario.expect)


# ── Reminders ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("status", ["CREATED", "PENDING"])
@pytest.mark.parametrize("wanted", [True, False], ids=["wanted", "not wanted"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_confirmation_without_a_word_on_reminders_reminds_as_was_said_at_creation(
    kind: str, wanted: bool, status: str, scenario: Scenario
) -> None:
    booking = _created(kind, scenario, sendSmsReminder=wanted)
    if status == "PENDING":
        booking = _waiting(booking, scenario.client)
    answer = reached(scenario.client.act("confirmBooking", booking))
    about = f"{kind} from {status}, left out"
    _judge_reminded(answer, wanted, about, scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("wanted", [True, False], ids=["wanted", "not wanted"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_word_of_the_confirmations_own_on_reminders_wins(
    kind: str, wanted: bool, scenario: Scenario
) -> None:
    booking = _created(kind, scenario, sendSmsReminder=not wanted)
    own = {"sendSmsReminder": wanted}
    answer = reached(scenario.client.act("confirmBooking", booking, own))
    _judge_reminded(answer, wanted, f"{kind}, given", scenario)


def _created(what: Any, scenario: Scenario, **said: object) -> Seen:
    """A booking with a phone, made with these words on messages and reminders."""
    body = scenario.given.body(what)
    body["booking"]["contactDetails"]["phone"] = PHONE
    return reached(scenario.client.call("createBooking", body={**body, **said})).booking


def _waiting(booking: Seen, client: Client) -> Seen:
    """The same, marked as pending without a word."""
    return reached(client.act("markBookingAsPending", booking, SKIP_APPROVAL_CHECK)).booking


def _confirmed(
    booking: Seen, scenario: Scenario, notification: Mapping[str, Any]
) -> tuple[Answer, list[Mapping[str, Any]]]:
    """The answer to a confirmation, and the messages that came with it."""
    body = {"participantNotification": dict(notification)}
    answer, sent = sent_by(
        scenario.given, lambda: scenario.client.act("confirmBooking", booking, body)
    )
    return reached(answer), sent


def _judge_sent(
    answer: Answer, sent: list[Mapping[str, Any]], words: str, about: str, expect: Expect
) -> None:
    # Whether a message goes out at all is another rule's.
    expect.that(
        RULE,
        all(message.get("message") == words for message in sent),
        expected=f"the message {words!r}",
        actual=f"the message {', '.join(repr(message.get('message')) for message in sent)}",
        circumstance=about,
        at=answer,
    )


def _judge_shown(answer: Answer, words: str, about: str, scenario: Scenario) -> None:
    """Where a booking tells of its message, it is that one."""
    for seen, at in ((answer.booking, answer), (stored(scenario.given, answer.booking), None)):
        told = seen.raw.get("participantNotification")
        if isinstance(told, dict) and told.get("message") is not None:
            scenario.expect.equal(
                RULE, told["message"], words, of="message told", circumstance=about, at=at
            )


def _judge_reminded(answer: Answer, wanted: bool, about: str, scenario: Scenario) -> None:
    scenario.given.settle()
    planned = [
        message
        for message in scenario.given.client.control("GET", "messages")["messages"]
        if message.get("kind") == "reminder" and message.get("bookingId") == answer.booking.id
    ]
    scenario.expect.equal(
        RULE, len(planned), int(wanted), of="reminders of it", circumstance=about, at=answer
    )
