"""A story as people read it: one short line a request."""

from collections.abc import Sequence

from attrs import frozen

from bookings_contract.exchange import GUID, Exchange, complaint


@frozen
class Step:
    """One request of a story."""

    number: int
    request: str
    status: int
    # The booking's status, or what a refusal complains of.
    said: str
    revision: str


def steps(story: Sequence[Exchange]) -> tuple[Step, ...]:
    """The lines of a story."""
    return tuple(_step(number, exchange) for number, exchange in enumerate(story, 1))


def _step(number: int, exchange: Exchange) -> Step:
    booking = exchange.booking
    return Step(
        number=number,
        request=f"{exchange.method} {brief(exchange.path)}",
        status=exchange.status,
        said=booking.status if booking else complaint(exchange),
        revision=f"revision {booking.revision}" if booking else "",
    )


def brief(path: str) -> str:
    """A path with its ids cut short."""
    return GUID.sub(lambda match: f"{match[0][:4]}…", path)
