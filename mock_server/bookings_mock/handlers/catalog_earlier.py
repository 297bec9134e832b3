"""The catalog as V1 had it: resources, services with what belongs to them, schedules."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.availability import schedule_seats
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.service import COURSE, STAFF_TYPE, Service
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.catalog_shows import resources_of
from bookings_mock.handlers.entities import Json, Kind, querying
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.services import SERVICES


def listing(kind: Kind, query: str) -> Handler:
    """A handler of lists that take the paging of a query as parameters."""

    async def listed(call: Call) -> Any:
        names = ("limit", "offset")
        asked = {name: call.query.get(f"query.paging.{name}") for name in names}
        return await querying(kind)(
            evolve(call, operation=query, body={"query": {"paging": asked}})
        )

    return listed


def _resources(call: Call) -> Iterator[Json]:
    return map(_resource, resources_of(call.world.site))


def _resource(shown: Json) -> Json:
    return {
        "id": shown["id"],
        "name": shown["name"],
        "tags": ["staff"] if shown["typeId"] == STAFF_TYPE else [],
        "images": [],
        "schedules": [],
        "scheduleIds": [shown["eventsSchedule"]["scheduleId"]],
        "status": "CREATED",
    }


def _services(call: Call) -> Iterator[Json]:
    resources = {one["id"]: one for one in _resources(call)}
    for shown in SERVICES.every(call):
        service = call.world.site.service(shown["id"])
        assert service is not None
        yield {
            "service": _service(shown),
            "pricingPlans": [],
            "resources": [resources[one] for one in shown["staffMemberIds"] if one in resources],
            "schedules": [_schedule(call, service, count=False)],
            "category": _named(shown.get("category") or {}),
            "urls": {"servicePage": shown["urls"]["servicePage"]["url"]},
            "slugs": [{"name": shown["mainSlug"]["name"]}],
        }


def _named(category: Json) -> Json | None:
    return {"id": category["id"], "name": category.get("name")} if category else None


def _service(shown: Json) -> Json:
    options = shown["payment"]["options"]
    about = {key: shown[key] for key in ("name", "description", "tagLine") if key in shown}
    return {
        "id": shown["id"],
        "info": {**about, "images": []},
        "policy": {
            "maxParticipantsPerBooking": shown["bookingPolicy"]["participantsPolicy"][
                "maxParticipantsPerBooking"
            ],
            "isBookOnlineAllowed": shown["onlineBooking"]["enabled"],
        },
        "paymentOptions": {
            "wixPayOnline": options["online"],
            "wixPayInPerson": options["inPerson"],
            "custom": False,
            "wixPaidPlan": options["pricingPlan"],
        },
        "categoryId": (shown.get("category") or {}).get("id"),
        "bookingFormId": shown["form"]["id"],
        "scheduleIds": [shown["schedule"]["id"]],
        "customProperties": {},
        "status": "CREATED",
        "sortOrder": shown["sortOrder"],
    }


async def service(call: Call) -> Any:
    """Get a service as V1 had it."""
    wanted = call.path["serviceId"].lower()
    every = list(_services(call))
    found = next((one for one in every if one["service"]["id"].lower() == wanted), None)
    call.ground.rules.require(rules_of.offered, found, "service")
    return found or every[0]


async def schedules(call: Call) -> Any:
    """The schedules of services, with how many take part where that is asked for."""
    wanted = {one.lower() for one in call.query["scheduleOwnerIds"]}
    count = call.query.get("includeTotalNumberOfParticipants") is True
    services = (one for one in call.world.site.services if one.id.lower() in wanted)
    return {"schedules": [_schedule(call, one, count) for one in services]}


def _schedule(call: Call, service: Service, count: bool) -> dict[str, Any]:
    held = schedule_seats(service.schedule_id, service, call.ground) if count else None
    shown = {
        "id": service.schedule_id,
        "scheduleOwnerId": service.id,
        "firstSessionStart": rfc3339(service.first_start),
        "lastSessionEnd": rfc3339(service.last_end),
        "timeZone": service.timezone,
        "tags": [_TAGS.get(service.kind, "INDIVIDUAL")],
        "capacity": service.capacity,
        "totalNumberOfParticipants": held,
        "status": "CREATED",
    }
    return {key: value for key, value in shown.items() if value is not None}


_TAGS: Mapping[str, str] = {COURSE: "COURSE", "class": "GROUP"}
RESOURCES = Kind("resource", "resources", _resources)
CATALOG = Kind("service", "services", _services)

OPERATIONS: Mapping[str, Handler] = {
    "queryResourcesV1": querying(RESOURCES),
    "listResourcesV1": listing(RESOURCES, "queryResourcesV1"),
    "queryCatalogServices": querying(CATALOG),
    "listCatalogServices": listing(CATALOG, "queryCatalogServices"),
    "getCatalogService": service,
    "listSchedulesByOwner": schedules,
}
