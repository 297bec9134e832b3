"""The command `bookings-mock`: serves a site on a port of this machine."""

import argparse
import contextlib
import logging
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bookings_fixtures
import bookings_openapi
from bookings_mock import serving, site_command, usage
from bookings_mock.address import AddressError, hosts, listen, names, reached, url
from bookings_mock.app import Built, build
from bookings_mock.clock import ClockError, frozen_at, read_moment, wall_clock
from bookings_mock.completion import add_completion
from bookings_mock.files import FileError, read_site_file
from bookings_mock.heard import have_said, say
from bookings_mock.keeping import save_at_the_end, saving
from bookings_mock.miniatures import all_miniatures
from bookings_mock.serving import Wire
from bookings_mock.site import SiteError
from bookings_mock.starter import end_with_input, told_ready
from bookings_mock.state_file import StateFile
from bookings_mock.tls import Secured, TlsError, secured
from bookings_mock.version import VERSION
from bookings_mock.welcome import led, trusting, welcome

PORT, TLS_PORT = 8080, 8443

EXAMPLES = """\
examples:
  bookings-mock                               the site "studio" on http://127.0.0.1:8080
  bookings-mock --port 9000 --seed 7          elsewhere, with the ids of another run
  bookings-mock --site ./salon.yaml           a site of your own
  bookings-mock site --template               such a file, explained; `site --check FILE` checks one
  bookings-mock --clock 2031-02-28T09:30:00Z  a clock that stands; POST /_mock/clock moves it
  bookings-mock --state day.json              goes on where it stopped the last time
  bookings-mock --tls                         https://127.0.0.1:8443, also as www.wixapis.com
  bookings-mock --reading CANCEL-5=B          the other side of what the sources leave open
  bookings-mock --strict                      refuses what the API only advises against
  bookings-mock --break CONFIRM-1             a server that confirms bookings of any status
  bookings-mock --list-breaks                 every way in which it can be wrong on purpose
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; answers its exit code: 0, or 2 for arguments that can't be used."""
    try:
        return _command(list(sys.argv[1:] if arguments is None else arguments))
    finally:
        have_said()


def _command(given: Sequence[str]) -> int:
    if given[:1] == [site_command.NAME]:
        return site_command.run(given[1:])
    options = _parser().parse_args(given)
    with contextlib.suppress(KeyboardInterrupt):
        return _main(options)
    return 0  # Stopped before it served anything: nothing is lost.


def _main(options: argparse.Namespace) -> int:
    if options.list_breaks:
        _list_breaks()
        return 0
    if options.save_every and options.state is None:
        print("bookings-mock: --save-every needs --state FILE to save to", file=sys.stderr)
        return 2
    try:
        kept = StateFile(options.state) if options.state is not None else None
    except FileError as problem:
        print(f"bookings-mock: {problem.args[0]}", file=sys.stderr)
        return 2
    with kept or contextlib.nullcontext():
        return _run(options, kept)


def _secured(options: argparse.Namespace) -> contextlib.AbstractContextManager[Secured | None]:
    if options.tls is None:
        return contextlib.nullcontext()
    return secured(_certified(options), options.tls or None, wall_clock())


def _certified(options: argparse.Namespace) -> list[str]:
    """All names and addresses under which the mock may be asked."""
    allowed = [name for name in options.allow_hosts if name != "*"]
    return list(dict.fromkeys([*_api_hosts(), *names(options.host), *allowed]))


def _api_hosts() -> list[str]:
    return hosts(bookings_openapi.load(controls=False))


def _run(options: argparse.Namespace, kept: StateFile | None) -> int:
    try:
        home = _home(options)
        built = _built(home, options)
    except (LookupError, ClockError, FileError, SiteError) as problem:
        print(f"bookings-mock: {problem.args[0]}", file=sys.stderr)
        return 2
    try:
        # The certificate only once it listens: the one that lies there may be of a mock that runs.
        with listen(options.host, _port(options)) as listening, _secured(options) as tls:
            server = _server(built, kept, options, tls)
            return _serve(options, home, server, listening, tls) or _saved(built, kept)
    except (AddressError, TlsError) as problem:
        print(f"bookings-mock: {problem.args[0]}", file=sys.stderr)
        return 2


def _serve(
    options: argparse.Namespace,
    home: Mapping[str, Any],
    server: serving.Server,
    listening: socket.socket,
    tls: Secured | None,
) -> int:
    server.end_on_signals()
    # Whoever reads the welcome can connect at once: the socket listens already.
    here = url(options.host, listening, "https" if tls else "http")
    way = led(reached(options.host, listening), _api_hosts(), tls) if tls else ""
    trusted = trusting(tls) if tls else ""
    say(welcome(here, home, _settings(options), way, trusted))
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING)
    try:
        with _told_starter(options, here):
            server.run(sockets=[listening])
    except FileError as problem:
        print(f"bookings-mock: {problem.args[0]}", file=sys.stderr)
        return 2
    return 0


def _saved(built: Built, kept: StateFile | None) -> int:
    code = save_at_the_end(built.mock, kept) if kept else 0
    if not code:
        say("goodbye")
    return code


def _told_starter(
    options: argparse.Namespace, here: str
) -> contextlib.AbstractContextManager[None]:
    if options.end_with_input:
        end_with_input()
    if options.ready_file is None:
        return contextlib.nullcontext()
    return told_ready(options.ready_file, here)


def _server(
    built: Built, kept: StateFile | None, options: argparse.Namespace, tls: Secured | None
) -> serving.Server:
    """What serves, and saves every so often if it is asked to."""
    tick = saving(built.mock, kept) if kept and options.save_every else None
    every = options.save_every if tick else 0
    return serving.server(built.app, tick, every, _wire(options), tls.context if tls else None)


