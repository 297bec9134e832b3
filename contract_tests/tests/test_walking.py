"""Random walks with the oracle: silent on the whole mock; on a broken one they name the rule."""

from collections.abc import Iterator
from itertools import count

import httpx
import pytest
from attrs import evolve

import bookings_openapi
from bookings_contract.embedded import embedded, wrong_servers
from bookings_contract.findings.verdicts import Finding, Outcome, aggregate
from bookings_contract.plugin.known_facts import known_facts
from bookings_contract.replay.outcome import ReplayOutcome
from bookings_contract.replay.player import Replayer
from bookings_contract.target.model import Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.record import Record
from bookings_contract.walking.arena import Arena, walked
from bookings_contract.walking.walker import Notes

# Enough to cut a story down, also where the machine is busy with other things.
PATIENCE = 60.0
NUMBERS = count()
SECOND = {rule.id: "B" for rule in bookings_openapi.rules().values() if rule.readings}

# What walks alone find within a few of them; other rules take a story that nobody stumbles on.
STUMBLED_ON = (
    *("REVISION-1", "REVISION-2", "REVISION-3", "REVISION-6", "LOOKUP-1"),
    *("CREATE-2", "CREATE-4", "CREATE-7", "CREATE-11", "CREATE-12", "CREATE-22"),
)

# What walks hear in the list of events; how events are signed they do not ask.
HEARD = ("EVENT-1", "EVENT-2", "EVENT-4")
# Walks cancel one booking at a time: the suites know how it is with several.
UNHEARD = {"canceling-in-bulk-tells-nothing"}
WRONGLY_TOLD = {
    one.name: one.rule for one in wrong_servers() if one.rule in HEARD and one.name not in UNHEARD
}

Mock = tuple[Target, httpx.BaseTransport]


def _walked(mock: Mock, *, number: int = 1, walks: int = 100, sought: str | None = None) -> Notes:
    target, transport = mock
    wire, record = Wire(target, transport), Record()
    # Worlds of their own, also where several tests share a mock.
    names = (f"walk-{next(NUMBERS)}" for _ in count())

    def client() -> Client:
        return Client(wire, record, next(names) if target.ours else None)

    arena = Arena(
        target, known_facts(target), client, lambda: PlacePool(target), lambda: next(names)
    )
    return walked(arena, number, patience=PATIENCE, walks=walks, sought=sought)


def _broken(rule: str) -> Notes:
    with embedded((rule,)) as mock:
        return _walked(mock, sought=rule)


def _again(finding: Finding, mock: Mock) -> ReplayOutcome:
    """How a finding's story ends when it is told once more."""
    target, transport = mock
    outcome = Outcome("walk", "rules", (finding.rule,), findings=(finding,))
    (verdict,) = aggregate([bookings_openapi.rules()[finding.rule]], [outcome])
    replayer = Replayer(Wire(target, transport), f"again-{next(NUMBERS)}", PlacePool(target))
    return replayer.replayed(verdict, finding).outcome


@pytest.fixture(scope="module")
def first() -> Iterator[Mock]:
    with embedded() as mock:
        yield mock


@pytest.fixture(scope="module")
def second() -> Iterator[Mock]:
    with embedded(readings=SECOND) as mock:
        yield mock


@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize("readings", ["first", "second"])
def test_walks_find_nothing_broken_on_the_whole_mock(
    number: int, readings: str, request: pytest.FixtureRequest
) -> None:
    notes = _walked(request.getfixturevalue(readings), number=number, walks=5)
    assert not notes.found
    assert notes.kept >= set(HEARD)


@pytest.mark.parametrize("number", range(3))
def test_walks_of_a_guest_find_nothing_broken_either(number: int, first: Mock) -> None:
    target, transport = first
    guest = evolve(target, control=None)
    assert not _walked((guest, transport), number=number, walks=2).found


def test_where_every_place_is_taken_nobody_walks(first: Mock) -> None:
    target, transport = first
    lonely = evolve(target, services={}, control=None)
    assert not _walked((lonely, transport)).exchanges


@pytest.mark.parametrize("rule", STUMBLED_ON)
def test_walks_on_a_broken_mock_name_the_rule(rule: str) -> None:
    assert rule in {found for found, _ in _broken(rule).found}


@pytest.mark.parametrize("name", WRONGLY_TOLD)
def test_walks_hear_what_is_told_wrongly(name: str) -> None:
    rule = WRONGLY_TOLD[name]
    with embedded((name,)) as mock:
        found = _walked(mock, number=3, sought=rule).found
        endings = [_again(finding, mock) for finding in found.values()]
    assert {heard for heard, _ in found} == {rule}
    # The list that is shown beside each story is the one that the story leads to.
    assert set(endings) == {ReplayOutcome.FAILS}


def test_the_same_number_walks_the_same_way(first: Mock) -> None:
    one, two = (_walked(first, number=7, walks=3) for _ in range(2))
    assert (one.exchanges, one.kept) == (two.exchanges, two.kept)


def test_a_breach_is_cut_down_to_a_short_story() -> None:
    with embedded(("REVISION-3",)) as mock:
        found = _walked(mock, walks=6).found
    (story,) = (one.story for (rule, _), one in found.items() if rule == "REVISION-3")
    assert len(story) <= 3
