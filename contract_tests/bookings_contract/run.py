"""Runs the suites against a target, quietly and in this process, and puts the report together.

Nothing of the user's own pytest set-up takes part: no configuration, no conftest, no plugins, no
environment.
"""

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal, Protocol, cast

import httpx
import pytest
from attrs import define, evolve, field, frozen

import bookings_openapi
from bookings_contract.baseline import Baseline
from bookings_contract.client import Client, Wire
from bookings_contract.confirming import LEAST, SECONDS, SHARE, Confirming
from bookings_contract.doctor import second_look
from bookings_contract.places import Supply
from bookings_contract.plugin import RUN, judged_rules, suite_of
from bookings_contract.problems import OVERDUE, ConfigurationError, NotJudged, Unanswered
from bookings_contract.replaying import Teller
from bookings_contract.shards import Shard
from bookings_contract.target import Target
from bookings_contract.verdicts import Coverage, Outcome, Report, RuleVerdict, Verdict, aggregate

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


@frozen
class Asked:
    """What a run is to judge, and how."""

    rules: tuple[str, ...] = ()
    suites: tuple[str, ...] = ()
    seed: int = 0
    level: str = "OBSERVED"
    max_time: float | None = None
    shard: Shard = field(factory=Shard)
    baseline: Baseline | None = None

    def after(self, seconds: float) -> "Asked":
        """The same when so much of its time is over."""
        left = None if self.max_time is None else self.max_time - seconds
        return evolve(self, max_time=left)

    @property
    def sparing(self) -> "Asked":
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
            *([] if self.max_time is None else [f"--bookings-max-time={self.max_time}"]),
        ]


@frozen
class Heard:
    """What the tests of a run said: all that a report of it is made of."""

    # Each test's suite and rules.
    tests: tuple[tuple[str, tuple[str, ...]], ...]
    outcomes: tuple[Outcome, ...]
    # Suites' tests of rules that were not asked for.
    left_out: frozenset[tuple[str, str]] = frozenset()


# Runs the tests in one way or another.
Hearing = Callable[
    [Target, Asked, Progress | None, httpx.BaseTransport | None, Supply | None],
    Heard,
]


@define
class Collector:
    """The plugin that hands the run its target and takes its outcomes."""

    target: Target | None = None
    transport: httpx.BaseTransport | None = None
    progress: Progress | None = None
    supply: Supply | None = None
    # The tests to run, by their nodes; None is all.
    nodes: frozenset[str] | None = None
    outcomes: list[Outcome] = field(factory=list)
    tests: list[tuple[str, tuple[str, ...]]] = field(factory=list)
    left_out: frozenset[tuple[str, str]] = frozenset()
    problems: list[str] = field(factory=list)

    def pytest_bookings_target(self) -> tuple[Target, httpx.BaseTransport | None] | None:
        """Hands out the target."""
        return None if self.target is None else (self.target, self.transport)

    def pytest_bookings_supply(self) -> Supply | None:
        """Hands out the places."""
        return self.supply

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


def judge(
    target: Target,
    *,
    rules: Iterable[str] = (),
    suites: Iterable[str] = (),
    seed: int = 0,
    level: str = "OBSERVED",
    max_time: float | None = None,
    shard: Shard | None = None,
    baseline: Baseline | None = None,
    progress: Progress | None = None,
    transport: httpx.BaseTransport | None = None,
    hearing: Hearing | None = None,
    keep: Callable[[Asked, Heard], object] | None = None,
) -> Report:
    """Judges a target by the rules and suites named, or by all of them.

    `hearing` runs the tests in another way than in this process; `keep` is told what was asked and
    heard. Raises ConfigurationError if the target can't be reached, or how it is configured
    explains what would be found.
    """
    asked = Asked(
        rules=tuple(dict.fromkeys(rules)),
        suites=tuple(dict.fromkeys(suites)),
        seed=seed,
        level=level,
        max_time=max_time,
        shard=shard or Shard(),
        baseline=baseline,
    )
    report, heard = judged(target, asked, progress, transport, hearing)
    if keep is not None:
        keep(asked, heard)
    return report


