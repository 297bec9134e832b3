"""The oracle: a shadow of the bookings, that sees each exchange and says what had to happen."""

# The rules take their seats where they stand.
from bookings_contract.oracle import (  # noqa: F401
    changing,
    creating,
    deciding,
    moves,
    reading,
    seats,
)
from bookings_contract.oracle.core import Oracle, observe_all
from bookings_contract.oracle.known_facts import KnownFacts, Offer, Room, Trust

__all__ = ["KnownFacts", "Offer", "Oracle", "Room", "Trust", "observe_all"]
