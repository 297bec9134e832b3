"""`bookings-contract doctor`: is the target configured right?"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve

from bookings_contract.commands import Commands
from bookings_contract.doctor import Check, examine, found, show
from bookings_contract.doctor.check import wrong
from bookings_contract.doctor.silence import silence
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.sanitise import unsigned
from bookings_contract.findings.verdicts import Exit
from bookings_contract.report import cleanup_script
from bookings_contract.report.console import Terminal, print_json
from bookings_contract.target.masking import discreetly
from bookings_contract.target.model import Target
from bookings_contract.target.reading import read_toml, recognise, unset

HELP = "find out what is wrong with a target file, apart from the implementation"
DESCRIPTION = """\
Looks whether a target is configured right: reached, known to it, its services there and ahead. It
judges nothing: what it calls wrong is for the target file to mend. What it books is CREATED only,
under names of its own, sends no message, and is canceled in the end.
"""
EPILOG = """\
examples:
  bookings-contract doctor --target staging.toml
  bookings-contract doctor http://127.0.0.1:8080        a running bookings-mock

exit codes:
  0  nothing is wrong                 2  something is wrong: what to change is said
                                      3  the harness's own fault
"""


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "doctor",
        help=HELP,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", metavar="URL", nargs="?", help="the target's address")
    parser.add_argument("--target", metavar="FILE", type=Path, help="a target file (TOML)")
    parser.add_argument("--json", action="store_true", help="every check, as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Examines it, and says what is wrong."""
    if options.url is None and options.target is None:
        raise ConfigurationError("Name what to look at: a URL, or --target FILE.")
    target, checks = _target(options.url, options.target)
    if target is not None:
        with discreetly(target), cleanup_script.offered(target, None):
            checks += examine(target)
    name = unsigned(options.url or (target.url if target else str(options.target)))
    if options.json:
        print_json(show.as_json(name, checks))
    else:
        show.on(Terminal(), name, checks)
    return Exit.NOT_JUDGED if found(checks) else Exit.KEPT


def _target(url: str | None, file: Path | None) -> tuple[Target | None, list[Check]]:
    """What is to be examined, or why that can't even be read."""
    if file is None:
        assert url is not None
        return _met(url)
    if lacking := unset(file):
        return None, [variable_unset(place, name) for place, name in lacking.items()]
    try:
        target = read_toml(file)
    except ConfigurationError as error:
        return None, [unreadable(file, error)]
    return target if url is None else evolve(target, url=url.rstrip("/")), []


def _met(url: str) -> tuple[Target | None, list[Check]]:
    """Whoever answers at the address, if it describes itself."""
    try:
        target = recognise(url)
    except ConfigurationError as error:
        return None, [silence(url, error.__cause__ or error)]
    return target, [] if target else [undescribed(url)]


def variable_unset(place: str, name: str) -> Check:
    """The environment lacks a variable that the target file reads."""
    return wrong(
        "variable-unset",
        place,
        seen=f"the environment variable {name} is not set",
        expected=f"{place} to be read from {name}",
        change=f"export {name}=…, or {place}",
    )


def unreadable(file: Path, error: ConfigurationError) -> Check:
    """The target file can't be read, or not be understood."""
    return wrong(
        "target-file",
        "target file",
        seen=str(error),
        expected="a target file: `bookings-contract target --template` explains every key",
        change=str(file),
    )


def undescribed(url: str) -> Check:
    """Somebody answers who does not say what there is to book, nor who may."""
    return wrong(
        "target-file-missing",
        "target file",
        seen=f"{url} is not a bookings-mock, so it does not describe itself",
        expected="a target file that names its callers and services",
        change="pass --target FILE; begin with `bookings-contract target --template`",
    )


@contextmanager
def at_hand(url: str | None, file: Path | None) -> Iterator[None]:
    """Whatever is wrong with the configuration here, the doctor knows more of it."""
    try:
        yield
    except ConfigurationError as error:
        words = [url, None if file is None else f"--target {file}"]
        asked = " ".join(word for word in ("bookings-contract doctor", *words) if word)
        raise ConfigurationError(f"{error}\n`{asked}` looks for what is wrong.") from error
