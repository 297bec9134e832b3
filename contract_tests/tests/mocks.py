"""The mock judged as a whole: once for all tests that ask how it was.

Where several processes run the tests, those that ask stand in the group ABOUT_THE_WHOLE, and so in
the same process.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from bookings_contract.embedded import Wrong, embedded, wrong_servers
from bookings_contract.run import judge
from bookings_contract.verdicts import Report

from .touched import Touched, touched

# Fuzzing is boxed in time, so what it reaches depends on the machine; it has tests of its own.
SUITES = ("rules", "lifecycle")

about_the_whole = pytest.mark.xdist_group("the whole mock")

# What takes long is done in parts, one a day.
TENTHS = 10

Readings = tuple[tuple[str, str], ...]


@cache
def whole(readings: Readings = ()) -> Report:
    """The report on the mock with these readings."""
    chosen: Mapping[str, str] = dict(readings)
    with embedded(readings=chosen) as (target, transport):
        return judge(target, suites=SUITES, transport=transport)


def tenth(all_of_them: Sequence[Any], number: int | None = None) -> Sequence[Any]:
    """Today's tenth, or the one with this number; BOOKINGS_TENTH names one, or `all`."""
    if number is None and os.environ.get("BOOKINGS_TENTH") == "all":
        return all_of_them
    return all_of_them[(today() if number is None else number) % TENTHS :: TENTHS]


@cache
def further() -> tuple[Wrong, ...]:
    """The servers that are wrong in ways that no rule's own switch produces."""
    return tuple(server for server in wrong_servers() if server.section)


@cache
def touched_today() -> Touched:
    """What the change at hand touches of them, beside today's tenth."""
    return touched(further(), {server.name for server in tenth(further())})


def today() -> int:
    """The number of the day, or the one that BOOKINGS_TENTH names."""
    asked = os.environ.get("BOOKINGS_TENTH", "")
    return int(asked) if asked.isdecimal() else datetime.now(UTC).toordinal()
