"""Nothing that can be sent is without bounds: those of its schema, or those of the document."""

from collections.abc import Iterator
from typing import Any

import pytest

from bookings_openapi.document import METHODS
from bookings_openapi.schemas import RANGES, ranged

# Whose own limits are narrower than those of all values, by the keyword that says them.
NARROWER = {"maxLength": "characters", "maxItems": "items", "maxProperties": "fields"}


def sent(whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of what is sent, once, with the operation that it was first met in."""
    seen: set[str] = set()
    for item in whole["paths"].values():
        for operation in (item[method] for method in METHODS if method in item):
            for holder in _holders(whole, item, operation):
                for schema in _schemas(whole, holder, seen):
                    yield operation["operationId"], schema


def _holders(whole: Any, item: Any, operation: Any) -> Iterator[Any]:
    for parameter in [*item.get("parameters", ()), *operation.get("parameters", ())]:
        yield _at(whole, parameter)["schema"]
    body = _at(whole, operation.get("requestBody", {}))
    yield from (content["schema"] for content in body.get("content", {}).values())
    if "x-encoded-query" in operation:
        yield operation["x-encoded-query"]["schema"]


def _schemas(whole: Any, node: Any, seen: set[str]) -> Iterator[dict[str, Any]]:
    ref = node.get("$ref")
    if ref is not None:
        if ref in seen:
            return
        seen.add(ref)
        node = _at(whole, node)
    yield node
    for inner in node.get("properties", {}).values():
        yield from _schemas(whole, inner, seen)
    for keyword in ("items", "additionalProperties"):
        if isinstance(node.get(keyword), dict):
            yield from _schemas(whole, node[keyword], seen)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in node.get(keyword, ()):
            # What one of several fields is to be, is said beside it as well.
            if "required" not in part:
                yield from _schemas(whole, part, seen)


def _at(whole: Any, node: Any) -> Any:
    while "$ref" in node:
        target = whole
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def test_whatever_is_sent_is_bounded(whole: dict[str, Any]) -> None:
    bounds = whole["x-bounds"]
    kinds = {"depth", "values", "fields", "items", "characters", "number"}
    assert kinds | {"conditions", "violations"} == bounds.keys()
    assert all(type(one) is int and one > 0 for one in bounds.values())


def test_no_limit_of_the_api_lies_beyond_the_bounds_of_all_values(whole: dict[str, Any]) -> None:
    bounds = whole["x-bounds"]
    for operation, schema in sent(whole):
        for keyword, bound in NARROWER.items():
            assert schema.get(keyword, 0) <= bounds[bound], (operation, schema)
        for keyword in ("minimum", "maximum"):
            assert abs(schema.get(keyword, 0)) <= bounds["number"], (operation, schema)


def test_every_integer_that_is_sent_says_how_large_it_may_be(whole: dict[str, Any]) -> None:
    integers = [one for _, one in sent(whole) if one.get("type") == "integer"]
    assert len(integers) > 50
    for schema in integers:
        assert {"maximum", "enum"} & schema.keys() or schema.get("format") in RANGES, schema
        reach = ranged(schema)
        assert "enum" in schema or reach["maximum"] <= whole["x-bounds"]["number"]


def test_a_filter_may_be_as_deep_as_it_is_said(whole: dict[str, Any]) -> None:
    # Each level is an object in a list; around it there are the body and its query, in it a test.
    assert 2 * whole["x-limits"]["filterDepth"] + 6 <= whole["x-bounds"]["depth"]


@pytest.mark.parametrize(
    ("schema", "least", "most"),
    [
        ({"format": "int32"}, -(2**31), 2**31 - 1),
        ({"format": "int32", "minimum": 1}, 1, 2**31 - 1),
        ({"format": "int32", "maximum": 100}, -(2**31), 100),
        ({"format": "int64"}, -(2**63), 2**63 - 1),
    ],
)
def test_a_format_says_a_range(schema: dict[str, Any], least: int, most: int) -> None:
    said = ranged([{"type": "integer", **schema}])[0]
    assert (said["minimum"], said["maximum"]) == (least, most)


@pytest.mark.parametrize(
    "schema", [{"type": "integer"}, {"type": "string", "format": "int32"}, {"type": "number"}]
)
def test_what_says_no_range_has_none(schema: dict[str, Any]) -> None:
    assert ranged(schema) == schema
