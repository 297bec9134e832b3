"""Moments as text."""

from datetime import UTC, datetime


def rfc3339(moment: datetime | None) -> str | None:
    """A moment as RFC 3339 in UTC, to the millisecond; None for none."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
