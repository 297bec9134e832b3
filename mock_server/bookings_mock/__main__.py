"""The command `bookings-mock`: serves a site on a port of this machine."""

import argparse
import logging
import socket
import sys
from collections.abc import Sequence

import uvicorn

import bookings_fixtures
from bookings_mock.app import create_app
from bookings_mock.callers import split_token
from bookings_mock.miniatures import all_miniatures
from bookings_mock.version import VERSION

EXAMPLES = """\
examples:
  bookings-mock                               the site "studio" on http://127.0.0.1:8080
  bookings-mock --port 9000 --seed 7          elsewhere, with the ids of another run
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
        app = create_app(options.site, seed=options.seed, breaks=options.breaks)
    except LookupError as unknown:
        print(f"bookings-mock: {unknown.args[0]}", file=sys.stderr)
        return 2
    try:
        listening = socket.create_server((options.host, options.port))
    except OSError as taken:
        where = f"{options.host}:{options.port}"
        print(f"bookings-mock: can't listen on {where}: {taken} (try --port)", file=sys.stderr)
        return 2
    # Whoever reads the welcome can connect at once: the socket listens already.
    port = listening.getsockname()[1]
    print(_welcome(f"http://{options.host}:{port}", options.site, options.breaks), flush=True)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING)
    config = uvicorn.Config(app, log_level="warning", access_log=False, ws="none")
    uvicorn.Server(config).run(sockets=[listening])
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
    parser.add_argument("--site", default="studio", help=f"the site to serve: {sites} (studio)")
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


def _welcome(url: str, site: str, breaks: Sequence[str]) -> str:
    callers = bookings_fixtures.load(site)["callers"]
    width = max(len(name) for name in callers)
    tokens = "\n".join(f"  {name:{width}}  {one['token']}" for name, one in callers.items())
    wrong = f"\nwrong on purpose: {', '.join(breaks)}" if breaks else ""
    first = split_token(next(iter(callers.values()))["token"])[0]
    return f"""\
bookings-mock {VERSION} serves {site} on {url}{wrong}

callers and their tokens (a suffix selects a world of your own: {first}@mine)
{tokens}

try
  curl {url}/_mock/site
  curl -H 'Authorization: {first}' -H 'Content-Type: application/json' \\
    -d '{{"query": {{}}}}' {url}/_api/bookings-reader/v2/extended-bookings/query

stop with Ctrl+C"""


if __name__ == "__main__":
    sys.exit(main())
