"""The pages that redirect sessions lead to: logging in, booking, paying, and the way back."""

import base64
import hashlib
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bookings_mock.app import build
from bookings_mock.inprocess import transport

from .conftest import Api, code

SESSION = "/headless/v1/redirect-session"
BACK = "https://studio.example.com/back?from=mock"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:-1]
BROWSER = {"accept": "text/html,*/*"}


def session(api: Api, token: str = "visitor-token", **body: Any) -> str:
    answer = api.post(SESSION, body, token)
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["redirectSession"]["fullUrl"]
    return url


def shown(api: Api, url: str) -> dict[str, Any]:
    found: dict[str, Any] = api.http.get(url).json()["redirect"]
    return found


def followed(api: Api, url: str, **body: Any) -> dict[str, Any]:
    answer = api.http.post(url, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["redirect"]
    return found


def page(api: Api, url: str) -> str:
    answer = api.http.get(url, headers=BROWSER)
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


# Logging in


def client_of(api: Api, name: str = "app") -> str:
    client: str = api.site["callers"][name]["client_id"]
    return client


def login(api: Api, token: str = "visitor-token", prompt: str = "login", **request: Any) -> str:
    asked = {
        "clientId": client_of(api),
        "responseType": "code",
        "scope": "offline_access",
        "state": "st-41",
        "codeChallenge": CHALLENGE,
        "codeChallengeMethod": "S256",
        "redirectUri": BACK,
        **request,
    }
    return session(api, token, auth={"authRequest": asked, "prompt": prompt})


def exchanged(api: Api, text: str, **said: Any) -> httpx.Response:
    body = {
        "clientId": client_of(api),
        "grantType": "authorization_code",
        "code": text,
        "codeVerifier": VERIFIER,
        "redirectUri": BACK,
        **said,
    }
    return api.http.post("/oauth2/token", json={k: v for k, v in body.items() if v is not None})


def code_of(api: Api, url: str, member: str = "member") -> str:
    address = followed(api, url, outcome="LOGGED_IN", member=member)["sendsTo"]
    return parse_qs(urlsplit(address).fragment)["code"][0]


def test_a_visitor_becomes_a_member_by_the_page_of_a_redirect_session(api: Api) -> None:
    url = login(api)
    way = next(one for one in shown(api, url)["ways"] if one.get("member") == "other_member")
    parts = urlsplit(way["sendsTo"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}?{parts.query}" == BACK
    said = parse_qs(parts.fragment)
    assert said["state"] == ["st-41"]
    tokens = exchanged(api, said["code"][0]).json()
    my = api.http.get("/members/v1/members/my", headers={"authorization": tokens["access_token"]})
    assert my.json()["member"]["id"] == api.site["callers"]["other_member"]["member_id"]
    assert tokens["refresh_token"]


def test_of_more_redirect_sessions_than_a_world_keeps_the_oldest_is_forgotten() -> None:
    built = build()
    built.mock.limits["redirects"] = 3
    with httpx.Client(transport=transport(built.app), base_url="http://127.0.0.1:8080") as client:
        api = Api(client)
        urls = [session(api, login={}, callbacks={"postFlowUrl": BACK}) for _ in range(5)]
        nowhere = {"ecomCheckout": {"checkoutId": "00000000-0000-4000-8000-000000000000"}}
        refused = api.post(SESSION, nowhere, "visitor-token")
        found = [client.get(url).status_code for url in urls]
    assert refused.status_code != 200
    assert found == [404, 404, 200, 200, 200]


def test_the_code_comes_in_the_query_where_the_client_wants_it_there(api: Api) -> None:
    sends = followed(api, login(api, responseMode="query"), outcome="LOGGED_IN")["sendsTo"]
    said = parse_qs(urlsplit(sends).query)
    assert said["from"] == ["mock"]
    assert exchanged(api, said["code"][0]).status_code == 200


def test_a_hidden_frame_is_told_the_code_of_the_session_that_it_names(api: Api) -> None:
    request = {"responseMode": "web_message", "redirectUri": None, "sessionToken": "member"}
    url = login(api, prompt="none", **request)
    (way,) = shown(api, url)["ways"]
    assert (way["member"], way["message"]["state"]) == ("member", "st-41")
    assert shown(api, url)["atOnce"]
    told = re.search(r'<button data-tell="([^"]*)">', page(api, url))
    assert told
    assert way["message"]["code"] in unescape(told[1])
    assert exchanged(api, way["message"]["code"], redirectUri=None).status_code == 200


def test_whoever_asks_silently_and_is_not_logged_in_is_told_so(api: Api) -> None:
    url = login(api, prompt="none", responseMode="web_message", redirectUri=None)
    (way,) = shown(api, url)["ways"]
    assert (way["outcome"], way["message"]["error"]) == ("LEFT", "login_required")
    assert "code" not in way["message"]


def test_whoever_goes_away_from_the_login_brings_back_no_code(api: Api) -> None:
    sends = followed(api, login(api), outcome="LEFT")["sendsTo"]
    said = parse_qs(urlsplit(sends).fragment)
    assert (said["error"], said["state"]) == (["access_denied"], ["st-41"])


@pytest.mark.parametrize(
    "said",
    [
        {"codeVerifier": "w" * 64},
        {"codeVerifier": None},
        {"redirectUri": "https://elsewhere.example.com/"},
        {"clientId": "of another app"},
    ],
)
def test_a_code_is_good_only_for_whom_it_was_asked_for(api: Api, said: dict[str, Any]) -> None:
    if "clientId" in said:
        said = {"clientId": client_of(api, "app_all")}
    text = code_of(api, login(api))
    refused = exchanged(api, text, **said)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert exchanged(api, text).status_code == 200


def test_a_code_is_good_once(api: Api) -> None:
    text = code_of(api, login(api))
    assert exchanged(api, text).status_code == 200
    assert exchanged(api, text).json()["error_description"] == "the code was used already"


def test_a_code_is_good_for_ten_minutes(api: Api) -> None:
    text = code_of(api, login(api))
    api.http.post("/_mock/clock", json={"advance": "PT10M"})
    assert exchanged(api, text).json()["error_description"] == "the code has expired"


def test_an_altered_code_or_one_of_a_forgotten_session_is_none(api: Api) -> None:
    text = code_of(api, login(api))
    assert exchanged(api, text[:-2] + "aa").json()["error"] == "invalid_grant"
    api.http.post("/_mock/reset")
    assert exchanged(api, text).json()["error"] == "invalid_grant"


def test_a_code_logs_in_in_its_own_world(api: Api) -> None:
    text = code_of(api, login(api, "visitor-token@blue"))
    token = exchanged(api, text).json()["access_token"]
    booking = api.done(api.create("haircut", token=token))
    found = api.post(
        "/_api/bookings-reader/v2/extended-bookings/query",
        {"query": {"filter": {"id": booking["id"]}}},
        "owner-token@blue",
    )
    assert len(found.json()["extendedBookings"]) == 1


def test_the_earlier_words_for_a_member_still_log_in(api: Api) -> None:
    assert exchanged(api, "member", redirectUri=None).status_code == 200


def test_a_logout_shows_the_way_back(api: Api) -> None:
    body = {"logout": {"clientId": client_of(api)}, "callbacks": {"postFlowUrl": BACK}}
    url = session(api, **body)
    assert not shown(api, url)["atOnce"]
    assert f'<a href="{BACK}&amp;wixMemberLoggedIn=false">' in page(api, url)


def test_the_login_page_sends_a_member_to_where_the_flow_ends(api: Api) -> None:
    url = session(api, login={}, callbacks={"postFlowUrl": BACK})
    sends = followed(api, url, outcome="LOGGED_IN", member="member")["sendsTo"]
    assert sends == f"{BACK}&wixMemberLoggedIn=true"


# Booking


def checkout_of(api: Api, service: str = "haircut", **said: Any) -> str:
    slot = {k: v for k, v in api.slot(service).items() if k != "resource"}
    entry = {"slot": slot, "bookable": True}
    callbacks = {"postFlowUrl": BACK, "thankYouPageUrl": "https://studio.example.com/thanks"}
    wish = {"slotAvailability": entry, "timezone": "Europe/Dublin"}
    return session(api, bookingsCheckout=wish, callbacks=callbacks, **said)


def test_the_booking_page_books_the_slot_and_its_checkout_confirms_it(api: Api) -> None:
    url = checkout_of(api)
    contact = {"firstName": "Ilse", "email": "ilse@example.com"}
    leads = followed(api, url, outcome="BOOKED", contactDetails=contact)["leadsTo"]
    (number,) = api.http.get(leads).json()["purchase"]["bookings"]
    booking = api.read(number)
    assert (booking["status"], booking["contactDetails"]["email"]) == ("CREATED", contact["email"])
    visitor = api.site["callers"]["visitor"]["visitor_id"]
    assert booking["createdBy"]["anonymousVisitorId"] == visitor
    paid = api.http.post(leads, json={"outcome": "PAID"}).json()["purchase"]
    assert (api.read(number)["status"], paid["orderStatus"]) == ("CONFIRMED", "APPROVED")
    back = urlsplit(paid["sendsTo"])
    assert (back.path, parse_qs(back.query)["orderId"]) == ("/thanks", [paid["orderId"]])


def test_the_booking_page_says_what_is_booked_when_and_for_how_much(api: Api) -> None:
    url = checkout_of(api)
    start = api.slot("haircut")["startDate"]
    told = {"name": "Haircut", "start": start, "price": "35.50", "currency": "EUR"}
    assert shown(api, url)["wanted"] == told
    seen = page(api, url)
    assert all(f">{word}" in seen for word in told.values())


def test_the_booking_page_books_once(api: Api) -> None:
    url = checkout_of(api)
    followed(api, url, outcome="BOOKED")
    assert api.http.post(url, json={"outcome": "BOOKED"}).status_code == 400
    assert shown(api, url)["leadsTo"]


def test_a_course_is_booked_where_no_time_is_said(api: Api) -> None:
    facts = api.services["spanish"]
    slot = {"scheduleId": facts["schedule_id"], "serviceId": facts["id"]}
    url = session(api, bookingsCheckout={"slotAvailability": {"slot": slot}})
    leads = followed(api, url, outcome="BOOKED")["leadsTo"]
    (number,) = api.http.get(leads).json()["purchase"]["bookings"]
    assert "schedule" in api.read(number)["bookedEntity"]


def test_a_slot_that_is_taken_is_refused_on_the_page_too(api: Api) -> None:
    api.settle(api.booked("haircut"), paymentStatus="PAID")
    url = checkout_of(api)
    answer = api.http.post(url, json={"outcome": "BOOKED"})
    assert (answer.status_code, code(answer)) == (428, "SLOT_NOT_AVAILABLE")


@pytest.mark.parametrize("slot", [7, "soon", {"startDate": 7}, {"resource": {"id": 1}}])
def test_a_slot_of_another_shape_is_refused_when_the_session_is_made(api: Api, slot: Any) -> None:
    body = {"bookingsCheckout": {"slotAvailability": {"slot": slot}}}
    assert api.post(SESSION, body).status_code == 400


# Pages


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " JavaScript:alert(1)", "java\tscript:alert(1)", "data:,x"]
)
def test_no_page_has_an_address_that_would_run(api: Api, address: str) -> None:
    url = session(api, login={}, callbacks={"postFlowUrl": address})
    assert "<a " not in page(api, url)


def test_what_clients_say_is_text_on_the_page(api: Api) -> None:
    url = login(api, redirectUri="https://a.example.com/<script>alert(1)</script>")
    assert "<script>alert" not in page(api, url)


def test_a_page_of_another_app_says_that_it_is_not_there(api: Api) -> None:
    url = session(api, paidPlansCheckout={"planId": "p"})
    assert shown(api, url)["ways"] == []
    assert "no such page" in page(api, url)


def test_a_page_has_no_way_but_those_that_it_shows(api: Api) -> None:
    url = login(api)
    assert api.http.post(url, json={"outcome": "BOOKED"}).status_code == 400
    refused = api.http.post(url, json={"outcome": "LOGGED_IN", "member": "nobody"})
    assert refused.status_code == 400
    (wrong,) = refused.json()["details"]["validationError"]["fieldViolations"]
    assert wrong["field"] == "member"
    assert "other_member" in wrong["description"]
