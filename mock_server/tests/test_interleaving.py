"""Calls that come at the same time: whatever the order of their parts, one came before the other.

Up to three calls are cut at every `receive` and `send` of theirs, and their parts are put together
in every order; of the many orders of three calls, in those that differ in when each was read, and
in some of the others. What is answered and what is left must be what some order of the whole calls
gives, to the last letter: the mock itself, asked one call after another, is the model.
"""

import itertools
import json
import random
from datetime import UTC, datetime

import httpx
import pytest

from bookings_mock.app import build
from bookings_mock.clock import frozen_at
from bookings_mock.domain import lifecycle
from bookings_mock.handlers import HANDLERS
from bookings_mock.handlers.handler import committed, current_booking
from bookings_mock.handlers.reads import read_decision, read_notification
from bookings_mock.inprocess import transport

from .conftest import WRITER, Api

MOMENT = datetime(2031, 2, 28, 9, 30, tzinfo=UTC)
CONFIRMATION = "/bookings/v2/confirmation"
WAITLIST = "/bookings/v1/waitlist"
# So many orders of the parts of three calls are drawn; there are 756,756 of them.
SAMPLE = 150
# What a world comes to hold.
HELD = ("_bookings", "_contacts", "_attendances", "events", "messages", "registrations", "rounds")
HELD += ("purchases", "orders", "ordered", "reminded")


class Cut:
    """Where a call lets others go on."""

    def __await__(self):
        yield


class Parts:
    """One call, run part by part: up to its next `receive` or `send`."""

    def __init__(self, app, call, cuts):
        method, path, body, token = call
        self.raw = json.dumps(body).encode() if body is not None else b""
        self.method, self.path, self.token = method, path, token
        self.sent, self.cuts, self.done = [], cuts, False
        self.steps = app(self._scope(), self._receive, self._send).__await__()
        self.halves = iter((self.raw[:9], self.raw[9:]) if cuts == "all" else (self.raw,))
        self.left = len(self.raw)

    def go_on(self):
        """Run up to the next cut; answers whether there is more to come."""
        try:
            self.done or next(self.steps)
        except StopIteration:
            self.done = True
        return not self.done

    @property
    def answer(self):
        start, body = self.sent
        return start["status"], json.loads(body["body"])

    async def _receive(self):
        await Cut()
        part = next(self.halves)
        self.left -= len(part)
        return {"type": "http.request", "body": part, "more_body": self.left > 0}

    async def _send(self, message):
        if self.cuts == "all":
            await Cut()
        self.sent.append(message)

    def _scope(self):
        headers = {"host": "127.0.0.1", "authorization": self.token}
        headers["content-type"] = "application/json"
        path, _, query = self.path.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 0),
        }


class Stage:
    """A mock that is brought back to the same moment before every run."""

    def __init__(self, **options):
        self.built = build(clock=frozen_at(MOMENT), **options)
        http = httpx.Client(transport=transport(self.built.app), base_url="http://127.0.0.1")
        self.api = Api(http)

    def starts_here(self):
        """What has been done up to now stands before every run."""
        self.begun = self.built.mock.worlds.snapshot("default", "begun")

    def run(self, calls, order, cuts="all"):
        """What came of the calls, their parts run in this order of the numbers of the calls."""
        self.built.mock.worlds.restore("default", self.begun)
        running = [Parts(self.built.app, call, cuts) for call in calls]
        for number in order:
            running[number].go_on()
        # A call may have more parts than it has alone: what is left of it comes last.
        while any(call.go_on() for call in running):
            pass
        return self._outcome(running)

    def one_by_one(self, calls, order):
        """What came of the calls, each run to its end before the next."""
        self.built.mock.worlds.restore("default", self.begun)
        running = [Parts(self.built.app, call, "all") for call in calls]
        for number in order:
            while running[number].go_on():
                pass
        return self._outcome(running)

    def parts_of(self, calls, cuts):
        """How many parts each call has."""
        counts = []
        for number in range(len(calls)):
            self.built.mock.worlds.restore("default", self.begun)
            one = Parts(self.built.app, calls[number], cuts)
            counts.append(1 + sum(1 for _ in iter(one.go_on, False)))
        return counts

    def _outcome(self, running):
        worlds = self.built.mock.worlds
        world, shared = worlds.get("studio", "default"), worlds.shared("default")
        left = {name: vars(world)[name].copy() for name in HELD}
        return [one.answer for one in running], left, shared.clock, shared.rules.readings


def _orders(counts):
    """Every order in which so many parts of each call can follow each other."""
    if not any(counts):
        yield ()
    for number, count in enumerate(counts):
        if count:
            rest = [left - (other == number) for other, left in enumerate(counts)]
            yield from ((number, *order) for order in _orders(rest))


def _drawn(counts, many):
    """So many of these orders, the same each time."""
    draw, parts = random.Random(7), [n for n, count in enumerate(counts) for _ in range(count)]
    for _ in range(many):
        draw.shuffle(parts)
        yield tuple(parts)


