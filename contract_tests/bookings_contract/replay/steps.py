"""A story as people read it: one short line a request."""

from collections.abc import Sequence

from attrs import frozen

from bookings_contract.findings.exchange import GUID, Exchange, complaint


@frozen
class Step:
    """One request of a story."""

    number: int
    request: str
    status: int
    # The booking's status, or what a refusal complains of.
    summary: str
    revision: str


def steps(story: Sequence[Exchange]) -> tuple[Step, ...]:
    """The lines of a story."""
    several = len({exchange.booking.id for exchange in story if exchange.booking}) > 1
    return tuple(_step(number, exchange, several) for number, exchange in enumerate(story, 1))


def _step(number: int, exchange: Exchange, several: bool) -> Step:
    booking = exchange.booking
    # Which of several it is, where the path does not tell.
    which = (
        f" {brief(booking.id)}" if several and booking and booking.id not in exchange.path else ""
    )
    return Step(
        number=number,
        request=f"{exchange.method} {brief(exchange.path)}",
        status=exchange.status,
        summary=f"{booking.status}{which}" if booking else complaint(exchange),
        revision=f"revision {booking.revision}" if booking else "",
    )


def brief(path: str) -> str:
    """A path with its ids cut short."""
    return GUID.sub(lambda match: f"{match[0][:4]}…", path)
