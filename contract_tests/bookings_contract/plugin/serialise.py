"""What a run heard as JSON, and back again: every value of the judge, in full.

A value is written as {"its kind": what it holds}: objects by the names of their fields, without
those that hold what they hold anyway. Lists, numbers, texts and null stand for themselves.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import NOTHING, Attribute, Factory, fields, has

from bookings_contract.findings import baseline, checks, exchange, verdicts
from bookings_contract.target import model

HOLDERS = (verdicts, checks, exchange, model, baseline)
KINDS: Mapping[str, type] = {
    name: kind
    for holder in HOLDERS
    for name, kind in vars(holder).items()
    if isinstance(kind, type) and has(kind)
}
NAMES = {kind: name for name, kind in KINDS.items()}


class NotSerialisable(ValueError):
    """What is no packed value."""


def serialised(value: Any) -> Any:
    """The value as JSON."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list):
        return [serialised(one) for one in value]
    if isinstance(value, tuple):
        return {"tuple": [serialised(one) for one in value]}
    if isinstance(value, frozenset | set):
        return {"set": [serialised(one) for one in sorted(value)]}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Mapping):
        return {"dict": [[serialised(key), serialised(one)] for key, one in value.items()]}
    if type(value) in NAMES:
        return {NAMES[type(value)]: dict(_fields(value))}
    raise NotSerialisable(f"{type(value).__name__} is no value of a report")


def deserialised(node: Any) -> Any:
    """The value that was packed.

    Raises Unpackable for anything else.
    """
    if isinstance(node, list):
        return [deserialised(one) for one in node]
    if not isinstance(node, dict):
        return node
    try:
        ((kind, held),) = node.items()
        return _made(kind, held)
    except (KeyError, TypeError, ValueError) as error:
        raise NotSerialisable(f"no value of a report: {str(node)[:80]}") from error


def _made(kind: str, held: Any) -> Any:
    if kind == "tuple":
        return tuple(deserialised(one) for one in held)
    if kind == "set":
        return frozenset(deserialised(one) for one in held)
    if kind == "date":
        return date.fromisoformat(held)
    if kind == "dict":
        return {deserialised(key): deserialised(one) for key, one in held}
    return KINDS[kind](**{name: deserialised(one) for name, one in held.items()})


def _fields(value: Any) -> Any:
    for attribute in fields(type(value)):
        held = getattr(value, attribute.name)
        if attribute.init and held != _usual(attribute):
            yield attribute.alias, serialised(held)


def _usual(attribute: "Attribute[Any]") -> Any:
    usual = attribute.default
    if isinstance(usual, Factory):  # type: ignore[arg-type]
        return usual.factory()  # type: ignore[union-attr]
    return object() if usual is NOTHING else usual
