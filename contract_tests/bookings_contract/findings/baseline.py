"""Known deviations: which breaches are to be expected, why, and until when.

A baseline is a file of `[[deviation]]` entries. What it names is told and not held against the
target; an entry that has expired, or names what no longer happens, fails the run.
"""

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from attrs import evolve, fields, frozen

from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.rule_names import named
from bookings_contract.findings.verdicts import Finding, Outcome, Report, RuleVerdict, Verdict

# What a written baseline gives its entries: time enough to mend them, not to forget them.
PATIENCE = timedelta(days=90)
# The suite that meets a rule by chance: where it was left out, nothing is known to be gone.
FUZZING = "shapes"

HEAD = """\
# Known deviations, for `bookings-contract test --baseline`. Each needs a reason and an expiry; one
# that has expired, or that no longer happens, fails the run. Say why each is there:
"""


@frozen
class Deviation:
    """Breaches of one rule that are known; what is not named may be anything."""

    rule: str
    reason: str
    expires: date
    circumstance: str | None = None
    operation: str | None = None

    def __str__(self) -> str:
        words = [f" {name} {value!r}" for name, value in self.narrowed() if value is not None]
        return f"{self.rule}{','.join(words)}"

    def narrowed(self) -> list[tuple[str, str | None]]:
        """What narrows the entry down."""
        return [("circumstance", self.circumstance), ("operation", self.operation)]

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is one of those that are known."""
        named = self.operation is None or self.operation == finding.operation
        where = self.circumstance is None or self.circumstance == finding.circumstance
        return self.rule == finding.rule and where and named


@frozen
class Baseline:
    """The deviations of one file, as of a day."""

    deviations: tuple[Deviation, ...] = ()
    today: date = date.min
    file: str = "baseline"

    def excused(self, outcome: Outcome) -> Outcome:
        """The outcome with every known finding marked as known."""
        if not self.deviations or not outcome.findings:
            return outcome
        return evolve(outcome, findings=tuple(map(self._marked, outcome.findings)))

    def _marked(self, finding: Finding) -> Finding:
        known = next((one for one in self._valid() if one.covers(finding)), None)
        if known is None:
            return finding
        return evolve(finding, deviation=f"{known.reason} (until {known.expires})")

    def _valid(self) -> Iterator[Deviation]:
        return (one for one in self.deviations if one.expires >= self.today)

    def expired(self) -> Iterator[str]:
        """A line for each entry that holds no longer."""
        for one in self.deviations:
            if one.expires < self.today:
                yield (
                    f"{self.file}: {one} expired on {one.expires} ({one.reason}): mend what it "
                    "excuses, or give it a new date"
                )

    def stale(
        self, rules: Sequence[RuleVerdict], left_out: Iterable[tuple[str, str]] = ()
    ) -> Iterator[str]:
        """A line for each entry whose rule was judged without meeting what it names.

        `left_out` are the suites' tests of rules that did not run: a rule that the fuzzing might
        have broken, and an entry for a part of a rule, are not known to be mended by the rest.
        """
        judged = {rule.id: rule for rule in rules if rule.verdict in JUDGED}
        narrower = dict.fromkeys((rule for _, rule in left_out), True)
        fuzzed = {rule for suite, rule in left_out if suite == FUZZING}
        for one in self._valid():
            rule = judged.get(one.rule)
            narrowed = any(value is not None for _, value in one.narrowed())
            if rule is None or one.rule in fuzzed or (narrowed and one.rule in narrower):
                continue
            if not any(one.covers(finding) for finding in rule.findings):
                yield f"{self.file}: {one} no longer happens ({one.reason}): take the entry out"


JUDGED = (Verdict.KEPT, Verdict.BROKEN)


def read(file: Path, today: date) -> Baseline:
    """The baseline that a file holds.

    Raises ConfigurationError, naming the file and what to write instead.
    """
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"The baseline {file} can't be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The baseline {file} is not TOML: {error}.") from error
    try:
        return Baseline(tuple(_entries(data)), today, str(file))
    except ConfigurationError as error:
        raise ConfigurationError(f"The baseline {file}: {error}") from None


def _entries(data: dict[str, Any]) -> Iterator[Deviation]:
    _known(data, ("deviation",), "it")
    entries = data.get("deviation", [])
    if not isinstance(entries, list):
        raise ConfigurationError("write each entry under [[deviation]], in double brackets.")
    for number, entry in enumerate(entries, 1):
        yield _entry(entry, f"[[deviation]] {number}")


def _entry(entry: dict[str, Any], where: str) -> Deviation:
    _known(entry, [one.name for one in fields(Deviation)], where)
    for name in ("rule", "reason", "circumstance", "operation"):
        if name in entry and not isinstance(entry[name], str):
            raise ConfigurationError(f"{where}: {name} is no text; put it into quotes.")
    if not entry.get("rule"):
        raise ConfigurationError(f'{where} names no rule: write rule = "CONFIRM-1".')
    try:
        (rule,) = named([entry["rule"]])
    except ConfigurationError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    if not entry.get("reason", "").strip():
        raise ConfigurationError(f"{where} ({rule}) gives no reason: say why it is tolerated.")
    return Deviation(**{**entry, "rule": rule, "expires": _day(entry, f"{where} ({rule})")})


def _day(entry: dict[str, Any], where: str) -> date:
    value = entry.get("expires")
    try:
        if type(value) is date:
            return value
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    said = "has no expiry" if value is None else f"expires on {value}, which is no day"
    raise ConfigurationError(f"{where} {said}: write expires = 2027-01-31.")


def _known(row: dict[str, Any], names: Sequence[str], where: str) -> None:
    for key in row:
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it takes {', '.join(names)}."
            raise ConfigurationError(f"{where} has an unknown key {key!r}; {hint}")


# Writing


def written(report: Report, today: date) -> str:
    """A baseline of everything that the report holds against the target."""
    found = {
        (finding.rule, finding.circumstance, finding.operation): finding
        for rule in report.rules
        for finding in rule.findings[: rule.counted]
    }
    return HEAD + "".join(_row(finding, today + PATIENCE) for finding in found.values())


def _row(finding: Finding, expires: date) -> str:
    pairs = [
        ("rule", finding.rule),
        ("circumstance", finding.circumstance),
        ("operation", finding.operation),
        ("reason", f"found: {finding.actual}"),
    ]
    lines = [f"{name} = {_quoted(value)}" for name, value in pairs if value is not None]
    return "\n".join(["", "[[deviation]]", *lines, f"expires = {expires}", ""])


def _quoted(words: str) -> str:
    """A text as TOML writes it, on one line and without what TOML can't hold."""
    plain = "".join(c if c.isprintable() else " " for c in words)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
