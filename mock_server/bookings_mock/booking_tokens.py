"""Tokens that stand for one booking: texts that say of which, sealed by the world that it is in."""

from attrs import frozen

from bookings_mock import sealed

_PURPOSE = "booking token"


@frozen
class BookingToken:
    """What a token says of itself; true only if it is genuine."""

    site: str
    world: str
    booking_id: str
    text: str


def mint(site: str, world: str, booking_id: str, secret: bytes) -> str:
    """The token of a booking: URL-safe, of more than 32 characters."""
    return sealed.seal((site, world, booking_id), _PURPOSE, secret)


def read(text: str) -> BookingToken | None:
    """What a token says, None for what is none."""
    said = sealed.read(text, 3)
    if said is None:
        return None
    site, world, booking_id = said
    return BookingToken(site, world, booking_id, text)


def is_genuine(token: BookingToken, secret: bytes) -> bool:
    """Whether the world with this secret has made the token."""
    return sealed.is_genuine(token.text, _PURPOSE, secret)