def torn(stage, calls):
    """The orders of parts whose outcome no order of whole calls has, and how many were tried."""
    numbers = range(len(calls))
    whole = [stage.one_by_one(calls, order) for order in itertools.permutations(numbers)]
    counts = stage.parts_of(calls, "all")
    if len(calls) == 2:
        tried = [("all", order) for order in _orders(counts)]
    else:
        tried = [("few", order) for order in _orders(stage.parts_of(calls, "few"))]
        tried += [("all", order) for order in _drawn(counts, SAMPLE)]
    wrong = [one for one in tried if stage.run(calls, one[1], one[0]) not in whole]
    return wrong, len(tried), whole


# The calls


def _post(path, body, token="owner-token"):
    return "POST", path, body, token


def _act(booking, action, **body):
    return _post(f"{WRITER}/{booking['id']}/{action}", {"revision": booking["revision"], **body})


def _created(api, service="yoga", name="ada", status="CONFIRMED", **session):
    booking = {
        "bookedEntity": api.entity(service, **session),
        "totalParticipants": 1,
        "contactDetails": {"firstName": name, "email": f"{name}@example.com"},
        "status": status,
    }
    return _post(WRITER, {"booking": booking})


def _settled(booking):
    return _post(f"{CONFIRMATION}/{booking['id']}:confirmOrDecline", {})


def _checkout(booking, order="APPROVED"):
    return _post("/_mock/checkout", {"bookingId": booking["id"], "order": order})


def _registered(api, session, name):
    details = {"contactDetails": {"firstName": name, "email": f"{name}@example.com"}}
    body = {"waitingResource": session, "formInfo": details}
    return api.post(f"{WAITLIST}/register", body).json()["registrationId"]


def two_creations_on_the_last_seat(api):
    return [_created(api, name=name, capacity=1) for name in ("ada", "bob")]


def two_creations_of_one_appointment(api):
    return [_created(api, "haircut", name=name) for name in ("ada", "bob")]


def two_settled_on_the_last_seat(api):
    return [_settled(api.booked(session={"capacity": 1})) for _ in range(2)]


def confirming_and_declining(api):
    booking = api.booked()
    return [_act(booking, "confirm"), _act(booking, "decline")]


def confirming_twice(api):
    booking = api.booked()
    return [_act(booking, "confirm")] * 2


def rescheduling_and_canceling(api):
    booking = api.done(api.act(api.booked("haircut"), "confirm"))
    slot = api.slot(nth=3)
    return [_act(booking, "reschedule", slot=slot), _act(booking, "cancel")]


def rescheduling_to_the_same_time(api):
    pair = [api.booked("haircut", session={"nth": nth}) for nth in (1, 2)]
    pair = [api.done(api.act(one, "confirm")) for one in pair]
    return [_act(one, "reschedule", slot=api.slot(nth=3)) for one in pair]


def checking_out_and_canceling(api):
    booking = api.booked()
    return [_checkout(booking), _act(booking, "cancel")]


def two_checkouts_on_the_last_seat(api):
    return [_checkout(api.booked(session={"capacity": 1})) for _ in range(2)]


def more_participants_twice(api):
    pair = [api.done(api.act(api.booked(session={"capacity": 2}), "confirm")) for _ in range(2)]
    api.done(api.act(pair[1], "cancel"))
    path = "update_number_of_participants"
    return [
        _act(pair[0], path, totalParticipants=2),
        _created(api, name="bob", capacity=2),
    ]


def canceling_and_a_creation_on_the_seat(api):
    booking = api.done(api.act(api.booked(session={"capacity": 1}), "confirm"))
    return [_act(booking, "cancel"), _created(api, name="bob", capacity=1)]


def two_in_bulk_and_one(api):
    items = [_created(api, name=name, capacity=2)[2] for name in ("ada", "bob")]
    bulk = {"createBookingsInfo": items, "returnFullEntity": True}
    return [_post("/bookings/v2/bulk/bookings/create", bulk), _created(api, name="eve", capacity=2)]


def a_reset_and_a_creation(api):
    return [_post("/_mock/reset?world=default", None), _created(api, capacity=1)]


def going_back_and_confirming(api):
    booking = api.booked()
    api.http.post("/_mock/snapshots", json={"name": "before"})
    api.done(api.act(booking, "cancel"))
    other = api.booked()
    back = _post("/_mock/snapshots/before", {"restore": True})
    return [back, _act(other, "confirm")]


def another_reading_and_canceling(api):
    booking = api.done(api.act(api.booked(), "decline"))
    readings = {"readings": {"CANCEL-5": "B"}}
    return [_post("/_mock/readings", readings), _act(booking, "cancel")]


def the_clock_and_canceling(api):
    booking = api.done(api.act(api.booked(), "confirm"))
    return [_post("/_mock/clock", {"advance": "P30D"}), _act(booking, "cancel")]


def attendance_twice(api):
    booking = api.done(api.act(api.booked(session={"capacity": 10}), "confirm"))
    came = {"bookingId": booking["id"], "sessionId": api.session(capacity=10)["id"]}
    return [
        _post("/bookings/v2/attendance/set", {"attendance": {**came, "status": status}})
        for status in ("ATTENDED", "NOT_ATTENDED")
    ]


