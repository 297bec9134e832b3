"""Worlds are copies of a site that never meet."""

import json

import pytest

import bookings_openapi
from bookings_mock.__main__ import main
from bookings_mock.app import build
from bookings_mock.saved import state
from bookings_mock.site import SiteError

READER = "/_api/bookings-reader/v2/extended-bookings/query"


def test_two_worlds_never_meet(api):
    blue = api.booked(token="owner-token@blue")
    red = {"query": {"filter": {"id": blue["id"]}}}
    path = "/_api/bookings-reader/v2/extended-bookings/query"
    assert api.post(path, red, "owner-token@red").json()["extendedBookings"] == []
    assert len(api.post(path, red, "owner-token@blue").json()["extendedBookings"]) == 1


def test_reset_drops_one_world_and_leaves_the_others(api):
    gone, kept = api.booked(token="owner-token@gone"), api.booked(token="owner-token@kept")
    assert api.http.post("/_mock/reset?world=gone").json() == {}
    path = "/_api/bookings-reader/v2/extended-bookings/query"
    everything = {"query": {}}
    assert api.post(path, everything, "owner-token@gone").json()["extendedBookings"] == []
    (entry,) = api.post(path, everything, "owner-token@kept").json()["extendedBookings"]
    assert entry["booking"]["id"] == kept["id"] != gone["id"]


def test_a_world_begins_anew_with_the_same_ids(api):
    first = api.booked(token="owner-token@again")
    api.http.post("/_mock/reset?world=again")
    assert api.booked(token="owner-token@again")["id"] == first["id"]


@pytest.mark.parametrize("name", ["a b", "é", "x" * 65, "", "a/b"])
def test_a_world_that_cannot_be_named_is_refused(api, name):
    answer = api.http.post(
        "/bookings/v2/bookings", headers={"authorization": f"owner-token@{name}".encode()}
    )
    assert answer.status_code == 401
    assert api.http.post("/_mock/reset", params={"world": name}).status_code == 400


# Which there are


def names(api):
    return [one["name"] for one in listed(api)["worlds"]]


def listed(api):
    answer = api.http.get("/_mock/worlds")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("token", ["nobody-token@blue", "owner-tokn@blue", "", "nobody-token"])
@pytest.mark.parametrize("options", [{}, {"rate_limit": 5}])
def test_a_stranger_makes_no_world(serve, token, options):
    api = serve(**options)
    assert api.create(token=token).status_code == 401
    assert api.post(READER, {"query": {}}, token).status_code == 401
    assert api.http.get("/v1/anonymous-bookings/nobody").status_code == 401
    assert api.http.get("/nowhere", headers={"authorization": token}).status_code == 404
    assert names(api) == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", READER, {"query": {}}),
        ("POST", READER, {"query": {"filter": {"strange": 1}}}),
        ("GET", "/bookings/v1/bookings", None),
        ("POST", "/bookings/v2/services/query", {"query": {}}),
        ("GET", "/_mock/site?world=blue", None),
        ("GET", "/_mock/sessions?world=blue", None),
        ("GET", "/_mock/requests?world=blue", None),
        ("GET", "/_mock/clock?world=blue", None),
        ("GET", "/_mock/snapshots?world=blue", None),
        ("POST", "/_mock/reset?world=blue", None),
        ("DELETE", "/_mock/faults?world=blue", None),
        ("POST", "/_mock/snapshots/none?world=blue", {"restore": True}),
        ("POST", "/_mock/readings?world=blue", {"readings": {"NO-1": "A"}}),
        ("POST", "/bookings/v2/bookings", {"booking": {}}),
        ("POST", "/bookings/v2/bookings/3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11/confirm", {}),
    ],
)
def test_who_only_reads_or_is_refused_makes_no_world(serve, method, path, body):
    api = serve()
    api.http.request(method, path, json=body, headers={"authorization": "owner-token@blue"})
    assert names(api) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", {"freeze": True}),
        ("readings", {"readings": {"CANCEL-5": "B"}}),
        ("faults", {"fault": {"slow": {"seconds": 0}}}),
        ("snapshots", {"name": "empty"}),
        ("given", {"service": "yoga", "status": "CONFIRMED"}),
        ("reset", {"now": "2031-03-27T12:00:00Z"}),
    ],
)
def test_whoever_changes_something_makes_one(serve, path, body):
    api = serve()
    answer = api.http.post(f"/_mock/{path}?world=blue", json=body)
    assert answer.status_code == 200, answer.text
    assert names(api) == ["blue"]
    before = {k: api.http.get(f"/_mock/{k}?world=blue").json() for k in ("readings", "snapshots")}
    api.booked(token="owner-token@blue")
    assert names(api) == ["blue"]
    after = {k: api.http.get(f"/_mock/{k}?world=blue").json() for k in ("readings", "snapshots")}
    assert before == after


