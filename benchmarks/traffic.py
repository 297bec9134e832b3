"""Mixed traffic for a mock, drawn from a seed: what clients send, and what they should not send.

Half of the worlds that it goes to are sober: there nothing is asked that may overbook, so that at
the end no session holds more than its capacity. In the others everything goes: examples of every
operation of the document, requests with a part of them spoilt, and what is no request of the API.
"""

import copy
import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from attrs import define, field, frozen

import bookings_openapi

WRITER = "/bookings/v2/bookings"
BOOKING = "wix.bookings.v2.booking"
READER = "/_api/bookings-reader/v2/extended-bookings"
APP = bookings_openapi.load()["x-apps"]["bookings"]
# A world begins anew once it has taken so many bookings: what it holds stays bounded.
FULL = 300
# What asks the machine for time or keys, and what throws a world away that others still use.
_LEFT_OUT = {"mockWebhooks", "mockDocument", "mockReset", "mockAddFault", "mockGiven"}
_JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**70,
    1.5,
    "",
    "x" * 300,
    [],
    {},
    [[]],
    {"$or": [{}]},
    "\u0000",
)


@frozen
class Request:
    """A request, and what is to be learnt from its answer."""

    method: str
    path: str
    body: bytes = b""
    token: str = "owner-token"
    media_type: str = "application/json"
    learn: Callable[[int, Any], None] = lambda status, answer: None


@define
class World:
    """What the traffic knows of one world: its bookings by id, with their latest revision."""

    name: str
    sober: bool
    bookings: dict[str, str] = field(factory=dict)
    ids: list[str] = field(factory=list)
    made: int = 0

    def learn(self, status: int, answer: Any) -> None:
        """Remember the booking that was answered, and some of the ids."""
        if status != 200 or not isinstance(answer, dict):
            return
        results = [one.get("item") for one in answer.get("results", ()) if isinstance(one, dict)]
        for booking in (answer.get("booking"), *results):
            if isinstance(booking, dict) and "revision" in booking:
                self.made += booking["id"] not in self.bookings
                self.bookings[booking["id"]] = booking["revision"]
        self.ids = [*self.ids, *_ids(answer)][-40:]

    def forget(self, status: int, answer: Any) -> None:
        """The world begins anew."""
        self.bookings, self.ids, self.made = {}, [], 0


