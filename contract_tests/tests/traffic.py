"""Exchanges put together by hand: what a client asked, and what somebody answered."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from attrs import define, field

from bookings_contract.findings.exchange import CONTROL, Exchange
from bookings_contract.findings.operations import operation
from bookings_contract.oracle import KnownFacts, Offer, Room, Trust
from bookings_contract.testkit.events import KINDS_OF_EVENTS

YOGA, HAIRCUT, COURSE = (f"1d7f3f0a-2b6b-4d52-8a53-2f2d2a1f7e0{n}" for n in (1, 2, 3))
REQUESTS = "1d7f3f0a-2b6b-4d52-8a53-2f2d2a1f7e04"
SESSION, OTHER = "session-of-36-characters-0123456789a", "session-of-36-characters-0123456789b"
ASKED_FOR = "session-of-36-characters-0123456789c"
SCHEDULE = "7c6b5a49-3827-4160-9f8e-7d6c5b4a3928"
OPTION = "7c6b5a49-3827-4160-9f8e-7d6c5b4a3929"

FACTS = KnownFacts(
    trust=Trust.WORLD,
    offers={
        YOGA: Offer(
            YOGA, "class", manual_approval=False, options={OPTION: frozenset({"Adult", "Child"})}
        ),
        HAIRCUT: Offer(HAIRCUT, "appointment", manual_approval=False),
        COURSE: Offer(COURSE, "course", SCHEDULE, capacity=3, manual_approval=False),
        REQUESTS: Offer(REQUESTS, "class", manual_approval=True),
    },
    rooms={
        SESSION: Room(YOGA, 2, start="2031-03-03T18:00:00Z", end="2031-03-03T19:00:00Z"),
        OTHER: Room(YOGA, 2),
        ASKED_FOR: Room(REQUESTS, 2),
    },
)

Body = Mapping[str, Any]


def id_of(number: int) -> str:
    """The id of the nth booking."""
    return f"8f2c1a52-8a0e-4d0b-9f57-2b1f6f6a7c{number:02d}"


def slot(session: str = SESSION, service: str = YOGA) -> dict[str, Any]:
    """A class session as it is booked."""
    return {"slot": {"sessionId": session, "serviceId": service}}


@define
class Traffic:
    """Exchanges in a row; the bookings are answered as they should be, unless told otherwise."""

    exchanges: list[Exchange] = field(factory=list)
    bookings: dict[int, dict[str, Any]] = field(factory=dict)
    now: float = 1_000_000.0
    # What the controls show when they are looked at.
    events: list[dict[str, Any]] = field(factory=list)

    # Writes

    def makes(self, number: int = 1, asked: Body | None = None, **answer: Any) -> None:
        """A booking is made; what is answered of it besides."""
        body = {"bookedEntity": slot(), "totalParticipants": 1, **(asked or {})}
        flow = body.pop("flowControlSettings", None)
        request: dict[str, Any] = {"booking": body}
        request |= {"flowControlSettings": flow} if flow else {}
        first = {
            "status": body.get("status", "CREATED"),
            "revision": "1",
            "paymentStatus": "UNDEFINED",
            "doubleBooked": False,
        }
        kept = {key: value for key, value in body.items() if value is not None}
        self.bookings[number] = {**kept, **first, "id": id_of(number), **answer}
        self.says("createBooking", request, {"booking": self.bookings[number]})

    def fails(self, asked: Body | None = None, code: str = "SESSION_CAPACITY_EXCEEDED") -> None:
        """A booking is refused."""
        body = {"bookedEntity": slot(), "totalParticipants": 1, **(asked or {})}
        self.refuses("createBooking", {"booking": body}, 428, code)

    def acts(
        self,
        name: str,
        status: str | None = None,
        number: int = 1,
        asked: Body | None = None,
        **answer: Any,
    ) -> None:
        """A booking is changed, and is of the next revision."""
        known = self.bookings.setdefault(number, {"id": id_of(number), "bookedEntity": slot()})
        before = str(known.get("revision", "1"))
        known["revision"] = str(int(before) + 1)
        known |= {} if status is None else {"status": status}
        known |= answer
        self.says(name, self._asked(name, before, asked), {"booking": dict(known)}, number=number)

    def denies(
        self,
        name: str,
        number: int = 1,
        asked: Body | None = None,
        code: str = "INVALID_BOOKING_STATUS",
        status: int = 428,
    ) -> None:
        """A change is refused."""
        before = str(self.bookings.get(number, {}).get("revision", "1"))
        self.refuses(name, self._asked(name, before, asked), status, code, number=number)

    def _asked(self, name: str, revision: str, asked: Body | None) -> dict[str, Any]:
        own = {"revision": revision} if operation(name).revised else {}
        return {**own, **(asked or {})}

    # Reads

    def shows(
        self, *numbers: int, filter: Body | None = None, query: Body | None = None, **answer: Any
    ) -> None:
        """The reader finds bookings, the first of them as told."""
        found = [dict(self.bookings[number]) for number in numbers]
        if found:
            found[0] |= answer
        asked = {"query": {"filter": filter or {}, **(query or {})}}
        body = {"extendedBookings": [{"booking": one} for one in found]}
        self.says("queryExtendedBookings", asked, body)

    def lists(self, *entries: tuple[int, str], filter: Body | None = None) -> None:
        """The V1 list shows bookings, each in a word for its status."""
        shown = [{"booking": {"id": id_of(number), "status": word}} for number, word in entries]
        query = {} if filter is None else {"query.filter.stringValue": json.dumps(filter)}
        self.says("listBookingsV1", None, {"bookingsEntries": shown}, query=query)

    # Events

    def tells(self, slug: str, number: int = 1, before: Body | None = None, **other: Any) -> None:
        """An event of a booking as it is now; what an action says was before it."""
        booking = dict(self.bookings[number])
        kind = KINDS_OF_EVENTS[slug]["variant"]
        content = {
            "createdEvent": {"entity": booking},
            "updatedEvent": {"currentEntity": booking},
            "actionEvent": {"body": {"booking": booking, **(before or {})}},
        }[kind]
        self.events.append(
            {
                "id": f"event-{len(self.events)}",
                "entityFqdn": "wix.bookings.v2.booking",
                "slug": slug,
                "entityId": booking["id"],
                "eventTime": "2031-02-28T09:45:00.000Z",
                "triggeredByAnonymizeRequest": False,
                kind: content,
                **other,
            }
        )

    def looks(self, body: Any = None, world: str = "own") -> None:
        """Somebody looks at the events so far."""
        shown = {"events": self.events} if body is None else body
        path = f"/_mock/events?world={world}"
        self.exchanges.append(
            self._made(CONTROL, "GET", path, "", json.dumps(shown), 200, None, reads=True)
        )

    # Anything

    def says(self, name: str, asked: Any, body: Any, status: int = 200, **how: Any) -> None:
        """Any answer."""
        self.exchanges.append(self._exchange(name, asked, json.dumps(body), status, **how))

    def refuses(self, name: str, asked: Any, status: int, code: str | None, **how: Any) -> None:
        """Any refusal."""
        details = {"applicationError": {"code": code}} if code else {}
        self.says(name, asked, {"message": "no", "details": details}, status, **how)

    def falls_silent(self, name: str, asked: Any = None, **how: Any) -> None:
        """A server error, after which nobody knows what was done."""
        self.exchanges.append(self._exchange(name, asked or {"revision": "1"}, "", 500, **how))

    def controls(self) -> None:
        """Somebody is at the mock's controls."""
        self.exchanges.append(self._made(CONTROL, "POST", "/_mock/clock", "", "{}", 200, None))

    def _exchange(
        self,
        name: str,
        asked: Any,
        text: str,
        status: int,
        number: int = 1,
        path: str | None = None,
        query: Body | None = None,
        caller: str | None = "owner",
    ) -> Exchange:
        called = operation(name)
        own = dict.fromkeys(called.parameters, path or id_of(number))
        url = called.url(own) + (f"?{urlencode(query)}" if query else "")
        sent = "" if asked is None else json.dumps(asked)
        return self._made(name, called.method, url, sent, text, status, caller, called.reads)

    def _made(
        self,
        name: str,
        method: str,
        url: str,
        sent: str,
        text: str,
        status: int,
        caller: str | None,
        reads: bool = False,
    ) -> Exchange:
        self.now += 1
        return Exchange(
            operation=name, caller=caller, method=method, url=f"http://target.test{url}", path=url,
            request_headers={"content-type": "application/json"}, request_text=sent,
            status=status, headers={"x-wix-request-id": "1"}, text=text,
            started=self.now, seconds=0.01, reads=reads,
        )  # fmt: skip
