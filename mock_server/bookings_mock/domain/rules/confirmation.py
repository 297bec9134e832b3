"""Rules of Confirm Or Decline: what becomes of a booking when its checkout is over."""

from bookings_mock.domain.booking import (
    CONFIRMED,
    CREATED,
    Booking,
    Flow,
)
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.rulebook import either, rule
from bookings_mock.domain.service import Service

PAYING = frozenset({"PAID", "PARTIALLY_PAID"})


@rule("CONFIRMATION-1")
def declined_unpaid(conflict: bool, paid: bool) -> bool:
    """A double booking that nobody paid for is declined."""
    return conflict and not paid


@rule("CONFIRMATION-2")
def pays(payment_status: str) -> bool:
    """Whether the booking counts as paid, which keeps it whatever else is booked."""
    return payment_status in PAYING


@rule("CONFIRMATION-2")
def double_booked_when_paid(conflict: bool) -> bool:
    """A double booking that is kept says so."""
    return conflict


@rule("CONFIRMATION-3")
def needs_approval(service: Service) -> bool:
    """Whether the business has to approve the service's bookings."""
    return service.manual_approval


@rule("CONFIRMATION-4")
def approval_skipped(flow: Flow) -> bool:
    """Whether the approval was waived when the booking was created."""
    return flow.skip_business_confirmation


@rule("CONFIRMATION-5")
def availability_skipped(flow: Flow) -> bool:
    """Whether the availability check was waived when the booking was created."""
    return flow.skip_availability


@rule("CONFIRMATION-6")
def status_when_clear() -> str:
    """No conflict, and nobody has to approve."""
    return CONFIRMED


@rule("CONFIRMATION-7")
def double_booking(fit: Fit) -> bool:
    """More is wanted than is left, or nothing takes place there any more."""
    return fit.off or not fit.enough


@rule("CONFIRMATION-8")
def payment_when_settled(given: str | None, present: str) -> str:
    """A payment status that is given is applied, else the present one stays."""
    return given or present


@either("CONFIRMATION-9")
def not_settled_yet(reading: str, booking: Booking) -> str | None:
    """Settling a booking that is not CREATED is refused (A), or answered as it is (B)."""
    if reading == "B" or booking.status == CREATED:
        return None
    return f"a {booking.status} booking can't be confirmed or declined again"


@either("CONFIRMATION-10")
def other_service_conflicts(reading: str) -> bool:
    """The same resource with another service at that time is a conflict (A), or none (B)."""
    return reading == "A"


@rule("CONFIRMATION-11")
def approval_of_a_duplicate() -> str | None:
    """A duplicate that was declined never comes onto the calendar."""
    return None
