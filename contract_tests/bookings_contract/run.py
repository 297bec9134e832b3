"""Runs the suites against a target, quietly and in this process, and puts the report together.

Nothing of the user's own pytest set-up takes part: no configuration, no conftest, no plugins, no
environment.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal, Protocol

import httpx
import pytest
from attrs import define, field

import bookings_openapi
from bookings_contract.client import Client, Wire
from bookings_contract.plugin import judged_rules, suite_of
from bookings_contract.problems import ConfigurationError, NotJudged, Unanswered
from bookings_contract.target import Target
from bookings_contract.verdicts import Coverage, Outcome, Report, Verdict, aggregate

SUITES = "bookings_contract.suites"

# What is asked first, only to see who answers.
GREETING = "queryExtendedBookings"
UNAUTHORIZED = 401

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


@define
class Collector:
    """The plugin that hands the run its target and takes its outcomes."""

    target: Target | None = None
    transport: httpx.BaseTransport | None = None
    progress: Progress | None = None
    outcomes: list[Outcome] = field(factory=list)
    tests: list[tuple[str, tuple[str, ...]]] = field(factory=list)
    problems: list[str] = field(factory=list)

    def pytest_bookings_target(self) -> tuple[Target, httpx.BaseTransport | None] | None:
        """Hands out the target."""
        return None if self.target is None else (self.target, self.transport)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Takes down which tests there are."""
        self.tests = [(suite_of(item), judged_rules(item)) for item in session.items]
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
            when=call.when,
            duration=call.duration,
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Takes down a suite that could not be read."""
        if report.failed:
            self.problems.append(f"{report.nodeid}: {report.longreprtext}")

    def pytest_internalerror(self, excrepr: object) -> None:
        """Takes down a fault of the run itself."""
        self.problems.append(str(excrepr))


def judge(
    target: Target,
    *,
    rules: Iterable[str] = (),
    suites: Iterable[str] = (),
    seed: int = 0,
    level: str = "OBSERVED",
    max_time: float | None = None,
    progress: Progress | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Report:
    """Judges a target by the rules and suites named, or by all of them.

    Raises ConfigurationError if the target can't be reached or refuses its owner's token.
    """
    started = time.perf_counter()
    asked, chosen = tuple(dict.fromkeys(rules)), tuple(dict.fromkeys(suites))
    greet(target, transport)
    collector = Collector(target, transport, progress)
    arguments = [f"--bookings-seed={seed}", f"--bookings-level={level}"]
    arguments += [f"--bookings-rule={rule}" for rule in asked]
    arguments += [f"--bookings-suite={suite}" for suite in chosen]
    arguments += [] if max_time is None else [f"--bookings-max-time={max_time}"]
    _run(arguments, collector)
    report = Report(
        target=facts(target),
        rules=aggregate(
            _rules(asked, chosen, collector.tests), collector.outcomes, level, _unheard
        ),
        level=level,
        seed=seed,
        seconds=time.perf_counter() - started,
        coverage=sum((outcome.coverage for outcome in collector.outcomes), Coverage()),
    )
    if report.verdict is not Verdict.BROKEN and any(o.unanswered for o in collector.outcomes):
        greet(target, transport)  # Was it one request, or is nobody there any more?
    return report


def greet(target: Target, transport: httpx.BaseTransport | None = None) -> None:
    """Makes sure that somebody answers, and knows the owner, before anything is judged."""
    client = Client(Wire(target, transport))
    try:
        if GREETING in target.without:
            client.wire.send("GET", "/", {}, None)
            return
        answer = client.call(GREETING, body={"query": {"cursorPaging": {"limit": 1}}})
    except Unanswered as problem:
        raise ConfigurationError(
            f"{target.url} can't be reached: {problem}. Is it running, and is the address right?"
        ) from problem
    except NotJudged:
        return  # Somebody is there, and does not offer this operation.
    finally:
        client.wire.close()
    if answer.status == UNAUTHORIZED:
        raise ConfigurationError(
            f"{target.url} does not know the owner's token (401): mend [callers.owner] token."
        )


def rules_with_tests() -> Mapping[str, int]:
    """The rules that tests judge, and how many tests each has."""
    collector = Collector()
    _run(["--collect-only"], collector)
    named = [rule for _, rules in collector.tests for rule in rules]
    return {rule: named.count(rule) for rule in dict.fromkeys(named)}


def facts(target: Target) -> Mapping[str, object]:
    """What a report says of the target; no token is among it."""
    return {
        "url": target.url,
        "product": target.product,
        "version": target.version,
        "paths": target.paths,
        "control": target.control,
        "without": sorted(target.without),
        "callers": list(target.callers),
        "services": list(target.services),
    }


# Inside


def _ended(call: pytest.CallInfo[None]) -> Literal["passed", "failed", "skipped"]:
    if call.excinfo is None:
        return "passed"
    return "skipped" if call.excinfo.errisinstance(pytest.skip.Exception) else "failed"


def _run(arguments: Sequence[str], collector: Collector) -> None:
    suites = Path(str(files(SUITES)))
    quiet = [word for name in SUPERFLUOUS for word in ("-p", f"no:{name}")]
    own = ["-c", str(suites / "pytest.ini"), f"--rootdir={suites}", "--noconftest"]
    plugins = ["--disable-plugin-autoload", "-p", "bookings_contract.plugin", *quiet]
    modules = ["--import-mode=importlib", "--assert=plain", str(suites)]
    with _undisturbed():
        code = pytest.main([*plugins, *own, *arguments, *modules], plugins=[collector])
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


def _rules(
    asked: Sequence[str], suites: Sequence[str], tests: Sequence[tuple[str, tuple[str, ...]]]
) -> list[bookings_openapi.Rule]:
    """The rules that the report speaks of: those asked for, else what the chosen suites judge."""
    book = bookings_openapi.rules()
    if asked:
        return [book[name] for name in asked]
    if suites:
        named = {rule for _, rules in tests for rule in rules}
        return [rule for rule in book.values() if rule.id in named]
    # Advice speaks of callers' mistakes, and there is no caller here but the judge.
    return [rule for rule in book.values() if rule.level != "ADVICE"]


def _unheard(rule: bookings_openapi.Rule) -> str:
    """Why no test spoke of a rule."""
    coming = [name for name in rule.operations if name in bookings_openapi.coming()]
    if coming and len(coming) == len(rule.operations):
        return "its operations are not in the document yet"
    return "no suite judges it"
