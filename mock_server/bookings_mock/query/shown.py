"""Fields that are read by their paths off what is shown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bookings_mock.query.fields import Field


def shown_field(path: str, kind: str, several: bool) -> Field[Mapping[str, Any]]:
    """The field at a path such as "locations.business.id", through any lists on the way.

    `kind` is as a Field has it; of `several` values all are read.
    """
    steps, made = path.split("."), _made(kind)
    if several:
        return Field(lambda shown: [made(one) for one in _values(shown, steps)], kind, True)
    return Field(lambda shown: next((made(one) for one in _values(shown, steps)), None), kind)


def _values(node: Any, steps: Sequence[str]) -> Iterator[Any]:
    """Every value that a path leads to; what is absent or null is none."""
    if isinstance(node, list):
        for one in node:
            yield from _values(one, steps)
    elif node is not None and not steps:
        yield node
    elif isinstance(node, Mapping):
        yield from _values(node.get(steps[0]), steps[1:])


def _made(kind: str) -> Callable[[Any], Any]:
    return datetime.fromisoformat if kind == "date" else lambda value: value
