"""Knows how the section files become one OpenAPI document, and reads the life cycle out of it.

It does not know what the document says: no path, status or limit stands here.
"""

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import yaml
from attrs import frozen

from bookings_openapi import bundled

ROOT = "bookings.yaml"
# What the bundle calls the document with the mock's controls, and without.
WHOLE, API = "document", "api"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@frozen
class Move:
    """What an operation does to a booking's status, revision and event log.

    `results` is empty where the status stays. `open` maps a source status to the EITHER rule that
    it falls under, `not_for` a kind of service to the rule that shuts it out. A status that is in
    neither `sources` nor `open` is refused by `rule`.
    """

    operation: str
    sources: frozenset[str]
    results: tuple[str, ...]
    rule: str | None
    open: Mapping[str, str]
    revision_checked: bool
    revision_raised: bool
    not_for: Mapping[str, str]
    events: tuple[str, ...]


@frozen
class Order:
    """What an order does to a booking: from `sources` it moves it to one of `results`.

    `results` go by the reading where the rule leaves open what happens, "same" being none at all.
    """

    sources: frozenset[str]
    results: Mapping[str, tuple[str, ...]]
    rule: str


@frozen
class Checkout:
    """The `x-checkout` of the document: orders by name, and by what approves the service.

    `no_order` are the statuses whose bookings have none; `events` the slugs by the status that an
    order led to, "same" where it led to no other.
    """

    orders: Mapping[str, Mapping[str, Order]]
    no_order: frozenset[str]
    events: Mapping[str, tuple[str, ...]]


def load(*, controls: bool = True) -> dict[str, Any]:
    """Return the whole document as a fresh dict whose `$ref`s are all internal.

    `{"openapi", "info", "servers", "tags", "security", "x-limits", "x-bounds", "x-apps", "x-cors",
    "x-codings", "x-refusals", "paths", "components"}`; with `controls=False` the API alone,
    without the mock's own operations. Raises ValueError if a path or component is defined twice,
    or if a `$ref` leads nowhere.
    """
    document: dict[str, Any] = json.loads(_bundled(controls))
    return document


@cache
def lifecycle() -> Mapping[str, Move]:
    """Return the Move of each operation that has an `x-lifecycle`, by operationId.

    Raises ValueError if one has a key that is unknown here, KeyError if one lacks a key it needs.
    """
    return MappingProxyType(
        {
            operation["operationId"]: _move(operation["operationId"], operation["x-lifecycle"])
            for operation in operations(load(controls=False))
            if "x-lifecycle" in operation
        }
    )


@cache
def checkout() -> Checkout:
    """Return what the orders of eCommerce do to bookings."""
    (table,) = (row["x-checkout"] for row in operations(load()) if "x-checkout" in row)
    return Checkout(
        orders=MappingProxyType(
            {
                order: MappingProxyType({way: _order(row) for way, row in ways.items()})
                for order, ways in table["orders"].items()
            }
        ),
        no_order=frozenset(table["no_order"]),
        events=MappingProxyType({to: tuple(slugs) for to, slugs in table["events"].items()}),
    )


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the operation objects of a document, in its order."""
    for item in document["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def bundle(folder: Traversable, sections: Iterable[str] | None = None) -> dict[str, Any]:
    """Merge a folder's root with the section files named, by default all that its root names.

    Raises ValueError as `load` does, naming the files.
    """
    document = read(folder / ROOT)
    listed = document.pop("x-sections")
    names = [name for group in listed.values() for name in group] if sections is None else sections
    # A copy by way of text: what an anchor of the file shares is not one and the same any more.
    parts = {name: json.loads(json.dumps(read(folder / name))) for name in names}
    for name, part in parts.items():
        _localise(part, name, parts)
    shared = {name: part.get("components", {}) for name, part in parts.items()}
    kinds = dict.fromkeys(kind for component in shared.values() for kind in component)
    document["tags"] = document["tags"] + [t for p in parts.values() for t in p.get("tags", [])]
    document["paths"] = _merged({name: part.get("paths", {}) for name, part in parts.items()})
    document["components"] = {
        kind: _merged({name: component.get(kind, {}) for name, component in shared.items()})
        for kind in kinds
    }
    return document


def read(file: Traversable) -> dict[str, Any]:
    """Parse one YAML file; raises ValueError if a key stands twice in one mapping."""
    with file.open("rb") as stream:
        tree: dict[str, Any] = yaml.load(stream, _Loader)
    return tree


def merged(*, controls: bool) -> str:
    """The document as JSON, from its YAML files; raises ValueError as `load` does."""
    folder = files("bookings_openapi")
    listed = read(folder / ROOT)["x-sections"]
    return json.dumps(bundle(folder, listed["api"] + (listed["controls"] if controls else [])))


@cache
def _bundled(controls: bool) -> str:
    # Kept as text: a copy made from it shares nothing with any other, not even a YAML alias.
    return bundled.kept().get(WHOLE if controls else API) or merged(controls=controls)


def _merged(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    owners: dict[str, str] = {}
    for name, part in parts.items():
        for key in part:
            if key in owners:
                raise ValueError(f"{key} is defined in both {owners[key]} and {name}")
            owners[key] = name
        merged |= part
    return merged


def _localise(node: Any, name: str, parts: Mapping[str, Any]) -> None:
    if isinstance(node, list):
        for child in node:
            _localise(child, name, parts)
    elif isinstance(node, dict):
        if isinstance(ref := node.get("$ref"), str):
            file, _, pointer = ref.partition("#")
            if not _holds(parts.get(file or name), pointer):
                raise ValueError(f"{name}: {ref} leads nowhere")
            node["$ref"] = f"#{pointer}"
        for child in node.values():
            _localise(child, name, parts)


def _holds(node: Any, pointer: str) -> bool:
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return node is not None


def _move(operation: str, row: Mapping[str, Any]) -> Move:
    unknown = row.keys() - {"from", "to", "rule", "open", "revision", "not_for", "events"}
    if unknown:
        raise ValueError(f"{operation}: x-lifecycle has no {', '.join(sorted(unknown))}")
    to = row["to"]
    return Move(
        operation=operation,
        sources=frozenset(row["from"]),
        results=() if to == "same" else (to,) if isinstance(to, str) else tuple(to),
        rule=row.get("rule"),
        open=MappingProxyType(row.get("open", {})),
        revision_checked=row["revision"]["checked"],
        revision_raised=row["revision"]["raised"],
        not_for=MappingProxyType(row.get("not_for", {})),
        events=tuple(row["events"]),
    )


def _order(row: Mapping[str, Any]) -> Order:
    to = row["to"]
    by_reading = to if isinstance(to, dict) else {"A": to}
    return Order(
        sources=frozenset(row["from"]),
        results=MappingProxyType(
            {
                letter: (result,) if isinstance(result, str) else tuple(result)
                for letter, result in by_reading.items()
            }
        ),
        rule=row["rule"],
    )


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stands twice in {node.start_mark.name}")
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping
