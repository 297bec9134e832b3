"""Where walks take place: a world for each on a mock, and what a guest may book elsewhere."""

import math
from collections.abc import Callable
from random import Random

from attrs import frozen

from bookings_contract.oracle import KnownFacts
from bookings_contract.target.model import Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given
from bookings_contract.walking.machine import walk
from bookings_contract.walking.walker import Notes, Walker

# How many walks there are, and of how many steps each: a seed walks the same way on any machine.
WALKS, STEPS = 60, 22
FEW_WALKS, FEW_STEPS = 3, 8
# For how many seconds they go on after a breach, to tell it briefly and to look for others.
PATIENCE = 5.0


@frozen
class Arena:
    """What it takes to begin a walk."""

    target: Target
    known: KnownFacts
    client: Callable[[], Client]
    pool: Callable[[], PlacePool]
    name: Callable[[], str]

    def walker(self, notes: Notes, number: int) -> tuple[Walker, PlacePool]:
        """Somebody at the beginning of a walk."""
        client, pool = self.client(), self.pool()
        given = Given(client, pool, self.name(), Random(number))
        return Walker.begun(client, given, notes, self.known), pool


def walked(
    arena: Arena,
    number: int,
    *,
    deadline: float | None = None,
    patience: float = PATIENCE,
    walks: int | None = None,
    sought: str | None = None,
) -> Notes:
    """What some walks over a target show; the same for the same number.

    `sought` ends them as soon as that rule is found broken.
    """
    notes = Notes(math.inf if deadline is None else deadline, patience, sought=sought)
    pools: dict[int, PlacePool] = {}

    def begin() -> Walker:
        walker, pools[notes.walks] = arena.walker(notes, number)
        return walker

    def leave(walker: Walker) -> None:
        if walker.client.tidy():
            pools[notes.walks].give_back()

    ours = arena.target.ours
    most = walks or (WALKS if ours else FEW_WALKS)
    walk(begin, leave, notes, most, STEPS if ours else FEW_STEPS, number)
    return notes
