"""Tells how a target is configured from how it is implemented.

`examine` looks at everything and judges nothing: what it calls wrong is for the target file to
mend.
"""

from bookings_contract.doctor.check import Check, Health, found
from bookings_contract.doctor.examine import culprits, examine

__all__ = ["Check", "Health", "culprits", "examine", "found"]
