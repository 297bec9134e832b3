"""Availability: what is shown as bookable can be booked, and what is taken is not shown as open."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.calls import (
    asked_calendar,
    asked_slot,
    asked_slots,
    of_rule,
    reached,
    unknown_id,
    valid,
    when,
)
from bookings_contract.suites.support.openings import (
    APPOINTMENTS,
    CALENDAR,
    SESSION,
    SESSIONS,
    STAFF,
)
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

# Each way to look at what can be booked, with a kind of service that it shows.
VIEWS = [(CALENDAR, "class"), (CALENDAR, "appointment"), (APPOINTMENTS, "appointment")]
CLASS_VIEWS = [CALENDAR, SESSIONS, SESSION]
# The location types of time slots, as slots call them.
LOCATION_TYPES = {"BUSINESS": "OWNER_BUSINESS", "CUSTOM": "OWNER_CUSTOM", "CUSTOMER": "CUSTOM"}


# ── What is shown ─────────────────────────────────────────────────────────────────────────────────


def _looked(client: Client, view: str, place: Place, **more: Any) -> Answer:
    if view == SESSION:
        return client.call(view, path={"eventId": place.session_id})
    if view == CALENDAR:
        return client.call(view, body=asked_calendar(place, **more))
    # Who is booked is one of those that are free then, who are shown on request.
    free = {"includeResourceTypeIds": [STAFF]} if view == APPOINTMENTS else {}
    return client.call(view, body=asked_slots(place, **free, **more))


def _shown(answer: Answer, view: str, place: Place) -> Mapping[str, Any] | None:
    """What an answer says of a place, None where it does not show it."""
    if view == SESSION:
        found: Mapping[str, Any] = answer.at("timeSlot")
        return found
    for one in answer.at("availabilityEntries" if view == CALENDAR else "timeSlots"):
        if _is(one, view, place):
            entry: Mapping[str, Any] = one
            return entry
    return None


def _is(one: Mapping[str, Any], view: str, place: Place) -> bool:
    if view == CALENDAR:
        return place.session_id in (one["slot"].get("sessionId"), one["slot"].get("eventId"))
    return bool((one.get("eventInfo") or {}).get("eventId") == place.session_id)


def _open(one: Mapping[str, Any], view: str) -> int:
    spots = one.get("openSpots" if view == CALENDAR else "remainingCapacity")
    if not isinstance(spots, int):
        raise NotJudged("the answer does not say how many spots are open")
    return spots


def _slot(answer: Answer, view: str, one: Mapping[str, Any]) -> dict[str, Any]:
    """The slot that Create Booking takes for what is shown."""
    if view == CALENDAR:
        return dict(one["slot"])
    zone = answer.json.get("timeZone")
    slot: dict[str, Any] = {
        "serviceId": one["serviceId"],
        "scheduleId": one.get("scheduleId"),
        "startDate": one["localStartDate"],
        "endDate": one["localEndDate"],
        "timezone": zone,
    }
    resources = [r for group in one.get("availableResources") or () for r in group["resources"]]
    if resources:
        slot["resource"] = {"id": resources[0]["id"], "name": resources[0].get("name")}
    if one.get("location"):
        kind = LOCATION_TYPES.get(one["location"]["locationType"])
        slot["location"] = {**one["location"], "locationType": kind}
    return slot


# ── From availability to a booking ────────────────────────────────────────────────────────────────


@pytest.mark.judges("AVAILABILITY-1")
@pytest.mark.parametrize(("view", "kind"), VIEWS)
def test_what_is_shown_as_bookable_is_booked_as_it_is_shown(
    view: str, kind: str, scenario: Scenario
) -> None:
    service = scenario.given.service(kind, manual_approval=False, variants=False, book="open")
    place = scenario.given.place(service)
    answer = reached(_looked(scenario.client, view, place, bookable=True))
    entries = answer.at("availabilityEntries" if view == CALENDAR else "timeSlots")
    bookable = [one for one in entries if one.get("bookable")]
    if not bookable:
        raise NotJudged(f"nothing of {service.name} is shown as bookable")
    body = scenario.given.body(place)
    body["booking"]["bookedEntity"] = {"slot": _slot(answer, view, bookable[0])}
    made = scenario.client.call("createBooking", body=body)
    scenario.expect.accepted(made, "AVAILABILITY-1", circumstance=f"{view}, {kind}")


@pytest.mark.judges("AVAILABILITY-1", needs=("exclusive_session",))
@pytest.mark.parametrize("view", CLASS_VIEWS)
def test_a_full_session_is_not_shown_as_bookable(view: str, scenario: Scenario) -> None:
    place = _filled(scenario.given)
    answer = reached(_looked(scenario.client, view, place))
    one = _shown(answer, view, place)
    scenario.expect.that(
        "AVAILABILITY-1",
        one is None or one.get("bookable") is False,
        expected="a full session that is not bookable",
        actual="bookable" if one and one.get("bookable") else f"bookable {one}",
        circumstance=f"{view}, full",
        at=answer,
    )


@pytest.mark.judges("AVAILABILITY-1")
def test_a_time_that_is_booked_is_not_shown_as_bookable(scenario: Scenario) -> None:
    place = scenario.given.slot()
    scenario.given.booking(place, "CONFIRMED")
    scenario.given.settle()
    start, end = when(place)
    for view, entries in ((CALENDAR, "availabilityEntries"), (APPOINTMENTS, "timeSlots")):
        answer = reached(_looked(scenario.client, view, place, bookable=True))
        taken = [one for one in answer.at(entries) if _overlaps(one, view, start, end)]
        scenario.expect.that(
            "AVAILABILITY-1",
            not taken,
            expected="no bookable time across a booked one",
            actual=f"{len(taken)} of them",
            circumstance=f"{view}, booked",
            at=answer,
        )


def _overlaps(one: Mapping[str, Any], view: str, start: datetime, end: datetime) -> bool:
    if view == CALENDAR:
        first, last = one["slot"]["startDate"], one["slot"]["endDate"]
    else:
        # They are asked for in UTC.
        first, last = one["localStartDate"], one["localEndDate"]
    moments = [datetime.fromisoformat(text) for text in (first, last)]
    begun, over = (m if m.tzinfo else m.replace(tzinfo=UTC) for m in moments)
    return bool(one.get("bookable")) and bool(begun < end and start < over)


@pytest.mark.judges("AVAILABILITY-2")
@pytest.mark.parametrize("view", CLASS_VIEWS)
def test_open_spots_are_those_that_nobody_holds(view: str, scenario: Scenario) -> None:
    place = _roomy(scenario.given)
    before = _spots(scenario.client, view, place)
    booking = scenario.given.booking(place, "CONFIRMED", participants=2)
    scenario.given.settle()
    _say(scenario.expect, view, _spots(scenario.client, view, place), before - 2, "confirmed")
    reached(scenario.client.act("cancelBooking", booking))
    scenario.given.settle()
    _say(scenario.expect, view, _spots(scenario.client, view, place), before, "canceled")


@pytest.mark.judges("AVAILABILITY-2")
@pytest.mark.parametrize("view", CLASS_VIEWS)
def test_a_session_that_takes_all_its_seats_shows_them_all_and_a_full_one_none(
    view: str, scenario: Scenario
) -> None:
    place = scenario.given.session(capacity=2)
    if not scenario.given.accepts(place, 2):
        raise NotJudged("no session of two seats is empty")
    scenario.given.settle()
    _say(scenario.expect, view, _spots(scenario.client, view, place), 2, "empty")
    scenario.given.booking(place, "CONFIRMED", participants=2)
    scenario.given.settle()
    _say(scenario.expect, view, _spots(scenario.client, view, place), 0, "full")


@pytest.mark.judges("AVAILABILITY-2")
@pytest.mark.parametrize("view", CLASS_VIEWS)
def test_a_booking_that_is_only_created_holds_no_spot(view: str, scenario: Scenario) -> None:
    place = _roomy(scenario.given)
    before = _spots(scenario.client, view, place)
    scenario.given.booking(place, participants=2)
    scenario.given.settle()
    _say(scenario.expect, view, _spots(scenario.client, view, place), before, "created")


def _say(expect: Expect, view: str, actual: int, expected: int, when: str) -> None:
    circumstance = f"{view}, {when}"
    expect.equal("AVAILABILITY-2", actual, expected, of="open spots", circumstance=circumstance)


def _spots(client: Client, view: str, place: Place) -> int:
    answer = reached(_looked(client, view, place))
    one = _shown(answer, view, place)
    if one is None:
        raise NotJudged(f"{view} does not show the session")
    return _open(one, view)


def _filled(given: Given) -> Place:
    place = given.session(capacity=1)
    given.booking(place, "CONFIRMED")
    given.settle()
    return place


def _roomy(given: Given) -> Place:
    place = given.session()
    if place.capacity is None or place.capacity < 2:
        raise NotJudged("the target file names no session of two seats or more")
    return place


# ── What is asked ─────────────────────────────────────────────────────────────────────────────────

ODD: Mapping[str, Mapping[str, Any]] = {
    "an operator": {"bookable": {"$eq": True}},
    "a comparison": {"startDate": {"$gte": "2020-01-01T00:00:00.000Z"}},
    "an unknown field": {"noSuchField": "x"},
}


@pytest.mark.judges("AVAILABILITY-3")
@pytest.mark.parametrize("what", ODD)
def test_the_calendar_compares_for_equality_only(what: str, scenario: Scenario) -> None:
    place = scenario.given.session()
    reached(_looked(scenario.client, CALENDAR, place))
    answer = _looked(scenario.client, CALENDAR, place, **ODD[what])
    scenario.expect.refused(answer, "AVAILABILITY-3", circumstance=what)


# ── What is not offered ───────────────────────────────────────────────────────────────────────────


SCHEDULE = "getScheduleAvailability"
SEVERAL = ("listMultiServiceAvailabilityTimeSlots", "getMultiServiceAvailabilityTimeSlot")


def _elsewhere(operation: str, given: Given) -> dict[str, Any]:
    call = valid(given, operation)
    nobody = unknown_id(given)
    if operation == "getService":
        return {"path": {"serviceId": nobody}}
    if operation == SESSION:
        return {"path": {"eventId": nobody}}
    if operation == SCHEDULE:
        return {"path": {"scheduleId": nobody}}
    if operation in SEVERAL:
        body = call.body or {}
        return {"body": {**body, "services": [{"serviceId": nobody}, *body["services"][1:]]}}
    return {"body": {**(call.body or {}), "serviceId": nobody}}


CASES: Mapping[str, str | None] = {
    "getAvailabilityTimeSlot": "slot",
    SESSION: "session",
    SCHEDULE: "schedule",
}


@pytest.mark.judges("LOOKUP-3")
@pytest.mark.parametrize("operation", of_rule("LOOKUP-3"))
def test_what_the_site_does_not_offer_is_not_found(operation: str, scenario: Scenario) -> None:
    # Where a valid call is not answered, the operation itself is missing.
    reached(valid(scenario.given, operation).sent(scenario.client))
    answer = scenario.client.call(operation, **_elsewhere(operation, scenario.given))
    scenario.expect.refused(answer, "LOOKUP-3", CASES.get(operation), circumstance=operation)


ONE = "getAvailabilityTimeSlot"


@pytest.mark.judges("LOOKUP-3")
def test_a_time_that_a_service_is_not_offered_at_is_not_found(scenario: Scenario) -> None:
    asked = asked_slot(scenario.given.slot())
    reached(scenario.client.call(ONE, body=asked))
    # Some minutes more than it lasts: no time of it ends there.
    end = datetime.fromisoformat(asked["localEndDate"]) + timedelta(minutes=7)
    answer = scenario.client.call(ONE, body={**asked, "localEndDate": end.isoformat()})
    if not answer.refused and not answer.accepted:
        raise NotReached(f"a time that there is not was answered {answer.summary}")
    scenario.expect.refused(answer, "LOOKUP-3", "slot", circumstance=f"{ONE}, another time")
