"""What was found, and what follows from it: findings, outcomes, verdicts, the exit code.

Plain data and arithmetic; nothing here asks, prints or knows where a finding came from.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum, StrEnum
from typing import TypeVar

from attrs import field, frozen

from bookings_contract.findings.checks import (
    Accepted,
    Answered,
    Check,
    Refused,
    RefusedWith,
    Shaped,
)
from bookings_contract.findings.exchange import Exchange
from bookings_openapi import Rule

# Levels at which a judgement may count, the strictest first.
LEVELS = ("MUST", "OBSERVED")


class Verdict(StrEnum):
    """What can be said of a rule."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_JUDGED = "not_judged"
    ERROR = "error"

    @property
    def words(self) -> str:
        """The verdict as people read it."""
        return self.value.replace("_", " ")


class Exit(IntEnum):
    """How the command ends, by verdict."""

    KEPT = 0
    BROKEN = 1
    NOT_JUDGED = 2
    ERROR = 3


def counts(level: str, chosen: str) -> bool:
    """Whether a finding of this level is held against the target at the chosen level."""
    return level in LEVELS and LEVELS.index(level) <= LEVELS.index(chosen)


def level_of(rule: Rule, circumstance: str | None = None) -> str:
    """The level of a breach: the circumstance's own, else the rule's.

    Which reading is followed is never a breach; following none of them, or saying one and doing
    the other, is, and then it is no more than observed.
    """
    if circumstance is not None and circumstance in rule.circumstances:
        return rule.circumstances[circumstance].level
    return "OBSERVED" if rule.level == "EITHER" else rule.level


@frozen
class Finding:
    """One breach of one rule, with the story that shows it."""

    rule: str
    level: str
    expected: str
    actual: str
    circumstance: str | None = None
    story: tuple[Exchange, ...] = field(default=(), repr=False)
    # It was told again and did not come again: listed, and never counted.
    flaky: bool = False
    # It was told again and came again.
    retold: bool = field(default=False, eq=False)
    deviation: str | None = None
    # What was asked of the last answer, where it can be said as data; and where the breach was seen
    # if no answer of the story shows it: at the target's controls.
    check: Check | None = field(default=None, repr=False, eq=False)
    aside: Exchange | None = field(default=None, repr=False, eq=False)
    # The check of the fuzzing that saw it; None for what a test of the rule found.
    seen_by: str | None = None

    @property
    def shown_by_answer(self) -> bool:
        """Whether the last answer by itself shows the breach."""
        return isinstance(self.check, Refused | Accepted | RefusedWith | Answered | Shaped)

    @property
    def operation(self) -> str | None:
        """The operation whose answer shows the breach."""
        return self.story[-1].operation if self.story else None

    @property
    def identity(self) -> tuple[str | None, ...]:
        """The same for findings that say the same of the same operation."""
        return (self.rule, self.circumstance, self.operation, self.expected, self.actual)


@frozen
class Kept:
    """A rule held, in a circumstance."""

    rule: str
    circumstance: str | None = None


@frozen
class Reading:
    """An answer followed this reading of a rule that has several."""

    rule: str
    reading: str
    actual: str | None = None


@frozen
class Left:
    """A rule was left without a verdict, for this reason."""

    rule: str
    reason: str


Said = Finding | Kept | Reading | Left
Spoken = TypeVar("Spoken", Kept, Reading)


@frozen
class Coverage:
    """What the exchanges touched."""

    operations: Mapping[str, int] = field(factory=dict)
    # By operation and HTTP status.
    statuses: Mapping[tuple[str, int], int] = field(factory=dict)
    # By operation, the booking's status before, and its status after or that it was refused.
    transitions: Mapping[tuple[str, str, str], int] = field(factory=dict)

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(
            Counter(self.operations) + Counter(other.operations),
            Counter(self.statuses) + Counter(other.statuses),
            Counter(self.transitions) + Counter(other.transitions),
        )

    @property
    def exchanges(self) -> int:
        """How many exchanges there were."""
        return sum(self.operations.values())


