"""Makes sure of every breach before it is reported: it is told again, and then made short.

A story that fails again is sure. Where it does not, or says too little to be told by itself, the
test that found it runs again. What does not come again either way is flaky: it is listed with both
answers, and breaks nothing. What could not be tried again, for want of time or of another place to
book, stands as it was found.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from attrs import define, evolve, field

from bookings_contract.findings.verdicts import (
    LEVELS,
    Finding,
    Outcome,
    RuleVerdict,
    Verdict,
    counts,
)
from bookings_contract.replay.minimise import Minimiser, described
from bookings_contract.replay.outcome import ReplayOutcome
from bookings_contract.replay.player import Replayed, Replayer

# The time for all of it at most, and at least; and the share of --max-time that is kept for it.
SECONDS, LEAST, SHARE = 10.0, 1.0, 0.05
# So many findings of a rule are tried again at first, and so many more if none of them came again.
FIRST, MORE = 3, 10

# Runs tests again by their nodes.
Rerun = Callable[[frozenset[str]], Sequence[Outcome]]


@define
class Case:
    """One broken rule, and its findings that count: the likeliest to come again first."""

    verdict: RuleVerdict
    findings: tuple[Finding, ...]
    # The one whose story failed again.
    sure: Finding | None = None


@define
class FlakeCheck:
    """One run's findings on their way into the report."""

    outcomes: Sequence[Outcome]
    replayer: Replayer
    rerun: Rerun
    # Whether there is still time.
    going: Callable[[], bool]
    level: str = "OBSERVED"
    # By the finding's identity as an object: what takes its place, and how its story ended.
    _instead: dict[int, Finding] = field(factory=dict)
    _replayed: dict[int, Replayed] = field(factory=dict)

    def checked(self, rules: Iterable[RuleVerdict]) -> tuple[Outcome, ...]:
        """The outcomes, with the first findings of every broken rule made sure of."""
        cases = [self._case(rule) for rule in rules if rule.verdict is Verdict.BROKEN]
        for case in cases:
            self._tell(case)
        unsure = [case for case in cases if case.sure is None]
        for tried in (slice(FIRST), slice(FIRST, FIRST + MORE)):
            unsure = self._run_again(unsure, tried)
        for case in unsure:
            self._doubt(case)
        for case in cases:
            if case.sure is not None and self.going():
                shorter = Minimiser(self.replayer, case.verdict, case.sure, self.going).shrunk()
                self._instead[id(case.sure)] = evolve(shorter, retold=True)
        return tuple(
            evolve(o, findings=tuple(self._instead.get(id(f), f) for f in o.findings))
            for o in self.outcomes
        )

    def _case(self, verdict: RuleVerdict) -> Case:
        met: Counter[object] = Counter()
        weights: list[tuple[tuple[int, bool, int, int], Finding]] = []
        for outcome in self.outcomes:
            for found in outcome.findings:
                if found.rule == verdict.id and counts(found.level, self.level):
                    met[found.identity] += 1
                    vague, nth = found.check is None, met[found.identity]
                    strictness = LEVELS.index(found.level)
                    weights.append(((strictness, vague, nth, len(found.story)), found))
        weights.sort(key=lambda weighed: weighed[0])
        return Case(verdict, tuple(found for _, found in weights))

    def _tell(self, case: Case) -> None:
        """Tells the first stories of a rule until one of them fails again."""
        for finding in case.findings[:FIRST]:
            if not self.going():
                return
            replayed = self._replayed[id(finding)] = self.replayer.replayed(case.verdict, finding)
            if replayed.outcome is ReplayOutcome.FAILS:
                case.sure = finding
                self._instead[id(finding)] = evolve(finding, retold=True)
                return

    def _run_again(self, cases: Sequence[Case], tried: slice) -> list[Case]:
        """Runs the tests that found these; the cases whose findings all stayed away."""
        nodes = {id(f): o.node for o in self.outcomes for f in o.findings}
        asked = {nodes[id(f)] for case in cases for f in case.findings[tried]} - {""}
        if not asked or not self.going():
            return []
        again = {outcome.node: outcome for outcome in self.rerun(frozenset(asked))}
        absent = []
        for case in cases:
            stayed = [self._stayed_away(f, again.get(nodes[id(f)])) for f in case.findings[tried]]
            if all(stayed):
                absent.append(case)
        return absent

    def _stayed_away(self, finding: Finding, second: Outcome | None) -> bool:
        """Whether a test came to its end without the finding; then that is flaky."""
        if second is None or not _says_all(second, finding.rule) or _found(finding, second):
            return False
        was, then = finding.actual, _then(finding, self._replayed.get(id(finding)))
        self._instead[id(finding)] = evolve(
            finding, flaky=True, actual=f"flaky: was {was}, then {then}"
        )
        return True

    def _doubt(self, case: Case) -> None:
        """None that was tried again came again, so the others count as little."""
        for finding in case.findings[FIRST + MORE :]:
            actual = f"flaky: was {finding.actual}, and others of this rule did not come again"
            self._instead[id(finding)] = evolve(finding, flaky=True, actual=actual)


def _says_all(outcome: Outcome, rule: str) -> bool:
    """Whether nothing kept the test from speaking of the rule."""
    whole = outcome.error is None and outcome.not_judged is None
    return whole and (outcome.breach is None or outcome.speaks_of(rule))


def _found(finding: Finding, outcome: Outcome) -> bool:
    asked = (finding.rule, finding.circumstance)
    return any((found.rule, found.circumstance) == asked for found in outcome.findings)


def _then(finding: Finding, replayed: Replayed | None) -> str:
    """What was seen the second time."""
    if replayed is not None and replayed.outcome is ReplayOutcome.HOLDS:
        return described(replayed.finding) if finding.shown_by_answer else finding.expected
    return "nothing of it when its test ran again"
