"""Rules of the waitlist."""

from bookings_mock.domain.booking import Booking
from bookings_mock.domain.rulebook import Refusal, either, rule
from bookings_mock.domain.service import CLASS, Service, Session


@rule("WAITLIST-1")
def waits_for_a_class(service: Service | None) -> str | None:
    """Only class sessions have a waitlist that the API can register to."""
    if service is None or service.kind != CLASS:
        return "only sessions of a class have a waitlist"
    if service.policy.waitlist_capacity is None:
        return f"the policy of {service.name} has no waitlist"
    return None


@rule("WAITLIST-1")
def waits_for_what_takes_place(session: Session) -> str | None:
    """Nobody waits for a session that was canceled."""
    return "the session was canceled" if session.canceled else None


@either("WAITLIST-2")
def waits_for_room(reading: str, left: int) -> str | None:
    """Where places are free, customers may wait all the same (A), or are refused (B)."""
    return "there are free places" if reading == "B" and left > 0 else None


@either("WAITLIST-3")
def waits_beyond(reading: str, waiting: int, capacity: int | None) -> str | None:
    """Where the waitlist is full, nobody else may wait (A), or anybody may (B)."""
    full = capacity is not None and waiting >= capacity
    return "the waitlist is full" if reading == "A" and full else None


@rule("WAITLIST-4")
def kept_for(offered: Booking | None) -> int:
    """A freed place is kept for whoever it is offered to."""
    return offered.participants.count if offered else 0


@rule("WAITLIST-4")
def asked_in_turn(offered: str | None) -> str | None:
    """The first who waits is asked first, and the next one when the window is over."""
    return offered


@rule("WAITLIST-4")
def registered(known: object) -> Refusal | None:
    """Only who is registered can leave or take a place."""
    return None if known else Refusal("there is no such registration", case="unknown")


@rule("WAITLIST-4")
def still_waits(status: str, leaving: bool) -> str | None:
    """Who waits can leave, and who is asked can take the place."""
    if status == "SUGGESTING" or (leaving and status == "WAITING"):
        return None
    lacking = "it waits no longer" if leaving else "no place is offered to it"
    return f"the registration is {status}: {lacking}"
