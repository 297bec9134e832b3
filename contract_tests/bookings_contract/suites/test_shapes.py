"""Shapes: whatever is sent to an operation, its answer is one that the document describes.

How long that takes is decided by how many cases there are (`fuzzing/counts.py`), and by the clock
only where --max-time says so; what is sent depends on the seed and the operation alone.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from attrs import define, field

from bookings_contract.findings.operations import document, operation, operations
from bookings_contract.findings.problems import NotJudged
from bookings_contract.findings.verdicts import Left
from bookings_contract.fuzzing.counts import Counts, counts
from bookings_contract.plugin.run import RUN
from bookings_contract.plugin.selection import judged_rules
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.record import Record
from bookings_contract.testkit.scenario import Scenario
from bookings_openapi.schemas import followed

if TYPE_CHECKING:
    from bookings_contract.fuzzing.cases import Cases
    from bookings_contract.fuzzing.examiner import Examiner
    from bookings_contract.oracle import KnownFacts

# No test takes more than so many times its share of what is left of --max-time.
GREED = 2.0

ALWAYS = ("SHAPE-1", "SHAPE-2", "SHAPE-4")


def _judged(name: str) -> Iterator[str]:
    """The rules that cases of an operation come to."""
    asked = operation(name).definition
    yield from ALWAYS
    yield from ("SHAPE-8",) if "requestBody" in asked else ()
    # Getting a token fails in a shape of its own.
    yield from ("SHAPE-3",) if "requestBody" in asked and "x-errors" not in asked else ()
    yield from () if asked.get("security") == [] else ("AUTH-1",)


each_operation = pytest.mark.parametrize(
    "operation",
    [
        pytest.param(name, id=name, marks=pytest.mark.judges(*_judged(name)))
        for name in operations()
    ],
)


@define
class Shared:
    """What the tests of this module have in common in one run: their time and their cases."""

    # When all of it has to be over; infinity where nobody said.
    end: float
    _cases: dict[str, "Cases"] = field(factory=dict)

    def slice(self, share: float) -> float:
        """When a test has to be through that has this share of all that are still to come."""
        now = time.monotonic()
        return now + max(0.0, self.end - now) * min(1.0, GREED * share)

    def cases(self, paths: str) -> "Cases":
        """The cases for a target's paths, read from the document once."""
        from bookings_contract.fuzzing.cases import Cases

        if paths not in self._cases:
            self._cases[paths] = Cases.load(paths)
        return self._cases[paths]


SHARED = pytest.StashKey[Shared]()


@define
class Fuzzing:
    """What a test of this module holds: its cases, and who looks at the answers."""

    client: Client
    given: Given
    record: Record
    known: "KnownFacts"
    name: str
    rules: tuple[str, ...]
    seed: int
    shared: Shared
    deep: bool
    # Of the work that is still to come, how much is this test's.
    share: float

    @property
    def cases(self) -> "Cases":
        """The cases that there are for the target's paths."""
        return self.shared.cases(self.client.target.paths)

    @property
    def number(self) -> int:
        """Where the values come from."""
        return Random(f"{self.seed} {self.name}").getrandbits(32)

    @property
    def counts(self) -> Counts:
        """How many cases there are."""
        target = self.client.target
        return counts(target.ours, len(operations().keys() - target.without), self.deep)

    @contextmanager
    def examiner(self, *named: str) -> Iterator["Examiner"]:
        """Who sends the cases; what was found is written down at the end."""
        target = self.client.target
        if not target.ours and not target.may_fuzz:
            raise NotJudged("may_fuzz is not set in [target], so nothing strange may be sent")
        if not target.ours and any(
            operation(one).definition.get("security") == [] for one in named
        ):
            raise NotJudged("tokens are asked for by nobody but their owners")
        if not target.ours and any("x-rearranges" in operation(one).definition for one in named):
            raise NotJudged("what a business offers is not changed at random")
        if lacking := [name for name in named if name in target.without]:
            raise NotJudged(f"the target is without {', '.join(lacking)}")
        from bookings_contract.fuzzing.arranging import Arranging
        from bookings_contract.fuzzing.examiner import Examiner, Over
        from bookings_contract.oracle import Oracle

        exclusive, callers = self.cases.exclusive, _callers(self.client)
        arranging = Arranging(self.given, exclusive, Random(self.number))
        deadline = self.shared.slice(self.share)
        oracle = Oracle(self.known)
        examiner = Examiner(self.client, arranging, deadline, callers, oracle)
        # Its answers are judged by the examiner, who knows which case was sent on purpose.
        self.client.observers = (examiner.observe,)
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
        for rule in self.rules:
            if not self.record.speaks_of(rule):
                self.record.note(Left(rule, "nothing that was sent came to it"))


