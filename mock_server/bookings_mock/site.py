"""Reads a site file into a site and its callers, and writes one out with every id and time.

Site files, `GET /_mock/site` and target files share their keys. In a file written by hand ids may
be left out (they are made from names, the same each time) and times may be relative to the clock:
"+3d 18:00" is three days from the local midnight of the site, at that wall time.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import asdict, evolve, frozen

from bookings_mock.callers import APP, MEMBER, OWNER, VISITOR, Caller
from bookings_mock.clock import ClockError, showable
from bookings_mock.domain.catalog import (
    GAP,
    BookingPolicy,
    Catalog,
    Category,
    ResourceType,
    StaffMember,
)
from bookings_mock.domain.service import (
    APPOINTMENT,
    STAFF_TYPE,
    Option,
    Policy,
    Resource,
    Service,
    Session,
    Site,
    Slots,
)
from bookings_mock.domain.times import exists
from bookings_mock.files import in_one_line

_MINUTE = timedelta(minutes=1)
# When what a file says nothing of was made.
_MADE = datetime(2020, 1, 1, 9, tzinfo=UTC)
_NAMESPACE = UUID("2f4a1f0e-6c1b-5d0b-9a53-0d6d7c1f5c11")
_RELATIVE = re.compile(r"([+-]\d+)d (\d{1,2}):(\d{2})")
_ID_KEYS = {OWNER: "wix_user_id", APP: "app_id", MEMBER: "member_id", VISITOR: "visitor_id"}


class SiteError(ValueError):
    """A site file that can't be read; the message says where and what was expected, in a line."""

    def __init__(self, message: str) -> None:
        super().__init__(in_one_line(message))


@frozen
class Ids:
    """Ids made from names, so that the same file gives the same ids at each start."""

    site: str

    def of(self, *names: str) -> str:
        """The id of the thing with these names."""
        return str(uuid5(_NAMESPACE, "/".join((self.site, *names))))


@frozen
class Times:
    """Times of one site, read against one moment.

    Wall times that are left out when the clocks go forward are refused where they are `strict`;
    else they move on by as much as the clocks.
    """

    zone: ZoneInfo
    now: datetime
    strict: bool = True

    def read(self, text: str) -> datetime:
        """A relative or an absolute time as UTC; raises `SiteError` for anything else."""
        relative = _RELATIVE.fullmatch(text)
        if relative:
            days, hour, minute = (int(part) for part in relative.groups())
            day = self.now.astimezone(self.zone).date() + timedelta(days=days)
            local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
            return self._there(local, text)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise SiteError(f'{text!r} is no time: write "+3d 18:00" or an ISO date-time') from None
        if moment.tzinfo:
            return moment.astimezone(UTC)
        return self._there(moment.replace(tzinfo=self.zone), text)

    def _there(self, wall: datetime, text: str) -> datetime:
        if self.strict and not exists(wall):
            raise SiteError(
                f"{text!r} is {wall:%Y-%m-%d %H:%M}, which the clocks of {self.zone.key} leave out "
                "when they go forward: write another hour"
            )
        return wall.astimezone(UTC)


def read_site(data: Mapping[str, Any], now: datetime, strict: bool = True) -> Site:
    """The site of a file, its times made absolute against `now`; see `Times` for `strict`."""
    facts = data["site"]
    zone = facts.get("timezone", "UTC")
    ids, times = Ids(facts["name"]), Times(_zone(zone, "site"), now, strict)
    services = tuple(
        _placed(name, entry, zone, ids, times)
        for name, entry in (data.get("services") or {}).items()
    )
    catalog = _catalog(data, services, ids)
    return Site(
        id=facts.get("id") or ids.of("site"),
        name=facts["name"],
        timezone=zone,
        installed=facts.get("bookings_installed", True),
        namespaces=frozenset(facts.get("namespaces", ())),
        services=tuple(_listed(one, n, catalog) for n, one in enumerate(services)),
        catalog=catalog,
    )


def _catalog(data: Mapping[str, Any], services: Iterable[Service], ids: Ids) -> Catalog:
    """What the services of a file share: headings, staff and policies, each named once."""
    entries = (data.get("services") or {}).values()
    headings = dict.fromkeys(one["category"] for one in entries if one.get("category"))
    needed = {one.resource.id: one.resource for one in services if one.resource}
    staff = [one for one in needed.values() if one.type_id == STAFF_TYPE]
    types = {ids.of("resource-type", name): name for name in _types(data)}
    terms = {Policy(): "Default policy"}
    for one in services:
        terms.setdefault(_terms(one), f"Policy of {one.title}")
    return Catalog(
        categories=tuple(
            Category(
                id=ids.of("category", name),
                name=name,
                position=GAP * (n + 1),
                created=_made(n),
                updated=_made(n),
            )
            for n, name in enumerate(headings)
        ),
        staff=tuple(
            StaffMember(
                id=ids.of("staff", one.id),
                name=one.name,
                resource_id=one.id,
                schedule_id=one.schedule_id,
                email=one.email,
                created=_made(n),
                updated=_made(n),
            )
            for n, one in enumerate(staff)
        ),
        resource_types=tuple(
            ResourceType(
                id=type_id,
                name=name,
                created=_made(n),
                updated=_made(n),
            )
            for n, (type_id, name) in enumerate({STAFF_TYPE: "Staff member", **types}.items())
        ),
        policies=tuple(
            BookingPolicy(
                id=ids.of("policy", str(policy)),
                name=name,
                policy=policy,
                default=n == 0,
                created=_made(n),
                updated=_made(n),
            )
            for n, (policy, name) in enumerate(terms.items())
        ),
    )


