"""Takes the steps of one walk: makes calls, remembers bookings, listens to the oracle."""

import json
import math
import time
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define, field

from bookings_contract.findings.exchange import Answer, Exchange, Seen
from bookings_contract.findings.problems import Unjudged
from bookings_contract.findings.verdicts import Finding, Kept, Reading
from bookings_contract.oracle import KnownFacts, Oracle
from bookings_contract.target.places import Place
from bookings_contract.testkit import shapes
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.events import LISTED
from bookings_contract.testkit.given import Given

Key = tuple[str, str | None]

# To so many places a walk keeps.
FEW = 3


class Breach(Exception):
    """A rule was broken; raised so that a shorter walk is looked for."""


class Over(KeyboardInterrupt):
    """The walks end here: no time or no place is left. An interrupt: all else is tried again."""


@define
class Notes:
    """What all walks together have shown."""

    # When the time is up, if ever; and for how many seconds walks go on after the first breach.
    deadline: float = math.inf
    patience: float = math.inf
    found: dict[Key, Finding] = field(factory=dict)
    kept: set[str] = field(factory=set)
    # The walks end as soon as this rule is found broken.
    sought: str | None = None
    # Breaches for which shorter walks were looked for already.
    met: set[Key] = field(factory=set)
    walks: int = 0
    exchanges: int = 0

    def take(self, said: Finding | Kept | Reading) -> bool:
        """Writes something down; whether it is a breach not met before."""
        if isinstance(said, Kept):
            self.kept.add(said.rule)
        if not isinstance(said, Finding):
            return False
        key = (said.rule, said.circumstance)
        if not self.found:
            self.deadline = min(self.deadline, time.monotonic() + self.patience)
        if key not in self.found or len(said.story) < len(self.found[key].story):
            self.found[key] = said
        return key not in self.met

    def rulings(self) -> Iterator[Kept]:
        """The rules that were obeyed, and never broken."""
        broken = {rule for rule, _ in self.found}
        yield from (Kept(rule) for rule in sorted(self.kept - broken))

    @property
    def over(self) -> bool:
        """Whether the time is up, or what was looked for is found; one exchange is never late."""
        late = bool(self.exchanges) and time.monotonic() > self.deadline
        return late or any(rule == self.sought for rule, _ in self.found)

    def new(self) -> bool:
        """Whether a breach was found since that was asked last."""
        fresh = self.found.keys() - self.met
        self.met |= fresh
        return bool(fresh)


