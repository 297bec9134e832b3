"""What happens while judging: on a terminal live, elsewhere in a line for each suite at the end."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from attrs import define, field
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from bookings_contract.findings.verdicts import Outcome, counts
from bookings_contract.target.model import Target
from bookings_contract.testkit.pace import Plan

# The suite that is cut short when the time is up, and what a test of it takes until one was seen.
FUZZING, FUZZED = "shapes", 1.0
# Of the rules that a test judges, so many are named.
NAMED = 3


@define
class Watch:
    """What is known of a run so far."""

    level: str = "OBSERVED"
    max_time: float | None = None
    clock: Callable[[], float] = time.monotonic
    tests: Mapping[str, int] = field(factory=dict)
    exchanges: dict[str, int] = field(factory=dict)
    seconds: dict[str, float] = field(factory=dict)
    done: dict[str, int] = field(factory=dict)
    kept: set[str] = field(factory=set)
    broken: set[str] = field(factory=set)
    now: tuple[str, ...] = ()
    _changed: Callable[["Watch"], None] = lambda _: None
    # What is said before the first test, of how many tests of each suite there are.
    _foreword: Callable[[Mapping[str, int]], None] = lambda _: None
    _started: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._started = self.clock()

    def collected(self, tests: Mapping[str, int]) -> None:
        """So many tests of each suite will run."""
        self.tests = tests
        self._foreword(tests)
        self._changed(self)

    def judged(self, outcome: Outcome) -> None:
        """One test is over."""
        suite = outcome.suite
        self.exchanges[suite] = self.exchanges.get(suite, 0) + outcome.coverage.exchanges
        self.seconds[suite] = self.seconds.get(suite, 0.0) + outcome.seconds
        self.done[suite] = self.done.get(suite, 0) + 1
        self.now = outcome.rules
        self.kept |= {kept.rule for kept in outcome.kept} | {r.rule for r in outcome.readings}
        self.broken |= {f.rule for f in outcome.findings if counts(f.level, self.level)}
        self._changed(self)

    @property
    def summary(self) -> str:
        """The run so far, in a line: what is judged, what came of it, how long it still takes."""
        if self.tests and all(self.done.get(suite) == n for suite, n in self.tests.items()):
            now = "telling again what was broken" if self.broken else "done"
        else:
            more = " …" if self.now[NAMED:] else ""
            now = f"judging {' '.join(self.now[:NAMED])}{more}" if self.now else "beginning"
        kept = len(self.kept - self.broken)
        left = f" · about {self.left:.0f} s left" if self.left >= 1 else ""
        return f"{now} · {kept} kept so far · {len(self.broken)} broken{left}"

    @property
    def left(self) -> float:
        """The seconds that the tests to come may take, by those that are over."""
        left = sum(self._left(suite, tests) for suite, tests in self.tests.items())
        if self.max_time is None:
            return left
        return max(0.0, min(left, self.max_time - (self.clock() - self._started)))

    def _left(self, suite: str, tests: int) -> float:
        done = self.done.get(suite, 0)
        if done:
            return self.seconds[suite] / done * (tests - done)
        if suite == FUZZING:
            return FUZZED * tests
        over = sum(self.done.values())
        return sum(self.seconds.values()) / over * tests if over else 0.0

    def totals(self) -> Iterator[str]:
        """One line a suite."""
        for suite, total in self.tests.items():
            tests = _many(total, "test")
            exchanges = _many(self.exchanges.get(suite, 0), "exchange")
            yield f"  {suite:<10} {tests:>10} {exchanges:>16} {self.seconds.get(suite, 0):7.1f} s"


class Bars(Progress):
    """A bar for each suite, and below them the run so far in a line."""

    line = ""

    def get_renderables(self) -> Iterator[RenderableType]:
        """What is drawn."""
        yield self.make_tasks_table(self.tasks)
        if self.line:
            yield Text(f"  {self.line}", "dim", no_wrap=True, overflow="ellipsis")

    def show(self, watch: Watch) -> None:
        """Draws what has changed."""
        tasks = {task.description: task.id for task in self.tasks}
        for suite, total in watch.tests.items():
            task = tasks[suite] if suite in tasks else self.add_task(suite, total=total, summary="")
            said = _many(watch.exchanges.get(suite, 0), "exchange")
            self.update(task, completed=watch.done.get(suite, 0), summary=said)
        self.line = watch.summary


@contextmanager
def watching(
    console: Console,
    level: str = "OBSERVED",
    max_time: float | None = None,
    target: Target | None = None,
) -> Iterator[Watch]:
    """Progress bars on a terminal, and a line for each suite elsewhere.

    On others' target it is said beforehand what is going to be sent.
    """

    def foreword(tests: Mapping[str, int]) -> None:
        if target is not None and not target.ours:
            plan = Plan(tests, target.requests_per_minute)
            console.print(f"  as a guest: {plan}", soft_wrap=True, markup=False)

    bars = Bars(
        TextColumn("  {task.description:<10}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed}/{task.total} tests"),
        TextColumn("{task.fields[summary]}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    watch = Watch(level, max_time, changed=bars.show, foreword=foreword)
    with bars:
        yield watch
        bars.line = ""
    if not console.is_terminal:
        for line in watch.totals():
            console.print(Text(line), soft_wrap=True)


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
