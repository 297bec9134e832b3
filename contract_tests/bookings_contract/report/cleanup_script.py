"""Writes down what the judge could not take back, as a script that needs nothing but curl."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from bookings_contract.findings.sanitise import line, unsigned
from bookings_contract.report.console import print_error
from bookings_contract.report.naming import variable
from bookings_contract.target.masking import PLAIN_HEADERS, Mask
from bookings_contract.target.model import Target
from bookings_contract.testkit.leftovers import Undone, watched

FILE = "cleanup.sh"
TOKEN = variable("owner", "TOKEN")


@contextmanager
def offered(target: Target, folder: Path | None) -> Iterator[None]:
    """However what is done in here ends, what is left of it is written down, or at least said."""
    with watched() as leavings:
        try:
            yield
        finally:
            if undone := leavings.undone:
                _tell(undone, target, folder)


def _tell(undone: Sequence[Undone], target: Target, folder: Path | None) -> None:
    some = f"{len(undone)} thing{'s' if len(undone) > 1 else ''} may be left on the target"
    if folder is None:
        print_error(
            f"bookings-contract: {some}; this script takes it back:\n{text(undone, target)}"
        )
    else:
        print_error(f"bookings-contract: {some}: {write(undone, target, folder)} takes it back.")


def write(undone: Sequence[Undone], target: Target, folder: Path) -> Path:
    """Writes it beside the reports; what an earlier run has left there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    names = (f"cleanup-{number}.sh" if number > 1 else FILE for number in count(1))
    file = next(file for name in names if not (file := folder / name).exists())
    file.write_text(text(undone, target), "utf-8", errors="backslashreplace", newline="\n")
    file.chmod(0o755)
    return file


def text(undone: Sequence[Undone], target: Target) -> str:
    """The script. No secret is in it: it asks for them as environment variables."""
    lines = [*_head(target), *(part for one in undone for part in _undoing(one, target))]
    return Mask.of(target).text("\n".join(lines) + "\n")


def _head(target: Target) -> Iterator[str]:
    yield "#!/bin/sh"
    yield "# What bookings-contract made here and could not take back. Read it, then run it."
    yield "set -u"
    yield _asked(TOKEN, "the token of the owner")
    for name in _secret_headers(target):
        yield _asked(variable(name), f"the header {name}")
    if unsigned(target.url) != target.url:
        yield _asked("BASE_URL", f"{unsigned(target.url)} with its user and password")
    else:
        yield f"BASE_URL={_word(target.url)}"


def _asked(name: str, what: str) -> str:
    complaint = _word(f"export {name}: {what}")
    return f'[ -n "${{{name}:-}}" ] || {{ echo {complaint} >&2; exit 1; }}'


def _undoing(one: Undone, target: Target) -> Iterator[str]:
    yield ""
    yield f"# {line(one.about)}"
    if not one.method:
        return
    words = [f'curl -sS -g -X {one.method} "$BASE_URL"{_word(one.path)}']
    words.append(f'-H "authorization: ${TOKEN}"')
    words += [f'-H {_word(f"{name}: ")}"${variable(name)}"' for name in _secret_headers(target)]
    words += [f"-H {_word(f'{k}: {v}')}" for k, v in target.headers.items() if _is_plain(k)]
    if one.body:
        words += ["-H 'content-type: application/json'", f"--data-raw {_word(one.body)}"]
    yield " \\\n  ".join(words)
    yield "echo"


def _secret_headers(target: Target) -> list[str]:
    return [name for name in target.headers if not _is_plain(name)]


def _is_plain(name: str) -> bool:
    return name.lower() in PLAIN_HEADERS


def _word(text: str) -> str:
    return shlex.quote(line(text))
