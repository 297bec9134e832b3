"""Services as clients find them before they book."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from bookings_mock.call import Call
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.service import APPOINTMENT, Policy, Service
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.finding import refused, seal_of
from bookings_mock.handlers.handler import Handler
from bookings_mock.query import Field, Key, QueryRefused, read_page, select

# The location types of slots, as services and time slots call them.
LOCATION_TYPES = {"OWNER_BUSINESS": "BUSINESS", "OWNER_CUSTOM": "CUSTOM", "CUSTOM": "CUSTOMER"}


@frozen
class Numbered:
    """A service and its place on the site."""

    number: int
    service: Service


async def query(call: Call) -> Any:
    """Query Services."""
    wanted = call.body["query"]
    grammar, seal = call.mock.grammars[call.operation], seal_of(call)
    try:
        page = read_page(wanted, grammar, FIELDS, _IN_ORDER, seal)
    except QueryRefused as error:
        raise refused(error, "SHAPE-3") from None
    every = [Numbered(n, one) for n, one in enumerate(call.world.site.services)]
    found = select(page, lambda: every, _NoIndex(), seal)
    return {
        "services": [show_service(one) for one in found.records],
        "pagingMetadata": {
            "count": len(found.records),
            "offset": page.offset,
            "total": found.total,
            "tooManyToCount": False,
        },
    }


async def get(call: Call) -> Any:
    """Get Service."""
    wanted = known_service(call, call.path["serviceId"], "service")
    services = call.world.site.services
    return {"service": show_service(Numbered(services.index(wanted), wanted))}


def known_service(call: Call, service_id: str, what: str) -> Service:
    """The service with this id; raises RuleBroken if there is none."""
    service = call.world.site.service(service_id.lower())
    call.ground.rules.require(rules_of.offered, service, what)
    if service is None:
        # The rule is switched off: any other service will do.
        return call.world.site.services[0]
    return service


def show_service(one: Numbered) -> dict[str, Any]:
    """A service in its V2 shape."""
    service = one.service
    staff = [service.resource] if service.resource else []
    slug = {"name": service.name, "custom": False}
    return {
        "id": service.id,
        "type": service.kind.upper(),
        "name": service.title,
        "sortOrder": one.number,
        "defaultCapacity": _capacity(service),
        "hidden": False,
        "onlineBooking": {
            "enabled": service.policy.book == "open",
            "requireManualApproval": service.manual_approval,
            "allowMultipleRequests": not service.requests_affect_availability,
        },
        "payment": _payment(service),
        "locations": _locations(service),
        "bookingPolicy": _policy(service.policy),
        "schedule": _schedule(service),
        "staffMemberIds": [resource.id for resource in staff],
        "staffMemberDetails": {
            "staffMembers": [{"staffMemberId": one.id, "name": one.name} for one in staff]
        },
        "mainSlug": slug,
        "supportedSlugs": [slug],
        "revision": "1",
    }


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "limitEarlyBookingPolicy": _limit("earliestBookingInMinutes", policy.book_from_minutes),
        "limitLateBookingPolicy": _limit("latestBookingInMinutes", policy.book_until_minutes),
        "cancellationPolicy": {"enabled": policy.cancel == "allowed"},
        "reschedulePolicy": {"enabled": policy.reschedule == "allowed"},
    }


def _limit(name: str, minutes: int | None) -> dict[str, Any]:
    return {"enabled": False} if minutes is None else {"enabled": True, name: minutes}


def _capacity(service: Service) -> int:
    return 1 if service.kind == APPOINTMENT else service.capacity


def _payment(service: Service) -> dict[str, Any]:
    offered = service.payment_options
    price = {"value": service.price, "currency": service.currency}
    return {
        **({"rateType": "FIXED", "fixed": {"price": price}} if float(service.price) else _FREE),
        "options": {
            "online": "ONLINE" in offered,
            "inPerson": "OFFLINE" in offered,
            "pricingPlan": any(option.startswith("MEMBERSHIP") for option in offered),
            "deposit": False,
        },
    }


def _locations(service: Service) -> list[dict[str, Any]]:
    place = service.location
    if not place:
        return []
    kind = LOCATION_TYPES[place["locationType"]]
    known = {"id": place.get("id"), "name": place.get("name")}
    shown = {
        "id": place.get("id"),
        "type": kind,
        "business": known if kind == "BUSINESS" else None,
        "calculatedAddress": {"formattedAddress": place.get("formattedAddress")},
    }
    return [{key: value for key, value in shown.items() if value is not None}]


def _schedule(service: Service) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": service.schedule_id}
    if service.kind == APPOINTMENT:
        minutes = int(service.length.total_seconds()) // 60
        return {**shown, "availabilityConstraints": {"sessionDurations": [minutes]}}
    return {
        **shown,
        "firstSessionStart": rfc3339(service.first_start),
        "lastSessionEnd": rfc3339(service.last_end),
    }


class _NoIndex:
    """A site has few services: all of them are looked at."""

    def find(self, name: str, values: Any) -> None:
        """None for every field."""


_FREE: Mapping[str, Any] = {"rateType": "NO_FEE"}

FIELDS: Mapping[str, Field[Numbered]] = {
    "id": Field(lambda one: one.service.id, "guid"),
    "type": Field(lambda one: one.service.kind.upper()),
    "name": Field(lambda one: one.service.title),
    "sortOrder": Field(lambda one: one.number, "number"),
    "hidden": Field(lambda one: False, "flag"),
    "onlineBooking.enabled": Field(lambda one: one.service.policy.book == "open", "flag"),
    "onlineBooking.requireManualApproval": Field(lambda one: one.service.manual_approval, "flag"),
    "defaultCapacity": Field(lambda one: _capacity(one.service), "number"),
    "schedule.id": Field(lambda one: one.service.schedule_id, "guid"),
    "staffMemberIds": Field(
        lambda one: [one.service.resource.id] if one.service.resource else [], "list"
    ),
}
_IN_ORDER = (Key("sortOrder", FIELDS["sortOrder"]),)

OPERATIONS: Mapping[str, Handler] = {"queryServices": query, "getService": get}