@frozen
class Outcome:
    """What one test had to say about the rules that it judges, and about others in passing."""

    test: str
    suite: str
    rules: tuple[str, ...]
    # How pytest finds the test, below the suites.
    node: str = ""
    findings: tuple[Finding, ...] = ()
    kept: tuple[Kept, ...] = ()
    readings: tuple[Reading, ...] = ()
    left: tuple[Left, ...] = ()
    # The rule whose breach the test met first; what followed may have had to be left out.
    breach: str | None = None
    not_judged: str | None = None
    # The request that ended the test met nobody.
    unanswered: bool = False
    error: str | None = None
    coverage: Coverage = field(factory=Coverage)
    seconds: float = 0.0

    @property
    def about(self) -> frozenset[str]:
        """The rules that the test judges, or met in passing."""
        records: tuple[Sequence[Said], ...] = (self.findings, self.kept, self.readings, self.left)
        return frozenset(self.rules).union(one.rule for kind in records for one in kind)

    def speaks_of(self, rule: str) -> bool:
        """Whether anything was recorded about the rule."""
        records: tuple[Sequence[Said], ...] = (self.findings, self.kept, self.readings, self.left)
        return any(record.rule == rule for kind in records for record in kind)


@frozen
class RuleVerdict:
    """One rule's verdict over all tests that spoke of it."""

    rule: Rule
    verdict: Verdict
    reason: str | None = None
    reading: str | None = None
    findings: tuple[Finding, ...] = ()
    # How many of the findings count at the chosen level; these come first.
    counted: int = 0
    seconds: float = 0.0

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.rule.id

    @property
    def first(self) -> Finding | None:
        """The finding that is told in full."""
        return self.findings[0] if self.findings else None

    @property
    def deviations(self) -> tuple[Finding, ...]:
        """The findings that are known."""
        return tuple(finding for finding in self.findings if finding.deviation)


@frozen
class Report:
    """Everything that one judging found."""

    target: Mapping[str, object]
    rules: tuple[RuleVerdict, ...]
    level: str = "OBSERVED"
    seed: int = 0
    seconds: float = 0.0
    coverage: Coverage = field(factory=Coverage)
    # Why the run fails although nothing is broken, and how many tests --max-time left out.
    complaints: tuple[str, ...] = ()
    late: int = 0
    # Which part of a run it is, as I/N; None for a whole one.
    shard: str | None = None

    def having(self, verdict: Verdict) -> tuple[RuleVerdict, ...]:
        """The rules with this verdict."""
        return tuple(rule for rule in self.rules if rule.verdict is verdict)

    def __getitem__(self, rule: str) -> RuleVerdict:
        return {verdict.id: verdict for verdict in self.rules}[rule]

    @property
    def readings(self) -> Mapping[str, str]:
        """Which reading each open rule was seen to follow."""
        return {rule.id: rule.reading for rule in self.rules if rule.reading}

    @property
    def verdict(self) -> Verdict:
        """The whole run's verdict.

        A breach comes first: it was seen, and no fault elsewhere in the harness makes it unseen.
        A fault comes before kept: what it left open might have been a breach.
        """
        for verdict in (Verdict.BROKEN, Verdict.ERROR, Verdict.KEPT):
            if self.having(verdict):
                return verdict
        return Verdict.NOT_JUDGED

    @property
    def exit_code(self) -> int:
        """The command ends with this."""
        if self.complaints and self.verdict is Verdict.KEPT:
            return int(Exit.BROKEN)
        return int(Exit[self.verdict.name])


def aggregate(
    rules: Iterable[Rule],
    outcomes: Sequence[Outcome],
    level: str = "OBSERVED",
    unheard: Callable[[Rule], str] = lambda rule: "no test judges it",
) -> tuple[RuleVerdict, ...]:
    """Each rule's verdict; `unheard` says why no test was there for a rule."""
    about: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for name in outcome.about:
            about.setdefault(name, []).append(outcome)
    return tuple(judge_rule(rule, about.get(rule.id, []), level, unheard) for rule in rules)


def judge_rule(
    rule: Rule, outcomes: Sequence[Outcome], level: str, unheard: Callable[[Rule], str]
) -> RuleVerdict:
    """One rule's verdict over all that was said of it."""
    findings = _findings(rule, outcomes, level)
    counted = sum(_counts(finding, level) for finding in findings)
    readings = {said.reading for o in outcomes for said in _of(rule, o, o.readings)}
    held = bool(readings) or any(_of(rule, outcome, outcome.kept) for outcome in outcomes)
    verdict, reason = _weighed(rule, outcomes, level, findings, held)
    return RuleVerdict(
        rule,
        verdict,
        reason=unheard(rule) if verdict is Verdict.NOT_JUDGED and not reason else reason,
        reading=_reading(readings),
        findings=findings,
        counted=counted,
        seconds=sum(outcome.seconds for outcome in outcomes if rule.id in outcome.rules),
    )


