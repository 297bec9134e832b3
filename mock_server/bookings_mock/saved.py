"""Worlds as JSON and back: what a saved state holds beyond the keys of its site file.

Every value says what it is, so that whatever a world comes to hold is saved without a word here.
Only values of the domain and of the worlds themselves are made from a file.
"""

import random
import sys
import types
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Union, get_args, get_origin

import attrs

from bookings_mock.clock import Clock, WorldClock
from bookings_mock.domain.times import rfc3339
from bookings_mock.mock import Mock
from bookings_mock.shared import Shared, Snapshot
from bookings_mock.site import SiteError
from bookings_mock.version import VERSION
from bookings_mock.world import TooManyWorlds

FORM = 1
# Where the values of worlds are defined.
_HOMES = ("bookings_mock.domain.", "bookings_mock.world", "bookings_mock.shared")
_IS, _NUMBER = "$", "#"


def state(mock: Mock) -> dict[str, Any]:
    """The site file that the mock serves, with all that has happened in its worlds."""
    worlds = {name: _world(mock, name) for name in mock.worlds.names()}
    return {
        **mock.home,
        "product": "bookings-mock",
        "version": VERSION,
        "site": {**mock.home["site"], "now": rfc3339(mock.clock())},
        "world": {"form": FORM, "worlds": worlds},
    }


def restore(mock: Mock, saved: Mapping[str, Any]) -> None:
    """Fill the worlds of a mock as they were saved; raises SiteError that names the place."""
    if saved.get("form") != FORM or not isinstance(saved.get("worlds"), dict):
        raise SiteError(f"world: not saved by this version, which reads and writes form {FORM}")
    for name, one in saved["worlds"].items():
        place = f"world.worlds.{name}"
        reader = Reader(place, mock.clock)
        try:
            content = reader.read(one, "")
            _fill(mock, name, content["now"], content["snapshots"])
        except (LookupError, TypeError, AttributeError, ValueError, TooManyWorlds) as error:
            if isinstance(error, SiteError):
                raise
            raise SiteError(f"{place}{reader.at}: can't be read: {error!r}") from error


def _world(mock: Mock, name: str) -> Any:
    now = mock.worlds.snapshot(name, name)
    kept = mock.worlds.shared(name).snapshots
    return Writer().write({"now": now, "snapshots": list(kept.values())})


def _fill(mock: Mock, name: str, now: Snapshot, snapshots: list[Snapshot]) -> None:
    mock.worlds.restore(name, now)
    shared: Shared = mock.worlds.shared(name)
    shared.snapshots = {one.name: one for one in snapshots}


