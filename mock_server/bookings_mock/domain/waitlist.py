"""Waiting lists of class sessions: who waits, and whom a freed place is offered to.

A registration is what its booking is: nothing of its own status is stored. A place that is freed
opens a round: it is offered to those who wait, one after another, by the clock alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from bookings_mock.domain.booking import CANCELED, DECLINED, WAITING_LIST, Booking

WAITING, SUGGESTING, LEFT, ENROLLED = "WAITING", "SUGGESTING", "DECLINED", "ENROLLED"
IDLE, OPEN_TO_ALL = "IDLE", "OPEN_TO_ALL"


@frozen
class Registration:
    """Someone on the waiting list of a session, and the booking that stands for it."""

    id: str
    session_id: str
    booking_id: str


@frozen
class Round:
    """A place that was freed: from `since` on each booking of the queue has its window."""

    session_id: str
    since: datetime
    window: timedelta
    queue: tuple[str, ...]

    def offered(self, now: datetime) -> str | None:
        """The booking whose turn it is, None where everybody's is over."""
        return next(iter(self.at(now).queue), None)

    def at(self, now: datetime) -> "Round":
        """The same from the present turn on."""
        turn = max((now - self.since) // self.window, 0)
        return evolve(self, since=self.since + turn * self.window, queue=self.queue[turn:])


def round_after(
    known: Round | None, able: Sequence[str], freed: Round | None, now: datetime
) -> Round | None:
    """The round of a session after a booking of it has changed, None where nothing is offered.

    `able` are those who wait and would fit, in their order; `freed` is the round that begins where
    the change has freed a place.
    """
    if not able:
        return None
    present = known.at(now) if known else None
    if present is None or not present.queue:
        return freed or present
    left = tuple(one for one in present.queue if one in able)
    # Whoever was asked is booked or gone: it is the next one's turn from now on.
    since = present.since if present.queue[0] in able else now
    return evolve(present, since=since, queue=left)


def standing(booking: Booking, offered: str | None) -> str:
    """The status of a registration."""
    if booking.status in (CANCELED, DECLINED):
        return LEFT
    if booking.status != WAITING_LIST:
        return ENROLLED
    return SUGGESTING if booking.id == offered else WAITING
