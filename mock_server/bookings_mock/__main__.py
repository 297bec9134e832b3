"""The command `bookings-mock`: serves a site on a port of this machine."""

import argparse
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bookings_fixtures
import bookings_openapi
from bookings_mock import serving
from bookings_mock.app import Built, build
from bookings_mock.callers import split_token
from bookings_mock.clock import ClockError, frozen_at, read_moment, wall_clock
from bookings_mock.files import FileError, read_site_file, write_state
from bookings_mock.miniatures import all_miniatures
from bookings_mock.saved import state
from bookings_mock.site import SiteError
from bookings_mock.version import VERSION

EXAMPLES = """\
examples:
  bookings-mock                               the site "studio" on http://127.0.0.1:8080
  bookings-mock --port 9000 --seed 7          elsewhere, with the ids of another run
  bookings-mock --site ./salon.yaml           a site of your own
  bookings-mock --clock 2031-02-28T09:30:00Z  a clock that stands; POST /_mock/clock moves it
  bookings-mock --state day.json              goes on where it stopped the last time
  bookings-mock --reading CANCEL-5=B          the other side of what the sources leave open
  bookings-mock --strict                      refuses what the API only advises against
  bookings-mock --break CONFIRM-1             a server that confirms bookings of any status
  bookings-mock --list-breaks                 every way in which it can be wrong on purpose
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; answers its exit code: 0, or 2 for arguments that can't be used."""
    options = _parser().parse_args(arguments)
    if options.list_breaks:
        _list_breaks()
        return 0
    try:
        home = _home(options)
        built = _built(home, options)
    except (LookupError, ClockError, FileError, SiteError) as problem:
        print(f"bookings-mock: {problem.args[0]}", file=sys.stderr)
        return 2
    try:
        listening = socket.create_server((options.host, options.port))
    except OSError as taken:
        where = f"{options.host}:{options.port}"
        print(f"bookings-mock: can't listen on {where}: {taken} (try --port)", file=sys.stderr)
        return 2
    # Whoever reads the welcome can connect at once: the socket listens already.
    port = listening.getsockname()[1]
    print(_welcome(f"http://{options.host}:{port}", home, options), flush=True)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING)
    if options.state is None:
        serving.server(built.app).run(sockets=[listening])
        return 0
    return _served_and_saved(built, listening, options.state)


def _home(options: argparse.Namespace) -> dict[str, Any]:
    """The contents of the site file to serve: a state that was saved, a file, or a fixture."""
    if options.state is not None and options.state.exists():
        return read_site_file(options.state)
    if options.site in bookings_fixtures.sites():
        return bookings_fixtures.load(options.site)
    path = Path(options.site)
    if path.exists() or path.suffix:
        return read_site_file(path)
    known = ", ".join(bookings_fixtures.sites())
    raise LookupError(f"there is no site and no file {options.site!r}; there are {known}")


def _built(home: Mapping[str, Any], options: argparse.Namespace) -> Built:
    try:
        return build(
            home,
            clock=frozen_at(read_moment(options.clock)) if options.clock else wall_clock,
            seed=options.seed,
            breaks=options.breaks,
            readings=_readings(options.readings),
            strict=_strict(options.strict),
            rate_limit=options.rate_limit,
        )
    except SiteError as error:
        raise SiteError(f"{_source(options)}: {error}") from None


def _source(options: argparse.Namespace) -> str:
    """Where the site comes from, as the user named it."""
    loaded = options.state is not None and options.state.exists()
    return str(options.state if loaded else options.site)


def _readings(chosen: Sequence[str]) -> dict[str, str]:
    readings: dict[str, str] = {}
    for one in chosen:
        rule, equals, letter = one.partition("=")
        if not equals:
            raise LookupError(f"--reading {one}: write it as ID=LETTER, such as CANCEL-5=B")
        readings[rule.strip().upper()] = letter.strip().upper()
    return readings


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _strict(chosen: str | None) -> tuple[str, ...]:
    """The advice that refuses: what was named, or all of it where nothing was."""
    if chosen is None:
        return ()
    if chosen:
        return tuple(name.strip().upper() for name in chosen.split(","))
    return tuple(r.id for r in bookings_openapi.rules().values() if r.level == "ADVICE")


