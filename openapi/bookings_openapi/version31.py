"""Says the document in OpenAPI 3.1, whose schemas are JSON Schema's own and which knows webhooks.

It changes how things are said and nothing of what is: what a schema of the one takes, that of the
other takes too.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bookings_openapi.schemas import translated

VERSION = "3.1.0"
# Where a document holds what is shown or told and is no part of it.
_TOLD = frozenset({"example", "examples"})
# The boolean modifiers of OpenAPI 3.0, and the limits that they make exclusive.
_EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
# The keywords of a schema that hold schemas: one, several in a list, or several by name.
_ONE, _LISTS, _NAMED = (
    ("items", "not", "additionalProperties"),
    ("allOf", "anyOf", "oneOf"),
    ("properties",),
)


def in_31(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document of OpenAPI 3.0, as `load` answers it, in OpenAPI 3.1 with its `webhooks`."""
    told = _each(document, _in_31)
    return {**told, "openapi": VERSION, "webhooks": dict(_webhooks(told["components"]["schemas"]))}


def _each(node: Any, change: Callable[[Any], Any]) -> Any:
    """A copy of a document in which each schema is changed."""
    if isinstance(node, list):
        return [_each(one, change) for one in node]
    if not isinstance(node, Mapping):
        return node
    return {key: _part(key, value, change) for key, value in node.items()}


def _part(key: str, value: Any, change: Callable[[Any], Any]) -> Any:
    if key in _TOLD or key.startswith("x-"):
        return value
    if key == "schema":
        return change(value)
    if key == "schemas":
        return {name: change(one) for name, one in value.items()}
    return _each(value, change)


def _in_31(schema: Any) -> Any:
    """A schema with what it holds, said in JSON Schema."""
    if not isinstance(schema, Mapping):
        return schema  # additionalProperties: true
    said = dict(schema)
    for key in _ONE:
        if key in said:
            said[key] = _in_31(said[key])
    for key in _LISTS:
        if key in said:
            said[key] = [_in_31(one) for one in said[key]]
    for key in _NAMED:
        if key in said:
            said[key] = {name: _in_31(one) for name, one in said[key].items()}
    return _nullable(_shown(_limited(said)))


def _nullable(schema: dict[str, Any]) -> Any:
    # What it holds is said already, and holds no `nullable` any more.
    return translated(schema) if schema.get("nullable") is True else _without(schema, "nullable")


def _limited(schema: dict[str, Any]) -> dict[str, Any]:
    """Exclusive limits are numbers of their own."""
    for exclusive, limit in _EXCLUSIVE.items():
        if isinstance(schema.get(exclusive), bool) and schema.pop(exclusive):
            schema[exclusive] = schema.pop(limit)
    return schema


def _shown(schema: dict[str, Any]) -> dict[str, Any]:
    if "example" not in schema:
        return schema
    return {**_without(schema, "example"), "examples": [schema["example"]]}


def _without(schema: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != key}


def _webhooks(schemas: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a receiver is sent, by the kind of event."""
    declared = schemas["DomainEvent"]
    for table in ("x-events", "x-attendance-events"):
        for row in declared[table].values():
            yield row["eventType"], _webhook(row, schemas)


def _webhook(row: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    delivery = schemas["WebhookToken"]["x-delivery"]
    about = schemas[row["schema"]["$ref"].rpartition("/")[2]]["description"]
    body = {"schema": _token(row, delivery["header"])}
    operation = {
        "operationId": row["eventType"],
        "summary": about,
        "tags": ["Webhooks"],
        "security": [],
        "requestBody": {"required": True, "content": {delivery["mediaType"]: body}},
        "responses": delivery["responses"],
    }
    return {delivery["method"]: operation}


def _token(row: Mapping[str, Any], header: Mapping[str, Any]) -> dict[str, Any]:
    """A signed token whose data holds JSON in JSON, as far down as the event."""
    holds = {"const": row["eventType"]}
    message = _with("WebhookMessage", {"eventType": holds, "data": _text(dict(row["schema"]))})
    payload = _with("WebhookToken", {"data": _text(message)})
    head = {"properties": {name: {"const": value} for name, value in header.items()}}
    parts = {"type": "array", "minItems": 2, "prefixItems": [head, payload]}
    return {"type": "string", "contentMediaType": "application/jwt", "contentSchema": parts}


def _with(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"allOf": [{"$ref": f"#/components/schemas/{name}"}, {"properties": dict(properties)}]}


def _text(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}
