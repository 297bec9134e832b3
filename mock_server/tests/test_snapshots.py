"""A world as it was: kept, restored, branched, saved to a file and started from one."""

import json
from datetime import UTC, datetime

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import bookings_fixtures
from bookings_mock import create_app
from bookings_mock.app import build
from bookings_mock.clock import frozen_at
from bookings_mock.inprocess import transport
from bookings_mock.saved import state
from bookings_mock.site import SiteError, read_site, show_services

SNAPSHOTS = "/_mock/snapshots"
READER = "/_api/bookings-reader/v2/extended-bookings/query"
BULK = "/bookings/v2/bulk/bookings/create"
WAITLIST = "/bookings/v1/waitlist/register"
MOMENT = datetime(2031, 2, 28, 9, 30, tzinfo=UTC)
CONTROLS = ("sessions", "events", "messages", "clock", "readings")


def _make(api, name="before", world="default"):
    answer = api.http.post(SNAPSHOTS, json={"name": name}, params={"world": world})
    assert answer.status_code == 200, answer.text
    return answer.json()["snapshot"]


def _use(api, use, name="before", world="default"):
    return api.http.post(f"{SNAPSHOTS}/{name}", json=use, params={"world": world})


def _seen(api, world="default"):
    """All that can be seen of a world."""
    query = {"query": {"cursorPaging": {"limit": 100}}, "withBookingAttendanceInfo": True}
    shown = [api.post(READER, query, f"{name}@{world}") for name in ("owner-token", "app-token")]
    paths = [f"/_mock/{name}?world={world}" for name in CONTROLS]
    return [answer.json() for answer in [*shown, *(api.http.get(path) for path in paths)]]


def _lived(api, world="default"):
    """A world in which something of everything has happened."""
    token = f"owner-token@{world}"
    for service in ("yoga", "haircut", "spanish", "workshop"):
        flow = {"participantNotification": {"notifyParticipants": True, "message": "Hello"}}
        body = {
            "booking": {
                "bookedEntity": api.entity(service),
                "totalParticipants": 1,
                "contactDetails": {"email": f"{service}@example.com", "phone": "+353 1"},
                "extendedFields": {"namespaces": {"@studio/planner": {"$": [1, {"a": None}]}}},
            },
            "sendSmsReminder": True,
            **flow,
        }
        booking = api.done(api.post("/bookings/v2/bookings", body, token))
        path = f"/bookings/v2/bookings/{booking['id']}"
        booking = api.done(api.post(f"{path}/confirm", {"revision": "1"}, token))
    sent = {"bookingId": booking["id"], "sessionId": api.session()["id"], "status": "ATTENDED"}
    assert api.post("/bookings/v2/attendance/set", {"attendance": sent}, token).status_code == 200
    waiting = {"waitingResource": api.session()["id"], "formInfo": {}}
    api.post(WAITLIST, waiting, token)
    return booking


def test_a_world_is_again_what_it_was(api):
    now = api.http.post("/_mock/clock", json={"freeze": True}).json()["now"]
    booking = _lived(api)
    before, made = _seen(api), _make(api)
    assert made == {"name": "before", "time": now, "bookings": 5}
    api.done(api.act(booking, "cancel"))
    api.booked("choir")
    api.http.post("/_mock/clock", json={"advance": "P1D"})
    api.http.post("/_mock/readings", json={"readings": {"CANCEL-5": "B"}})
    assert _seen(api) != before
    for _ in range(2):
        answer = _use(api, {"restore": True})
        assert (answer.status_code, answer.json()["world"]) == (200, "default")
        assert _seen(api) == before
        api.booked("choir")


def test_what_follows_a_restore_is_what_followed_the_first_time(api):
    _make(api)
    first = api.booked()
    _use(api, {"restore": True})
    assert api.booked()["id"] == first["id"]


def test_a_branch_begins_as_the_world_was_and_goes_its_own_way(api):
    booking = _lived(api)
    _make(api)
    before = _seen(api)
    api.http.post("/_mock/reset?world=branch")
    assert _use(api, {"branch": "branch"}).json()["world"] == "branch"
    assert _seen(api, "branch")[:5] == before[:5]
    path = f"/bookings/v2/bookings/{booking['id']}/cancel"
    api.done(api.post(path, {"revision": booking["revision"]}, "owner-token@branch"))
    assert _seen(api)[:5] == before[:5]
    api.http.post("/_mock/reset?world=branch")


