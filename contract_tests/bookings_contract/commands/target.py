"""`bookings-contract target`: writes a target file, or the template of one."""

import argparse
from pathlib import Path

from attrs import evolve

from bookings_contract.commands import Commands
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.verdicts import Exit
from bookings_contract.report.console import print_file
from bookings_contract.target.model import PATHS, Target
from bookings_contract.target.reading import recognise
from bookings_contract.target.writing import as_toml, template

HELP = "write a target file"
DESCRIPTION = """\
Writes a target file (TOML): what the judge has to know of an implementation, which is its address,
its callers and what can be booked there. A running bookings-mock can tell; for anything else fill
in the template, where every key is explained.
"""
EPILOG = """\
sections of a target file:
  [target]           url, paths, settle_s, may_notify, may_fuzz, without, namespace
  [headers]          what every request has to carry, such as wix-site-id
  [callers.<name>]   owner (needed), app, app_all, reader, stranger, member, other_member, visitor,
                     other_site, bare_site: token, kind, contact_id, member_id, …
  [services.<name>]  kind, id, schedule_id, sessions or slots, capacity, choices, policy, …
  [control]          url: of a bookings-mock alone
  [webhooks]         listen, public_url, public_key, wait_s
  [throttle]         requests_per_minute

examples:
  bookings-contract target --template -o staging.toml      each key with what it means
  bookings-contract target --from-mock http://127.0.0.1:8080 -o mock.toml
  bookings-contract doctor --target staging.toml           is it right?
  bookings-contract test --target staging.toml
"""


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "target",
        help=HELP,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--from-mock", metavar="URL", help="ask the bookings-mock at this address")
    source.add_argument("--template", action="store_true", help="write every key, explained")
    parser.add_argument("--paths", choices=PATHS, help="how the writer is to be asked")
    parser.add_argument(
        "--without-control",
        action="store_true",
        help="leave the mock's controls out: it is then judged like any other server",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="default: standard output"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Writes it."""
    text = template() if options.template else as_toml(_asked(options))
    if options.output is None:
        print_file(text)
        return Exit.KEPT
    try:
        options.output.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"The target file {options.output} can't be written: {error.strerror}."
        ) from error
    return Exit.KEPT


def _asked(options: argparse.Namespace) -> Target:
    """What the mock says of itself, as it was asked for."""
    told = recognise(options.from_mock)
    if told is None:
        raise ConfigurationError(
            f"{options.from_mock} is not a bookings-mock, so it can't describe itself. Fill in "
            "what `bookings-contract target --template` writes instead."
        )
    changes = {"paths": options.paths} if options.paths else {}
    changes |= {"control": None, "may_notify": False} if options.without_control else {}
    return evolve(told, **changes)
