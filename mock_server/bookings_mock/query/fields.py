"""What a query may name, and how the fields that it names are read off a record."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from attrs import field, frozen

R = TypeVar("R")


class QueryRefused(Exception):
    """A query that is not of the language; says in which `field` and why."""

    def __init__(self, reason: str, field: str = "value") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


@frozen
class Field(Generic[R]):
    """How a field is read off a record. `kind` is text, guid, date, number, flag or list.

    What is read by its path off what is shown may also be a switch (a flag, or its word), or an
    object; of `several` it reads a list, any of whose values may meet a condition.
    """

    read: Callable[[R], Any]
    kind: str = "text"
    several: bool = False


@frozen
class Grammar:
    """What the queries of one operation may name: operators and directions by field.

    `fields` and `order` are there where the document says what is found: how its fields are read,
    and by which of them it comes unless asked otherwise.
    """

    filters: Mapping[str, Sequence[str]]
    sorts: Mapping[str, Sequence[str]]
    default_limit: int
    max_limit: int | None
    max_depth: int
    max_conditions: int
    fields: Mapping[str, Field[Any]] = field(factory=dict)
    order: tuple[str, ...] = ()
    # The most on a page by another account of the operation.
    other_limit: int | None = None


Fields: TypeAlias = Mapping[str, Field[R]]


def normal(value: Any, field: Field[Any]) -> Any:
    """GUIDs are the same in either case."""
    if isinstance(value, list) and field.several:
        return [normal(one, field) for one in value]
    return value.lower() if field.kind == "guid" and isinstance(value, str) else value
