"""Checks values against the document's schemas, each compiled once when the mock starts."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from bookings_mock.rim.violations import Violation, violations
from bookings_openapi.schemas import compiled, rooted


class Shape:
    """One compiled schema."""

    def __init__(self, root: dict[str, Any], validator: jsonschema_rs.Draft4Validator) -> None:
        self._root = root
        self._validator = validator

    def holds(self, value: Any) -> bool:
        """Whether the value is valid; the fast way, for the many that are."""
        return self._validator.is_valid(value)

    def violations(self, value: Any, under: str = "") -> list[Violation]:
        """What is wrong with the value, its fields said from `under`; empty if nothing is."""
        if self._validator.is_valid(value):
            return []
        return violations(self._validator.iter_errors(value), self._root, under)


class Shapes:
    """Makes shapes from schemas; equal schemas share one."""

    def __init__(self, components: Mapping[str, Any]) -> None:
        self._components = components
        self._made: dict[str, Shape] = {}

    def of(self, schema: Mapping[str, Any]) -> Shape:
        """The compiled form of a schema whose `$ref`s lead to the components."""
        key = repr(schema)
        if key not in self._made:
            root = rooted(schema, self._components)
            self._made[key] = Shape(root, compiled(root))
        return self._made[key]
