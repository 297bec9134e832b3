"""What is left on a target that others use too, however a run of the judge ends.

Whoever makes something there is on the list until all of it is taken back. What is still on it in
the end, be that Ctrl-C or the target's, is written down as requests that take it back.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from attrs import asdict, define, field, frozen

from bookings_contract.findings.exchange import encoded
from bookings_contract.findings.operations import operation
from bookings_contract.target.model import Target
from bookings_contract.testkit.cleanup import CANCELATION, Cleanup

CANCEL, CANCEL_WHOLE = "cancelBooking", "cancelMultiServiceBooking"


@frozen
class Undone:
    """A request that takes something back; without a method it is for somebody to look for."""

    about: str
    method: str = ""
    path: str = ""
    body: str = ""


@define
class Leavings:
    """Everyone who may have something left on a target."""

    _makers: dict[int, tuple[Target, Cleanup]] = field(factory=dict)
    # What other processes of the judge have left.
    elsewhere: list[Undone] = field(factory=list)

    def watch(self, target: Target, made: Cleanup) -> None:
        """Somebody begins who may make something."""
        self._makers[id(made)] = (target, made)

    def settled(self, made: Cleanup) -> None:
        """All that they made is taken back."""
        self._makers.pop(id(made), None)

    @property
    def undone(self) -> list[Undone]:
        """What takes back all that is left."""
        found = [one for target, made in self._makers.values() for one in _left(target, made)]
        return list(dict.fromkeys([*found, *self.elsewhere]))


_LISTS: ContextVar[Leavings | None] = ContextVar("leavings", default=None)


@contextmanager
def watched() -> Iterator[Leavings]:
    """The list of whoever makes something in here."""
    mine = Leavings()
    before = _LISTS.set(mine)
    try:
        yield mine
    finally:
        _LISTS.reset(before)


def watch(target: Target, made: Cleanup) -> None:
    """Somebody may make something, which is on nobody's list on a mock or outside of `watched`."""
    mine = _LISTS.get()
    if mine is not None and not target.ours:
        mine.watch(target, made)


def settled(made: Cleanup) -> None:
    """All that they made is taken back."""
    mine = _LISTS.get()
    if mine is not None:
        mine.settled(made)


def announced(undone: Iterable[Undone]) -> None:
    """What another process has left."""
    mine = _LISTS.get()
    if mine is not None:
        mine.elsewhere += undone


def write(undone: Sequence[Undone], file: Path) -> None:
    """Writes the list down, for another process."""
    file.write_text(json.dumps([asdict(one) for one in undone]), "utf-8")


def read(file: Path) -> list[Undone]:
    """What another process wrote down, if it came to that."""
    try:
        return [Undone(**row) for row in json.loads(file.read_text("utf-8"))]
    except (OSError, ValueError):
        return []


# Inside


def _left(target: Target, made: Cleanup) -> Iterator[Undone]:
    def request(about: str, name: str, body: object, **path: str) -> Undone:
        one = operation(name)
        content = "" if body is None else encoded(body).decode()
        return Undone(about, one.method, one.url(path, target.paths), content)

    for whole in made.wholes_left:
        about = f"the booking of several services {whole}"
        yield request(about, CANCEL_WHOLE, CANCELATION, multiServiceBookingId=whole)
    for booking, revisions in made.bookings_left:
        several = f", whose revision is one of {', '.join(revisions)}" if revisions[1:] else ""
        for revision in revisions:
            content = {"revision": revision, **CANCELATION}
            yield request(f"the booking {booking}{several}", CANCEL, content, bookingId=booking)
    for built, (deletes, parameter) in made.built_left:
        bodied = "requestBody" in operation(deletes).definition
        yield request(
            f"what {deletes} deletes", deletes, {} if bodied else None, **{parameter: built}
        )
    yield from (Undone(about) for about in made.unnamed)
