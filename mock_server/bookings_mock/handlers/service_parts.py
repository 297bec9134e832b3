"""What services are listed and booked by: places, categories, policies, forms, slugs, add-ons."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain.service import DEFAULT_FORM
from bookings_mock.handlers.entities import Json, Kind, every_one, querying
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.policy_shows import show_policy
from bookings_mock.handlers.services import SERVICES, known_service

# How many of the services that have something in common are named.
_NAMED = 5
_SLUG = re.compile(r"[\w-]+")
_FORM = {"name": "Booking form", "revision": "1"}


async def locations(call: Call) -> Any:
    """Query Locations."""
    wanted = _wanted(call, "businessLocationIds")
    places = [place for one in _services(call) for place in one["locations"]]
    kinds = {place["type"] for place in places}
    own = {one["id"]: one for one in places if one["type"] == "BUSINESS" and wanted(one["id"])}
    return {
        "businessLocations": {"exists": bool(own), "locations": [own[id] for id in sorted(own)]},
        "customLocations": {"exists": "CUSTOM" in kinds},
        "customerLocations": {"exists": "CUSTOMER" in kinds},
    }


async def categories(call: Call) -> Any:
    """Query Categories, those of services."""
    wanted = _wanted(call, "categoryIds")
    listed = (one["category"] for one in _services(call) if one.get("category"))
    known = {one["id"]: one for one in listed if wanted(one["id"])}
    return {"categories": [known[id] for id in sorted(known)]}


async def slug(call: Call) -> Any:
    """Validate Slug: a name that another service has is taken."""
    service = known_service(call, call.body["serviceId"], "service")
    name = (call.body.get("slug") or "").strip().lower()
    others = {one.name.lower() for one in call.world.site.services if one.id != service.id}
    if not _SLUG.fullmatch(name):
        return {"valid": False, "errors": ["SLUG_CONTAINS_ILLEGAL_CHARACTERS"]}
    if name in others:
        return {"valid": False, "errors": ["SLUG_ALREADY_EXISTS"]}
    return {"valid": True, "slug": name, "errors": []}


async def add_on_groups(call: Call) -> Any:
    """List Add On Groups By Service Id: the mock's services have none to choose from."""
    known_service(call, call.body["serviceId"], "service")
    return {"addOnGroupsDetails": []}


async def forms(call: Call) -> Any:
    """Query Booking Forms, with the default one where it is asked for."""
    answer = await querying(FORMS)(call)
    if "DEFAULT_BOOKING_FORM" not in (call.body.get("conditionalFields") or ()):
        return answer
    return {**answer, "defaultBookingForm": {"formId": DEFAULT_FORM, **_FORM}}


def _services(call: Call) -> Iterable[Json]:
    """The services that a filter within the filter asks for."""
    return every_one(call, SERVICES, (call.body.get("filter") or {}).get("services"))


def _wanted(call: Call, name: str) -> Callable[[str], bool]:
    ids = [one.lower() for one in (call.body.get("filter") or {}).get(name) or ()]
    return lambda known: not ids or known.lower() in ids


def _policies(call: Call) -> Iterator[Json]:
    for one in call.world.site.catalog.policies:
        having = [s for s in call.world.site.services if s.policy_id == one.id]
        yield {"bookingPolicy": show_policy(one), **_having((s.id, s.title) for s in having)}


def _forms(call: Call) -> Iterator[Json]:
    by_form: dict[str, list[tuple[str, str]]] = {}
    for shown in SERVICES.every(call):
        by_form.setdefault(shown["form"]["id"], []).append((shown["id"], shown["name"]))
    for form_id, having in by_form.items():
        yield {"formDetails": {"formId": form_id, **_FORM}, **_having(having)}


def _having(services: Iterable[tuple[str, str]]) -> dict[str, Any]:
    named = [{"id": service_id, "name": name} for service_id, name in services]
    return {"connectedServices": named[:_NAMED], "totalServiceCount": len(named)}


FORMS = Kind("bookingForm", "bookingForms", _forms)

OPERATIONS: Mapping[str, Handler] = {
    "queryLocations": locations,
    "queryCategoriesOfServices": categories,
    "queryPolicies": querying(Kind("bookingPolicy", "bookingPolicies", _policies)),
    "queryBookingForms": forms,
    "validateSlug": slug,
    "listAddOnGroupsByServiceId": add_on_groups,
}
