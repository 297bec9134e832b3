"""What is known of one booking, and what is not: the shadow that its exchanges cast.

What is not known is UNKNOWN, a value of its own. It is equal to nothing that is known, and no rule
is judged by it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

Raw = Mapping[str, Any]
# What a session may be called by.
SESSION_IDS = ("eventId", "sessionId")
T = TypeVar("T")


class _Unknown(Enum):
    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown.UNKNOWN
Unknown = Literal[_Unknown.UNKNOWN]


@frozen
class Span:
    """A number that lies between these, both of them possible; no upper end is None."""

    low: int = 0
    high: int | None = None

    @classmethod
    def of(cls, number: int) -> "Span":
        """Exactly this number."""
        return cls(number, number)

    @property
    def exact(self) -> int | None:
        """The number, where only one is possible."""
        return self.low if self.low == self.high else None

    def __contains__(self, number: int) -> bool:
        return self.low <= number and (self.high is None or number <= self.high)

    def __add__(self, other: "Span") -> "Span":
        both = None if self.high is None or other.high is None else self.high + other.high
        return Span(self.low + other.low, both)

    def later(self, most: int | None = 0) -> "Span":
        """The same after some growth: by `most` at most, None for who knows how much."""
        return Span(self.low, None if most is None or self.high is None else self.high + most)


@frozen
class Place:
    """What is booked: a session or a course's schedule by id, or a time of a resource.

    A session may have two ids, its sessionId and its eventId; either of them names it.
    """

    id: str | None = None
    other_id: str | None = None
    service_id: str | None = None
    resource_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None

    @property
    def ids(self) -> frozenset[str]:
        """All that it is called."""
        return frozenset(id for id in (self.id, self.other_id) if id is not None)

    def is_same(self, other: "Place") -> bool:
        """Whether it is one place, however much is said of it."""
        return bool(self.ids & other.ids) or self == other

    def meets(self, other: "Place") -> bool:
        """Whether both want the same seats, or the same resource at the same time."""
        if self.id is not None or other.id is not None:
            return bool(self.ids & other.ids)
        if self.resource_id is None or self.resource_id != other.resource_id:
            return False
        if self.start is None or self.end is None or other.start is None or other.end is None:
            return False
        return self.start < other.end and other.start < self.end


@frozen
class Doubt:
    """A call that was refused since the booking was last seen, and the rule that left it open."""

    number: int
    rule: str | None


@frozen
class Shadow:
    """A booking as far as it is known."""

    id: str
    status: str | Unknown = UNKNOWN
    revision: Span = Span()
    payment: str | Unknown = UNKNOWN
    flagged: bool | Unknown = UNKNOWN
    count: int | Unknown = UNKNOWN
    # The participants as they are written: a total, or choices.
    taking: Raw | Unknown = UNKNOWN
    entity: Raw | Unknown = UNKNOWN
    # The flow control settings that it was created with.
    flow: Raw | Unknown = UNKNOWN
    updated: datetime | None = None
    namespaces: Raw = field(factory=dict)
    # Made in these exchanges, and by whom.
    own: bool = False
    made_by: str | None = None
    # The server works on it by itself, which raises the revision.
    restless: bool = False
    # A call to it was not answered, and may be carried out at any time.
    haunted: bool = False
    # The rule by which each fact came to be what it is.
    because: Mapping[str, str] = field(factory=dict)
    doubts: tuple[Doubt, ...] = ()
    # Places that it left, with the seats that it had there.
    left: tuple[tuple[Place, int], ...] = ()
    # Since when all this holds, and what held before, until every reader has noticed.
    since: float = 0.0
    earlier: "Shadow | None" = None
    raw: Raw = field(factory=dict, repr=False, eq=False)

    @property
    def place(self) -> Place | None:
        """Where it takes place."""
        return None if self.entity is UNKNOWN else place_of(self.entity)

    @property
    def service_id(self) -> str | None:
        """Its service."""
        return None if self.entity is UNKNOWN else service_of(self.entity)

    def blurred(self) -> "Shadow":
        """The same when anything may have happened to it since; a revision never goes back."""
        return evolve(
            self,
            status=UNKNOWN,
            revision=Span(self.revision.low),
            payment=UNKNOWN,
            flagged=UNKNOWN,
            count=UNKNOWN,
            taking=UNKNOWN,
            entity=UNKNOWN,
            namespaces={},
            doubts=(),
            earlier=None,
        )

    def seen_as(self, raw: Raw) -> "Shadow":
        """The same after a sight of it; what the sight does not show stays as it was."""
        count = headcount(raw)
        number = revision_of(raw)
        return evolve(
            self,
            status=_text(raw.get("status"), self.status),
            revision=self.revision if number is None else Span(number, self._most(number)),
            payment=_text(raw.get("paymentStatus"), self.payment),
            flagged=bool(raw["doubleBooked"]) if _is(raw, "doubleBooked", bool) else self.flagged,
            count=self.count if count is None else count,
            taking=taking(raw) or self.taking,
            entity=(
                named(raw["bookedEntity"], self.entity)
                if _is(raw, "bookedEntity", dict)
                else self.entity
            ),
            updated=moment(raw.get("updatedDate")) or self.updated,
            doubts=(),
            raw=raw,
        )

    def _most(self, number: int) -> int | None:
        return None if self.restless else number


def revision_of(raw: Raw) -> int | None:
    """The revision that a booking shows, if it is a number."""
    shown = raw.get("revision")
    return int(shown) if isinstance(shown, str | int) and str(shown).isdecimal() else None


def headcount(part: Raw) -> int | None:
    """How many take part, by a booking or a request."""
    total = part.get("totalParticipants")
    if isinstance(total, int):
        return total
    choices = part.get("participantsChoices")
    rows = choices.get("serviceChoices") if isinstance(choices, dict) else None
    if not isinstance(rows, list):
        return None
    numbers = [row.get("numberOfParticipants") if isinstance(row, dict) else None for row in rows]
    # A row without a number stands for somebody; for how many is not said.
    return sum(n for n in numbers if n) if all(isinstance(n, int) for n in numbers) else None


def taking(part: Raw) -> Raw | None:
    """The participants as a booking or a request writes them."""
    found = {k: part[k] for k in ("totalParticipants", "participantsChoices") if part.get(k)}
    return found or None


def named(shown: Raw, known: Raw | Unknown, *, surely: bool = False) -> Raw:
    """A booked entity with the session's other id, where it is known and not shown.

    It is known by an id that both have in common, or `surely`, by what was asked for.
    """
    slot = shown.get("slot")
    before = None if known is UNKNOWN else known.get("slot")
    if not isinstance(slot, dict) or not isinstance(before, dict):
        return shown
    common = any(slot.get(key) and slot[key] == before.get(key) for key in SESSION_IDS)
    more = {key: before[key] for key in SESSION_IDS if before.get(key) and not slot.get(key)}
    return {**shown, "slot": {**slot, **more}} if more and (common or surely) else shown


def place_of(entity: Raw) -> Place | None:
    """Where a booked entity takes place, as far as it says."""
    if isinstance(course := entity.get("schedule"), dict):
        known = course.get("scheduleId")
        return Place(id=str(known), service_id=course.get("serviceId")) if known else None
    slot = entity.get("slot")
    if not isinstance(slot, dict):
        return None
    tags = entity.get("tags")
    ids = [str(slot[key]) for key in SESSION_IDS if slot.get(key)]
    # An appointment's session is its own, so that it says nothing about whom it is in the way of.
    if ids and not (isinstance(tags, list) and "INDIVIDUAL" in tags):
        return Place(ids[0], ids[1] if len(ids) > 1 else None, slot.get("serviceId"))
    zone, resource = slot.get("timezone"), slot.get("resource")
    return Place(
        service_id=slot.get("serviceId"),
        resource_id=resource.get("id") if isinstance(resource, dict) else None,
        start=moment(slot.get("startDate"), zone),
        end=moment(slot.get("endDate"), zone),
    )


def service_of(entity: Raw) -> str | None:
    """The service that is booked."""
    part = entity.get("slot") or entity.get("schedule") or {}
    found = part.get("serviceId") if isinstance(part, dict) else None
    return str(found) if found else None


def moment(text: object, zone: object = None) -> datetime | None:
    """A moment, if the text is one; a wall time needs a time zone that exists."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            return found.replace(tzinfo=ZoneInfo(str(zone))) if zone else None
    except (ValueError, OSError):
        return None
    return found


def _text(shown: object, known: T) -> str | T:
    return shown if isinstance(shown, str) else known


def _is(raw: Raw, key: str, kind: type) -> bool:
    return isinstance(raw.get(key), kind)
