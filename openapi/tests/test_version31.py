"""The document in OpenAPI 3.1 is valid, and takes what it takes in 3.0."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from bookings_openapi import load
from bookings_openapi.version31 import in_31

Complaints = Callable[[Any, Any], list[str]]

OLD, NEW = load(), in_31(load())
PLAIN = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}


def _said(schema: Any) -> Any:
    """A schema of 3.0 as it is said in 3.1."""
    event = {"x-events": {}, "x-attendance-events": {}}
    schemas = {"One": schema, "DomainEvent": event}
    return in_31({**PLAIN, "components": {"schemas": schemas}})["components"]["schemas"]["One"]


def _takes(schema: Mapping[str, Any], value: Any) -> bool:
    rooted = {"allOf": [schema], "components": NEW["components"]}
    return bool(Draft202012Validator(rooted).is_valid(value))


def _fields() -> Iterator[tuple[str, str]]:
    for name, schema in OLD["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            yield name, field


def _fields_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    # What may be null as well and combines others is said as the one or the other.
    return schema.get("properties") or _fields_of(schema["anyOf"][1])


@pytest.mark.parametrize("controls", [True, False])
def test_the_document_is_valid_openapi_31(controls: bool) -> None:
    validate(in_31(load(controls=controls)))


def test_nothing_of_the_former_version_is_left() -> None:
    assert '"nullable": true' in json.dumps(OLD)
    assert '"nullable": true' not in json.dumps(NEW)
    assert [one for one in NEW["components"]["schemas"].values() if "example" in one] == []


def test_every_field_may_be_null_where_it_may_in_the_former_version(complaints: Complaints) -> None:
    nulls = 0
    for name, field in _fields():
        was = OLD["components"]["schemas"][name]["properties"][field]
        now = _fields_of(NEW["components"]["schemas"][name])[field]
        assert _takes(now, None) is not bool(complaints(was, None)), f"{name}.{field}"
        nulls += _takes(now, None)
    assert nulls > 1000


@pytest.mark.parametrize(
    ("was", "taken", "refused"),
    [
        ({"type": "string", "nullable": True}, [None, ""], [1]),
        ({"type": "string", "enum": ["A"], "nullable": True}, [None, "A"], ["B"]),
        ({"nullable": True, "anyOf": [{"type": "string"}]}, [None, ""], [1]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, [2], [1]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": False}, [1], [0]),
        ({"type": "integer", "maximum": 1, "exclusiveMaximum": True}, [0], [1]),
        ({"type": "array", "items": {"type": "string", "nullable": True}}, [[None]], [None]),
        ({"properties": {"nullable": {"type": "string"}}}, [{"nullable": ""}], [{"nullable": 1}]),
    ],
)
def test_a_schema_takes_what_it_took(was: Any, taken: list[Any], refused: list[Any]) -> None:
    said = _said(was)
    Draft202012Validator.check_schema(said)
    assert [_takes(said, one) for one in taken] == [True] * len(taken)
    assert [_takes(said, one) for one in refused] == [False] * len(refused)


def test_an_example_of_a_schema_is_one_of_its_examples() -> None:
    assert _said({"type": "string", "example": "a"}) == {"type": "string", "examples": ["a"]}


def test_examples_of_bodies_are_left_as_they_are() -> None:
    (path,) = [one for one in OLD["paths"] if one.endswith("/_mock/clock")]
    body = ["post", "requestBody", "content", "application/json", "examples"]
    was, now = OLD["paths"][path], NEW["paths"][path]
    for step in body:
        was, now = was[step], now[step]
    assert was == now


def test_there_is_a_webhook_for_every_kind_of_event() -> None:
    declared = OLD["components"]["schemas"]["DomainEvent"]
    kinds = {
        row["eventType"]
        for table in ("x-events", "x-attendance-events")
        for row in declared[table].values()
    }
    assert set(NEW["webhooks"]) == kinds


def test_a_webhook_says_what_its_token_holds_down_to_the_event() -> None:
    (content,) = NEW["webhooks"]["wix.bookings.v2.booking_created"]["post"]["requestBody"][
        "content"
    ].values()
    _, payload = content["schema"]["contentSchema"]["prefixItems"]
    assert _takes(payload, {"data": "{}"})
    message = payload["allOf"][1]["properties"]["data"]["contentSchema"]
    kind = "wix.bookings.v2.booking_created"
    assert _takes(message, {"eventType": kind, "data": "{}"})
    assert not _takes(message, {"eventType": "wix.bookings.v2.booking_updated", "data": "{}"})
    event = message["allOf"][1]["properties"]["data"]["contentSchema"]
    assert _takes(event, NEW["components"]["schemas"]["BookingCreatedEvent"]["examples"][0])
    assert not _takes(event, NEW["components"]["schemas"]["BookingUpdatedEvent"]["examples"][0])
