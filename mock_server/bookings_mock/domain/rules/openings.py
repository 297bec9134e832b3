"""Rules of what is shown as available."""

from typing import Any

from bookings_mock.domain.fit import Fit
from bookings_mock.domain.rulebook import Refusal, rule


@rule("LOOKUP-3")
def offered(found: object, what: str) -> Refusal | None:
    """A service, time or class session that is asked for must be one of the site's."""
    if found is not None:
        return None
    return Refusal(f"the site has no such {what}", case=what)


@rule("AVAILABILITY-1")
def bookable(fit: Fit, closed: str | None) -> bool:
    """What there is room for can be booked, unless the service's policy speaks against it."""
    return fit.bookable and fit.enough and closed is None


@rule("AVAILABILITY-2")
def open_spots(total: int, left: int) -> int:
    """The spots that nobody holds; those of an overbooked session are none, and not fewer."""
    return max(min(left, total), 0)


@rule("AVAILABILITY-3")
def availability_filter_understood(problem: str | None) -> Refusal | None:
    """The availability calendar compares for equality only, and wants to know the time."""
    return Refusal(problem, field="query.filter") if problem else None


def several(value: Any) -> list[Any]:
    """A value that may stand for itself or in a list of several."""
    return value if isinstance(value, list) else [value]