@pytest.fixture
def bookings_fuzzing(
    request: pytest.FixtureRequest, scenario: Scenario, bookings_record: Record
) -> Fuzzing:
    run, stash = request.config.stash[RUN], request.config.stash
    if SHARED not in stash:
        stash[SHARED] = Shared(math.inf if run.deadline is None else run.deadline)
    items = request.session.items
    to_come = [item for item in items[items.index(request.node) :] if item.path == request.path]
    ahead = [item for item in to_come if _operation(item) not in scenario.client.target.without]
    return Fuzzing(
        client=scenario.client,
        given=scenario.given,
        record=bookings_record,
        known=run.known,
        name=request.node.name,
        rules=judged_rules(request.node),
        seed=run.seed,
        shared=stash[SHARED],
        deep=run.deep,
        share=_work(request.node) / (sum(_work(item) for item in ahead) or 1),
    )


def _work(item: pytest.Item) -> int:
    """How much there is to do for a test, by how much its operation's request can hold."""
    name = _operation(item)
    return 50 if name is None else 10 + _fields(name)


def _operation(item: pytest.Item) -> str | None:
    """The operation that a test is about; None if it is about many."""
    callspec = getattr(item, "callspec", None)
    return None if callspec is None else str(callspec.params["operation"])


@cache
def _fields(name: str) -> int:
    """How many fields a request can hold."""

    def count(node: Any, above: tuple[str, ...] = ()) -> int:
        if isinstance(node, list):
            return sum(count(part, above) for part in node)
        if not isinstance(node, dict) or node.get("$ref") in above:
            return 0
        inside = (*above, node["$ref"]) if "$ref" in node else above
        schema = followed(document(), node)
        own = schema.get("properties", {}).values()
        parts = [schema.get(key) for key in ("items", "allOf", "oneOf", "anyOf")]
        return sum(1 + count(part, inside) for part in own) + count(parts, inside)

    body = operation(name).definition.get("requestBody")
    return 0 if body is None else count(body["content"].get("application/json", {}).get("schema"))


def _callers(client: Client) -> tuple[str, ...]:
    """The owner mostly; on a mock the others of the site too."""
    if not client.target.ours:
        return ("owner",)
    here = [name for name, one in client.target.callers.items() if one.site is None]
    return (*["owner"] * (3 * len(here)), *here)


@each_operation
def test_an_operation_keeps_its_shapes_in_every_corner(
    operation: str, bookings_fuzzing: Fuzzing
) -> None:
    with bookings_fuzzing.examiner(operation) as examiner:
        from bookings_contract.fuzzing.phases import corners

        most, number = bookings_fuzzing.counts.corners, bookings_fuzzing.number
        corners(bookings_fuzzing.cases, examiner, operation, most, str(number))


@each_operation
def test_an_operation_keeps_its_shapes_whatever_is_sent(
    operation: str, bookings_fuzzing: Fuzzing
) -> None:
    with bookings_fuzzing.examiner(operation) as examiner:
        from bookings_contract.fuzzing.phases import surprises

        most, number = bookings_fuzzing.counts.surprises, bookings_fuzzing.number
        surprises(bookings_fuzzing.cases, examiner, operation, most, number)


@pytest.mark.judges(*ALWAYS)
def test_calls_that_follow_from_each_other_keep_their_shapes(bookings_fuzzing: Fuzzing) -> None:
    with bookings_fuzzing.examiner() as examiner:
        from bookings_contract.fuzzing.phases import chains

        how, number = bookings_fuzzing.counts, bookings_fuzzing.number
        chains(bookings_fuzzing.cases, examiner, how.chains, how.steps, number)
