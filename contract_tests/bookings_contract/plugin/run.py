"""What the tests of one session share: the target, a connection, places, the oracle."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import httpx
import pytest
from attrs import define, field

from bookings_contract.findings.shards import Shard
from bookings_contract.findings.verdicts import Outcome
from bookings_contract.oracle import KnownFacts, Oracle
from bookings_contract.oracle.observer import OracleObserver
from bookings_contract.plugin.known_facts import known_facts
from bookings_contract.target.masking import Mask
from bookings_contract.target.model import Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit import shapes
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.pace import Pace
from bookings_contract.testkit.record import Record


@define
class Run:
    """What the tests of one session share."""

    config: pytest.Config
    rules: frozenset[str]
    suites: frozenset[str]
    level: str
    seed: int
    deadline: float | None
    deep: bool = False
    shard: Shard = field(factory=Shard)
    # What the options left out: a suite's tests of a rule. Another shard's are not among it.
    left_out: frozenset[tuple[str, str]] = frozenset()
    id: str = field(factory=lambda: secrets.token_hex(3))
    _numbers: Iterator[int] = field(factory=lambda: count(1))
    _open: ExitStack = field(factory=ExitStack)
    _wire: Wire | None = None
    _shared: PlacePool | None = None

    @property
    def wire(self) -> Wire:
        """The connection, made when the first test asks for it."""
        if self._wire is None:
            target, transport = self._target()
            pace = Pace(target.requests_per_minute, self.deadline)
            self._wire = Wire(target, transport, pace=pace)
            self._open.callback(self._wire.close)
            pool = self.config.hook.pytest_bookings_places(config=self.config)
            self._shared = pool or PlacePool(target)
        return self._wire

    def _target(self) -> tuple[Target, httpx.BaseTransport | None]:
        found: tuple[Target, httpx.BaseTransport | None] | None
        found = self.config.hook.pytest_bookings_target(config=self.config)
        if found is not None:
            return found
        from bookings_contract.embedded import embedded

        return self._open.enter_context(embedded(seed=self.seed))

    @property
    def known(self) -> KnownFacts:
        """What the oracle may rely on of the target."""
        return known_facts(self.wire.target)

    def client(self, record: Record) -> Client:
        """A client in a world of its own, where there are worlds."""
        number = next(self._numbers)
        world = f"judge-{self.id}-{number}" if self.wire.target.ours else None
        observer = OracleObserver(Oracle(self.known), record.in_passing)
        return Client(self.wire, record, world, (shapes.observe, observer.observe))

    def pool(self) -> PlacePool:
        """A world's own places, or else a share of the run's."""
        wire = self.wire
        assert self._shared is not None
        return PlacePool(wire.target) if wire.target.ours else self._shared.share()

    def discreet(self, outcome: Outcome) -> Outcome:
        """An outcome without the target's secrets."""
        return Mask.of(self.wire.target, [outcome]).value(outcome)

    def name(self) -> str:
        """A name that nothing else in any run has."""
        return f"judge-{self.id}-{next(self._numbers)}"

    def hurry(self) -> None:
        """From now on only cleaning up goes on, and only for a little while."""
        if self._wire is not None:
            pace, now = self._wire.pace, self._wire.pace.now()
            pace.deadline = now if pace.deadline is None else min(now, pace.deadline)

    def close(self) -> None:
        """Ends the connection, and an embedded mock."""
        self._open.close()


RUN = pytest.StashKey[Run]()
RECORD = pytest.StashKey[Record]()
