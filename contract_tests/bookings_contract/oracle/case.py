"""One write upon one booking, as the rules look at it; and the scene that it happened on."""

from collections.abc import Iterator, Mapping

from attrs import field, frozen

import bookings_openapi
from bookings_contract.findings.exchange import Exchange
from bookings_contract.oracle.known_facts import KnownFacts, Offer, Room
from bookings_contract.oracle.rulings import Bench
from bookings_contract.oracle.shadow import UNKNOWN, Place, Raw, Shadow, Span, place_of, service_of
from bookings_openapi import Move

# Refusals that speak of the request as such, and not of who sent it or where to.
ABOUT_THE_DEED = frozenset({400, 422, 428})

# How many seats of the bookings in a status are taken for certain, and whether more may be.
_ALL, _NONE, _SOME = (True, True), (False, False), (False, True)
_SEATS: Mapping[str, tuple[bool, bool]] = {
    "CONFIRMED": _ALL,
    "CREATED": _NONE,
    "CANCELED": _NONE,
    "DECLINED": _NONE,
    "WAITING_LIST": _NONE,
    # Which of both is open: PENDING-3, PENDING-5.
    "PENDING": _SOME,
}


@frozen
class Scene:
    """All that is known when something happens."""

    facts: KnownFacts
    shadows: Mapping[str, Shadow]
    # Something may have been made that nobody can name.
    lost: bool = False
    # Rules that were seen to refuse what they have to.
    obeyed: frozenset[str] = frozenset()
    now: float = 0.0

    def offer(self, entity: Raw) -> Offer | None:
        """The service that is booked, if the grounds know it, and which one it is."""
        if self.facts.at_odds(entity):
            return None
        service = service_of(entity)
        if service is not None:
            return self.facts.offers.get(service)
        place = place_of(entity)
        if place is None or place.id is None:
            return None
        room = self._room(place)
        return self.facts.offers.get(room.service_id) if room else self._course(place)

    def _room(self, place: Place) -> Room | None:
        return next((self.facts.rooms[id] for id in place.ids if id in self.facts.rooms), None)

    def _course(self, place: Place) -> Offer | None:
        return None if place.id is None else self.facts.by_schedule(place.id)

    def capacity(self, place: Place) -> int | None:
        """The seats there are; a resource's time is one."""
        if place.id is None:
            return 1 if place.resource_id and place.start and place.end else None
        if (room := self._room(place)) is not None:
            return room.capacity
        course = self._course(place)
        return course.capacity if course and course.kind == "course" else None

    def there(self, place: Place, without: str | None = None) -> Iterator[Shadow]:
        """The bookings that want the same place, as far as is known."""
        for shadow in self.shadows.values():
            here = shadow.place
            if shadow.id != without and here is not None and here.meets(place):
                yield shadow

    def taken(self, place: Place, without: str | None = None) -> Span:
        """How many seats are taken: for certain, and at most."""
        known = sum((self._held(one, place) for one in self.there(place, without)), Span(0, 0))
        return known if self._all_known(place) else Span(known.low)

    def _held(self, shadow: Shadow, place: Place) -> Span:
        # Whether another service's booking of the same time is in the way is open.
        same = place.id is not None or shadow.service_id == place.service_id
        certain, possible = (False, True)
        if shadow.status is not UNKNOWN:
            certain, possible = _SEATS.get(shadow.status, _SOME)
        number = 1 if place.id is None else shadow.count
        if number is UNKNOWN:
            return Span(1 if certain else 0, None if possible else 0)
        return Span(number if certain and same else 0, number if possible else 0)

    def _all_known(self, place: Place) -> bool:
        """Whether nobody can be there of whom nothing is known."""
        if self.lost or any(shadow.place is None for shadow in self.shadows.values()):
            return False
        if any(self._everywhere(shadow, place) for shadow in self.shadows.values()):
            return False
        if self.facts.alone:
            return True
        room = self._room(place)
        course = self._course(place)
        return bool(room and room.exclusive) or bool(course and course.exclusive)

    def _everywhere(self, shadow: Shadow, place: Place) -> bool:
        """Whether a booking may be in every session of a class, as one made by its schedule."""
        room, whole = self._room(place), self._course(shadow.place) if shadow.place else None
        return room is not None and whole is not None and room.service_id == whole.id

    def settled(self, place: Place) -> bool:
        """Whether whatever happened there is long enough ago for everybody to know."""
        latest = max((shadow.since for shadow in self.there(place)), default=0.0)
        return not self.facts.settle_s or latest < self.now - self.facts.settle_s


@frozen
class Case:
    """One write upon one booking, or one that is to be made."""

    operation: str
    exchange: Exchange
    # The part of the request that is about it, without what is null.
    body: Raw
    # Whether the request is just what the document describes, so that it says what it seems to.
    plain: bool
    accepted: bool
    refused: bool
    code: str | None
    scene: Scene
    before: Shadow | None = None
    after: Raw | None = None
    # The request around it: to make a booking is to send more than the booking.
    whole: Raw = field(factory=dict)

    @property
    def move(self) -> Move:
        """What the document says of the operation; of a bulk call, of its single form."""
        return bookings_openapi.lifecycle()[SINGLE.get(self.operation, self.operation)]

    @property
    def was(self) -> str | None:
        """The status before, if it is known."""
        if self.before is None or self.before.status is UNKNOWN:
            return None
        return self.before.status

    @property
    def done(self) -> Raw | None:
        """The booking as it was answered, if the call was accepted."""
        return self.after if self.accepted else None

    @property
    def settled_otherwise(self) -> bool:
        """Whether another rule may leave open what the call does in this status."""
        open = self.move.open
        return bool(open) and (self.was is None or self.was in open)

    @property
    def by_an_owner(self) -> bool:
        """Whether the caller may do anything."""
        return self.exchange.caller in self.scene.facts.owners

    @property
    def flow(self) -> Raw:
        """The flow control settings that were sent."""
        sent = (self.whole or self.body).get("flowControlSettings")
        return sent if isinstance(sent, dict) else {}

    @property
    def kind(self) -> str | None:
        """The kind of service, if it is known."""
        entity = self.before.entity if self.before else UNKNOWN
        if entity is UNKNOWN:
            return None
        if entity.get("schedule"):
            return "course"
        offer = self.scene.offer(entity)
        return offer.kind if offer else None

    @property
    def offer(self) -> Offer | None:
        """The service of the booking, if it is known."""
        entity = self.before.entity if self.before else UNKNOWN
        return None if entity is UNKNOWN else self.scene.offer(entity)

    @property
    def current(self) -> bool:
        """Whether the revision that was sent is the current one for certain."""
        if not self.move.revision_checked:
            return True
        sent = self.body.get("revision")
        known = self.before.revision.exact if self.before else None
        return known is not None and str(sent) == str(known)

    @property
    def refused_without_cause(self) -> bool:
        """Whether an owner's plain, current call was refused for what it asked."""
        about = self.exchange.status in ABOUT_THE_DEED
        return self.refused and about and self.plain and self.current and self.by_an_owner

    @property
    def summary(self) -> str:
        """The answer in a few words."""
        if self.after is not None and self.accepted:
            return f"{self.exchange.status}, {self.after.get('status')}"
        return f"{self.exchange.status} {self.code or ''}".strip()


# The operations that do to many what another does to one.
SINGLE: Mapping[str, str] = {
    "bulkCreateBooking": "createBooking",
    "bulkConfirmOrDeclineBooking": "confirmOrDeclineBooking",
}

WRITES: Bench[Case] = Bench()
