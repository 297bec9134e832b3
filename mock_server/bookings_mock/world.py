"""What a site holds while the mock runs: one store for each site and world.

Bookings are frozen, so a world changes by putting a new value in an old one's place. All indexes
are kept in `put` and nowhere else; what is free is never stored (see `domain.availability`).
"""

import logging
import random
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import attrs
from attrs import Factory, define, field

from bookings_mock.chance import Chance, Seeded
from bookings_mock.clock import WorldClock
from bookings_mock.domain.attendance import Attendance
from bookings_mock.domain.availability import lane_of
from bookings_mock.domain.booking import STATUSES, WAITING_LIST, Booking, Course, Json, Slot
from bookings_mock.domain.event import Event, Message
from bookings_mock.domain.fit import Size
from bookings_mock.domain.ground import Sizes, size_of
from bookings_mock.domain.purchase import Order, Purchase, Redirect
from bookings_mock.domain.rulebook import Rulebook
from bookings_mock.domain.rules.waiting import asked_in_turn
from bookings_mock.domain.service import APPOINTMENT, CLASS, Site
from bookings_mock.domain.waitlist import Registration, Round
from bookings_mock.shared import Shared, Snapshot

_K = TypeVar("_K")
_V = TypeVar("_V")
log = logging.getLogger("bookings_mock")

# So many of the worlds that gave way are told by name.
_MOST_TOLD = 20
_Index: TypeAlias = dict[Hashable, dict[str, None]]


def _empty(kind: type) -> Any:
    return field(factory=kind, init=False)


@define
class Changes:
    """What changes in the worlds of a mock, and how to take it back."""

    _steps: list[tuple["World", Callable[[], object]]] | None = field(default=None, init=False)

    def record(self, world: "World", step: Callable[[], object]) -> None:
        """That a world has changed, and the step that takes it back."""
        if self._steps is not None:
            self._steps.append((world, step))

    @contextmanager
    def all_or_nothing(
        self, unless: tuple[type[Exception], ...] = ()
    ) -> Iterator[Sequence[tuple["World", object]]]:
        """Undo every change made inside if it ends in an exception; one may hold others.

        What ends in an exception of `unless` stays. What is given are the changes so far, each
        with its world.
        """
        outer, steps = self._steps, list[tuple[World, Callable[[], object]]]()
        self._steps = steps
        try:
            yield steps
        except unless:
            raise
        except BaseException:
            self._steps = None
            for _, step in reversed(steps):
                step()
            steps.clear()
            raise
        finally:
            self._steps = outer
            if outer is not None:
                outer.extend(steps)


