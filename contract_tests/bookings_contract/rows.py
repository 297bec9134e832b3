"""Makes values of the rows of a target file, and says which key is wrong in them."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from attrs import NOTHING, Attribute, fields

from bookings_contract.problems import ConfigurationError

T = TypeVar("T")


def made(kind: type[T], row: Mapping[str, Any] | T, where: str) -> T:
    """The value itself, or one read from a row; what else a mock says of it is let go."""
    return row if isinstance(row, kind) else build(kind, cast(Mapping[str, Any], row), where, False)


def build(kind: type[T], row: Mapping[str, Any], where: str, known_only: bool = True) -> T:
    """A value made of a row. Raises ConfigurationError, which names `where` and the key."""
    names = names_of(kind)
    if known_only:
        require_known(row, names, where)
    missing = [name for name, a in names.items() if _required(a) and row.get(name) is None]
    if missing:
        raise ConfigurationError(f"{where} lacks {' and '.join(missing)}.")
    known = {key: value for key, value in row.items() if key in names and value is not None}
    try:
        return kind(**known)
    except ConfigurationError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{where} can't be read: {error}.") from error


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
