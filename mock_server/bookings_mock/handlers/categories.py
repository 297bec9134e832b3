"""Categories, as V2 and as V1 have them."""

from collections.abc import Iterator, Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.handlers.catalog_shows import show_category
from bookings_mock.handlers.entities import Json, Kind, counting, getting, querying
from bookings_mock.handlers.handler import Handler


def _every(call: Call) -> Iterator[Json]:
    return (show_category(one) for one in call.world.site.catalog.categories)


async def listed(call: Call) -> Any:
    """List Categories, in the words of V1."""
    wanted = [one.lower() for one in call.query.get("categoryIds") or ()]
    entries = call.world.site.catalog.categories
    return {
        "categories": [
            {"id": one.id, "name": one.name, "status": "CREATED", "sortOrder": number}
            for number, one in enumerate(entries, 1)
            if not wanted or one.id.lower() in wanted
        ]
    }


CATEGORIES = Kind("category", "categories", _every)

OPERATIONS: Mapping[str, Handler] = {
    "queryCategories": querying(CATEGORIES),
    "queryCategoriesEncoded": querying(CATEGORIES),
    "countCategories": counting(CATEGORIES),
    "getCategory": getting(CATEGORIES, "categoryId"),
    "listCategories": listed,
}
