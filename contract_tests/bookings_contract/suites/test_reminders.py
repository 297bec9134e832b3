"""SMS reminders: for whom one is due, and when; only a target's controls show them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.calls import elsewhere, reached
from bookings_contract.suites.support.creating import CREATE, OPERATIONS, attempt
from bookings_contract.suites.support.creations import KINDS, instant
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "CREATE-15"
AHEAD = timedelta(hours=24)
PHONE = "+353 1 555 0142"


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_asks_for_a_reminder_gets_one_a_day_ahead(
    operation: str, kind: str, scenario: Scenario
) -> None:
    booking = _confirmed(True, kind, operation, scenario)
    _judge_one(booking, f"true, {kind}", scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_declines_a_reminder_gets_none(operation: str, kind: str, scenario: Scenario) -> None:
    booking = _confirmed(False, kind, operation, scenario)
    scenario.expect.equal(
        RULE,
        len(_reminders(booking, scenario.given)),
        0,
        of="reminders",
        circumstance=f"false, {kind}",
    )


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_whether_who_says_nothing_gets_a_reminder(
    operation: str, kind: str, scenario: Scenario
) -> None:
    booking = _confirmed(None, kind, operation, scenario)
    number = len(_reminders(booking, scenario.given))
    letter = {0: "A", 1: "B"}.get(number)
    scenario.expect.reading(RULE, letter, actual=f"{number} reminders")
    if number == 1:
        _judge_one(booking, f"left out, {kind}", scenario)


@pytest.mark.judges(RULE)
def test_each_booking_of_a_bulk_call_has_a_reminder_of_its_own(scenario: Scenario) -> None:
    place = scenario.given.place("class")
    wishes = (False, True, False, True)
    items = [_body(scenario.given, place, wish) for wish in wishes]
    call = {"createBookingsInfo": items, "returnFullEntity": True}
    answer = reached(scenario.client.call("bulkCreateBooking", body=call))
    for number, wish in enumerate(wishes):
        booking = _on(_item(answer, items[number]), scenario.client)
        scenario.expect.equal(
            RULE,
            len(_reminders(booking, scenario.given)),
            int(wish),
            of=f"reminders for {str(wish).lower()}:",
            circumstance="four in bulk",
        )


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_a_reminder_moves_with_its_booking(kind: str, scenario: Scenario) -> None:
    place = scenario.given.place(kind)
    creation = attempt(scenario.client, CREATE, _body(scenario.given, place, True))
    booking = _on(creation.booking, scenario.client)
    slot = elsewhere(scenario.given, place).slot
    moved = reached(scenario.client.act("rescheduleBooking", booking, {"slot": slot})).booking
    _judge_one(moved, f"true, {kind}, moved", scenario)


def _body(given: Given, place: Any, wish: bool | None) -> dict[str, Any]:
    body = given.body(place)
    body["booking"]["contactDetails"]["phone"] = PHONE
    return body if wish is None else {**body, "sendSmsReminder": wish}


def _confirmed(wish: bool | None, kind: str, operation: str, scenario: Scenario) -> Seen:
    """A booking that is on, with or without a word about a reminder at its creation."""
    creation = attempt(
        scenario.client, operation, _body(scenario.given, scenario.given.place(kind), wish)
    )
    return _on(creation.booking, scenario.client)


def _on(booking: Seen, client: Client) -> Seen:
    return reached(client.act("confirmBooking", booking)).booking


def _item(answer: Answer, item: Mapping[str, Any]) -> Seen:
    """The booking that a bulk call made of an item, in whatever order they were answered."""
    wanted = item["booking"]["externalUserId"]
    for result in answer.at("results"):
        if (result.get("item") or {}).get("externalUserId") == wanted:
            return Seen.of(result["item"])
    raise NotReached("an item of the bulk call was not made")


def _reminders(booking: Seen, given: Given) -> list[Mapping[str, Any]]:
    given.settle()
    messages = given.client.control("GET", "messages")["messages"]
    return [
        message
        for message in messages
        if message.get("kind") == "reminder" and message.get("bookingId") == booking.id
    ]


def _judge_one(booking: Seen, about: str, scenario: Scenario) -> None:
    found = _reminders(booking, scenario.given)
    if not scenario.expect.equal(RULE, len(found), 1, of="reminders", circumstance=about):
        return
    (reminder,) = found
    scenario.expect.equal(
        RULE, reminder["to"].get("phone"), PHONE, of="sent to", circumstance=about
    )
    scenario.expect.equal(
        RULE,
        instant(reminder.get("time"), "UTC"),
        _start(booking) - AHEAD,
        of="to be sent at",
        circumstance=about,
    )


def _start(booking: Seen) -> datetime:
    start = instant(booking.raw.get("startDate"), "UTC")
    if start is None:
        raise NotJudged("the answer shows no startDate of the booking")
    return start
