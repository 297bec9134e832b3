"""The breaches for code scanners, `report.sarif`: SARIF 2.1.0, a result for each finding.

A result lies in the document, at the operation whose answer shows it; its story is the flow that
leads there. What is known is suppressed with its reason; rules that nothing was found about have
no results, and those that could not be judged are told as notifications.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from bookings_contract import __version__
from bookings_contract.findings.operations import operations
from bookings_contract.findings.sanitise import everywhere, line
from bookings_contract.findings.verdicts import Finding, Report, RuleVerdict, Verdict, counts
from bookings_contract.replay.steps import Step, steps

FILE = "report.sarif"
VERSION = "2.1.0"
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
NAME = "bookings-contract"
LEVELS = {"MUST": "error", "OBSERVED": "warning"}


def text(report: Report) -> str:
    """The whole file."""
    return json.dumps(everywhere(data(report)), indent=2, ensure_ascii=False) + "\n"


def data(report: Report) -> dict[str, Any]:
    """The log, with one run."""
    return {"$schema": SCHEMA, "version": VERSION, "runs": [_run(report)]}


def _run(report: Report) -> dict[str, Any]:
    rules = [_rule(rule) for rule in report.rules]
    return {
        "tool": {"driver": {"name": NAME, "version": __version__, "rules": rules}},
        "invocations": [_invocation(report)],
        "results": [
            _result(index, rule, finding, report)
            for index, rule in enumerate(report.rules)
            for finding in rule.findings
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "target": str(report.target.get("url", "")),
            "seed": report.seed,
            "verdict": report.verdict.value,
            "level": report.level,
        },
    }


# Rules


def _rule(verdict: RuleVerdict) -> dict[str, Any]:
    rule = verdict.rule
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.text},
        "help": {"text": "\n".join(_help(verdict))},
        "defaultConfiguration": {"level": LEVELS.get(rule.level, "note")},
        "properties": {
            "tags": [rule.level],
            "operations": list(rule.operations),
            "verdict": verdict.verdict.value,
        },
    }


def _help(verdict: RuleVerdict) -> Iterator[str]:
    for source in verdict.rule.sources:
        yield f"Source: {source.page}, {source.section}."
    if verdict.rule.note:
        yield verdict.rule.note
    yield f"All of it: bookings-contract explain {verdict.rule.id}"


def _invocation(report: Report) -> dict[str, Any]:
    errors, unjudged = report.having(Verdict.ERROR), report.having(Verdict.NOT_JUDGED)
    return {
        "executionSuccessful": report.verdict is not Verdict.ERROR,
        "exitCode": report.exit_code,
        "toolExecutionNotifications": [
            *({"level": "error", "message": {"text": line}} for line in report.complaints),
            *(_notification(rule, "error") for rule in errors),
            *(_notification(rule, "note") for rule in unjudged),
        ],
    }


def _notification(rule: RuleVerdict, level: str) -> dict[str, Any]:
    said = f"{rule.id} {rule.verdict.words}: {rule.reason or 'no reason given'}"
    return {"level": level, "associatedRule": {"id": rule.id}, "message": {"text": said}}


# Results


def _result(index: int, rule: RuleVerdict, finding: Finding, report: Report) -> dict[str, Any]:
    told = list(steps(finding.story))
    flow = [_location(finding, step, number) for number, step in enumerate(told)]
    counted = counts(finding.level, report.level)
    return {
        "ruleId": rule.id,
        "ruleIndex": index,
        "kind": "fail",
        "level": LEVELS.get(finding.level, "note") if counted else "note",
        "message": {"text": _message(rule, finding, told)},
        "locations": [{"logicalLocations": [_place(_operation(rule, finding))]}],
        "codeFlows": [{"threadFlows": [{"locations": flow}]}] if flow else [],
        "partialFingerprints": {"breach/v1": _fingerprint(finding)},
        "suppressions": _suppressions(finding),
        "properties": {"level": finding.level, "flaky": finding.flaky},
    }


def _operation(rule: RuleVerdict, finding: Finding) -> str:
    return finding.operation or rule.rule.operations[0]


def _message(rule: RuleVerdict, finding: Finding, told: list[Step]) -> str:
    when = [f"When: {line(finding.circumstance)}"] if finding.circumstance else []
    seen = [f"Expected: {line(finding.expected)}", f"Received: {line(finding.actual)}"]
    story = ["Story:", *(f"  {_line(step)}" for step in told)] if told else []
    flaky = ["It did not happen again when it was tried again."] if finding.flaky else []
    return "\n".join([rule.rule.text, *when, *seen, *flaky, *story])


def _line(step: Step) -> str:
    words = f"{step.number}  {step.request}  {step.status}  {step.summary}  {step.revision}"
    return " ".join(words.split())


def _location(finding: Finding, step: Step, number: int) -> dict[str, Any]:
    return {
        "executionOrder": step.number,
        "importance": "essential" if step.number == len(finding.story) else "important",
        "location": {
            "message": {"text": _line(step)},
            "logicalLocations": [_place(finding.story[number].operation)],
        },
    }


def _place(name: str) -> dict[str, Any]:
    """Where the document describes the operation."""
    known = operations().get(name)
    if known is None:
        return {"name": name}
    path = known.path.replace("~", "~0").replace("/", "~1")
    pointer = f"/paths/{path}/{known.method.lower()}"
    return {"name": name, "fullyQualifiedName": pointer, "kind": "object"}


def _fingerprint(finding: Finding) -> str:
    """The same for a breach that is found again: what was received may differ."""
    parts = (finding.rule, finding.circumstance, finding.operation, finding.expected)
    words = json.dumps(parts).encode()
    return hashlib.sha256(words).hexdigest()


def _suppressions(finding: Finding) -> list[dict[str, Any]]:
    if finding.deviation is None:
        return []
    return [{"kind": "external", "status": "accepted", "justification": finding.deviation}]