@define
class Walker:
    """One walk in a world of its own, or among what was booked on the way."""

    client: Client
    given: Given
    notes: Notes
    oracle: Oracle
    bookings: dict[str, Seen] = field(factory=dict)
    _places: tuple[Place, ...] | None = None
    _fresh: bool = False

    @classmethod
    def begun(cls, client: Client, given: Given, notes: Notes, facts: KnownFacts) -> "Walker":
        """At the beginning of a walk."""
        walker = cls(client, given, notes, Oracle(facts))
        client.observers = (shapes.observe, walker.listen)
        notes.walks += 1
        walker.read_events()
        return walker

    def listen(self, exchange: Exchange) -> Iterator[Finding | Kept]:
        """Hears what the oracle says of an exchange."""
        self.notes.exchanges += 1
        for said in self.oracle.observe(exchange):
            self._fresh |= self.notes.take(said)
        return iter(())

    # What there is

    @property
    def places(self) -> tuple[Place, ...]:
        """Where this walk books: small places, so that they fill up."""
        if self._places is None:
            self._places = tuple(self._found())
        return self._places

    def settle_down(self, first: int) -> None:
        """Keeps to a few of the places, so that bookings meet each other there."""
        found = self.places
        if not found:
            raise Over("there is no place that nobody else has taken")
        self._places = tuple(found[(first + n) % len(found)] for n in range(min(FEW, len(found))))

    def _found(self) -> Iterator[Place]:
        target = self.client.target
        guest = not target.ours
        for service in target.all_services(book="open", cancel="allowed", reschedule="allowed"):
            try:
                if service.kind == "class":
                    sizes = {s.capacity for s in service.sessions if s.capacity and s.capacity > 1}
                    yield self.given.session(service, capacity=min(sizes, default=None))
                    yield self.given.session(service, exclusive=guest)
                elif service.kind == "appointment":
                    yield self.given.slot(service)
                else:
                    yield self.given.course(service)
            except Unjudged:
                continue

    def booking(self, which: int) -> Seen:
        """One of the bookings met, the newest first."""
        known = [*self.bookings.values()]
        return known[-1 - which % len(known)]

    def place(self, which: int) -> Place:
        """One of the places."""
        return self.places[which % len(self.places)]

    # Steps

    def make(self, where: int, count: int, flow: Mapping[str, Any], **booking: Any) -> None:
        """Books a place."""
        self.book(self.body(where, count, flow, **booking))

    def book(self, body: Mapping[str, Any]) -> None:
        """Sends what was put together, and looks whether it is there."""
        answer = self.call("createBooking", body=body)
        self._met(answer)
        if answer is not None and answer.accepted and answer.exchange.booking is not None:
            self.look({"id": answer.booking.id})

    def body(self, where: int, count: int, flow: Mapping[str, Any], **booking: Any) -> Any:
        """A createBooking body."""
        place = self.place(where)
        seats = 1 if place.service.kind == "appointment" else count
        choices = None
        if place.service.variants > 1:
            values = place.service.choices[0].values
            choices = {values[count % len(values)]: seats}
        return self.given.body(
            place, participants=seats, choices=choices, flow=flow or None, **booking
        )

    def act(self, name: str, which: int, body: Mapping[str, Any], ahead: int = 0) -> None:
        """Calls an operation on a booking; `ahead` sends another revision than the current one."""
        booking = self.booking(which)
        content = dict(body)
        if ahead and booking.revision.isdecimal():
            content["revision"] = str(int(booking.revision) + ahead)
        self._met(self._answered(lambda: self.client.act(name, booking, content)))
        self.look({"id": booking.id})

    def move(self, which: int, where: int, flow: Mapping[str, Any]) -> None:
        """Moves a booking to another place."""
        booking, place = self.booking(which), self.place(where)
        own = booking.slot.get("serviceId")
        others = [one for one in self.places if one.service.id == own]
        if others and place.service.id != own:
            place = others[where % len(others)]
        slot = place.slot if place.service.kind != "course" else {"scheduleId": "none"}
        self.act("rescheduleBooking", which, {"slot": slot, "flowControlSettings": dict(flow)})

    def choose(self, which: int, value: str) -> None:
        """Changes the choices of a booking to one of the first option's."""
        booking = self.booking(which)
        own = booking.slot.get("serviceId") or booking.schedule.get("serviceId")
        services = {one.service.id: one.service for one in self.places}
        if own not in services or not services[own].choices:
            return
        choice = {"optionId": services[own].choices[0].option_id, "custom": value}
        rows = [{"numberOfParticipants": 1, "choices": [choice]}]
        body = {"participantsChoices": {"serviceChoices": rows}}
        self.act("updateNumberOfParticipants", which, body)

    def look(self, filter: Mapping[str, Any], **query: Any) -> Answer | None:
        """Reads bookings."""
        asked = {"filter": dict(filter), **query}
        if not ({"cursorPaging", "paging"} & asked.keys()):
            asked["cursorPaging"] = {"limit": 100}
        answer = self.call("queryExtendedBookings", body={"query": asked})
        if answer is not None and answer.accepted:
            for seen in answer.bookings:
                if seen.id in self.bookings:
                    self.bookings[seen.id] = seen
        return answer

    def stroll(self, filter: Mapping[str, Any], limit: int) -> None:
        """Reads bookings page by page."""
        answer = self.look(filter, cursorPaging={"limit": limit})
        for _ in range(6):
            paging = (answer.exchange.json or {}).get("pagingMetadata") if answer else None
            cursor = ((paging or {}).get("cursors") or {}).get("next")
            if not cursor:
                return
            query = {"cursorPaging": {"limit": limit, "cursor": cursor}}
            answer = self.call("queryExtendedBookings", body={"query": query})

    def list(self, filter: Mapping[str, Any]) -> None:
        """Reads the V1 list."""
        query = {"query.filter.stringValue": json.dumps(filter)}
        self.call("listBookingsV1", query=query)

    def attend(self, which: int, status: str, number: int | None) -> None:
        """Says who came to a class or an appointment, and reads it."""
        booking = self.booking(which)
        session = booking.slot.get("sessionId") or booking.slot.get("eventId")
        if not session:
            return
        asked = {"bookingId": booking.id, "sessionId": session, "status": status}
        asked |= {} if number is None else {"numberOfAttendees": number}
        answer = self.call("setAttendance", body={"attendance": asked})
        shown = (answer.exchange.json or {}).get("attendance") if answer else None
        if answer is None or not answer.accepted or not isinstance(shown, dict):
            return
        self.call("getAttendance", path={"attendanceId": shown.get("id")})
        query = {"filter": {"bookingId": booking.id}, "cursorPaging": {"limit": 10}}
        self.call("queryAttendance", body={"query": query})

    def read_events(self) -> None:
        """Has the oracle hear which events there were, where the target shows them."""
        if not self.client.target.ours:
            return
        try:
            self.given.settle()
            self.client.control("GET", LISTED)
        except Unjudged:
            return  # These controls show no events.

    def finish(self) -> None:
        """Has it hear the last of them; raises Breach if they break a rule."""
        if not self.notes.over:
            self.read_events()
            self._stop_if_broken()

    def call(self, name: str, **how: Any) -> Answer | None:
        """Calls an operation; what the target lacks is passed by."""
        return self._answered(lambda: self.client.call(name, **how))

    def _answered(self, call: Any) -> Answer | None:
        if self.notes.over:
            raise Over
        try:
            answer: Answer | None = call()
        except Unjudged:
            answer = None
        self._stop_if_broken()
        return answer

    def _stop_if_broken(self) -> None:
        if self._fresh:
            self._fresh = False
            raise Breach

    def _met(self, answer: Answer | None) -> None:
        seen = answer.exchange.booking if answer is not None and answer.accepted else None
        if seen is not None:
            self.bookings[seen.id] = seen

    def remember_answered(self) -> None:
        """Remembers the bookings of a bulk answer."""
        for id in self.oracle.shadows:
            shadow = self.oracle.shadows[id]
            if id not in self.bookings and shadow.own and shadow.raw:
                self.bookings[id] = Seen.of(shadow.raw)
