"""Which tests run, and in which order: by rule, by suite, by shard."""

from collections import Counter
from collections.abc import Iterator
from types import FunctionType

import pytest

from bookings_contract.findings.runs import SUITES
from bookings_contract.plugin.run import RUN, Run

FUZZING = "shapes"
# What comes to any rule there is, each of which has quick tests of its own.
WALKS = "test_machine"


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
