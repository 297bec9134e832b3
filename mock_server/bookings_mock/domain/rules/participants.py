"""Rules of Update Number Of Participants."""

from bookings_mock.domain.booking import CANCELED, DECLINED, Booking, Participants
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.rulebook import Refusal, either, rule
from bookings_mock.domain.rules.create import choices_exist, unavailable
from bookings_mock.domain.service import APPOINTMENT, Service


@rule("PARTICIPANTS-1")
def has_seats(service: Service) -> str | None:
    """Appointments have no number of participants to update."""
    if service.kind != APPOINTMENT:
        return None
    return "the number of participants of an appointment can't be updated"


@rule("PARTICIPANTS-3")
def updated_choices_exist(participants: Participants, service: Service) -> str | None:
    """Every given choice exists for the service."""
    return choices_exist(participants, service)


@rule("PARTICIPANTS-4")
def updated_participants(old: Participants, new: Participants) -> Participants:
    """The participants after the update; the session's total follows from them."""
    return new


@either("PARTICIPANTS-5")
def seats_for_more(reading: str, fit: Fit) -> Refusal | None:
    """More than the seats that are left: refused (A), or accepted (B)."""
    return unavailable(fit) if reading == "A" else None


@either("PARTICIPANTS-6")
def alive_to_update(reading: str, booking: Booking) -> str | None:
    """A canceled or declined booking is refused (A), or updated (B)."""
    if reading == "B" or booking.status not in (CANCELED, DECLINED):
        return None
    return f"the participants of a {booking.status} booking can't be updated"
