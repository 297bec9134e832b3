"""What the oracle may rely on before anything was said: what is offered, and who else is there."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from attrs import field, frozen


class Trust(Enum):
    """Whose deeds the exchanges show."""

    # Nobody else is there, and no booking was there before.
    WORLD = "world"
    # Others are there too; what was made in these exchanges is touched by nobody else.
    OWN = "own"
    # Anything may change at any time.
    NOTHING = "nothing"


@frozen
class Room:
    """A session that can be booked."""

    service_id: str
    capacity: int | None = None
    # Nobody else books it.
    exclusive: bool = False
    start: str | None = None
    end: str | None = None


@frozen
class Offer:
    """A service; `options` are its choices, the values of each by the option's id."""

    id: str
    kind: str
    schedule_id: str | None = None
    capacity: int | None = None
    exclusive: bool = False
    manual_approval: bool | None = None
    # Whether its booking policy lets anybody book it at any time.
    bookable: bool = True
    options: Mapping[str, frozenset[str]] = field(factory=dict)


@frozen
class KnownFacts:
    """What is known of a target; what is not known is simply not in it."""

    trust: Trust = Trust.NOTHING
    settle_s: float = 0.0
    # Services and sessions by their ids.
    offers: Mapping[str, Offer] = field(factory=dict)
    rooms: Mapping[str, Room] = field(factory=dict)
    # Callers who may do anything, and see every booking of the one site.
    owners: frozenset[str] = frozenset({"owner"})

    @property
    def alone(self) -> bool:
        """Whether nobody else can have done anything."""
        return self.trust is Trust.WORLD

    def at_odds(self, entity: Mapping[str, Any]) -> bool:
        """Whether ids of what is to be booked belong to several services: which wins is open."""
        part = entity.get("slot") or entity.get("schedule") or {}
        room = self.rooms.get(part.get("eventId") or part.get("sessionId") or "")
        schedule = self.by_schedule(part.get("scheduleId") or "")
        owners = {
            part.get("serviceId"),
            room.service_id if room else None,
            schedule.id if schedule else None,
        }
        return len(owners - {None}) > 1

    def by_schedule(self, schedule_id: str) -> Offer | None:
        """The service with this schedule."""
        found = (offer for offer in self.offers.values() if offer.schedule_id == schedule_id)
        return next(found, None)
