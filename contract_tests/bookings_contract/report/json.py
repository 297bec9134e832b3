"""The report as data, `report.json`: format 1, whose keys scripts depend on."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.sanitise import escaped
from bookings_contract.findings.verdicts import Finding, Report, RuleVerdict, Verdict
from bookings_contract.report import covered
from bookings_contract.testkit.shapes import RULES

FORMAT = 1
FILE = "report.json"
# The first findings of a rule are told in full; a body of any other is cut at so many characters.
WHOLE, LONGEST = 5, 2000


def write(report: Report, folder: Path) -> Path:
    """Writes the report into the folder, made if it isn't there."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    text = escaped(json.dumps(data(report), indent=2, ensure_ascii=False))
    file.write_text(f"{text}\n", "utf-8", newline="\n")
    return file


def data(report: Report) -> dict[str, Any]:
    """The report as `report.json` holds it."""
    return {
        "format": FORMAT,
        "verdict": report.verdict.value,
        "target": dict(report.target),
        "rules": [_rule(rule) for rule in report.rules],
        "shapes": shapes(report),
        "coverage": covered.tables(report),
        "seed": report.seed,
        "seconds": round(report.seconds, 3),
        **_besides(report),
    }


def _besides(report: Report) -> dict[str, Any]:
    """What not every report has: which part of a run it is, and why it fails unbroken."""
    told = {"shard": report.shard, "complaints": list(report.complaints), "late": report.late}
    return {key: value for key, value in told.items() if value}


def shapes(report: Report) -> list[dict[str, Any]]:
    """What was found about the shapes of answers, finding by finding."""
    return [
        _shape(finding, _limit(number))
        for rule in report.rules
        for number, finding in enumerate(rule.findings)
        if _of_shape(finding)
    ]


def _rule(rule: RuleVerdict) -> dict[str, Any]:
    first = rule.first
    return {
        "id": rule.id,
        "level": rule.rule.level,
        "operations": list(rule.rule.operations),
        "verdict": rule.verdict.value,
        "reason": rule.reason,
        "reading": rule.reading,
        "expected": first.expected if first else None,
        "actual": first.actual if first else None,
        "story": _story(first.story) if first else [],
        "findings": [_finding(f, _limit(number)) for number, f in enumerate(rule.findings)],
        "seconds": round(rule.seconds, 3),
    }


def _limit(number: int) -> int | None:
    """How long a body may be in a rule's finding of that number; None is any length."""
    return None if number < WHOLE else LONGEST


def _finding(finding: Finding, limit: int | None) -> dict[str, Any]:
    return {
        "circumstance": finding.circumstance,
        "level": finding.level,
        "expected": finding.expected,
        "actual": finding.actual,
        "story": _story(finding.story, limit),
        "flaky": finding.flaky,
        "deviation": finding.deviation,
    }


def _of_shape(finding: Finding) -> bool:
    return finding.seen_by is not None or finding.rule in RULES


def _shape(finding: Finding, limit: int | None) -> dict[str, Any]:
    return {
        "operation": finding.operation,
        "verdict": Verdict.BROKEN.value,
        "check": finding.seen_by or finding.expected,
        "rule": finding.rule,
        "message": finding.actual,
        "story": _story(finding.story, limit),
    }


def _story(story: Sequence[Exchange], limit: int | None = None) -> list[dict[str, Any]]:
    return [{"request": _request(e, limit), "response": _response(e, limit)} for e in story]


def _request(exchange: Exchange, limit: int | None) -> dict[str, Any]:
    return {
        "operation": exchange.operation,
        "caller": exchange.caller,
        "method": exchange.method,
        "url": exchange.url,
        "headers": dict(exchange.request_headers),
        "body": _body(exchange.request_json, exchange.request_text, limit),
    }


def _response(exchange: Exchange, limit: int | None) -> dict[str, Any]:
    return {
        "status": exchange.status,
        "headers": dict(exchange.headers),
        "body": _body(exchange.json, exchange.text, limit),
        "seconds": round(exchange.seconds, 4),
    }


def _body(parsed: Any, text: str, limit: int | None) -> Any:
    """The JSON itself where there is some, else the text, else nothing; a text where it is cut."""
    if limit is not None and len(text) > limit:
        return f"{text[:limit]} … (cut here, {len(text) - limit} characters more)"
    return parsed if parsed is not None else text or None
