"""Rules of Bulk Create Booking."""

from collections.abc import Mapping, Sequence
from typing import Any

from bookings_mock.domain.rulebook import either, rule

# What makes one item fail by itself: the service does not have what it asks for, or not now.
_OF_THE_ITEM = frozenset(
    {"CREATE-3", "CREATE-7", "CREATE-8", "CREATE-9", "CREATE-17", "CREATE-20", "CREATE-23"}
    | {"CREATE-24", "CREATE-25", "CREATE-26", "CREATE-28", "CREATE-30"}
)


def is_of_the_item(rule_id: str) -> bool:
    """Whether what was broken says that an item can't be had, not that it is no proper wish."""
    return rule_id in _OF_THE_ITEM


@rule("BULK-1")
def fails_the_call() -> bool:
    """A missing field or permission in one item fails the whole call."""
    return True


@rule("BULK-2")
def fails_the_item() -> bool:
    """An item that can't be booked is not created, and the call succeeds."""
    return True


@either("BULK-3")
def total_failures(reading: str, left_out: int) -> int:
    """Items that were not created count in totalFailures (A), or do not (B)."""
    return left_out if reading == "A" else 0


@rule("BULK-6")
def decided_once(ids: Sequence[str]) -> str | None:
    """A booking is decided on once in a call."""
    return _twice(ids)


@rule("BULK-7")
def canceled_once(ids: Sequence[str]) -> str | None:
    """A booking is canceled once in a call."""
    return _twice(ids)


def _twice(ids: Sequence[str]) -> str | None:
    known = [one.lower() for one in ids]
    again = [one for number, one in enumerate(known) if one in known[:number]]
    return f"the booking {again[0]} is named twice" if again else None


@rule("BULK-5")
def item_metadata(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """What each result says of its item, its place in the request among it."""
    return metadata


@rule("BULK-5")
def answers_entity(asked: bool) -> bool:
    """The entity is answered only where it was asked for."""
    return asked
