"""Fills a target's site: services of the judge's own, and the calls that make and change them.

Where others use the target too, nobody sees what is made here, and all of it is deleted after.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.valid import Valid
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given

Json = Mapping[str, Any]
Call: TypeAlias = Callable[[Given, str], Valid]

FREE: Json = {"rateType": "NO_FEE", "options": {"online": False, "inPerson": True}}
PRICED: Json = {
    "rateType": "FIXED",
    "fixed": {"price": {"value": "12.50", "currency": "EUR"}},
    "options": {"online": False, "inPerson": True},
}


def new_service(given: Given, kind: str = "class", **fields: Any) -> dict[str, Any]:
    """A service that can be made: of an appointment with somebody who provides it."""
    written: dict[str, Any] = {
        "type": kind.upper(),
        "name": _name(given),
        "description": "Made by a test, and deleted by it.",
        "hidden": not given.client.target.ours,
        "defaultCapacity": 1 if kind == "appointment" else 7,
        "onlineBooking": {"enabled": True, "requireManualApproval": False},
        "payment": dict(PRICED),
    }
    if kind == "appointment":
        written["schedule"] = {"availabilityConstraints": {"sessionDurations": [60]}}
        written["staffMemberIds"] = [resource_of(given)]
    return {**written, **fields}


def _name(given: Given) -> str:
    return f"Judge's {given.random.randrange(10**9)}"


def resource_of(given: Given) -> str:
    """The resource of a staff member whom the site has."""
    answer = given.client.call("queryStaffMembers", body={"query": {}})
    found = answer.at("staffMembers") if answer.accepted else []
    known = [str(one["resourceId"]) for one in found if one.get("resourceId")]
    if not known:
        raise NotJudged("queryStaffMembers shows nobody who could provide an appointment")
    return known[0]


def made(answer: Answer, *path: str | int) -> Json:
    """What an answer says was made; raises NotReached where nothing was."""
    if not answer.accepted:
        raise NotReached(f"{answer.exchange.operation} was answered {answer.summary}")
    shown: Json = answer.at(*path)
    return shown


def service(given: Given, kind: str = "class", **fields: Any) -> Json:
    """A service of the judge's own."""
    body = {"service": new_service(given, kind, **fields)}
    return made(given.client.call("createService", body=body), "service")


def _create(given: Given, kind: str) -> Valid:
    return Valid("createService", {"service": new_service(given)})


def _create_all(given: Given, kind: str) -> Valid:
    body = {"services": [new_service(given)], "returnEntity": True}
    return Valid("bulkCreateServices", body)


def change_of(shown: Json, **fields: Any) -> dict[str, Any]:
    """A body's change of something that was shown, by its id and revision."""
    return {"id": shown["id"], "revision": shown.get("revision"), **fields}


def _update(given: Given, kind: str) -> Valid:
    own = service(given)
    body = {"service": change_of(own, tagLine="changed")}
    return Valid("updateService", body, how={"path": {"serviceId": own["id"]}})


def _update_all(given: Given, kind: str) -> Valid:
    body = {"services": [{"service": change_of(service(given), tagLine="changed")}]}
    return Valid("bulkUpdateServices", {**body, "returnEntity": True})


def _delete(given: Given, kind: str) -> Valid:
    return Valid("deleteService", how={"path": {"serviceId": service(given)["id"]}})


def _delete_all(given: Given, kind: str) -> Valid:
    return Valid("bulkDeleteServices", {"ids": [service(given)["id"]]})


# ── Categories ────────────────────────────────────────────────────────────────────────────────────


def category(given: Given) -> Json:
    """A category of the judge's own."""
    body = {"category": {"name": _name(given)}}
    return made(given.client.call("createCategory", body=body), "category")


def _create_category(given: Given, kind: str) -> Valid:
    return Valid("createCategory", {"category": {"name": _name(given)}})


def _of_category(operation: str, body: Callable[[Json], Json | None]) -> Call:
    def call(given: Given, kind: str) -> Valid:
        own = category(given)
        return Valid(operation, body(own), how={"path": {"categoryId": own["id"]}})

    return call


# ── Staff ─────────────────────────────────────────────────────────────────────────────────────────