class Traffic:
    """Requests without end; `site` is what `/_mock/site` answers."""

    def __init__(self, site: dict[str, Any], seed: int = 7, worlds: int = 8) -> None:
        self._draw = random.Random(seed)
        self._services = site["services"]
        self._names = [n for n, one in self._services.items() if one["policy"]["book"] == "open"]
        self.worlds = [World(f"soak-{seed}-{n}", n % 2 == 0) for n in range(worlds)]
        self._examples = list(_examples())
        self._sober = (
            (30, self._creation),
            (25, self._move),
            (10, self._settlement),
            (25, self._read),
            (2, self._waiting),
            (2, self._attendance),
            (2, self._bulk),
        )
        self._wild = (
            *self._sober,
            (15, self._example),
            (12, self._spoilt),
            (5, self._nonsense),
            (3, self._control),
        )

    def next(self) -> Request:
        """The next request."""
        world = self._draw.choice(self.worlds)
        if world.made >= FULL:
            reset = f"/_mock/reset?world={world.name}"
            return Request("POST", reset, learn=world.forget)
        choices = self._sober if world.sober else self._wild
        weights, makers = zip(*choices, strict=True)
        (make,) = self._draw.choices(makers, weights)
        request: Request = make(world)
        return request

    # What clients send

    def _post(self, world: World, path: str, body: Any, token: str = "owner-token") -> Request:
        sent = json.dumps(body).encode()
        return Request("POST", path, sent, f"{token}@{world.name}", learn=world.learn)

    def _booking(self, world: World) -> dict[str, Any]:
        name = self._draw.choice(self._names)
        number = self._draw.randrange(50)
        service = self._services[name]
        booking = {
            "bookedEntity": self._entity(service),
            "contactDetails": {"firstName": "Ada", "email": f"ada{number}@example.com"},
        }
        if service["choices"]:
            option = service["choices"][0]
            choice = {"optionId": option["option_id"], "custom": option["values"][0]}
            several = {"numberOfParticipants": 1, "choices": [choice]}
            return {**booking, "participantsChoices": {"serviceChoices": [several]}}
        return {
            **booking,
            "totalParticipants": 1
            if service["kind"] == "appointment"
            else self._draw.choice((1, 1, 2, 3)),
        }

    def _entity(self, service: dict[str, Any]) -> dict[str, Any]:
        if service["kind"] == "course":
            return {"schedule": {"scheduleId": service["schedule_id"]}}
        if service["kind"] == "class":
            return {"slot": {"sessionId": self._draw.choice(service["sessions"])["id"]}}
        return {"slot": self._slot(service)}

    def _slot(self, service: dict[str, Any]) -> dict[str, Any]:
        slots = service["slots"]
        step = timedelta(minutes=slots["step"])
        start = datetime.fromisoformat(slots["start"]) + step * self._draw.randrange(slots["count"])
        length = timedelta(minutes=service.get("length") or slots["step"])
        return {
            "serviceId": service["id"],
            "scheduleId": service["schedule_id"],
            "startDate": start.isoformat(),
            "endDate": (start + length).isoformat(),
            "timezone": service["timezone"],
            "resource": {"id": service["resource_id"]},
        }

    def _creation(self, world: World) -> Request:
        body: dict[str, Any] = {"booking": self._booking(world)}
        body["participantNotification"] = {"notifyParticipants": self._draw.random() < 0.3}
        if not world.sober and self._draw.random() < 0.2:
            body["flowControlSettings"] = {"skipAvailabilityValidation": True}
        token = self._draw.choice(("owner-token", "visitor-token", "member-token", "app-token"))
        return self._post(world, WRITER, body, token)

    def _move(self, world: World) -> Request:
        if not world.bookings:
            return self._creation(world)
        number = self._draw.choice(list(world.bookings)[-60:])
        revision = world.bookings[number] if self._draw.random() < 0.9 else "1"
        moves: dict[str, dict[str, Any]] = {
            "confirm": {"flowControlSettings": {"checkAvailabilityValidation": True}},
            "decline": {},
            "cancel": {},
            "reschedule": self._entity(self._services[self._draw.choice(("haircut", "yoga"))]),
            "update_number_of_participants": {"totalParticipants": self._draw.choice((1, 2, 3))},
            "mark_booking_as_pending": {},
        }
        if not world.sober and self._draw.random() < 0.5:
            moves["confirm"] = {"paymentStatus": "PAID"}
        action = self._draw.choice(list(moves))
        path = f"{WRITER}/{number}/{action}"
        return self._post(world, path, {"revision": revision, **moves[action]})

    def _settlement(self, world: World) -> Request:
        if not world.bookings:
            return self._creation(world)
        number = self._draw.choice(list(world.bookings)[-60:])
        if self._draw.random() < 0.5:
            path = f"/bookings/v2/confirmation/{number}:confirmOrDecline"
            paid = {} if world.sober else {"paymentStatus": self._draw.choice(("PAID", "NOT_PAID"))}
            return self._post(world, path, paid)
        line = {"quantity": 1, "catalogReference": {"appId": APP, "catalogItemId": number}}
        if world.sober or self._draw.random() < 0.5:
            return self._post(world, "/ecom/v2/carts", {"catalogItems": [line]}, "visitor-token")
        order = {"bookingId": number, "order": self._draw.choice(("CREATED", "APPROVED"))}
        return self._post(world, f"/_mock/checkout?world={world.name}", order)

    def _read(self, world: World) -> Request:
        service = self._services[self._draw.choice(self._names)]
        days = {"fromLocalDate": "2020-01-01T00:00:00", "toLocalDate": "2099-01-01T00:00:00"}
        status = self._draw.choice(("CREATED", "CONFIRMED", "CANCELED"))
        narrow = {"filter": {"status": status}, "cursorPaging": {"limit": 10}}
        one = {"filter": {"id": self._draw.choice(list(world.bookings) or ["x"])}}
        reads: tuple[tuple[str, Any], ...] = (
            (f"{READER}/query", {"query": narrow}),
            (f"{READER}/query", {"query": one, "withBookingAllowedActions": True}),
            (f"{READER}/count", {"filter": {"status": status}}),
            ("/bookings/v1/bookings/query", {"query": {"paging": {"limit": 20}}}),
            ("/_api/bookings/v2/services/query", {"query": {"paging": {"limit": 5}}}),
            (
                "/_api/service-availability/v2/time-slots/event",
                {**days, "serviceIds": [service["id"]], "timeZone": "UTC"},
            ),
            ("/bookings/v2/attendance/query", {"query": {}}),
            ("/ecom/v1/orders/search", {"search": {"cursorPaging": {"limit": 10}}}),
        )
        return self._post(world, *self._draw.choice(reads))

    def _waiting(self, world: World) -> Request:
        session = self._draw.choice(self._services["yoga"]["sessions"])["id"]
        form = {"contactDetails": {"firstName": "Bob", "email": "bob@example.com"}}
        body = {"waitingResource": session, "formInfo": form}
        return self._post(world, "/bookings/v1/waitlist/register", body)

    def _attendance(self, world: World) -> Request:
        number = self._draw.choice(list(world.bookings) or ["x"])
        session = self._draw.choice(self._services["yoga"]["sessions"])["id"]
        came = {"bookingId": number, "sessionId": session, "status": "ATTENDED"}
        return self._post(world, "/bookings/v2/attendance/set", {"attendance": came})

    def _bulk(self, world: World) -> Request:
        items = [{"booking": self._booking(world)} for _ in range(self._draw.randint(1, 5))]
        body = {"createBookingsInfo": items, "returnFullEntity": True}
        return self._post(world, "/bookings/v2/bulk/bookings/create", body)

    # What they should not send

    def _example(self, world: World) -> Request:
        """An example of the document, about things that there are."""
        method, path, body = self._draw.choice(self._examples)
        ids = [*world.bookings, *world.ids] or ["x"]
        while "{" in path:
            before, _, rest = path.partition("{")
            path = before + self._draw.choice(ids) + rest.partition("}")[2]
        sent = b"" if body is None else json.dumps(self._about(body, world)).encode()
        where = f"{path}?world={world.name}" if path.startswith("/_mock") else path
        token = f"{self._draw.choice(('owner', 'member', 'visitor', 'app-all'))}-token"
        return Request(method, where, sent, f"{token}@{world.name}", learn=world.learn)

    def _about(self, body: Any, world: World) -> Any:
        if isinstance(body, list):
            return [self._about(one, world) for one in body]
        if not isinstance(body, dict):
            return body
        known = list(world.bookings)
        named = {"serviceId": self._services["yoga"]["id"]}
        if known:
            named |= {"bookingId": self._draw.choice(known), "catalogItemId": known[0]}
        return {key: named.get(key) or self._about(one, world) for key, one in body.items()}

    def _spoilt(self, world: World) -> Request:
        """A request of which one part is something else."""
        request = self._draw.choice((self._creation, self._move, self._read, self._example))(world)
        if not request.body:
            return request
        tree = copy.deepcopy(json.loads(request.body))
        places = list(_places(tree))
        if places:
            container, key = self._draw.choice(places)
            container[key] = self._draw.choice(_JUNK)
        sent = json.dumps(tree).encode()
        return Request(request.method, request.path, sent, request.token, learn=world.learn)

    def _nonsense(self, world: World) -> Request:
        path = self._draw.choice(
            (WRITER, f"{WRITER}/x/confirm", f"{READER}/query", "/nothing/here")
        )
        body = self._draw.choice((b"", b"{", b"\xff\xfe", b"[" * 5000, b"1e999", b'{"a":1}' * 99))
        token = self._draw.choice((f"owner-token@{world.name}", "nobody", "", "owner-token@/"))
        kind = self._draw.choice(
            ("application/json", "text/plain", "application/x-www-form-urlencoded", "")
        )
        method = self._draw.choice(("POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
        return Request(method, path, body, token, kind)

    def _control(self, world: World) -> Request:
        name = self._draw.choice(("a", "b", "c"))
        controls: tuple[tuple[str, Any], ...] = (
            ("clock", {"advance": self._draw.choice(("PT1M", "PT1H"))}),
            ("readings", {"readings": {"CANCEL-5": self._draw.choice("AB")}}),
            ("snapshots", {"name": name}),
            (f"snapshots/{name}", {"restore": True}),
        )
        path, body = self._draw.choice(controls)
        return self._post(world, f"/_mock/{path}?world={world.name}", body)


def _examples() -> Iterator[tuple[str, str, Any]]:
    """Method, path and body of every example of the document; those without a body as they are."""
    for path, item in bookings_openapi.load()["paths"].items():
        for method in {"get", "post", "put", "patch", "delete"} & item.keys():
            operation = item[method]
            answers = operation["responses"].get("200", {}).get("content", {})
            if "application/json" in answers and operation["operationId"] not in _LEFT_OUT:
                content = operation.get("requestBody", {}).get("content", {})
                examples = content.get("application/json", {}).get("examples", {})
                for body in [one["value"] for one in examples.values()] or [None]:
                    yield method.upper(), path, body


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    for key in (
        list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    ):
        yield tree, key
        yield from _places(tree[key])


def _ids(answer: Any) -> Iterator[str]:
    """A few of the ids in an answer."""
    for one in answer.values():
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            yield one["id"]


# What holds whatever was asked


Ask = Callable[[str, str, Any, str], Any]


def breaches(ask: Ask, world: World) -> Iterator[str]:
    """What of a world does not hold together; `ask` sends method, path, body and token."""
    token = f"owner-token@{world.name}"
    bookings = {one["id"]: one for one in _listed(ask, token)}
    count = ask("POST", f"{READER}/count", {}, token)["count"]
    if count != len(bookings):
        yield f"{count} bookings are counted, and {len(bookings)} listed"
    events = ask("GET", f"/_mock/events?world={world.name}", None, token)["events"]
    yield from _untold(bookings, events)
    for session in ask("GET", f"/_mock/sessions?world={world.name}", None, token)["sessions"]:
        yield from _overfull(session, bookings, world.sober)


def _listed(ask: Ask, token: str) -> Iterator[dict[str, Any]]:
    cursor, first = None, {"query": {"cursorPaging": {"limit": 100}}}
    while cursor or first:
        body = first or {"query": {"cursorPaging": {"limit": 100, "cursor": cursor}}}
        page, first = ask("POST", f"{READER}/query", body, token), {}
        yield from (one["booking"] for one in page["extendedBookings"])
        cursor = page["pagingMetadata"].get("cursors", {}).get("next")


def _untold(bookings: dict[str, Any], events: list[dict[str, Any]]) -> Iterator[str]:
    """Each booking's events are numbered without a gap."""
    told: dict[str, list[int]] = {}
    # Attendance that was removed is told of as well, by its own id and when it is there no more.
    for event in (one for one in events if one["entityFqdn"] == BOOKING):
        told.setdefault(event["entityId"], []).append(int(event["entityEventSequence"]))
    for number in bookings.keys() ^ told.keys():
        yield f"booking {number} is not both told of and there"
    for number, sequence in told.items():
        if sequence != list(range(1, len(sequence) + 1)):
            yield f"the events of {number} are numbered {sequence}"


def _overfull(session: dict[str, Any], bookings: dict[str, Any], sober: bool) -> Iterator[str]:
    """A session's total is that of its bookings, and no more than there is room for."""
    there = [one for one in session["participants"] if one["approvalStatus"] != "DECLINED"]
    booked = [bookings.get(one["id"], {}) for one in there]
    for one in booked:
        if one.get("status") not in ("CONFIRMED", "PENDING"):
            yield f"session {session['id']} lists a booking that is {one.get('status')}"
    sure = [
        p["partySize"] for p, b in zip(there, booked, strict=True) if b.get("status") == "CONFIRMED"
    ]
    if sober and sum(sure) > session["capacity"]:
        yield f"{sum(sure)} are in session {session['id']} of {session['capacity']}"
