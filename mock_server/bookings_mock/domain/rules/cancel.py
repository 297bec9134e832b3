"""Rules of Cancel Booking."""

from bookings_mock.domain.booking import CANCELED, DECLINED, Booking
from bookings_mock.domain.ground import Move
from bookings_mock.domain.rulebook import Refusal, either, rule


@rule("CANCEL-1")
def canceled_status(move: Move) -> str:
    """The status after a cancelation."""
    return move.results[0]


@rule("CANCEL-2")
def approval_of_a_canceled_appointment() -> str | None:
    """A canceled appointment leaves the calendar."""
    return None


@rule("CANCEL-3")
def approval_of_a_canceled_seat() -> str | None:
    """Whoever canceled a class or a course is no participant any more."""
    return None


@rule("CANCEL-6")
def named_to_cancel(listed: bool, group: str | None) -> Refusal | None:
    """A bulk cancelation names bookings, or a recurring group that the site knows."""
    if listed:
        return None
    if group is None:
        return Refusal("name bookings, or a recurring group", case="missing")
    return Refusal(f"there is no recurring group {group}")


@either("CANCEL-5")
def alive_to_cancel(reading: str, booking: Booking) -> str | None:
    """A canceled or declined booking is refused (A), or answered as it is (B)."""
    if reading == "B" or booking.status not in (CANCELED, DECLINED):
        return None
    return f"a {booking.status} booking can't be canceled"
