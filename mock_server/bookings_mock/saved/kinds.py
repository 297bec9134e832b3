"""The values that worlds are made of, and whether something is one of a declared type."""

import sys
import types
from collections import deque
from collections.abc import Callable, Collection, Hashable, Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin

import attrs

# Where the values of worlds are defined.
_HOMES = ("bookings_mock.domain.", "bookings_mock.world", "bookings_mock.shared")
# The keys by which a value says what it is, and which one it is where it stands again.
IS, AGAIN = "$", "#"


@cache
def kinds() -> Mapping[str, type]:
    """The values that worlds are made of, by their names."""
    found: dict[str, type] = {}
    for module in [m for name, m in sys.modules.items() if name.startswith(_HOMES)]:
        for one in vars(module).values():
            if isinstance(one, type) and attrs.has(one) and one.__module__ == module.__name__:
                found[one.__name__] = one
    return found


@cache
def fields_of(kind: type) -> tuple[tuple[str, str, bool, Any], ...]:
    """A value's fields: name, name in its constructor, whether it is JSON as it is, its type."""
    return tuple(
        (one.name, one.alias or one.name, _is_json(one.type), one.type)
        for one in attrs.fields(kind)
        if one.init
    )


def fits(value: Any, declared: Any) -> bool:
    """Whether a value is of the declared type, and all that it holds of theirs."""
    if declared in (Any, Hashable):
        return True
    if declared is float:
        return type(value) in (int, float)
    origin, parts = get_origin(declared), get_args(declared)
    if origin in (Union, types.UnionType):
        return any(fits(value, part) for part in parts)
    if origin is None:
        return value is None if declared in (None, types.NoneType) else _is(value, declared)
    return _FITS[origin](value, parts)


def _is(value: Any, declared: type) -> bool:
    # True is an int to Python, and to nobody else.
    return isinstance(value, declared) and (declared is bool or not isinstance(value, bool))


def _fits_dict(value: Any, parts: tuple[Any, ...]) -> bool:
    key, inner = parts
    return isinstance(value, dict) and all(
        fits(k, key) and fits(one, inner) for k, one in value.items()
    )


def _fits_tuple(value: Any, parts: tuple[Any, ...]) -> bool:
    if not isinstance(value, tuple):
        return False
    if parts[1:] == (...,):
        return all(fits(one, parts[0]) for one in value)
    return len(value) == len(parts) and all(map(fits, value, parts))


def _fits_all(kind: type[Collection[Any]]) -> Callable[[Any, tuple[Any, ...]], bool]:
    def fits_all(value: Any, parts: tuple[Any, ...]) -> bool:
        return isinstance(value, kind) and all(fits(one, parts[0]) for one in value)

    return fits_all


_FITS: Mapping[Any, Callable[[Any, tuple[Any, ...]], bool]] = {
    Mapping: _fits_dict,
    dict: _fits_dict,
    tuple: _fits_tuple,
    list: _fits_all(list),
    set: _fits_all(set),
    frozenset: _fits_all(frozenset),
    deque: _fits_all(deque),
}


def _is_json(declared: Any) -> bool:
    """Whether a field holds what callers wrote: JSON, whose keys are theirs."""
    origin, parts = get_origin(declared), get_args(declared)
    if origin in (Union, types.UnionType):
        inner = [part for part in parts if part is not types.NoneType]
        return len(inner) == 1 and _is_json(inner[0])
    if origin is not Mapping:
        return False
    return parts[1] in (Any, str, int, float, bool) or _is_json(parts[1])
