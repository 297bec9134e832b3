"""Resources and the types that they have."""

from collections.abc import Mapping

from bookings_mock.handlers.catalog_shows import resources_of, show_resource_type
from bookings_mock.handlers.entities import Kind, counting, getting, querying, searching
from bookings_mock.handlers.handler import Handler

RESOURCES = Kind("resource", "resources", lambda call: resources_of(call.world.site))
TYPES = Kind(
    "resourceType",
    "resourceTypes",
    lambda call: map(show_resource_type, call.world.site.catalog.resource_types),
)

OPERATIONS: Mapping[str, Handler] = {
    "queryResources": querying(RESOURCES),
    "searchResources": searching(RESOURCES),
    "countResources": counting(RESOURCES),
    "getResource": getting(RESOURCES, "resourceId"),
    "queryResourceTypes": querying(TYPES),
    "countResourceTypes": counting(TYPES),
    "getResourceType": getting(TYPES, "resourceTypeId"),
}