def _made(number: int) -> datetime:
    """When the how-manieth of its kind was made: one after the other."""
    return _MADE + number * _MINUTE


def _types(data: Mapping[str, Any]) -> Iterator[str]:
    """The types that the resources of a file name; staff names none."""
    for entry in (data.get("services") or {}).values():
        named = entry.get("resource")
        if isinstance(named, Mapping) and named.get("type"):
            yield named["type"]


def _terms(service: Service) -> Policy:
    """The policy of a service, apart from whether it is open."""
    return evolve(service.policy, book="open")


def _listed(service: Service, number: int, catalog: Catalog) -> Service:
    """A service with its place in the catalog."""
    heading = next((one.id for one in catalog.categories if one.name == service.category_id), None)
    policy = next(one.id for one in catalog.policies if one.policy == _terms(service))
    made = _made(number)
    return evolve(service, category_id=heading, policy_id=policy, created=made, updated=made)


def _placed(name: str, entry: Mapping[str, Any], zone: str, ids: Ids, times: Times) -> Service:
    try:
        _zone(entry.get("timezone") or zone, f"services.{name}")
        return _service(name, entry, zone, ids, times)
    except (OverflowError, SiteError) as error:
        place = "" if str(error).startswith("services.") else f"services.{name}: "
        raise SiteError(f"{place}{error}") from None


