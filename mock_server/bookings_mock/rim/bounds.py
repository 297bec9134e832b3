"""Holds whatever is sent to bounds, whatever it is for: so that all that is kept can be answered.

What is nested too deeply or holds too much is refused before anything else looks at it. What is
merely too long or too large in one place is told after all that the schema has to say: the API's
own limits come first.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from attrs import frozen

from bookings_mock.rim.violations import Complaints, Violation, field_path

# The steps that lead to a value, the last one first.
_Way: TypeAlias = "tuple[_Way, str | int] | None"


@frozen
class Bounds:
    """What any JSON is held to, as the document's `x-bounds` say it."""

    depth: int
    values: int
    fields: int
    items: int
    characters: int
    number: int
    conditions: int
    violations: int

    def overflow(self, value: Any) -> Complaints:
        """That a value is nested too deeply, or holds too many others; nothing else is looked at.

        It ends soon, whatever the value is.
        """
        left = self.values
        waiting: list[tuple[Any, int, _Way]] = [(value, 1, None)]
        while waiting:
            node, depth, way = waiting.pop()
            inner = _inner(node)
            if inner is None:
                continue
            if depth > self.depth:
                return _one(way, f"must be nested at most {self.depth} deep")
            left -= 2 * len(inner) if isinstance(node, dict) else len(inner)
            if left < 0:
                return _one(None, f"must hold at most {self.values} values and names in all")
            waiting += [(one, depth + 1, (way, step)) for step, one in inner.items()]
        return Complaints()

    def excess(self, value: Any) -> Complaints:
        """What is too long or too large in a value that does not overflow."""
        found = list(self._excess(value))
        return Complaints(tuple(found), 0).cut(self.violations)

    def _excess(self, value: Any) -> Iterator[Violation]:
        waiting: list[tuple[Any, _Way]] = [(value, None)]
        while waiting:
            node, way = waiting.pop()
            wrong = self._too_much(node)
            if wrong:
                said, rule, most = wrong
                yield Violation(_path(way), said, rule, {"threshold": most})
            inner = _inner(node)
            if inner:
                # The first one that was sent is the first one that is told.
                waiting += [(one, (way, step)) for step, one in reversed(list(inner.items()))]

    def _too_much(self, node: Any) -> tuple[str, str, int] | None:
        if isinstance(node, str):
            return _more(len(node), self.characters, _LONG)
        if isinstance(node, list):
            return _more(len(node), self.items, _MANY)
        if isinstance(node, Mapping):
            longest = max(map(len, node), default=0)
            long = _more(longest, self.characters, _NAMES)
            return long or _more(len(node), self.fields, _FIELDS)
        if isinstance(node, int | float) and abs(node) > self.number:
            least = node < 0
            most = -self.number if least else self.number
            said = f"must be at {'least' if least else 'most'} {most}"
            return said, "MIN" if least else "MAX", most
        return None


_LONG = ("must have a length of at most {}", "MAX_LENGTH")
_MANY = ("must have a number of items of at most {}", "MAX_SIZE")
_FIELDS = ("must have at most {} fields", "MAX_SIZE")
_NAMES = ("has a name of more than {} characters", "MAX_LENGTH")


def _more(size: int, most: int, words: tuple[str, str]) -> tuple[str, str, int] | None:
    return (words[0].format(most), words[1], most) if size > most else None


def _inner(node: Any) -> Mapping[Any, Any] | None:
    """What an object or a list holds, by its name or place; None for all else."""
    if isinstance(node, dict):
        return node
    return dict(enumerate(node)) if isinstance(node, list) else None


def _one(way: _Way, said: str) -> Complaints:
    return Complaints((Violation(_path(way), said),))


def _path(way: _Way) -> str:
    steps: list[str | int] = []
    while way:
        way, step = way
        steps.append(step)
    return field_path(reversed(steps)) or "body"
