"""A site filled: its categories, its staff and its sessions come back as written, change and go."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

import pytest

from bookings_contract.findings.checks import Refused
from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.calls import of_rule, reached, unknown_id
from bookings_contract.suites.support.filling import (
    category,
    change_of,
    event,
    made,
    new_event,
    new_service,
    now,
    schedule_of,
    service,
    staff_member,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

Json = Mapping[str, Any]


def _gone(expect: Expect, answer: Answer, rule: str, about: str) -> None:
    """It is not there any more, however that is said."""
    expect.that(
        rule, answer.refused, expected="refused", actual=answer.summary, circumstance=about,
        at=answer, check=Refused(),
    )  # fmt: skip


# ── Categories ────────────────────────────────────────────────────────────────────────────────────


def _category(client: Client, own: Json) -> Answer:
    return client.call("getCategory", path={"categoryId": own["id"]})


@pytest.mark.judges("CATEGORIES-1")
def test_a_category_is_found_as_it_was_written(scenario: Scenario) -> None:
    name = f"Judge's {unknown_id(scenario.given)}"
    answer = scenario.client.call("createCategory", body={"category": {"name": name}})
    own = made(answer, "category")
    scenario.given.settle()
    shown = made(_category(scenario.client, own), "category")
    scenario.expect.equal(
        "CATEGORIES-1", shown.get("name"), name, of="name", circumstance="created", at=answer
    )


@pytest.mark.judges("CATEGORIES-1")
@pytest.mark.parametrize("position", ["FIRST", "LAST"])
def test_a_category_goes_where_it_is_moved_to(position: str, scenario: Scenario) -> None:
    first, second, third = (category(scenario.given) for _ in range(3))
    own = third if position == "FIRST" else first
    path = {"categoryId": own["id"]}
    answer = scenario.client.call("moveCategory", path=path, body={"position": position})
    if not scenario.expect.accepted(answer, "CATEGORIES-1", circumstance=f"moved {position}"):
        return
    scenario.given.settle()
    places = [
        made(_category(scenario.client, one), "category").get("sortOrder")
        for one in (first, second, third)
    ]
    numbers = [place for place in places if isinstance(place, int)]
    if len(numbers) < len(places):
        raise NotReached("getCategory shows no sortOrder")
    found = numbers.index((min if position == "FIRST" else max)(numbers))
    scenario.expect.equal(
        "CATEGORIES-1",
        found,
        (first, second, third).index(own),
        of=f"the {position} of three",
        circumstance=f"moved {position}",
        at=answer,
    )


@pytest.mark.judges("CATEGORIES-1")
def test_a_deleted_category_is_not_found(scenario: Scenario) -> None:
    own = category(scenario.given)
    made(_category(scenario.client, own), "category")
    answer = scenario.client.call("deleteCategory", path={"categoryId": own["id"]})
    if scenario.expect.accepted(answer, "CATEGORIES-1", circumstance="deleted"):
        scenario.given.settle()
        _gone(scenario.expect, _category(scenario.client, own), "CATEGORIES-1", "deleted, read")


# ── Staff ─────────────────────────────────────────────────────────────────────────────────────────


def _staff(client: Client, own: Json) -> Answer:
    return client.call("getStaffMember", path={"staffMemberId": own["id"]})


@pytest.mark.judges("STAFF-1")
def test_whoever_is_added_can_provide_an_appointment(scenario: Scenario) -> None:
    own = staff_member(scenario.given)
    schedule_of(own)
    scenario.given.settle()
    shown = made(_staff(scenario.client, own), "staffMember")
    kept = [shown.get(key) == own.get(key) for key in ("name", "resourceId")]
    scenario.expect.that(
        "STAFF-1",
        all(kept) and own.get("resourceId"),
        expected="the name that was written, and a resource",
        actual=f"{shown.get('name')!r} with the resource {shown.get('resourceId')}",
        circumstance="read back",
    )
    written = new_service(scenario.given, "appointment", staffMemberIds=[own["resourceId"]])
    answer = scenario.client.call("createService", body={"service": written})
    if not scenario.expect.accepted(answer, "STAFF-1", circumstance="provides an appointment"):
        return
    if not scenario.client.target.ours:
        return  # When a business is open is its own affair.
    start = now(scenario.client).astimezone(UTC).replace(tzinfo=None)
    asked = {
        "serviceId": answer.at("service", "id"),
        "fromLocalDate": start.isoformat(timespec="seconds"),
        "toLocalDate": (start + timedelta(days=28)).isoformat(timespec="seconds"),
        "timeZone": "UTC",
        "cursorPaging": {"limit": 1},
    }
    listed = reached(scenario.client.call("listAvailabilityTimeSlots", body=asked))
    scenario.expect.that(
        "STAFF-1",
        listed.at("timeSlots"),
        expected="times in the next four weeks",
        actual="none",
        circumstance="works while the business is open",
        at=listed,
    )


@pytest.mark.judges("STAFF-2")
def test_a_deleted_staff_member_is_not_found(scenario: Scenario) -> None:
    own = staff_member(scenario.given)
    made(_staff(scenario.client, own), "staffMember")
    answer = scenario.client.call("deleteStaffMember", path={"staffMemberId": own["id"]})
    if scenario.expect.accepted(answer, "STAFF-2"):
        scenario.given.settle()
        _gone(scenario.expect, _staff(scenario.client, own), "STAFF-2", "read")


@pytest.mark.judges("STAFF-3")
def test_working_hours_are_ones_own_or_those_of_the_business(scenario: Scenario) -> None:
    own = staff_member(scenario.given)
    assign, path = "assignWorkingHoursSchedule", {"staffMemberId": own["id"]}
    strange = {"scheduleId": unknown_id(scenario.given)}
    answer = scenario.client.call(assign, path=path, body=strange)
    scenario.expect.refused(answer, "STAFF-3", circumstance="a schedule of nobody")
    body = {"scheduleId": schedule_of(own), "fields": ["RESOURCE_DETAILS"]}
    answer = scenario.client.call(assign, path=path, body=body)
    if scenario.expect.accepted(answer, "STAFF-3", circumstance="one's own"):
        told = (answer.at("staffMember").get("resource") or {}).get("usesDefaultWorkingHours")
        scenario.expect.equal(
            "STAFF-3", bool(told), False, of="usesDefaultWorkingHours", circumstance="one's own",
            at=answer,
        )  # fmt: skip


# ── Sessions ──────────────────────────────────────────────────────────────────────────────────────


def _create(client: Client, operation: str, written: Json) -> Answer:
    if operation == "createEvent":
        return client.call(operation, body={"event": written})
    return client.call(operation, body={"events": [{"event": written}], "returnEntity": True})


def _made(answer: Answer) -> str:
    if answer.exchange.operation == "createEvent":
        return str(made(answer, "event")["id"])
    return str(made(answer, "results", 0, "itemMetadata")["id"])


def _slot(client: Client, event_id: str) -> Answer:
    return client.call("getEventTimeSlot", path={"eventId": event_id})


@pytest.mark.judges("SESSIONS-1")
@pytest.mark.parametrize("operation", of_rule("SESSIONS-1"))
def test_a_session_is_listed_and_can_be_booked(operation: str, scenario: Scenario) -> None:
    own = service(scenario.given)
    written = new_event(scenario.given, own)
    answer = _create(scenario.client, operation, written)
    if not scenario.expect.accepted(answer, "SESSIONS-1", circumstance=operation):
        return
    event_id = _made(answer)
    scenario.given.settle()
    slot = _slot(scenario.client, event_id)
    if not scenario.expect.accepted(slot, "SESSIONS-1", circumstance=f"{operation}, its slot"):
        return
    shown = slot.at("timeSlot")
    scenario.expect.equal(
        "SESSIONS-1",
        (shown.get("serviceId"), shown.get("totalCapacity")),
        (own["id"], written["totalCapacity"]),
        of="service and capacity",
        circumstance=f"{operation}, its slot",
        at=slot,
    )
    booked = scenario.client.call("createBooking", body=_booking(scenario.given, event_id))
    scenario.expect.accepted(booked, "SESSIONS-1", circumstance=f"{operation}, booked")


def _booking(given: Given, event_id: str) -> dict[str, Any]:
    body = given.body("class")
    kept = {
        key: value
        for key, value in body["booking"].items()
        if key not in ("participantsChoices", "selectedPaymentOption", "formSubmission")
    }
    entity = {"slot": {"eventId": event_id}}
    return {**body, "booking": {**kept, "bookedEntity": entity, "totalParticipants": 1}}


@pytest.mark.judges("SESSIONS-1")
def test_the_sessions_of_a_course_say_from_when_to_when_it_is(scenario: Scenario) -> None:
    own = service(scenario.given, "course")
    for days in (4, 11):
        event(scenario.given, own, **_of_days(scenario.given, own, days))
    scenario.given.settle()
    shown = reached(scenario.client.call("getService", path={"serviceId": own["id"]}))
    schedule = shown.at("service").get("schedule") or {}
    scenario.expect.that(
        "SESSIONS-1",
        schedule.get("firstSessionStart") and schedule.get("lastSessionEnd"),
        expected="when its first session starts, and its last one ends",
        actual=f"{schedule.get('firstSessionStart')} to {schedule.get('lastSessionEnd')}",
        circumstance="a course",
        at=shown,
    )


def _of_days(given: Given, own: Json, days: int) -> Json:
    written = new_event(given, own, days)
    return {"start": written["start"], "end": written["end"]}


ODD: Mapping[str, Json] = {
    "of another type": {"type": "COURSE"},
    "of nobody": {"resources": []},
}


@pytest.mark.judges("SESSIONS-2")
@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("operation", of_rule("SESSIONS-2"))
def test_a_session_that_does_not_fit_its_service_is_refused(
    operation: str, what: str, scenario: Scenario
) -> None:
    written = new_event(scenario.given, service(scenario.given), **ODD[what])
    answer = _create(scenario.client, operation, written)
    about = f"{operation}, {what}"
    if answer.accepted and operation.startswith("bulk"):
        failed = answer.at("results", 0, "itemMetadata").get("success") is False
        scenario.expect.that(
            "SESSIONS-2", failed, expected="an item that failed", actual=answer.summary,
            circumstance=about, at=answer,
        )  # fmt: skip
    else:
        scenario.expect.refused(answer, "SESSIONS-2", circumstance=about)


@pytest.mark.judges("SESSIONS-3")
@pytest.mark.parametrize("operation", of_rule("SESSIONS-3"))
def test_a_canceled_session_cannot_be_booked(operation: str, scenario: Scenario) -> None:
    own = event(scenario.given)
    reached(_slot(scenario.client, own["id"]))
    if operation == "cancelEvent":
        answer = scenario.client.call(operation, path={"eventId": own["id"]}, body={})
    else:
        answer = scenario.client.call(operation, body={"eventIds": [own["id"]]})
    if not scenario.expect.accepted(answer, "SESSIONS-3", circumstance=operation):
        return
    scenario.given.settle()
    booked = scenario.client.call("createBooking", body=_booking(scenario.given, own["id"]))
    _gone(scenario.expect, booked, "SESSIONS-3", operation)


# ── Changed ───────────────────────────────────────────────────────────────────────────────────────


def _of(operation: str, given: Given) -> tuple[Json, dict[str, Any], str, str]:
    """What is changed, the way to it, the key of its body, and the field that people read."""
    if operation == "updateCategory":
        own = category(given)
        return own, {"categoryId": own["id"]}, "category", "name"
    if operation == "updateStaffMember":
        own = staff_member(given)
        return own, {"staffMemberId": own["id"]}, "staffMember", "name"
    own = event(given, title="before")
    return own, {"eventId": own["id"]}, "event", "title"


_CHANGES = ("updateCategory", "updateStaffMember", "updateEvent", "bulkUpdateEvents")


def _change(client: Client, operation: str, path: Json, key: str, change: Json) -> Answer:
    if operation.startswith("bulk"):
        return client.call(operation, body={"events": [{key: change}], "returnEntity": True})
    return client.call(operation, path=path, body={key: change})


def _after(answer: Answer, key: str) -> Json:
    if answer.exchange.operation.startswith("bulk"):
        return made(answer, "results", 0, "item")
    return made(answer, key)


@pytest.mark.judges("WRITING-1", "WRITING-2")
@pytest.mark.parametrize("operation", _CHANGES)
def test_what_fills_a_site_changes_as_it_is_asked_to(operation: str, scenario: Scenario) -> None:
    own, path, key, field = _of(operation, scenario.given)
    change = change_of(own, **{field: "changed"})
    answer = _change(scenario.client, operation, path, key, change)
    if not scenario.expect.accepted(answer, "WRITING-2", circumstance=operation):
        return
    after = _after(answer, key)
    scenario.expect.equal(
        "WRITING-2", after.get(field), "changed", of=field, circumstance=operation, at=answer
    )
    raised = str(int(own["revision"]) + 1) if str(own.get("revision")).isdigit() else None
    scenario.expect.equal(
        "WRITING-1", after.get("revision"), raised, of="revision", circumstance=operation, at=answer
    )
    late = _change(scenario.client, operation, path, key, change_of(own, **{field: "too late"}))
    about = f"{operation}, a revision that is over"
    if late.accepted and operation.startswith("bulk"):
        failed = late.at("results", 0, "itemMetadata").get("success") is False
        scenario.expect.that(
            "WRITING-1", failed, expected="an item that failed", actual=late.summary,
            circumstance=about, at=late,
        )  # fmt: skip
    else:
        scenario.expect.refused(late, "WRITING-1", circumstance=about)
