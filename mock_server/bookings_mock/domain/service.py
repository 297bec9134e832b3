"""What a site offers: services, their resources, schedules, sessions and slots."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import field, frozen

APPOINTMENT, CLASS, COURSE = "appointment", "class", "course"


@frozen
class Resource:
    """A member of staff, a room or a thing that a service needs; it has a schedule of its own."""

    id: str
    name: str
    email: str | None
    schedule_id: str


@frozen
class Session:
    """An occupied period on a service's schedule that several bookings may share."""

    id: str
    service_id: str
    schedule_id: str
    start: datetime
    end: datetime
    capacity: int


@frozen
class Slots:
    """The times that an appointment can be booked at: `count` starts, `step` apart."""

    start: datetime
    step: timedelta
    count: int

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether the period lies within the hours that the slots stand for."""
        return self.start <= start < end <= self.start + self.step * self.count


@frozen
class Option:
    """A variant of a service: an option and the values that can be chosen for it."""

    id: str
    values: tuple[str, ...]


@frozen
class Policy:
    """What customers may do by themselves; minutes count back from the start."""

    book: str = "open"
    cancel: str = "allowed"
    reschedule: str = "allowed"
    book_from_minutes: int | None = None
    book_until_minutes: int | None = None
    cancel_until_minutes: int | None = None
    reschedule_until_minutes: int | None = None


@frozen
class Service:
    """A business offering: an appointment, a class or a course."""

    id: str
    name: str
    kind: str
    schedule_id: str
    title: str
    timezone: str
    capacity: int
    resource: Resource | None = None
    manual_approval: bool = False
    requests_affect_availability: bool = False
    location: Mapping[str, Any] | None = None
    payment_options: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    form: Mapping[str, str] = field(factory=dict)
    policy: Policy = Policy()
    sessions: tuple[Session, ...] = ()
    slots: Slots | None = None
    length: timedelta = timedelta(hours=1)
    price: str = "0"
    currency: str = "EUR"

    @property
    def first_start(self) -> datetime | None:
        """When the first session of the schedule starts."""
        return min((session.start for session in self.sessions), default=None)

    @property
    def last_end(self) -> datetime | None:
        """When the last session of the schedule ends."""
        return max((session.end for session in self.sessions), default=None)


@frozen
class Site:
    """One business: its services, found by their id, schedule and sessions."""

    id: str
    name: str
    timezone: str
    installed: bool
    services: tuple[Service, ...]
    namespaces: frozenset[str] = frozenset()
    _by_id: Mapping[str, Service] = field(init=False, repr=False, eq=False)
    _by_schedule: Mapping[str, Service] = field(init=False, repr=False, eq=False)
    _sessions: Mapping[str, Session] = field(init=False, repr=False, eq=False)

    @_by_id.default
    def _index_ids(self) -> Mapping[str, Service]:
        return {service.id: service for service in self.services}

    @_by_schedule.default
    def _index_schedules(self) -> Mapping[str, Service]:
        return {service.schedule_id: service for service in self.services}

    @_sessions.default
    def _index_sessions(self) -> Mapping[str, Session]:
        return {s.id: s for service in self.services for s in service.sessions}

    def service(self, service_id: str | None, schedule_id: str | None = None) -> Service | None:
        """The service with this id, else the one that owns the schedule, else None."""
        return self._by_id.get(service_id or "") or self._by_schedule.get(schedule_id or "")

    def session(self, session_id: str | None) -> Session | None:
        """The session of a class or course with this id, or None."""
        return self._sessions.get(session_id or "")

    def sessions(self) -> Iterator[Session]:
        """Every session of every class and course."""
        return iter(self._sessions.values())
