"""Says in the API's words what is wrong with the shape of a request."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from heapq import nsmallest
from itertools import chain, islice
from typing import Any

import jsonschema_rs
from attrs import frozen

from bookings_mock.rim.combinations import Fault, boiled_down, schema_at

# Longer paths are cut: their names are the caller's.
_LONGEST_FIELD = 200
# How many errors are looked into for each that is told: some are only consequences of others.
_NEAR = 10


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
            "field": shortened(self.field, _LONGEST_FIELD),
            "description": shortened(self.description),
            "violatedRule": self.violated_rule,
        }
        return {**shown, "data": dict(self.data)} if self.data else shown


@frozen
class Complaints:
    """What is wrong with a value: the first violations, and how many there are besides."""

    listed: tuple[Violation, ...] = ()
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.listed)

    def __add__(self, other: "Complaints") -> "Complaints":
        return Complaints(self.listed + other.listed, self.more + other.more)

    def cut(self, most: int) -> "Complaints":
        """The first ones of them, the rest counted."""
        return Complaints(self.listed[:most], self.more + max(0, len(self.listed) - most))


class ShapeBroken(Exception):
    """A request has not the declared shape; `more` violations are not listed."""

    def __init__(self, violations: Sequence[Violation], more: int = 0) -> None:
        told = [f"{shortened(v.field, _LONGEST_FIELD)} {v.description}" for v in violations]
        super().__init__("; ".join([*told, *([and_more(more)] if more else [])]))
        self.violations = violations
        self.more = more


def and_more(count: int) -> str:
    """How what is left out is told."""
    return f"and {count} more"


def shortened(text: str, most: int = 1000) -> str:
    """A text that may quote what was sent, cut where nobody reads on."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def violations(
    errors: Iterable[jsonschema_rs.ValidationError],
    schema: Mapping[str, Any],
    under: str,
    most: int,
) -> Complaints:
    """The errors of a validator made from `schema`, their fields said from `under`.

    At most so many are listed, and no more than a few times as many looked into: each costs. Of
    more than that the outermost count, such as that there are too many items.
    """
    every = list(errors)
    near = every
    if len(every) > most * _NEAR:
        near = nsmallest(most * _NEAR, every, key=lambda one: len(one.instance_path))
    faults = boiled_down(near, schema)
    listed = islice(chain.from_iterable(_violations(one, schema, under) for one in faults), most)
    found = tuple(listed)
    in_all = sum(len(_named(one)) for one in faults)
    return Complaints(found, in_all - len(found) + len(every) - len(near))


def field_path(steps: Iterable[str | int], under: str = "") -> str:
    """A path into JSON as the API writes it: `booking.additionalFields[0].id`."""
    path = under
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path


def _named(fault: Fault) -> Sequence[str | None]:
    return _fields(fault.error.kind.name, fault.error.kind.as_dict())


def _violations(fault: Fault, schema: Mapping[str, Any], under: str) -> Iterator[Violation]:
    error = fault.error
    keyword, facts = error.kind.name, error.kind.as_dict()
    violated, say, data = _SEVERAL if fault.names else _WORDS.get(keyword, _OTHER)
    facts |= {"names": fault.names, "present": fault.present}
    facts |= {"forms": fault.forms, "lacking": fault.lacking, "spelt": _spelt(error, schema)}
    for name in _fields(keyword, facts):
        steps = [*error.instance_path, *([name] if name else [])]
        known = _known_beside(error, schema) if keyword == "additionalProperties" else []
        yield Violation(
            field=field_path(steps, under) or "body",
            description=say({**facts, "field": name, "known": known}),
            violated_rule=violated,
            data=data(facts),
            rule=_rule_beside(error.schema_path, schema),
        )


def _fields(keyword: str, facts: Mapping[str, Any]) -> Sequence[str | None]:
    """The fields of the object that an error names; None where it is about the object itself."""
    if keyword == "required":
        return [facts["property"]]
    return facts["unexpected"] if keyword == "additionalProperties" else [None]


def _known_beside(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> list[str]:
    return list(schema_at(error.schema_path[:-1], schema).get("properties", ()))


def _spelt(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> str | None:
    """How a text is to be written, where the document says so beside its pattern."""
    if error.kind.name != "pattern":
        return None
    said = schema_at(error.schema_path[:-1], schema).get("x-spelt")
    return str(said) if said else None


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


def _say_names(facts: Facts) -> str:
    names = ", ".join(facts["names"])
    if len(facts["present"]) > 1:
        return f"takes one of {names}, and has {' and '.join(facts['present'])}"
    return f"needs one of {names}"


def _say_forms(facts: Facts) -> str:
    lacking = f", and lacks {', '.join(facts['lacking'])}" if facts["lacking"] else ""
    return f"must be {' or '.join(facts['forms'])}{lacking}"


def _say_pattern(facts: Facts) -> str:
    return f"must be {facts['spelt']}" if facts["spelt"] else f"must match {facts['pattern']}"


def say_unknown(field: str, known: Iterable[str]) -> str:
    """That a field is none of the known ones, and which of them may have been meant."""
    known = list(known)
    # A longer name is nobody's mistyped one.
    near = get_close_matches(field[:_LONGEST_FIELD], known, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]}? " if near else ""
    return (
        f"is no field of this: {meant}It takes {', '.join(known)}" if known else "takes no fields"
    )


_Entry = tuple[str, Callable[[Facts], str], Callable[[Facts], Mapping[str, Any] | None]]
_SEVERAL: _Entry = ("REQUIRED_ONE_OF_FIELD", _say_names, _nothing)
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
    "pattern": ("FORMAT", _say_pattern, _nothing),
    "oneOf": ("REQUIRED_ONE_OF_FIELD", _say_forms, _nothing),
    "anyOf": ("REQUIRED_ONE_OF_FIELD", _say_forms, _nothing),
    "additionalProperties": (
        "FIELD_NOT_ALLOWED",
        lambda facts: say_unknown(facts["field"], facts["known"]),
        _nothing,
    ),
    "not": ("FIELD_NOT_ALLOWED", lambda facts: "has fields that exclude each other", _nothing),
}