def _zone(name: str, place: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise SiteError(f"{place}.timezone: {name} is no zone of the tz database") from None


def read_callers(data: Mapping[str, Any]) -> tuple[Caller, ...]:
    """The callers of a file; one may belong to another site, which it names."""
    own = data["site"]["name"]
    return tuple(_caller(name, entry, own) for name, entry in (data.get("callers") or {}).items())


def _caller(name: str, entry: Mapping[str, Any], own: str) -> Caller:
    kind, site = entry["kind"], entry.get("site", own)
    ids = Ids(site)
    contact = entry.get("contact_id") or (ids.of("contact", name) if kind == MEMBER else None)
    return Caller(
        name=name,
        kind=kind,
        token=entry["token"],
        site=site,
        id=entry.get(_ID_KEYS[kind]) or ids.of(kind, name),
        contact_id=contact,
        scopes=tuple(entry.get("scopes", ())),
        client_id=entry.get("client_id") or (ids.of("client", name) if kind == APP else None),
        client_secret=entry.get("client_secret") or (_secret(name) if kind == APP else None),
    )


def _secret(name: str) -> str:
    return f"{name.replace('_', '-')}-secret"


def _end(session: Mapping[str, Any], start: datetime, number: int, times: Times) -> datetime:
    end = times.read(session["end"])
    if times.strict and end <= start:
        raise SiteError(f"sessions[{number}].end: {session['end']!r} is not after its start")
    return end


def _service(name: str, entry: Mapping[str, Any], zone: str, ids: Ids, times: Times) -> Service:
    service_id = entry.get("id") or ids.of("service", name)
    schedule_id = entry.get("schedule_id") or ids.of("schedule", name)
    capacity = entry.get("capacity", 1)
    sessions = tuple(
        Session(
            id=one.get("id") or ids.of("session", name, str(number)),
            service_id=service_id,
            schedule_id=schedule_id,
            start=(start := times.read(one["start"])),
            end=_end(one, start, number, times),
            capacity=one.get("capacity", capacity),
        )
        for number, one in enumerate(entry.get("sessions") or ())
    )
    slots = _slots(entry.get("slots"), times)
    return Service(
        id=service_id,
        name=name,
        kind=entry["kind"],
        schedule_id=schedule_id,
        title=entry.get("title") or name.replace("-", " ").capitalize(),
        timezone=entry.get("timezone") or zone,
        capacity=capacity,
        resource=_resource(entry, ids),
        manual_approval=entry.get("manual_approval", False),
        requests_affect_availability=entry.get("requests_affect_availability", False),
        location=_location(entry.get("location")),
        payment_options=tuple(entry.get("payment_options", ())),
        options=tuple(
            Option(one["option_id"], tuple(one["values"])) for one in entry.get("choices") or ()
        ),
        form=entry.get("form") or {},
        policy=Policy(**(entry.get("policy") or {})),
        sessions=sessions,
        slots=slots,
        grid=timedelta(minutes=entry["grid"]) if entry.get("grid") else None,
        length=timedelta(minutes=entry["length"]) if entry.get("length") else _step(slots),
        longest=timedelta(minutes=entry["longest"]) if entry.get("longest") else None,
        hidden=entry.get("hidden", False),
        # By its name, until the headings are known.
        category_id=entry.get("category"),
        details=_details(entry),
        price=(entry.get("price") or {}).get("amount", "0"),
        currency=(entry.get("price") or {}).get("currency", "EUR"),
    )


def _details(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    written = {"description": entry.get("description"), "tagLine": entry.get("tag_line")}
    return _given(written)


def _resource(entry: Mapping[str, Any], ids: Ids) -> Resource | None:
    named = entry.get("resource")
    if not named:
        return None
    facts = {"name": named} if isinstance(named, str) else named
    name = facts["name"]
    return Resource(
        id=entry.get("resource_id") or facts.get("id") or ids.of("resource", name),
        name=name,
        email=facts.get("email"),
        schedule_id=facts.get("schedule_id") or ids.of("resource-schedule", name),
        type_id=ids.of("resource-type", facts["type"]) if facts.get("type") else STAFF_TYPE,
    )


def _location(entry: Mapping[str, Any] | str | None) -> Mapping[str, Any] | None:
    return {"locationType": entry} if isinstance(entry, str) else entry


# The most minutes that the schema of site files allows.
_LONGEST = timedelta(minutes=5256000)


def _slots(entry: Mapping[str, Any] | None, times: Times) -> Slots | None:
    if not entry:
        return None
    slots = Slots(times.read(entry["start"]), timedelta(minutes=entry["step"]), entry["count"])
    try:
        # Whatever begins then also ends, ten years later at the latest.
        showable(slots.start + slots.step * slots.count + _LONGEST)
    except (OverflowError, ClockError) as error:
        raise SiteError(f"slots: so many lead beyond all calendars: {error}") from None
    return slots


def _step(slots: Slots | None) -> timedelta:
    return slots.step if slots else timedelta(hours=1)


def show_callers(callers: Iterable[Caller], data: Mapping[str, Any]) -> dict[str, Any]:
    """The callers of a site file with every id, by the names that the file gives them."""
    named = data.get("callers") or {}
    return {
        caller.name: _shown_caller(caller, data["site"]["name"])
        for caller in callers
        if named.get(caller.name, {}).get("token") == caller.token
    }


def show_services(site: Site) -> dict[str, Any]:
    """The services of a site with every id and absolute times, as a target file has them."""
    headings = {one.id: one.name for one in site.catalog.categories}
    types = {one.id: one.name for one in site.catalog.resource_types}
    return {
        service.name: {
            **_shown_service(service, types),
            **_given(
                {
                    "category": headings.get(service.category_id or ""),
                    "hidden": service.hidden or None,
                    "description": service.details.get("description"),
                    "tag_line": service.details.get("tagLine"),
                }
            ),
        }
        for service in site.services
    }


def _shown_caller(caller: Caller, own: str) -> dict[str, Any]:
    return _given(
        {
            "kind": caller.kind,
            "token": caller.token,
            _ID_KEYS[caller.kind]: caller.id,
            "contact_id": caller.contact_id,
            "scopes": list(caller.scopes) if caller.kind == APP else None,
            "client_id": caller.client_id,
            "client_secret": caller.client_secret,
            "site": caller.site if caller.site != own else None,
        }
    )


def _shown_service(service: Service, types: Mapping[str, str]) -> dict[str, Any]:
    policy = service.policy
    return _given(
        {
            "kind": service.kind,
            "id": service.id,
            "schedule_id": service.schedule_id,
            "title": service.title,
            "timezone": service.timezone,
            "capacity": service.capacity if service.kind != APPOINTMENT else None,
            "resource_id": service.resource.id if service.resource else None,
            "resource": _shown_resource(service.resource, types) if service.resource else None,
            "manual_approval": service.manual_approval,
            "requests_affect_availability": service.requests_affect_availability,
            "location": service.location,
            "payment_options": list(service.payment_options),
            "price": {"amount": service.price, "currency": service.currency},
            "choices": [
                {"option_id": option.id, "values": list(option.values)}
                for option in service.options
            ],
            "form": dict(service.form),
            "policy": _given(asdict(policy)),
            "sessions": [_shown_session(session) for session in service.sessions],
            "slots": _shown_slots(service.slots) if service.slots else None,
            "grid": service.grid // _MINUTE if service.grid else None,
            "length": service.length // _MINUTE if service.kind == APPOINTMENT else None,
            "longest": service.longest // _MINUTE if service.longest else None,
        }
    )


def _shown_session(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "start": _iso(session.start),
        "end": _iso(session.end),
        "capacity": session.capacity,
        "exclusive": True,
    }


def _shown_slots(slots: Slots) -> dict[str, Any]:
    return {"start": _iso(slots.start), "step": slots.step // _MINUTE, "count": slots.count}


def _shown_resource(resource: Resource, types: Mapping[str, str]) -> dict[str, Any]:
    return _given(
        {
            "id": resource.id,
            "name": resource.name,
            "email": resource.email,
            "schedule_id": resource.schedule_id,
            "type": types.get(resource.type_id) if resource.type_id != STAFF_TYPE else None,
        }
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _given(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}
