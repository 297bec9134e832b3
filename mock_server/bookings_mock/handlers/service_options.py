"""Options of services and their variants."""

from collections.abc import Iterator, Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.handlers.catalog_shows import options_of
from bookings_mock.handlers.entities import Json, Kind, getting, known, querying
from bookings_mock.handlers.handler import Handler


def _every(call: Call) -> Iterator[Json]:
    made = (options_of(service) for service in call.world.site.services)
    return (one for one in made if one is not None)


def _of_services(call: Call) -> Iterator[Json]:
    return ({**one, "id": one["serviceId"]} for one in _every(call))


async def of_service(call: Call) -> Any:
    """Get Service Options And Variants By Service Id; a service without any has none to answer."""
    found = known(call, Kind("options", "", _of_services), call.path["serviceId"])
    return {"serviceVariants": next(one for one in _every(call) if _same(one, found))}


def _same(one: Json, found: Json) -> bool:
    return bool(one["serviceId"] == found["serviceId"])


OPTIONS = Kind("serviceOptionsAndVariants", "serviceOptionsAndVariantsList", _every)

OPERATIONS: Mapping[str, Handler] = {
    "queryServiceOptionsAndVariants": querying(OPTIONS),
    "getServiceOptionsAndVariants": getting(OPTIONS, "serviceOptionsAndVariantsId"),
    "getServiceOptionsAndVariantsByServiceId": of_service,
}
