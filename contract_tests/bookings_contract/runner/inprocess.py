"""Runs the suites in this process, quietly, and takes down what their tests say.

Nothing of the user's own pytest set-up takes part: no configuration, no conftest, no plugins, no
environment.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal, Protocol, cast

import httpx
import pytest
from attrs import define, evolve, field, frozen

from bookings_contract.findings.baseline import Baseline
from bookings_contract.findings.shards import Shard
from bookings_contract.findings.verdicts import Outcome
from bookings_contract.plugin.run import RUN
from bookings_contract.plugin.selection import judged_rules, suite_of
from bookings_contract.replay.flake_check import SHARE
from bookings_contract.target.model import Target
from bookings_contract.target.places import PlacePool

SUITES = "bookings_contract.suites"

# Plugins of pytest that a quiet run has no use for; two of them collect garbage at every end.
SUPERFLUOUS = (
    *("terminal", "cacheprovider", "capture", "faulthandler", "logging", "warnings", "junitxml"),
    *("threadexception", "unraisableexception", "doctest", "unittest", "pastebin", "stepwise"),
    *("debugging", "legacypath", "tmpdir", "setuponly", "setupplan", "subtests", "recwarn"),
    "monkeypatch",
)

# What pytest would take in from the environment.
FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG", "PYTEST_CURRENT_TEST")


class Progress(Protocol):
    """Whoever wants to watch a run."""

    def collected(self, tests: Mapping[str, int]) -> None:
        """So many tests of each suite will run."""

    def judged(self, outcome: Outcome) -> None:
        """One test is over."""


@frozen
class RunOptions:
    """What a run is to judge, and how."""

    rules: tuple[str, ...] = ()
    suites: tuple[str, ...] = ()
    seed: int = 0
    level: str = "OBSERVED"
    max_time: float | None = None
    deep: bool = False
    shard: Shard = field(factory=Shard)
    baseline: Baseline | None = None

    def after(self, seconds: float) -> "RunOptions":
        """The same when so much of its time is over."""
        left = None if self.max_time is None else self.max_time - seconds
        return evolve(self, max_time=left)

    @property
    def modules(self) -> Iterable[str] | None:
        """The modules that hold the suites asked for, where that is known beforehand.

        All of them where a baseline wants to know what was left out.
        """
        alone = bool(self.suites) and "rules" not in self.suites and self.baseline is None
        return [f"test_{suite}.py" for suite in self.suites] if alone else None

    @property
    def sparing(self) -> "RunOptions":
        """The same without the share of its time in which what was found is told again."""
        less = None if self.max_time is None else self.max_time * (1 - SHARE)
        return evolve(self, max_time=less)

    @property
    def arguments(self) -> list[str]:
        """The same in the plugin's options, the shard apart."""
        return [
            f"--bookings-seed={self.seed}",
            f"--bookings-level={self.level}",
            *(f"--bookings-rule={rule}" for rule in self.rules),
            *(f"--bookings-suite={suite}" for suite in self.suites),
            *(["--bookings-deep"] if self.deep else []),
            *([] if self.max_time is None else [f"--bookings-max-time={self.max_time}"]),
        ]


@frozen
class RunResult:
    """What the tests of a run said: all that a report of it is made of."""

    # Each test's suite and rules.
    tests: tuple[tuple[str, tuple[str, ...]], ...]
    outcomes: tuple[Outcome, ...]
    # Suites' tests of rules that were not asked for.
    left_out: frozenset[tuple[str, str]] = frozenset()


# Runs the tests in one way or another.
Runner = Callable[
    [Target, RunOptions, Progress | None, httpx.BaseTransport | None, PlacePool | None],
    RunResult,
]


