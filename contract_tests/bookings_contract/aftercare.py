"""What a guest has booked on a target that others use too, and how it is taken back.

It reads the answers that come by; canceling itself is the client's to do.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import define, field

from bookings_contract.exchange import Exchange, Seen

# Where a booking can still be canceled by its maker.
ALIVE = ("CREATED", "PENDING", "CONFIRMED", "WAITING_LIST")

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

    def meet(self, exchange: Exchange) -> None:
        """Remembers what an exchange made, and the newest sight of what was made before."""
        booking = exchange.booking
        if booking is not None and (booking.id in self._seen or not exchange.reads):
            self._seen[booking.id] = booking
        if exchange.succeeded and not exchange.reads:
            self._ids.update(_made_in_bulk(exchange.json))
            self._waiting.update(_registered(exchange.request_json))

    def adopt(self, booking: Seen) -> None:
        """Takes a booking for one's own that only a reader has shown."""
        self._seen[booking.id] = booking

    def take_back(self, find: Find, cancel: Cancel) -> None:
        """Cancels whatever is still alive; one that has moved on since is looked up again."""
        stale = {b.id for b in self._seen.values() if b.status in ALIVE and not cancel(b)}
        hidden = stale | self._ids - self._seen.keys()
        if hidden:
            _cancel_alive(find({"id": {"$in": sorted(hidden)}}), cancel)
        if self._waiting:
            waiting = find({"status": "WAITING_LIST"})
            _cancel_alive([b for b in waiting if b.email in self._waiting], cancel)


def _cancel_alive(bookings: list[Seen], cancel: Cancel) -> None:
    for booking in bookings:
        if booking.status in ALIVE:
            cancel(booking)


def _made_in_bulk(body: Any) -> Iterator[str]:
    """The ids of a bulk answer's items."""
    results = body.get("results") if isinstance(body, dict) else None
    for result in results if isinstance(results, list) else ():
        meta = result.get("itemMetadata") if isinstance(result, dict) else None
        if isinstance(meta, dict) and meta.get("success") and isinstance(meta.get("id"), str):
            yield meta["id"]


def _registered(body: Any) -> Iterator[str]:
    """The address that a registration to a waitlist gives."""
    form = body.get("formInfo") if isinstance(body, dict) else None
    contact = form.get("contactDetails") if isinstance(form, dict) else None
    if isinstance(contact, dict) and isinstance(contact.get("email"), str):
        yield contact["email"]
