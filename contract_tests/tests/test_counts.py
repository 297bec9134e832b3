"""How many cases an operation is sent: a share of what all are sent together, or all of its own."""

import pytest
from attrs import evolve

from bookings_contract.embedded import embedded
from bookings_contract.findings.operations import operations
from bookings_contract.fuzzing import counts
from bookings_contract.runner.judge import judge

from .spying import Spy


@pytest.mark.parametrize("ours", [True, False], ids=["own", "guest"])
def test_few_operations_get_the_whole_number_each(ours: bool) -> None:
    whole = counts.OWN if ours else counts.GUEST
    assert counts.counts(ours, 0) == whole
    assert counts.counts(ours, counts.SHARED) == whole


@pytest.mark.parametrize("many", [counts.SHARED + 1, 100, 400])
def test_more_operations_share_what_few_would_get(many: int) -> None:
    shared, whole = counts.counts(True, many), counts.OWN
    assert 0 <= shared.corners * many - whole.corners * counts.SHARED < many
    assert 0 <= shared.surprises * many - whole.surprises * counts.SHARED < many
    assert (shared.chains, shared.steps) == (whole.chains, whole.steps)


def test_a_deep_run_gives_each_operation_all_there_are() -> None:
    assert counts.counts(True, 400, deep=True) == counts.OWN


def test_the_option_reaches_the_fuzzing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "OWN", counts.Counts(corners=24, surprises=3, chains=0, steps=2))
    monkeypatch.setattr(counts, "SHARED", 1)
    shared, deep = (sent(asked) for asked in (False, True))
    assert 0 < shared < deep


def sent(deep: bool) -> int:
    """How many requests the shapes of two operations take."""
    with embedded() as (target, way):
        spy = Spy(way)
        alone = evolve(target, without=operations().keys() - {"queryAttendance", "setAttendance"})
        judge(alone, suites=["shapes"], deep=deep, transport=spy)
    return len(spy.sent)
