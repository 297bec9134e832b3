"""The console that every word of the commands goes through: whoever wrote it, it stays a text."""

import json
import sys
from collections.abc import Iterable
from typing import IO, Any, TextIO

from rich.console import Console
from rich.text import Text

from bookings_contract.findings.sanitise import line, plain


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


def print_error(text: str) -> None:
    """A message, on the standard error."""
    print(plain(text), file=sys.stderr)


def print_lines(lines: Iterable[str]) -> None:
    """What was asked for, on the standard output."""
    print("\n".join(map(line, lines)))


def print_json(value: Any) -> None:
    """The same as JSON, in characters that every output has."""
    print(json.dumps(value, indent=2))


def print_file(text: str) -> None:
    """The same as a file that is in UTF-8, whatever the output is usually in."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def take_any_encoding(*streams: TextIO) -> None:
    """Has streams replace what their encoding has no character for, instead of failing."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
