"""Availability when the clocks change: how long an appointment takes, and what is booked then."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged, Unreadable
from bookings_contract.suites.support.calls import reached
from bookings_contract.suites.support.openings import APPOINTMENTS, STAFF, wall
from bookings_contract.target.model import Service
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

RULE = "AVAILABILITY-10"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# How far around the change is looked, and how long before it a world of one's own begins.
AROUND, AHEAD = timedelta(hours=5), timedelta(days=3)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("forward", [False, True], ids=["back", "forward"])
def test_a_time_across_a_change_of_the_clocks_is_booked_as_it_is_shown(
    forward: bool, scenario: Scenario
) -> None:
    service, change = _across(scenario.client, forward)
    zone = _zone(service)
    circumstance = "forward" if forward else "back"
    answer, slots = _night(scenario.client, service, change)
    length = _usual(slots, zone)
    odd = next((said for slot in slots if (said := _impossible(slot, length, zone))), None)
    fine = scenario.expect.that(
        RULE,
        odd is None,
        expected=f"times of {_minutes(length)} minutes, whose begin the clocks show",
        actual=odd,
        circumstance=circumstance,
        at=answer,
    )
    crossing = [slot for slot in slots if _lengths(slot, zone)[0] != _lengths(slot, zone)[1]]
    if crossing and fine:
        _told(crossing[0], length, zone, scenario.expect)
    for slot in crossing[:1] or slots[:1]:
        _booked(slot, service, scenario, circumstance)


def _told(slot: Mapping[str, Any], length: timedelta, zone: ZoneInfo, expect: Expect) -> None:
    """Which way of counting the time follows; nobody can tell where the clocks don't change."""
    elapsed, clock = _lengths(slot, zone)
    letter = "A" if elapsed == length else "B" if clock == length else None
    said = f"{_minutes(elapsed)} minutes that pass, {_minutes(clock)} by the clock"
    expect.reading(RULE, letter, actual=f"{_minutes(length)} minutes are {said}")


def _booked(
    slot: Mapping[str, Any],
    service: Service,
    scenario: Scenario,
    circumstance: str,
) -> None:
    body = scenario.given.body(service)
    body["booking"]["bookedEntity"] = {"slot": _entity(slot, service)}
    booking = reached(scenario.client.call("createBooking", body=body))
    made = [booking.booking.raw.get(name) for name in ("startDate", "endDate")]
    zone = _zone(service)
    shown = [_moment(slot[name], zone) for name in ("localStartDate", "localEndDate")]
    scenario.expect.that(
        RULE,
        [_instant(text) for text in made] == shown,
        expected=f"a booking from {shown[0]:%H:%M} to {shown[1]:%H:%M} UTC, as shown",
        actual=f"{made[0]} to {made[1]}",
        circumstance=f"{circumstance}, booked",
        at=booking,
    )


def _entity(slot: Mapping[str, Any], service: Service) -> dict[str, Any]:
    groups = slot.get("availableResources") or ()
    resources = [one for group in groups for one in group.get("resources") or ()]
    entity = {
        "serviceId": service.id,
        "scheduleId": slot.get("scheduleId") or service.schedule_id,
        "startDate": slot["localStartDate"],
        "endDate": slot["localEndDate"],
        "timezone": service.timezone,
        "resource": {"id": resources[0]["id"]} if resources else None,
        "location": service.location,
    }
    return {key: value for key, value in entity.items() if value is not None}


# The night


def _night(
    client: Client, service: Service, change: datetime
) -> tuple[Answer, list[Mapping[str, Any]]]:
    zone = _zone(service)
    first, last = ((change + by).astimezone(zone) for by in (-AROUND, AROUND))
    body = {
        "serviceId": service.id,
        "fromLocalDate": wall(first),
        "toLocalDate": wall(last),
        "timeZone": zone.key,
        "bookable": True,
        "includeResourceTypeIds": [STAFF],
    }
    answer = reached(client.call(APPOINTMENTS, body=body))
    slots: list[Mapping[str, Any]] = answer.at("timeSlots")
    if not slots:
        raise NotJudged("no time is shown around the change of the clocks")
    return answer, slots


def _across(client: Client, forward: bool) -> tuple[Service, datetime]:
    """An appointment that is offered when the clocks change, and that moment."""
    if client.target.ours:
        return _arranged(client, forward)
    for service in client.target.all_services("appointment", variants=False, book="open"):
        starts = [one for one in (service.slots.starts() if service.slots else ()) if one.tzinfo]
        if service.timezone and starts:
            change = _change(_zone(service), min(starts).astimezone(UTC), forward, max(starts))
            if change:
                return service, change
    raise NotJudged("no appointment is offered when the clocks change")


def _arranged(client: Client, forward: bool) -> tuple[Service, datetime]:
    """The same in a world that begins a few days before."""
    service = client.target.service("appointment", variants=False, book="open")
    now = datetime.now(UTC) + AHEAD + DAY
    change = _change(_zone(service), now, forward, now + timedelta(days=400))
    if change is None:
        raise NotJudged(f"the clocks of {service.timezone} don't change")
    client.control("POST", "reset", {"now": (change - AHEAD).isoformat()})
    return service, change


def _change(zone: ZoneInfo, since: datetime, forward: bool, until: datetime) -> datetime | None:
    """When the clocks of a zone go forward, or back, the next time."""
    moment = since.replace(minute=0, second=0, microsecond=0)
    while moment < until:
        before, after = (_offset(one, zone) for one in (moment - HOUR, moment))
        if before != after and (after > before) is forward:
            return moment
        moment += HOUR
    return None


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


# Times of it


def _usual(slots: list[Mapping[str, Any]], zone: ZoneInfo) -> timedelta:
    """How long most of the times take."""
    (usual, _), *_ = Counter(_lengths(slot, zone)[0] for slot in slots).most_common()
    return usual


def _impossible(slot: Mapping[str, Any], length: timedelta, zone: ZoneInfo) -> str | None:
    start, end = slot["localStartDate"], slot["localEndDate"]
    if not datetime.fromisoformat(start) < datetime.fromisoformat(end):
        return f"{start} to {end}, which has no length"
    if _moment(start, zone).astimezone(zone).replace(tzinfo=None) != datetime.fromisoformat(start):
        return f"{start}, which the clocks leave out"
    if length not in _lengths(slot, zone):
        return f"{start} to {end}, which is neither as long nor looks so"
    return None


def _lengths(slot: Mapping[str, Any], zone: ZoneInfo) -> tuple[timedelta, timedelta]:
    """How much time passes, and how much the clock on the wall moves on."""
    start, end = slot["localStartDate"], slot["localEndDate"]
    walls = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    return _moment(end, zone) - _moment(start, zone), walls


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (TypeError, ValueError):
        raise Unreadable(f"a time that is shown is none: {text}") from None


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        return None


def _zone(service: Service) -> ZoneInfo:
    if not service.timezone:
        raise NotJudged(f"the target file names no timezone of {service.name}")
    return ZoneInfo(service.timezone)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60
