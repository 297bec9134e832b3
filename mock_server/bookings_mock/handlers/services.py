"""Services as clients find them before they book."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain.catalog import found
from bookings_mock.domain.rules import catalog as rules_of_services, openings as rules_of
from bookings_mock.domain.service import Service
from bookings_mock.handlers.entities import (
    Json,
    Kind,
    counting,
    getting,
    known,
    querying,
    searching,
)
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.service_shows import LOCATION_TYPES, locations_of, show_service

__all__ = ["LOCATION_TYPES", "OPERATIONS", "SERVICES", "get_by_id", "known_service"]


def known_service(call: Call, service_id: str, what: str) -> Service:
    """The service with this id; raises RuleBroken if there is none."""
    service = call.world.site.offered(service_id.lower())
    call.ground.rules.require(rules_of.offered, service, what)
    if service is None:
        # The rule is switched off: any other service will do.
        return call.world.site.services[0]
    return service


def _every(call: Call) -> Iterator[Json]:
    site = call.world.site
    return (show_service(one, site, call.base_url) for one in site.services)


def _view(call: Call, shown: Json) -> Json:
    """A service with the conditional fields that the call asks for, in its body or its query."""
    asked = {**call.query, **(call.body or {})}.get("conditionalFields") or ()
    service = call.world.site.service(shown["id"])
    if service is None or not asked:
        return shown
    for name in (one for one in _CONDITIONAL if one in asked):
        shown = {**shown, **_CONDITIONAL[name](call, service, shown)}
    return shown


def _staff(call: Call, service: Service, shown: Json) -> dict[str, Any]:
    names = {one.resource_id: one.name for one in call.world.site.catalog.staff}
    members = [
        {"staffMemberId": one, "name": names.get(one, "")} for one in shown["staffMemberIds"]
    ]
    return {"staffMemberDetails": {"staffMembers": members}}


def _where_they_work(call: Call, service: Service, shown: Json) -> dict[str, Any]:
    """Everyone works wherever the service takes place; shown with the staff only."""
    if "staffMemberDetails" not in shown:
        return {}
    ids = [one["id"] for one in locations_of(service) if one["type"] == "BUSINESS"]
    coverage = {"availableAtAllLocations": not ids, "locationIds": ids}
    staff = shown["staffMemberDetails"]["staffMembers"]
    covered = [{**one, "workingHoursLocationCoverage": coverage} for one in staff]
    return {"staffMemberDetails": {"staffMembers": covered}}


def _types(call: Call, service: Service, shown: Json) -> dict[str, Any]:
    types = call.world.site.catalog.resource_types

    def named(one: Json) -> Json:
        known = found(types, (one.get("resourceType") or {}).get("id"))
        kind = {"id": known.id, "name": known.name} if known else one.get("resourceType")
        return {**one, "resourceType": kind}

    return {"serviceResources": [named(one) for one in shown["serviceResources"]]}


def _resources(call: Call, service: Service, shown: Json) -> dict[str, Any]:
    needed = service.resource
    details = {"resources": [{"id": needed.id, "name": needed.name}] if needed else []}
    return {
        "serviceResources": [{**o, "resourceDetails": details} for o in shown["serviceResources"]]
    }


_CONDITIONAL: Mapping[str, Callable[[Call, Service, Json], dict[str, Any]]] = {
    "STAFF_MEMBER_DETAILS": _staff,
    "STAFF_WORKING_HOURS_LOCATIONS": _where_they_work,
    "RESOURCE_TYPE_DETAILS": _types,
    "RESOURCE_DETAILS": _resources,
}


def _read(call: Call, filter: Json) -> Json:
    return call.ground.rules(rules_of_services.services_filter)(filter)


SERVICES = Kind(
    "service",
    "services",
    _every,
    view=_view,
    rule="SERVICES-1",
    read=_read,
    there=rules_of.offered,
)


def get_by_id(call: Call, service_id: str) -> dict[str, Any]:
    """The service with this id as it is answered; raises RuleBroken if there is none."""
    return {"service": known(call, SERVICES, service_id)}


OPERATIONS: Mapping[str, Handler] = {
    "queryServices": querying(SERVICES),
    "searchServices": searching(SERVICES),
    "countServices": counting(SERVICES),
    "getService": getting(SERVICES, "serviceId"),
}
