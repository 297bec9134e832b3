"""Filters: from JSON to conditions that hold for a record or do not."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from attrs import frozen

from bookings_mock.query.fields import Field, Fields, Grammar, QueryRefused, normal

R = TypeVar("R")


class Index(Protocol):
    """Finds candidates for a field without looking at every record."""

    def find(self, name: str, values: Sequence[Any]) -> Iterable[Any] | None:
        """All records with one of these values (or more of them); None if there is no index."""


class Condition(Protocol[R]):
    """One part of a filter."""

    def holds(self, record: R) -> bool:
        """Whether the record passes."""

    def candidates(self, index: Index) -> Iterable[R] | None:
        """Records that include all that pass; None if only a look at every record would tell."""


@frozen
class Test(Generic[R]):
    """One operator on one field."""

    name: str
    field: Field[R]
    operator: str
    operand: Any

    def holds(self, record: R) -> bool:
        """Whether the record's value passes; one of several may."""
        value = normal(self.field.read(record), self.field)
        if not self.field.several or self.operator in _WHOLE:
            return _OPERATORS[self.operator](value, self.operand)
        positive = _NEGATED.get(self.operator, self.operator)
        found = any(_OPERATORS[positive](one, self.operand) for one in value)
        return found is (positive == self.operator)

    def candidates(self, index: Index) -> Iterable[R] | None:
        """By the index of the field, for equality and membership; what is absent is in none."""
        if self.operator not in ("$eq", "$in"):
            return None
        values = list(self.operand) if self.operator == "$in" else [self.operand]
        return None if None in values else index.find(self.name, values)


@frozen
class All(Generic[R]):
    """Every part must hold; none makes it true."""

    parts: tuple[Condition[R], ...]

    def holds(self, record: R) -> bool:
        """Whether the record passes every part."""
        return all(part.holds(record) for part in self.parts)

    def candidates(self, index: Index) -> Iterable[R] | None:
        """Those of the first part that an index knows."""
        found = (part.candidates(index) for part in self.parts)
        return next((some for some in found if some is not None), None)


@frozen
class AnyOf(Generic[R]):
    """One part must hold."""

    parts: tuple[Condition[R], ...]

    def holds(self, record: R) -> bool:
        """Whether the record passes one of the parts."""
        return any(part.holds(record) for part in self.parts)

    def candidates(self, index: Index) -> Iterable[R] | None:
        """Nothing less than all."""
        return None


@frozen
class Not(Generic[R]):
    """The part must not hold."""

    part: Condition[R]

    def holds(self, record: R) -> bool:
        """Whether the record fails the part."""
        return not self.part.holds(record)

    def candidates(self, index: Index) -> Iterable[R] | None:
        """Nothing less than all."""
        return None


def parse_filter(sent: Any, grammar: Grammar, fields: Fields[R], depth: int = 0) -> Condition[R]:
    """A filter as a condition; raises QueryRefused for what the grammar does not name."""
    if not isinstance(sent, Mapping):
        raise QueryRefused("a filter must be an object")
    if depth > grammar.max_depth:
        raise QueryRefused(f"filters nest at most {grammar.max_depth} deep")
    whole = All(tuple(_part(name, value, grammar, fields, depth) for name, value in sent.items()))
    if depth == 0 and _size(whole) > grammar.max_conditions:
        raise QueryRefused(f"a filter has at most {grammar.max_conditions} conditions")
    return whole


def _size(condition: Condition[R]) -> int:
    """How many conditions there are to look at, the empty ones included."""
    if isinstance(condition, All | AnyOf):
        return sum(map(_size, condition.parts)) or 1
    return _size(condition.part) if isinstance(condition, Not) else 1


def _part(name: str, value: Any, grammar: Grammar, fields: Fields[R], depth: int) -> Condition[R]:
    if name == "$not":
        return Not(parse_filter(value, grammar, fields, depth + 1))
    if name in ("$and", "$or"):
        if not isinstance(value, list):
            raise QueryRefused(f"'{name}' must be a list of filters")
        parts = tuple(parse_filter(one, grammar, fields, depth + 1) for one in value)
        return All(parts) if name == "$and" else AnyOf(parts)
    if name.startswith("$"):
        raise QueryRefused(f"Operator '{name}' is not supported")
    if name not in grammar.filters:
        raise QueryRefused(f"Field '{name}' is not declared as filterable")
    return All(tuple(_tests(name, value, grammar.filters[name], fields[name])))


def _tests(
    name: str, value: Any, allowed: Sequence[str], field: Field[R]
) -> Iterable[Condition[R]]:
    if not (isinstance(value, Mapping) and value):
        value = {_implied(value, allowed, field): value}
    for operator, operand in value.items():
        if operator not in allowed or operator not in _OPERATORS:
            raise QueryRefused(f"Operator '{operator}' is not supported for field '{name}'")
        yield Test(name, field, operator, _operand(name, operator, operand, field))


