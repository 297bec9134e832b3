"""The two spellings of a field's name, and which names are data and have only one."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from bookings_contract.findings.operations import document

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


def in_snake_case(value: Any) -> Any:
    """A body with its names in snake_case, but for those inside free-form data."""
    if isinstance(value, list):
        return [in_snake_case(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {
        snake(name): inner if name in free_form() else in_snake_case(inner)
        for name, inner in value.items()
    }


def snake(name: str) -> str:
    """A name in snake_case."""
    return _HUMP.sub(lambda found: f"_{found[1].lower()}", name)


def misspelled(value: Any) -> list[str]:
    """The names of the contract's own fields that an answer has in snake_case."""
    return sorted(set(_misspelled(value)))


def _misspelled(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _misspelled(one)
    for name, inner in value.items() if isinstance(value, Mapping) else ():
        if name in _renamed():
            yield name
        if name not in free_form():
            yield from _misspelled(inner)


@cache
def free_form() -> frozenset[str]:
    """The fields whose contents are data."""
    return frozenset(
        name
        for name, field in _fields(document()["components"]["schemas"])
        if field.get("x-free-form") is True
    )


@cache
def _renamed() -> frozenset[str]:
    """How the contract's own fields would be called in snake_case, where that is another name."""
    names = {name for name, _ in _fields(document()["components"]["schemas"])}
    return frozenset(snake(name) for name in names if snake(name) != name)


def _fields(node: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(node, list):
        for one in node:
            yield from _fields(one)
    if not isinstance(node, Mapping):
        return
    for key, child in node.items():
        if key == "properties" and isinstance(child, Mapping):
            yield from ((name, field) for name, field in child.items() if _is_schema(field))
        yield from _fields(child)


def _is_schema(field: Any) -> bool:
    return isinstance(field, Mapping)