def _served_and_saved(built: Built, listening: socket.socket, path: Path) -> int:
    """Serve until it is stopped, then save what its worlds hold."""
    # The server repeats the signal that stopped it, which would end us before anything is saved.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt, SystemExit):
        serving.server(built.app).run(sockets=[listening])
    try:
        write_state(path, state(built.mock))
    except FileError as problem:
        print(f"bookings-mock: {problem.args[0]}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bookings-mock",
        description="A stateful mock of the Wix Bookings REST API that keeps the API's rules.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument(
        "--port", type=int, default=8080, help="port to listen on (8080; 0 picks a free one)"
    )
    sites = ", ".join(bookings_fixtures.sites())
    parser.add_argument(
        "--site",
        default="studio",
        metavar="NAME|FILE",
        help=f"the site to serve: {sites}, or a site file in YAML or JSON (studio)",
    )
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="keep all worlds in this file: loaded at the start if it is there (then it says the "
        "site too), saved at the stop",
    )
    parser.add_argument(
        "--clock", metavar="ISO", help="begin every world at this moment, with a clock that stands"
    )
    parser.add_argument(
        "--reading",
        dest="readings",
        action="append",
        default=[],
        metavar="ID=LETTER",
        help="which side to take where the sources leave a rule open; may be given several times",
    )
    parser.add_argument(
        "--rate-limit",
        type=_positive,
        metavar="N",
        help="refuse the calls of a caller beyond N in a minute (no limit)",
    )
    parser.add_argument(
        "--strict",
        nargs="?",
        const="",
        metavar="ID,…",
        help="refuse what the API accepts and advises against: these ADVICE rules, or all of them",
    )
    parser.add_argument("--seed", type=int, default=0, help="ids follow from this number (0)")
    parser.add_argument(
        "--break",
        dest="breaks",
        action="append",
        default=[],
        metavar="NAME",
        help="be wrong on purpose: the id of a rule; may be given several times",
    )
    parser.add_argument(
        "--list-breaks", action="store_true", help="list what --break takes, and stop"
    )
    parser.add_argument("--verbose", action="store_true", help="log why each refusal was given")
    parser.add_argument("--version", action="version", version=f"bookings-mock {VERSION}")
    return parser


def _list_breaks() -> None:
    width = max(len(name) for name in all_miniatures())
    for name, miniature in all_miniatures().items():
        print(f"{name:{width}}  {miniature.about}")


def _welcome(url: str, home: Mapping[str, Any], options: argparse.Namespace) -> str:
    callers = home["callers"]
    width = max((len(name) for name in callers), default=0)
    tokens = "\n".join(f"  {name:{width}}  {one['token']}" for name, one in callers.items())
    first = next((split_token(one["token"])[0] for one in callers.values()), "TOKEN")
    return f"""\
bookings-mock {VERSION} serves {home["site"]["name"]} on {url}{_settings(options)}

callers and their tokens (a suffix selects a world of your own: {first}@mine)
{tokens}

try
  curl {url}/_mock/site
  curl -H 'Authorization: {first}' -H 'Content-Type: application/json' \\
    -d '{{"query": {{}}}}' {url}/_api/bookings-reader/v2/extended-bookings/query

under {url}/_mock/ there are also
  sessions, events, messages   what has happened
  requests                     what was asked, which rule it broke, and advice
  clock, snapshots, readings   the hour, what a world was, which side it takes
  reset                        a world begins anew

stop with Ctrl+C"""


def _settings(options: argparse.Namespace) -> str:
    """What is not as usual, a line each."""
    told = {
        "wrong on purpose": ", ".join(options.breaks),
        "readings": ", ".join(options.readings),
        "strict about": ", ".join(_strict(options.strict)),
        "the clock stands at": options.clock,
        "state kept in": options.state,
    }
    return "".join(f"\n{what}: {value}" for what, value in told.items() if value)


if __name__ == "__main__":
    sys.exit(main())
