"""What follows from a seed can be guessed by everybody; `--random-keys` lets nobody guess it."""

import json

import httpx
import pytest

from bookings_mock.__main__ import main
from bookings_mock.app import build
from bookings_mock.inprocess import transport
from bookings_mock.saved import state

from .conftest import Api

READER = "/_api/bookings-reader/v2/extended-bookings/query"


def _app_client(api):
    callers = api.site["callers"].values()
    return next(one["client_id"] for one in callers if one.get("client_id"))


def _drawn(api):
    """A token, a booking's id, the token for it alone, and the cursor to a second page."""
    sent = {"grantType": "anonymous", "clientId": _app_client(api)}
    token = api.http.post("/oauth2/token", json=sent).json()["access_token"]
    booking = api.booked()["id"]
    api.booked()
    owner = {"authorization": "owner-token"}
    own = api.http.get(f"/v1/anonymous-bookings/{booking}/token", headers=owner).json()["token"]
    query = {"query": {"cursorPaging": {"limit": 1}}}
    cursor = api.post(READER, query).json()["pagingMetadata"]["cursors"]["next"]
    return token, booking, own, cursor


def test_everything_that_is_drawn_is_the_same_for_the_same_seed(serve):
    assert _drawn(serve(seed=3)) == _drawn(serve(seed=3))


def test_nothing_that_is_drawn_is_the_same_with_random_keys(serve):
    one, other = _drawn(serve(random_keys=True)), _drawn(serve(random_keys=True))
    assert [a for a, b in zip(one, other, strict=True) if a == b] == []


def test_what_another_mock_sealed_is_refused(serve):
    *_, own, cursor = _drawn(serve(random_keys=True))
    here = serve(random_keys=True)
    assert here.http.get(f"/v1/anonymous-bookings/{own}").status_code == 401
    query = {"query": {"cursorPaging": {"cursor": cursor}}}
    assert here.post(READER, query).status_code == 400


def test_a_state_with_random_keys_goes_on_and_draws_what_its_file_does_not_tell():
    built = build(random_keys=True)
    with _client(built) as client:
        booking = Api(client).booked()
    saved = json.loads(json.dumps(state(built.mock)))
    now = saved["world"]["worlds"]["default"]["now"]["sites"]["studio"]
    assert now["_random"] == now["_event_random"] == {"$": "random", "of": None}
    drawn = set()
    for _ in range(2):
        with _client(build(saved, random_keys=True)) as client:
            api = Api(client)
            assert api.read(booking["id"]) == booking
            drawn.add(api.booked()["id"])
    assert len(drawn) == 2


def _client(built):
    return httpx.Client(transport=transport(built.app), base_url="http://127.0.0.1")


def test_a_seed_and_random_keys_exclude_each_other(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--seed", "7", "--random-keys"])
    assert ended.value.code == 2
    assert "not allowed with argument --seed" in capsys.readouterr().err
