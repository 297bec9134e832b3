"""The mock judged as a whole: once for all tests that ask how it was.

Where several processes run the tests, those that ask stand in the group ABOUT_THE_WHOLE, and so in
the same process.
"""

from collections.abc import Mapping
from functools import cache

import pytest

from bookings_contract.embedded import embedded
from bookings_contract.run import judge
from bookings_contract.verdicts import Report

# Fuzzing is boxed in time, so what it reaches depends on the machine; it has tests of its own.
SUITES = ("rules", "lifecycle")

about_the_whole = pytest.mark.xdist_group("the whole mock")

Readings = tuple[tuple[str, str], ...]


@cache
def whole(readings: Readings = ()) -> Report:
    """The report on the mock with these readings."""
    chosen: Mapping[str, str] = dict(readings)
    with embedded(readings=chosen) as (target, transport):
        return judge(target, suites=SUITES, transport=transport)
