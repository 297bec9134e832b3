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
def test_a_category_is_found_as_it_was_written(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    name = f"Judge's {unknown_id(bookings_given)}"
    answer = bookings_client.call("createCategory", body={"category": {"name": name}})
    own = made(answer, "category")
    bookings_given.settle()
    shown = made(_category(bookings_client, own), "category")
    bookings_expect.equal(
        "CATEGORIES-1", shown.get("name"), name, of="name", circumstance="created", at=answer
    )


@pytest.mark.judges("CATEGORIES-1")
@pytest.mark.parametrize("position", ["FIRST", "LAST"])
def test_a_category_goes_where_it_is_moved_to(
    position: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    first, second, third = (category(bookings_given) for _ in range(3))
    own = third if position == "FIRST" else first
    path = {"categoryId": own["id"]}
    answer = bookings_client.call("moveCategory", path=path, body={"position": position})
    if not bookings_expect.accepted(answer, "CATEGORIES-1", circumstance=f"moved {position}"):
        return
    bookings_given.settle()
    places = [
        made(_category(bookings_client, one), "category").get("sortOrder")
        for one in (first, second, third)
    ]
    numbers = [place for place in places if isinstance(place, int)]
    if len(numbers) < len(places):
        raise NotReached("getCategory shows no sortOrder")
    found = numbers.index((min if position == "FIRST" else max)(numbers))
    bookings_expect.equal(
        "CATEGORIES-1",
        found,
        (first, second, third).index(own),
        of=f"the {position} of three",
        circumstance=f"moved {position}",
        at=answer,
    )


@pytest.mark.judges("CATEGORIES-1")
def test_a_deleted_category_is_not_found(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = category(bookings_given)
    made(_category(bookings_client, own), "category")
    answer = bookings_client.call("deleteCategory", path={"categoryId": own["id"]})
    if bookings_expect.accepted(answer, "CATEGORIES-1", circumstance="deleted"):
        bookings_given.settle()
        _gone(bookings_expect, _category(bookings_client, own), "CATEGORIES-1", "deleted, read")


# ── Staff ─────────────────────────────────────────────────────────────────────────────────────────


def _staff(client: Client, own: Json) -> Answer:
    return client.call("getStaffMember", path={"staffMemberId": own["id"]})


@pytest.mark.judges("STAFF-1")
def test_whoever_is_added_can_provide_an_appointment(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = staff_member(bookings_given)
    schedule_of(own)
    bookings_given.settle()
    shown = made(_staff(bookings_client, own), "staffMember")
    kept = [shown.get(key) == own.get(key) for key in ("name", "resourceId")]
    bookings_expect.that(
        "STAFF-1",
        all(kept) and own.get("resourceId"),
        expected="the name that was written, and a resource",
        actual=f"{shown.get('name')!r} with the resource {shown.get('resourceId')}",
        circumstance="read back",
    )
    written = new_service(bookings_given, "appointment", staffMemberIds=[own["resourceId"]])
    answer = bookings_client.call("createService", body={"service": written})
    if not bookings_expect.accepted(answer, "STAFF-1", circumstance="provides an appointment"):
        return
    if not bookings_client.target.ours:
        return  # When a business is open is its own affair.
    start = now(bookings_client).astimezone(UTC).replace(tzinfo=None)
    asked = {
        "serviceId": answer.at("service", "id"),
        "fromLocalDate": start.isoformat(timespec="seconds"),
        "toLocalDate": (start + timedelta(days=28)).isoformat(timespec="seconds"),
        "timeZone": "UTC",
        "cursorPaging": {"limit": 1},
    }
    listed = reached(bookings_client.call("listAvailabilityTimeSlots", body=asked))
    bookings_expect.that(
        "STAFF-1",
        listed.at("timeSlots"),
        expected="times in the next four weeks",
        actual="none",
        circumstance="works while the business is open",
        at=listed,
    )


@pytest.mark.judges("STAFF-2")
def test_a_deleted_staff_member_is_not_found(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = staff_member(bookings_given)
    made(_staff(bookings_client, own), "staffMember")
    answer = bookings_client.call("deleteStaffMember", path={"staffMemberId": own["id"]})
    if bookings_expect.accepted(answer, "STAFF-2"):
        bookings_given.settle()
        _gone(bookings_expect, _staff(bookings_client, own), "STAFF-2", "read")


@pytest.mark.judges("STAFF-3")
def test_working_hours_are_ones_own_or_those_of_the_business(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = staff_member(bookings_given)
    assign, path = "assignWorkingHoursSchedule", {"staffMemberId": own["id"]}
    strange = {"scheduleId": unknown_id(bookings_given)}
    answer = bookings_client.call(assign, path=path, body=strange)
    bookings_expect.refused(answer, "STAFF-3", circumstance="a schedule of nobody")
    body = {"scheduleId": schedule_of(own), "fields": ["RESOURCE_DETAILS"]}
    answer = bookings_client.call(assign, path=path, body=body)
    if bookings_expect.accepted(answer, "STAFF-3", circumstance="one's own"):
        told = (answer.at("staffMember").get("resource") or {}).get("usesDefaultWorkingHours")
        bookings_expect.equal(
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
def test_a_session_is_listed_and_can_be_booked(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = service(bookings_given)
    written = new_event(bookings_given, own)
    answer = _create(bookings_client, operation, written)
    if not bookings_expect.accepted(answer, "SESSIONS-1", circumstance=operation):
        return
    event_id = _made(answer)
    bookings_given.settle()
    slot = _slot(bookings_client, event_id)
    if not bookings_expect.accepted(slot, "SESSIONS-1", circumstance=f"{operation}, its slot"):
        return
    shown = slot.at("timeSlot")
    bookings_expect.equal(
        "SESSIONS-1",
        (shown.get("serviceId"), shown.get("totalCapacity")),
        (own["id"], written["totalCapacity"]),
        of="service and capacity",
        circumstance=f"{operation}, its slot",
        at=slot,
    )
    booked = bookings_client.call("createBooking", body=_booking(bookings_given, event_id))
    bookings_expect.accepted(booked, "SESSIONS-1", circumstance=f"{operation}, booked")


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
def test_the_sessions_of_a_course_say_from_when_to_when_it_is(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = service(bookings_given, "course")
    for days in (4, 11):
        event(bookings_given, own, **_of_days(bookings_given, own, days))
    bookings_given.settle()
    shown = reached(bookings_client.call("getService", path={"serviceId": own["id"]}))
    schedule = shown.at("service").get("schedule") or {}
    bookings_expect.that(
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
    operation: str,
    what: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    written = new_event(bookings_given, service(bookings_given), **ODD[what])
    answer = _create(bookings_client, operation, written)
    about = f"{operation}, {what}"
    if answer.accepted and operation.startswith("bulk"):
        failed = answer.at("results", 0, "itemMetadata").get("success") is False
        bookings_expect.that(
            "SESSIONS-2", failed, expected="an item that failed", actual=answer.summary,
            circumstance=about, at=answer,
        )  # fmt: skip
    else:
        bookings_expect.refused(answer, "SESSIONS-2", circumstance=about)


@pytest.mark.judges("SESSIONS-3")
@pytest.mark.parametrize("operation", of_rule("SESSIONS-3"))
def test_a_canceled_session_cannot_be_booked(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own = event(bookings_given)
    reached(_slot(bookings_client, own["id"]))
    if operation == "cancelEvent":
        answer = bookings_client.call(operation, path={"eventId": own["id"]}, body={})
    else:
        answer = bookings_client.call(operation, body={"eventIds": [own["id"]]})
    if not bookings_expect.accepted(answer, "SESSIONS-3", circumstance=operation):
        return
    bookings_given.settle()
    booked = bookings_client.call("createBooking", body=_booking(bookings_given, own["id"]))
    _gone(bookings_expect, booked, "SESSIONS-3", operation)


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
def test_what_fills_a_site_changes_as_it_is_asked_to(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    own, path, key, field = _of(operation, bookings_given)
    change = change_of(own, **{field: "changed"})
    answer = _change(bookings_client, operation, path, key, change)
    if not bookings_expect.accepted(answer, "WRITING-2", circumstance=operation):
        return
    after = _after(answer, key)
    bookings_expect.equal(
        "WRITING-2", after.get(field), "changed", of=field, circumstance=operation, at=answer
    )
    raised = str(int(own["revision"]) + 1) if str(own.get("revision")).isdigit() else None
    bookings_expect.equal(
        "WRITING-1", after.get("revision"), raised, of="revision", circumstance=operation, at=answer
    )
    late = _change(bookings_client, operation, path, key, change_of(own, **{field: "too late"}))
    about = f"{operation}, a revision that is over"
    if late.accepted and operation.startswith("bulk"):
        failed = late.at("results", 0, "itemMetadata").get("success") is False
        bookings_expect.that(
            "WRITING-1", failed, expected="an item that failed", actual=late.summary,
            circumstance=about, at=late,
        )  # fmt: skip
    else:
        bookings_expect.refused(late, "WRITING-1", circumstance=about)
