"""Rules of what a booking's own token is good for."""

from bookings_mock.domain.rulebook import Refusal, either, rule


@rule("ANON-1")
def booking_of(named: str) -> str:
    """The booking that a token for this one stands for."""
    return named


@rule("ANON-2")
def genuine(held: bool) -> str | None:
    """A token must be as it was handed out."""
    return None if held else "the token is no booking's token of this site"


@rule("ANON-3")
def may_be_canceled(allowed: bool) -> str | None:
    """Canceling takes a policy that lets customers cancel now."""
    return None if allowed else "the booking can't be canceled any more"


@rule("ANON-3")
def may_be_moved(allowed: bool) -> Refusal | None:
    """Moving takes a policy that lets customers move it now."""
    return None if allowed else Refusal("the booking can't be moved any more", case="reschedule")


@either("ANON-4")
def gets_a_token(reading: str, kind: str, own: bool) -> str | None:
    """A visitor gets the token of its own booking (A), or none at all (B)."""
    if kind != "visitor" or (reading == "A" and own):
        return None
    return "a visitor gets no token of a booking" + (" that is another's" if not own else "")
