"""The verdicts by rule at the end of a plain pytest run, in one process or under xdist."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import define, field

import bookings_openapi
from bookings_contract.findings.sanitise import line
from bookings_contract.findings.verdicts import Outcome, RuleVerdict, Verdict, aggregate
from bookings_contract.plugin.serialise import deserialised, serialised

# How xdist hands on what its workers heard.
HANDED_ON = "bookings_outcomes"


@define
class Summary:
    """Hears every outcome, also those of xdist's workers, and tells the verdicts at the end."""

    level: str
    # Takes the target's secrets out of an outcome.
    discreet: Callable[[Outcome], Outcome]
    outcomes: list[Outcome] = field(factory=list)

    def pytest_bookings_outcome(self, outcome: Outcome) -> None:
        """Takes an outcome."""
        self.outcomes.append(outcome)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Makes ready to be told what was heard; in a worker: hands it on."""
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is None and not session.config.pluginmanager.has_plugin("terminalreporter"):
            return  # Nobody is told.
        self.outcomes = [self.discreet(outcome) for outcome in self.outcomes]
        if output is not None:
            output[HANDED_ON] = json.dumps([serialised(outcome) for outcome in self.outcomes])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Takes what a worker heard."""
        output: dict[str, Any] = getattr(node, "workeroutput", None) or {}
        self.outcomes += deserialised(json.loads(output.get(HANDED_ON, "[]")))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line a rule, but for those that are kept: they are counted."""
        rules = self._verdicts()
        if not rules:
            return
        terminalreporter.section("bookings rules")
        for verdict, how in ((Verdict.BROKEN, "red"), (Verdict.ERROR, "magenta")):
            for rule in rules:
                if rule.verdict is verdict:
                    terminalreporter.write_line(line(_line(rule)), **{how: True})
        counted = [(verdict, sum(r.verdict is verdict for r in rules)) for verdict in ORDER]
        told = [f"{number} {verdict.words}" for verdict, number in counted if number]
        terminalreporter.write_line(" · ".join(told))

    def _verdicts(self) -> tuple[RuleVerdict, ...]:
        """Of the rules that the tests are about, and of those found broken in passing."""
        asked = {rule for outcome in self.outcomes for rule in outcome.rules}
        found = {one.rule for outcome in self.outcomes for one in outcome.findings}
        book = bookings_openapi.rules().values()
        return aggregate(
            [rule for rule in book if rule.id in asked | found], self.outcomes, self.level
        )


ORDER = (Verdict.BROKEN, Verdict.ERROR, Verdict.KEPT, Verdict.NOT_JUDGED)


def _line(rule: RuleVerdict) -> str:
    if rule.first is None:
        return f"{rule.id}  {rule.verdict.words}  {rule.reason}"
    when = f"{rule.first.circumstance}: " if rule.first.circumstance else ""
    head = f"{rule.id}  {rule.verdict.words}  {rule.first.level}"
    return f"{head}  {when}expected {rule.first.expected}; received {rule.first.actual}"
