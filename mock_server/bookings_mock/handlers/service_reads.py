"""What a service becomes by what was written of it, part by part."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.catalog import found
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.rules import writing as rules_of
from bookings_mock.domain.service import APPOINTMENT, STAFF_TYPE, Resource, Service, Site
from bookings_mock.handlers.catalog_shows import derived_id, other_resources

T = TypeVar("T")
Json = Mapping[str, Any]

_MINUTE = timedelta(minutes=1)
# How far apart the times of an appointment lie, unless a site is set up otherwise.
_GRID = 30 * _MINUTE
# What is kept as it was written.
_KEPT = (
    *("description", "tagLine", "form", "conferencing", "seoData", "taxableAddress"),
    *("extendedFields", "sortOrder"),
)
_PLACES = {"BUSINESS": "OWNER_BUSINESS", "CUSTOM": "OWNER_CUSTOM", "CUSTOMER": "CUSTOM"}
_OPTIONS = {"online": "ONLINE", "inPerson": "OFFLINE", "pricingPlan": "MEMBERSHIP"}


def parts_of(call: Call, service: Service, sent: Json) -> dict[str, Any]:
    """What changes of a service by what was sent of it; raises RuleBroken for what can't be."""
    parts: dict[str, Any] = {}
    details = {name: sent[name] for name in _KEPT if name in sent}
    for name, read in _READ.items():
        if name in sent:
            changed = dict(read(call, evolve(service, **parts), sent[name]))
            details |= changed.pop("details", {})
            parts |= changed
    return {**parts, "details": _present({**service.details, **details})}


def _present(entries: Json) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}


def _name(call: Call, service: Service, sent: str) -> Json:
    return {"title": sent}


def _media(call: Call, service: Service, sent: Json | None) -> Json:
    return {"details": {"media": {"items": [], **_present(sent or {})}}}


def _hidden(call: Call, service: Service, sent: bool | None) -> Json:
    return {"hidden": bool(sent)}


def _capacity(call: Call, service: Service, sent: int | None) -> Json:
    call.ground.rules.require(rules_of.holds_as_many, service.kind, sent)
    return {"capacity": sent or 1}


def _category(call: Call, service: Service, sent: Json | None) -> Json:
    wanted = (sent or {}).get("id")
    if wanted is None:
        return {"category_id": None}
    known = found(call.world.site.catalog.categories, wanted)
    field = "service.category.id"
    call.ground.rules.require(rules_of.belongs_to_the_site, known, "category", field)
    return {"category_id": known.id if known else wanted}


def _policy(call: Call, service: Service, sent: Json | None) -> Json:
    policies = call.world.site.catalog.policies
    wanted = (sent or {}).get("id")
    known = found(policies, wanted) if wanted else next(one for one in policies if one.default)
    field = "service.bookingPolicy.id"
    call.ground.rules.require(rules_of.belongs_to_the_site, known, "booking policy", field)
    if known is None:
        return {}
    return {"policy_id": known.id, "policy": evolve(known.policy, book=service.policy.book)}


def _online(call: Call, service: Service, sent: Json) -> Json:
    return {
        "policy": evolve(service.policy, book="open" if sent.get("enabled") else "closed"),
        "manual_approval": bool(sent.get("requireManualApproval")),
        "requests_affect_availability": not sent.get("allowMultipleRequests"),
    }


def _payment(call: Call, service: Service, sent: Json) -> Json:
    call.ground.rules.require(rules_of.can_be_paid, sent)
    call.ground.rules.require(rules_of.approved_without_plans, sent, service.manual_approval)
    options = sent.get("options") or {}
    part, price = rules_of.PRICES.get(sent["rateType"], ("", ""))
    money = (sent.get(part) or {}).get(price) or {}
    currency = currency_of(call.world.site, service, money.get("currency"))
    rate: dict[str, Any] = {"rateType": sent["rateType"], "options": dict(options)}
    if part:
        rate[part] = {"fullUpfrontPaymentAllowed": False, **_priced(sent.get(part), currency)}
    for other in {"custom", "subscription"} & sent.keys():
        rate[other] = _priced(sent[other], currency)
    return {
        "price": money.get("value") or "0",
        "currency": currency,
        "payment_options": tuple(_OPTIONS[one] for one in _OPTIONS if options.get(one)),
        "rate": rate,
    }


