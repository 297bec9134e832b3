"""The verdict on the terminal: what came of judging.

Plain text where the output is no terminal; colours keep to NO_COLOR, which rich honours.
"""

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bookings_contract.findings.verdicts import Finding, Report, RuleVerdict, Verdict, counts
from bookings_contract.replay.steps import Step, steps

LABEL = 10
# How many further findings of a rule are told: the first says most.
SHOWN = 4
# Of a long story, so many requests are shown at its beginning and at its end.
BEGINNING, END = 4, 6
ORDER = ("MUST", "OBSERVED", "EITHER", "ADVICE")
STYLES = {
    Verdict.KEPT: "green",
    Verdict.BROKEN: "bold red",
    Verdict.NOT_JUDGED: "yellow",
    Verdict.ERROR: "bold magenta",
}


def show(report: Report, console: Console, folder: Path | None = None) -> None:
    """The whole verdict: what is broken in full, the rest in brief, the summary last.

    What only observation supports is told in a line a rule where the target is not our mock, unless
    it is all that was asked for.
    `folder` is where the stories are written as curl and pytest, if they are.
    """
    folded = []
    for rule in _in_order(report.having(Verdict.BROKEN)):
        if _is_foreign(report) and len(report.rules) > 1 and _level(rule) != "MUST":
            folded.append(rule)
            continue
        console.print()
        _broken(rule, report.level, console, folder)
    console.print()
    _folded(folded, console, folder)
    _flaky(report, console)
    _errors(report.having(Verdict.ERROR), console)
    _not_judged(report.having(Verdict.NOT_JUDGED), console)
    _below(report, console)
    _known(report, console)
    _kept(report, console)
    console.print()
    for line in report.complaints:
        console.print(Text.assemble(("fails       ", STYLES[Verdict.BROKEN]), line), soft_wrap=True)
    if folder is None and report.having(Verdict.BROKEN):
        words = "--report DIR writes each breach as curl and as a pytest test"
        console.print(Text(words, "dim"), soft_wrap=True)
    console.print(_summary(report), soft_wrap=True)


# What is broken


def _broken(rule: RuleVerdict, level: str, console: Console, folder: Path | None) -> None:
    first, *others = rule.findings
    head = Text.assemble(
        (rule.id, "bold"),
        "  ",
        ("broken", STYLES[Verdict.BROKEN]),
        f"  {first.level}  {_operation(rule)}",
    )
    console.print(head, soft_wrap=True)
    _wrapped(console, "  ", rule.rule.text, style="italic")
    if sources := "; ".join(f"{s.page}, {s.section}" for s in rule.rule.sources):
        _labelled(console, "source", sources, style="dim")
    if first.circumstance:
        _labelled(console, "when", first.circumstance)
    _labelled(console, "expected", first.expected)
    _labelled(console, "actual", first.actual, style="red")
    _story(console, steps(first.story))
    also = list(dict.fromkeys(_also(other, level) for other in others))
    for line in also[:SHOWN]:
        _labelled(console, "also", line)
    if also[SHOWN:]:
        where = folder or "--report DIR"
        _labelled(console, "also", f"{len(also) - SHOWN} more ({where} shows all)")
    written = f" · as curl and pytest in {folder / rule.id}" if folder and first.story else ""
    _labelled(console, "more", f"bookings-contract explain {rule.id}{written}")


def _is_foreign(report: Report) -> bool:
    """Whether somebody else's server was judged: one without our mock's controls."""
    return report.target.get("control", "") is None


def _folded(rules: Sequence[RuleVerdict], console: Console, folder: Path | None) -> None:
    """One line a rule: others' servers differ in much that only observation supports."""
    for rule in rules:
        first = rule.findings[0]
        text = f"  {first.level}  {_circumstance(first)}{first.actual}"
        head = Text.assemble((rule.id, "bold"), "  ", ("broken", STYLES[Verdict.BROKEN]), text)
        console.print(head, soft_wrap=True)
    if rules:
        asked = f"bookings-contract test --rule {rules[0].id} tells it in full"
        words = f"{folder} holds all of it" if folder else asked
        console.print(Text(f"{'':<12}{words}", "dim"), soft_wrap=True)


