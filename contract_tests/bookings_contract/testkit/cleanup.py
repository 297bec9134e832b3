"""What a guest has booked on a target that others use too, and how it is taken back.

It reads the answers that come by; canceling itself is the client's to do.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import define, field

from bookings_contract.findings.exchange import Exchange, Seen, leaves
from bookings_contract.testkit.readback import UNKNOWN, is_glimpse

# What makes bookings.
CREATIONS = (
    *("createBooking", "bulkCreateBooking", "registerToWaitlist"),
    "createMultiServiceBooking",
)
# What is made besides bookings: what deletes it, how that names it, and where answers show it.
BUILT: Mapping[str, tuple[str, str, str]] = {
    "createService": ("deleteService", "serviceId", "service"),
    "bulkCreateServices": ("deleteService", "serviceId", "results"),
    "createCategory": ("deleteCategory", "categoryId", "category"),
    "createStaffMember": ("deleteStaffMember", "staffMemberId", "staffMember"),
    "createEvent": ("cancelEvent", "eventId", "event"),
    "bulkCreateEvents": ("cancelEvent", "eventId", "results"),
}
# Operations that answer item by item, and of no bookings.
OTHER_ITEMS = (
    *("bulkCreateServices", "bulkUpdateServices", "bulkDeleteServices"),
    *("bulkCreateEvents", "bulkUpdateEvents", "bulkCancelEvents"),
)
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
class Cleanup:
    """The bookings that one test made, as far as its exchanges tell."""

    _seen: dict[str, Seen] = field(factory=dict)
    # Made, but shown by no answer: by id, or by the address that was given to a waitlist.
    _ids: set[str] = field(factory=set)
    _waiting: set[str] = field(factory=set)
    # Bookings of several services, whose parts are canceled with them only.
    wholes: set[str] = field(factory=set)
    # What was built, by its id: what deletes it, and how that names it.
    built: dict[str, tuple[str, str]] = field(factory=dict)
    # What may have been made that nobody can name, in words.
    unnamed: dict[str, None] = field(factory=dict)
    # What was taken back in the end, by its id.
    _back: set[str] = field(factory=set)

    def meet(self, exchange: Exchange) -> None:
        """Remembers what an exchange made, and the newest sight of what was made before."""
        booking = exchange.booking
        if booking is not None and (booking.id in self._seen or not exchange.reads):
            self._seen[booking.id] = booking
        if exchange.succeeded and exchange.operation in BUILT:
            deletes, parameter, key = BUILT[exchange.operation]
            self.built |= dict.fromkeys(_built(exchange.json, key), (deletes, parameter))
        elif exchange.succeeded and not exchange.reads and exchange.operation not in OTHER_ITEMS:
            self._ids.update(_made_in_bulk(exchange.json))
            self._meet_whole(exchange.json)
            self._waiting.update(_registered(exchange.request_json))
        if exchange.operation in CREATIONS and _unnamed(exchange):
            self.unnamed[_in_words(exchange)] = None
        if exchange.operation in BUILT and _unsure(exchange):
            self.unnamed[_in_words(exchange)] = None

    def _meet_whole(self, body: Any) -> None:
        whole = body.get("multiServiceBooking") if isinstance(body, dict) else None
        if isinstance(whole, dict) and isinstance(whole.get("id"), str):
            self.wholes.add(whole["id"])
            shown = whole.get("bookings")
            parts = [
                one for one in (shown if isinstance(shown, list) else ()) if isinstance(one, dict)
            ]
            self._ids.update(
                str(one["bookingId"])
                for one in parts
                if isinstance(one, dict) and "bookingId" in one
            )

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
        gone = not self.unnamed
        if hidden:
            found = find({"id": {"$in": sorted(hidden)}})
            gone &= _cancel_alive(found, cancel) and hidden <= {b.id for b in found}
        if self._waiting:
            waiting = find({"status": "WAITING_LIST"})
            own = [b for b in waiting if str(b.email) in self._waiting]
            gone &= _cancel_alive(own, cancel)
        return gone

    def took_back(self, id: str) -> None:
        """It is gone."""
        self._back.add(id)

    # What is left

    @property
    def bookings_left(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The bookings that may still be alive, and what revisions they may have."""
        for booking in self._seen.values():
            if booking.status in (*ALIVE, UNKNOWN) and booking.id not in self._back:
                yield booking.id, tuple(self.revisions(booking))
        for id in sorted(self._ids - self._seen.keys() - self._back):
            yield id, tuple(str(number) for number in range(1, 1 + UNSEEN))

    @property
    def wholes_left(self) -> list[str]:
        """The bookings of several services."""
        return sorted(self.wholes - self._back)

    @property
    def built_left(self) -> list[tuple[str, tuple[str, str]]]:
        """What was built, the newest first: it may rest on what is older."""
        return [(id, how) for id, how in reversed(self.built.items()) if id not in self._back]


def _cancel_alive(bookings: list[Seen], cancel: Cancel) -> bool:
    # One that can't be canceled keeps none of the others.
    canceled = [cancel(booking) for booking in bookings if booking.status in (*ALIVE, UNKNOWN)]
    return all(canceled)


def _unnamed(exchange: Exchange) -> bool:
    """Whether an answer leaves open what was made: it failed, or tells of no booking."""
    if not exchange.succeeded:
        return _unsure(exchange)
    if exchange.operation == "createBooking":
        return exchange.booking is None
    if exchange.operation == "bulkCreateBooking":
        return len([*_made_in_bulk(exchange.json)]) < sum(_successes(exchange.json))
    return False


def _unsure(exchange: Exchange) -> bool:
    """Whether a call may have been carried out that was not answered, or by a failure."""
    return not exchange.status or exchange.status >= 500


def _in_words(exchange: Exchange) -> str:
    """What to look for where an answer left open what was made."""
    sent = exchange.request_json
    addresses = {str(value) for at, value in leaves(sent) if at[-1:] == ("email",)}
    of = f", of {' and '.join(sorted(addresses))}" if addresses else ""
    how = f"answered {exchange.status}" if exchange.status else "not answered"
    return f"look for what {exchange.operation} may have made{of}: it was {how}"


def _made_in_bulk(body: Any) -> Iterator[str]:
    """The ids of a bulk answer's items."""
    for meta in _items(body):
        if meta.get("success") and isinstance(meta.get("id"), str):
            yield meta["id"]


def _built(body: Any, key: str) -> Iterator[str]:
    """The ids of what an answer says was made, alone or in bulk."""
    if key == "results":
        yield from _made_in_bulk(body)
        return
    shown = body.get(key) if isinstance(body, dict) else None
    if isinstance(shown, dict) and isinstance(shown.get("id"), str):
        yield shown["id"]


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
