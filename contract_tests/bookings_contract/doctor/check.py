"""What the doctor says: one check, what it saw, and what to change where something is wrong.

Plain data; nothing here asks or prints.
"""

from collections.abc import Iterable
from enum import IntEnum, StrEnum

from attrs import evolve, frozen

from bookings_contract.findings.sanitise import line


class Health(StrEnum):
    """What came of one check."""

    OK = "ok"
    WRONG = "wrong"
    NOT_CHECKED = "not_checked"

    @property
    def words(self) -> str:
        """The word as people read it."""
        return self.value.replace("_", " ")


class Weight(IntEnum):
    """How far a misconfiguration lets rules look broken that are not.

    HARMLESS leaves them not judged. HINDERING may as well be how the implementation is: it explains
    a run in which nothing at all could be booked. DECISIVE was seen in a way that no implementation
    is to blame for, or that keeps everything from being judged.
    """

    HARMLESS = 0
    HINDERING = 1
    DECISIVE = 2


@frozen
class Check:
    """One thing that was looked at; `name` is the diagnosis, of what is wrong alone."""

    about: str
    health: Health
    name: str | None = None
    seen: str = ""
    expected: str = ""
    change: str = ""
    weight: Weight = Weight.HARMLESS

    @property
    def decisive(self) -> "Check":
        """The same, as something that no implementation is to blame for."""
        return evolve(self, weight=Weight.DECISIVE)

    @property
    def hindering(self) -> "Check":
        """The same, as something that may keep everything from being booked."""
        return evolve(self, weight=Weight.HINDERING)


def fine(about: str, seen: str = "") -> Check:
    """All is well."""
    return Check(about, Health.OK, seen=line(seen))


def skipped(about: str, reason: str) -> Check:
    """It was not looked at, or what was seen says nothing."""
    return Check(about, Health.NOT_CHECKED, seen=line(reason))


def wrong(name: str, about: str, *, seen: str, expected: str, change: str) -> Check:
    """A misconfiguration, and what to change."""
    return Check(about, Health.WRONG, name, line(seen), expected, change)


def found(checks: Iterable[Check]) -> list[Check]:
    """What is wrong among them."""
    return [check for check in checks if check.health is Health.WRONG]


def several(things: Iterable[str], shown: int = 3) -> str:
    """The first few of them, in a row."""
    every = list(things)
    more = f" and {len(every) - shown} more" if len(every) > shown else ""
    return ", ".join(every[:shown]) + more
