"""The fields of an operation's queries, their kinds taken from the schema of what is found."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.query import Field, shown_field
from bookings_openapi.schemas import followed

Json = Mapping[str, Any]
_BY_FORMAT = {"uuid": "guid", "date-time": "date"}
_BY_TYPE = {"integer": "number", "number": "number", "boolean": "switch", "object": "object"}


def shown_fields(document: Json, operation: Json) -> Mapping[str, Field[Any]]:
    """Every field that the operation filters, sorts or orders by, as it stands in its entity."""
    entity = document["components"]["schemas"][operation["x-entity"]]
    named = (*operation["x-filters"], *operation.get("x-sorts", {}), *operation.get("x-order", ()))
    paths = operation.get("x-paths", {})
    return {name: _field(document, entity, paths.get(name, name)) for name in named}


def _field(document: Json, entity: Json, path: str) -> Field[Any]:
    node, several = _items(document, entity)
    for step in path.split("."):
        node, many = _items(document, _property(document, node, step, path))
        several = several or many
    by_type = _BY_TYPE.get(node.get("type", "object"), "text")
    return shown_field(path, _BY_FORMAT.get(node.get("format", ""), by_type), several)


def _property(document: Json, node: Json, name: str, path: str) -> Json:
    for part in (node, *node.get("allOf", ())):
        properties = followed(document, part).get("properties", {})
        if name in properties:
            found: Json = properties[name]
            return found
    raise LookupError(f"{path}: the document shows no {name}")


def _items(document: Json, node: Json) -> tuple[Json, bool]:
    """What a schema is about, and whether that is the items of a list."""
    node = followed(document, node)
    if node.get("type") != "array":
        return node, False
    return _items(document, node["items"])[0], True
