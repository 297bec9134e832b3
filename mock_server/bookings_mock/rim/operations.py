"""One operation of the document, compiled: who may call it, what goes in and what comes out."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from attrs import field, frozen

from bookings_mock.call import Call
from bookings_mock.rim.advice import Advisor
from bookings_mock.rim.answers import FORM, HTML
from bookings_mock.rim.bounds import Bounds
from bookings_mock.rim.shapes import Shape, Shapes
from bookings_mock.rim.violations import Complaints, ShapeBroken, Violation, say_unknown

Handler = Callable[[Call], Awaitable[Any]]

_JSON = "application/json"


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
    # What its body is held to besides.
    bounds: Bounds
    answers: Mapping[str, Shape] = field(factory=dict)
    # What it answers with where that is no JSON: text of this type.
    text: str | None = None
    # Whether a browser is shown its answer as a page, and led to that page by its forms.
    has_page: bool = False
    leads_to_page: bool = False
    # The status with which a browser is led on, if it ever is.
    onward: int | None = None
    # The path parameter that stands in for a caller's token, if one does.
    credential: str | None = None
    # The query parameter that holds the whole request, encoded, if one does.
    encoded: str | None = None
    # Whether its body may be form fields as well.
    takes_forms: bool = False
    # What to look for in a call besides; None for the mock's own controls.
    advisor: Advisor | None = None
    # Whether parameters that are not declared are refused, as the mock's own controls do.
    closed: bool = False

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
        """Raise ShapeBroken with everything that is wrong with a request, as far as it is told."""
        wrong = self._misshapen(path, query, body)
        # What the API itself limits is told by its own limits: only what is left goes by others.
        wrong = wrong or self.bounds.excess(body)
        if wrong:
            told = wrong.cut(self.bounds.violations)
            raise ShapeBroken(told.listed, told.more)

    def _misshapen(
        self, path: Mapping[str, str], query: Mapping[str, Any], body: Any
    ) -> Complaints:
        wrong = Complaints()
        for parameter in self.parameters:
            values: Mapping[str, Any] = path if parameter.place == "path" else query
            if parameter.name in values:
                wrong += parameter.shape.violations(values[parameter.name], under=parameter.name)
            elif parameter.required:
                missing = Violation(parameter.name, "must be given", "REQUIRED_FIELD")
                wrong += Complaints((missing,))
        wrong += self._strange(query) if self.closed else Complaints()
        if self.body and (body is not None or self.body_required):
            wrong += self.body.violations(body)
        return wrong

    def _strange(self, query: Mapping[str, Any]) -> Complaints:
        known = [one.name for one in self.parameters if one.place == "query"]
        strange = [name for name in query if name not in known]
        told = strange[: self.bounds.violations]
        listed = (Violation(one, say_unknown(one, known), "FIELD_NOT_ALLOWED") for one in told)
        return Complaints(tuple(listed), len(strange) - len(told))


def compile_operation(
    operation: Mapping[str, Any], handler: Handler, shapes: Shapes, bounds: Bounds
) -> Operation:
    """The compiled form of an operation object whose own `$ref`s are followed already."""
    body, encoded = operation["requestBody"], operation.get("x-encoded-query", {})
    schema = encoded.get("schema") or _json_schema(body)
    onward = next((int(one) for one in operation["responses"] if one.startswith("3")), None)
    return Operation(
        id=operation["operationId"],
        handler=handler,
        open=operation.get("security") == [],
        issues_tokens="x-errors" in operation,
        takes_forms="x-form-encoded" in operation or FORM in body.get("content", {}),
        credential=operation.get("x-credential"),
        encoded=encoded.get("parameter"),
        callers=frozenset(operation.get("x-callers", ())),
        scopes=tuple(operation.get("x-scopes", ())),
        parameters=tuple(
            _parameter(one, shapes)
            for one in operation["parameters"]
            if one["in"] in ("path", "query")
        ),
        body=shapes.of(schema) if schema is not None else None,
        body_required=body.get("required", False),
        bounds=bounds,
        answers={
            status: shapes.of(answer)
            for status, response in operation["responses"].items()
            if (answer := _json_schema(response)) is not None
        },
        text=_text(told := operation["responses"]["200"]["content"]),
        has_page=_JSON in told and HTML in told,
        leads_to_page=FORM in body.get("content", {}) and onward is not None,
        onward=onward,
    )


def _json_schema(holder: Mapping[str, Any]) -> Mapping[str, Any] | None:
    schema: Mapping[str, Any] | None = holder.get("content", {}).get(_JSON, {}).get("schema")
    return schema


def _text(content: Mapping[str, Any]) -> str | None:
    return None if _JSON in content else next(iter(content))


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
