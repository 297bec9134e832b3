"""What is said while judging: what is judged now, what came of it so far, how long it takes."""

import io

import pytest
from rich.console import Console
from rich.progress import TextColumn

from bookings_contract.findings.verdicts import Finding, Kept, Outcome
from bookings_contract.report.progress import Bars, Watch, watching

NOTHING = Finding("CONFIRM-1", "MUST", "refused", "200")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def outcome(rule: str, suite: str = "rules", **said: object) -> Outcome:
    return Outcome("test_it", suite, (rule,), seconds=0.5, **said)  # type: ignore[arg-type]


@pytest.fixture
def watch() -> Watch:
    begun = Watch(clock=Clock())
    begun.collected({"rules": 20})
    return begun


def test_before_the_first_test_is_over_nothing_is_known(watch: Watch) -> None:
    assert watch.summary == "beginning · 0 kept so far · 0 broken"


def test_it_says_what_is_judged_and_what_was_kept_and_broken(watch: Watch) -> None:
    watch.judged(outcome("CONFIRM-2", kept=(Kept("CONFIRM-2"),)))
    watch.judged(outcome("CONFIRM-1", kept=(Kept("CONFIRM-1"),), findings=(NOTHING,)))
    assert watch.summary == "judging CONFIRM-1 · 1 kept so far · 1 broken · about 9 s left"


def test_what_does_not_count_at_the_chosen_level_is_not_broken() -> None:
    strict = Watch(level="MUST", clock=Clock())
    low = Finding("CONFIRM-1", "OBSERVED", "refused", "200")
    strict.judged(outcome("CONFIRM-1", findings=(low,)))
    assert "0 broken" in strict.summary


def test_the_time_left_is_never_more_than_may_be_taken() -> None:
    clock = Clock()
    short = Watch(max_time=10, clock=clock)
    short.collected({"rules": 100})
    clock.now += 8
    short.judged(outcome("CONFIRM-1"))
    assert short.left == 2


def test_fuzzing_takes_its_time_before_a_test_of_it_is_over(watch: Watch) -> None:
    watch.collected({"rules": 1, "shapes": 30})
    watch.judged(outcome("CONFIRM-1"))
    assert watch.left == 30


def test_when_all_tests_are_over_breaches_are_told_again(watch: Watch) -> None:
    watch.collected({"rules": 1})
    watch.judged(outcome("CONFIRM-1", findings=(NOTHING,)))
    assert watch.summary.startswith("telling again what was broken · ")


def test_a_terminal_shows_a_bar_for_each_suite_and_the_run_so_far_below(watch: Watch) -> None:
    text = io.StringIO()
    console = Console(file=text, width=120)
    bars = Bars(TextColumn("{task.description} {task.completed}/{task.total}"), console=console)
    watch.judged(outcome("CONFIRM-1"))
    bars.show(watch)
    console.print(*bars.get_renderables())
    assert text.getvalue().splitlines()[0].rstrip() == "rules 1/20"
    assert text.getvalue().splitlines()[1].strip() == watch.summary


def test_a_file_has_a_line_for_each_suite_at_the_end() -> None:
    text = io.StringIO()
    with watching(Console(file=text, width=120)) as watch:
        watch.collected({"rules": 2})
        watch.judged(outcome("CONFIRM-1"))
    assert text.getvalue() == "  rules         2 tests      0 exchanges     0.5 s\n"
