"""Sees in passing what the exchanges of a test touch: operations, statuses, moves of bookings.

It judges nothing and sends nothing; what a booking was before a call, it knows from answers that
came by earlier.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import define, field

import bookings_openapi
from bookings_contract.findings.exchange import GUID, Exchange, Seen
from bookings_contract.findings.operations import operation
from bookings_contract.findings.verdicts import Coverage

# A booking's status before there was one; what became of a call whose answer shows no booking.
UNBORN = "·"
ACCEPTED = "accepted"
REFUSED = "refused"


@define
class Watcher:
    """What one test's exchanges have touched so far."""

    latest: dict[str, Seen] = field(factory=dict)
    _operations: Counter[str] = field(factory=Counter)
    _statuses: Counter[tuple[str, int]] = field(factory=Counter)
    _transitions: Counter[tuple[str, str, str]] = field(factory=Counter)

    def see(self, exchange: Exchange) -> Seen | None:
        """Takes an exchange in; answers how its booking looked before it."""
        if exchange.method != operation(exchange.operation).method:
            return None  # Tried on the operation's path, and no call of the operation.
        self._operations[exchange.operation] += 1
        self._statuses[exchange.operation, exchange.status] += 1
        booking = exchange.booking
        before = self.latest.get(booking.id) if booking else None
        if exchange.operation in bookings_openapi.lifecycle():
            for was, became in self._moves(exchange, booking, before):
                self._transitions[exchange.operation, was, became] += 1
        for shown in (booking,) if booking else _listed(exchange.json):
            self.latest[shown.id] = shown
        return before

    def _moves(
        self, exchange: Exchange, booking: Seen | None, before: Seen | None
    ) -> Iterator[tuple[str, str]]:
        if booking is not None:
            yield before.status if before else UNBORN, booking.status
        elif exchange.succeeded and (made := list(_listed(exchange.json))):
            yield from ((UNBORN, one.status) for one in made)
        elif exchange.status < 500 and (was := self._asked_about(exchange)) is not None:
            yield was, ACCEPTED if exchange.succeeded else REFUSED

    def _asked_about(self, exchange: Exchange) -> str | None:
        """The status of the booking that a call is about, as far as it is known."""
        ids = GUID.findall(exchange.path)
        if ids:
            known = self.latest.get(ids[0])
            return known.status if known else None
        return None if bookings_openapi.lifecycle()[exchange.operation].sources else UNBORN

    @property
    def coverage(self) -> Coverage:
        """All of it."""
        return Coverage(self._operations, self._statuses, self._transitions)


def _listed(body: Any) -> Iterator[Seen]:
    """The bookings of a reader's page, or of a bulk answer."""
    if not isinstance(body, dict):
        return
    for key, inner in (("extendedBookings", "booking"), ("results", "item")):
        entries = body.get(key)
        for entry in entries if isinstance(entries, list) else ():
            raw = entry.get(inner) if isinstance(entry, dict) else None
            if isinstance(raw, dict) and isinstance(raw.get("id"), str) and raw.get("status"):
                yield Seen(raw["id"], str(raw["status"]), str(raw.get("revision")), raw)
