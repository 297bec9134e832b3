"""The command `bookings-contract`: reads what the user wants and hands it to who does it."""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import cast

from bookings_contract import __version__
from bookings_contract.commands import diff, doctor, explain, merge, miniatures, rules, target, test
from bookings_contract.findings.problems import ConfigurationError, Fault
from bookings_contract.findings.sanitise import unsigned
from bookings_contract.findings.verdicts import Exit
from bookings_contract.report.console import print_error, take_any_encoding
from bookings_contract.runner.interruption import Ending, interruptible

EXAMPLES = """\
examples:
  bookings-contract test                              judge the mock itself, without a server
  bookings-contract test http://127.0.0.1:8080        judge a running bookings-mock
  bookings-contract target --template -o staging.toml  a target file, to be filled in
  bookings-contract doctor --target staging.toml      is it right?
  bookings-contract test --target staging.toml        judge what the target file describes
  bookings-contract test --rule CONFIRM-1 --rule CANCEL-1
  bookings-contract explain CONFIRM-1

exit codes:
  0  all judged rules are kept        2  could not judge: usage, configuration, no target,
  1  something is broken, or a           nothing judged
     baseline or --fail-under         3  the harness's own fault
     is not met
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is the answer."""
    take_any_encoding(sys.stdout, sys.stderr)
    try:
        options = _parser().parse_args(arguments)
        with interruptible() as ending:
            return _ran(options, ending)
    finally:
        _have_said()


def _have_said() -> None:
    """See off what is printed, which Python would complain of at the end if nobody reads it."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _hush()


def _hush() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _ran(options: argparse.Namespace, ending: Ending) -> int:
    try:
        return cast(Callable[[argparse.Namespace], int], options.run)(options)
    except ConfigurationError as error:
        print_error(f"bookings-contract: {unsigned(str(error))}")
        return Exit.NOT_JUDGED
    except KeyboardInterrupt:
        return ending.code
    except BrokenPipeError:
        # Whoever read our output has read enough; nothing may be flushed into it at the end.
        _hush()
        return Exit.KEPT
    except Exception as error:
        print_error(str(error) if isinstance(error, Fault) else traceback.format_exc())
        print_error("bookings-contract: this is the harness's own fault.")
        return Exit.ERROR


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bookings-contract",
        description="Judges an implementation of the Wix Bookings REST API by its contract.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    test.add(commands, EXAMPLES)
    for command in (rules, explain, target, doctor, miniatures, diff, merge):
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
