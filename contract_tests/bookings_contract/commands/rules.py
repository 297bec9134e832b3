"""`rules`: lists the rule book."""

import argparse

from bookings_contract import rulebook
from bookings_contract.commands import Commands
from bookings_contract.embedded import rule_facts
from bookings_contract.findings.verdicts import Exit
from bookings_contract.report.console import print_json, print_lines
from bookings_contract.runner import inprocess


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser("rules", help="list the rule book")
    parser.description = "Lists every rule with its level and what it promises."
    parser.add_argument("--json", action="store_true", help="everything known of each, as JSON")
    parser.set_defaults(run=_rules)


def _rules(options: argparse.Namespace) -> int:
    if options.json:
        rows = rulebook.as_json(rule_facts(), inprocess.rules_with_tests())
        print_json(rows)
    else:
        print_lines(rulebook.as_table())
    return Exit.KEPT
