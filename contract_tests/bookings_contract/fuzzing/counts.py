"""How many cases there are, so that a run is as long as its cases and not as the clock has it."""

from math import ceil

from attrs import evolve, frozen


@frozen
class Counts:
    """At most so many cases of an operation, and so many chains of calls for all of them."""

    # At and beyond the bounds of the request's schema; tries of other methods come on top.
    corners: int
    # Of any value: two thirds valid, one third not.
    surprises: int
    chains: int
    # The calls of a chain.
    steps: int


# On a mock of one's own: about 40 seconds of a processor for as many operations as SHARED.
OWN = Counts(corners=110, surprises=32, chains=40, steps=8)
# Where others use the target too, and each request may take its time.
GUEST = Counts(corners=30, surprises=9, chains=5, steps=8)
# What so many operations are sent in all is shared out evenly where there are more of them.
SHARED = 38


def counts(ours: bool, operations: int, deep: bool = False) -> Counts:
    """How many cases for each of so many operations, which depends on whose the target is.

    A deep run gives each operation the whole number, however many there are.
    """
    whole = OWN if ours else GUEST
    share = 1.0 if deep else min(1.0, SHARED / max(1, operations))
    return evolve(
        whole, corners=ceil(whole.corners * share), surprises=ceil(whole.surprises * share)
    )
