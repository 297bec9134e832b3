"""What a record shows under the path of a filter, in the form in which values compare."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bookings_contract.findings.exchange import GUID

# How filters write what a booking shows, and how it shows it.
_SHOWN = (
    ("bookedEntity.item.", "bookedEntity."),
    ("participantsInfo.type.totalParticipants.value", "totalParticipants"),
    ("participantsInfo.type.", ""),
    ("choice.custom.value", "custom"),
    ("createdBy.id.", "createdBy."),
)
# A server may keep moments more exactly than it shows them.
SHOWN_EXACTLY = timedelta(milliseconds=1)
# Moments that the server takes by its clock, which ticks faster than it shows.
STAMPS = ("createdDate", "updatedDate")


def exactness(shown: datetime) -> timedelta:
    """How much later than it is shown a moment may have been: some servers show whole seconds."""
    return SHOWN_EXACTLY if shown.microsecond else timedelta(seconds=1)


class Guid(str):
    """An id that is the same in capital letters; it is written as it was shown."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.lower() == other.lower()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: str) -> bool:
        return self.lower() < other.lower()

    def __hash__(self) -> int:
        return hash(self.lower())


def values(record: Mapping[str, Any], field: str) -> list[Any]:
    """What a record shows under the path of a filter; nothing where it has no such value."""
    for written, shown in _SHOWN:
        field = field.replace(written, shown)
    found: list[Any] = [record]
    for step in field.split("."):
        parts = [one.get(step) for one in found if isinstance(one, Mapping)]
        found = [leaf for part in parts for leaf in (part if isinstance(part, list) else [part])]
    return [comparable(value) for value in found if value is not None]


def comparable(value: Any) -> Any:
    """A value in the form in which it compares: a moment as one, a GUID in any letters."""
    if not isinstance(value, str):
        return value
    if GUID.fullmatch(value):
        return Guid(value)
    if value[4:5] == "-" and "T" in value:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return value
