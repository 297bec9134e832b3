"""`explain`: says of one rule what it promises and how to break it."""

import argparse

import bookings_openapi
from bookings_contract import rulebook
from bookings_contract.commands import Commands
from bookings_contract.embedded import rule_facts
from bookings_contract.findings.rule_names import named
from bookings_contract.findings.verdicts import Exit
from bookings_contract.report.console import print_lines
from bookings_contract.runner import inprocess


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser("explain", help="explain one rule")
    parser.description = "Says what a rule promises, where that is written, and how to break it."
    parser.add_argument("rule", metavar="ID", help="such as CONFIRM-1")
    parser.set_defaults(run=_explain)


def _explain(options: argparse.Namespace) -> int:
    (name,) = named([options.rule])
    rule = bookings_openapi.rules()[name]
    tests = inprocess.rules_with_tests().get(name, 0)
    print_lines(rulebook.explained(rule, tests, rule_facts()))
    return Exit.KEPT