def test_what_was_refused_before_there_was_a_world_is_in_its_journal(serve):
    api = serve()
    path = "/bookings/v2/bookings/3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11/confirm"
    api.post(path, {"revision": "1"}, "owner-token@blue")
    for _ in range(2):
        noted = api.http.get("/_mock/requests?world=blue").json()["requests"]
        assert noted[0]["rule"] == "LOOKUP-1"
        api.booked(token="owner-token@blue")


def test_worlds_are_listed_by_their_last_use(serve):
    api = serve()
    for name in ("red", "blue", "green"):
        api.booked(token=f"owner-token@{name}")
    api.post(READER, {"query": {}}, "owner-token@red")
    api.post(READER, {"query": {}}, "nobody-token@blue")
    api.http.post("/_mock/snapshots?world=green", json={"name": "one"})
    assert names(api) == ["blue", "red", "green"]
    told = listed(api)
    assert told["worlds"][-1].items() >= {"bookings": 1, "snapshots": 1, "requests": 1}.items()
    assert told["gaveWay"] == {"count": 0, "latest": []}
    assert told["limit"] == bookings_openapi.load()["x-limits"]["worlds"]


def test_a_world_is_dropped_by_its_name_if_it_is_there(serve):
    api = serve()
    api.booked(token="owner-token@blue")
    assert api.http.delete("/_mock/worlds/blue").json() == {}
    assert names(api) == []
    assert api.http.delete("/_mock/worlds/blue").status_code == 404
    assert api.http.delete("/_mock/worlds/a%20b").status_code == 400


# How many there can be


def test_the_world_that_idled_longest_gives_way_and_that_is_told(serve, caplog):
    api = serve(max_worlds=3)
    for name in ("red", "blue", "green"):
        api.booked(token=f"owner-token@{name}")
    api.post(READER, {"query": {}}, "owner-token@red")
    assert caplog.records == []
    kept = api.booked(token="owner-token@white")
    assert names(api) == ["green", "red", "white"]
    assert listed(api)["gaveWay"] == {"count": 1, "latest": ["blue"]}
    assert "the world blue gave way" in caplog.text
    gone = api.post(READER, {"query": {}}, "owner-token@blue").json()["extendedBookings"]
    assert gone == []
    (one,) = api.post(READER, {"query": {}}, "owner-token@white").json()["extendedBookings"]
    assert one["booking"]["id"] == kept["id"]


def test_however_many_there_are_no_more_are_kept_than_may_be(serve):
    api = serve(max_worlds=2)
    for number in range(30):
        api.booked(token=f"owner-token@w{number}")
        api.http.post(f"/_mock/clock?world=c{number}", json={"freeze": True})
    told = listed(api)
    assert [one["name"] for one in told["worlds"]] == ["w29", "c29"]
    assert (told["gaveWay"]["count"], len(told["gaveWay"]["latest"])) == (58, 20)


def test_a_world_that_gave_way_is_in_no_saved_state(serve):
    api = serve(max_worlds=2)
    for name in ("red", "blue", "green"):
        api.booked(token=f"owner-token@{name}")
    saved = json.loads(json.dumps(state(api.mock)))
    assert list(saved["world"]["worlds"]) == ["blue", "green"]
    again = serve(site=saved, max_worlds=2)
    assert names(again) == ["blue", "green"]
    with pytest.raises(SiteError, match="--max-worlds 2"):
        build(saved, max_worlds=1)


def test_a_branch_is_a_world_like_others(serve):
    api = serve(max_worlds=2)
    for name in ("red", "blue"):
        api.booked(token=f"owner-token@{name}")
    api.http.post("/_mock/snapshots?world=blue", json={"name": "one"})
    assert api.http.post("/_mock/snapshots/one?world=blue", json={"branch": "new"}).is_success
    assert names(api) == ["blue", "new"]


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5"])
def test_how_many_there_can_be_is_a_number(capsys, number):
    with pytest.raises(SystemExit):
        main(["--max-worlds", number])
    assert "--max-worlds" in capsys.readouterr().err


def test_a_second_site_is_another_business(api):
    booking = api.booked()
    path = f"/bookings/v2/bookings/{booking['id']}/cancel"
    answer = api.post(path, {"revision": "1"}, "other-site-token")
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (404, "LOOKUP-1")
