"""The rules that mocks can read in several ways, and that the judge has tests for."""

from collections.abc import Mapping

import bookings_openapi
from bookings_contract.embedded import rule_facts
from bookings_contract.runner.inprocess import rules_with_tests

BOOK = bookings_openapi.rules()
OBEYED = rule_facts().obeyed
JUDGED = rules_with_tests()
FIRST = "A"

OPEN = tuple(r for r in BOOK.values() if r.level == "EITHER" and r.id in OBEYED and r.id in JUDGED)
OTHERS = [(r.id, letter) for r in OPEN for letter in r.readings if letter != FIRST]
SECOND: Mapping[str, str] = {rule: letter for rule, letter in OTHERS if letter == "B"}
