"""What the copies of all sites in one world share: its clock, its readings, and its notes."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import Factory, define, evolve, frozen

from bookings_mock.clock import WorldClock
from bookings_mock.domain.rulebook import Rulebook
from bookings_mock.faults import Fault


@frozen
class Advice:
    """A caller's mistake that the API accepts: the ADVICE rule, why, and the field if one is it."""

    rule: str
    reason: str
    field: str | None = None


@frozen
class Note:
    """One request in a world's journal: what was asked, and what came of it."""

    number: int
    time: datetime
    method: str
    path: str
    status: int
    operation: str | None = None
    caller: str | None = None
    rule: str | None = None
    reason: str | None = None
    advice: tuple[Advice, ...] = ()


@frozen
class Snapshot:
    """A world at one moment: its clock, its readings, and what each of its sites held."""

    name: str
    made: datetime
    clock: WorldClock
    readings: Mapping[str, str]
    # What was kept of each, in dicts of its own: what callers wrote is all that is a plain Mapping.
    sites: dict[str, dict[str, Any]]


@define
class Shared:
    """A world's clock and rules, its snapshots, and the journal of its requests."""

    clock: WorldClock
    rules: Rulebook
    journal_limit: int = 1000
    snapshots: dict[str, Snapshot] = Factory(dict)
    # What ADVICE-3 has spoken of: operation and field.
    spoken: set[tuple[str, str]] = Factory(set)
    noted: int = 0
    faults: list[Fault] = Factory(list)
    # When each caller called in the last minute, where that is limited.
    calls: dict[str, deque[datetime]] = Factory(dict)
    _journal: deque[Note] | None = None

    def read(self, readings: Mapping[str, str]) -> None:
        """Follow these readings from now on."""
        self.rules = evolve(self.rules, readings=dict(readings))

    @property
    def journal(self) -> deque[Note]:
        """The latest requests, the newest last."""
        if self._journal is None:
            self._journal = deque(maxlen=self.journal_limit)
        return self._journal