@define
class Collector:
    """The plugin that hands the run its target and takes its outcomes."""

    target: Target | None = None
    transport: httpx.BaseTransport | None = None
    progress: Progress | None = None
    pool: PlacePool | None = None
    # The tests to run, by their nodes; None is all.
    nodes: frozenset[str] | None = None
    outcomes: list[Outcome] = field(factory=list)
    tests: list[tuple[str, tuple[str, ...]]] = field(factory=list)
    left_out: frozenset[tuple[str, str]] = frozenset()
    problems: list[str] = field(factory=list)

    def pytest_bookings_target(self) -> tuple[Target, httpx.BaseTransport | None] | None:
        """Hands out the target."""
        return None if self.target is None else (self.target, self.transport)

    def pytest_bookings_places(self) -> PlacePool | None:
        """Hands out the places."""
        return self.pool

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leaves out what is not asked for."""
        if self.nodes is not None:
            items[:] = [item for item in items if item.nodeid in self.nodes]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Takes down which tests there are."""
        self.tests = [(suite_of(item), judged_rules(item)) for item in session.items]
        self.left_out = session.config.stash[RUN].left_out
        if self.progress is not None:
            suites = [suite for suite, _ in self.tests]
            self.progress.collected({suite: suites.count(suite) for suite in dict.fromkeys(suites)})

    def pytest_bookings_outcome(self, outcome: Outcome) -> None:
        """Takes an outcome."""
        self.outcomes.append(outcome)
        if self.progress is not None:
            self.progress.judged(outcome)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Makes a bare report: nobody reads the source lines that pytest would put into one."""
        return pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={},
            outcome=_ended(call),
            longrepr=None,
            when=cast(Literal["setup", "call", "teardown"], call.when),
            duration=call.duration,
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Takes down a suite that could not be read."""
        if report.failed:
            self.problems.append(f"{report.nodeid}: {report.longreprtext}")

    def pytest_internalerror(self, excrepr: object) -> None:
        """Takes down a fault of the run itself."""
        self.problems.append(str(excrepr))


def run_tests(
    target: Target,
    options: RunOptions,
    progress: Progress | None = None,
    transport: httpx.BaseTransport | None = None,
    pool: PlacePool | None = None,
) -> RunResult:
    """Runs the tests in this process."""
    collector = Collector(target, transport, progress, pool)
    part = [f"--bookings-shard={options.shard}"] if options.shard else []
    _run([*options.arguments, *part], collector, options.modules)
    return RunResult(tuple(collector.tests), tuple(collector.outcomes), collector.left_out)


def rerun_tests(
    target: Target,
    options: RunOptions,
    nodes: frozenset[str],
    transport: httpx.BaseTransport | None = None,
    pool: PlacePool | None = None,
) -> Sequence[Outcome]:
    """Runs these tests once more, by their nodes, in this process."""
    again = Collector(target, transport, None, pool, nodes)
    _run(options.arguments, again, {node.partition("::")[0] for node in nodes})
    return again.outcomes


def rules_with_tests() -> Mapping[str, int]:
    """The rules that tests judge, and how many tests each has."""
    collector = Collector()
    _run(["--collect-only"], collector)
    named = [rule for _, rules in collector.tests for rule in rules]
    return {rule: named.count(rule) for rule in dict.fromkeys(named)}


# Inside


def _ended(call: pytest.CallInfo[None]) -> Literal["passed", "failed", "skipped"]:
    if call.excinfo is None:
        return "passed"
    return "skipped" if call.excinfo.errisinstance(pytest.skip.Exception) else "failed"


def _run(
    arguments: Sequence[str], collector: Collector, modules: Iterable[str] | None = None
) -> None:
    """Runs the suites, or these modules of them."""
    suites = Path(str(files(SUITES)))
    quiet = [word for name in SUPERFLUOUS for word in ("-p", f"no:{name}")]
    own = ["-c", str(suites / "pytest.ini"), f"--rootdir={suites}", "--noconftest"]
    plugins = ["--disable-plugin-autoload", "-p", "bookings_contract.plugin", *quiet]
    where = [str(suites)] if modules is None else [str(suites / name) for name in sorted(modules)]
    what = ["--import-mode=importlib", "--assert=plain", *where]
    with _undisturbed():
        code = pytest.main([*plugins, *own, *arguments, *what], plugins=[collector])
    if collector.problems:
        raise RuntimeError("the suites could not run:\n" + "\n".join(collector.problems))
    if code is pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        raise RuntimeError(f"the suites could not run: pytest ended with {code!r}")


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Keeps pytest's environment variables, and what it changes in sys, out of the way."""
    foreign = {name: os.environ.pop(name) for name in FOREIGN if name in os.environ}
    bytecode = sys.dont_write_bytecode
    try:
        yield
    finally:
        sys.dont_write_bytecode = bytecode
        for name in FOREIGN:
            os.environ.pop(name, None)
        os.environ.update(foreign)
