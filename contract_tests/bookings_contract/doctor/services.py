"""Whether the services of a target file are the target's, and can be booked.

A service is read where the target shows services, and booked once (CREATED, which holds no seat).
What is said of a refusal goes by the rule that it names.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from bookings_contract.doctor import described, sessions
from bookings_contract.doctor.asking import Asking, refused_as, refused_for, service_of, summary_of
from bookings_contract.doctor.check import Check, fine, skipped, wrong
from bookings_contract.findings.exchange import Exchange
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place

# How many places of a service are tried before it is called full.
TRIES = 5
RESOURCE, FORBIDDEN = "RESOURCE_NOT_FOUND", (401, 403)


@frozen
class Tried:
    """What is known of a service: how it was described, and what booking it was answered."""

    service: Service
    description: Mapping[str, Any] | None
    # That the target was asked for the service and does not know it.
    denied: bool
    attempts: tuple[Exchange, ...]

    @property
    def last(self) -> Exchange:
        """The answer that decides: the first that says more than that the place is taken."""
        telling = [e for e in self.attempts if not refused_for(e, "CREATE-7")]
        return (telling or list(self.attempts))[0]

    @property
    def key(self) -> str:
        """The section of the target file."""
        return f"[services.{self.service.name}]"

    @property
    def about(self) -> str:
        """What is looked at."""
        return f"service {self.service.name}"

    @property
    def absence(self) -> str:
        """The word for its not being there: it was denied, or another answered."""
        return "no" if self.denied else "not"


def unknown(tried: Tried) -> Check | None:
    """The site has no such service."""
    booked_other = tried.last.succeeded and _shown(tried.last, "serviceId")
    elsewhere = bool(booked_other) and not _same(booked_other, tried.service.id)
    refused = refused_for(tried.last, "CREATE-8") or tried.last.violations
    sure = tried.denied and (elsewhere or bool(refused))
    if not sure and (not elsewhere or tried.description):
        return None
    found = wrong(
        "service-unknown",
        tried.about,
        seen=f"{tried.absence} service {tried.service.id}; {summary_of(tried.last)}"
        + (f", booked {booked_other}" if elsewhere else ""),
        expected="a service of the site, and its own sessions",
        change=f"{tried.key} id",
    )
    return found.decisive if tried.denied else found


def wrong_kind(tried: Tried) -> Check | None:
    """The service is booked in another way."""
    kind = str((tried.description or {}).get("type", "")).lower()
    if kind not in ("appointment", "class", "course") or kind == tried.service.kind:
        return None
    found = wrong(
        "wrong-kind",
        tried.about,
        seen=f"type {kind.upper()}; {summary_of(tried.last)}",
        expected=f"a {tried.service.kind}, as the target file has it",
        change=f'{tried.key} kind = "{kind}", or id',
    )
    return found if tried.last.succeeded else found.decisive


def booked_otherwise(tried: Tried) -> Check | None:
    """A target that describes no services says only that it is not booked so."""
    if tried.description or not refused_for(tried.last, "CREATE-9"):
        return None
    return wrong(
        "wrong-kind",
        tried.about,
        seen=summary_of(tried.last),
        expected=f"a {tried.service.kind} that is booked as one, without more choices than named",
        change=f"{tried.key} kind, or choices",
    ).hindering


def wrong_schedule(tried: Tried) -> Check | None:
    """The schedule is not the service's."""
    schedule = (tried.description or {}).get("schedule")
    named = schedule.get("id") if isinstance(schedule, dict) else None
    if not named or tried.service.schedule_id is None or _same(named, tried.service.schedule_id):
        return None
    found = wrong(
        "schedule-mismatch",
        tried.about,
        seen=f"the service's schedule is {named}; {summary_of(tried.last)}",
        expected=f"schedule_id = {tried.service.schedule_id}",
        change=f"{tried.key} schedule_id",
    )
    return found.decisive if refused_for(tried.last, "CREATE-8") else found


def nothing_found(tried: Tried) -> Check | None:
    """What is booked by is not to be found: a session, a schedule, or the service itself."""
    if not refused_for(tried.last, "CREATE-8"):
        return None
    key = "schedule_id, or id" if tried.service.kind != "class" else "sessions, or id"
    # In these words only who has the sessions can say it: the file names none of them, or no more.
    return wrong(
        "session-unknown" if tried.service.kind == "class" else "schedule-unknown",
        tried.about,
        seen=summary_of(tried.last),
        expected="a session and schedule of the site",
        change=f"{tried.key} {key}",
    ).decisive


def malformed(tried: Tried) -> Check | None:
    """A value can't be what it is said to be."""
    fields = [str(one.get("field")) for one in tried.last.violations]
    ids = {"serviceId": "id", "scheduleId": "schedule_id", "sessionId": "sessions"}
    ids |= {"eventId": "sessions", "resource": "resource_id", "timezone": "timezone"}
    ids |= {"optionId": "choices", "location": "location", "Date": "slots"}
    named = [key for word, key in ids.items() if any(word in field for field in fields)]
    if not named:
        return None
    return wrong(
        "value-malformed",
        tried.about,
        seen=summary_of(tried.last),
        expected="an id or a value as the document has it",
        change=f"{tried.key} {' or '.join(dict.fromkeys(named))}",
    ).hindering


def time_zone(tried: Tried) -> Check | None:
    """The target knows no such time zone."""
    if not (refused_for(tried.last, "CREATE-19") and "ZONE" in str(tried.last.code)):
        return None
    return wrong(
        "timezone-unknown",
        tried.about,
        seen=summary_of(tried.last),
        expected=f"timezone = {tried.service.timezone!r} to be known",
        change=f"{tried.key} timezone",
    ).hindering


