"""Worlds are copies of a site that never meet."""

import pytest


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


def test_worlds_are_bounded_and_say_so(serve):
    api = serve()
    path = "/_api/bookings-reader/v2/extended-bookings/query"
    statuses = [api.post(path, {"query": {}}, f"owner-token@w{n}").status_code for n in range(1001)]
    assert statuses[:900] == [200] * 900
    assert statuses[-1] == 429
    api.http.post("/_mock/reset?world=w0")
    assert api.post(path, {"query": {}}, "owner-token@fresh").status_code == 200


def test_a_second_site_is_another_business(api):
    booking = api.booked()
    path = f"/bookings/v2/bookings/{booking['id']}/cancel"
    answer = api.post(path, {"revision": "1"}, "other-site-token")
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (404, "LOOKUP-1")
