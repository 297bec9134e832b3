"""Coverage as tables: what the run touched beside what the document declares."""

from collections.abc import Mapping, Sequence
from typing import Any

import bookings_openapi
from bookings_contract.findings.coverage import UNBORN
from bookings_contract.findings.operations import operations
from bookings_contract.findings.verdicts import Coverage, Report, RuleVerdict, Verdict
from bookings_openapi import Move

LEVELS = ("MUST", "OBSERVED", "EITHER", "ADVICE")
# A booking's life, and before it.
STATUSES = (UNBORN, "CREATED", "PENDING", "CONFIRMED", "CANCELED", "DECLINED", "WAITING_LIST")


def tables(report: Report) -> dict[str, Any]:
    """All four of them, as `report.json` holds them."""
    return {
        "operations": called(report.coverage),
        "statuses": answered(report.coverage),
        "transitions": moved(report.coverage),
        "rules": by_level(report.rules),
    }


def called(coverage: Coverage) -> dict[str, Any]:
    """Per operation of the document: how often it was called, and what it answered."""
    return {
        name: {
            "exchanges": coverage.operations.get(name, 0),
            "statuses": _seen(name, coverage),
        }
        for name in _operations(coverage)
    }


def answered(coverage: Coverage) -> dict[str, Any]:
    """Per operation: the statuses that the document declares, and those that were seen."""
    return {
        name: {"declared": _declared(name), "seen": list(_seen(name, coverage))}
        for name in _operations(coverage)
    }


def moved(coverage: Coverage) -> dict[str, Any]:
    """Per operation and status before: what the document says of it, and what came of it."""
    return {
        name: {
            status: {
                "document": _said(move, status),
                "outcomes": _outcomes(name, status, coverage),
            }
            for status in STATUSES
            if (status == UNBORN) != bool(move.sources)
        }
        for name, move in bookings_openapi.lifecycle().items()
    }


def by_level(rules: Sequence[RuleVerdict]) -> dict[str, Any]:
    """Per level: how many rules have which verdict, and which."""
    return {
        level: {
            verdict.value: {"count": len(found), "ids": found}
            for verdict, found in ((v, _having(rules, level, v)) for v in Verdict)
        }
        for level in LEVELS
        if any(rule.rule.level == level for rule in rules)
    }


def _having(rules: Sequence[RuleVerdict], level: str, verdict: Verdict) -> list[str]:
    return [r.id for r in rules if r.rule.level == level and r.verdict is verdict]


def _operations(coverage: Coverage) -> list[str]:
    return list(dict.fromkeys([*operations(), *coverage.operations]))


def _declared(name: str) -> list[str]:
    known = operations().get(name)
    return list(known.definition["responses"]) if known else []


def _seen(name: str, coverage: Coverage) -> dict[str, int]:
    found = {status: n for (called, status), n in coverage.statuses.items() if called == name}
    return {str(status): found[status] for status in sorted(found)}


def _said(move: Move, status: str) -> str:
    """Whether the document has the operation move a booking of this status."""
    if status in move.open:
        return "open"
    return "moves" if status in move.sources or status == UNBORN else "refused"


def _outcomes(name: str, status: str, coverage: Coverage) -> Mapping[str, int]:
    found = {
        became: n
        for (called, was, became), n in coverage.transitions.items()
        if (called, was) == (name, status)
    }
    return dict(sorted(found.items()))
