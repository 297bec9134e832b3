"""Categories, staff, resources and their types, and options as the API shows them."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from bookings_mock.domain.catalog import Category, Entry, ResourceType, StaffMember
from bookings_mock.domain.service import STAFF_TYPE, Resource, Service, Site
from bookings_mock.domain.times import rfc3339

_EVERYWHERE: Mapping[str, Any] = {
    "availableInAllLocations": True,
    "specificLocationOptions": {"availableInBusinessLocations": False, "businessLocations": []},
}


def derived_id(known: str, what: str) -> str:
    """The id of what belongs to something with an id, the same each time."""
    return str(uuid5(UUID(known), what))


def show_category(one: Category) -> dict[str, Any]:
    """A category in its V2 shape."""
    return {**_entry(one), "name": one.name, "sortOrder": one.position}


def show_staff_member(one: StaffMember, first: bool) -> dict[str, Any]:
    """A staff member with everything that some callers may see."""
    shown = {
        **_entry(one),
        "name": one.name,
        "email": one.email,
        "phone": one.phone,
        "resourceId": one.resource_id,
        "serviceProvider": one.provider,
        "default": first,
        "resource": {
            "id": one.resource_id,
            "revision": str(one.revision),
            "eventsSchedule": {"id": one.schedule_id},
            "workingHoursSchedules": [{"id": one.schedule_id, "shared": False}],
            "usesDefaultWorkingHours": not one.own_hours,
            "locationOptions": _EVERYWHERE,
        },
    }
    return {key: value for key, value in shown.items() if value is not None}


def resources_of(site: Site) -> Iterator[dict[str, Any]]:
    """Every resource of a site: those of its staff, then the others that its services need."""
    for one in site.catalog.staff:
        yield _resource(one, Resource(one.resource_id, one.name, one.email, one.schedule_id))
    for resource in other_resources(site):
        yield _resource(Entry(id=resource.id), resource)


def other_resources(site: Site) -> list[Resource]:
    """The resources that are nobody."""
    needed = (one.resource for one in site.services if one.resource)
    return list({one.id: one for one in needed if one.type_id != STAFF_TYPE}.values())


def show_resource_type(one: ResourceType) -> dict[str, Any]:
    """A type of resource."""
    return {**_entry(one), "name": one.name}


def options_of(service: Service) -> dict[str, Any] | None:
    """What can be chosen of a service and what that costs, None if nothing can."""
    if not service.options:
        return None
    price = {"value": f"{float(service.price):.2f}", "currency": service.currency}
    values = [(option.id, value) for option in service.options for value in option.values]
    return {
        "id": derived_id(service.id, "options"),
        "serviceId": service.id,
        "options": {
            "values": [
                {
                    "id": option.id,
                    "type": "CUSTOM",
                    "customData": {"name": "Variant", "choices": list(option.values)},
                }
                for option in service.options
            ]
        },
        "variants": {
            "values": [
                {"choices": [{"optionId": option_id, "custom": value}], "price": price}
                for option_id, value in values
            ]
        },
        "minPrice": price,
        "maxPrice": price,
        "revision": str(service.revision),
    }


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "id": one.id,
        "revision": str(one.revision),
        "createdDate": rfc3339(one.created),
        "updatedDate": rfc3339(one.updated),
        **one.details,
    }


def _resource(entry: Entry, resource: Resource) -> dict[str, Any]:
    return {
        **_entry(entry),
        "id": resource.id,
        "name": resource.name,
        "typeId": resource.type_id,
        "workingHoursSchedules": {"values": []},
        "locationOptions": _EVERYWHERE,
        "eventsSchedule": {"scheduleId": resource.schedule_id},
    }
