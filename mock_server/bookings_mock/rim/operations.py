"""One operation of the document, compiled: who may call it, what goes in and what comes out."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from attrs import field, frozen

from bookings_mock.call import Call
from bookings_mock.rim.advice import Advisor
from bookings_mock.rim.shapes import Shape, Shapes
from bookings_mock.rim.violations import ShapeBroken, Violation

Handler = Callable[[Call], Awaitable[Any]]


@frozen
class Parameter:
    """A declared parameter; a query value is read as its type before it is checked."""

    name: str
    place: str
    required: bool
    type: str | None
    shape: Shape


@frozen
class Operation:
    """What the rim needs to know of one operation."""

    id: str
    handler: Handler
    open: bool
    # Whether it fails as RFC 6749 says, and spells its fields in its own way.
    issues_tokens: bool
    callers: frozenset[str]
    scopes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: Shape | None
    body_required: bool
    answers: Mapping[str, Shape] = field(factory=dict)
    # What to look for in a call besides; None for the mock's own controls.
    advisor: Advisor | None = None

    def read_query(self, raw: bytes) -> dict[str, Any]:
        """The query, declared parameters typed; of a repeated parameter the first counts."""
        sent: dict[str, list[str]] = {}
        for name, value in parse_qsl(raw.decode("latin-1"), keep_blank_values=True):
            sent.setdefault(name, []).append(value)
        declared = {p.name: p for p in self.parameters if p.place == "query"}
        return {
            name: _typed(values, declared[name].type) if name in declared else values[0]
            for name, values in sent.items()
        }

    def check(self, path: Mapping[str, str], query: Mapping[str, Any], body: Any) -> None:
        """Raise ShapeBroken with everything that is wrong with a request."""
        wrong: list[Violation] = []
        for parameter in self.parameters:
            values: Mapping[str, Any] = path if parameter.place == "path" else query
            if parameter.name in values:
                wrong += parameter.shape.violations(values[parameter.name], under=parameter.name)
            elif parameter.required:
                wrong.append(Violation(parameter.name, "must be given", "REQUIRED_FIELD"))
        if self.body and (body is not None or self.body_required):
            wrong += self.body.violations(body)
        if wrong:
            raise ShapeBroken(wrong)


def compile_operation(operation: Mapping[str, Any], handler: Handler, shapes: Shapes) -> Operation:
    """The compiled form of an operation object whose own `$ref`s are followed already."""
    body = operation["requestBody"]
    schema = _json_schema(body)
    return Operation(
        id=operation["operationId"],
        handler=handler,
        open=operation.get("security") == [],
        issues_tokens="x-errors" in operation,
        callers=frozenset(operation.get("x-callers", ())),
        scopes=tuple(operation.get("x-scopes", ())),
        parameters=tuple(
            _parameter(one, shapes)
            for one in operation["parameters"]
            if one["in"] in ("path", "query")
        ),
        body=shapes.of(schema) if schema is not None else None,
        body_required=body.get("required", False),
        answers={
            status: shapes.of(answer)
            for status, response in operation["responses"].items()
            if (answer := _json_schema(response)) is not None
        },
    )


def _json_schema(holder: Mapping[str, Any]) -> Mapping[str, Any] | None:
    schema: Mapping[str, Any] | None = (
        holder.get("content", {}).get("application/json", {}).get("schema")
    )
    return schema


def _parameter(declared: Mapping[str, Any], shapes: Shapes) -> Parameter:
    schema = declared["schema"]
    return Parameter(
        name=declared["name"],
        place=declared["in"],
        required=declared.get("required", False),
        type=schema.get("type"),
        shape=shapes.of(schema),
    )


def _typed(values: list[str], type_: str | None) -> Any:
    """A query value as its declared type; one that can't be is left for the check to refuse."""
    value = values[0]
    if type_ == "array":
        return values
    if type_ == "boolean":
        return {"true": True, "false": False}.get(value.lower(), value)
    if type_ == "integer":
        digits = value.removeprefix("-")
        return int(value) if digits.isascii() and digits.isdigit() and len(digits) < 19 else value
    return value