def _flaky(report: Report, console: Console) -> None:
    """What did not come again when it was told again; it breaks nothing, and is no good sign."""
    for rule in report.rules:
        found = [f for f in rule.findings if f.flaky and counts(f.level, report.level)]
        for finding in found[:1]:
            more = f" (and {len(found) - 1} more)" if found[1:] else ""
            head = Text.assemble(("flaky", "bold yellow"), "       ", (rule.id, "bold"))
            console.print(head.append(f"  {finding.level}"), soft_wrap=True)
            words = finding.actual.removeprefix("flaky: ")
            _wrapped(console, " " * 12, f"{_circumstance(finding)}{words}{more}")


def _operation(rule: RuleVerdict) -> str:
    """The rule's operation that was called last, where the story has one."""
    asked = rule.rule.operations
    told = [e.operation for e in rule.findings[0].story if e.operation in asked or "*" in asked]
    return told[-1] if told else ", ".join(asked)


def _also(finding: Finding, level: str) -> str:
    mark = "" if counts(finding.level, level) else f" ({finding.level}, not counted)"
    mark = f" (known: {finding.deviation})" if finding.deviation else mark
    return f"{_circumstance(finding)}{finding.actual}{mark}"


def _circumstance(finding: Finding) -> str:
    if finding.circumstance:
        return f"{finding.circumstance}: "
    return f"{finding.operation}: " if finding.operation else ""


def _story(console: Console, told: Sequence[Step]) -> None:
    widths = [max((len(text) for text in column), default=0) for column in _columns(told)]
    left = len(told) - BEGINNING - END
    for step in told:
        if left > 1 and BEGINNING < step.number <= BEGINNING + left:
            if step.number == BEGINNING + 1:
                words = f"  {'':<{LABEL}} … {_many(left, 'request')} more"
                console.print(Text(words, "dim"), soft_wrap=True)
            continue
        label = "story" if step.number == 1 else ""
        here = "   ← here" if step.number == len(told) else ""
        line = (
            f"{step.number:>2}  {step.request:<{widths[0]}}  {step.status}  "
            f"{step.summary:<{widths[1]}}  {step.revision:<{widths[2]}}".rstrip()
        )
        text = Text.assemble((f"  {label:<{LABEL}}", "dim"), line, (here, "bold red"))
        console.print(text, soft_wrap=True)


def _columns(told: Sequence[Step]) -> tuple[list[str], list[str], list[str]]:
    return (
        [step.request for step in told],
        [step.summary for step in told],
        [step.revision for step in told],
    )


# The rest


def _errors(rules: Sequence[RuleVerdict], console: Console) -> None:
    for rule in _in_order(rules):
        text = Text.assemble(("error", STYLES[Verdict.ERROR]), "       ", (rule.id, "bold"))
        console.print(text, soft_wrap=True)
        _wrapped(console, " " * 12, rule.reason or "")


def _not_judged(rules: Sequence[RuleVerdict], console: Console) -> None:
    reasons: dict[str, list[str]] = {}
    for rule in _in_order(rules):
        reasons.setdefault(rule.reason or "", []).append(rule.id)
    for reason, ids in reasons.items():
        console.print(
            Text.assemble(("not judged", STYLES[Verdict.NOT_JUDGED]), f"  {reason}"), soft_wrap=True
        )
        _wrapped(console, " " * 12, "  ".join(ids), style="dim")


def _below(report: Report, console: Console) -> None:
    """Findings that are listed and do not count at the chosen level."""
    for rule in report.rules:
        if rule.verdict is Verdict.BROKEN:
            continue
        for finding in rule.findings:
            if finding.deviation or counts(finding.level, report.level):
                continue
            text = f"{rule.id}  {finding.level}  {_circumstance(finding)}{finding.actual}"
            console.print(Text.assemble(("not counted", "dim"), f" {text}"), soft_wrap=True)