def choices(tried: Tried) -> Check | None:
    """The service has no such choices, or asks for some."""
    if refused_for(tried.last, "CREATE-3"):
        expected = "choices that the service has"
    elif refused_for(tried.last, "CREATE-23") and not tried.service.choices and _wants(tried):
        expected = "choices, which the target asks for"
    else:
        return None
    return wrong(
        "choices",
        tried.about,
        seen=summary_of(tried.last),
        expected=expected,
        change=f"{tried.key} choices, option_id and values",
    ).hindering


def _wants(tried: Tried) -> bool:
    return "hoice" in tried.last.text or "variant" in tried.last.text


def resource(tried: Tried, without: Exchange | None) -> Check | None:
    """The resource is not one of the service's; `without` is the attempt that named none."""
    own = tried.service.resource_id
    staff = (tried.description or {}).get("staffMemberIds")
    others = [one for one in staff if not _same(own, one)] if isinstance(staff, list) else []
    missing = bool(staff and own) and len(others) == len(staff or ())
    freed = without is not None and without.succeeded and not tried.last.succeeded
    if not (missing or freed or tried.last.code == RESOURCE):
        return None
    have = f"the service's are {', '.join(map(str, others))}; " if missing else ""
    free = "; without the resource it is free" if freed else ""
    found = wrong(
        "resource-unknown",
        tried.about,
        seen=f"{have}{summary_of(tried.last)}{free}",
        expected=f"resource_id = {own}",
        change=f"{tried.key} resource_id",
    )
    return found.decisive if missing and not tried.last.succeeded else found.hindering


def closed(tried: Tried) -> Check | None:
    """The policy keeps customers from booking it now."""
    if not refused_for(tried.last, "CREATE-17") or not tried.service.allows("book"):
        return None
    return wrong(
        "booking-closed",
        tried.about,
        seen=summary_of(tried.last),
        expected='policy = {book = "open"}, and times within the booking window',
        change=f'{tried.key} policy = {{book = "closed"}}, or other sessions or slots',
    ).hindering


def taken(tried: Tried) -> Check | None:
    """None of the places that were tried is free."""
    if not all(refused_for(e, "CREATE-7") for e in tried.attempts):
        return None
    kind = tried.service.kind
    name = {"appointment": "no-free-slot", "class": "sessions-full", "course": "course-full"}[kind]
    key = {"appointment": "slots", "class": "sessions", "course": "schedule_id"}[kind]
    return wrong(
        name,
        tried.about,
        seen=f"{summary_of(tried.last)} ({len(tried.attempts)} tried)",
        expected="a free place, and times that the target offers",
        change=f"{tried.key} {key}" + (", resource_id or length" if kind == "appointment" else ""),
    )


def forbidden(tried: Tried) -> Check | None:
    """The owner may not book."""
    late = refused_for(tried.last, "CREATE-17") or not tried.service.allows("book")
    if late or tried.last.status not in FORBIDDEN:
        return None
    return wrong(
        "scope-missing",
        tried.about,
        seen=summary_of(tried.last),
        expected="the owner may create bookings",
        change="[callers.owner] token: of somebody who may manage bookings",
    ).hindering


# What is asked


def checks(asking: Asking, thorough: bool) -> Iterator[Check]:
    """Each service in turn, and its sessions."""
    for service in asking.target.services.values():
        yield from _service(asking, service, thorough)


def _service(asking: Asking, service: Service, thorough: bool) -> Iterator[Check]:
    places = list(sessions.places(service, asking))
    if not places:
        yield skipped(f"service {service.name}", "it names nothing ahead to book")
        return
    # Looked at before anything is booked: what a wrong server then does with seats is its own.
    seats = list(sessions.checks(asking, service)) if thorough else []
    told = asking.describe(service.id)
    attempts = tuple(_attempts(asking, places, service))
    denied = told is not None and refused_as(told, "LOOKUP-3") and told.code is not None
    tried = Tried(service, service_of(told), denied, attempts)
    found = diagnosis(tried) or _resource(asking, tried, places[0]) or taken(tried)
    settings = described.checks(service, tried.description) if thorough else []
    wrongs = [found, *settings] if found else [*settings, *seats]
    yield from wrongs or [_fine(tried)]


def _fine(tried: Tried) -> Check:
    if tried.last.succeeded:
        return fine(tried.about, "can be booked")
    if not tried.service.allows("book"):
        return fine(tried.about, "closed for booking, as it is said to be")
    return skipped(
        tried.about, f"{summary_of(tried.last)}, for which the target file has no reason"
    )


def diagnosis(tried: Tried) -> Check | None:
    """What is wrong with a service, the surest first."""
    for one in (unknown, wrong_kind, wrong_schedule, nothing_found, malformed, time_zone):
        if found := one(tried):
            return found
    for one in (choices, closed, forbidden, booked_otherwise):
        if found := one(tried):
            return found
    return None


def _attempts(asking: Asking, places: list[Place], service: Service) -> Iterator[Exchange]:
    """Tries one place after the other while they are taken."""
    for place in places[:TRIES]:
        exchange = asking.book(place)
        yield exchange
        if not refused_for(exchange, "CREATE-7"):
            return


def _resource(asking: Asking, tried: Tried, place: Place) -> Check | None:
    """Asks again without the resource, where naming it may be what keeps it from being booked."""
    without = None
    if tried.service.kind == "appointment" and tried.service.resource_id and taken(tried):
        without = asking.book(sessions.without_resource(place))
    return resource(tried, without)


def _shown(exchange: Exchange, key: str) -> str | None:
    booking = exchange.booking
    value = (booking.slot or booking.schedule).get(key) if booking else None
    return value if isinstance(value, str) else None


def _same(one: object, other: object) -> bool:
    return str(one).lower() == str(other).lower()