def test_a_world_that_exists_is_not_branched_over(api):
    _make(api)
    answer = _use(api, {"branch": "default"})
    assert answer.status_code == 400
    assert answer.json()["details"]["validationError"]["fieldViolations"][0]["field"] == "branch"


def test_snapshots_are_listed_and_dropped_and_end_with_their_world(api):
    _make(api, "one")
    _make(api, "two")
    names = [one["name"] for one in api.http.get(SNAPSHOTS).json()["snapshots"]]
    assert names == ["one", "two"]
    assert api.http.delete(f"{SNAPSHOTS}/one").json() == {}
    assert api.http.delete(f"{SNAPSHOTS}/one").status_code == 404
    assert _use(api, {"restore": True}, "one").status_code == 404
    api.http.post("/_mock/reset")
    assert api.http.get(SNAPSHOTS).json() == {"snapshots": []}


def test_snapshots_of_a_world_are_not_those_of_another(api):
    _make(api, world="left")
    assert _use(api, {"restore": True}, world="right").status_code == 404
    api.http.post("/_mock/reset?world=left")


@pytest.mark.parametrize("use", [{}, {"restore": False}, {"restore": True, "branch": "b"}])
def test_what_to_do_with_a_snapshot_is_said_in_one_way(api, use):
    _make(api)
    assert _use(api, use).status_code == 400


@pytest.mark.parametrize("body", [{}, {"name": "a b"}, {"name": ""}, {"name": "x" * 65}])
def test_a_snapshot_needs_a_name(api, body):
    assert api.http.post(SNAPSHOTS, json=body).status_code == 400


def test_snapshots_are_bounded_and_say_so(api):
    answers = [api.http.post(SNAPSHOTS, json={"name": f"n{n}"}) for n in range(101)]
    assert [answer.status_code for answer in answers[99:]] == [200, 400]


# Files


@pytest.fixture
def serve_built(api):
    """As `serve`, with the mock itself at hand."""
    clients = []

    def served(*site, **options):
        built = build(*site, **options)
        clients.append(httpx.Client(transport=transport(built.app), base_url="http://mock"))
        return type(api)(clients[-1]), built.mock

    yield served
    for client in clients:
        client.close()


def _saved(mock):
    return json.loads(json.dumps(state(mock)))


def test_a_saved_state_is_served_as_it_was(serve_built):
    api, mock = serve_built(clock=frozen_at(MOMENT))
    for world in ("default", "blue"):
        _lived(api, world)
    _make(api)
    api.http.post("/_mock/clock?world=blue", json={"advance": "P1D"})
    api.http.post("/_mock/readings?world=blue", json={"readings": {"CANCEL-5": "B"}})
    again, _ = serve_built(_saved(mock), clock=frozen_at(MOMENT.replace(year=2040)))
    for world in ("default", "blue"):
        assert _seen(again, world) == _seen(api, world)
    assert again.booked("choir")["id"] == api.booked("choir")["id"]
    assert _use(again, {"restore": True}).json() == _use(api, {"restore": True}).json()
    assert _seen(again) == _seen(api)
    assert again.http.get("/_mock/clock?world=new").json()["now"].startswith("2040")


def test_a_saved_state_keeps_to_the_schema_of_site_files(serve_built):
    api, mock = serve_built()
    _lived(api)
    validator = jsonschema.Draft202012Validator(bookings_fixtures.schema())
    assert [error.message for error in validator.iter_errors(_saved(mock))] == []


def _first(tree, kind):
    """The first value of a kind in what was saved."""
    if isinstance(tree, dict):
        if tree.get("$") == kind:
            return tree
        tree = list(tree.values())
    for one in tree if isinstance(tree, list) else ():
        found = _first(one, kind)
        if found is not None:
            return found
    return None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda world: world.update(form=99), "world: not saved by this version"),
        (lambda world: world.update(worlds=[]), "world: not saved by this version"),
        (lambda world: world["worlds"].update(x={}), "world.worlds.x"),
        (lambda world: world["worlds"]["default"].pop("now"), "world.worlds.default"),
        (lambda world: _first(world, "Booking").update(revision="1"), r"\.revision: '1'"),
        (lambda world: _first(world, "Booking").update({"$": "Popen"}), "nothing called 'Popen'"),
        (lambda world: _first(world, "Booking").pop("id"), "_bookings"),
        (lambda world: _first(world, "Booking")["created"].update(of="soon"), "created"),
        (lambda world: _first(world, "random").update(of=[3, [1], None]), "_random"),
        (lambda world: _first(world, "again").update({"#": 9999}), "can't be read"),
    ],
)
def test_a_damaged_state_is_refused_by_its_place(serve_built, change, place):
    api, mock = serve_built()
    _lived(api)
    saved = _saved(mock)
    change(saved["world"])
    with pytest.raises(SiteError, match=place):
        build(saved)


