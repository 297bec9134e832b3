"""Makes values of the rows of a target file, and says which key is wrong in them."""

import difflib
from collections import abc
from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from attrs import NOTHING, Attribute, fields

from bookings_contract.findings.problems import ConfigurationError

T = TypeVar("T")

# How a type is called where a value is of another.
WORDS: Mapping[Any, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
# No number of a target file is larger.
MOST = 2**31 - 1


def made(kind: type[T], row: Mapping[str, Any] | T, where: str) -> T:
    """The value itself, or one read from a row; what else a mock says of it is let go."""
    return row if isinstance(row, kind) else build(kind, cast(Mapping[str, Any], row), where, False)


def build(kind: type[T], row: Mapping[str, Any], where: str, known_only: bool = True) -> T:
    """A value made of a row. Raises ConfigurationError, which names `where` and the key."""
    names = names_of(kind)
    require_table(row, where)
    if known_only:
        require_known(row, names, where)
    missing = [name for name, a in names.items() if _required(a) and row.get(name) is None]
    if missing:
        raise ConfigurationError(f"{where} lacks {' and '.join(missing)}.")
    known = {key: value for key, value in row.items() if key in names and value is not None}
    hints = get_type_hints(kind)
    for key, value in known.items():
        # What is converted says itself what it can't be made of.
        if names[key].converter is None:
            _require_of_type(value, hints[key], f"{where} {key}")
    try:
        return kind(**known)
    except ConfigurationError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        raise ConfigurationError(f"{where} can't be read: {error}.") from error


def require_table(row: object, where: str) -> None:
    """Raises ConfigurationError for what has no keys."""
    if not isinstance(row, Mapping):
        raise ConfigurationError(f"{where} is {_brief(row)}; it has to be a table of keys.")


def _require_of_type(value: object, hint: Any, where: str) -> None:
    if not _is(value, hint):
        raise ConfigurationError(f"{where} is {_brief(value)}; {_wanted(hint)}.")
    if isinstance(value, int | float) and not -MOST <= value <= MOST:
        raise ConfigurationError(f"{where} is {_brief(value)}, which is beyond all bounds.")


def _is(value: object, hint: Any) -> bool:
    """Whether a value is of a type as it is declared; what is declared otherwise is anything."""
    kinds = get_args(hint) if get_origin(hint) is UnionType else (hint,)
    return any(_is_one(value, kind) for kind in kinds)


def _is_one(value: object, kind: Any) -> bool:
    if get_origin(kind) is abc.Mapping:
        of = get_args(kind)[1]
        return isinstance(value, Mapping) and all(_is(one, of) for one in value.values())
    if kind in (int, float):
        number = int if kind is int else int | float
        return isinstance(value, number) and not isinstance(value, bool)
    return kind is Any or not isinstance(kind, type) or isinstance(value, kind)


def _wanted(hint: Any) -> str:
    kinds = get_args(hint) if get_origin(hint) is UnionType else (hint,)
    return "it has to be " + (WORDS.get(kinds[0]) or "a table of keys")


def _brief(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 40 else f"{said[:37]}…"


def names_of(kind: type) -> "dict[str, Attribute[Any]]":
    """The keys that a row of this kind may have."""
    return {attribute.name: attribute for attribute in fields(kind)}


def _required(attribute: "Attribute[Any]") -> bool:
    return attribute.default is NOTHING


def require_known(row: Mapping[str, Any], names: Iterable[str], where: str) -> None:
    """Raises ConfigurationError for a key that is none of the names."""
    for key in row:
        if key not in names:
            near = difflib.get_close_matches(key, list(names), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ConfigurationError(f"{where} has an unknown key {key!r}{hint}")