@define(slots=False, eq=False)
class World:
    """An isolated copy of a site: its bookings, its contacts and its source of ids.

    All that it holds are frozen values in plain dicts and lists, of the types that are declared: so
    it is known how to copy, to save and to check whatever is added here.
    """

    site: Site
    name: str
    shared: Shared = Factory(lambda: Shared(WorldClock(), Rulebook()))
    chance: Chance = Seeded()
    changes: "Changes" = Factory(lambda: Changes())
    _random: random.Random = field(init=False)
    _event_random: random.Random = field(init=False)
    _bookings: dict[str, Booking] = _empty(dict)
    _contacts: dict[str, str] = _empty(dict)
    _sessions: _Index = _empty(dict)
    _schedules: _Index = _empty(dict)
    _lanes: _Index = _empty(dict)
    _statuses: _Index = _empty(dict)
    _of_contacts: _Index = _empty(dict)
    _wholes: _Index = _empty(dict)
    # How many bookings of each size there are, by where and in which status.
    _sizes: dict[Hashable, dict[Size, int]] = _empty(dict)
    _numbers: dict[str, int] = _empty(dict)
    # Whether bookings were made in the order of their createdDate: clocks can be set back.
    in_time: bool = field(default=True, init=False)
    _latest: datetime | None = field(default=None, init=False)
    _attendances: dict[str, Attendance] = _empty(dict)
    _came: dict[str, dict[str, None]] = _empty(dict)
    events: list[Event] = _empty(list)
    _told: dict[str, int] = _empty(dict)
    messages: list[Message] = _empty(list)
    # The reminders that went out, by booking and the time at which they were due.
    reminded: dict[tuple[str, datetime], None] = _empty(dict)
    registrations: dict[str, Registration] = _empty(dict)
    # Carts and checkouts, orders and redirect sessions by their ids; the orders of bookings.
    purchases: dict[str, Purchase] = _empty(dict)
    orders: dict[str, Order] = _empty(dict)
    redirects: dict[str, Redirect] = _empty(dict)
    ordered: dict[str, str] = _empty(dict)
    # Whose cart on the site is which, by caller.
    current_carts: dict[str, str] = _empty(dict)
    # The places that were freed for those who wait, by session.
    rounds: dict[str, Round] = _empty(dict)
    # How many tokens of each sort were issued to whom.
    issued: dict[str, int] = _empty(dict)
    # Seals the cursors of this world; drawn apart, so that ids stay what they are.
    secret: bytes = field(init=False)

    @_random.default
    def _draw_ids(self) -> random.Random:
        return self.chance.source(self.site.name, self.name)

    @_event_random.default
    def _draw_event_ids(self) -> random.Random:
        return self.chance.source(self.site.name, self.name, "events")

    @secret.default
    def _draw_secret(self) -> bytes:
        return self.chance.key(self.site.id, self.name)

    @property
    def clock(self) -> WorldClock:
        """The hour in this world."""
        return self.shared.clock

    def kept(self) -> dict[str, Any]:
        """All that this world holds now, apart from what it will hold later."""
        return {key: _copied(value) for key, value in vars(self).items() if key not in _ITS_OWN}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Hold again what was kept, here or in another world of the same site."""
        vars(self).update({key: _copied(value) for key, value in kept.items()})
        self._random = self.chance.resumed(self._random)
        self._event_random = self.chance.resumed(self._event_random)

    def rebuild(self, essence: Mapping[str, Any]) -> None:
        """Hold what is given, and make anew all that follows from it; as new where it is silent."""
        self.restore(essence)
        bookings, attendances = self._bookings.values(), self._attendances.values()
        self._bookings, self._attendances = {}, {}
        for booking in bookings:
            self.put(booking)
        for attendance in attendances:
            self.put_attendance(attendance)
        self._told = {event.entity_id: event.sequence for event in self.events}

    def new_id(self) -> str:
        """A GUID, the same in the same place of the same run."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def new_event_id(self) -> str:
        """A GUID for an event; drawn apart, so that events change no other ids."""
        return str(UUID(int=self._event_random.getrandbits(128), version=4))

    def next_sequence(self, booking_id: str) -> int:
        """The number that the next event of the booking has."""
        return 1 + self._told.get(booking_id, 0)

    def booking(self, booking_id: str) -> Booking | None:
        """The booking with this id, in whatever case it is written."""
        return self._bookings.get(booking_id.lower())

    def bookings(self) -> Iterator[Booking]:
        """Every booking, oldest first."""
        return iter(self._bookings.values())

    @property
    def size(self) -> int:
        """How many bookings there are."""
        return len(self._bookings)

    def newest_first(self) -> Iterator[Booking]:
        """Every booking, newest first."""
        return reversed(self._bookings.values())

    def number(self, booking_id: str) -> int:
        """The how-manieth booking of this world it is."""
        return self._numbers[booking_id]

    def put(self, booking: Booking) -> None:
        """Keep the booking in place of its former self."""
        old = self._bookings.get(booking.id)
        if old:
            self._unlist(old)
        elif self._latest and booking.created < self._latest:
            self.in_time = False
        self._latest = max(self._latest or booking.created, booking.created)
        self._bookings[booking.id] = booking
        self._numbers.setdefault(booking.id, len(self._numbers))
        self._list(booking)
        self._undoable(partial(self.put, old) if old else partial(self._remove, booking))

    def change(self, site: Site) -> None:
        """Offer something else from now on: what bookings hold is counted anew."""
        before, bookings = self.site, list(self._bookings.values())
        for booking in bookings:
            self._unlist(booking)
        self.site = site
        for booking in bookings:
            self._list(booking)
        self._undoable(partial(self.change, before))

    def keep(self, store: dict[_K, _V], key: _K, value: _V) -> None:
        """Keep a value in one of the stores, in place of what was under its key."""
        if key in store:
            self._undoable(partial(store.__setitem__, key, store[key]))
        else:
            self._undoable(partial(store.pop, key))
        store[key] = value

    def forget(self, store: dict[_K, _V], key: _K) -> None:
        """Keep in one of the stores no longer what is under a key."""
        self._undoable(partial(_refill, store, store.copy()))
        del store[key]

    def count_issued(self, sort: str) -> int:
        """The how-manieth token of its sort the next one is."""
        number = self.issued.get(sort, 0) + 1
        self.keep(self.issued, sort, number)
        return number

    def attendance(self, attendance_id: str) -> Attendance | None:
        """The attendance with this id."""
        return self._attendances.get(attendance_id.lower())

    def attendances(self) -> Iterator[Attendance]:
        """Every attendance."""
        return iter(self._attendances.values())

    def attendances_of(self, booking_id: str) -> list[Attendance]:
        """The attendances of a booking, one for each session that was ticked off."""
        return [self._attendances[one] for one in self._came.get(booking_id.lower(), ())]

    def put_attendance(self, attendance: Attendance) -> None:
        """Keep the attendance in place of its former self."""
        self.keep(self._attendances, attendance.id, attendance)
        if attendance.booking_id not in self._came:
            self.keep(self._came, attendance.booking_id, {})
        self.keep(self._came[attendance.booking_id], attendance.id, None)

    def drop_attendance(self, attendance: Attendance) -> None:
        """Keep the attendance no longer."""
        self.forget(self._attendances, attendance.id)
        self.forget(self._came[attendance.booking_id], attendance.id)

    def register(self, registration: Registration) -> None:
        """Put someone on a waiting list."""
        self.keep(self.registrations, registration.id, registration)

    def waiting_for(self, session_id: str) -> list[Booking]:
        """The bookings that wait for a session, in the order of registering."""
        waiting = (self.booking(one.booking_id) for one in self.registered_for(session_id))
        return [one for one in waiting if one and one.status == WAITING_LIST]

    def registered_for(self, session_id: str) -> list[Registration]:
        """Who registered for a session, in their order."""
        return [one for one in self.registrations.values() if one.session_id == session_id]

    def offered(self, session_id: str, now: datetime) -> Booking | None:
        """Who a freed place of a session is offered to now."""
        session = self.site.session(session_id)
        if session and session.canceled:
            return None
        known = self.rounds.get(session_id)
        offered = self.shared.rules(asked_in_turn)(known.offered(now) if known else None)
        return self.booking(offered) if offered else None

    def turn(self, session_id: str, now_asked: Round | None) -> None:
        """Whom the places of a session are offered to from now on."""
        known = self.rounds.pop(session_id, None)
        if now_asked:
            self.rounds[session_id] = now_asked
        if known or now_asked:
            self._undoable(partial(self.turn, session_id, known))

    def record(self, events: Iterable[Event], messages: Iterable[Message]) -> None:
        """Add to what has happened and to what was said."""
        marks = (len(self.events), len(self.messages))
        for event in events:
            self.events.append(event)
            self._told[event.entity_id] = event.sequence
        self.messages.extend(messages)
        self._undoable(partial(self._forget, *marks))

    def all_or_nothing(self) -> AbstractContextManager[object]:
        """Undo every change made inside if it ends in an exception; one may hold others."""
        return self.changes.all_or_nothing()

    def _undoable(self, step: Callable[[], object]) -> None:
        self.changes.record(self, step)

    def _list(self, booking: Booking) -> None:
        for index, key in self._places(booking):
            index.setdefault(key, {})[booking.id] = None
        for seat in self._seated(booking):
            self._count(seat, booking, 1)

    def _unlist(self, booking: Booking) -> None:
        for index, key in self._places(booking):
            del index[key][booking.id]
        for seat in self._seated(booking):
            self._count(seat, booking, -1)

    def _count(self, seat: Hashable, booking: Booking, by: int) -> None:
        sizes = self._sizes.setdefault(seat, {})
        size = size_of(booking)
        sizes[size] = sizes.get(size, 0) + by
        if not sizes[size]:
            del sizes[size]

    def _remove(self, booking: Booking) -> None:
        self._unlist(booking)
        del self._bookings[booking.id], self._numbers[booking.id]

    def _forget(self, events: int, messages: int) -> None:
        for event in reversed(self.events[events:]):
            self._told[event.entity_id] = event.sequence - 1
        del self.events[events:], self.messages[messages:]

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """The bookings made to a session that have one of the statuses."""
        return self._found(self._sessions, *((session_id, status) for status in statuses))

    def on_schedule(
        self, schedule_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """The bookings made to a schedule, or to sessions of it, with one of the statuses."""
        return self._found(self._schedules, *((schedule_id, status) for status in statuses))

    def session_sizes(
        self, session_id: str, statuses: Collection[str], without: str | None = None
    ) -> Sizes:
        """The bookings made to a session, told by size; the one `without` is left out."""
        return self._told_by_size("session", session_id, statuses, without)

    def schedule_sizes(
        self, schedule_id: str, statuses: Collection[str], without: str | None = None
    ) -> Sizes:
        """The bookings made to a schedule, told by size; the one `without` is left out."""
        return self._told_by_size("schedule", schedule_id, statuses, without)

    def in_lane(self, lane: str, about: Slot | None = None) -> Iterable[Booking]:
        """The appointments that need this resource, those of the days of a slot if one is given."""
        days = days_of(about) if about else None
        if days is None:
            return self._found(self._lanes, (lane, None))
        found = self._found(self._lanes, (lane, LONG), *((lane, day) for day in days))
        return {booking.id: booking for booking in found}.values()

    def with_status(self, status: str) -> Iterable[Booking]:
        """The bookings with this status."""
        return self._found(self._statuses, status)

    def parts_of(self, whole_id: str) -> Iterable[Booking]:
        """The parts of a booking of several services."""
        return self._found(self._wholes, whole_id.lower())

    def of_contact(self, contact_id: str) -> Iterable[Booking]:
        """The bookings made for this contact."""
        return self._found(self._of_contacts, contact_id.lower())

    def id_of(self, details: Json) -> str:
        """The contact with this e-mail address or phone, added if it is new."""
        key = str(details.get("email") or details.get("phone") or "").strip().lower()
        if not key:
            return self.new_id()
        if key not in self._contacts:
            self.keep(self._contacts, key, self.new_id())
        return self._contacts[key]

    def _told_by_size(
        self, sort: str, known: str, statuses: Collection[str], without: str | None
    ) -> Sizes:
        told: dict[Size, int] = {}
        for status in statuses:
            told |= self._sizes.get((sort, known, status), {})
        left_out = self._bookings.get(without) if without else None
        if left_out and (sort, known, left_out.status) in self._seated(left_out):
            size = size_of(left_out)
            if size in told:
                told[size] -= 1
        return told

    def _seated(self, booking: Booking) -> list[Hashable]:
        """Where it takes seats, if its status does."""
        sessions = [("session", one, booking.status) for one in self._sessions_of(booking)]
        return [("schedule", booking.entity.schedule_id, booking.status), *sessions]

    def _found(self, index: _Index, *keys: Hashable) -> list[Booking]:
        return [self._bookings[one] for key in keys for one in index.get(key, ())]

    def _places(self, booking: Booking) -> Iterator[tuple[_Index, Hashable]]:
        yield self._statuses, booking.status
        if booking.contact.get("contactId"):
            yield self._of_contacts, booking.contact["contactId"].lower()
        yield self._schedules, (booking.entity.schedule_id, booking.status)
        if booking.whole_id:
            yield self._wholes, booking.whole_id
        for session_id in self._sessions_of(booking):
            yield self._sessions, (session_id, booking.status)
        if booking.kind == APPOINTMENT and isinstance(booking.entity, Slot):
            service = self.site.service(booking.entity.service_id)
            if service:
                lane = lane_of(booking.entity, service)
                for day in (None, *(days_of(booking.entity) or (LONG,))):
                    yield self._lanes, (lane, day)

    def _sessions_of(self, booking: Booking) -> Iterable[str]:
        """The session that it is for; all of a class that was booked by its schedule."""
        if booking.kind == CLASS and isinstance(booking.entity, Course):
            service = self.site.service(booking.entity.service_id)
            return [session.id for session in service.sessions] if service else []
        return [booking.session_id] if booking.session_id else []


# Slots of more days than these are looked at whatever day is asked about.
_MOST_DAYS = 31
LONG = "long"


def days_of(slot: Slot) -> range | None:
    """The days that a slot touches, by their number; None for too many of them."""
    first, last = sorted((slot.start.toordinal(), slot.end.toordinal()))
    return range(first, last + 1) if last - first < _MOST_DAYS else None


def _refill(store: dict[_K, _V], before: dict[_K, _V]) -> None:
    """What was there before, in its order."""
    store.clear()
    store.update(before)


# What a snapshot does not hold: who the world is, and what it shares with its other sites.
_ITS_OWN = frozenset({"name", "shared", "chance", "secret", "changes"})
# What follows from the rest: no file has to say it.
_FOLLOWS = frozenset(
    {"_sessions", "_schedules", "_lanes", "_statuses", "_of_contacts", "_wholes", "_numbers"}
)
_FOLLOWS |= {"_sizes", "in_time", "_latest", "_came", "_told"}


def essence() -> "Mapping[str, attrs.Attribute[Any]]":
    """What there is to know of a world, as it is declared, by name."""
    declared = attrs.fields_dict(World)
    return {name: declared[name] for name in declared if name not in _ITS_OWN | _FOLLOWS}


def follows(name: str) -> bool:
    """Whether a world makes this by itself from all the rest."""
    return name in _FOLLOWS


def _copied(value: Any) -> Any:
    """A copy of a store that shares only frozen values with it. All that a store holds is alike."""
    if isinstance(value, dict):
        first = next(iter(value.values()), None)
        deep = isinstance(first, dict | list)
        return {key: _copied(one) for key, one in value.items()} if deep else value.copy()
    if isinstance(value, list):
        return value.copy()
    if type(value) is random.Random:
        copy = random.Random()
        copy.setstate(value.getstate())
        return copy
    return value


class Worlds:
    """All worlds of one mock, bounded in number: of too many the one that idled longest gives way.

    A world is made by what changes it. Whoever only looks is shown a new one that nobody keeps; but
    for what was noted of that name, so that a refusal can be read in a journal.
    """

    def __init__(
        self,
        make: Callable[[str, str, Shared], World],
        limit: int,
        begin: Callable[[], Shared],
    ) -> None:
        self.limit = limit
        self.changes = Changes()
        self.gave_way = 0
        # The names of those that gave way, the latest at the end.
        self.latest_gone: deque[str] = deque(maxlen=_MOST_TOLD)
        self._make = make
        self._begin = begin
        # By when they were last used.
        self._shared: dict[str, Shared] = {}
        self._worlds: dict[str, dict[str, World]] = {}
        # What is noted of worlds that nobody has made yet, and what the present call is shown.
        self._aside: dict[str, Shared] = {}
        self._visited: dict[str, dict[str, World]] = {}

    def enter(self, site: str, name: str) -> World:
        """The world of a site for a call that begins now, and is the last to have used it."""
        self._visited.clear()
        self._touch(name)
        return self.get(site, name)

    def get(self, site: str, name: str) -> World:
        """The world of a site: one that there is, or a new one that goes unless it is kept."""
        kept = name in self._shared
        sites = self._worlds[name] if kept else self._visited.setdefault(name, {})
        if site not in sites:
            sites[site] = self._make(site, name, self.shared(name))
            sites[site].changes = self.changes
        return sites[site]

    def known(self, name: str | None) -> Shared | None:
        """What the sites of a world share, None for a world that does not exist yet."""
        return self._shared.get(name) if name else None

    def shared(self, name: str) -> Shared:
        """What the sites of a world share, or will share once it is made."""
        shared = self._shared.get(name) or self._aside.get(name)
        if shared is None:
            shared = self._aside[name] = self._begin()
            if len(self._aside) > self.limit:
                del self._aside[next(iter(self._aside))]
        return shared

    def keep(self, name: str) -> Shared:
        """Make the world from what the present call is shown of it, if there is none yet."""
        if name not in self._shared:
            self._shared[name] = self.shared(name)
            self._worlds[name] = self._visited.pop(name, {})
            self._aside.pop(name, None)
            self._make_room()
        self._touch(name)
        return self._shared[name]

    def snapshot(self, name: str, called: str) -> Snapshot:
        """A world as it is now."""
        shared = self.shared(name)
        return Snapshot(
            name=called,
            made=shared.clock(),
            clock=shared.clock,
            readings=shared.rules.readings,
            sites={site: world.kept() for site, world in self.sites(name).items()},
        )

    def restore(self, name: str, snapshot: Snapshot) -> None:
        """A world as it was when the snapshot was made, there or in another world."""
        shared = self.keep(name)
        for site in set(self._worlds[name]) - set(snapshot.sites):
            del self._worlds[name][site]
        for site, kept in snapshot.sites.items():
            self.get(site, name).restore(kept)
        shared.clock = snapshot.clock
        shared.read(snapshot.readings)

    def drop(self, name: str) -> None:
        """Forget a world; it begins anew on its next use."""
        for held in (self._worlds, self._shared, self._aside, self._visited):
            held.pop(name, None)

    def names(self) -> Mapping[str, dict[str, World]]:
        """The worlds there are, by name and site, the one that was used last at the end."""
        return {name: self._worlds[name] for name in self._shared}

    def sites(self, name: str) -> Mapping[str, World]:
        """The sites of a world that the present call may look at."""
        return self._worlds.get(name) or self._visited.get(name) or {}

    def _touch(self, name: str) -> None:
        if name in self._shared:
            self._shared[name] = self._shared.pop(name)

    def _make_room(self) -> None:
        while len(self._shared) > self.limit:
            idle = next(iter(self._shared))
            self.drop(idle)
            self.gave_way += 1
            self.latest_gone.append(idle)
            log.warning(
                "the world %s gave way: there are at most %d (--max-worlds). What it held is gone, "
                "and from the saved state as well once that is saved again",
                idle,
                self.limit,
            )
