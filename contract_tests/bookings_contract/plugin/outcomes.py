"""What becomes of one test: its record is kept, and its outcome told when it is over."""

import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

import bookings_openapi
from bookings_contract.findings.problems import OVERDUE, NotJudged, Unanswered, Unjudged
from bookings_contract.findings.sanitise import line
from bookings_contract.findings.verdicts import Finding, counts
from bookings_contract.plugin.run import RECORD, RUN, Run
from bookings_contract.plugin.selection import judged_rules, suite_of
from bookings_contract.target.masking import Mask
from bookings_contract.testkit.blame import blamed
from bookings_contract.testkit.record import Record

# The ways in which a test can end early; an interrupt is none of them.
ENDINGS = (Exception, pytest.skip.Exception, pytest.fail.Exception)


class Broken(Exception):
    """A test found the target breaking rules; the message tells which, and how."""


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
        record.adopt_passing()
        _write_down(record, reason)
        _fail(record, run, cause=error)
        _skip_if_unjudged(reason)
        raise
    record.adopt_passing()
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
    own = Path(__file__).parents[1]
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
