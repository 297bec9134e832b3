"""Bends of what is shown as available."""

from datetime import UTC, datetime

from bookings_mock.domain.booking import Slot

_FIRST, _LAST = (one.replace(tzinfo=UTC) for one in (datetime.min, datetime.max))


def from_the_end(slot: Slot) -> datetime:
    """Where a slot stands among others, the last one first."""
    return _LAST - (slot.start - _FIRST)
