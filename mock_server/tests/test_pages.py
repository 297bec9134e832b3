"""The browser next door: pages of any origin may call the API, and none of them the controls."""

import json

import httpx
import pytest

from bookings_mock import create_app
from bookings_mock.inprocess import transport

CREATE = "/bookings/v2/bookings"
READER = "/_api/bookings-reader/v2/extended-bookings/query"
SITE = "/_mock/site"
PAGE = "https://shop.example"
ASKED = {
    "origin": PAGE,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type, x-of-the-page",
}


def _cors(answer):
    return {name: answer.headers[name] for name in answer.headers if name.startswith("access-")}


def _controls(answer):
    refused = answer.status_code == 403
    if refused:
        assert set(answer.json()) == {"message", "details"}
    return not refused


# ── The API ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [CREATE, READER, "/bookings/v1/bookings", "/oauth2/token", "/no"])
def test_a_preflight_lets_the_call_of_any_page_through(api, path):
    answer = api.http.options(path, headers=ASKED)
    assert (answer.status_code, answer.content) == (204, b"")
    told = _cors(answer)
    assert told["access-control-allow-origin"] == "*"
    assert "POST" in told["access-control-allow-methods"].split(", ")
    assert told["access-control-allow-headers"] == ASKED["access-control-request-headers"]
    assert int(told["access-control-max-age"]) > 0
    assert answer.headers["x-wix-request-id"]
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("page", [PAGE, "null", "http://localhost:5173", "\xff"])
@pytest.mark.parametrize(
    ("method", "path", "token", "body", "status"),
    [
        ("POST", READER, "owner-token", {"query": {}}, 200),
        ("POST", READER, "nobody", {"query": {}}, 401),
        ("POST", CREATE, "owner-token", {"booking": 7}, 400),
        ("DELETE", CREATE, "owner-token", None, 405),
        ("OPTIONS", CREATE, "owner-token", None, 405),
        ("GET", "/nowhere", "owner-token", None, 404),
    ],
)
def test_every_answer_may_be_read_by_any_page(api, page, method, path, token, body, status):
    headers = [(b"origin", page.encode("latin-1")), (b"authorization", token.encode())]
    answer = api.http.request(method, path, json=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"x-wix-request-id", "x-bookings-rule", "x-bookings-advice"} <= set(exposed)


@pytest.mark.parametrize("status", [409, 429, 503])
def test_faults_may_be_read_by_the_page_too(api, status):
    headers = {"origin": PAGE, "authorization": "owner-token", "prefer": f"code={status}"}
    answer = api.http.post(READER, json={"query": {}}, headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*")


def test_a_rate_limit_may_be_read_by_the_page_and_counts_no_preflight(serve):
    api = serve(rate_limit=1)
    headers = {"origin": PAGE, "authorization": "owner-token"}
    for _ in range(3):
        assert api.http.options(READER, headers=ASKED).status_code == 204
    answers = [api.http.post(READER, json={"query": {}}, headers=headers) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 429]
    assert {a.headers["access-control-allow-origin"] for a in answers} == {"*"}


def test_a_preflight_is_no_request_of_the_journal(api):
    before = api.http.get("/_mock/requests").json()["requests"]
    api.http.options(CREATE, headers=ASKED)
    assert api.http.get("/_mock/requests").json()["requests"] == before


def test_a_method_that_no_operation_has_is_let_through_by_no_preflight(api):
    asked = {**ASKED, "access-control-request-method": "BREW"}
    answer = api.http.options(CREATE, headers=asked)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_who_is_no_page_is_told_nothing_of_pages(api):
    assert _cors(api.post(READER, {"query": {}})) == {}


def test_a_gateway_that_knows_no_pages_tells_them_nothing(serve):
    api = serve(readings={"GATEWAY-1": "B"})
    refused = api.http.options(CREATE, headers=ASKED)
    headers = {"origin": PAGE, "authorization": "owner-token"}
    answer = api.http.post(READER, json={"query": {}}, headers=headers)
    assert (refused.status_code, answer.status_code) == (405, 200)
    assert _cors(refused) == _cors(answer) == {}


def test_the_gateway_follows_one_reading_in_all_worlds(serve):
    api = serve()
    elsewhere = api.http.post("/_mock/readings?world=blue", json={"readings": {"GATEWAY-1": "B"}})
    assert elsewhere.status_code == 400
    assert "world default" in elsewhere.json()["message"]
    assert api.http.options(CREATE, headers=ASKED).status_code == 204
    assert api.http.post("/_mock/readings", json={"readings": {"GATEWAY-1": "B"}}).is_success
    headers = {"origin": PAGE, "authorization": "owner-token@blue"}
    assert _cors(api.http.post(READER, json={"query": {}}, headers=headers)) == {}
    assert api.http.options(CREATE, headers=ASKED).status_code == 405


# ── The controls ──────────────────────────────────────────────────────────────────────────────────


def _asks(app, headers, server="127.0.0.1", method="GET", path=SITE, json=None):
    """The answer to who came to `server`, whatever the Host is that it names."""
    with httpx.Client(transport=transport(app)) as client:
        return client.request(method, f"http://{server}:8080{path}", headers=headers, json=json)


APP = create_app()


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:1", "localhost.", "app.localhost", "127.0.0.1:8080", "127.9.9.9",
     "[::1]:8080"],
)  # fmt: skip
def test_the_controls_answer_under_the_names_of_this_machine(host):
    assert _controls(_asks(APP, {"host": host}))


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.example:8080", "127.0.0.1.evil.example",
     "10.0.0.1", "[", "evil@localhost:x", "@", "localhost:8080@evil.example", ":8080",
     "localhost?.evil.example", "localhost#.evil.example", "localhost?", "127.0.0.1:8080#",
     "[::1%25evil.example]"],
)  # fmt: skip
@pytest.mark.parametrize("path", [SITE, "/_mock/nothing", "//_mock/site", "/%5Fmock/site"])
def test_the_controls_do_not_answer_as_another(host, path):
    assert not _controls(_asks(APP, {"host": host}, path=path))