def _known(report: Report, console: Console) -> None:
    """Known deviations, each with its reason: a line a rule."""
    for rule in report.rules:
        told = dict.fromkeys(str(finding.deviation) for finding in rule.deviations)
        for reason in told:
            console.print(
                Text.assemble(("deviation   ", STYLES[Verdict.NOT_JUDGED]), f"{rule.id}  {reason}"),
                soft_wrap=True,
            )


def _kept(report: Report, console: Console) -> None:
    kept = [
        rule
        for rule in _in_order(report.having(Verdict.KEPT))
        if not rule.reading and not rule.deviations
    ]
    if kept:
        _headed(console, "kept", "  ".join(rule.id for rule in kept), STYLES[Verdict.KEPT])
    if report.readings:
        told = "  ".join(f"{rule} {letter}" for rule, letter in report.readings.items())
        _headed(console, "readings", told, "cyan")


def _headed(console: Console, head: str, words: str, style: str) -> None:
    lines = textwrap.wrap(words, _width(console) - 12, break_on_hyphens=False)
    for number, line in enumerate(lines):
        console.print(
            Text.assemble((f"{head if number == 0 else '':<12}", style), line), soft_wrap=True
        )


def _summary(report: Report) -> Text:
    nothing = report.verdict is Verdict.NOT_JUDGED
    parts = [Text("nothing judged", STYLES[Verdict.NOT_JUDGED])] if nothing else []
    for verdict in (Verdict.BROKEN, Verdict.ERROR, Verdict.KEPT, Verdict.NOT_JUDGED):
        rules = report.having(verdict)
        if rules or (verdict is Verdict.BROKEN and not nothing):
            style = STYLES[verdict] if rules else "dim"
            said = Text(f"{len(rules)} {verdict.words}", style)
            parts.append(said.append(_only_reason(verdict, rules), "default"))
    if deviating := sum(bool(rule.deviations) for rule in report.rules):
        known = _many(deviating, "rule with known deviations", "rules with known deviations")
        parts.append(Text(known, STYLES[Verdict.NOT_JUDGED]))
    if report.late:
        parts.append(Text(f"no time for {_many(report.late, 'test')}", STYLES[Verdict.NOT_JUDGED]))
    if report.readings:
        parts.append(Text(f"{_many(len(report.readings), 'reading')} seen", "cyan"))
    parts.append(Text(f"{report.seconds:.1f} s", "dim"))
    return Text(" · ").join(parts)


def _only_reason(verdict: Verdict, rules: Sequence[RuleVerdict]) -> str:
    reasons = {rule.reason for rule in rules}
    return f" ({reasons.pop()})" if verdict is Verdict.NOT_JUDGED and len(reasons) == 1 else ""


# Lines


def _labelled(console: Console, label: str, words: str, style: str = "") -> None:
    lines = textwrap.wrap(words, _width(console) - LABEL - 2, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        head = f"  {label if number == 0 else '':<{LABEL}}"
        console.print(Text.assemble((head, "dim"), (line, style)), soft_wrap=True)


def _wrapped(console: Console, indent: str, words: str, style: str = "") -> None:
    width = _width(console) - len(indent)
    for paragraph in words.splitlines():
        for line in textwrap.wrap(paragraph, width, break_on_hyphens=False):
            console.print(Text(f"{indent}{line}", style), soft_wrap=True)


def _width(console: Console) -> int:
    return max(60, min(console.width, 110))


def _in_order(rules: Iterable[RuleVerdict]) -> list[RuleVerdict]:
    """The strictest first; among equals, the rule book's order."""
    return sorted(rules, key=lambda rule: ORDER.index(_level(rule)))


def _level(rule: RuleVerdict) -> str:
    return rule.first.level if rule.first else rule.rule.level


def _many(number: int, noun: str, several: str | None = None) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {several or noun + 's'}"
