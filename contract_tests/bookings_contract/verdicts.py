"""What was found, and what follows from it: findings, outcomes, verdicts, the exit code.

Plain data and arithmetic; nothing here asks, prints or knows where a finding came from.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum, StrEnum

from attrs import evolve, field, frozen

from bookings_contract.exchange import Exchange
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
    flaky: bool = False
    deviation: str | None = None

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
class Coverage:
    """What the exchanges touched."""

    operations: Mapping[str, int] = field(factory=dict)
    statuses: Mapping[str, int] = field(factory=dict)
    transitions: Mapping[str, int] = field(factory=dict)

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
    findings: tuple[Finding, ...] = ()
    kept: tuple[Kept, ...] = ()
    readings: tuple[Reading, ...] = ()
    not_judged: str | None = None
    error: str | None = None
    coverage: Coverage = field(factory=Coverage)
    seconds: float = 0.0

    def speaks_of(self, rule: str) -> bool:
        """Whether anything was recorded about the rule."""
        records: tuple[Sequence[Finding | Kept | Reading], ...]
        records = (self.findings, self.kept, self.readings)
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


@frozen
class Report:
    """Everything that one judging found."""

    target: Mapping[str, object]
    rules: tuple[RuleVerdict, ...]
    level: str = "OBSERVED"
    seed: int = 0
    seconds: float = 0.0
    coverage: Coverage = field(factory=Coverage)

    def having(self, verdict: Verdict) -> tuple[RuleVerdict, ...]:
        """The rules with this verdict."""
        return tuple(rule for rule in self.rules if rule.verdict is verdict)

    def __getitem__(self, rule: str) -> RuleVerdict:
        return next(verdict for verdict in self.rules if verdict.id == rule)

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
        return int(Exit[self.verdict.name])


def aggregate(
    rules: Iterable[Rule],
    outcomes: Sequence[Outcome],
    level: str = "OBSERVED",
    unheard: Callable[[Rule], str] = lambda rule: "no test judges it",
) -> tuple[RuleVerdict, ...]:
    """Each rule's verdict; `unheard` says why no test was there for a rule."""
    return tuple(judge_rule(rule, outcomes, level, unheard) for rule in rules)


def judge_rule(
    rule: Rule, outcomes: Sequence[Outcome], level: str, unheard: Callable[[Rule], str]
) -> RuleVerdict:
    """One rule's verdict: broken before error, error before kept, kept before not judged."""
    findings = _findings(rule, outcomes, level)
    counted = sum(counts(finding.level, level) for finding in findings)
    silent = [o for o in outcomes if rule.id in o.rules and not o.speaks_of(rule.id)]
    errors = _distinct(_fault(outcome, rule) for outcome in silent)
    reasons = _distinct(outcome.not_judged for outcome in silent)
    readings = {r.reading for o in outcomes for r in o.readings if r.rule == rule.id}
    held = bool(readings) or any(k.rule == rule.id for o in outcomes for k in o.kept)
    known = RuleVerdict(
        rule,
        Verdict.NOT_JUDGED,
        reading=_reading(readings),
        findings=findings,
        counted=counted,
        seconds=sum(outcome.seconds for outcome in outcomes if rule.id in outcome.rules),
    )
    if counted:
        return evolve(known, verdict=Verdict.BROKEN)
    if errors:
        return evolve(known, verdict=Verdict.ERROR, reason="; ".join(errors))
    if findings and not (held and counts(rule.level, level)):
        return evolve(known, reason=f"broken only below the chosen level, {level}")
    if held:
        left = f"in part not judged: {'; '.join(reasons)}" if reasons else None
        return evolve(known, verdict=Verdict.KEPT, reason=left)
    return evolve(known, reason="; ".join(reasons) or unheard(rule))


def _findings(rule: Rule, outcomes: Sequence[Outcome], level: str) -> tuple[Finding, ...]:
    """The rule's findings, each said once, those that count first, the shortest story first."""
    said: dict[tuple[str | None, ...], Finding] = {}
    for outcome in outcomes:
        for finding in outcome.findings:
            if finding.rule == rule.id:
                said.setdefault(finding.identity, finding)
    return tuple(
        sorted(said.values(), key=lambda f: (not counts(f.level, level), LEVELS.index(f.level)))
    )


def _fault(outcome: Outcome, rule: Rule) -> str | None:
    """What went wrong in a test that should have spoken of the rule and did not."""
    if outcome.error is not None:
        return f"{outcome.test}: {outcome.error}"
    if outcome.not_judged is None:
        return f"{outcome.test} recorded nothing about {rule.id}"
    return None


def _reading(seen: set[str]) -> str | None:
    return "mixed" if len(seen) > 1 else next(iter(seen), None)


def _distinct(words: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))