def test_a_site_that_is_shown_is_the_site_that_is_read():
    home = bookings_fixtures.load("studio")
    site = read_site(home, MOMENT)
    shown = {**home, "services": show_services(site)}
    assert read_site(shown, MOMENT.replace(year=2040)) == site


def test_what_a_mock_shows_of_its_site_can_be_served(serve):
    shown = serve(clock=frozen_at(MOMENT)).site
    again = serve(site=shown, clock=frozen_at(MOMENT))
    assert again.site["services"] == shown["services"]
    assert again.booked()["status"] == "CREATED"


# Nothing leaks


STEPS = st.tuples(
    st.sampled_from(["one", "two"]),
    st.sampled_from(
        [
            *("book", "book many", "confirm", "cancel", "move", "settle", "attend", "wait"),
            *("clock", "reading", "keep", "restore", "reset"),
        ]
    ),
    st.integers(0, 3),
)


def _step(api, world, what, number):
    token = f"owner-token@{world}"
    found = api.post(READER, {"query": {}}, token).json()["extendedBookings"]
    booking = found[number % len(found)]["booking"] if found else {"id": "0" * 36, "revision": "1"}
    path, seat = f"/bookings/v2/bookings/{booking['id']}", api.session(nth=number)["id"]
    revision = {"revision": booking["revision"]}
    new = {"bookedEntity": {"slot": {"eventId": seat}}, "totalParticipants": 1}
    control = {"params": {"world": world}}
    steps = {
        "book": lambda: api.post("/bookings/v2/bookings", {"booking": new}, token),
        "book many": lambda: api.post(BULK, {"createBookingsInfo": [{"booking": new}] * 2}, token),
        "confirm": lambda: api.post(f"{path}/confirm", revision, token),
        "cancel": lambda: api.post(f"{path}/cancel", revision, token),
        "move": lambda: api.post(
            f"{path}/reschedule", {**revision, "slot": {"eventId": seat}}, token
        ),
        "settle": lambda: api.post(
            f"/bookings/v2/confirmation/{booking['id']}:confirmOrDecline", {}, token
        ),
        "attend": lambda: api.post(
            "/bookings/v2/attendance/set",
            {"attendance": {"bookingId": booking["id"], "eventId": seat, "status": "ATTENDED"}},
            token,
        ),
        "wait": lambda: api.post(WAITLIST, {"waitingResource": seat}, token),
        "clock": lambda: api.http.post("/_mock/clock", json={"advance": 3600 * number}, **control),
        "reading": lambda: api.http.post(
            "/_mock/readings", json={"readings": {"CANCEL-5": "AB"[number % 2]}}, **control
        ),
        "keep": lambda: api.http.post(SNAPSHOTS, json={"name": str(number)}, **control),
        "restore": lambda: api.http.post(
            f"{SNAPSHOTS}/{number}", json={"restore": True}, **control
        ),
        "reset": lambda: api.http.post("/_mock/reset", **control),
    }
    answer = steps[what]()
    return answer.status_code, answer.json(), answer.headers.get("x-bookings-advice")


@pytest.fixture(scope="module")
def pair():
    """Two mocks that are alike, their clocks standing."""
    apps = [create_app(clock=frozen_at(MOMENT)) for _ in range(2)]
    clients = [httpx.Client(transport=transport(app), base_url="http://mock") for app in apps]
    yield clients
    for client in clients:
        client.close()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=25))
def test_worlds_that_live_side_by_side_are_each_as_if_alone(api, pair, steps):
    together, alone = [type(api)(client) for client in pair]
    for world in ("one", "two"):
        for side in (together, alone):
            side.http.post("/_mock/reset", params={"world": world})
    told = {"one": [], "two": []}
    for world, what, number in steps:
        told[world].append(_step(together, world, what, number))
    for world in ("one", "two"):
        by_itself = [_step(alone, w, what, number) for w, what, number in steps if w == world]
        assert by_itself == told[world]
        assert _seen(alone, world) == _seen(together, world)