def _weighed(
    rule: Rule,
    outcomes: Sequence[Outcome],
    level: str,
    findings: Sequence[Finding],
    held: bool,
) -> tuple[Verdict, str | None]:
    """Broken before error, error before kept, kept before not judged; and why.

    A breach that did not come again when it was told again breaks nothing: a false alarm is worse
    than a breach that is met in the next run. Nor was the rule kept: it is not judged.
    """
    if any(_counts(finding, level) for finding in findings):
        return Verdict.BROKEN, None
    if faults := _faults(rule, outcomes):
        return Verdict.ERROR, "; ".join(faults)
    if unsure := next((f for f in findings if f.flaky and counts(f.level, level)), None):
        return Verdict.NOT_JUDGED, unsure.actual
    if known := _distinct(finding.deviation for finding in findings):
        return Verdict.KEPT, f"but for a known deviation: {'; '.join(known)}"
    if findings and not (held and counts(rule.level, level)):
        return Verdict.NOT_JUDGED, f"broken only below the chosen level, {level}"
    reason = "; ".join(_distinct(_hindrance(rule, outcome) for outcome in outcomes))
    if held:
        return Verdict.KEPT, f"in part not judged: {reason}" if reason else None
    return Verdict.NOT_JUDGED, reason or None


def _of(rule: Rule, outcome: Outcome, records: Iterable[Spoken]) -> list[Spoken]:
    """What a test said for a rule; half of a test made for the rule says nothing for it."""
    broken_off = outcome.error is not None or outcome.not_judged is not None
    if broken_off and rule.id in outcome.rules:
        return []
    return [record for record in records if record.rule == rule.id]


def _findings(rule: Rule, outcomes: Sequence[Outcome], level: str) -> tuple[Finding, ...]:
    """The rule's findings, each once: those that count first, then those that came again.

    Among equals the shortest story comes first.
    """

    def weight(finding: Finding) -> tuple[bool, bool, int, bool, int]:
        counted = _counts(finding, level)
        strictness, length = _strictness(finding.level), len(finding.story)
        return not counted, finding.flaky, strictness, not finding.retold, length

    found = [f for outcome in outcomes for f in outcome.findings if f.rule == rule.id]
    once: dict[tuple[str | None, ...], Finding] = {}
    for finding in sorted(found, key=weight):
        once.setdefault(finding.identity, finding)
    return tuple(once.values())


def _counts(finding: Finding, level: str) -> bool:
    """Whether a finding is held against the target."""
    excused = finding.flaky or finding.deviation is not None
    return counts(finding.level, level) and not excused


def _strictness(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _faults(rule: Rule, outcomes: Sequence[Outcome]) -> list[str]:
    """What went wrong in tests that should have spoken of the rule, each fault said once."""
    tests: dict[str, list[str]] = {}
    for outcome in outcomes:
        fault = _fault(rule, outcome)
        if fault is not None:
            tests.setdefault(fault, []).append(outcome.test)
    return [f"{first}{_more(others)}: {fault}" for fault, (first, *others) in tests.items()]


def _more(others: Sequence[str]) -> str:
    return f" and {len(others)} more" if others else ""


def _fault(rule: Rule, outcome: Outcome) -> str | None:
    if rule.id not in outcome.rules:
        return None
    if outcome.error is not None:
        return outcome.error
    explained = outcome.not_judged is not None or outcome.breach is not None
    return None if explained or outcome.speaks_of(rule.id) else f"recorded nothing about {rule.id}"


def _hindrance(rule: Rule, outcome: Outcome) -> str | None:
    """Why a test left the rule without a verdict."""
    dropped = [left.reason for left in outcome.left if left.rule == rule.id]
    if dropped or rule.id not in outcome.rules:
        return next(iter(dropped), None)
    if outcome.breach is not None and not outcome.speaks_of(rule.id):
        return f"its story broke off at {outcome.breach}"
    return outcome.not_judged


def _reading(seen: set[str]) -> str | None:
    return "mixed" if len(seen) > 1 else next(iter(seen), None)


def _distinct(words: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))