def _priced(part: Json | None, currency: str) -> dict[str, Any]:
    """A part of a payment, each amount of it in the site's currency."""
    return {
        key: {"value": value["value"], "currency": currency}
        if isinstance(value, Mapping) and "value" in value
        else value
        for key, value in (part or {}).items()
        if value is not None
    }


def currency_of(site: Site, service: Service, sent: str | None) -> str:
    """The currency of the site, that is of its first service; what was sent decides that one's."""
    others = (one.currency for one in site.services if one.id != service.id)
    return next(others, None) or sent or service.currency


def _locations(call: Call, service: Service, sent: Iterable[Json]) -> Json:
    for one in sent:
        call.ground.rules.require(rules_of.takes_place_somewhere, one.get("type"))
    places = [_place(call.world.site, one) for one in sent]
    first = places[0] if places else None
    if not places:
        return {"location": None, "details": {"locations": []}}
    shown = [_shown_place(place, one) for place, one in zip(places, sent, strict=True)]
    plain = len(places) == 1 and "custom" not in shown[0]
    return {"location": first, "details": {"locations": None if plain else shown}}


def _place(site: Site, sent: Json) -> dict[str, Any]:
    """A place as slots call it; of the business's own the first that is known is the main one."""
    kind = _PLACES.get(sent.get("type") or "CUSTOM", "OWNER_CUSTOM")
    if kind != "OWNER_BUSINESS":
        address = ((sent.get("custom") or {}).get("address") or {}).get("formattedAddress")
        return _present({"locationType": kind, "formattedAddress": address})
    known = {
        str(place["id"]).lower(): place
        for one in site.services
        if (place := one.location) and place.get("locationType") == kind and place.get("id")
    }
    wanted = ((sent.get("business") or {}).get("id") or "").lower()
    if not wanted:
        own = {"locationType": kind, "id": derived_id(site.id, "location"), "name": site.name}
        return dict(next(iter(known.values()), own))
    return dict(known.get(wanted, {"locationType": kind, "id": wanted}))


def _shown_place(place: Json, sent: Json) -> dict[str, Any]:
    kind = sent.get("type") or "CUSTOM"
    address = _present({"formattedAddress": place.get("formattedAddress")})
    if kind == "CUSTOMER":
        return {"type": kind}
    if kind == "CUSTOM":
        own = (sent.get("custom") or {}).get("address") or {}
        return {"type": kind, "custom": {"address": own}, "calculatedAddress": own}
    business = _present({"id": place["id"], "name": place.get("name")})
    return {"id": place["id"], "type": kind, "business": business, "calculatedAddress": address}


def _schedule(call: Call, service: Service, sent: Json | None) -> Json:
    constraints = (sent or {}).get("availabilityConstraints") or {}
    call.ground.rules.require(rules_of.takes_as_long, service.kind, constraints)
    buffer = {"buffer": _MINUTE * (constraints.get("timeBetweenSessions") or 0)}
    if service.kind != APPOINTMENT:
        return {}
    ranged, lengths = constraints.get("durationRange"), constraints.get("sessionDurations")
    if lengths or not ranged:
        return {**buffer, "length": _MINUTE * (lengths or [60])[0], "longest": None}
    hours = ranged.get("hourOptions") or {}
    if ranged.get("unitType") != "HOUR" or not hours:
        field = "service.schedule.availabilityConstraints.durationRange"
        raise RuleBroken("SHAPE-3", "services of whole days are not served here", field=field)
    shortest, longest = (hours[f"{side}DurationInMinutes"] for side in ("min", "max"))
    return {**buffer, "length": _MINUTE * shortest, "longest": _MINUTE * longest}