class Writer:
    """Writes values as JSON; one that stands in several places is written once."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def write(self, value: Any) -> Any:
        """The value as JSON that says what it is."""
        if value is None or isinstance(value, str | int | float):
            return value
        if isinstance(value, dict):
            return self._dict(value)
        if isinstance(value, list):
            return [self.write(one) for one in value]
        if isinstance(value, tuple):
            return {_IS: "tuple", "of": [self.write(one) for one in value]}
        if isinstance(value, frozenset | set):
            return {_IS: type(value).__name__, "of": sorted(value)}
        if isinstance(value, datetime):
            return {_IS: "time", "of": value.isoformat()}
        if isinstance(value, timedelta):
            return {_IS: "length", "of": value / timedelta(microseconds=1)}
        if isinstance(value, random.Random):
            version, inner, gauss = value.getstate()
            return {_IS: "random", "of": [version, list(inner), gauss]}
        if isinstance(value, WorldClock):
            hands = {"ahead": self.write(value.ahead), "stands": self.write(value.stands)}
            return {_IS: "clock", **hands}
        return self._value(value)

    def _dict(self, value: dict[Any, Any]) -> Any:
        if all(isinstance(key, str) for key in value) and _IS not in value:
            return {key: self.write(one) for key, one in value.items()}
        return {_IS: "dict", "of": [[self.write(k), self.write(v)] for k, v in value.items()]}

    def _value(self, value: Any) -> Any:
        kind = type(value)
        if kinds().get(kind.__name__) is not kind:
            raise TypeError(f"a world holds a {kind.__name__}, which is no value of the domain")
        number = self._numbers.get(id(value))
        if number is not None:
            return {_IS: "again", _NUMBER: number}
        self._numbers[id(value)] = number = len(self._numbers)
        written = {_IS: kind.__name__, _NUMBER: number}
        for name, alias, raw, _ in fields_of(kinds()[kind.__name__]):
            inner = getattr(value, name)
            written[alias] = inner if raw else self.write(inner)
        return written


class Reader:
    """Makes the values again; `at` is the place that was being read when something went wrong."""

    def __init__(self, place: str, wall: Clock) -> None:
        self._place = place
        self._wall = wall.wall if isinstance(wall, WorldClock) else wall
        self._known: dict[int, Any] = {}
        self.at = ""

    def read(self, data: Any, at: str) -> Any:
        """The value that was written; raises SiteError that names the place."""
        self.at = at
        if isinstance(data, list):
            return [self.read(one, f"{at}[{n}]") for n, one in enumerate(data)]
        if not isinstance(data, dict):
            return data
        if _IS not in data:
            return {key: self.read(one, f"{at}.{key}") for key, one in data.items()}
        kind = data[_IS]
        if kind in kinds():
            return self._value(kinds()[kind], data, at)
        make = self._made.get(kind)
        if make is None:
            raise SiteError(f"{self._place}{at}: there is nothing called {str(kind)[:64]!r}")
        return make(self, data, at)

    def _value(self, kind: type, data: Mapping[str, Any], at: str) -> Any:
        given: dict[str, Any] = {}
        for _, alias, raw, accepted in fields_of(kind):
            if alias not in data:
                continue  # Saved before there was this field: its default is taken.
            inner = data[alias] if raw else self.read(data[alias], f"{at}.{alias}")
            if not isinstance(inner, accepted):
                raise SiteError(f"{self._place}{at}.{alias}: {str(inner)[:64]!r} can't stand here")
            given[alias] = inner
        self.at = at
        made = self._known[data[_NUMBER]] = kind(**given)
        return made

    def _dict(self, data: Mapping[str, Any], at: str) -> Any:
        pairs = enumerate(data["of"])
        return {
            self.read(key, f"{at}.of[{n}][0]"): self.read(one, f"{at}.of[{n}][1]")
            for n, (key, one) in pairs
        }

    def _random(self, data: Mapping[str, Any], at: str) -> random.Random:
        version, inner, gauss = data["of"]
        source = random.Random()
        source.setstate((version, tuple(inner), gauss))
        return source

    def _clock(self, data: Mapping[str, Any], at: str) -> WorldClock:
        ahead = self.read(data["ahead"], f"{at}.ahead")
        return WorldClock(self._wall, ahead, self.read(data["stands"], f"{at}.stands"))

    _made: Mapping[str, Callable[["Reader", Mapping[str, Any], str], Any]] = {
        "again": lambda self, data, at: self._known[data[_NUMBER]],
        "tuple": lambda self, data, at: tuple(self.read(data["of"], f"{at}.of")),
        "frozenset": lambda self, data, at: frozenset(data["of"]),
        "set": lambda self, data, at: set(data["of"]),
        "time": lambda self, data, at: datetime.fromisoformat(data["of"]),
        "length": lambda self, data, at: timedelta(microseconds=data["of"]),
        "dict": _dict,
        "random": _random,
        "clock": _clock,
    }


@cache
def kinds() -> Mapping[str, type]:
    """The values that worlds are made of, by their names."""
    found: dict[str, type] = {}
    for module in [m for name, m in sys.modules.items() if name.startswith(_HOMES)]:
        for one in vars(module).values():
            if isinstance(one, type) and attrs.has(one) and one.__module__ == module.__name__:
                found[one.__name__] = one
    return found


Accepted = tuple[type, ...]


@cache
def fields_of(kind: type) -> tuple[tuple[str, str, bool, Accepted], ...]:
    """A value's fields: name, name in its constructor, whether it is JSON as it is, its types."""
    return tuple(
        (one.name, one.alias or one.name, _is_json(one.type), _accepted(one.type))
        for one in attrs.fields(kind)
        if one.init
    )


def _accepted(declared: Any) -> Accepted:
    """The classes of which a field's value is, as far as its declaration says."""
    origin = get_origin(declared)
    if origin in (Union, types.UnionType):
        return tuple(one for part in get_args(declared) for one in _accepted(part))
    plain = origin or declared
    return (plain,) if isinstance(plain, type) else (object,)


def _is_json(declared: Any) -> bool:
    """Whether a field holds what callers wrote: JSON, whose keys are theirs."""
    origin, parts = get_origin(declared), get_args(declared)
    if origin in (Union, types.UnionType):
        inner = [part for part in parts if part is not types.NoneType]
        return len(inner) == 1 and _is_json(inner[0])
    if origin is not Mapping:
        return False
    return parts[1] in (Any, str, int, float, bool) or _is_json(parts[1])
