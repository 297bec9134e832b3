"""Tokens are issued by every grant, stand for their caller and world, and expire by its clock."""

import httpx
import pytest

from bookings_mock.app import build
from bookings_mock.callers import DEFAULT_WORLD
from bookings_mock.inprocess import transport

from .conftest import Api

READER = "/_api/bookings-reader/v2/extended-bookings/query"
CREATE = "/bookings/v2/bookings"
HOURS, MINUTES = 14400, 300


def asked(api, path="/oauth2/token", token="", **body):
    headers = {"authorization": token} if token else {}
    return api.http.post(path, json=body, headers=headers)


def issued(api, path="/oauth2/token", token="", **body):
    answer = asked(api, path, token, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def app(api, name="app"):
    facts = api.site["callers"][name]
    return {"client_id": facts["client_id"], "client_secret": facts["client_secret"]}


def app_token(api, name="app", world=""):
    who = app(api, name)
    who["client_id"] += world
    return issued(api, grant_type="client_credentials", instance_id="one", **who)


def visitor_token(api, world=""):
    client = app(api)["client_id"] + world
    return issued(api, clientId=client, grantType="anonymous")


def info(api, token):
    return api.http.post("/oauth2/token-info", json={"token": token}).json()


def reads(api, token):
    return api.post(READER, {"query": {}}, token).status_code


# Grants


def test_an_app_gets_a_token_of_its_own_with_its_scopes(api):
    granted = app_token(api)
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", HOURS)
    booking = api.booked(token=granted["access_token"])
    assert booking["createdBy"]["appId"] == api.site["callers"]["app"]["app_id"]
    reader = app_token(api, "reader")["access_token"]
    assert reads(api, reader) == 200
    assert api.create(token=reader).status_code == 403


def test_the_site_shows_what_apps_get_tokens_with(api):
    callers = api.site["callers"]
    assert callers["app_all"]["client_secret"] == "app-all-secret"
    assert callers["app"]["client_id"] != callers["app_all"]["client_id"]
    assert "client_id" not in callers["owner"]


def test_a_site_file_may_name_client_and_secret(serve):
    import bookings_fixtures

    site = bookings_fixtures.load("studio")
    client = "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"
    site["callers"]["app"] |= {"client_id": client, "client_secret": "tell nobody"}
    api = serve(site=site)
    who = {"client_id": client, "client_secret": "tell nobody", "instance_id": "one"}
    assert issued(api, grant_type="client_credentials", **who)


def test_each_anonymous_visitor_is_somebody_new(api):
    first, second = visitor_token(api), visitor_token(api)
    one, other = (info(api, granted["access_token"]) for granted in (first, second))
    assert one["subjectType"] == other["subjectType"] == "VISITOR"
    assert one["subjectId"] != other["subjectId"]
    booking = api.booked(token=first["access_token"])
    assert booking["createdBy"]["anonymousVisitorId"] == one["subjectId"]
    assert reads(api, first["access_token"]) == 403


def test_nothing_is_left_of_visitors_but_their_tokens():
    built = build()
    with httpx.Client(transport=transport(built.app), base_url="http://127.0.0.1:8080") as client:
        api = Api(client)
        tokens = {visitor_token(api)["access_token"]}
        world = built.mock.worlds.get("studio", DEFAULT_WORLD)
        counted = len(world.issued)
        tokens |= {visitor_token(api)["access_token"] for _ in range(9)}
    assert (len(tokens), len(world.issued)) == (10, counted)


def test_a_refreshed_token_is_the_same_visitors(api):
    first = visitor_token(api)
    client = app(api)["client_id"]
    refresh = first["refresh_token"]
    again = issued(api, clientId=client, grantType="refresh_token", refreshToken=refresh)
    assert again["access_token"] != first["access_token"]
    assert (
        info(api, again["access_token"])["subjectId"]
        == (info(api, first["access_token"])["subjectId"])
    )
    assert reads(api, refresh) == 401


@pytest.mark.parametrize("by", ["name", "member_id", "token"])
def test_a_code_of_a_member_is_a_members_token(api, by):
    member = {"name": "member", **api.site["callers"]["member"]}
    client = app(api)["client_id"]
    sent = {"redirectUri": "https://example.com", "code": member[by], "codeVerifier": "v"}
    granted = issued(api, clientId=client, grantType="authorization_code", **sent)
    known = info(api, granted["access_token"])
    assert (known["subjectType"], known["subjectId"]) == ("MEMBER", member["member_id"])
    assert granted["refresh_token"]


def test_somebody_who_vouches_gets_a_members_token(api):
    member = api.site["callers"]["member"]["member_id"]
    visitor = visitor_token(api, "@vouched")["access_token"]
    wanted = {"grant_type": "authorized_client", "scope": "offline_access", "member_id": member}
    granted = issued(api, token=f"{visitor},owner-token", **wanted)
    assert info(api, granted["access_token"])["subjectId"] == member
    api.booked(token=granted["access_token"])
    found = api.post(READER, {"query": {}}, "owner-token@vouched").json()["extendedBookings"]
    assert len(found) == 1


def test_a_token_is_stripped_of_its_session(api):
    secret = app(api)["client_secret"]
    body = {"client_secret": secret, "access_token": "owner-token"}
    granted = issued(api, grant_type="strip_bound_session", **body)
    assert granted["expires_in"] == HOURS
    assert info(api, granted["access_token"])["subjectType"] == "APP"


def test_the_earlier_way_gives_a_token_of_minutes(serve):
    api = serve()
    api.http.post("/_mock/clock", json={"freeze": True})
    who = app(api)
    first = issued(api, "/oauth/access", grant_type="authorization_code", code="any", **who)
    api.http.post("/_mock/clock", json={"advance": MINUTES - 1})
    assert reads(api, first["access_token"]) == 200
    api.http.post("/_mock/clock", json={"advance": 1})
    assert reads(api, first["access_token"]) == 401
    refresh = first["refresh_token"]
    again = issued(api, "/oauth/access", grant_type="refresh_token", refresh_token=refresh, **who)
    assert reads(api, again["access_token"]) == 200


def test_either_spelling_is_understood_whatever_snake_case_means_elsewhere(serve):
    api = serve(readings={"SHAPE-7": "B"})
    assert app_token(api)
    assert visitor_token(api)
    client = app(api)["client_id"]
    assert issued(api, client_id=client, grant_type="anonymous")


def test_a_form_asks_for_a_token_like_json(api):
    form = {"grant_type": "client_credentials", "instance_id": "one", **app(api)}
    answer = api.http.post("/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    assert info(api, answer.json()["access_token"])["subjectType"] == "APP"
    refused = api.http.post("/oauth2/token", data={"grant_type": "password"})
    assert refused.json()["error"] == "unsupported_grant_type"


def test_a_used_refresh_token_serves_again(api):
    first, client = visitor_token(api), app(api)["client_id"]
    again = {"clientId": client, "grantType": "refresh_token"}
    one, other = (issued(api, refreshToken=first["refresh_token"], **again) for _ in range(2))
    assert one["refresh_token"] == other["refresh_token"] == first["refresh_token"]
    subjects = {info(api, granted["access_token"])["subjectId"] for granted in (first, one, other)}
    assert len(subjects) == 1


# Worlds and time


def test_a_token_carries_its_world(api):
    token = visitor_token(api, "@mine")["access_token"]
    mine = api.booked(token=token)
    found = api.post(READER, {"query": {}}, "owner-token@mine").json()["extendedBookings"]
    assert [entry["booking"]["id"] for entry in found] == [mine["id"]]
    assert api.create(token=f"{token}@other").status_code == 401
    assert api.create(token=f"{token}@mine").status_code == 200


def test_the_world_may_stand_in_the_query(api):
    body = {"grantType": "anonymous", "clientId": app(api)["client_id"]}
    token = api.http.post("/oauth2/token?world=asked", json=body).json()["access_token"]
    api.booked(token=token)
    found = api.post(READER, {"query": {}}, "owner-token@asked").json()["extendedBookings"]
    assert len(found) == 1


def test_a_token_expires_by_the_clock_of_its_world(api):
    token = app_token(api, world="@aging")["access_token"]
    api.http.post("/_mock/clock?world=aging", json={"freeze": True})
    api.http.post("/_mock/clock?world=aging", json={"advance": HOURS - 60})
    assert reads(api, token) == 200
    api.http.post("/_mock/clock?world=aging", json={"advance": 61})
    answer = api.post(READER, {"query": {}}, token)
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (401, "AUTH-1")
    assert info(api, token) == {"active": False}


def test_a_token_outlives_a_reset_of_its_world(api):
    token = app_token(api, world="@reset")["access_token"]
    api.http.post("/_mock/reset?world=reset")
    assert reads(api, token) == 200


def test_tokens_follow_from_the_seed(serve):
    one, same, other = serve(seed=1), serve(seed=1), serve(seed=2)
    first = visitor_token(one)
    assert first == visitor_token(same) != visitor_token(other)
    assert first["access_token"] != visitor_token(one)["access_token"]


def test_a_token_says_what_it_stands_for(api):
    granted = app_token(api)
    known = info(api, granted["access_token"])
    assert known["active"]
    assert known["siteId"] == api.site["site"]["id"]
    assert known["clientId"] == app(api)["client_id"]
    assert known["instanceId"] == "one"
    assert int(known["exp"]) - int(known["iat"]) == HOURS
    alias = api.http.post("/oauth2/token_info", json={"token": granted["access_token"]})
    assert alias.json() == known
    assert info(api, "member-token@blue")["subjectType"] == "MEMBER"
    assert info(api, "nobody") == {"active": False}


def test_a_visitors_token_names_client_and_instance_as_apps_check_them(api):
    granted = visitor_token(api)
    known, again = (info(api, granted["access_token"]) for _ in range(2))
    assert known["clientId"] == app(api)["client_id"]
    assert known["instanceId"] == again["instanceId"]
    other = issued(api, clientId=app(api, "app_all")["client_id"], grantType="anonymous")
    assert info(api, other["access_token"])["instanceId"] != known["instanceId"]
    assert info(api, other["access_token"])["accountId"] == known["accountId"]


def test_a_token_of_the_site_file_was_issued_to_its_first_app(api):
    known = info(api, "visitor-token")
    assert known["clientId"] == app(api)["client_id"]
    assert known["instanceId"] == info(api, "app-token")["instanceId"]


# Refusals


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": 7}, 400, "invalid_request"),
        ({"client_id": None}, 400, "invalid_request"),
        ({"instance_id": None}, 400, "invalid_request"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": "wr\u00f6ng"}, 401, "invalid_client"),
    ],
)
def test_a_refusal_is_said_as_rfc_6749_says_it(api, change, status, error):
    body = {"grant_type": "client_credentials", "instance_id": "one", **app(api), **change}
    answer = asked(api, **{key: value for key, value in body.items() if value is not None})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]
    assert answer.headers["x-wix-request-id"]
    assert set(answer.json()) == {"error", "error_description"}


@pytest.mark.parametrize("world", ["@", "@a b", "@" + "x" * 65])
def test_a_world_that_cannot_be_named_has_no_client(api, world):
    answer = asked(api, grantType="anonymous", clientId=app(api)["client_id"] + world)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "body",
    [
        {"grantType": "refresh_token", "refreshToken": "nobody's"},
        {"grantType": "authorization_code", "code": "nobody"},
        {"grantType": "authorized_client", "memberId": "nobody"},
    ],
)
def test_what_nobody_was_given_is_no_grant(api, body):
    answer = asked(api, clientId=app(api)["client_id"], **body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_refresh_token_of_another_client_is_none(api):
    refresh = visitor_token(api)["refresh_token"]
    other = app(api, "app_all")["client_id"]
    answer = asked(api, clientId=other, grantType="refresh_token", refreshToken=refresh)
    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b"grant_type=x", "text/html", 415),
        (b"[]", "application/json", 400),
    ],
)
def test_what_cannot_be_read_is_an_invalid_request(api, content, media, status):
    headers = {"content-type": media}
    answer = api.http.post("/oauth2/token", content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (status, "invalid_request")
