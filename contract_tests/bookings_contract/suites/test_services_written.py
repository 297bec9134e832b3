"""Services written: they come back as they were sent, are offered, change as asked, and go."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookings_contract.findings.checks import Refused
from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.calls import KINDS, of_rule, reached
from bookings_contract.suites.support.filling import (
    FREE,
    PRICED,
    change_of,
    made,
    new_service,
    now,
    resource_of,
    service,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

Json = Mapping[str, Any]

WEEKS = timedelta(days=28)


def _create(client: Client, operation: str, written: Json) -> Answer:
    if operation == "createService":
        return client.call(operation, body={"service": written})
    return client.call(operation, body={"services": [written], "returnEntity": True})


def _shown(answer: Answer) -> Json:
    if answer.exchange.operation.startswith("bulk"):
        return made(answer, "results", 0, "item")
    return made(answer, "service")


def _read(client: Client, service_id: str) -> Answer:
    return client.call("getService", path={"serviceId": service_id})


def _told(shown: Json) -> dict[str, Any]:
    """What a server has to keep of a service, wherever it shows it."""
    payment, online = shown.get("payment") or {}, shown.get("onlineBooking") or {}
    options = payment.get("options") or {}
    price = ((payment.get("fixed") or {}).get("price") or {}).get("value")
    return {
        "type": shown.get("type"),
        "name": shown.get("name"),
        "description": shown.get("description"),
        "defaultCapacity": shown.get("defaultCapacity"),
        "price": None if price is None else float(price),
        "rateType": payment.get("rateType"),
        "online": bool(options.get("online")),
        "inPerson": bool(options.get("inPerson")),
        "enabled": bool(online.get("enabled")),
        "requireManualApproval": bool(online.get("requireManualApproval")),
    }


@pytest.mark.judges("SERVICES-2")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", of_rule("SERVICES-2"))
def test_a_service_comes_back_as_it_was_written(
    operation: str, kind: str, scenario: Scenario
) -> None:
    written = new_service(scenario.given, kind)
    answer = _create(scenario.client, operation, written)
    shown = _shown(answer)
    scenario.given.settle()
    for about, seen in (("its answer", shown), ("read", _shown_again(scenario.client, shown))):
        scenario.expect.equal(
            "SERVICES-2",
            _told(seen),
            _told(written),
            of="the service",
            circumstance=f"{operation}, {kind}, {about}",
            at=answer,
        )
    own = (shown.get("id"), (shown.get("schedule") or {}).get("id"), shown.get("revision"))
    scenario.expect.that(
        "SERVICES-2",
        all(own),
        expected="an id, a schedule and a revision",
        actual=f"id, schedule and revision are {own}",
        circumstance=f"{operation}, {kind}, of its own",
        at=answer,
    )
    query = {"query": {"filter": {"id": shown.get("id")}}}
    found = reached(scenario.client.call("queryServices", body=query))
    scenario.expect.equal(
        "SERVICES-2",
        [one.get("id") for one in found.at("services")],
        [shown.get("id")],
        of="services",
        circumstance=f"{operation}, {kind}, queried",
        at=found,
    )


def _shown_again(client: Client, shown: Json) -> Json:
    return made(_read(client, str(shown["id"])), "service")


# ── What can't be ─────────────────────────────────────────────────────────────────────────────────

NO_WAY = {"rateType": "NO_FEE", "options": {"online": False, "inPerson": False}}
ONLINE_FOR_FREE = {"rateType": "NO_FEE", "options": {"online": True, "inPerson": False}}
ODD: Mapping[str, tuple[str, Json]] = {
    "no way to pay": ("class", {"payment": NO_WAY}),
    "paid online and free": ("class", {"payment": ONLINE_FOR_FREE}),
    "an appointment for five": ("appointment", {"defaultCapacity": 5}),
    "an appointment of nobody": ("appointment", {"staffMemberIds": []}),
    "an appointment without a length": ("appointment", {"schedule": {}}),
}


@pytest.mark.judges("SERVICES-3")
@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("operation", ["createService", "bulkCreateServices"])
def test_a_service_that_nobody_could_book_is_refused(
    operation: str, what: str, scenario: Scenario
) -> None:
    kind, odd = ODD[what]
    written = {**new_service(scenario.given, kind), **odd}
    about = f"{operation}, {what}"
    _refused(scenario.expect, _create(scenario.client, operation, written), "SERVICES-3", about)


def _refused(expect: Expect, answer: Answer, rule: str, about: str) -> None:
    """The call is refused, or in bulk its one item is."""
    if answer.accepted and answer.exchange.operation.startswith("bulk"):
        failed = answer.at("results", 0, "itemMetadata").get("success") is False
        expect.that(
            rule, failed, expected="an item that failed", actual=answer.summary, circumstance=about,
            at=answer,
        )  # fmt: skip
    else:
        expect.refused(answer, rule, circumstance=about)


@pytest.mark.judges("SERVICES-3")
def test_a_service_does_not_become_one_that_nobody_can_pay(scenario: Scenario) -> None:
    own = service(scenario.given, payment=dict(FREE))
    body = {"service": change_of(own, payment=ONLINE_FOR_FREE)}
    answer = scenario.client.call("updateService", path={"serviceId": own["id"]}, body=body)
    scenario.expect.refused(answer, "SERVICES-3", circumstance="updateService")


# ── Offered ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("SERVICES-4")
def test_an_appointment_is_offered_as_soon_as_it_is_made(scenario: Scenario) -> None:
    own = service(scenario.given, "appointment")
    scenario.given.settle()
    start = now(scenario.client)
    asked = {
        "serviceId": own["id"],
        "fromLocalDate": _wall(start),
        "toLocalDate": _wall(start + WEEKS),
        "timeZone": "UTC",
        "cursorPaging": {"limit": 5},
    }
    listed = scenario.client.call("listAvailabilityTimeSlots", body=asked)
    if not scenario.expect.accepted(listed, "SERVICES-4", circumstance="asked for its times"):
        return
    slots = listed.at("timeSlots")
    if not slots and not scenario.client.target.ours:
        raise NotReached("nobody works in the next four weeks")
    scenario.expect.that(
        "SERVICES-4",
        bool(slots),
        expected="times in the next four weeks",
        actual="none",
        circumstance="asked for its times",
        at=listed,
    )
    if slots:
        body = _booking(scenario.given, own, slots[0], resource_of(scenario.given))
        answer = scenario.client.call("createBooking", body=body)
        scenario.expect.accepted(answer, "SERVICES-4", circumstance="booked as it is shown")


def _booking(given: Given, own: Json, slot: Json, resource: str) -> dict[str, Any]:
    booked = {
        "serviceId": own["id"],
        "scheduleId": slot.get("scheduleId"),
        "startDate": f"{slot['localStartDate']}Z",
        "endDate": f"{slot['localEndDate']}Z",
        "timezone": "UTC",
        "resource": {"id": resource},
    }
    body = given.body("class")
    entity = {"slot": {key: value for key, value in booked.items() if value is not None}}
    body["booking"] = {**body["booking"], "bookedEntity": entity, "totalParticipants": 1}
    body["booking"].pop("participantsChoices", None)
    body["booking"].pop("selectedPaymentOption", None)
    return body


def _wall(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


# ── Changed ───────────────────────────────────────────────────────────────────────────────────────


def _change(client: Client, operation: str, change: Json) -> Answer:
    if operation == "updateService":
        path = {"serviceId": change["id"]}
        return client.call(operation, path=path, body={"service": change})
    return client.call(operation, body={"services": [{"service": change}], "returnEntity": True})


@pytest.mark.judges("WRITING-1", "WRITING-2")
@pytest.mark.parametrize("operation", ["updateService", "bulkUpdateServices"])
def test_a_change_is_of_what_was_sent_and_raises_the_revision(
    operation: str, scenario: Scenario
) -> None:
    own = service(scenario.given)
    name = f"{own['name']} again"
    answer = _change(scenario.client, operation, change_of(own, name=name))
    if not scenario.expect.accepted(answer, "WRITING-2", circumstance=operation):
        return
    scenario.given.settle()
    after = _shown_again(scenario.client, own)
    scenario.expect.equal(
        "WRITING-2", _told(after), {**_told(own), "name": name}, of="the service",
        circumstance=operation, at=answer,
    )  # fmt: skip
    raised = str(int(own["revision"]) + 1) if str(own["revision"]).isdigit() else None
    scenario.expect.equal(
        "WRITING-1", after.get("revision"), raised, of="revision", circumstance=operation, at=answer
    )


@pytest.mark.judges("WRITING-2")
def test_a_change_of_one_flag_leaves_the_others(scenario: Scenario) -> None:
    own = service(scenario.given, payment=dict(PRICED))
    change = change_of(own, onlineBooking={"requireManualApproval": True})
    answer = _change(scenario.client, "updateService", change)
    if not scenario.expect.accepted(answer, "WRITING-2", circumstance="one flag"):
        return
    scenario.given.settle()
    scenario.expect.equal(
        "WRITING-2",
        _told(_shown_again(scenario.client, own)),
        {**_told(own), "requireManualApproval": True},
        of="the service",
        circumstance="one flag",
        at=answer,
    )


@pytest.mark.judges("WRITING-1")
@pytest.mark.parametrize("operation", ["updateService", "bulkUpdateServices"])
def test_another_revision_is_refused_and_nothing_changes(
    operation: str, scenario: Scenario
) -> None:
    own = service(scenario.given)
    reached(_change(scenario.client, "updateService", change_of(own, tagLine="newer")))
    answer = _change(scenario.client, operation, change_of(own, name="too late"))
    _refused(scenario.expect, answer, "WRITING-1", f"{operation}, a revision that is over")
    scenario.given.settle()
    scenario.expect.equal(
        "WRITING-1",
        _shown_again(scenario.client, own).get("name"),
        own["name"],
        of="name",
        circumstance=f"{operation}, unchanged",
        at=answer,
    )


# ── Deleted ───────────────────────────────────────────────────────────────────────────────────────


def _delete(client: Client, operation: str, service_id: str) -> Answer:
    if operation == "deleteService":
        return client.call(operation, path={"serviceId": service_id})
    return client.call(operation, body={"ids": [service_id]})


@pytest.mark.judges("SERVICES-5")
@pytest.mark.parametrize("operation", of_rule("SERVICES-5"))
def test_a_deleted_service_is_not_found(operation: str, scenario: Scenario) -> None:
    own = service(scenario.given)
    made(_read(scenario.client, own["id"]), "service")
    answer = _delete(scenario.client, operation, own["id"])
    if not scenario.expect.accepted(answer, "SERVICES-5", circumstance=operation):
        return
    scenario.given.settle()
    gone = _read(scenario.client, own["id"])
    _none(scenario.expect, gone, f"{operation}, read")
    query = {"query": {"filter": {"id": own["id"]}}}
    found = reached(scenario.client.call("queryServices", body=query))
    scenario.expect.equal(
        "SERVICES-5", found.at("services"), [], of="services", circumstance=f"{operation}, queried",
        at=found,
    )  # fmt: skip


@pytest.mark.judges("SERVICES-5")
def test_the_bookings_of_a_deleted_service_are_still_there(scenario: Scenario) -> None:
    own = service(scenario.given, "appointment")
    start = now(scenario.client)
    asked = {
        "serviceId": own["id"],
        "fromLocalDate": _wall(start),
        "toLocalDate": _wall(start + WEEKS),
        "timeZone": "UTC",
    }
    scenario.given.settle()
    slots = reached(scenario.client.call("listAvailabilityTimeSlots", body=asked)).at("timeSlots")
    if len(slots) < 2:
        raise NotReached("nobody works in the next four weeks")
    resource = resource_of(scenario.given)
    body = _booking(scenario.given, own, slots[0], resource)
    booking = reached(scenario.client.call("createBooking", body=body)).booking
    reached(_delete(scenario.client, "deleteService", own["id"]))
    scenario.given.settle()
    scenario.expect.equal(
        "SERVICES-5",
        [one.id for one in scenario.given.find({"id": {"$in": [booking.id]}})],
        [booking.id],
        of="its bookings",
        circumstance="read after its service was deleted",
    )
    again = _booking(scenario.given, own, slots[-1], resource)
    _none(scenario.expect, scenario.client.call("createBooking", body=again), "booked once more")


def _none(expect: Expect, answer: Answer, about: str) -> None:
    """There is no such service any more: however that is said."""
    expect.that(
        "SERVICES-5", answer.refused, expected="refused", actual=answer.summary, circumstance=about,
        at=answer, check=Refused(),
    )  # fmt: skip
