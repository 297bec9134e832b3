"""What later requests of a story carry over from earlier answers: ids, revisions, cursors."""

import builtins
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from attrs import define, field, frozen

from bookings_contract.findings.checks import Path
from bookings_contract.findings.exchange import GUID, Exchange, leaves

# Words as short as these may well have been met by chance.
LONG = 16
# Names that mean something where replays are written down.
TAKEN = {
    *(
        *keyword.kwlist,
        *dir(builtins),
        "answer",
        "at",
        "beside",
        "normalised",
        "http",
        "pick",
        "show",
    ),
    *("shown", "usual"),
}


@frozen
class Carried:
    """A value of an answer that later requests name."""

    name: str
    step: int
    at: Path


@frozen
class Beside:
    """A revision that lies this far beside a carried one."""

    carried: Carried
    by: int


Piece = str | Carried | Beside


@frozen
class Text:
    """A string, in part carried over."""

    pieces: tuple[Piece, ...]


@define
class Carrying:
    """Finds out which values of requests come from earlier answers."""

    # What the target has by itself: these may be written as they are.
    known: frozenset[str]
    _origins: dict[str, tuple[int, Path]] = field(factory=dict)
    _asked: set[str] = field(factory=set)
    # Each booking's revisions, the newest last.
    _revisions: dict[str, list[tuple[str, int, Path]]] = field(factory=dict)
    _named: dict[tuple[int, Path], Carried] = field(factory=dict)

    def meet(self, step: int, exchange: Exchange) -> None:
        """Learns what an exchange asked and showed."""
        self._asked.update(_words(exchange.request_json), GUID.findall(exchange.path))
        self._asked.update(GUID.findall(exchange.request_text))
        for at, value in leaves(exchange.json):
            if not isinstance(value, str) or len(value) < LONG:
                continue
            if value not in self._asked and value not in self.known:
                self._origins.setdefault(value, (step, at))
        for at, booking in _bookings(exchange.json):
            shown = (str(booking["revision"]), step, (*at, "revision"))
            self._revisions.setdefault(str(booking["id"]), []).append(shown)

    def text(self, value: str) -> str | Text:
        """A string with everything carried in it marked."""
        if value in self._origins:
            return Text((self._carry(*self._origins[value]),))
        found = self._pieces(value)
        return found if any(not isinstance(piece, str) for piece in found.pieces) else value

    def path(self, path: str) -> Text:
        """A path and its query, likewise; long values stand there in their quoted form."""
        pieces: list[Piece] = [path]
        for value, origin in self._origins.items():
            written = quote(value, safe=":")
            if written == value:
                pieces = [part for piece in pieces for part in self._split(piece, value, origin)]
        return Text(tuple(piece for piece in pieces if piece != ""))

    def body(self, node: Any, booking: str | None) -> Any:
        """A JSON body, likewise; its revision is the booking's that the path names."""
        if isinstance(node, dict):
            return {key: self._member(key, value, booking) for key, value in node.items()}
        if isinstance(node, list):
            return [self.body(value, booking) for value in node]
        return self.text(node) if isinstance(node, str) else node

    def by_step(self) -> dict[int, tuple[Carried, ...]]:
        """Everything that is carried, by the answer that it comes from."""
        steps: dict[int, list[Carried]] = {}
        for carried in self._named.values():
            steps.setdefault(carried.step, []).append(carried)
        return {step: tuple(found) for step, found in steps.items()}

    def _member(self, key: str, value: Any, booking: str | None) -> Any:
        if key == "revision" and isinstance(value, str) and booking in self._revisions:
            return self._revision(value, self._revisions[booking])
        return self.body(value, booking)

    def _revision(self, value: str, shown: Sequence[tuple[str, int, Path]]) -> str | Text:
        """A revision that was shown, or one beside the newest."""
        for revision, step, at in reversed(shown):
            if revision == value:
                return Text((self._carry(step, at),))
        newest, step, at = shown[-1]
        if newest.isdecimal() and value.isdecimal() and abs(int(value) - int(newest)) <= 2:
            return Text((Beside(self._carry(step, at), int(value) - int(newest)),))
        return value

    def _pieces(self, value: str) -> Text:
        pieces: list[Piece] = []
        end = 0
        for found in GUID.finditer(value):
            if found[0] in self._origins:
                pieces += [value[end : found.start()], self._carry(*self._origins[found[0]])]
                end = found.end()
        return Text(tuple(piece for piece in (*pieces, value[end:]) if piece != ""))

    def _split(self, piece: Piece, value: str, origin: tuple[int, Path]) -> Iterator[Piece]:
        if not isinstance(piece, str) or value not in piece:
            yield piece
            return
        carried = self._carry(*origin)
        for number, part in enumerate(piece.split(value)):
            if number:
                yield carried
            yield part

    def _carry(self, step: int, at: Path) -> Carried:
        if (step, at) not in self._named:
            taken = {carried.name for carried in self._named.values()}
            name = _name(at)
            if name in taken or name in TAKEN:
                name = f"{name}_{step}"
            while name in taken:
                name += "_"
            self._named[step, at] = Carried(name, step, at)
        return self._named[step, at]


def _name(at: Path) -> str:
    """What to call a value: `booking_id` for the id of a booking."""
    words = [str(word) for word in at if isinstance(word, str)] or ["value"]
    last = words[-1] if words[-1] != "id" or len(words) < 2 else f"{words[-2]}Id"
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last).lower()
    return re.sub(r"\W", "_", snake, flags=re.ASCII).strip("_").lstrip("0123456789_") or "value"


def _words(node: Any) -> Iterator[str]:
    return (value for _, value in leaves(node) if isinstance(value, str))


def _bookings(node: Any, at: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Whatever has an id and a revision."""
    if isinstance(node, dict):
        if isinstance(node.get("id"), str) and node.get("revision") is not None:
            yield at, node
        for key, value in node.items():
            yield from _bookings(value, (*at, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _bookings(value, (*at, number))
