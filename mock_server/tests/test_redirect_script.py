"""The script that leads a page to the mock: what it moves and leaves alone, and who gets it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import bookings_openapi
from bookings_mock.address import hosts

SCRIPT = "/_mock/redirect.js"
PAGE = Path(__file__).with_name("redirected.js")
IN_A_PAGE = {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "no-cors",
    "sec-fetch-dest": "script",
}

needs_node = pytest.mark.skipif(not shutil.which("node"), reason="there is no node to run it")


def _asked(script):
    command = ["node", str(PAGE)]
    done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def asked(api):
    return _asked(api.http.get(SCRIPT).text)


@needs_node
def test_what_is_asked_of_the_apis_hosts_is_asked_of_the_mock(asked):
    fetched = [(one["method"], one["url"]) for one in asked if one["by"] == "fetch"]
    assert fetched[:9] == [
        ("POST", "http://mock/bookings/v2/bookings?a=b%20c"),
        ("GET", "http://mock/ecom/v2/carts#there"),
        ("PUT", "http://mock/a"),
        ("PATCH", "http://mock/b"),
        ("POST", "http://mock/c"),
        ("POST", "http://mock/oauth2/token?x=1"),
        ("GET", "http://mock/_api/a"),
        ("GET", "http://mock/d"),
        ("GET", "http://mock/dot"),
    ]
    assert [one["given"] for one in asked if one["by"] == "xhr"][:2] == [
        ["GET", "http://mock/j"],
        ["POST", "http://mock/k", False, "name", "word"],
    ]


def test_the_package_for_javascript_leads_the_same_hosts():
    source = Path(__file__).parents[2] / "clients/js/lib/hosts.js"
    listed = re.search(r"API_HOSTS = (\[.*?\]);", source.read_text("utf-8"), re.DOTALL)
    assert json.loads(listed[1]) == hosts(bookings_openapi.load(controls=False))


@needs_node
def test_all_other_hosts_are_asked_as_ever(asked):
    assert [one["url"] for one in asked if one["by"] == "fetch"][9:] == [
        "https://www.wixapis.com.example.org/e",
        "https://wixapis.com/f",
        "https://www.wixapis.com:8443/g",
        "https://salon.example.com/h",
        "https://salon.example.com/?to=https://www.wixapis.com/i",
    ]
    assert [one["given"] for one in asked if one["by"] == "xhr"][2:] == [
        ["GET", "l"],
        ["GET", "http://[no address"],
    ]


@needs_node
def test_a_request_keeps_its_method_headers_credentials_and_body(asked):
    sent, request, late, streamed = asked[0], asked[2], asked[3], asked[4]
    assert (sent["headers"]["content-type"], sent["body"]) == ("application/json", "{}")
    assert (request["headers"]["authorization"], request["body"]) == ("t", "whole")
    assert request["credentials"] == "include"
    assert late["body"] == "late"
    assert (streamed["body"], streamed["streamed"]) == ("streamed", False)


@needs_node
def test_tokens_are_asked_for_in_the_world_of_the_script(api):
    asked = _asked(api.http.get(f"{SCRIPT}?world=blue").text)
    urls = [one["url"] for one in asked if one["by"] == "fetch"]
    assert "http://mock/oauth2/token?x=1&world=blue" in urls
    assert sum("world=blue" in url for url in urls) == 1


def test_pages_of_every_origin_may_load_it(api):
    answer = api.http.get(SCRIPT, headers=IN_A_PAGE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    module = {**IN_A_PAGE, "sec-fetch-mode": "cors", "origin": "https://salon.example.com"}
    assert api.http.get(SCRIPT, headers=module).headers["access-control-allow-origin"] == "*"


def test_it_opens_no_other_door(api):
    for path in ("/_mock/site", "/_mock/redirect.js/", "/_mock/reset"):
        answer = api.http.get(path, headers=IN_A_PAGE)
        assert answer.status_code == 403, path
    foreign = {**IN_A_PAGE, "host": "www.example.org"}
    assert api.http.get(SCRIPT, headers=foreign).status_code == 403


@pytest.mark.parametrize("world", ["a b", "</script>", "x" * 65])
def test_a_name_that_no_world_can_have_is_refused(api, world):
    assert api.http.get(SCRIPT, params={"world": world}).status_code == 400


def test_its_hosts_are_those_of_the_document(api):
    import bookings_openapi

    script = api.http.get(SCRIPT).text
    for server in bookings_openapi.load()["servers"]:
        assert server["url"].removeprefix("https://") in script
