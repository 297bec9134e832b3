"""The pytest plugin that the suites run on: options, the `judges` marker, fixtures, outcomes.

Load it with `-p bookings_contract.plugin`. All state is in the config's stash, so that a run may
stand inside another.
"""

import secrets
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from random import Random
from types import FunctionType

import httpx
import pytest
from attrs import define, field

import bookings_openapi
from bookings_contract import hooks, shapes
from bookings_contract.blame import blamed
from bookings_contract.client import Client, Wire
from bookings_contract.expect import Expect
from bookings_contract.given import Given
from bookings_contract.locating import locate
from bookings_contract.masking import Mask
from bookings_contract.oracle import Oracle
from bookings_contract.pace import Pace
from bookings_contract.places import Supply
from bookings_contract.plain import line
from bookings_contract.problems import (
    OVERDUE,
    ConfigurationError,
    NotJudged,
    Unanswered,
    Unjudged,
)
from bookings_contract.record import Record
from bookings_contract.shards import Shard
from bookings_contract.summary import Summary
from bookings_contract.target import Target
from bookings_contract.verdicts import LEVELS, Finding, Outcome, counts
from bookings_contract.watching import Rider, grounds_of

# Suites with a name of their own; every other module states rules one by one.
SUITES = ("lifecycle", "rules", "shapes")
FUZZING = "shapes"
# What comes to any rule there is, each of which has quick tests of its own.
WALKS = "test_machine"


@define
class Run:
    """What the tests of one session share."""

    config: pytest.Config
    rules: frozenset[str]
    suites: frozenset[str]
    level: str
    seed: int
    deadline: float | None
    deep: bool = False
    shard: Shard = field(factory=Shard)
    # What the options left out: a suite's tests of a rule. Another shard's are not among it.
    left_out: frozenset[tuple[str, str]] = frozenset()
    id: str = field(factory=lambda: secrets.token_hex(3))
    _numbers: Iterator[int] = field(factory=lambda: count(1))
    _open: ExitStack = field(factory=ExitStack)
    _wire: Wire | None = None
    _shared: Supply | None = None

    @property
    def wire(self) -> Wire:
        """The connection, made when the first test asks for it."""
        if self._wire is None:
            target, transport = self._target()
            pace = Pace(target.requests_per_minute, self.deadline)
            self._wire = Wire(target, transport, pace=pace)
            self._open.callback(self._wire.close)
            supply = self.config.hook.pytest_bookings_supply(config=self.config)
            self._shared = supply or Supply(target)
        return self._wire

    def _target(self) -> tuple[Target, httpx.BaseTransport | None]:
        found: tuple[Target, httpx.BaseTransport | None] | None
        found = self.config.hook.pytest_bookings_target(config=self.config)
        if found is not None:
            return found
        from bookings_contract.embedded import embedded

        return self._open.enter_context(embedded(seed=self.seed))

    def client(self, record: Record) -> Client:
        """A client in a world of its own, where there are worlds."""
        number = next(self._numbers)
        world = f"judge-{self.id}-{number}" if self.wire.target.ours else None
        rider = Rider(Oracle(grounds_of(self.wire.target)), record.overheard)
        return Client(self.wire, record, world, (shapes.observe, rider.observe))

    def supply(self) -> Supply:
        """A world's own places, or else a share of the run's."""
        wire = self.wire
        assert self._shared is not None
        return Supply(wire.target) if wire.target.ours else self._shared.share()

    def discreet(self, outcome: Outcome) -> Outcome:
        """An outcome without the target's secrets."""
        return Mask.of(self.wire.target, [outcome]).value(outcome)

    def name(self) -> str:
        """A name that nothing else in any run has."""
        return f"judge-{self.id}-{next(self._numbers)}"

    def hurry(self) -> None:
        """From now on only cleaning up goes on, and only for a little while."""
        if self._wire is not None:
            pace, now = self._wire.pace, self._wire.pace.now()
            pace.deadline = now if pace.deadline is None else min(now, pace.deadline)

    def close(self) -> None:
        """Ends the connection, and an embedded mock."""
        self._open.close()


