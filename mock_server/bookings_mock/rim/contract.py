"""The document as the rim uses it: schemas said in JSON Schema, rules and limits at hand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import frozen

from bookings_mock.mock import EventKind
from bookings_mock.query import Grammar
from bookings_mock.rim.answers import is_control
from bookings_mock.rim.bounds import Bounds
from bookings_mock.rim.entities import shown_fields
from bookings_mock.rim.shapes import Shapes
from bookings_openapi import Rule
from bookings_openapi.schemas import ASSERTIONS, followed, ranged, translated

_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


@frozen
class Listed:
    """An operation as it is listed: by its method, its path and that path's aliases."""

    method: str
    paths: tuple[str, ...]
    id: str
    summary: str

    @property
    def shown(self) -> dict[str, str]:
        """It as JSON."""
        where = {"method": self.method, "path": self.paths[0]}
        return {**where, "operationId": self.id, "summary": self.summary}


@frozen(slots=False)
class Contract:
    """`document` is the bundle that Connexion gets, `schemas` the same in JSON Schema."""

    document: Mapping[str, Any]
    schemas: Mapping[str, Any]
    rules: Mapping[str, Rule]

    @cached_property
    def shapes(self) -> Shapes:
        """The schemas as far as they are compiled; every mock of this contract shares them."""
        return Shapes(self.schemas["components"], self.bounds.violations)

    @property
    def body_limit(self) -> int:
        """The most bytes that a body may have."""
        return int(self.document["x-limits"]["bodyBytes"])

    @property
    def world_limit(self) -> int:
        """The most worlds that may exist at once."""
        return int(self.document["x-limits"]["worlds"])

    @property
    def journal_limit(self) -> int:
        """The most requests that the journal of a world holds."""
        return int(self.document["x-limits"]["journal"])

    @property
    def snapshot_limit(self) -> int:
        """The most snapshots that a world keeps."""
        return int(self.document["x-limits"]["snapshots"])

    @property
    def limits(self) -> Mapping[str, int]:
        """Every bound that the document sets, by its name."""
        return dict(self.document["x-limits"])

    @cached_property
    def bounds(self) -> Bounds:
        """What every JSON that is sent is held to."""
        return Bounds(**self.document["x-bounds"])

    @cached_property
    def listing(self) -> tuple[Listed, ...]:
        """Every operation, the API's first, in the document's order."""
        return tuple(
            Listed(
                method.upper(),
                (path, *item.get("x-aliases", ())),
                one["operationId"],
                one["summary"],
            )
            for path, item in self.document["paths"].items()
            for method, one in item.items()
            if isinstance(one, Mapping) and "operationId" in one
        )

    @property
    def not_served(self) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
        """What is known and not served: method, path, what to say of it, and what leads on."""
        for one in self.document.get("x-not-served", ()):
            for method in _METHODS & one.keys():
                for path in one[method]:
                    yield method, path, one["says"], tuple(one.get("instead", ()))

    @property
    def cors(self) -> Mapping[str, Any]:
        """What pages of other origins may send and read."""
        return dict(self.document["x-cors"])

    @cached_property
    def open_to_pages(self) -> frozenset[str]:
        """The paths of the mock's own that pages of every origin may load."""
        return frozenset(
            path
            for path, item in self.document["paths"].items()
            if any(isinstance(one, Mapping) and "x-open-to-pages" in one for one in item.values())
        )

    @property
    def codings(self) -> tuple[str, ...]:
        """The ways in which a body may be packed."""
        return tuple(self.document["x-codings"])

    def refusal(self, name: str) -> Mapping[str, Any]:
        """How what no operation speaks of is refused: `{"status"}`, and "code" if it has one."""
        return dict(self.document["x-refusals"][name])

    @property
    def operations(self) -> frozenset[str]:
        """The ids of the API's own operations, without the mock's controls."""
        return frozenset(
            operation["operationId"]
            for path, item in self.document["paths"].items()
            for operation in item.values()
            if isinstance(operation, Mapping)
            and "operationId" in operation
            and not is_control(path)
        )

    @property
    def grammars(self) -> Mapping[str, Grammar]:
        """What the queries of each operation may name, by operationId."""
        depth = int(self.document["x-limits"]["filterDepth"])
        return {
            operation["operationId"]: _grammar(operation, depth, self.document)
            for item in self.document["paths"].values()
            for operation in item.values()
            if isinstance(operation, Mapping) and "x-filters" in operation
        }

    @cached_property
    def free_form(self) -> frozenset[str]:
        """The fields whose keys are data, and never renamed."""
        return frozenset(_free_form(self.document["components"]["schemas"]))

    @property
    def writable(self) -> Mapping[str, frozenset[str]]:
        """The fields of a booking that a caller can write, and what of their items it can not."""
        properties = self.document["components"]["schemas"]["BookingInput"]["properties"]
        return {
            name: self._read_only(field.get("items", {}))
            for name, field in properties.items()
            if not field.get("x-read-only")
        }

    def _read_only(self, schema: Mapping[str, Any]) -> frozenset[str]:
        fields = followed(self.document, schema).get("properties", {})
        return frozenset(name for name in fields if fields[name].get("x-read-only"))

    @property
    def event_kinds(self) -> Mapping[str, EventKind]:
        """How events are declared, by slug."""
        event = self.document["components"]["schemas"].get("DomainEvent", {})
        kinds = {**event.get("x-events", {}), **event.get("x-attendance-events", {})}
        return {slug: self._event_kind(slug, kinds[slug]) for slug in kinds}

    def _event_kind(self, slug: str, declared: Mapping[str, Any]) -> EventKind:
        schema = self._followed(declared["schema"])
        parts = [schema, *schema.get("allOf", ())]
        bodies = (
            part["properties"]["actionEvent"]["properties"]["body"]
            for part in parts
            if "actionEvent" in part.get("properties", {})
        )
        fields = (self._followed(body).get("properties", {}) for body in bodies)
        return EventKind(
            entity=declared["eventType"].removesuffix(f"_{slug}"),
            variant=declared["variant"],
            fields=frozenset(name for one in fields for name in one),
        )

    def operation(self, path: str, method: str) -> Mapping[str, Any]:
        """The operation object, with the `$ref`s of its parameters, body and answers followed."""
        item = self.schemas["paths"][path]
        operation = item[method]
        parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
        answers = operation["responses"]
        return {
            **operation,
            "parameters": [self._followed(parameter) for parameter in parameters],
            "requestBody": self._followed(operation.get("requestBody", {})),
            "responses": {status: self._followed(answers[status]) for status in answers},
        }

    def _followed(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        return followed(self.schemas, node)


def _free_form(node: Any) -> Iterator[str]:
    for name, child in node.items() if isinstance(node, Mapping) else ():
        if isinstance(child, Mapping) and child.get("x-free-form") is True:
            yield name
        yield from _free_form(child)
    for child in node if isinstance(node, list) else ():
        yield from _free_form(child)


def _grammar(operation: Mapping[str, Any], depth: int, document: Mapping[str, Any]) -> Grammar:
    paging = operation.get("x-paging", {})
    return Grammar(
        fields=shown_fields(document, operation) if "x-entity" in operation else {},
        order=tuple(operation.get("x-order", ())),
        filters=operation["x-filters"],
        sorts=operation.get("x-sorts", {}),
        default_limit=paging.get("default", 0),
        max_limit=paging.get("max"),
        other_limit=operation.get("x-other-limit"),
        max_depth=depth,
        max_conditions=document["x-bounds"]["conditions"],
    )


def contract(
    document: Mapping[str, Any],
    rules: Mapping[str, Rule],
    without: Iterable[str] = (),
    rewritten: Iterable[tuple[str, Any]] = (),
) -> Contract:
    """The contract, less the keywords of the rules that are to be broken.

    `rewritten` are JSON pointers, each with what the document has there instead. Raises KeyError
    for a pointer to what it does not have.
    """
    broken = frozenset(without)
    kept = _without(document, broken) if broken else document
    for pointer, value in rewritten:
        kept = _rewritten(kept, pointer.split("/")[1:], value)
    return Contract(document=kept, schemas=translated(ranged(kept)), rules=rules)


def rules_in_schemas(node: Any) -> frozenset[str]:
    """The ids of all rules that stand beside keywords."""
    if isinstance(node, list):
        return frozenset().union(*(rules_in_schemas(item) for item in node))
    if not isinstance(node, Mapping):
        return frozenset()
    own = {node["x-rule"]} if isinstance(node.get("x-rule"), str) else set()
    return frozenset(own).union(*(rules_in_schemas(value) for value in node.values()))


def _without(node: Any, broken: frozenset[str]) -> Any:
    if isinstance(node, list):
        return [_without(item, broken) for item in node]
    if not isinstance(node, Mapping):
        return node
    left_out = ASSERTIONS if node.get("x-rule") in broken else frozenset()
    return {key: _without(value, broken) for key, value in node.items() if key not in left_out}


def _rewritten(node: Any, way: Sequence[str], value: Any) -> Any:
    """A copy with the value at the end of the way; a tuple stands for a list."""
    if not way:
        return list(value) if isinstance(value, tuple) else value
    key = way[0].replace("~1", "/").replace("~0", "~")
    return {**node, key: _rewritten(node[key], way[1:], value)}
