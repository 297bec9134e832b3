"""Rules of Confirm, Decline and Mark Booking As Pending."""

from attrs import evolve

from bookings_mock.domain.booking import (
    APPROVAL_DECLINED,
    APPROVAL_PENDING,
    APPROVED,
    CREATED,
    PENDING,
    Booking,
    Notification,
)
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.ground import Move
from bookings_mock.domain.rulebook import either, rule
from bookings_mock.domain.service import Service


@rule("CONFIRM-1")
def confirmable(booking: Booking, move: Move) -> str | None:
    """Only some statuses lead to CONFIRMED."""
    if booking.status in move.sources:
        return None
    return f"a {booking.status} booking can't be confirmed"


@rule("CONFIRM-1")
def confirmed_status(move: Move) -> str:
    """The status after a confirmation."""
    return move.results[0]


@rule("CONFIRM-2")
def room_to_confirm(fit: Fit) -> str | None:
    """A plain confirmation asks nothing of availability."""
    return None


@rule("CONFIRM-3")
def approval_when_confirmed() -> str:
    """The participant's approvalStatus after a confirmation."""
    return APPROVED


@rule("CONFIRM-4")
def message_when_confirmed(given: Notification, at_creation: Notification) -> Notification:
    """A message that is left out is the one given at creation."""
    return given if given.message else evolve(given, message=at_creation.message)


@rule("CONFIRM-4")
def reminder_when_confirmed(given: bool | None, at_creation: bool | None) -> bool | None:
    """Whether to remind, if the confirmation does not say, is as said at creation."""
    return at_creation if given is None else given


@rule("CONFIRM-5")
def payment_when_confirmed(given: str | None, present: str) -> str:
    """A payment status that is given is applied, else the present one stays."""
    return given or present


@either("CONFIRM-7")
def double_booked_by_confirming(reading: str, fit: Fit) -> bool:
    """A confirmation over capacity marks the booking as double booked (A), or leaves it (B)."""
    return reading == "A" and not fit.enough


@rule("CONFIRM-7")
def flagged_as_sent(sent: bool | None, checked: bool) -> bool:
    """Whether a caller's own word makes it a double booking: beside the check it does."""
    return checked and sent is True


@either("CONFIRM-8")
def room_when_asked(reading: str, fit: Fit) -> str | None:
    """With checkAvailabilityValidation, over capacity: refused (A), or confirmed (B, C)."""
    return "no open spots are left" if reading == "A" and not fit.enough else None


@either("CONFIRM-8")
def double_booked_when_checked(reading: str, fit: Fit) -> bool:
    """Over capacity in spite of the check: marked as double booked (B), or not (C)."""
    return reading == "B" and not fit.enough


@rule("DECLINE-1")
def declinable(booking: Booking, move: Move) -> str | None:
    """Bookings that are confirmed, canceled or declined can't be declined."""
    if booking.status in move.sources:
        return None
    return f"a {booking.status} booking can't be declined"


@rule("DECLINE-1")
def declined_status(move: Move) -> str:
    """The status after a refusal by the business."""
    return move.results[0]


@either("DECLINE-2")
def awaiting_approval(reading: str, booking: Booking, service: Service) -> str | None:
    """Any declinable status will do (A), or only PENDING under manual approval (B)."""
    if reading == "A" or (booking.status == PENDING and service.manual_approval):
        return None
    return "only PENDING bookings of services with manual approval can be declined"


@rule("DECLINE-3")
def approval_when_declined() -> str | None:
    """The participant's approvalStatus after the business declined."""
    return APPROVAL_DECLINED


@rule("DECLINE-4")
def payment_when_declined(given: str | None, present: str) -> str:
    """A payment status that is given is applied, else the present one stays."""
    return given or present


@either("PENDING-1")
def set_by_call(reading: str) -> str | None:
    """A booking can be set PENDING by an API call (A), or not (B)."""
    return None if reading == "A" else "bookings can't be marked as pending by a call"


@either("PENDING-4")
def approval_when_pending(reading: str) -> str | None:
    """A PENDING booking is on the calendar (A), or only once it is confirmed (B)."""
    return APPROVAL_PENDING if reading == "A" else None


@rule("PENDING-2")
def takes_requests(service: Service, skipped: bool) -> str | None:
    """Only services with manual approval take requests, unless that check is skipped."""
    if service.manual_approval or skipped:
        return None
    return f"{service.name} needs no approval by the business"


@either("PENDING-6")
def new_enough_to_wait(reading: str, booking: Booking) -> str | None:
    """Marking a booking that is not CREATED is refused (A), or answered as it is (B)."""
    if reading == "B" or booking.status == CREATED:
        return None
    return f"a {booking.status} booking can't be marked as pending"