def placing_an_order_twice(api):
    reference = {
        "appId": "13d21c63-b5ec-5912-8397-c3a5ddb27a97",
        "catalogItemId": api.booked("haircut")["id"],
    }
    lines = [{"quantity": 1, "catalogReference": reference}]
    cart = api.post("/ecom/v2/carts", {"catalogItems": lines}, "visitor-token").json()["cart"]
    return [_post(f"/ecom/v2/carts/{cart['id']}/place-order", {}, "visitor-token")] * 2


def taking_a_freed_place_twice(api):
    session = api.session(capacity=1)["id"]
    held = api.done(api.act(api.booked(session={"capacity": 1}), "confirm"))
    waiting = _registered(api, session, "ada")
    api.done(api.act(held, "cancel"))
    return [_post(f"{WAITLIST}/enroll", {"registrationId": waiting})] * 2


def three_creations_on_two_seats(api):
    return [_created(api, name=name, capacity=2) for name in ("ada", "bob", "eve")]


def three_decisions(api):
    booking = api.booked()
    return [_act(booking, "confirm"), _act(booking, "decline"), _act(booking, "cancel")]


def a_freed_place_and_two_who_want_it(api):
    session = api.session(capacity=1)["id"]
    held = api.done(api.act(api.booked(session={"capacity": 1}), "confirm"))
    waiting = _registered(api, session, "ada")
    return [
        _act(held, "cancel"),
        _post(f"{WAITLIST}/enroll", {"registrationId": waiting}),
        _created(api, name="eve", capacity=1),
    ]


PAIRS = (
    two_creations_on_the_last_seat,
    two_creations_of_one_appointment,
    two_settled_on_the_last_seat,
    confirming_and_declining,
    confirming_twice,
    rescheduling_and_canceling,
    rescheduling_to_the_same_time,
    checking_out_and_canceling,
    two_checkouts_on_the_last_seat,
    more_participants_twice,
    canceling_and_a_creation_on_the_seat,
    two_in_bulk_and_one,
    a_reset_and_a_creation,
    going_back_and_confirming,
    another_reading_and_canceling,
    the_clock_and_canceling,
    attendance_twice,
    placing_an_order_twice,
    taking_a_freed_place_twice,
)
TRIPLES = (three_creations_on_two_seats, three_decisions, a_freed_place_and_two_who_want_it)


@pytest.fixture(scope="module")
def stage():
    return Stage()


@pytest.mark.parametrize("scene", [*PAIRS, *TRIPLES], ids=lambda scene: scene.__name__)
def test_calls_at_the_same_time_end_as_if_one_had_come_after_another(stage, scene):
    stage.api.http.post("/_mock/reset")
    calls = scene(stage.api)
    stage.starts_here()
    wrong, tried, whole = torn(stage, calls)
    assert wrong == []
    assert tried >= 20
    assert any(one != whole[0] for one in whole)


# That a call which is not whole would be noticed


async def _confirmed_in_two_parts(call):
    booking, wish = current_booking(call), read_decision(call.body)
    confirmed = lifecycle.confirm(booking, wish, call.ground)
    await Cut()
    return committed(call, confirmed, booking, None, call.body)


async def _canceled_in_two_parts(call):
    booking, notification = current_booking(call), read_notification(call.body)
    await Cut()
    canceled = lifecycle.cancel(booking, notification, False, call.ground)
    return committed(call, canceled, booking, notification, call.body)


def _created_in_two_parts(create):
    async def created(call):
        """Sees the seats, waits, and takes one whatever was taken meanwhile."""
        seen = call.world.kept()
        await Cut()
        now = call.world.kept()
        call.world.restore(seen)
        try:
            return await create(call)
        finally:
            taken = {**now["_bookings"], **call.world.kept()["_bookings"]}
            call.world.rebuild({**call.world.kept(), "_bookings": taken})

    return created


@pytest.mark.parametrize(
    ("scene", "operation", "handler"),
    [
        (confirming_and_declining, "confirmBooking", _confirmed_in_two_parts),
        (confirming_twice, "confirmBooking", _confirmed_in_two_parts),
        (rescheduling_and_canceling, "cancelBooking", _canceled_in_two_parts),
        (checking_out_and_canceling, "cancelBooking", _canceled_in_two_parts),
        (three_decisions, "cancelBooking", _canceled_in_two_parts),
    ],
)
def test_a_wait_between_reading_and_writing_is_noticed(monkeypatch, scene, operation, handler):
    monkeypatch.setitem(HANDLERS, operation, handler)
    stage = Stage()
    calls = scene(stage.api)
    stage.starts_here()
    wrong, tried, _ = torn(stage, calls)
    assert 0 < len(wrong) < tried


def test_a_wait_between_seeing_a_seat_and_taking_it_is_noticed(monkeypatch):
    create = HANDLERS["createBooking"]
    monkeypatch.setitem(HANDLERS, "createBooking", _created_in_two_parts(create))
    stage = Stage()
    calls = two_creations_on_the_last_seat(stage.api)
    stage.starts_here()
    wrong, tried, _ = torn(stage, calls)
    assert 0 < len(wrong) < tried
