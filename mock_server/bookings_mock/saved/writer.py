"""Writes what worlds hold as JSON."""

import random
from datetime import datetime, timedelta
from typing import Any

from bookings_mock.clock import WorldClock
from bookings_mock.saved.kinds import AGAIN, IS, fields_of, kinds


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
            return {IS: "tuple", "of": [self.write(one) for one in value]}
        if isinstance(value, frozenset | set):
            return {IS: type(value).__name__, "of": sorted(value)}
        if isinstance(value, datetime):
            return {IS: "time", "of": value.isoformat()}
        if isinstance(value, timedelta):
            return {IS: "length", "of": value / timedelta(microseconds=1)}
        if isinstance(value, random.SystemRandom):
            return {IS: "random", "of": None}
        if isinstance(value, random.Random):
            version, inner, gauss = value.getstate()
            return {IS: "random", "of": [version, list(inner), gauss]}
        if isinstance(value, WorldClock):
            hands = {"ahead": self.write(value.ahead), "stands": self.write(value.stands)}
            return {IS: "clock", **hands}
        return self._value(value)

    def _dict(self, value: dict[Any, Any]) -> Any:
        if all(isinstance(key, str) for key in value) and IS not in value:
            return {key: self.write(one) for key, one in value.items()}
        return {IS: "dict", "of": [[self.write(k), self.write(v)] for k, v in value.items()]}

    def _value(self, value: Any) -> Any:
        kind = type(value)
        if kinds().get(kind.__name__) is not kind:
            raise TypeError(f"a world holds a {kind.__name__}, which is no value of the domain")
        number = self._numbers.get(id(value))
        if number is not None:
            return {IS: "again", AGAIN: number}
        self._numbers[id(value)] = number = len(self._numbers)
        written = {IS: kind.__name__, AGAIN: number}
        for name, alias, raw, _ in fields_of(kinds()[kind.__name__]):
            inner = getattr(value, name)
            written[alias] = inner if raw else self.write(inner)
        return written