# The ways in which a test can end early; an interrupt is none of them.
ENDINGS = (Exception, pytest.skip.Exception, pytest.fail.Exception)

RUN = pytest.StashKey[Run]()
RECORD = pytest.StashKey[Record]()


class Broken(Exception):
    """A test found the target breaking rules; the message tells which, and how."""


# The session


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options, all of them `--bookings-…`."""
    group = parser.getgroup("bookings", "judging an implementation of the bookings contract")
    group.addoption("--bookings-url", metavar="URL", help="the target's address; default: a mock")
    group.addoption("--bookings-target", metavar="FILE", help="the target file (TOML)")
    group.addoption(
        "--bookings-rule",
        metavar="ID",
        action="append",
        default=[],
        help="judge this rule only (repeatable)",
    )
    group.addoption(
        "--bookings-suite",
        choices=SUITES,
        action="append",
        default=[],
        help="run this suite only (repeatable)",
    )
    group.addoption("--bookings-seed", type=int, default=0, metavar="N", help="default: 0")
    group.addoption("--bookings-level", choices=LEVELS, default="OBSERVED", help="what counts")
    group.addoption(
        "--bookings-max-time", type=float, metavar="S", help="begin no test after S seconds"
    )
    group.addoption(
        "--bookings-deep", action="store_true", help="fuzz each operation with all cases there are"
    )
    group.addoption("--bookings-shard", metavar="I/N", help="run the Ith of N parts of the tests")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Adds the hooks of `hooks.py`."""
    pluginmanager.add_hookspecs(hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker and starts the run."""
    config.addinivalue_line(
        "markers",
        "judges(*rules, needs=None): the test judges these rules of the book; `needs` replaces "
        "what their rows say it takes",
    )
    limit = config.getoption("--bookings-max-time")
    config.stash[RUN] = Run(
        config,
        rules=frozenset(config.getoption("--bookings-rule")),
        suites=frozenset(config.getoption("--bookings-suite")),
        level=config.getoption("--bookings-level"),
        seed=config.getoption("--bookings-seed"),
        deadline=None if limit is None else time.monotonic() + limit,
        deep=config.getoption("--bookings-deep"),
        shard=_shard(config.getoption("--bookings-shard")),
    )
    summary = Summary(config.getoption("--bookings-level"), config.stash[RUN].discreet)
    config.pluginmanager.register(summary, "bookings-summary")


def _shard(words: str | None) -> Shard:
    try:
        return Shard.read(words) if words else Shard()
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the run."""
    if RUN in config.stash:
        config.stash[RUN].close()


@pytest.hookimpl(trylast=True)
def pytest_bookings_target(
    config: pytest.Config,
) -> tuple[Target, httpx.BaseTransport | None] | None:
    """Finds the target that the options name."""
    url, file = config.getoption("--bookings-url"), config.getoption("--bookings-target")
    try:
        found = locate(url, Path(file) if file else None)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from error
    return None if found is None else (found, None)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> list[pytest.Item] | None:
    """Passes over functions that judge none of the rules asked for, before they become items.

    Only to be quick: what is left out exactly is decided when all items are there.
    """
    wanted = collector.config.stash[RUN].rules
    if not wanted or not isinstance(obj, FunctionType):
        return None
    marks = [*collector.iter_markers("judges"), *_marks(obj)]
    named = {rule for mark in marks if mark.name == "judges" for rule in mark.args}
    return [] if named and wanted.isdisjoint(named) else None


def _marks(function: FunctionType) -> Iterator[pytest.Mark]:
    """A function's own marks, and those of its parameters."""
    for mark in getattr(function, "pytestmark", ()):
        yield mark
        values = mark.args[1] if mark.name == "parametrize" and len(mark.args) > 1 else ()
        for value in values if isinstance(values, list | tuple) else ():
            yield from (getattr(found, "mark", found) for found in getattr(value, "marks", ()))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Lets `-k` select by rule."""
    item.extra_keyword_matches.update(judged_rules(item))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what the options do not ask for."""
    run = config.stash[RUN]
    asked = [item for item in items if _asked_for(item, run)]
    left = _others(items, asked)
    run.left_out = frozenset((suite_of(item), rule) for item in left for rule in judged_rules(item))
    if run.deadline is not None:
        asked = _by_turns(asked)
    # What can be cut short when the time is up comes last.
    asked.sort(key=lambda item: suite_of(item) == FUZZING)
    mine = run.shard.share(asked)
    if len(mine) < len(items):
        config.hook.pytest_deselected(items=_others(items, mine))
    items[:] = mine


def _by_turns(items: list[pytest.Item]) -> list[pytest.Item]:
    """Each rule's first test before any rule's second: where time is short, all come to a word."""
    turns: Counter[tuple[str, ...]] = Counter()

    def turn(item: pytest.Item) -> int:
        first = judged_rules(item)[:1]
        turns[first] += 1
        return turns[first]

    return sorted(items, key=turn)


def _others(items: list[pytest.Item], chosen: list[pytest.Item]) -> list[pytest.Item]:
    known = set(chosen)
    return [item for item in items if item not in known]


def _asked_for(item: pytest.Item, run: Run) -> bool:
    rules = judged_rules(item)
    if not rules:
        return not run.rules and not run.suites
    if run.rules and suite_of(item) == FUZZING and FUZZING not in run.suites:
        return False  # Each of its rules has quick tests of its own.
    if run.rules and item.path.stem == WALKS:
        return False
    return (not run.rules or not run.rules.isdisjoint(rules)) and (
        not run.suites or suite_of(item) in run.suites
    )


def judged_rules(item: pytest.Item) -> tuple[str, ...]:
    """The rules that a test judges, by its markers."""
    named = [rule for marker in item.iter_markers("judges") for rule in marker.args]
    return tuple(dict.fromkeys(named))


def suite_of(item: pytest.Item) -> str:
    """The suite that a test belongs to, by its module."""
    name = item.path.stem.removeprefix("test_")
    return name if name in SUITES else "rules"


# One test


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Keeps a record for a test that judges, and tells its outcome when the test is over."""
    rules = judged_rules(item)
    if not rules:
        return (yield)
    run = item.config.stash[RUN]
    record = item.stash[RECORD] = Record(wanted=run.rules or None)
    started = time.perf_counter()
    try:
        result = yield
    except KeyboardInterrupt:
        run.hurry()
        raise
    asked = tuple(rule for rule in rules if not run.rules or rule in run.rules)
    seconds = time.perf_counter() - started
    outcome = record.outcome(item.name, suite_of(item), asked, seconds, item.nodeid)
    item.config.hook.pytest_bookings_outcome(config=item.config, outcome=outcome)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Asks whether the test can begin, and notes what keeps it from it."""
    record = item.stash.get(RECORD, None)
    if record is None:
        return (yield)
    try:
        _may_begin(item)
        return (yield)
    except ENDINGS as error:
        reason = blamed(error, record.seen) if isinstance(error, Exception) else error
        _write_down(record, reason)
        _skip_if_unjudged(reason)
        raise


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fails the test for what it found, and notes what ended it early."""
    record = item.stash.get(RECORD, None)
    if record is None:
        return (yield)
    run = item.config.stash[RUN]
    try:
        result = yield
    except ENDINGS as error:
        reason = blamed(error, record.seen) if isinstance(error, Exception) else error
        record.tell()
        _write_down(record, reason)
        _fail(record, run, cause=error)
        _skip_if_unjudged(reason)
        raise
    record.tell()
    _fail(record, run)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Notes what went wrong when cleaning up."""
    try:
        return (yield)
    except Exception as error:
        if RECORD in item.stash:
            item.stash[RECORD].error = _summary(error)
        raise


def _may_begin(item: pytest.Item) -> None:
    run = item.config.stash[RUN]
    unknown = [rule for rule in judged_rules(item) if rule not in bookings_openapi.rules()]
    if unknown:
        raise LookupError(f"{item.name} judges {', '.join(unknown)}, which no rule book row is")
    if run.deadline is not None and time.monotonic() > run.deadline:
        raise NotJudged(OVERDUE)
    for need in _needs(item):
        reason = run.wire.target.lacks(need)
        if reason:
            raise NotJudged(reason)


def _needs(item: pytest.Item) -> list[str]:
    """What the test takes: the marker's own word, else what the rules' rows say."""
    found: list[str] = []
    for marker in item.iter_markers("judges"):
        own = marker.kwargs.get("needs")
        rows = [need for rule in marker.args for need in bookings_openapi.rules()[rule].needs]
        found += rows if own is None else own
    return list(dict.fromkeys(found))


def _write_down(record: Record, error: BaseException) -> None:
    """Notes why a test ended early: a reason, or a fault unless a breach led there."""
    if isinstance(error, (Unjudged, pytest.skip.Exception)):
        record.not_judged = str(error)
        record.unanswered = isinstance(error, Unanswered)
    elif record.breach is None:
        record.error = _summary(error)


def _skip_if_unjudged(error: BaseException) -> None:
    """In pytest's eyes a rule without a verdict is a skipped test."""
    if isinstance(error, Unjudged):
        raise pytest.skip.Exception(line(str(error))) from error


def _summary(error: BaseException) -> str:
    """What went wrong, and where in the suites, or else in the harness."""
    own = Path(__file__).parent
    frames = [(Path(file), line) for file, line in _traceback(error)]
    inside = [frame for frame in frames if own in frame[0].parents]
    suite = [frame for frame in inside if frame[0].parent.name == "suites"]
    where = [f" ({file.name}:{line})" for file, line in suite or inside]
    return f"{type(error).__name__}: {error}{where[-1] if where else ''}"


def _traceback(error: BaseException) -> Iterator[tuple[str, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


def _fail(record: Record, run: Run, cause: BaseException | None = None) -> None:
    """Fails a test in pytest's eyes if what it found counts."""
    counted = [f for f in record.findings.values() if counts(f.level, run.level)]
    if counted:
        mask = Mask.of(run.wire.target)
        raise Broken("\n".join(_told(mask.value(finding)) for finding in counted)) from cause


def _told(finding: Finding) -> str:
    steps = [f"  {n}  {e.method} {e.path}  {e.status}" for n, e in enumerate(finding.story, 1)]
    head = f"{finding.rule} broken ({finding.level})"
    told = [head, f"  expected  {finding.expected}", f"  actual    {finding.actual}", *steps]
    return "\n".join(map(line, told))


# What tests ask for


@pytest.fixture
def bookings_record(request: pytest.FixtureRequest) -> Record:
    """The test's notes; a test without `judges` keeps some too."""
    stash: pytest.Stash = request.node.stash
    return stash.setdefault(RECORD, Record())


@pytest.fixture
def bookings_target(request: pytest.FixtureRequest) -> Target:
    """What is judged."""
    return request.config.stash[RUN].wire.target


@pytest.fixture
def bookings_supply(request: pytest.FixtureRequest) -> Supply:
    """The places that the test may book."""
    return request.config.stash[RUN].supply()


@pytest.fixture
def bookings_client(
    request: pytest.FixtureRequest, bookings_record: Record, bookings_supply: Supply
) -> Iterator[Client]:
    """Calls operations by name, in a world of the test's own."""
    client = request.config.stash[RUN].client(bookings_record)
    yield client
    if client.tidy():
        bookings_supply.give_back()


@pytest.fixture
def bookings_given(
    request: pytest.FixtureRequest, bookings_client: Client, bookings_supply: Supply
) -> Given:
    """Arrangements through the API."""
    run = request.config.stash[RUN]
    random = Random(f"{run.seed} {request.node.name}")
    return Given(bookings_client, bookings_supply, run.name(), random)


@pytest.fixture
def bookings_expect(bookings_record: Record, bookings_given: Given) -> Expect:
    """Expectations, each kept or broken."""
    return Expect(bookings_record, bookings_given)
