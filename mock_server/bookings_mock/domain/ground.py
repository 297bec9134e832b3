"""What a move stands on: the site, its bookings, the rules and the hour, all handed in."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from attrs import field, frozen

from bookings_mock.domain.booking import STATUSES, Booking, Json, Slot
from bookings_mock.domain.fit import Size
from bookings_mock.domain.rulebook import Rulebook
from bookings_mock.domain.service import Site

# How many bookings there are of each size.
Sizes: TypeAlias = Mapping[Size, int]


def size_of(booking: Booking) -> Size:
    """How much a booking takes."""
    return Size(booking.status, booking.held, booking.participants.count)


class Calendar(Protocol):
    """The bookings of a site as availability asks for them."""

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """The bookings made to a session that have one of the statuses."""

    def on_schedule(
        self, schedule_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """The bookings made to a schedule, or to sessions of it, with one of the statuses."""

    def session_sizes(
        self, session_id: str, statuses: Collection[str], without: str | None = None
    ) -> Sizes:
        """The bookings made to a session, told by size; the one `without` is left out."""

    def schedule_sizes(
        self, schedule_id: str, statuses: Collection[str], without: str | None = None
    ) -> Sizes:
        """The bookings made to a schedule, told by size; the one `without` is left out."""

    def in_lane(self, lane: str, about: Slot | None = None) -> Iterable[Booking]:
        """The appointments that need a resource (see `availability.lane_of`).

        Those of the days that a slot is `about`, if one is given, and maybe others.
        """

    def waiting_for(self, session_id: str) -> Sequence[Booking]:
        """The bookings that wait for a session, in the order of registering."""

    def offered(self, session_id: str, now: datetime) -> Booking | None:
        """Who a freed place of a session is offered to now."""


class Contacts(Protocol):
    """The people whom the site knows."""

    def id_of(self, details: Json) -> str:
        """The contact with these details, added if the site does not know it yet."""


@frozen
class Move:
    """What an operation may do to a booking's status: one `x-lifecycle` of the document.

    `results` is empty where the status stays; `open` names the EITHER rule that a source status
    falls under; `not_for` the rule that a kind of service falls under.
    """

    operation: str
    sources: frozenset[str]
    results: tuple[str, ...] = ()
    open: Mapping[str, str] = field(factory=dict)
    not_for: Mapping[str, str] = field(factory=dict)
    events: tuple[str, ...] = ()

    def slugs(self, status: str) -> tuple[str, ...]:
        """The events of this move when it led to the status: its own, or that of the result."""
        if len(self.results) < 2:
            return self.events
        return tuple(
            e for e, result in zip(self.events, self.results, strict=True) if result == status
        )


@frozen
class Order:
    """What one order of eCommerce does to a booking: from `sources` it moves it to `results`.

    `results` go by the reading where the rule is open; "same" is no move, several are decided
    between by availability and payment.
    """

    sources: frozenset[str]
    results: Mapping[str, tuple[str, ...]]
    rule: str


@frozen
class Checkout:
    """The document's table of orders, by name and by what approves the service.

    `no_order` are the statuses without one, `events` the slugs by the status that was led to.
    """

    orders: Mapping[str, Mapping[str, Order]] = field(factory=dict)
    no_order: frozenset[str] = frozenset()
    events: Mapping[str, tuple[str, ...]] = field(factory=dict)

    def slugs(self, before: str, after: str) -> tuple[str, ...]:
        """The events of an order that led from one status to another, or left it."""
        return self.events["same" if before == after else after]


@frozen
class Ground:
    """Everything that a move may look at."""

    site: Site
    calendar: Calendar
    contacts: Contacts
    rules: Rulebook
    moves: Mapping[str, Move]
    now: datetime
    new_id: Callable[[], str]