def _staff(call: Call, service: Service, sent: Iterable[str] | None) -> Json:
    if service.kind != APPOINTMENT:
        return {}
    staff = tuple(known_resource(call, one, "service.staffMemberIds") for one in sent or ())
    things = tuple(one for one in service.resources if one.type_id != STAFF_TYPE)
    return _provided((*staff, *things))


def _things(call: Call, service: Service, sent: Iterable[Json] | None) -> Json:
    if service.kind != APPOINTMENT:
        return {"details": {"serviceResources": [_needed(one) for one in sent or ()]}}
    field = "service.serviceResources"
    things = tuple(known_resource(call, one, field) for part in sent or () for one in _ids(part))
    staff = tuple(one for one in service.resources if one.type_id == STAFF_TYPE)
    return _provided((*staff, *things))


def _needed(part: Json) -> Json:
    """What a class or course needs besides, without the names that only the server gives."""
    type_id = (part.get("resourceType") or {}).get("id")
    return {"resourceType": _present({"id": type_id}), "resourceIds": {"values": [*_ids(part)]}}


def _ids(part: Json) -> Iterator[str]:
    yield from (part.get("resourceIds") or {}).get("values") or ()


def _provided(resources: tuple[Resource, ...]) -> Json:
    return {"resource": next(iter(resources), None), "others": resources[1:]}


def known_resource(call: Call, resource_id: str, field: str) -> Resource:
    """The resource of the site with this id; raises RuleBroken if there is none."""
    site = call.world.site
    everybody = [
        *(Resource(one.resource_id, one.name, one.email, one.schedule_id) for one in _people(site)),
        *other_resources(site),
    ]
    known = next((one for one in everybody if one.id.lower() == resource_id.lower()), None)
    call.ground.rules.require(rules_of.belongs_to_the_site, known, "resource", field)
    return known or Resource(resource_id, "", None, derived_id(resource_id, "schedule"))


def _people(site: Site) -> Iterable[Any]:
    return site.catalog.staff


_READ: Mapping[str, Callable[[Call, Service, Any], Json]] = {
    "name": _name,
    "media": _media,
    "hidden": _hidden,
    "defaultCapacity": _capacity,
    "category": _category,
    "onlineBooking": _online,
    "bookingPolicy": _policy,
    "payment": _payment,
    "locations": _locations,
    "schedule": _schedule,
    "staffMemberIds": _staff,
    "serviceResources": _things,
}


def slug_of(title: str, taken: Iterable[str]) -> str:
    """The name of a service's page, one that no service has or has had."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "service"
    known, number, name = {one.lower() for one in taken}, 1, base
    while name in known:
        number += 1
        name = f"{base}-{number}"
    return name


def new_service(call: Call, sent: Json) -> Service:
    """The service that was written, with a schedule of its own; raises RuleBroken if it can't be.

    What was left out is as the API has it by default.
    """
    world, kind = call.world, str(sent["type"]).lower()
    constraints = (sent.get("schedule") or {}).get("availabilityConstraints") or {}
    rules = call.ground.rules
    rules.require(rules_of.holds_as_many, kind, sent.get("defaultCapacity"))
    rules.require(rules_of.takes_as_long, kind, constraints)
    blank = Service(
        id=world.new_id(),
        name=slug_of(sent["name"], (one.name for one in world.site.known())),
        kind=kind,
        schedule_id=world.new_id(),
        title=sent["name"],
        timezone=world.site.timezone,
        capacity=1,
        grid=_GRID if kind == APPOINTMENT else None,
        created=call.ground.now,
        updated=call.ground.now,
    )
    given = _present(sent)
    parts = parts_of(call, blank, {"bookingPolicy": None, "locations": _ANYWHERE, **given})
    service = evolve(blank, **parts)
    rules.require(rules_of.has_somebody, kind, len(service.resources))
    return rules(rules_of.offered_at_once)(rules(rules_of.as_written)(service))


_ANYWHERE = ({"type": "BUSINESS"},)
