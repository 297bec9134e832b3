"""What of the mock is judged here, and when."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from bookings_contract.embedded import wrong_servers
from bookings_contract.findings.mutants import Wrong

from .touched import Touched, touched

# Fuzzing takes long, and has tests of its own.
SUITES = ("rules", "lifecycle")

# What no suite can judge on the embedded mock, and why that is good.
NO_WEBHOOK = "the embedded mock delivers to nobody"
NO_RECEIVER = "it is about receivers of events, not about the API"
OUT_OF_REACH = {
    "EVENT-5": NO_WEBHOOK,
    "RECEIVER-1": NO_RECEIVER,
    "RECEIVER-2": NO_RECEIVER,
    "RECEIVER-3": NO_RECEIVER,
}

# What takes long is done in parts, one a day.
TENTHS = 10


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
