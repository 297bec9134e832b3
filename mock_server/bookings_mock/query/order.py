"""Order: where a record stands among others, as values that a cursor can carry."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from attrs import frozen

from bookings_mock.query.fields import Field, Fields, Grammar, QueryRefused, normal

R = TypeVar("R")


@frozen
class Key(Generic[R]):
    """One step of an order."""

    name: str
    field: Field[R]
    descending: bool = False


def parse_sort(sent: Any, grammar: Grammar, fields: Fields[R]) -> tuple[Key[R], ...]:
    """The order that a query asks for; raises QueryRefused for what the grammar does not name."""
    return tuple(_key(one, grammar, fields) for one in sent or ())


def _key(sent: Mapping[str, Any], grammar: Grammar, fields: Fields[R]) -> Key[R]:
    name, order = str(sent.get("fieldName")), sent.get("order") or "ASC"
    if name not in grammar.sorts:
        raise QueryRefused(f"Field '{name}' is not declared as sortable")
    if order not in grammar.sorts[name]:
        raise QueryRefused(f"Field '{name}' can't be sorted {order}")
    return Key(name, fields[name], descending=order == "DESC")


def place(record: R, order: Sequence[Key[R]]) -> list[Any]:
    """Where a record stands in an order, as values that JSON can carry."""
    values = (_first(normal(key.field.read(record), key.field), key.field) for key in order)
    return [v.isoformat() if isinstance(v, datetime) else v for v in values]


def _first(value: Any, field: Field[Any]) -> Any:
    """Of several values the least decides."""
    return min(value, default=None) if field.several else value


def in_order(
    placed: list[tuple[list[Any], R]], order: Sequence[Key[R]]
) -> list[tuple[list[Any], R]]:
    """Records with their places, sorted: by the last key first, since sorting is stable."""
    for at, key in reversed(list(enumerate(order))):
        placed = sorted(placed, key=lambda pair: _rank(pair[0][at]), reverse=key.descending)
    return placed


def _rank(value: Any) -> tuple[bool, Any]:
    # What has no value comes first, in either type of value.
    return (value is not None, value)


def compare(one: Sequence[Any], other: Sequence[Any], order: Sequence[Key[R]]) -> int:
    """Below 0 where the first place comes before the other, above where it comes after."""
    for left, right, key in zip(one, other, order, strict=True):
        if left != right:
            before = _rank(left) < _rank(right)
            return (1 if key.descending else -1) * (1 if before else -1)
    return 0
