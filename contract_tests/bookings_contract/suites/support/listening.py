"""Hears what a target's controls show: the events and the messages that a call has led to.

It knows nothing of the rules about them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bookings_contract.findings.exchange import Answer
from bookings_contract.testkit.events import LISTED, Event
from bookings_contract.testkit.given import Given


def events(given: Given) -> list[Event]:
    """All events so far, the oldest first."""
    given.settle()
    told: list[Event] = given.client.control("GET", LISTED)[LISTED]
    return told


def notifications(given: Given) -> list[Mapping[str, Any]]:
    """All notifications sent so far, the oldest first; reminders are another matter."""
    given.settle()
    sent = given.client.control("GET", "messages")["messages"]
    return [message for message in sent if message.get("kind") == "notification"]


def events_during(given: Given, call: Callable[[], Answer]) -> tuple[Answer, list[Event]]:
    """The answer to a call, and the events that came with it."""
    before = len(events(given))
    answer = call()
    return answer, events(given)[before:]


def sent_by(given: Given, call: Callable[[], Answer]) -> tuple[Answer, list[Mapping[str, Any]]]:
    """The answer to a call, and the notifications that came with it."""
    before = len(notifications(given))
    answer = call()
    return answer, notifications(given)[before:]
