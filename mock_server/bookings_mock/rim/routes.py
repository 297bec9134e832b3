"""Finds the operation that a method and a path name, aliases included, in one walk."""

from collections.abc import Mapping
from typing import Generic, TypeVar
from urllib.parse import unquote

from attrs import define, field

T = TypeVar("T")


@define
class _Node(Generic[T]):
    fixed: dict[str, "_Node[T]"] = field(factory=dict)
    # Parameters of this place: name, what follows it in the segment, and where it leads.
    params: list[tuple[str, str, "_Node[T]"]] = field(factory=list)
    methods: dict[str, T] = field(factory=dict)


class Routes(Generic[T]):
    """A tree of path segments. `{id}` takes one segment, `{id}:verb` one that ends so."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, method: str, template: str, target: T) -> None:
        """Serve the path template.

        Raises ValueError for a second target at one place, and for a place that no path leads to,
        since an earlier template calls its parameters by other names.
        """
        node = self._root
        for segment in _segments(template):
            node = _step(node, segment)
        if node.methods.setdefault(method.upper(), target) is not target:
            raise ValueError(f"{method.upper()} {template} is served already")
        if self.find(template)[0] is not node.methods:
            raise ValueError(f"{method.upper()} {template} has parameters of other names elsewhere")

    def find(self, raw_path: str) -> tuple[Mapping[str, T], dict[str, str]]:
        """What the path offers, by method, with its parameters; nothing if unknown.

        A character that is written as %XX is the same character, but for a slash: that is data.
        """
        values: dict[str, str] = {}
        segments = [unquote(segment) for segment in _segments(raw_path)]
        node = _walk(self._root, segments, 0, values)
        return (node.methods, values) if node else ({}, {})


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def _step(node: _Node[T], segment: str) -> _Node[T]:
    if not segment.startswith("{"):
        return node.fixed.setdefault(segment, _Node())
    name, _, suffix = segment[1:].partition("}")
    for known, end, child in node.params:
        if (known, end) == (name, suffix):
            return child
    child = _Node[T]()
    node.params.append((name, suffix, child))
    # The longest ending first: `{id}:verb` is tried before `{id}`.
    node.params.sort(key=lambda param: -len(param[1]))
    return child


def _walk(node: _Node[T], segments: list[str], at: int, values: dict[str, str]) -> _Node[T] | None:
    if at == len(segments):
        return node if node.methods else None
    segment = segments[at]
    fixed = node.fixed.get(segment)
    found = _walk(fixed, segments, at + 1, values) if fixed else None
    if found:
        return found
    for name, suffix, child in node.params:
        if segment.endswith(suffix) and len(segment) > len(suffix):
            found = _walk(child, segments, at + 1, values)
            if found:
                values[name] = segment.removesuffix(suffix)
                return found
    return None
