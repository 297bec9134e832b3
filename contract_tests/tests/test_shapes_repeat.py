"""The fuzzing repeats itself: a seed gives an operation the same cases, wherever and whenever."""

import importlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random

import pytest
from attrs import evolve
from hypothesis import given, seed, strategies as st

from bookings_contract.embedded import embedded
from bookings_contract.findings.operations import operations
from bookings_contract.findings.shards import Shard
from bookings_contract.findings.verdicts import Coverage
from bookings_contract.fuzzing import counts
from bookings_contract.runner.inprocess import RunOptions
from bookings_contract.runner.judge import judged
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.record import Record

from .spying import Sent, Spy

# Two of them share a path, two the schema of their requests, and one takes bookings.
SOME = (
    *("getAttendance", "deleteAttendance", "createAccessToken", "createEarlierAccessToken"),
    "rescheduleBooking",
)
IN_A_ROW = "in-a-row"
FEW = counts.Counts(corners=20, surprises=6, chains=2, steps=4)


def sent(number: int, names: Iterable[str]) -> Mapping[str, list[Sent]]:
    """What each operation is sent in one process, in this order; IN_A_ROW is no operation."""
    from bookings_contract.fuzzing.arranging import Arranging
    from bookings_contract.fuzzing.cases import Cases
    from bookings_contract.fuzzing.examiner import Examiner
    from bookings_contract.fuzzing.phases import chains, corners, surprises

    cases = Cases.load("documented")
    found: dict[str, list[Sent]] = {}
    with embedded() as (target, way):
        for name in names:
            spy = Spy(way)
            client = Client(Wire(target, spy), Record(), world=name)
            supplied = Given(client, PlacePool(target))
            arranging = Arranging(supplied, cases.exclusive, Random(number))
            examiner = Examiner(client, arranging, deadline=math.inf)
            if name in operations():
                corners(cases, examiner, name, FEW.corners, str(number))
                surprises(cases, examiner, name, FEW.surprises, number)
            else:
                chains(cases, examiner, FEW.chains, FEW.steps, number)
            assert examiner.found == {}
            found[name] = spy.sent
    return found


@pytest.fixture(scope="module")
def seven() -> Mapping[str, list[Sent]]:
    return sent(7, (*SOME, IN_A_ROW))


def test_a_seed_gives_the_same_cases_whatever_was_tried_before(
    seven: Mapping[str, list[Sent]],
) -> None:
    assert all(len(calls) > 5 for calls in seven.values())
    assert sent(7, (IN_A_ROW, *reversed(SOME))) == seven


def test_another_seed_gives_other_cases(seven: Mapping[str, list[Sent]]) -> None:
    other = sent(8, SOME[-1:])
    assert other["rescheduleBooking"] != seven["rescheduleBooking"]


def run(shard: Shard) -> tuple[Counter[Sent], Coverage]:
    """What a part of a run sends, and what that touches."""
    with embedded() as (target, way):
        spy = Spy(way)
        alone = evolve(target, without=operations().keys() - SOME)
        report, _ = judged(alone, RunOptions(suites=("shapes",), seed=7, shard=shard), None, spy)
    # Each run asks once who is there.
    return Counter(call for call in spy.sent if call[1] != f"{target.url}/"), report.coverage


def test_the_parts_of_a_run_send_together_what_the_whole_sends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counts, "OWN", evolve(FEW, chains=0))
    whole, touched = run(Shard())
    parts = [run(part) for part in Shard().split(2)]
    assert sum((calls for calls, _ in parts), Counter()) == whole
    assert sum((coverage for _, coverage in parts), Coverage()) == touched
    assert set(SOME) <= touched.operations.keys()


def test_words_of_modules_that_are_loaded_are_no_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = drawn()
    words = [f"a word of its own, number {number}" for number in range(50)]
    (tmp_path / "peculiar.py").write_text(f"WORDS = {words}", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("peculiar")
    assert drawn() == first


def drawn() -> list[str]:
    """Texts, as the fuzzing has them made."""
    from bookings_contract.fuzzing.cases import hypothesis_settings
    from bookings_contract.fuzzing.repeatable import without_literals

    found: list[str] = []

    @seed(1)
    @hypothesis_settings(300)
    @given(st.text())
    def draw(text: str) -> None:
        found.append(text)

    with without_literals():
        draw()
    return found
