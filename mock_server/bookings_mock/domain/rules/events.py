"""Rules of events and messages."""

from collections.abc import Mapping
from typing import Any, TypeVar

from bookings_mock.domain.booking import Notification
from bookings_mock.domain.rulebook import rule

T = TypeVar("T")


@rule("EVENT-1")
def emitted(slugs: tuple[str, ...]) -> tuple[str, ...]:
    """The events of a successful call: each its own, once."""
    return slugs


@rule("EVENT-6")
def told_of_removals(slugs: tuple[str, ...]) -> tuple[str, ...]:
    """The events of an attendance that is removed: its own, once."""
    return slugs


@rule("EVENT-2")
def envelope(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """What every event says of itself."""
    return event


@rule("EVENT-4")
def action_body(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an action's event says: the booking, and what was before."""
    return body


@rule("NOTIFY-1")
def is_sent(notification: Notification) -> bool:
    """A message is sent only where that was asked for."""
    return notification.notify


@rule("NOTIFY-2")
def last_message(former: Notification, new: Notification) -> Notification:
    """The booking keeps the very last message only."""
    return new


@rule("EVENT-3")
def signing_key(own: T, foreign: T) -> T:
    """An event is signed with the key whose public half receivers know."""
    return own
