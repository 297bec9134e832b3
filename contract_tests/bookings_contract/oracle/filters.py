"""Whether a booking passes a filter: yes, no, or not to be told from what it shows.

Which fields and operators there are, the document says beside each operation.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import bookings_openapi
from bookings_contract.findings.operations import operation
from bookings_contract.oracle.shadow import Raw
from bookings_contract.testkit.comparable import (
    SHOWN_EXACTLY,
    STAMPS,
    comparable,
    exactness,
    values,
)

# Stands for an operation that filters by any field, with every operator.
ANY = "*"
_OPERATORS = ("$eq", "$ne", "$in", "$nin", "$gt", "$gte", "$lt", "$lte", "$hasSome", "$hasAll")
# Operations for which it is open whether several operators on one field all count.
OPEN = frozenset(bookings_openapi.rules()["READER-7"].operations)
_WITHOUT = frozenset({"$ne", "$nin"})
_BOUNDS = frozenset({"$gt", "$gte", "$lt", "$lte"})


def passes(filter: object, raw: Raw, name: str) -> bool | None:
    """Whether a record passes the filter of an operation; None where that is open."""
    if not isinstance(filter, Mapping):
        return None
    return _all(_part(key, value, raw, name) for key, value in filter.items())


def _part(key: str, value: object, raw: Raw, name: str) -> bool | None:
    if key == "$not":
        inner = passes(value, raw, name)
        return None if inner is None else not inner
    if key in ("$and", "$or"):
        parts = value if isinstance(value, list) else [None]
        found = [passes(part, raw, name) for part in parts]
        return _all(found) if key == "$and" else _any(found)
    operators = _OPERATORS if name == ANY else fields(name).get(key)
    if operators is None or (_open(value) and name in OPEN):
        return None
    shown = values(raw, key)
    return _all(
        None
        if key in STAMPS and _in_doubt(op, one, shown)
        else _condition(op, one, shown, operators)
        for op, one in _conditions(value)
    )


def _in_doubt(operator: str, operand: object, shown: Sequence[Any]) -> bool:
    """Whether a moment that is shown may have been on either side of the operand, or just there."""
    wanted = [comparable(one) for one in (operand if isinstance(operand, list) else [operand])]
    pairs = [(s, w) for s in shown for w in wanted if isinstance(s, datetime)]
    return any(
        isinstance(w, datetime)
        and abs(s - w) < exactness(s)
        and (s != w or operator not in ("$lt", "$gte"))
        for s, w in pairs
    )


def _open(value: object) -> bool:
    """Whether several operators stand on one field: which of them count is open."""
    return isinstance(value, Mapping) and len(value) > 1


def _conditions(value: object) -> Iterable[tuple[str, object]]:
    if isinstance(value, Mapping):
        return value.items()
    return [("$in" if isinstance(value, list) else "$eq", value)]


def _condition(
    operator: str, operand: object, shown: Sequence[Any], operators: Sequence[str]
) -> bool | None:
    if operator not in operators or not shown or _odd(operand):
        return None
    wanted = [comparable(one) for one in (operand if isinstance(operand, list) else [operand])]
    if not wanted:
        return None
    if operator in _BOUNDS:
        return _beyond(operator, shown[0], wanted[0]) if len(shown) == len(wanted) == 1 else None
    if any(_hardly_differ(one, other) for one in shown for other in wanted):
        return None
    if operator == "$hasAll":
        return all(one in shown for one in wanted)
    return any(one in shown for one in wanted) is not (operator in _WITHOUT)


def _odd(operand: object) -> bool:
    """Whether an operand says nothing that could be compared."""
    parts = operand if isinstance(operand, list) else [operand]
    return any(part is None or isinstance(part, dict | list) for part in parts)


def _beyond(operator: str, value: Any, bound: Any) -> bool | None:
    # In which order servers put texts is their own affair.
    if type(value) is not type(bound) or isinstance(value, str) or _hardly_differ(value, bound):
        return None
    if value == bound:
        return operator in ("$gte", "$lte")
    return bool(value > bound) is operator.startswith("$g")


def _hardly_differ(one: object, other: object) -> bool:
    moments = isinstance(one, datetime) and isinstance(other, datetime)
    return moments and one != other and abs(one - other) < SHOWN_EXACTLY  # type: ignore[operator]


@cache
def fields(name: str) -> Mapping[str, Sequence[str]]:
    """The fields that an operation filters by, with their operators."""
    found: Mapping[str, Sequence[str]] = operation(name).definition.get("x-filters", {})
    return found


def _all(found: Iterable[bool | None]) -> bool | None:
    seen = list(found)
    return False if False in seen else None if None in seen else True


def _any(found: Iterable[bool | None]) -> bool | None:
    seen = list(found)
    return True if True in seen else None if None in seen else False
