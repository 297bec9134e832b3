"""What customers may do with a booking by the policy of its service, at an hour."""

from datetime import datetime, timedelta

from bookings_mock.domain.booking import CANCELED, DECLINED, Booking
from bookings_mock.domain.service import APPOINTMENT, COURSE, Policy, Service


def too_early(policy: Policy, start: datetime | None, now: datetime) -> bool:
    """Whether the booking window has not opened yet."""
    first = policy.book_from_minutes
    return start is not None and first is not None and now < start - timedelta(minutes=first)


def too_late_to_book(policy: Policy, start: datetime | None, now: datetime) -> bool:
    """Whether the booking window has closed."""
    return _past(start, policy.book_until_minutes, now)


def can_cancel(policy: Policy, start: datetime | None, now: datetime) -> bool:
    """Whether the policy still lets customers cancel what starts then."""
    return policy.cancel == "allowed" and not _past(start, policy.cancel_until_minutes, now)


def can_reschedule(policy: Policy, start: datetime | None, now: datetime) -> bool:
    """Whether the policy still lets customers move what starts then."""
    return policy.reschedule == "allowed" and not _past(start, policy.reschedule_until_minutes, now)


def allowed_actions(booking: Booking, service: Service, now: datetime) -> dict[str, bool]:
    """Whether the booking may be canceled, moved, and its service booked again."""
    alive = booking.status not in (CANCELED, DECLINED)
    policy, start = booking.policy, booking.start
    movable = service.kind != COURSE and can_reschedule(policy, start, now)
    if service.gone and service.kind == APPOINTMENT:
        movable = False
    return {
        "cancel": alive and can_cancel(policy, start, now),
        "reschedule": alive and movable,
        "bookAnother": policy.book == "open" and not service.gone,
    }


def _past(start: datetime | None, minutes: int | None, now: datetime) -> bool:
    """Whether the last moment, so many minutes before the start, is over."""
    return start is not None and minutes is not None and now > start - timedelta(minutes=minutes)
