"""Whoever comes in at the door, or asks for what is not served, is led on."""

import re
from html import unescape

import pytest

import bookings_openapi

BOOKING = "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"
NOT_SERVED = "NOT_SERVED_BY_THIS_MOCK"


@pytest.mark.parametrize("path", ["/", "/_mock", "/_mock/", "/docs", ""])
def test_the_door_lists_what_there_is(api, path):
    listed = api.http.get(path).json()
    assert (listed["product"], listed["site"]) == ("bookings-mock", "studio")
    assert api.http.get(listed["document"]).status_code == 200
    assert {"mockSite", "mockIndex"} <= {one["operationId"] for one in listed["controls"]}
    create = next(one for one in listed["operations"] if one["operationId"] == "createBooking")
    assert (create["method"], create["path"]) == ("POST", "/bookings/v2/bookings")
    assert create["summary"]


def test_a_browser_is_shown_a_page_that_leads_on(api):
    answer = api.http.get("/", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    followed = set(map(unescape, re.findall(r'href="([^"]+)"', answer.text)))
    assert {"/_mock/site", "/_mock/openapi.json", "/_mock/requests"} <= followed
    for path in sorted(followed):
        assert api.http.get(path).status_code == 200, path


def test_what_can_be_got_has_a_head_and_no_body(api):
    for path in ("/", "/_mock/site", "/_mock/openapi.json"):
        got, head = api.http.get(path), api.http.head(path)
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert head.headers["content-length"] == got.headers["content-length"]


def test_a_head_of_what_can_only_be_posted_is_refused(api):
    answer = api.http.head("/bookings/v2/bookings")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/bookings/v2/booking", "/bookings/v2/bookings"),
        (f"/bookings/v2/bookings/{BOOKING}/confrim", "/bookings/v2/bookings/{bookingId}/confirm"),
        ("/_mock/sites", "/_mock/site"),
        ("/_mock/snapshot", "/_mock/snapshots"),
    ],
)
def test_the_nearest_operations_are_named_where_there_is_none(api, path, near):
    answer = api.http.get(path)
    assert answer.status_code == 404
    told = answer.json()["details"]["applicationError"]
    assert told["code"] == NOT_SERVED
    assert near in [one["path"] for one in told["data"]["nearest"]]
    assert near in answer.json()["message"]
    assert told["data"]["outside"] is False


@pytest.mark.parametrize("path", ["/stores/v1/products", "/favicon.ico", "/x" * 20_000, "/%00"])
def test_what_is_outside_of_the_api_is_said_to_be(api, path):
    answer = api.http.get(path)
    assert answer.status_code == 404
    told = answer.json()["details"]["applicationError"]
    assert (told["code"], told["data"]) == (NOT_SERVED, {"outside": True, "nearest": []})
    assert "outside of what it knows" in told["description"]
    assert len(answer.content) < 2000


@pytest.mark.parametrize("colon", ["%3A", "%3a"])
def test_a_colon_may_be_percent_encoded(api, colon):
    booking = api.booked()
    path = f"/bookings/v2/confirmation/{booking['id']}{colon}confirmOrDecline"
    assert api.done(api.post(path, {"paymentStatus": "PAID"}))["status"] == "CONFIRMED"


LEFT_OUT = [
    (method, path, row)
    for row in bookings_openapi.load()["x-not-served"]
    for method in sorted(row.keys() - {"says", "instead"})
    for path in row[method]
]


@pytest.mark.parametrize(("method", "path", "row"), LEFT_OUT)
def test_what_is_known_and_not_served_is_said_to_be(api, method, path, row):
    asked = re.sub(r"{\w+}", BOOKING, path)
    answer = api.http.request(method, asked, headers={"authorization": "visitor-token"})
    assert answer.status_code == 404
    told = answer.json()["details"]["applicationError"]
    assert told["code"] == NOT_SERVED
    assert row["says"] in told["description"]
    named = [one["operationId"] for one in told["data"]["nearest"]]
    assert named == row.get("instead", [])
    assert told["data"]["outside"] is False
