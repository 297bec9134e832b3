"""The judge against mocks that read the open rules differently: it tells how, and fails no one.

Two mocks are judged by every rule: one with all first readings, one with all second ones. Besides,
each reading is chosen alone, and judged by the rules whose stories it touches.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import pytest
from attrs import frozen

import bookings_openapi
from bookings_contract.embedded import embedded, rule_facts
from bookings_contract.run import judge, rules_with_tests
from bookings_contract.verdicts import Report, Verdict

from .mocks import processes

BOOK = bookings_openapi.rules()
JUDGED = rules_with_tests()
OBEYED = rule_facts().obeyed
FIRST = "A"

# The rules that mocks can read in several ways, and that the judge has tests for.
OPEN = [r for r in BOOK.values() if r.level == "EITHER" and r.id in OBEYED and r.id in JUDGED]
OTHERS = [(r.id, letter) for r in OPEN for letter in r.readings if letter != FIRST]
SECOND = {rule: letter for rule, letter in OTHERS if letter == "B"}

# The suites that judge rule by rule; made-up calls take long, and have a test of their own.
SUITES = ("rules", "lifecycle")
# Of a rule with more tests than this, others tell enough: it is judged in the two whole runs.
MANY = 40

# Which reading of one rule leaves another one without any.
HIDDEN = {
    "AUTH-11": "AUTH-8",
    "PENDING-2": "PENDING-1",
    "PENDING-6": "PENDING-1",
}

Readings = tuple[tuple[str, str], ...]


@frozen
class Read:
    """What one judgement found, as far as these tests ask."""

    broken: Mapping[str, str]
    faults: Mapping[str, str | None]
    unjudged: frozenset[str]
    letters: Mapping[str, str]

    @classmethod
    def of(cls, report: Report) -> "Read":
        """The same, small enough to go from one process to another."""
        broken = report.having(Verdict.BROKEN)
        return cls(
            broken={v.id: f"{v.first.circumstance}: {v.first.actual}" for v in broken if v.first},
            faults={v.id: v.reason for v in report.having(Verdict.ERROR)},
            unjudged=frozenset(v.id for v in report.having(Verdict.NOT_JUDGED)),
            letters=dict(report.readings),
        )


def _touched(rule: str) -> list[str]:
    """The rule itself, and those whose stories call what it is about."""
    about = set(BOOK[rule].operations)
    near = [
        name
        for name, tests in JUDGED.items()
        if tests <= MANY and about & set(BOOK[name].operations) and _kin(name, rule)
    ]
    return list(dict.fromkeys([rule, *near]))


def _kin(one: str, other: str) -> bool:
    """Whether two rules stand in the same section of the book."""
    return one.partition("-")[0] == other.partition("-")[0]


def _judged(readings: Readings) -> Read:
    """Judges the mock with these readings: one alone by what it touches, several by everything."""
    rules = _touched(readings[0][0]) if len(readings) == 1 else []
    suites = () if rules else SUITES
    with embedded(readings=dict(readings)) as (target, transport):
        return Read.of(judge(target, rules=rules, suites=suites, transport=transport))


WHOLE: Mapping[str, Readings] = {"all first": (), "all second": tuple(SECOND.items())}


@pytest.fixture(scope="module")
def judgements(request: pytest.FixtureRequest) -> Iterator[Mapping[Readings, Future[Read]]]:
    """The judgements that the chosen tests ask for, the longest first, on every core there is."""
    chosen = [item for item in request.session.items if item.path == request.path]
    params = [item.callspec.params for item in chosen if hasattr(item, "callspec")]
    whole = [WHOLE[one["which"]] for one in params if "which" in one]
    alone = [(one["chosen"],) for one in params if "chosen" in one]
    with processes() as pool:
        yield {asked: pool.submit(_judged, asked) for asked in dict.fromkeys([*whole, *alone])}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("which", WHOLE)
def test_no_choice_of_readings_is_held_against_a_server(
    which: str, judgements: Mapping[Readings, Future[Read]]
) -> None:
    found = judgements[WHOLE[which]].result()
    assert not found.broken
    assert not found.faults


@pytest.mark.parametrize("which", WHOLE)
def test_every_reading_is_told_rightly(
    which: str, judgements: Mapping[Readings, Future[Read]]
) -> None:
    found = judgements[WHOLE[which]].result()
    chosen = dict(WHOLE[which])
    hidden = {rule for rule, by in HIDDEN.items() if by in chosen}
    assert hidden <= found.unjudged
    expected = {r.id: chosen.get(r.id, FIRST) for r in OPEN if r.id not in hidden}
    assert {rule: found.letters.get(rule) for rule in expected} == expected


@pytest.mark.parametrize("chosen", OTHERS, ids="=".join)
def test_a_reading_that_is_chosen_alone_is_told_and_breaks_nothing(
    chosen: tuple[str, str], judgements: Mapping[Readings, Future[Read]]
) -> None:
    found = judgements[(chosen,)].result()
    assert not found.broken
    assert not found.faults
    expected = {r.id: FIRST for r in OPEN if r.id in found.letters} | dict([chosen])
    assert dict(found.letters) == expected
