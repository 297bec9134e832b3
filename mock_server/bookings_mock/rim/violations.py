"""Says in the API's words what is wrong with the shape of a request."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import jsonschema_rs
from attrs import frozen


@frozen
class Violation:
    """One field that is wrong; `rule` is the id that stands beside the keyword, if any does."""

    field: str
    description: str
    violated_rule: str = "OTHER"
    data: Mapping[str, Any] | None = None
    rule: str | None = None

    def shown(self) -> dict[str, Any]:
        """The violation as an entry of `fieldViolations`."""
        shown = {
            "field": self.field,
            "description": self.description,
            "violatedRule": self.violated_rule,
        }
        return {**shown, "data": dict(self.data)} if self.data else shown


class ShapeBroken(Exception):
    """A request has not the declared shape."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("; ".join(f"{v.field} {v.description}" for v in violations))
        self.violations = violations


def violations(
    errors: Iterable[jsonschema_rs.ValidationError], schema: Mapping[str, Any], under: str
) -> list[Violation]:
    """The errors of a validator made from `schema`, their fields said from `under`."""
    return [_violation(error, schema, under) for error in errors]


def field_path(steps: Iterable[str | int], under: str = "") -> str:
    """A path into JSON as the API writes it: `booking.additionalFields[0].id`."""
    path = under
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path


def _violation(
    error: jsonschema_rs.ValidationError, schema: Mapping[str, Any], under: str
) -> Violation:
    keyword, facts = error.kind.name, error.kind.as_dict()
    steps = list(error.instance_path)
    if keyword == "required":
        steps.append(facts["property"])
    violated, say, data = _WORDS.get(keyword, _OTHER)
    return Violation(
        field=field_path(steps, under) or "body",
        description=say(facts),
        violated_rule=violated,
        data=data(facts),
        rule=_rule_beside(error.schema_path, schema),
    )


def _rule_beside(path: Sequence[str | int], schema: Mapping[str, Any]) -> str | None:
    """The id on the schema that holds the failing keyword, or on one around it."""
    node: Any = schema
    rule = None
    for step in path:
        if isinstance(node, Mapping):
            rule = node.get("x-rule") or rule
        node = node[step]
    return rule


Facts = Mapping[str, Any]


def _limit(word: str) -> Callable[[Facts], str]:
    return lambda facts: f"must {word} {facts['limit']}"


def _nothing(facts: Facts) -> Mapping[str, Any] | None:
    return None


def _threshold(facts: Facts) -> Mapping[str, Any]:
    return {"threshold": facts["limit"]}


def _format_type(facts: Facts) -> Mapping[str, Any]:
    return {"type": "GUID" if facts["format"] == "uuid" else str(facts["format"]).upper()}


def _say_format(facts: Facts) -> str:
    return f"must be a {_format_type(facts)['type']}"


def _say_types(facts: Facts) -> str:
    return f"must be {' or '.join(facts['types'])}"


def _say_options(facts: Facts) -> str:
    return f"must be one of {', '.join(str(option) for option in facts['options'])}"


_Entry = tuple[str, Callable[[Facts], str], Callable[[Facts], Mapping[str, Any] | None]]
_OTHER: _Entry = ("OTHER", lambda facts: "has a form that is not allowed here", _nothing)
_WORDS: Mapping[str, _Entry] = {
    "required": ("REQUIRED_FIELD", lambda facts: "must be given", _nothing),
    "format": ("FORMAT", _say_format, _format_type),
    "type": ("VALIDATION", _say_types, _nothing),
    "enum": ("INVALID_ENUM_VALUE", _say_options, _nothing),
    "minimum": ("MIN", _limit("be at least"), _threshold),
    "maximum": ("MAX", _limit("be at most"), _threshold),
    "minLength": ("MIN_LENGTH", _limit("have a length of at least"), _threshold),
    "maxLength": ("MAX_LENGTH", _limit("have a length of at most"), _threshold),
    "minItems": ("MIN_SIZE", _limit("have a number of items of at least"), _threshold),
    "maxItems": ("MAX_SIZE", _limit("have a number of items of at most"), _threshold),
    "pattern": ("FORMAT", lambda facts: f"must match {facts['pattern']}", _nothing),
    "oneOf": (
        "REQUIRED_ONE_OF_FIELD",
        lambda facts: "must have just one of its forms",
        _nothing,
    ),
    "anyOf": ("REQUIRED_ONE_OF_FIELD", lambda facts: "must have one of its forms", _nothing),
    "not": ("FIELD_NOT_ALLOWED", lambda facts: "has fields that exclude each other", _nothing),
}
