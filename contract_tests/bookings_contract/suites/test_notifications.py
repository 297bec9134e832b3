"""Messages to participants: when one is sent, and which one a booking tells of."""

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve, frozen

import bookings_openapi
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.arranged import stored
from bookings_contract.suites.support.calls import (
    cells,
    elsewhere,
    of_rule,
    other_revision,
    reached,
    refused,
    valid,
)
from bookings_contract.suites.support.deciding import SKIP_APPROVAL_CHECK
from bookings_contract.suites.support.listening import sent_by
from bookings_contract.suites.support.valid import Valid
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import NOTHING_CHANGED
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

WORDS = "See you there"
SEND = {"notifyParticipants": True, "message": WORDS, "metadata": {"channels": "EMAIL"}}
# What a call may say of a message without asking for one to be sent; None says nothing of it.
UNASKED: Mapping[str, dict[str, Any] | None] = {
    "nothing said": None,
    "an empty notification": {},
    "words only": {"message": WORDS},
    "notifyParticipants false": {**SEND, "notifyParticipants": False},
}
CONTROLLED = ("control", "may_notify")


# ── When one is sent ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("NOTIFY-1")
@pytest.mark.parametrize(("operation", "kind"), cells("NOTIFY-1"))
def test_a_message_asked_for_is_sent(operation: str, kind: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation, kind)
    answer, sent = sent_by(scenario.given, lambda: _asking(call, SEND, scenario.client))
    booking = reached(answer).booking
    scenario.expect.equal(
        "NOTIFY-1",
        [message.get("bookingId") for message in sent],
        [booking.id],
        of="bookings that a message was sent about",
        circumstance="asked for",
        at=answer,
    )


@pytest.mark.judges("NOTIFY-1")
@pytest.mark.parametrize("said", UNASKED)
@pytest.mark.parametrize(("operation", "kind"), cells("NOTIFY-1"))
def test_no_message_is_sent_unasked(
    operation: str, kind: str, said: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation, kind)
    answer, sent = sent_by(scenario.given, lambda: _asking(call, UNASKED[said], scenario.client))
    reached(answer)
    scenario.expect.equal(
        "NOTIFY-1", len(sent), 0, of="messages sent", circumstance=said, at=answer
    )


@pytest.mark.judges("NOTIFY-1")
def test_each_booking_of_a_bulk_call_asks_for_itself(scenario: Scenario) -> None:
    place = scenario.given.place("class")
    asked = [None, SEND, {**SEND, "notifyParticipants": False}]
    items = [
        {**scenario.given.body(place), **({"participantNotification": one} if one else {})}
        for one in asked
    ]
    body = {"createBookingsInfo": items, "returnFullEntity": True}
    answer, sent = sent_by(
        scenario.given, lambda: scenario.client.call("bulkCreateBooking", body=body)
    )
    made = {
        result["itemMetadata"]["originalIndex"]: result["item"]["id"]
        for result in reached(answer).at("results")
    }
    scenario.expect.equal(
        "NOTIFY-1",
        [message.get("bookingId") for message in sent],
        [made[1]],
        of="bookings that a message was sent about",
        circumstance="in bulk",
        at=answer,
    )


@pytest.mark.judges(NOTHING_CHANGED, needs=CONTROLLED)
@pytest.mark.parametrize("operation", of_rule("NOTIFY-1"))
def test_a_refused_call_sends_no_message(operation: str, scenario: Scenario) -> None:
    call = _misshapen(valid(scenario.given, operation))
    stale = other_revision(call.booking, 1) if call.made else None
    answer, sent = sent_by(
        scenario.given, lambda: _asking(call, SEND, scenario.client, revision=stale)
    )
    refused(answer)
    scenario.expect.equal(NOTHING_CHANGED, len(sent), 0, of="messages sent", at=answer)


def _misshapen(call: Valid) -> Valid:
    """A creation that is about nothing; another call is refused for its revision."""
    if call.made is not None:
        return call
    booking = {**(call.body or {})["booking"]}
    booking.pop("bookedEntity")
    return evolve(call, body={"booking": booking})


def _asking(
    call: Valid, notification: Mapping[str, Any] | None, client: Client, **how: Any
) -> Answer:
    said = {} if notification is None else {"participantNotification": dict(notification)}
    if call.made is None:
        return call.sent(client, said)
    return call.sent(client, said, **how)