def judged(
    target: Target,
    asked: Asked,
    progress: Progress | None = None,
    transport: httpx.BaseTransport | None = None,
    hearing: Hearing | None = None,
) -> tuple[Report, Heard]:
    """The report, and what it was made of."""
    started = time.perf_counter()
    second_look.before(target)
    greet(target, transport)
    supply = Supply(target)
    beginning = asked.after(time.perf_counter() - started).sparing
    heard = (hearing or hear)(target, beginning, progress, transport, supply)
    report = reported(facts(target), asked, heard, time.perf_counter() - started)
    if report.having(Verdict.BROKEN):
        left = asked.after(time.perf_counter() - started)
        sure = _made_sure_of(report.rules, heard, left, target, transport, supply)
        heard = evolve(heard, outcomes=sure)
        report = reported(facts(target), asked, heard, time.perf_counter() - started)
    if report.verdict is not Verdict.BROKEN and any(o.unanswered for o in heard.outcomes):
        greet(target, transport)  # Was it one request, or is nobody there any more?
    second_look.after(report, target, transport)
    return report, heard


def hear(
    target: Target,
    asked: Asked,
    progress: Progress | None = None,
    transport: httpx.BaseTransport | None = None,
    supply: Supply | None = None,
) -> Heard:
    """Runs the tests in this process."""
    collector = Collector(target, transport, progress, supply)
    _run(
        [*asked.arguments, *([f"--bookings-shard={asked.shard}"] if asked.shard else [])], collector
    )
    return Heard(tuple(collector.tests), tuple(collector.outcomes), collector.left_out)


def reported(target: Mapping[str, object], asked: Asked, heard: Heard, seconds: float) -> Report:
    """The report on what was heard."""
    baseline = asked.baseline or Baseline()
    outcomes = [baseline.excused(outcome) for outcome in heard.outcomes]
    spoken_of = _rules(asked.rules, asked.suites, heard.tests, outcomes)
    unheard = _elsewhere if asked.shard else _unheard
    rules = aggregate(spoken_of, outcomes, asked.level, unheard)
    whole = not asked.shard and asked.max_time is None
    return Report(
        target=target,
        rules=rules,
        level=asked.level,
        seed=asked.seed,
        seconds=seconds,
        coverage=sum((outcome.coverage for outcome in outcomes), Coverage()),
        complaints=(
            *baseline.expired(),
            *(baseline.stale(rules, heard.left_out) if whole else ()),
        ),
        late=sum(outcome.not_judged == OVERDUE for outcome in outcomes),
        shard=str(asked.shard) if asked.shard else None,
    )


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


def _made_sure_of(
    rules: Iterable[RuleVerdict],
    heard: Heard,
    asked: Asked,
    target: Target,
    transport: httpx.BaseTransport | None,
    supply: Supply,
) -> tuple[Outcome, ...]:
    """The outcomes with what they found told again."""
    left = SECONDS if asked.max_time is None else asked.max_time
    end = time.monotonic() + max(LEAST, min(left, SECONDS))

    def rerun(nodes: frozenset[str]) -> Sequence[Outcome]:
        again = Collector(target, transport, None, supply, nodes)
        modules = {node.partition("::")[0] for node in nodes}
        _run(evolve(asked, max_time=end - time.monotonic()).arguments, again, modules)
        return again.outcomes

    wire = Wire(target, transport)
    try:
        teller = Teller(wire, f"judge-{secrets.token_hex(3)}", supply)
        return Confirming(
            heard.outcomes, teller, rerun, lambda: time.monotonic() < end, asked.level
        ).confirmed(rules)
    finally:
        wire.close()


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


def _rules(
    asked: Sequence[str],
    suites: Sequence[str],
    tests: Sequence[tuple[str, tuple[str, ...]]],
    outcomes: Sequence[Outcome],
) -> list[bookings_openapi.Rule]:
    """The rules that the report speaks of: those asked for, else what the chosen suites judge.

    What is found broken in passing is told in any case.
    """
    book = bookings_openapi.rules()
    if asked:
        return [book[name] for name in asked]
    if suites:
        named = {rule for _, rules in tests for rule in rules}
        named |= {finding.rule for outcome in outcomes for finding in outcome.findings}
        return [rule for rule in book.values() if rule.id in named]
    # Advice speaks of callers' mistakes, and there is no caller here but the judge.
    return [rule for rule in book.values() if rule.level != "ADVICE"]


def _elsewhere(rule: bookings_openapi.Rule) -> str:
    return "none of this shard's tests judges it"


def _unheard(rule: bookings_openapi.Rule) -> str:
    """Why no test spoke of a rule."""
    coming = [name for name in rule.operations if name in bookings_openapi.coming()]
    if coming and len(coming) == len(rule.operations):
        return "its operations are not in the document yet"
    return "no suite judges it"
