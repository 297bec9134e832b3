"""What a guest has booked on a target that others use too, and how it is taken back.

It reads the answers that come by; canceling itself is the client's to do.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import define, field

from bookings_contract.exchange import Exchange, Seen
from bookings_contract.reading import UNKNOWN, is_glimpse

# What makes bookings.
CREATIONS = ("createBooking", "bulkCreateBooking", "registerToWaitlist")
# Where a booking can still be canceled by its maker.
ALIVE = ("CREATED", "PENDING", "CONFIRMED", "WAITING_LIST")

# How many revisions a booking may be ahead of what was shown of it, to be found by trying.
UNSEEN = 4

CANCELATION: Mapping[str, Any] = {
    "participantNotification": {"notifyParticipants": False},
    "flowControlSettings": {"ignoreCancellationPolicy": True},
}

Find = Callable[[Mapping[str, object]], list[Seen]]
Cancel = Callable[[Seen], bool]


@define
class Aftercare:
    """The bookings that one test made, as far as its exchanges tell."""

    _seen: dict[str, Seen] = field(factory=dict)
    # Made, but shown by no answer: by id, or by the address that was given to a waitlist.
    _ids: set[str] = field(factory=set)
    _waiting: set[str] = field(factory=set)
    # Whether something may have been made that nobody can name.
    _lost: bool = False

    def meet(self, exchange: Exchange) -> None:
        """Remembers what an exchange made, and the newest sight of what was made before."""
        booking = exchange.booking
        if booking is not None and (booking.id in self._seen or not exchange.reads):
            self._seen[booking.id] = booking
        if exchange.succeeded and not exchange.reads:
            self._ids.update(_made_in_bulk(exchange.json))
            self._waiting.update(_registered(exchange.request_json))
        self._lost |= exchange.operation in CREATIONS and _unnamed(exchange)

    def adopt(self, booking: Seen) -> None:
        """Takes a booking for one's own that only a reader has shown."""
        self._seen[booking.id] = booking

    def known(self, booking: str) -> Seen | None:
        """The newest sight of a booking made here that shows its revision."""
        return self._seen.get(booking)

    def revisions(self, booking: Seen) -> Iterator[str]:
        """What a booking's revision may be: the one that was shown, else those from there on."""
        if not is_glimpse(booking):
            yield booking.revision
            return
        known = self.known(booking.id)
        first = int(known.revision) if known is not None and known.revision.isdigit() else 1
        yield from (str(number) for number in range(first, first + UNSEEN))

    def take_back(self, find: Find, cancel: Cancel) -> bool:
        """Cancels whatever is still alive; one that has moved on since is looked up again.

        Whether nothing is left of all that was made.
        """
        stale = {b.id for b in self._seen.values() if b.status in ALIVE and not cancel(b)}
        hidden = stale | self._ids - self._seen.keys()
        gone = not self._lost
        if hidden:
            found = find({"id": {"$in": sorted(hidden)}})
            gone &= _cancel_alive(found, cancel) and hidden <= {b.id for b in found}
        if self._waiting:
            waiting = find({"status": "WAITING_LIST"})
            gone &= _cancel_alive([b for b in waiting if b.email in self._waiting], cancel)
        return gone


def _cancel_alive(bookings: list[Seen], cancel: Cancel) -> bool:
    # One that can't be canceled keeps none of the others.
    canceled = [cancel(booking) for booking in bookings if booking.status in (*ALIVE, UNKNOWN)]
    return all(canceled)


def _unnamed(exchange: Exchange) -> bool:
    """Whether an answer leaves open what was made: it failed, or tells of no booking."""
    if not exchange.succeeded:
        return exchange.status >= 500
    if exchange.operation == "createBooking":
        return exchange.booking is None
    if exchange.operation == "bulkCreateBooking":
        return len([*_made_in_bulk(exchange.json)]) < sum(_successes(exchange.json))
    return False


def _made_in_bulk(body: Any) -> Iterator[str]:
    """The ids of a bulk answer's items."""
    for meta in _items(body):
        if meta.get("success") and isinstance(meta.get("id"), str):
            yield meta["id"]


def _successes(body: Any) -> Iterator[bool]:
    """Whether each item of a bulk answer says that it was made."""
    yield from (bool(meta.get("success")) for meta in _items(body))


def _items(body: Any) -> Iterator[Mapping[str, Any]]:
    results = body.get("results") if isinstance(body, dict) else None
    for result in results if isinstance(results, list) else ():
        meta = result.get("itemMetadata") if isinstance(result, dict) else None
        if isinstance(meta, dict):
            yield meta


def _registered(body: Any) -> Iterator[str]:
    """The address that a registration to a waitlist gives."""
    form = body.get("formInfo") if isinstance(body, dict) else None
    contact = form.get("contactDetails") if isinstance(form, dict) else None
    if isinstance(contact, dict) and isinstance(contact.get("email"), str):
        yield contact["email"]
