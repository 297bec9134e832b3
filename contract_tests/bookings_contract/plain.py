"""Text that somebody else wrote, made fit to be shown: nothing in it steers what it is shown on.

Controls and escapes, marks that turn the direction of what follows, and halves of characters give
way to a mark of their own; on one line, so do line breaks.
"""

import json
import re
import sys
from collections.abc import Iterable
from typing import IO, Any, TextIO

from rich.console import Console
from rich.text import Text

INSTEAD = "\ufffd"
STEERING = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tabs and line feeds
    "\xad\u061c\u180e\u200b\u200e\u200f"  # what is not seen
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # line breaks, directions, annotations
    "\ud800-\udfff"  # halves of characters
    "\ufdd0-\ufdef\ufffe\uffff"  # what is no character
    "\U000e0000-\U000e007f"  # tags
    "]"
)
BREAKS = re.compile(r"[\t\n]+")


def plain(text: str) -> str:
    """The text without anything that steers; its line feeds stay."""
    return STEERING.sub(INSTEAD, text)


def line(text: str) -> str:
    """The same on one line, which nobody can make look like two."""
    return BREAKS.sub(" ", plain(text))


def escaped(document: str) -> str:
    """The same of a text that is JSON, where an escape can say it."""
    return STEERING.sub(_escape, document)


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


class Terminal(Console):
    """A console on which every text stays on its line, whoever wrote it."""

    def __init__(self, file: IO[str] | None = None) -> None:
        super().__init__(file=file, highlight=False, markup=False, emoji=False)

    def print(self, *objects: Any, **how: Any) -> None:
        """Prints texts."""
        super().print(*map(_shown, objects), **how)


def _shown(what: Any) -> Any:
    if isinstance(what, str):
        return line(what)
    if isinstance(what, Text):
        # Character by character, so that its styles stay where they are.
        what.plain = "".join(line(character) for character in what.plain)
    return what


def complain(text: str) -> None:
    """A message, on the standard error."""
    print(plain(text), file=sys.stderr)


def say(lines: Iterable[str]) -> None:
    """What was asked for, on the standard output."""
    print("\n".join(map(line, lines)))


def say_json(value: Any) -> None:
    """The same as JSON, in characters that every output has."""
    print(json.dumps(value, indent=2))


def say_file(text: str) -> None:
    """The same as a file that is in UTF-8, whatever the output is usually in."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def everywhere(node: Any) -> Any:
    """JSON whose every text is plain."""
    if isinstance(node, dict):
        return {plain(key): everywhere(value) for key, value in node.items()}
    if isinstance(node, list):
        return [everywhere(value) for value in node]
    return plain(node) if isinstance(node, str) else node


def take_any_encoding(*streams: TextIO) -> None:
    """Has streams replace what their encoding has no character for, instead of failing."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
