"""What was read in one answer, and the walk that it is a step of."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve, field, frozen

from bookings_contract.findings.exchange import Exchange
from bookings_contract.oracle.case import Scene
from bookings_contract.oracle.filters import passes
from bookings_contract.oracle.rulings import Bench
from bookings_contract.oracle.shadow import Raw, Shadow
from bookings_contract.oracle.trusted import trusted

READER, COUNT, V1 = "queryExtendedBookings", "countExtendedBookings", "listBookingsV1"
ATTENDANCE = "queryAttendance"


@frozen
class Walk:
    """A query that is walked from page to page."""

    filter: Raw | None
    sort: tuple[Any, ...] = ()
    met: tuple[str, ...] = ()
    # How many writes there had been when it began, and when that was.
    writes: int = 0
    caller: str | None = None


@frozen
class Page:
    """One answer to a query."""

    exchange: Exchange
    scene: Scene
    walk: Walk
    # Records in their order, and what surrounds them.
    records: tuple[Raw, ...]
    entries: tuple[Raw, ...] = ()
    request: Raw = field(factory=dict)
    limit: int | None = None
    # It is the first page; it is the last one.
    first: bool = True
    last: bool = True
    # Nothing was written since the walk began.
    quiet: bool = True
    # The request says what it seems to.
    plain: bool = True

    @property
    def name(self) -> str:
        """The operation."""
        return self.exchange.operation

    @property
    def ids(self) -> tuple[str, ...]:
        """The records by their ids, in order."""
        return tuple(str(one.get("id")) for one in self.records)

    @property
    def by_an_owner(self) -> bool:
        """Whether the caller sees everything."""
        return self.exchange.caller in self.scene.facts.owners

    @property
    def seen_so_far(self) -> frozenset[str]:
        """All that the walk has met, this page included."""
        return frozenset((*self.walk.met, *self.ids))

    def certain(self) -> Iterator[Shadow]:
        """The bookings of which is known what every reader shows by now."""
        for shadow in self.scene.shadows.values():
            seen = shadow.made_by in self.scene.facts.owners
            exact = shadow.revision.exact is not None and bool(shadow.raw)
            if seen and exact and trusted(shadow, self.scene.facts) and self.settled(shadow):
                yield shadow

    def settled(self, shadow: Shadow) -> bool:
        """Whether every reader has noticed the last change of a booking."""
        settle = self.scene.facts.settle_s
        return not settle or shadow.since < self.exchange.started - settle

    def missing(self) -> list[Shadow]:
        """Bookings that pass the filter for certain and were not met."""
        if not (self.by_an_owner and self.plain and self.quiet):
            return []
        filter = self.walk.filter or {}
        return [
            one
            for one in self.certain()
            if one.id not in self.seen_so_far and passes(filter, one.raw, READER)
        ]


READS: Bench[Page] = Bench()


def body_of(exchange: Exchange) -> Raw:
    """The body of a request, if it is an object."""
    found = exchange.request_json
    return found if isinstance(found, dict) else {}


def list_query(exchange: Exchange) -> tuple[dict[str, str], bool]:
    """The parameters of a list, and whether each stands once."""
    pairs = parse_qsl(urlsplit(exchange.path).query, keep_blank_values=True)
    return dict(pairs), len(dict(pairs)) == len(pairs)


def list_filter(text: str | None) -> Raw | None:
    """The filter of a list; None for one that says a key twice, or that is none."""
    if text is None:
        return {}
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def walked_on(walk: Walk, page: Page) -> Walk:
    """The walk after a page."""
    return evolve(walk, met=(*walk.met, *page.ids))


def rows(body: object, key: str, inner: str | None) -> Iterator[tuple[Mapping[str, Any], Raw]]:
    """The entries of an answer, each with the record in it."""
    found = body.get(key) if isinstance(body, dict) else None
    for entry in found if isinstance(found, list) else ():
        record = entry.get(inner) if inner and isinstance(entry, dict) else entry
        if isinstance(record, dict):
            yield entry, record
