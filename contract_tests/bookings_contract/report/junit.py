"""The verdict for build servers, `junit.xml`: a suite for each level, a test case for each rule."""

from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from bookings_contract.findings.sanitise import line, plain
from bookings_contract.findings.verdicts import Finding, Report, RuleVerdict, Verdict
from bookings_contract.replay.steps import steps

FILE = "junit.xml"
# So many findings of a rule are told; build servers show them where there is little room.
MOST = 10
NAME = "bookings-contract"
LEVELS = ("MUST", "OBSERVED", "EITHER", "ADVICE")


def text(report: Report) -> str:
    """The whole file."""
    root = Xml.Element("testsuites", {"name": NAME, **_counts(report.rules)})
    for level in LEVELS:
        rules = [rule for rule in report.rules if rule.rule.level == level]
        if rules:
            root.append(_suite(level, rules, report))
    Xml.indent(root)
    body = Xml.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _suite(level: str, rules: Sequence[RuleVerdict], report: Report) -> Xml.Element:
    suite = Xml.Element("testsuite", {"name": f"{NAME} {level}", **_counts(rules)})
    properties = Xml.SubElement(suite, "properties")
    facts = {
        "level": level,
        "target": report.target.get("url"),
        "seed": report.seed,
        "counted": report.level,
    }
    for name, value in facts.items():
        Xml.SubElement(properties, "property", name=name, value=plain(str(value)))
    suite.extend(_case(rule) for rule in rules)
    return suite


def _counts(rules: Sequence[RuleVerdict]) -> dict[str, str]:
    def count(verdict: Verdict) -> str:
        return str(sum(rule.verdict is verdict for rule in rules))

    return {
        "tests": str(len(rules)),
        "failures": count(Verdict.BROKEN),
        "errors": count(Verdict.ERROR),
        "skipped": count(Verdict.NOT_JUDGED),
        "time": f"{sum(rule.seconds for rule in rules):.3f}",
    }


def _case(rule: RuleVerdict) -> Xml.Element:
    case = Xml.Element(
        "testcase",
        classname=f"bookings.{family(rule.id)}",
        name=f"{rule.id} {rule.rule.text}",
        time=f"{rule.seconds:.3f}",
    )
    if rule.verdict is Verdict.BROKEN:
        _fail(case, rule)
    elif rule.verdict is Verdict.NOT_JUDGED:
        Xml.SubElement(case, "skipped", message=plain(rule.reason or "not judged"))
    elif rule.verdict is Verdict.ERROR:
        reason = plain(rule.reason or "the harness's own fault")
        Xml.SubElement(case, "error", message=reason, type="error").text = reason
    if rule.reading:
        Xml.SubElement(case, "system-out").text = f"reading {rule.reading}"
    return case


def family(rule: str) -> str:
    """`CONFIRM` of `CONFIRM-1`."""
    return rule.rpartition("-")[0]


def _fail(case: Xml.Element, rule: RuleVerdict) -> None:
    first = rule.findings[0]
    message = f"expected {first.expected}; received {first.actual}"
    failure = Xml.SubElement(case, "failure", message=plain(message), type=first.level)
    told = [_told(finding) for finding in rule.findings[:MOST]]
    left = len(rule.findings) - MOST
    told += [f"… and {left} more findings, in report.json"] if left > 0 else []
    failure.text = plain("\n\n".join(told))


def _told(finding: Finding) -> str:
    lines = [f"when      {finding.circumstance}"] if finding.circumstance else []
    lines += [f"expected  {finding.expected}", f"received  {finding.actual}"]
    for step in steps(finding.story):
        told = f"{step.number:>2}  {step.request}  {step.status}  {step.summary}  {step.revision}"
        lines.append(told.rstrip())
    return "\n".join(map(line, lines))