def _port(options: argparse.Namespace) -> int:
    usual = PORT if options.tls is None else TLS_PORT
    return usual if options.port is None else int(options.port)


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
            random_keys=options.random_keys,
            breaks=options.breaks,
            readings=_readings(options.readings),
            strict=_strict(options.strict),
            rate_limit=options.rate_limit,
            max_worlds=options.max_worlds,
            allow_hosts=_answered(options),
            allow_origins=options.allow_origins,
        )
    except SiteError as error:
        raise FileError(f"{_source(options)}: {error}") from None


def _answered(options: argparse.Namespace) -> list[str]:
    """The names under which the controls answer: under TLS, those of the API as well."""
    api = [] if options.tls is None else _api_hosts()
    return [options.host, *options.allow_hosts, *api]


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


def _strict(chosen: str | None) -> tuple[str, ...]:
    """The advice that refuses: what was named, or all of it where nothing was."""
    if chosen is None:
        return ()
    if chosen:
        return tuple(name.strip().upper() for name in chosen.split(","))
    return tuple(r.id for r in bookings_openapi.rules().values() if r.level == "ADVICE")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bookings-mock",
        description="A stateful mock of the Wix Bookings REST API that keeps the API's rules.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--host",
        type=usage.host,
        default="127.0.0.1",
        help="address to listen on (127.0.0.1; 0.0.0.0 or :: for all)",
    )
    parser.add_argument(
        "--port",
        type=usage.port,
        help=f"port to listen on ({PORT}, or {TLS_PORT} with --tls; 0 picks a free one)",
    )
    parser.add_argument(
        "--tls",
        nargs="?",
        type=Path,
        const=False,  # No text, not even an empty one: that would be the folder one stands in.
        metavar="FOLDER",
        help="serve https, with certificates for the API's hosts too; the one to trust is written "
        "into this folder, or into a temporary one",
    )
    parser.add_argument(
        "--allow-host",
        dest="allow_hosts",
        type=usage.host,
        action="append",
        default=[],
        metavar="NAME",
        help="answer the mock's controls under this name too (this machine's own; * for any); may "
        "be given several times",
    )
    parser.add_argument(
        "--allow-origin",
        dest="allow_origins",
        action="append",
        type=usage.origin,
        default=[],
        metavar="URL",
        help="let the pages of this origin use the mock's controls, such as http://localhost:5173 "
        "(none; * for any); may be given several times",
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
        "--save-every",
        type=usage.positive("never"),
        default=0,
        metavar="N",
        help="save the state every N seconds as well (only at the stop)",
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
        type=usage.positive("no limit"),
        metavar="N",
        help="refuse the calls of a caller beyond N in a minute (no limit)",
    )
    usual = bookings_openapi.load()["x-limits"]["worlds"]
    parser.add_argument(
        "--max-worlds",
        type=usage.positive(str(usual)),
        default=usual,
        metavar="N",
        help=f"keep at most N worlds: of more the one that idled longest gives way ({usual})",
    )
    parser.add_argument(
        "--strict",
        nargs="?",
        const="",
        metavar="ID,…",
        help="refuse what the API accepts and advises against: these ADVICE rules, or all of them",
    )
    _add_chance(parser)
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
    _add_starter(parser)
    _add_patience(parser)
    add_completion(parser)
    parser.add_argument("--verbose", action="store_true", help="log why each refusal was given")
    parser.add_argument("--version", action="version", version=f"bookings-mock {VERSION}")
    return parser


def _add_chance(parser: argparse.ArgumentParser) -> None:
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--seed", type=usage.whole, default=0, help="ids follow from this number (0)")
    one.add_argument(
        "--random-keys",
        action="store_true",
        help="draw tokens, ids and what seals cursors so that nobody can guess them; no run is "
        "like another then",
    )


def _add_starter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ready-file",
        type=Path,
        metavar="FILE",
        help="write a line of JSON (url, pid, version) to this file once the mock listens, for the "
        "program that starts it; gone once it stops",
    )
    parser.add_argument(
        "--end-with-input",
        action="store_true",
        help="stop once standard input ends, as it does with the program that holds its pipe",
    )


def _add_patience(parser: argparse.ArgumentParser) -> None:
    usual = Wire()
    for name, seconds, what in (
        ("--head-timeout", usual.head_seconds, "the line and headers of a request"),
        (
            "--body-timeout",
            usual.body_seconds,
            "the body of a request, or a client that reads",
        ),
        ("--idle-timeout", usual.idle_seconds, "a next request over the same connection"),
        ("--grace", usual.grace_seconds, "open requests, once it is asked to stop"),
    ):
        parser.add_argument(
            name,
            type=usage.seconds,
            default=seconds,
            metavar="S",
            help=f"wait this long, in seconds, for {what} ({seconds:g})",
        )


def _wire(options: argparse.Namespace) -> Wire:
    return Wire(
        head_seconds=options.head_timeout,
        body_seconds=options.body_timeout,
        idle_seconds=options.idle_timeout,
        grace_seconds=options.grace,
    )


def _list_breaks() -> None:
    width = max(len(name) for name in all_miniatures())
    say("\n".join(f"{name:{width}}  {one.about}" for name, one in all_miniatures().items()))


def _settings(options: argparse.Namespace) -> str:
    """What is not as usual, a line each."""
    told = {
        "wrong on purpose": ", ".join(options.breaks),
        "readings": ", ".join(options.readings),
        "strict about": ", ".join(_strict(options.strict)),
        "the clock stands at": options.clock,
        "state kept in": options.state,
        "keys, tokens and ids": "random" if options.random_keys else None,
    }
    return "".join(f"\n{what}: {value}" for what, value in told.items() if value)


if __name__ == "__main__":
    sys.exit(main())
