"""What a site offers: services, their resources, schedules, sessions and slots."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from attrs import field, frozen

from bookings_mock.domain.catalog import EARLIEST, Catalog, Policy as Policy

APPOINTMENT, CLASS, COURSE = "appointment", "class", "course"
# The type that every site has for its staff, the form and the app that services have by default.
STAFF_TYPE = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"
DEFAULT_FORM = "00000000-0000-0000-0000-000000000000"
BOOKINGS_APP = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"


@frozen
class Resource:
    """A member of staff, a room or a thing that a service needs; it has a schedule of its own."""

    id: str
    name: str
    email: str | None
    schedule_id: str
    type_id: str = STAFF_TYPE


@frozen
class Session:
    """An occupied period on a service's schedule that several bookings may share."""

    id: str
    service_id: str
    schedule_id: str
    start: datetime
    end: datetime
    capacity: int
    # What it says for itself, where that is not what its service says.
    title: str | None = None
    resource: Resource | None = None
    location: Mapping[str, Any] | None = None
    created: datetime = EARLIEST
    updated: datetime = EARLIEST
    revision: int = 1
    canceled: bool = False
    # What it is repeated from, and how that says so, where it is one of a row.
    series: str | None = None
    recurrence: Mapping[str, Any] = field(factory=dict)
    details: Mapping[str, Any] = field(factory=dict)


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
    # Up to when a customer may choose an appointment's end; None where its length is fixed.
    longest: timedelta | None = None
    price: str = "0"
    currency: str = "EUR"
    hidden: bool = False
    category_id: str | None = None
    policy_id: str | None = None
    created: datetime = EARLIEST
    updated: datetime = EARLIEST
    revision: int = 1
    # What else was written of it, as the API spells it; no rule reads it.
    details: Mapping[str, Any] = field(factory=dict)
    # Who can provide it besides, where there are several.
    others: tuple[Resource, ...] = ()
    # How far apart its times lie in the hours of who provides it; None where it has slots.
    grid: timedelta | None = None
    # How long nobody can book whoever provides it, before and after.
    buffer: timedelta = timedelta()
    # How the price is made, as the API spells it; empty where it follows from the rest.
    rate: Mapping[str, Any] = field(factory=dict)
    # It was deleted: nobody can book it, but bookings of it are still there.
    gone: bool = False

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Everybody who can provide it, whoever is asked first at the head."""
        return ((self.resource,) if self.resource else ()) + self.others

    @property
    def form_id(self) -> str | None:
        """The form that customers fill in, if there is one."""
        return str(uuid5(NAMESPACE_URL, f"{self.id}/form")) if self.form else None

    @property
    def first_start(self) -> datetime | None:
        """When the first session of the schedule starts."""
        return min((one.start for one in self.sessions if not one.canceled), default=None)

    @property
    def last_end(self) -> datetime | None:
        """When the last session of the schedule ends."""
        return max((one.end for one in self.sessions if not one.canceled), default=None)


@frozen
class Site:
    """One business: its services, found by their id, schedule and sessions."""

    id: str
    name: str
    timezone: str
    installed: bool
    services: tuple[Service, ...]
    namespaces: frozenset[str] = frozenset()
    catalog: Catalog = Catalog()
    # The services that were deleted, for the sake of their bookings.
    deleted: tuple[Service, ...] = ()
    _by_id: Mapping[str, Service] = field(init=False, repr=False, eq=False)
    _by_schedule: Mapping[str, Service] = field(init=False, repr=False, eq=False)
    _sessions: Mapping[str, Session] = field(init=False, repr=False, eq=False)

    @_by_id.default
    def _index_ids(self) -> Mapping[str, Service]:
        return {service.id: service for service in self.known()}

    @_by_schedule.default
    def _index_schedules(self) -> Mapping[str, Service]:
        return {service.schedule_id: service for service in self.known()}

    @_sessions.default
    def _index_sessions(self) -> Mapping[str, Session]:
        return {s.id: s for service in self.known() for s in service.sessions}

    def known(self) -> tuple[Service, ...]:
        """Every service, those that were deleted at the end."""
        return self.services + self.deleted

    def offered(self, service_id: str | None, schedule_id: str | None = None) -> Service | None:
        """As `service`, but for those that were deleted."""
        service = self.service(service_id, schedule_id)
        return None if service is None or service.gone else service

    def service(self, service_id: str | None, schedule_id: str | None = None) -> Service | None:
        """The service with this id, else the one that owns the schedule, else None."""
        return self._by_id.get(service_id or "") or self._by_schedule.get(schedule_id or "")

    def session(self, session_id: str | None) -> Session | None:
        """The session of a class or course with this id, or None."""
        return self._sessions.get(session_id or "")

    def sessions(self) -> Iterator[Session]:
        """Every session of every class and course."""
        return iter(self._sessions.values())
