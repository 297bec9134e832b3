"""What a query may name, and how the fields that it names are read off a record."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from attrs import frozen

R = TypeVar("R")


class QueryRefused(Exception):
    """A query that is not of the language; says in which `field` and why."""

    def __init__(self, reason: str, field: str = "value") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


@frozen
class Grammar:
    """What the queries of one operation may name: operators and directions by field."""

    filters: Mapping[str, Sequence[str]]
    sorts: Mapping[str, Sequence[str]]
    default_limit: int
    max_limit: int | None
    max_depth: int


@frozen
class Field(Generic[R]):
    """How a field is read off a record. `kind` is text, guid, date, number, flag or list."""

    read: Callable[[R], Any]
    kind: str = "text"


Fields: TypeAlias = Mapping[str, Field[R]]


def normal(value: Any, field: Field[Any]) -> Any:
    """GUIDs are the same in either case."""
    return value.lower() if field.kind == "guid" and isinstance(value, str) else value
