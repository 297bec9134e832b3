"""Checks values against the document's schemas, each compiled once, when it is first needed."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs

from bookings_mock.rim.violations import Complaints, violations
from bookings_openapi.schemas import compiled, rooted


class Shape:
    """One schema; compiled when it first checks a value, since most of them never do."""

    def __init__(self, schema: Mapping[str, Any], components: Mapping[str, Any], most: int) -> None:
        self._schema = schema
        self._components = components
        self._most = most

    @cached_property
    def _root(self) -> dict[str, Any]:
        return rooted(self._schema, self._components)

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft4Validator:
        return compiled(self._root)

    def holds(self, value: Any) -> bool:
        """Whether the value is valid; the fast way, for the many that are."""
        return self._validator.is_valid(value)

    def violations(self, value: Any, under: str = "") -> Complaints:
        """What is wrong with the value, its fields said from `under`; none if nothing is."""
        if self._validator.is_valid(value):
            return Complaints()
        return violations(self._validator.iter_errors(value), self._root, under, self._most)


class Shapes:
    """Makes shapes from schemas; equal schemas share one. At most `most` violations are listed."""

    def __init__(self, components: Mapping[str, Any], most: int) -> None:
        self._components = components
        self._most = most
        self._made: dict[str, Shape] = {}

    def of(self, schema: Mapping[str, Any]) -> Shape:
        """The shape of a schema whose `$ref`s lead to the components."""
        key = repr(schema)
        if key not in self._made:
            self._made[key] = Shape(schema, self._components, self._most)
        return self._made[key]
