"""The verdict on the terminal: what happens while judging, and what came of it.

Plain text where the output is no terminal; colours keep to NO_COLOR, which rich honours.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from attrs import define, field
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from bookings_contract.report.steps import Step, steps
from bookings_contract.verdicts import Finding, Outcome, Report, RuleVerdict, Verdict, counts

LABEL = 10
# How many further findings of a rule are told: the first says most.
SHOWN = 4
ORDER = ("MUST", "OBSERVED", "EITHER", "ADVICE")
STYLES = {
    Verdict.KEPT: "green",
    Verdict.BROKEN: "bold red",
    Verdict.NOT_JUDGED: "yellow",
    Verdict.ERROR: "bold magenta",
}


@define
class Watch:
    """Shows how far each suite has come; one line a suite at the end where nobody watches."""

    console: Console
    _bars: Progress
    _tasks: dict[str, TaskID] = field(factory=dict)
    _exchanges: dict[str, int] = field(factory=dict)
    _seconds: dict[str, float] = field(factory=dict)
    _tests: Mapping[str, int] = field(factory=dict)

    def collected(self, tests: Mapping[str, int]) -> None:
        """So many tests of each suite will run."""
        self._tests = tests
        for suite, total in tests.items():
            self._tasks[suite] = self._bars.add_task(suite, total=total, said="")

    def judged(self, outcome: Outcome) -> None:
        """One test is over."""
        suite = outcome.suite
        exchanges = self._exchanges.get(suite, 0) + outcome.coverage.exchanges
        self._exchanges[suite] = exchanges
        self._seconds[suite] = self._seconds.get(suite, 0.0) + outcome.seconds
        if suite in self._tasks:
            self._bars.update(self._tasks[suite], advance=1, said=f"{exchanges} exchanges")

    def summary(self) -> Iterator[str]:
        """One line a suite."""
        for suite, total in self._tests.items():
            tests = _many(total, "test")
            exchanges = _many(self._exchanges.get(suite, 0), "exchange")
            yield f"  {suite:<10} {tests:>10} {exchanges:>16} {self._seconds.get(suite, 0):7.1f} s"


@contextmanager
def watching(console: Console) -> Iterator[Watch]:
    """Progress bars on a terminal, and a line for each suite elsewhere."""
    bars = Progress(
        TextColumn("  {task.description:<10}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed}/{task.total} tests"),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    watch = Watch(console, bars)
    with bars:
        yield watch
    if not console.is_terminal:
        for line in watch.summary():
            console.print(Text(line), soft_wrap=True)


def show(report: Report, console: Console) -> None:
    """The whole verdict: what is broken in full, the rest in brief, the summary last."""
    for rule in _in_order(report.having(Verdict.BROKEN)):
        console.print()
        _broken(rule, report.level, console)
    console.print()
    _errors(report.having(Verdict.ERROR), console)
    _not_judged(report.having(Verdict.NOT_JUDGED), console)
    _below(report, console)
    _known(report, console)
    _kept(report, console)
    console.print()
    for line in report.complaints:
        console.print(Text.assemble(("fails       ", STYLES[Verdict.BROKEN]), line), soft_wrap=True)
    console.print(_summary(report), soft_wrap=True)


# What is broken


def _broken(rule: RuleVerdict, level: str, console: Console) -> None:
    first, *others = rule.findings
    head = Text.assemble(
        (rule.id, "bold"),
        "  ",
        ("broken", STYLES[Verdict.BROKEN]),
        f"  {first.level}  {_operation(rule)}",
    )
    console.print(head, soft_wrap=True)
    _wrapped(console, "  ", rule.rule.text, style="italic")
    if first.circumstance:
        _labelled(console, "when", first.circumstance)
    _labelled(console, "expected", first.expected)
    _labelled(console, "actual", first.actual, style="red")
    _story(console, steps(first.story))
    also = list(dict.fromkeys(_also(other, level) for other in others))
    for line in also[:SHOWN]:
        _labelled(console, "also", line)
    if also[SHOWN:]:
        _labelled(console, "also", f"{len(also) - SHOWN} more (--report DIR shows all)")
    _labelled(console, "more", f"bookings-contract explain {rule.id}")


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
    for step in told:
        label = "story" if step.number == 1 else ""
        here = "   ← here" if step.number == len(told) else ""
        line = (
            f"{step.number:>2}  {step.request:<{widths[0]}}  {step.status}  "
            f"{step.said:<{widths[1]}}  {step.revision:<{widths[2]}}".rstrip()
        )
        text = Text.assemble((f"  {label:<{LABEL}}", "dim"), line, (here, "bold red"))
        console.print(text, soft_wrap=True)


def _columns(told: Sequence[Step]) -> tuple[list[str], list[str], list[str]]:
    return (
        [step.request for step in told],
        [step.said for step in told],
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
            if finding.deviation:
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
