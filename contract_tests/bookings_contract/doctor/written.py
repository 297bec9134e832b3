"""What can be seen of a target without asking it: empty, left over, past, doubled or misspelled."""

import difflib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import asdict

from bookings_contract.doctor.check import Check, fine, several, wrong
from bookings_contract.findings.operations import operations
from bookings_contract.target.model import Service, Target

# What the template leaves to be filled in.
PLACEHOLDER = "…"
POLICY = {
    "book": ("open", "closed"),
    "cancel": ("allowed", "forbidden"),
    "reschedule": ("allowed", "forbidden"),
}


def checks(target: Target, now: datetime) -> list[Check]:
    """Everything that is wrong with what is written, or that all is well."""
    wrongs = [
        *placeholders(target),
        *empty_tokens(target),
        *empty_headers(target),
        *same_tokens(target),
        *unknown_operations(target),
        *no_services(target),
        *same_sessions(target),
    ]
    for service in target.services.values():
        wrongs += in_service(service, now)
    return wrongs or [fine("what is written", "complete, and nothing of it contradicts itself")]


def in_service(service: Service, now: datetime) -> list[Check]:
    """What is wrong with one service."""
    return [
        *unknown_time_zone(service),
        *unknown_policy(service),
        *nothing_to_book(service),
        *times_without_zone(service),
        *backward_sessions(service),
        *past_sessions(service, now),
        *past_slots(service, now),
    ]


def placeholders(target: Target) -> Iterator[Check]:
    """The template's own words are still there."""
    places = [where for where, text in _texts(asdict(target)) if text.strip() == PLACEHOLDER]
    if places:
        yield wrong(
            "placeholder",
            "what is written",
            seen=f"{PLACEHOLDER} as {several(places)}",
            expected="a value of your own",
            change=f"fill in {several(places)}",
        ).decisive


def empty_tokens(target: Target) -> Iterator[Check]:
    """A caller's token is there, and empty."""
    for caller in target.callers.values():
        if not caller.token.strip():
            yield wrong(
                "token-empty",
                f"token of {caller.name}",
                seen="an empty token",
                expected="a token",
                change=f"[callers.{caller.name}] token, or the environment variable that it names",
            ).decisive


def empty_headers(target: Target) -> Iterator[Check]:
    """A header has no value."""
    for name, value in target.headers.items():
        if not value.strip():
            yield wrong(
                "header-empty",
                f"header {name}",
                seen="no value",
                expected="a value, or no such header",
                change=f"[headers] {name}, or the environment variable that it names",
            ).decisive


def same_tokens(target: Target) -> Iterator[Check]:
    """Two callers are one and the same."""
    first: dict[str, str] = {}
    for caller in target.callers.values():
        other = first.setdefault(caller.token, caller.name)
        if other != caller.name and caller.token.strip():
            yield wrong(
                "callers-alike",
                f"token of {caller.name}",
                seen=f"the token of [callers.{other}]",
                expected="a token of its own: rules compare what the two may do",
                change=f"[callers.{caller.name}] token, or take one of the two callers out",
            ).decisive


def unknown_operations(target: Target) -> Iterator[Check]:
    """`without` names something that is no operation."""
    for name in sorted(target.without - operations().keys()):
        near = difflib.get_close_matches(name, operations(), n=1, cutoff=0.5)
        yield wrong(
            "operation-unknown",
            "operations",
            seen=f"without = [{name!r}], which is no operation",
            expected=f"{near[0]}, perhaps" if near else "an operationId of the document",
            change="[target] without",
        ).decisive


def no_services(target: Target) -> Iterator[Check]:
    """There is nothing to book at all."""
    if not target.services:
        yield wrong(
            "no-services",
            "services",
            seen="no service is named",
            expected="one class at least, best one of each kind",
            change="write [services.<name>] with kind, id and schedule_id",
        ).decisive


def same_sessions(target: Target) -> Iterator[Check]:
    """One session stands in two places, so that its seats would be counted twice."""
    first: dict[str, str] = {}
    for service in target.services.values():
        for session in service.sessions:
            if session.id in first:
                yield wrong(
                    "session-twice",
                    f"sessions of {service.name}",
                    seen=f"{session.id} stands under [services.{first[session.id]}] already",
                    expected="each session once",
                    change=f"[services.{service.name}] sessions",
                ).decisive
            first[session.id] = service.name


