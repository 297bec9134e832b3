"""A service as the API shows it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from bookings_mock.domain.catalog import BookingPolicy, found
from bookings_mock.domain.service import (
    APPOINTMENT,
    BOOKINGS_APP,
    DEFAULT_FORM,
    STAFF_TYPE,
    Resource,
    Service,
    Site,
)
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.policy_shows import show_policy

_MINUTE = timedelta(minutes=1)
# The location types of slots, as services and time slots call them.
LOCATION_TYPES = {"OWNER_BUSINESS": "BUSINESS", "OWNER_CUSTOM": "CUSTOM", "CUSTOM": "CUSTOMER"}


def show_service(service: Service, site: Site, base_url: str) -> dict[str, Any]:
    """A service in its V2 shape, without what is shown only when it is asked for."""
    slug = {"name": service.name, "custom": False, "createdDate": rfc3339(service.created)}
    shown = {
        "id": service.id,
        "appId": BOOKINGS_APP,
        "createdByAppId": BOOKINGS_APP,
        "type": service.kind.upper(),
        "sortOrder": site.known().index(service),
        "name": service.title,
        "defaultCapacity": capacity_of(service),
        "media": {"items": []},
        "hidden": service.hidden,
        "category": _category(service, site),
        "form": {"id": service.form_id or DEFAULT_FORM},
        "payment": show_payment(service),
        "onlineBooking": {
            "enabled": service.policy.book == "open",
            "requireManualApproval": service.manual_approval,
            "allowMultipleRequests": not service.requests_affect_availability,
        },
        "conferencing": {"enabled": False},
        "locations": locations_of(service, _main_location(site)),
        "bookingPolicy": _policy(service, site),
        "schedule": _schedule(service),
        **_resources(service),
        "supportedSlugs": [slug],
        "mainSlug": slug,
        "urls": _urls(service, base_url),
        "addOnGroups": [],
        "addOnDetails": [],
        "createdDate": rfc3339(service.created),
        "updatedDate": rfc3339(service.updated),
        "revision": str(service.revision),
        **service.details,
    }
    return {key: value for key, value in shown.items() if value is not None}


def capacity_of(service: Service) -> int:
    """How many can take part at once."""
    return 1 if service.kind == APPOINTMENT else service.capacity


def show_payment(service: Service) -> dict[str, Any]:
    """What a service costs, and how it is paid."""
    offered = service.payment_options
    return {
        **_rate(service),
        "options": {
            "online": "ONLINE" in offered,
            "inPerson": "OFFLINE" in offered,
            "pricingPlan": any(option.startswith("MEMBERSHIP") for option in offered),
            "deposit": bool((service.rate.get("options") or {}).get("deposit")),
        },
        "pricingPlanIds": [],
        "addOnOption": "ONLINE" if "ONLINE" in offered else "IN_PERSON",
    }


def locations_of(service: Service, main: str | None = None) -> list[dict[str, Any]]:
    """Where a service takes place; `main` is the one location that is the site's default."""
    places: Iterable[Mapping[str, Any]] = (service.location,) if service.location else ()
    return [_location(place, main) for place in places]


def _main_location(site: Site) -> str | None:
    """The business location that the site names first."""
    places = (service.location or {} for service in site.services)
    own = (one.get("id") for one in places if one.get("locationType") == "OWNER_BUSINESS")
    return next(own, None)


def _rate(service: Service) -> dict[str, Any]:
    if service.rate:
        return {key: part for key, part in service.rate.items() if key != "options"}
    if not float(service.price):
        return {"rateType": "NO_FEE"}
    price = {"value": service.price, "currency": service.currency}
    if service.options:
        least_and_most = {"minPrice": price, "maxPrice": price}
        varied = {"defaultPrice": price, **least_and_most, "fullUpfrontPaymentAllowed": False}
        return {"rateType": "VARIED", "varied": varied}
    return {"rateType": "FIXED", "fixed": {"price": price, "fullUpfrontPaymentAllowed": False}}


def _category(service: Service, site: Site) -> dict[str, Any] | None:
    heading = found(site.catalog.categories, service.category_id)
    if heading is None:
        # A service keeps the id of a category that was deleted.
        return {"id": service.category_id} if service.category_id else None
    return {"id": heading.id, "name": heading.name, "sortOrder": heading.position}


def _policy(service: Service, site: Site) -> dict[str, Any]:
    named = found(site.catalog.policies, service.policy_id)
    terms = BookingPolicy(id=service.policy_id or service.id, name="", policy=service.policy)
    return show_policy(named or terms)


def _location(place: Mapping[str, Any], main: str | None) -> dict[str, Any]:
    kind = LOCATION_TYPES[place["locationType"]]
    address = {"formattedAddress": place.get("formattedAddress")}
    business = {
        "id": place.get("id"),
        "name": place.get("name"),
        "default": place.get("id") == main,
    }
    shown = {
        "id": place.get("id"),
        "type": kind,
        "business": {**business, "address": address} if kind == "BUSINESS" else None,
        "calculatedAddress": address if kind != "CUSTOMER" else None,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _schedule(service: Service) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": service.schedule_id}
    if service.kind == APPOINTMENT:
        minutes = int(service.length.total_seconds()) // 60
        if service.longest is None:
            constraints = _constraints([minutes], [minutes], service)
            return {**shown, "availabilityConstraints": constraints}
        most = int(service.longest.total_seconds()) // 60
        hours = {"minDurationInMinutes": minutes, "maxDurationInMinutes": most}
        chosen = {"durationRange": {"unitType": "HOUR", "hourOptions": hours}}
        return {**shown, "availabilityConstraints": {**_constraints([], [], service), **chosen}}
    lengths = {int((one.end - one.start).total_seconds()) // 60 for one in service.sessions}
    return {
        **shown,
        "firstSessionStart": rfc3339(service.first_start),
        "lastSessionEnd": rfc3339(service.last_end),
        "availabilityConstraints": _constraints(sorted(lengths), [], service),
    }


def _constraints(durations: Iterable[int], sent: list[int], service: Service) -> dict[str, Any]:
    return {
        "durations": [{"minutes": minutes} for minutes in durations],
        "sessionDurations": sent,
        "timeBetweenSessions": service.buffer // _MINUTE,
    }


def _resources(service: Service) -> dict[str, Any]:
    """Who and what a service needs."""
    needed = service.resource
    if needed is None or needed.type_id == STAFF_TYPE:
        ids = list(dict.fromkeys(one.id for one in (*service.resources, *_of_sessions(service))))
        return {"staffMemberIds": ids, "serviceResources": [], "primaryResourceType": STAFF_TYPE}
    one = {"resourceType": {"id": needed.type_id}, "resourceIds": {"values": [needed.id]}}
    return {
        "staffMemberIds": [],
        "serviceResources": [one],
        "primaryResourceType": needed.type_id,
    }


def _of_sessions(service: Service) -> list[Resource]:
    """Who is there at the sessions of a class or course."""
    return [one.resource for one in service.sessions if one.resource and not one.canceled]


def _urls(service: Service, base_url: str) -> dict[str, Any]:
    pages = {
        "servicePage": f"/service-page/{service.name}",
        "bookingPage": f"/booking-calendar/{service.name}",
        "calendarPage": f"/booking-calendar/{service.name}",
    }
    return {
        name: {"relativePath": path, "url": f"{base_url}{path}"} for name, path in pages.items()
    }
