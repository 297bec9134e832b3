"""Arrangements: brings the target into the state that a rule speaks of, through the API alone.

What an arrangement is answered is not judged here; one that does not succeed is `NotReached`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from random import Random
from typing import Any

from attrs import define, field

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place, PlacePool
from bookings_contract.testkit import readback
from bookings_contract.testkit.client import Client

What = Place | Service | str


@define
class Given:
    """One test's arrangements."""

    client: Client
    pool: PlacePool
    # Names what this test makes, unlike anything that another makes.
    name: str = "judge"
    random: Random = field(factory=Random)
    _number: Iterator[int] = field(factory=lambda: count(1))

    # Places

    def service(self, kind: str | None = None, **wanted: Any) -> Service:
        """The first service that matches; see Target.service."""
        return self.client.target.service(kind, **wanted)

    def session(
        self,
        service: Service | None = None,
        *,
        capacity: int | None = None,
        exclusive: bool | None = None,
    ) -> Place:
        """The next unused session of a class, the roomiest first.

        One of a given capacity is for counting seats, so nobody else may book it.
        """
        alone = capacity is not None if exclusive is None else exclusive
        return self.pool.session(
            service or self._plain("class", capacity=capacity), capacity, alone
        )

    def slot(self, service: Service | None = None) -> Place:
        """The next unused slot of an appointment."""
        return self.pool.slot(service or self._plain("appointment"))

    def course(self, service: Service | None = None, *, capacity: int | None = None) -> Place:
        """A course."""
        return Place(service or self._plain("course", capacity=capacity))

    def place(self, what: What) -> Place:
        """The next place of a service or kind; a place is itself."""
        if isinstance(what, Place):
            return what
        service = what if isinstance(what, Service) else self._plain(what)
        if service.kind == "class":
            return self.session(service)
        return self.slot(service) if service.kind == "appointment" else self.course(service)

    def _plain(self, kind: str, **wanted: Any) -> Service:
        """The plainest service of a kind: nothing about it is in the way of an arrangement."""
        target = self.client.target
        lenient = {"variants": False, "book": "open"}
        plainest = {**lenient, "manual_approval": False, "cancel": "allowed"}
        for asked in (plainest, lenient):
            if found := target.all_services(kind, **{**asked, **wanted}):
                return found[0]
        return target.service(kind, **wanted)

    # Requests

    def body(
        self,
        what: What = "class",
        *,
        participants: int | None = 1,
        choices: Mapping[str, int] | None = None,
        flow: Mapping[str, object] | None = None,
        **booking: object,
    ) -> dict[str, Any]:
        """A createBooking body: an example.com contact, an external id of its own.

        `choices` maps variants to how many participants take each; a service with several
        variants gets its first one. `booking` adds fields of the booking; None leaves one out.
        """
        place = self.place(what)
        number = next(self._number)
        fields: dict[str, object] = {
            "bookedEntity": place.entity,
            "contactDetails": {
                "firstName": "Judge",
                "lastName": f"Number {number}",
                "email": f"{self.name}-{number}@example.com",
            },
            "externalUserId": f"{self.name}-{number}",
            **_participants(place.service, participants, choices),
            **booking,
        }
        body: dict[str, Any] = {"booking": {k: v for k, v in fields.items() if v is not None}}
        if flow is not None:
            body["flowControlSettings"] = dict(flow)
        if not self.client.target.may_notify:
            body["participantNotification"] = {"notifyParticipants": False}
            body["sendSmsReminder"] = False
        return body

    # Bookings

    def booking(
        self,
        what: What = "class",
        status: str = "CREATED",
        *,
        caller: str = "owner",
        payment_status: str | None = None,
        **body: Any,
    ) -> Seen:
        """A booking in the given status; `body` goes to `Given.body`.

        `payment_status` is applied by confirming, so it takes a status that confirming leads to.
        """
        ways: Mapping[str, Callable[[], Seen]] = {
            "CREATED": lambda: self._created(what, caller, body),
            "CONFIRMED": lambda: self._confirmed(what, caller, body, payment_status),
            "CANCELED": lambda: self._canceled(what, caller, body, payment_status),
            "DECLINED": lambda: self._declined(what, caller, body),
            "PENDING": lambda: self._pending(what, caller, body),
            "WAITING_LIST": lambda: self._waiting(what),
        }
        if status not in ways:
            raise ValueError(f"no arrangement leads to {status}")
        return self._reached(ways[status](), status)

    def _created(self, what: What, caller: str, body: Mapping[str, Any]) -> Seen:
        made = self.client.call("createBooking", body=self.body(what, **body), caller=caller)
        return self._done(made, "creating a booking")

    def _confirmed(
        self, what: What, caller: str, body: Mapping[str, Any], payment_status: str | None
    ) -> Seen:
        created = self._created(what, caller, body)
        paid = {"paymentStatus": payment_status} if payment_status else None
        return self._done(self.client.act("confirmBooking", created, paid), "confirming it")

    def _canceled(
        self, what: What, caller: str, body: Mapping[str, Any], payment_status: str | None
    ) -> Seen:
        # Nothing says from which statuses canceling is allowed; from CONFIRMED it has to be.
        booking = (
            self._confirmed(what, caller, body, payment_status)
            if payment_status
            else self._created(what, caller, body)
        )
        flow = {"flowControlSettings": {"ignoreCancellationPolicy": True}}
        canceled = self.client.act("cancelBooking", booking, flow)
        if canceled.refused and booking.status == "CREATED":
            booking = self._done(self.client.act("confirmBooking", booking), "confirming it")
            canceled = self.client.act("cancelBooking", booking, flow)
        return self._done(canceled, "canceling it")

    def _declined(self, what: What, caller: str, body: Mapping[str, Any]) -> Seen:
        declined = self.client.act("declineBooking", self._created(what, caller, body))
        if declined.refused:
            # Legal as well: only what waits for approval can be declined.
            declined = self.client.act("declineBooking", self._pending(what, caller, body))
        return self._done(declined, "declining it")

    def _pending(self, what: What, caller: str, body: Mapping[str, Any]) -> Seen:
        """By marking it, else by letting a service that asks for approval decide."""
        place = self.place(self._approving(what))
        created = self._created(place, caller, body)
        flow = {"skipPendingApprovalServiceValidation": True}
        settings = None if place.service.manual_approval else {"flowControlSettings": flow}
        try:
            marked = self.client.act("markBookingAsPending", created, settings)
            if marked.accepted or not place.service.manual_approval:
                return self._done(marked, "marking it as pending")
        except NotJudged:
            if not place.service.manual_approval:
                raise
        decided = self.client.act("confirmOrDeclineBooking", created)
        return self._done(decided, "letting the service decide")

    def _approving(self, what: What) -> What:
        """A service of the kind that asks for the owner's approval, if the target has one."""
        if not isinstance(what, str):
            return what
        found = self.client.target.all_services(
            what, manual_approval=True, variants=False, book="open"
        )
        return found[0] if found else what

    def _waiting(self, what: What) -> Seen:
        """By registering; only the reader can then say which booking it made."""
        place = self.place(what)
        registration = self.registration(place)
        met = {seen.id for seen in self.find({"status": "WAITING_LIST"})}
        registered = self.client.call("registerToWaitlist", body=registration)
        if registered.refused and self.client.target.ours:
            # Legal as well: only what is full can be waited for.
            self.booking(place, "CONFIRMED", participants=place.capacity)
            registered = self.client.call("registerToWaitlist", body=registration)
        if not registered.accepted:
            raise NotReached(f"registering to the waitlist was answered {registered.summary}")
        email = registration["formInfo"]["contactDetails"]["email"]

        def made() -> list[Seen]:
            waiting = self.find({"status": "WAITING_LIST"})
            # Others may register meanwhile: theirs is not ours to touch.
            return [s for s in waiting if s.id not in met and s.email in (email, None)]

        if found := self._patiently(made):
            self.client.adopt(found[0])
            return found[0]
        raise NotReached("the reader shows no new WAITING_LIST booking after registering")

    def registration(self, what: What = "class") -> dict[str, Any]:
        """A registerToWaitlist body."""
        number = next(self._number)
        email = f"{self.name}-{number}@example.com"
        contact = {"firstName": "Judge", "lastName": f"Number {number}", "email": email}
        return {
            "waitingResource": self.place(what).session_id,
            "formInfo": {"contactDetails": contact},
        }

    def _done(self, answer: Answer, deed: str) -> Seen:
        if not answer.accepted:
            raise NotReached(f"{deed} was answered {answer.summary}")
        return answer.booking

    def _reached(self, booking: Seen, status: str) -> Seen:
        if booking.status != status:
            raise NotReached(f"a {status} booking was wanted, {booking.status} was answered")
        return booking

    # Looking

    def read(self, booking: Seen | str, until: Callable[[Seen], bool] | None = None) -> Seen | None:
        """The booking as the reader shows it, or None if it shows none.

        On a target that settles late, waits until the revision last seen is there, or `until`.
        """
        wanted = booking.id if isinstance(booking, Seen) else booking
        known = booking if isinstance(booking, Seen) else None

        def settled(found: Sequence[Seen]) -> bool:
            if not found:
                return False
            return until(found[0]) if until else _not_behind(found[0], known)

        found = self._patiently(lambda: self.find({"id": wanted}), settled)
        return found[0] if found else None

    def find(self, filter: Mapping[str, object], limit: int = 100) -> list[Seen]:
        """The bookings that the reader finds, or as much of them as the V1 list shows.

        A target without both leaves rules not judged.
        """
        return readback.find(self.client, filter, limit)

    def settle(self) -> None:
        """Waits as long as the target takes until reads show every write."""
        if self.client.target.settle_s:
            self.client.wire.pace.wait(self.client.target.settle_s)

    def _patiently(
        self,
        look: Callable[[], list[Seen]],
        enough: Callable[[Sequence[Seen]], bool] = bool,
    ) -> list[Seen]:
        patience = time.monotonic() + self.client.target.settle_s
        while not enough(found := look()) and time.monotonic() < patience:
            self.client.wire.pace.wait(0.2)
        return found

    # Seats

    def accepts(self, place: Place, participants: int = 1) -> bool:
        """Whether that many can be booked there now: tried by creating, which holds no seat."""
        answer = self.client.call("createBooking", body=self.body(place, participants=participants))
        if answer.accepted or answer.status in (403, 409, 428):
            return answer.accepted
        raise NotReached(f"trying {participants} seats was answered {answer.summary}")

    def seats_left(self, place: Place) -> int:
        """How many seats are left, by trying; a target that never refuses can't be counted."""
        if place.capacity is None:
            raise NotJudged(f"the target file names no capacity of {place.service.name}")
        if self.accepts(place, place.capacity + 1):
            raise NotJudged(
                f"seats can't be counted: {place.capacity + 1} of {place.capacity} were accepted"
            )
        low, high = 0, place.capacity
        while low < high:
            middle = (low + high + 1) // 2
            if self.accepts(place, middle):
                low = middle
            else:
                high = middle - 1
        return low

    # What only a mock's controls show

    def calendar(self, place: Place | None = None) -> list[dict[str, Any]]:
        """The sessions on the business calendar with their participants; of one place, if named."""
        sessions: list[dict[str, Any]] = self.client.control("GET", "sessions")["sessions"]
        if place is None:
            return sessions
        if place.session is not None:
            return [session for session in sessions if session["id"] == place.session.id]
        return [s for s in sessions if s.get("scheduleId") == place.service.schedule_id]

    def on_calendar(self, booking: Seen) -> list[dict[str, Any]]:
        """The booking's entries as a participant, one for each session that it is in."""
        return [
            participant
            for session in self.calendar()
            for participant in session.get("participants", ())
            if participant["id"] == booking.id
        ]


def _participants(
    service: Service, participants: int | None, choices: Mapping[str, int] | None
) -> dict[str, object]:
    if choices is None and service.variants > 1 and participants is not None:
        choices = {service.choices[0].values[0]: participants}
    if choices is None:
        return {"totalParticipants": participants}
    if not service.choices:
        raise NotJudged(f"the target file names no choices of {service.name}")
    option = service.choices[0].option_id
    return {
        "participantsChoices": {
            "serviceChoices": [
                {"numberOfParticipants": n, "choices": [{"optionId": option, "custom": value}]}
                for value, n in choices.items()
            ]
        }
    }


def _not_behind(seen: Seen, known: Seen | None) -> bool:
    if readback.is_glimpse(seen):
        return known is None or seen.status == known.status
    if known is None or not (seen.revision.isdigit() and known.revision.isdigit()):
        return True
    return int(seen.revision) >= int(known.revision)
