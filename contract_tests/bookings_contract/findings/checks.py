"""What an answer had to be, as data, so that a breach can be tried again without the judge.

Plain values; nobody here looks at an answer.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from bookings_openapi import Answer as Refusal

Path = tuple[str | int, ...]


@frozen
class Refused:
    """Any refusal."""


@frozen
class Accepted:
    """Any success."""


@frozen
class RefusedWith:
    """A refusal with a status and a code that one of these tolerates."""

    ways: tuple[Refusal, ...]


@frozen
class Answered:
    """Any answer but a fault of the server."""


@frozen
class Shaped:
    """An answer with nothing wrong by this rule of shape."""

    rule: str


@frozen
class Holds:
    """A value somewhere in the answer; `name` says which, as well as words can."""

    name: str
    expected: object
    actual: object


@frozen
class Shows:
    """These values at these places of the answer."""

    places: tuple[tuple[Path, object], ...]


@frozen
class Meets:
    """An answer that shows some ids and others not; or a walk that meets each on one page."""

    present: tuple[str, ...]
    absent: tuple[str, ...] = ()
    walked: bool = False


@frozen
class Ordered:
    """A list whose entries come in the order of one of these values, some of them descending."""

    place: Path
    ways: tuple[tuple[Path, bool], ...]


@frozen
class Signed:
    """Deliveries, each of them a token that the key shown beside them verifies."""


Check = (
    Refused | Accepted | RefusedWith | Answered | Shaped | Holds | Shows | Meets | Ordered | Signed
)


def changed(before: Any, after: Any, at: Path = ()) -> Iterator[tuple[Path, object]]:
    """The places at which two shown values differ, each with what was there before."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            yield from changed(before.get(key), after.get(key), (*at, key))
    elif before != after:
        yield at, before
