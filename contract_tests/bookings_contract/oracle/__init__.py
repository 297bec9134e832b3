"""The oracle: a shadow of the bookings, that sees each exchange and says what had to happen."""

from bookings_contract.oracle.core import Oracle, observe_all
from bookings_contract.oracle.grounds import Grounds, Offer, Room, Trust

# The rules register themselves where they stand.
from bookings_contract.oracle import changing, creating, deciding, moves, reading, seats  # noqa: F401, I001

__all__ = ["Grounds", "Offer", "Oracle", "Room", "Trust", "observe_all"]