# ── Which one is told of ──────────────────────────────────────────────────────────────────────────


@frozen
class Wish:
    """A message as it is given; the mark in its metadata tells one from another."""

    words: str
    mark: str | None = None

    @property
    def sent(self) -> dict[str, Any]:
        """As a call gives it."""
        metadata = {"metadata": {"judge": self.mark}} if self.mark else {}
        return {"notifyParticipants": True, "message": self.words, **metadata}

    def is_in(self, shown: Mapping[str, Any]) -> bool:
        """Whether a booking tells of this message; of its metadata it may show less."""
        mark = (shown.get("metadata") or {}).get("judge")
        return shown.get("message") == self.words and mark in (self.mark, None)


FIRST, SECOND, LAST = Wish("First", "1"), Wish("Second"), Wish("Last", "3")
CHANGES = [name for name in of_rule("NOTIFY-2") if bookings_openapi.lifecycle()[name].sources]


@pytest.mark.judges("NOTIFY-2")
@pytest.mark.parametrize("kind", ["class", "appointment", "course"])
def test_a_new_booking_tells_of_its_first_message(kind: str, scenario: Scenario) -> None:
    answer = _booked(kind, scenario)
    _must_be_shown(answer, scenario.given)
    _judge_told(answer, FIRST, "createBooking", scenario)


@pytest.mark.judges("NOTIFY-2")
@pytest.mark.parametrize("operation", CHANGES)
def test_a_new_message_takes_the_place_of_the_former(operation: str, scenario: Scenario) -> None:
    answer = _booked("class", scenario)
    _must_be_shown(answer, scenario.given)
    booking = answer.booking
    if operation == "declineBooking":
        pending = scenario.client.act("markBookingAsPending", booking, SKIP_APPROVAL_CHECK)
        booking = reached(pending).booking
    changed = reached(_changed(operation, booking, SECOND, scenario))
    _judge_told(changed, SECOND, operation, scenario)


@pytest.mark.judges("NOTIFY-2")
def test_of_many_messages_the_very_last_is_told(scenario: Scenario) -> None:
    answer = _booked("appointment", scenario)
    _must_be_shown(answer, scenario.given)
    for operation, told in (("confirmBooking", SECOND), ("cancelBooking", LAST)):
        answer = reached(_changed(operation, answer.booking, told, scenario))
    _judge_told(answer, LAST, "three messages", scenario)


def _booked(kind: str, scenario: Scenario) -> Answer:
    body = {**scenario.given.body(kind), "participantNotification": FIRST.sent}
    return reached(scenario.client.call("createBooking", body=body))


def _changed(operation: str, booking: Seen, told: Wish, scenario: Scenario) -> Answer:
    body: dict[str, Any] = {"participantNotification": told.sent}
    if operation == "rescheduleBooking":
        taken = booking.slot.get("sessionId")
        place = scenario.given.place("class")
        while place.session_id == taken:
            place = elsewhere(scenario.given, place)
        body["slot"] = place.slot
    return scenario.client.act(operation, booking, body)


def _must_be_shown(answer: Answer, given: Given) -> None:
    """Where answers leave the field out, nothing can be said of it."""
    if not any(_shown(seen) for seen in (answer.booking, stored(given, answer.booking))):
        raise NotJudged("no answer shows the message of a booking in participantNotification")


def _judge_told(answer: Answer, told: Wish, about: str, scenario: Scenario) -> None:
    views = [(answer.booking, answer), (stored(scenario.given, answer.booking), None)]
    # Either view may leave the field out, but not both of them after one has shown it.
    shown = [(_shown(seen), at) for seen, at in views if _shown(seen)] or [({}, answer)]
    for notification, at in shown:
        scenario.expect.that(
            "NOTIFY-2",
            told.is_in(notification),
            expected=f"participantNotification {told.sent}",
            actual=f"participantNotification {dict(notification)}",
            circumstance=about,
            at=at,
        )


def _shown(seen: Seen) -> Mapping[str, Any]:
    """The message that a booking tells of, empty if it tells of none."""
    shown = seen.raw.get("participantNotification")
    return shown if isinstance(shown, dict) and shown.get("message") is not None else {}
