"""What customers may do with a booking by the policy of its service."""

from bookings_mock.domain.booking import CANCELED, DECLINED, Booking
from bookings_mock.domain.service import COURSE, Service


def allowed_actions(booking: Booking, service: Service) -> dict[str, bool]:
    """Whether the booking may be canceled, moved, and booked again."""
    alive = booking.status not in (CANCELED, DECLINED)
    policy = booking.policy
    return {
        "cancel": alive and policy.cancel == "allowed",
        "reschedule": alive and policy.reschedule == "allowed" and service.kind != COURSE,
        "bookAnother": policy.book == "open",
    }
