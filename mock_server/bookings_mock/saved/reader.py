"""Makes what worlds hold from JSON, of the types that are declared and of nothing else."""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bookings_mock.clock import Clock, WorldClock, showable
from bookings_mock.saved.kinds import AGAIN, IS, fields_of, fits, kinds
from bookings_mock.site import SiteError


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
        if IS not in data:
            return {key: self.read(one, f"{at}.{key}") for key, one in data.items()}
        kind = data[IS]
        if kind in kinds():
            return self._value(kinds()[kind], data, at)
        make = self._made.get(kind)
        if make is None:
            raise SiteError(f"{self._place}{at}: there is nothing called {str(kind)[:64]!r}")
        return make(self, data, at)

    def _value(self, kind: type, data: Mapping[str, Any], at: str) -> Any:
        fields = fields_of(kind)
        for name in data.keys() - {alias for _, alias, _, _ in fields} - {IS, AGAIN}:
            raise SiteError(f"{self._place}{at}.{name[:64]}: a {kind.__name__} has no such thing")
        given: dict[str, Any] = {}
        for _, alias, raw, declared in fields:
            if alias not in data:
                continue  # Saved before there was this field: its default is taken.
            inner = data[alias] if raw else self.read(data[alias], f"{at}.{alias}")
            if not fits(inner, declared):
                raise SiteError(f"{self._place}{at}.{alias}: {str(inner)[:64]!r} can't stand here")
            given[alias] = inner
        self.at = at
        return self._numbered(data[AGAIN], kind(**given))

    def _numbered(self, number: int, value: Any) -> Any:
        if type(number) is not int or number in self._known:
            raise ValueError(f"{str(number)[:64]} is no number of its own")
        self._known[number] = value
        return value

    def _dict(self, data: Mapping[str, Any], at: str) -> Any:
        pairs = enumerate(data["of"])
        return {
            self.read(key, f"{at}.of[{n}][0]"): self.read(one, f"{at}.of[{n}][1]")
            for n, (key, one) in pairs
        }

    def _clock(self, data: Mapping[str, Any], at: str) -> WorldClock:
        ahead = self.read(data["ahead"], f"{at}.ahead")
        stands = self.read(data["stands"], f"{at}.stands")
        if not fits(ahead, timedelta) or not fits(stands, datetime | None):
            raise SiteError(f"{self._place}{at}: is no clock")
        clock = WorldClock(self._wall, ahead, stands)
        showable(clock())
        return clock

    _made: Mapping[str, Callable[["Reader", Mapping[str, Any], str], Any]] = {
        "again": lambda self, data, at: self._known[data[AGAIN]],
        "tuple": lambda self, data, at: tuple(self.read(data["of"], f"{at}.of")),
        "frozenset": lambda self, data, at: frozenset(data["of"]),
        "set": lambda self, data, at: set(data["of"]),
        "time": lambda self, data, at: _time(data["of"]),
        "length": lambda self, data, at: timedelta(microseconds=data["of"]),
        "dict": _dict,
        "random": lambda self, data, at: _random(data["of"]),
        "clock": _clock,
    }


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return moment.astimezone(UTC)


def _random(state: Any) -> random.Random:
    """A source of ids where it had got to; one of the operating system's has no state."""
    if state is None:
        return random.SystemRandom()
    version, inner, gauss = state
    source = random.Random()
    source.setstate((version, tuple(inner), gauss))
    return source
