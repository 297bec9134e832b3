"""What a site holds while the mock runs: one store for each site and world.

Bookings are frozen, so a world changes by putting a new value in an old one's place. All indexes
are kept in `put` and nowhere else; what is free is never stored (see `domain.availability`).
"""

import hashlib
import random
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

from attrs import frozen

from bookings_mock.clock import WorldClock
from bookings_mock.domain.attendance import Attendance
from bookings_mock.domain.availability import lane_of
from bookings_mock.domain.booking import STATUSES, Booking, Json, Slot
from bookings_mock.domain.event import Event, Message
from bookings_mock.domain.rulebook import Rulebook
from bookings_mock.domain.service import APPOINTMENT, Site
from bookings_mock.shared import Shared, Snapshot

_Index: TypeAlias = dict[Hashable, dict[str, None]]


@frozen
class Registration:
    """Someone on the waiting list of a session, and the booking that stands for it."""

    id: str
    session_id: str
    booking_id: str


class TooManyWorlds(Exception):
    """A new world would go over the bound that the document sets."""


class World:
    """An isolated copy of a site: its bookings, its contacts and its source of ids.

    All that it holds are frozen values in plain dicts and lists: so `kept` and `restore` know how
    to copy whatever is added here.
    """

    def __init__(self, site: Site, name: str, seed: int = 0, shared: Shared | None = None) -> None:
        self.site = site
        self.name = name
        self.shared = shared or Shared(WorldClock(), Rulebook())
        self._random = random.Random(f"{seed}/{site.name}/{name}")
        self._event_random = random.Random(f"{seed}/{site.name}/{name}/events")
        self._bookings: dict[str, Booking] = {}
        self._contacts: dict[str, str] = {}
        self._sessions: _Index = {}
        self._schedules: _Index = {}
        self._lanes: _Index = {}
        self._statuses: _Index = {}
        self._numbers: dict[str, int] = {}
        # Whether bookings were made in the order of their createdDate: clocks can be set back.
        self.in_time = True
        self._latest: datetime | None = None
        self._attendances: dict[str, Attendance] = {}
        self._came: dict[str, dict[str, None]] = {}
        self.events: list[Event] = []
        self._told: dict[str, int] = {}
        self.messages: list[Message] = []
        # The reminders that went out, by booking and the time at which they were due.
        self.reminded: dict[tuple[str, datetime], None] = {}
        self.registrations: dict[str, Registration] = {}
        # How many tokens of each sort were issued to whom.
        self.issued: dict[str, int] = {}
        self._undo: list[Callable[[], object]] | None = None
        self._of_contacts: _Index = {}
        # Seals the cursors of this world; drawn apart, so that ids stay what they are.
        self.secret = hashlib.sha256(f"{seed}/{site.id}/{name}".encode()).digest()

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
        for index, key in self._places(booking):
            index.setdefault(key, {})[booking.id] = None
        self._undoable(partial(self.put, old) if old else partial(self._remove, booking))

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
        self._attendances[attendance.id] = attendance
        self._came.setdefault(attendance.booking_id, {})[attendance.id] = None

    def drop_attendance(self, attendance: Attendance) -> None:
        """Keep the attendance no longer."""
        del self._attendances[attendance.id], self._came[attendance.booking_id][attendance.id]

    def register(self, registration: Registration) -> None:
        """Put someone on a waiting list."""
        self.registrations[registration.id] = registration
        self._undoable(partial(self.registrations.pop, registration.id))

    def record(self, events: Iterable[Event], messages: Iterable[Message]) -> None:
        """Add to what has happened and to what was said."""
        marks = (len(self.events), len(self.messages))
        for event in events:
            self.events.append(event)
            self._told[event.after.id] = event.sequence
        self.messages.extend(messages)
        self._undoable(partial(self._forget, *marks))

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Undo every change made inside if it ends in an exception; one may hold others."""
        outer, steps = self._undo, list[Callable[[], object]]()
        self._undo = steps
        try:
            yield
        except BaseException:
            self._undo = None
            for step in reversed(steps):
                step()
            steps = []
            raise
        finally:
            self._undo = outer
            if outer is not None:
                outer.extend(steps)

    def _undoable(self, step: Callable[[], object]) -> None:
        if self._undo is not None:
            self._undo.append(step)

    def _unlist(self, booking: Booking) -> None:
        for index, key in self._places(booking):
            del index[key][booking.id]

    def _remove(self, booking: Booking) -> None:
        self._unlist(booking)
        del self._bookings[booking.id], self._numbers[booking.id]

    def _forget(self, events: int, messages: int) -> None:
        for event in reversed(self.events[events:]):
            self._told[event.after.id] = event.sequence - 1
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

    def in_lane(self, lane: str) -> Iterable[Booking]:
        """The appointments that need this resource."""
        return self._found(self._lanes, lane)

    def with_status(self, status: str) -> Iterable[Booking]:
        """The bookings with this status."""
        return self._found(self._statuses, status)

    def of_contact(self, contact_id: str) -> Iterable[Booking]:
        """The bookings made for this contact."""
        return self._found(self._of_contacts, contact_id.lower())

    def id_of(self, details: Json) -> str:
        """The contact with this e-mail address or phone, added if it is new."""
        key = str(details.get("email") or details.get("phone") or "").strip().lower()
        if not key:
            return self.new_id()
        if key not in self._contacts:
            self._contacts[key] = self.new_id()
            self._undoable(partial(self._contacts.pop, key))
        return self._contacts[key]

    def _found(self, index: _Index, *keys: Hashable) -> list[Booking]:
        return [self._bookings[one] for key in keys for one in index.get(key, ())]

    def _places(self, booking: Booking) -> Iterator[tuple[_Index, Hashable]]:
        yield self._statuses, booking.status
        if booking.contact.get("contactId"):
            yield self._of_contacts, booking.contact["contactId"].lower()
        yield self._schedules, (booking.entity.schedule_id, booking.status)
        if booking.session_id:
            yield self._sessions, (booking.session_id, booking.status)
        if booking.kind == APPOINTMENT and isinstance(booking.entity, Slot):
            service = self.site.service(booking.entity.service_id)
            if service:
                yield self._lanes, lane_of(booking.entity, service)


# What a snapshot does not hold: who the world is, and what it shares with its other sites.
_ITS_OWN = frozenset({"name", "shared", "secret", "_undo"})


def _copied(value: Any) -> Any:
    """A copy of a store that shares only frozen values with it. All that a store holds is alike."""
    if isinstance(value, dict):
        first = next(iter(value.values()), None)
        deep = isinstance(first, dict | list)
        return {key: _copied(one) for key, one in value.items()} if deep else value.copy()
    if isinstance(value, list):
        return value.copy()
    if isinstance(value, random.Random):
        copy = random.Random()
        copy.setstate(value.getstate())
        return copy
    return value


class Worlds:
    """All worlds of one mock, made on first use and bounded in number."""

    def __init__(
        self,
        make: Callable[[str, str, Shared], World],
        limit: int,
        begin: Callable[[], Shared],
    ) -> None:
        self._make = make
        self._limit = limit
        self._begin = begin
        self._shared: dict[str, Shared] = {}
        self._worlds: dict[str, dict[str, World]] = {}

    def get(self, site: str, name: str) -> World:
        """The world of a site; raises `TooManyWorlds` where no more can be made."""
        sites = self._worlds.get(name)
        if sites is None:
            self.shared(name)
            sites = self._worlds[name] = {}
        if site not in sites:
            sites[site] = self._make(site, name, self._shared[name])
        return sites[site]

    def known(self, name: str | None) -> Shared | None:
        """What the sites of a world share, None for a world that does not exist yet."""
        return self._shared.get(name) if name else None

    def shared(self, name: str) -> Shared:
        """What the sites of a world share; raises `TooManyWorlds` as `get` does."""
        shared = self._shared.get(name)
        if shared is None:
            if len(self._shared) >= self._limit:
                raise TooManyWorlds(f"{self._limit} worlds exist already")
            shared = self._shared[name] = self._begin()
        return shared

    def snapshot(self, name: str, called: str) -> Snapshot:
        """A world as it is now."""
        shared = self.shared(name)
        return Snapshot(
            name=called,
            made=shared.clock(),
            clock=shared.clock,
            readings=shared.rules.readings,
            sites={site: world.kept() for site, world in self._worlds.get(name, {}).items()},
        )

    def restore(self, name: str, snapshot: Snapshot) -> None:
        """A world as it was when the snapshot was made, there or in another world."""
        shared = self.shared(name)
        for site in set(self._worlds.get(name, ())) - set(snapshot.sites):
            del self._worlds[name][site]
        for site, kept in snapshot.sites.items():
            self.get(site, name).restore(kept)
        shared.clock = snapshot.clock
        shared.read(snapshot.readings)

    def drop(self, name: str) -> None:
        """Forget a world; it begins anew on its next use."""
        self._worlds.pop(name, None)
        self._shared.pop(name, None)

    def names(self) -> Mapping[str, dict[str, World]]:
        """The worlds there are, by name and site."""
        return self._worlds
