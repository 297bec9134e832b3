"""`diff`: what has changed between two reports."""

import argparse
from pathlib import Path

from bookings_contract.commands import Commands
from bookings_contract.findings.verdicts import Exit
from bookings_contract.report import changes
from bookings_contract.report.console import print_json, print_lines


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser("diff", help="compare two reports")
    parser.description = (
        "Compares two reports, an earlier A and a later B: report.json or a folder that holds it. "
        "Ends with 1 if a rule is newly broken, with 2 if they can't be compared."
    )
    parser.add_argument("earlier", type=Path, metavar="A")
    parser.add_argument("later", type=Path, metavar="B")
    parser.add_argument("--json", action="store_true", help="the differences as JSON")
    parser.set_defaults(run=_diff)


def _diff(options: argparse.Namespace) -> int:
    earlier, later = changes.read(options.earlier), changes.read(options.later)
    found = changes.between(earlier, later)
    if options.json:
        print_json(found.data())
    else:
        print_lines(changes.rendered(found, earlier, later))
    return Exit.BROKEN if found.broken else Exit.KEPT
