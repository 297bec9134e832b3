"""How many cases there are, so that a run is as long as its cases and not as the clock has it."""

from attrs import frozen


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


# On a mock of one's own: about 40 seconds of a processor.
OWN = Counts(corners=110, surprises=32, chains=40, steps=8)
# Where others use the target too, and each request may take its time.
GUEST = Counts(corners=30, surprises=9, chains=5, steps=8)


def counts(ours: bool) -> Counts:
    """How many cases, which depends on whose the target is."""
    return OWN if ours else GUEST