def staff_member(given: Given) -> Json:
    """Somebody whom the judge has added, with the details of the resource."""
    body = {"staffMember": {"name": _name(given)}, "fields": ["RESOURCE_DETAILS"]}
    return made(given.client.call("createStaffMember", body=body), "staffMember")


def schedule_of(staff: Json) -> str:
    """The schedule of a staff member's own."""
    schedule = ((staff.get("resource") or {}).get("eventsSchedule") or {}).get("id")
    if not isinstance(schedule, str):
        raise NotReached("createStaffMember shows no schedule of a staff member's own")
    return schedule


def _create_staff(given: Given, kind: str) -> Valid:
    return Valid("createStaffMember", {"staffMember": {"name": _name(given)}})


def _of_staff(operation: str, body: Callable[[Json], Json | None]) -> Call:
    def call(given: Given, kind: str) -> Valid:
        own = staff_member(given)
        return Valid(operation, body(own), how={"path": {"staffMemberId": own["id"]}})

    return call


# ── Sessions ──────────────────────────────────────────────────────────────────────────────────────


def new_event(given: Given, own: Json, days: int = 3, **fields: Any) -> dict[str, Any]:
    """A session of an hour on the schedule of a service, some days from now, at noon."""
    day = (now(given.client) + timedelta(days=days)).date().isoformat()
    return {
        "scheduleId": own["schedule"]["id"],
        "type": own["type"],
        "start": {"localDate": f"{day}T12:00:00"},
        "end": {"localDate": f"{day}T13:00:00"},
        "resources": [{"id": resource_of(given), "permissionRole": "WRITER"}],
        "totalCapacity": 5,
        **fields,
    }


def now(client: Client) -> datetime:
    """What the clocks of the target show."""
    if client.target.control is None:
        return datetime.now(UTC)
    return datetime.fromisoformat(client.control("GET", "site")["site"]["now"])


def event(given: Given, own: Json | None = None, **fields: Any) -> Json:
    """A session of the judge's own."""
    body = {"event": new_event(given, own or service(given), **fields)}
    return made(given.client.call("createEvent", body=body), "event")


def _create_event(given: Given, kind: str) -> Valid:
    return Valid("createEvent", {"event": new_event(given, service(given))})


def _create_events(given: Given, kind: str) -> Valid:
    events = [{"event": new_event(given, service(given))}]
    return Valid("bulkCreateEvents", {"events": events, "returnEntity": True})


def _of_event(operation: str, body: Callable[[Json], Json]) -> Call:
    def call(given: Given, kind: str) -> Valid:
        own = event(given)
        path = {} if operation.startswith("bulk") else {"path": {"eventId": own["id"]}}
        return Valid(operation, body(own), how=path)

    return call


def _renamed(own: Json) -> dict[str, Any]:
    return change_of(own, title="changed")


# The operations that fill a site, each with a valid call.
FILLING: Mapping[str, Call] = {
    "createService": _create,
    "bulkCreateServices": _create_all,
    "updateService": _update,
    "bulkUpdateServices": _update_all,
    "deleteService": _delete,
    "bulkDeleteServices": _delete_all,
    "createCategory": _create_category,
    "updateCategory": _of_category(
        "updateCategory", lambda own: {"category": change_of(own, name="changed")}
    ),
    "moveCategory": _of_category("moveCategory", lambda own: {"position": "LAST"}),
    "deleteCategory": _of_category("deleteCategory", lambda own: None),
    "createStaffMember": _create_staff,
    "updateStaffMember": _of_staff(
        "updateStaffMember", lambda own: {"staffMember": change_of(own, name="changed")}
    ),
    "deleteStaffMember": _of_staff("deleteStaffMember", lambda own: None),
    "assignWorkingHoursSchedule": _of_staff(
        "assignWorkingHoursSchedule", lambda own: {"scheduleId": schedule_of(own)}
    ),
    "createEvent": _create_event,
    "bulkCreateEvents": _create_events,
    "updateEvent": _of_event("updateEvent", lambda own: {"event": _renamed(own)}),
    "bulkUpdateEvents": _of_event(
        "bulkUpdateEvents", lambda own: {"events": [{"event": _renamed(own)}]}
    ),
    "cancelEvent": _of_event("cancelEvent", lambda own: {}),
    "bulkCancelEvents": _of_event("bulkCancelEvents", lambda own: {"eventIds": [own["id"]]}),
}
