"""Rules of a service's policy, against the clock."""

from datetime import datetime

from bookings_mock.domain.booking import Booking
from bookings_mock.domain.policy import can_cancel, can_reschedule, too_early, too_late_to_book
from bookings_mock.domain.rulebook import rule
from bookings_mock.domain.service import Policy, Service


@rule("CREATE-17")
def within_window(service: Service, start: datetime | None, now: datetime) -> str | None:
    """A service is booked while its booking window is open, and before it begins."""
    if service.policy.book != "open":
        return f"{service.name} can't be booked: its booking window is closed"
    if start and start <= now:
        return f"{service.name} can't be booked any more: it has begun"
    if too_early(service.policy, start, now):
        return f"{service.name} can't be booked yet: it is too early"
    if too_late_to_book(service.policy, start, now):
        return f"{service.name} can't be booked any more: it begins too soon"
    return None


@rule("RESCHEDULE-6")
def reschedule_allowed(
    policy: Policy, ignored: bool, start: datetime | None, now: datetime
) -> str | None:
    """The service's policy lets customers reschedule, unless the caller may ignore it."""
    if ignored or can_reschedule(policy, start, now):
        return None
    return _forbidden("rescheduling", policy.reschedule)


@rule("CANCEL-4")
def cancel_allowed(
    policy: Policy, ignored: bool, start: datetime | None, now: datetime
) -> str | None:
    """The service's policy lets customers cancel, unless the caller may ignore it."""
    if ignored or can_cancel(policy, start, now):
        return None
    return _forbidden("canceling", policy.cancel)


def _forbidden(what: str, word: str) -> str:
    late = " so shortly before the start" if word == "allowed" else ""
    return f"the service's policy does not allow {what}{late}"


@rule("RESCHEDULE-7")
def confirmed_by_moving(booking: Booking, waived: bool) -> bool:
    """A move leaves the status, but one that waives the approval confirms what was PENDING."""
    return waived and booking.status == "PENDING"