def _implied(value: Any, allowed: Sequence[str], field: Field[R]) -> str:
    """A bare value means equality, a bare list any of its values."""
    if field.kind == "list" or (field.several and isinstance(value, list)):
        return "$hasSome"
    return "$in" if isinstance(value, list) and "$in" in allowed else "$eq"


def _operand(name: str, operator: str, operand: Any, field: Field[R]) -> Any:
    if operator in _ASKING:
        return _typed(name, operand, _FLAG) is not False
    if operator == "$matchItems":
        return _items(name, operand)
    alone = field.kind == "list" or (field.several and operator in _LISTS)
    if alone and not isinstance(operand, list):
        operand = [operand]
    if operator in _LISTS:
        if not isinstance(operand, list):
            raise QueryRefused(f"'{operator}' of field '{name}' takes a list")
        # Each once, in its order, and found at once among however many.
        return dict.fromkeys(_typed(name, one, field) for one in operand)
    return _typed(name, operand, field)


def _typed(name: str, value: Any, field: Field[R]) -> Any:
    if value is None:
        return None
    expected = _KINDS[field.kind]
    if field.kind == "switch" and isinstance(value, str):
        value = _WORDS.get(value.lower(), value)
    if not isinstance(value, expected) or (isinstance(value, bool) and field.kind == "number"):
        raise QueryRefused(f"field '{name}' takes a {field.kind}")
    if field.kind != "date":
        return normal(value, field)
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise QueryRefused(f"field '{name}' takes an RFC 3339 date-time in UTC") from None


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "guid": str,
    "date": str,
    "number": (int, float),
    "flag": bool,
    "switch": bool,
    "object": (),
    "list": str,
}
_LISTS = frozenset({"$in", "$nin", "$hasSome", "$hasAll"})
# What asks for all the values of a field at once, and not for one of them.
_WHOLE = frozenset({"$hasSome", "$hasAll", "$exists", "$isEmpty", "$matchItems"})
_ASKING = frozenset({"$exists", "$isEmpty"})
_NEGATED = {"$ne": "$eq", "$nin": "$in"}
_FLAG: Field[Any] = Field(lambda record: None, "switch")
# Old clients send flags as words.
_WORDS = {"true": True, "false": False}


def _items(name: str, operand: Any) -> list[Mapping[str, list[Any]]]:
    """What items must be like: for each, the values that each of its fields may have."""
    wanted = operand if isinstance(operand, list) else [operand]
    if not all(isinstance(one, Mapping) for one in wanted):
        raise QueryRefused(f"'$matchItems' of field '{name}' takes objects")
    return [{inner: _any_of(name, one[inner]) for inner in one} for one in wanted]


def _any_of(name: str, condition: Any) -> list[Any]:
    if not isinstance(condition, Mapping):
        return [condition]
    known = [condition[operator] for operator in ("$eq", "$in") if operator in condition]
    if len(known) != len(condition) or not known:
        raise QueryRefused(f"'$matchItems' of field '{name}' knows $eq and $in only")
    return known[0] if isinstance(known[0], list) else known


def _like(item: Any, wanted: Mapping[str, list[Any]]) -> bool:
    return isinstance(item, Mapping) and all(item.get(one) in wanted[one] for one in wanted)


def _compares(check: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """What is not there is neither less nor more than anything."""
    return lambda value, operand: (
        value is not None and operand is not None and check(value, operand)
    )


def _among(value: Any, operand: Collection[Any]) -> bool:
    """Whether a value is one of these; what has no hash is none of what a filter can name."""
    return isinstance(value, Hashable) and value in operand


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda value, operand: value == operand,
    "$ne": lambda value, operand: value != operand,
    "$gt": _compares(lambda value, operand: value > operand),
    "$gte": _compares(lambda value, operand: value >= operand),
    "$lt": _compares(lambda value, operand: value < operand),
    "$lte": _compares(lambda value, operand: value <= operand),
    "$in": lambda value, operand: _among(value, operand),
    "$nin": lambda value, operand: not _among(value, operand),
    "$hasSome": lambda value, operand: any(one in _as_list(value) for one in operand),
    "$hasAll": lambda value, operand: all(one in _as_list(value) for one in operand),
    "$exists": lambda value, operand: (value not in (None, [])) is operand,
    "$isEmpty": lambda value, operand: (value in ("", [])) is operand,
    "$startsWith": _compares(lambda value, operand: value.lower().startswith(operand.lower())),
    "$matchItems": lambda value, operand: all(
        any(_like(item, wanted) for item in _as_list(value)) for wanted in operand
    ),
}