def test_the_controls_answer_at_the_address_where_they_were_asked():
    assert _controls(_asks(APP, {"host": "192.168.7.7:8080"}, server="192.168.7.7"))
    assert not _controls(_asks(APP, {"host": "192.168.7.8:8080"}, server="192.168.7.7"))


def test_the_controls_answer_under_a_name_that_was_allowed():
    app = create_app(allow_hosts=["Mock", "ci.example:80"])
    answers = {host: _asks(app, {"host": host}) for host in ("mock:8080", "ci.example", "other")}
    assert {host: _controls(answer) for host, answer in answers.items()} == {
        "mock:8080": True,
        "ci.example": True,
        "other": False,
    }
    assert "--allow-host" in answers["other"].json()["message"]
    assert _controls(_asks(create_app(allow_hosts=["*"]), {"host": "any.example"}))


FOREIGN = ["https://shop.example", "null", "http://localhost:5173", "https://127.0.0.1:8080",
           "http://127.0.0.1:80801", "http://127.0.0.1", "http://127.0.0.1:8080.evil.example",
           "http://localhost:8080"]  # fmt: skip


@pytest.mark.parametrize("origin", FOREIGN)
def test_the_controls_are_closed_to_the_pages_of_other_origins(origin):
    answer = _asks(APP, {"origin": origin})
    assert not _controls(answer)
    assert _cors(answer) == {}
    assert "--allow-origin" in answer.json()["message"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_origin_is_told_nothing_of_the_controls_before_it_asks(origin):
    answer = _asks(APP, {**ASKED, "origin": origin}, method="OPTIONS", path="/_mock/reset")
    assert (answer.status_code, _cors(answer)) == (403, {})


def test_the_controls_are_open_to_their_own_pages():
    assert _controls(_asks(APP, {"origin": "http://127.0.0.1:8080"}))
    own = {"host": "localhost:8080", "origin": "http://LOCALHOST:8080"}
    assert _controls(_asks(APP, own))


def test_what_a_page_embeds_without_an_origin_is_closed_as_well():
    embedded = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert not _controls(_asks(APP, embedded))
    assert not _controls(_asks(APP, {**embedded, "sec-fetch-site": "same-site"}))
    assert _controls(_asks(APP, {**embedded, "sec-fetch-site": "same-origin"}))
    assert _controls(_asks(APP, {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}))


def test_a_form_of_another_site_is_closed_out_whatever_its_browser_leaves_out():
    form = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert not _controls(_asks(APP, form, method="POST", path="/_mock/reset"))


def test_a_page_that_was_allowed_may_use_the_controls():
    page = "http://localhost:5173"
    app = create_app(allow_origins=[f"{page}/"])
    asked = {**ASKED, "origin": page}
    preflight = _asks(app, asked, method="OPTIONS", path="/_mock/reset")
    done = _asks(app, {"origin": page}, method="POST", path="/_mock/reset")
    for answer, status in ((preflight, 204), (done, 200)):
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == page
        assert "Origin" in answer.headers["vary"]
    assert not _controls(_asks(app, {"origin": "http://localhost:5174"}))
    assert not _controls(_asks(app, {"host": "evil.example", "origin": page}))


def test_what_a_closed_control_was_told_is_not_done(api):
    told = json.dumps({"readings": {"CANCEL-5": "B"}}).encode()
    headers = {"origin": PAGE, "content-type": "application/json"}
    assert api.http.post("/_mock/readings", content=told, headers=headers).status_code == 403
    assert api.http.get("/_mock/readings").json()["readings"]["CANCEL-5"] == "A"


@pytest.mark.parametrize(
    "media_type", [None, "", "text/plain", "application/x-www-form-urlencoded"]
)
def test_a_control_is_told_nothing_that_does_not_say_it_is_json(api, media_type):
    told = json.dumps({"readings": {"CANCEL-5": "B"}}).encode()
    headers = {} if media_type is None else {"content-type": media_type}
    assert api.http.post("/_mock/readings", content=told, headers=headers).status_code == 415
    assert api.http.get("/_mock/readings").json()["readings"]["CANCEL-5"] == "A"


def test_a_control_that_needs_no_body_needs_no_media_type(api):
    assert api.http.post("/_mock/reset").status_code == 200
