"""Create Booking: a session that is named gives the slot, whatever else is said of it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.creations import (
    NOWHERE,
    UNAVAILABLE,
    instant,
    looks,
    refused_for,
)
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

ELSEWHERE = {"locationType": "CUSTOM", "formattedAddress": "1 Another Street"}
ZONES = ("Asia/Tokyo", "America/New_York")
NAMES = ("sessionId", "eventId")
CLAIMS = ("dates", "timezone", "resource", "location")


@pytest.mark.judges("CREATE-6")
@pytest.mark.parametrize("name", NAMES)
def test_a_session_alone_is_enough_for_its_slot(name: str, scenario: Scenario) -> None:
    place = scenario.given.session()
    told = scenario.given.booking(place)
    answer = _booked(place, {name: _session(told, name)}, scenario)
    if not scenario.expect.accepted(answer, "CREATE-6", circumstance=_level(name)):
        return
    expected = _facts(told) | _known(place, everything=scenario.client.target.ours)
    for seen, at in looks(scenario, answer):
        _judge_slot(seen, expected, name, scenario.expect, at)


@pytest.mark.judges("CREATE-6")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("claim", CLAIMS)
def test_what_a_caller_says_of_a_session_is_ignored(
    claim: str, name: str, scenario: Scenario
) -> None:
    place = scenario.given.session()
    told = scenario.given.booking(place)
    slot = {**place.slot, **_contradiction(claim, told, scenario.client)}
    del slot["sessionId"]
    slot[name] = _session(told, name)
    answer = _booked(place, slot, scenario)
    if not scenario.expect.accepted(answer, "CREATE-6", circumstance=_level(name)):
        return
    for seen, at in looks(scenario, answer):
        _judge_slot(seen, _facts(told), name, scenario.expect, at)


def _judge_slot(
    seen: Seen, expected: Mapping[str, object], name: str, expect: Expect, at: Answer | None
) -> None:
    shown = _facts(seen)
    wrong = [key for key in expected if shown.get(key) != expected[key]]
    expect.that(
        "CREATE-6",
        not wrong,
        expected=f"the session's own {_said(expected, wrong)}",
        actual=f"a slot with {_said(shown, wrong)}",
        circumstance=_level(name),
        at=at,
    )


def _level(name: str) -> str | None:
    return "event_id" if name == "eventId" else None


def _session(told: Seen, name: str) -> str:
    known = told.slot.get(name)
    if not known:
        raise NotJudged(f"the target shows no {name} of a session")
    return str(known)


def _booked(place: Place, slot: Mapping[str, Any], scenario: Scenario) -> Answer:
    body = scenario.given.body(place, bookedEntity={"slot": slot})
    answer = scenario.client.call("createBooking", body=body)
    if answer.refused and refused_for(answer, UNAVAILABLE):
        raise NotReached(f"creating a booking was answered {answer.summary}")
    return answer


def _facts(seen: Seen) -> dict[str, object]:
    """What a slot says, its dates as instants."""
    slot = seen.slot
    zone = slot.get("timezone")
    resource, location = slot.get("resource") or {}, slot.get("location") or {}
    facts = {
        "session": slot.get("eventId") or slot.get("sessionId"),
        "service": slot.get("serviceId"),
        "schedule": slot.get("scheduleId"),
        "startDate": instant(slot.get("startDate"), zone),
        "endDate": instant(slot.get("endDate"), zone),
        "timezone": zone,
        "resource": resource.get("id"),
        "location": location.get("id") or location.get("formattedAddress"),
    }
    return {key: value for key, value in facts.items() if value is not None}


def _known(place: Place, everything: bool) -> dict[str, object]:
    """What the target is known to have calculated."""
    session, service = place.session, place.service
    facts: dict[str, object] = {
        "startDate": instant(session.start) if session else None,
        "endDate": instant(session.end) if session else None,
    }
    if everything:
        facts |= {
            "service": service.id,
            "schedule": service.schedule_id,
            "timezone": service.timezone,
            "resource": service.resource_id,
            "location": (service.location or {}).get("id"),
        }
    return {key: value for key, value in facts.items() if value is not None}


def _said(facts: Mapping[str, object], keys: Iterable[str]) -> str:
    said = {key: facts.get(key, "left out") for key in keys}
    return ", ".join(
        f"{key} {value.astimezone(UTC) if isinstance(value, datetime) else value}"
        for key, value in said.items()
    )


def _contradiction(claim: str, told: Seen, client: Client) -> dict[str, object]:
    if claim == "dates":
        start, end = (_facts(told).get(name) for name in ("startDate", "endDate"))
        if not (isinstance(start, datetime) and isinstance(end, datetime)):
            raise NotReached("the slot of a session shows no dates")
        later = timedelta(days=1, hours=1)
        return {
            "startDate": (start + later).isoformat(),
            "endDate": (end + later).isoformat(),
        }
    if claim == "timezone":
        return {"timezone": next(zone for zone in ZONES if zone != told.slot.get("timezone"))}
    if claim == "location":
        return {"location": ELSEWHERE}
    own = (told.slot.get("resource") or {}).get("id")
    others = [s.resource_id for s in client.target.services.values() if s.resource_id]
    return {"resource": {"id": next((one for one in others if one != own), NOWHERE)}}
