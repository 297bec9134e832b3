"""Shapes: whatever is sent to an operation, its answer is one that the document describes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import pytest
from attrs import define

from bookings_contract.client import Client
from bookings_contract.given import Given
from bookings_contract.operations import operations
from bookings_contract.plugin import RUN
from bookings_contract.problems import NotJudged
from bookings_contract.record import Record
from bookings_contract.verdicts import Left

if TYPE_CHECKING:
    from bookings_contract.fuzzing.cases import Cases
    from bookings_contract.fuzzing.examiner import Examiner

# The time for all of it, where --max-time does not say how much there is.
SECONDS = 35.0
# No operation takes more than so many times its share of what is left.
GREED = 4

# How many cases there are at most: on a mock, and where others use the target too.
CORNERS, SURPRISES, CHAINS, STEPS = 220, 60, 40, 8
FEW_CORNERS, FEW_SURPRISES, FEW_CHAINS = 30, 9, 5

JUDGED = ("SHAPE-1", "SHAPE-2", "SHAPE-3", "SHAPE-4", "SHAPE-8", "AUTH-1")

each_operation = pytest.mark.parametrize("operation", list(operations()))


@define
class Clock:
    """How much time the tests of this module have left."""

    end: float

    def slice(self, tests: int) -> float:
        """When a test has to be through, if so many are still to come."""
        now = time.monotonic()
        left = max(0.0, self.end - now)
        return now + left * min(1.0, GREED / max(1, tests))


CLOCK = pytest.StashKey[Clock]()


@cache
def _cases(paths: str) -> "Cases":
    from bookings_contract.fuzzing.cases import Cases

    return Cases.load(paths)


@define
class Fuzzing:
    """What a test of this module holds: its cases, and who looks at the answers."""

    client: Client
    given: Given
    record: Record
    name: str
    seed: int
    deadline: float

    @property
    def cases(self) -> "Cases":
        """The cases that there are for the target's paths."""
        return _cases(self.client.target.paths)

    @property
    def number(self) -> int:
        """Where the values come from."""
        return Random(f"{self.seed} {self.name}").getrandbits(32)

    def up_to(self, many: int, few: int) -> int:
        """How many cases, which depends on whose the target is."""
        return many if self.client.target.ours else few

    @contextmanager
    def examiner(self, *named: str) -> Iterator["Examiner"]:
        """Who sends the cases; what was found is written down at the end."""
        target = self.client.target
        if not target.ours and not target.may_fuzz:
            raise NotJudged("may_fuzz is not set in [target], so nothing strange may be sent")
        if lacking := [name for name in named if name in target.without]:
            raise NotJudged(f"the target is without {', '.join(lacking)}")
        from bookings_contract.fuzzing.arranging import Arranging
        from bookings_contract.fuzzing.examiner import Examiner, Over

        # Its answers are judged by the examiner, who knows which case was sent on purpose.
        self.client.observers = ()
        arranging = Arranging(self.given, self.cases.exclusive, Random(self.number))
        examiner = Examiner(self.client, arranging, self.deadline, _callers(self.client))
        try:
            yield examiner
        except Over as over:
            if over.reason is not None:
                raise over.reason from None
            if not examiner.sent:
                raise NotJudged("the time for the fuzzing was over") from None
        finally:
            for finding in examiner.found.values():
                self.record.note(finding, passing=True)
            for kept in examiner.kept():
                self.record.note(kept)
        for name in named:
            examiner.require_offer(name)
        for rule in JUDGED:
            if not self.record.speaks_of(rule):
                self.record.note(Left(rule, "nothing that was sent came to it"))


@pytest.fixture
def bookings_fuzzing(
    request: pytest.FixtureRequest,
    bookings_client: Client,
    bookings_given: Given,
    bookings_record: Record,
) -> Fuzzing:
    run, stash = request.config.stash[RUN], request.config.stash
    if CLOCK not in stash:
        end = time.monotonic() + SECONDS if run.deadline is None else run.deadline
        stash[CLOCK] = Clock(end)
    items = request.session.items
    ahead = sum(item.path == request.path for item in items[items.index(request.node) :])
    name = request.node.name
    deadline = stash[CLOCK].slice(ahead)
    return Fuzzing(bookings_client, bookings_given, bookings_record, name, run.seed, deadline)


def _callers(client: Client) -> tuple[str, ...]:
    """The owner mostly; on a mock the others of the site too."""
    if not client.target.ours:
        return ("owner",)
    here = [name for name, one in client.target.callers.items() if one.site is None]
    return (*["owner"] * (3 * len(here)), *here)


@pytest.mark.judges(*JUDGED)
@each_operation
def test_an_operation_keeps_its_shapes_in_every_corner(
    operation: str, bookings_fuzzing: Fuzzing
) -> None:
    with bookings_fuzzing.examiner(operation) as examiner:
        from bookings_contract.fuzzing.phases import corners

        most = bookings_fuzzing.up_to(CORNERS, FEW_CORNERS)
        corners(bookings_fuzzing.cases, examiner, operation, most, str(bookings_fuzzing.number))


@pytest.mark.judges(*JUDGED)
@each_operation
def test_an_operation_keeps_its_shapes_whatever_is_sent(
    operation: str, bookings_fuzzing: Fuzzing
) -> None:
    with bookings_fuzzing.examiner(operation) as examiner:
        from bookings_contract.fuzzing.phases import surprises

        most = bookings_fuzzing.up_to(SURPRISES, FEW_SURPRISES)
        surprises(bookings_fuzzing.cases, examiner, operation, most, bookings_fuzzing.number)


@pytest.mark.judges(*JUDGED)
def test_calls_that_follow_from_each_other_keep_their_shapes(bookings_fuzzing: Fuzzing) -> None:
    with bookings_fuzzing.examiner() as examiner:
        from bookings_contract.fuzzing.phases import chains

        most = bookings_fuzzing.up_to(CHAINS, FEW_CHAINS)
        chains(bookings_fuzzing.cases, examiner, most, STEPS, bookings_fuzzing.number)