def unknown_time_zone(service: Service) -> Iterator[Check]:
    """The time zone is none of the tz database."""
    try:
        ZoneInfo(service.timezone or "UTC")
    except (ValueError, OSError, KeyError):
        yield wrong(
            "timezone-unknown",
            f"service {service.name}",
            seen=f"timezone = {service.timezone!r}",
            expected="a zone of the tz database, such as Europe/Dublin",
            change=f"[services.{service.name}] timezone",
        ).decisive


def unknown_policy(service: Service) -> Iterator[Check]:
    """A word of the policy means nothing, and so would be taken for leave."""
    for key, word in service.policy.items():
        if key in POLICY and word not in POLICY[key]:
            yield wrong(
                "policy-word",
                f"service {service.name}",
                seen=f"policy {key} = {word!r}",
                expected=" or ".join(POLICY[key]),
                change=f"[services.{service.name}] policy",
            ).decisive


def nothing_to_book(service: Service) -> Iterator[Check]:
    """What a service of its kind is booked by is missing."""
    needed = {"class": "sessions", "appointment": "slots", "course": "schedule_id"}[service.kind]
    if not getattr(service, needed):
        yield wrong(
            f"no-{needed.replace('_', '-')}",
            f"service {service.name}",
            seen=f"a {service.kind} without {needed}",
            expected=f"{needed}: there is nothing else to book it by",
            change=f"[services.{service.name}] {needed}",
        )


def times_without_zone(service: Service) -> Iterator[Check]:
    """Times say no offset, so nobody knows when they are."""
    times = [one for s in service.sessions for one in (s.start, s.end) if one]
    times += [service.slots.start] if service.slots else []
    naive = [one for one in times if datetime.fromisoformat(one).tzinfo is None]
    if naive:
        key = "slots" if service.slots else "sessions"
        yield wrong(
            "time-without-zone",
            f"{key} of {service.name}",
            seen=several(naive),
            expected=f"an offset: {naive[0]}Z or {naive[0]}+01:00",
            change=f"[services.{service.name}] {key}",
        )


def backward_sessions(service: Service) -> Iterator[Check]:
    """Sessions end before they begin."""
    odd = [s.id for s in service.sessions if _known(s.end, s.start) and _before(s.end, s.start)]
    if odd:
        yield wrong(
            "session-backward",
            f"sessions of {service.name}",
            seen=f"{several(odd)} end before they begin",
            expected="a start before the end",
            change=f"[services.{service.name}] sessions, start and end",
        )


def past_sessions(service: Service, now: datetime) -> Iterator[Check]:
    """Sessions have begun, so nobody can book them."""
    past = [s for s in service.sessions if _past(s.start, now)]
    if past and service.kind == "class":
        rest = len(service.sessions) - len(past)
        yield wrong(
            "session-past",
            f"sessions of {service.name}",
            seen=f"{several(f'{s.id} began {s.start}' for s in past)}; {rest} lie ahead",
            expected=f"sessions after now, {now.isoformat(timespec='minutes')}",
            change=f"[services.{service.name}] sessions",
        )


def past_slots(service: Service, now: datetime) -> Iterator[Check]:
    """Free times have gone by."""
    starts = service.slots.starts() if service.slots else ()
    past = [start for start in starts if start.tzinfo is not None and start <= now]
    if past:
        yield wrong(
            "slots-past",
            f"slots of {service.name}",
            seen=f"{len(past)} of {len(starts)} lie before now, from {past[0].isoformat()}",
            expected=f"times after now, {now.isoformat(timespec='minutes')}",
            change=f"[services.{service.name}] slots, start",
        ).decisive


def _past(time: str | None, now: datetime) -> bool:
    moment = datetime.fromisoformat(time) if time else None
    return moment is not None and moment.tzinfo is not None and moment <= now


def _known(*times: str | None) -> bool:
    zoned = [datetime.fromisoformat(one).tzinfo is not None for one in times if one]
    return len(zoned) == len(times) and len(set(zoned)) == 1


def _before(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    return datetime.fromisoformat(one) < datetime.fromisoformat(other)


def _texts(node: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text of the target with the place where it is written."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _texts(value, _inside(where, str(key)))
    elif isinstance(node, list | tuple | set | frozenset):
        for value in node:
            yield from _texts(value, where)
    elif isinstance(node, str):
        yield where, node


def _inside(where: str, key: str) -> str:
    """A place as a target file has it: "[services.yoga] id"."""
    if where in ("callers", "services"):
        return f"[{where}.{key}]"
    if not where:
        return key if key in ("callers", "services", "headers", "webhooks") else f"[target] {key}"
    return f"[{where}] {key}" if where in ("headers", "webhooks") else f"{where} {key}"
