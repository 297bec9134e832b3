"""A visitor's way through the mock's own pages in a browser that runs no script."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from bookings_mock.pages import followable

from .browsing import ACCEPTED, Browser

APP = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"
NOBODY = "5d0c0a5e-1f3b-4c4e-9d53-6e0b7a3c2f10"
BACK = "https://salon.example.com/back?from=mock"
THANKS = "https://salon.example.com/thanks"
CALLBACKS = {"postFlowUrl": BACK, "thankYouPageUrl": THANKS}


@pytest.fixture
def browser(api):
    return Browser(api.http)


def _booked(api, service="haircut", world="", **wish):
    return api.done(api.create(service, token=f"visitor-token{world}", **wish))


def _cart(api, booking, world=""):
    line = {"quantity": 1, "catalogReference": {"appId": APP, "catalogItemId": booking["id"]}}
    made = api.post("/ecom/v2/carts", {"catalogItems": [line]}, f"visitor-token{world}")
    assert made.status_code == 200, made.text
    return made.json()["cart"]


def _session(api, world="", **body):
    answer = api.post("/headless/v1/redirect-session", body, f"visitor-token{world}")
    assert answer.status_code == 200, answer.text
    return answer.json()["redirectSession"]


def _to_checkout(api, booking, callbacks=CALLBACKS, world=""):
    cart = _cart(api, booking, world)
    intent = {"ecomCheckout": {"checkoutId": cart["id"]}, "callbacks": callbacks}
    return _session(api, world, **intent)["fullUrl"]


def _order(api, number, world=""):
    owner = {"authorization": f"owner-token{world}"}
    return api.http.get(f"/ecom/v1/orders/{number}", headers=owner).json()["order"]


# Buying


def test_a_visitor_books_pays_on_the_page_and_goes_back_with_the_order(api, browser):
    booking = _booked(api)
    browser.open(_to_checkout(api, booking))
    assert browser.steps == [303, 200]
    assert "Haircut" in browser.text
    assert "35.50" in browser.text
    browser.click("Pay 35.50 EUR")
    assert browser.steps == [303, 200]
    assert "Order 10001 is APPROVED, PAID" in browser.text
    back = browser.page.links["Go on"]
    assert back in browser.text
    said = parse_qs(urlsplit(back).query)
    assert back.startswith(f"{THANKS}?")
    assert said["wixMemberLoggedIn"] == ["false"]
    order = _order(api, said["orderId"][0])
    assert (order["status"], order["paymentStatus"]) == ("APPROVED", "PAID")
    after = api.read(booking["id"])
    assert (after["status"], after["paymentStatus"]) == ("CONFIRMED", "PAID")


def test_whoever_pays_later_has_booked_and_owes(api, browser):
    booking = _booked(api)
    browser.open(_to_checkout(api, booking)).click("Pay later, in person")
    assert "Order 10001 is APPROVED, NOT_PAID" in browser.text
    after = api.read(booking["id"])
    assert (after["status"], after["paymentStatus"]) == ("CONFIRMED", "NOT_PAID")


def test_whoever_pays_later_for_a_place_that_was_taken_meanwhile_is_declined(api, browser):
    booking, other = (_booked(api) for _ in range(2))
    browser.open(_to_checkout(api, other)).click("Pay 35.50 EUR")
    browser.open(_to_checkout(api, booking)).click("Pay later, in person")
    assert api.read(booking["id"])["status"] == "DECLINED"


def test_a_declined_card_declines_the_booking_and_leads_back(api, browser):
    booking = _booked(api)
    browser.open(_to_checkout(api, booking)).click("Decline the card")
    assert "REJECTED" in browser.text
    assert browser.page.links["Go on"] == f"{BACK}&wixMemberLoggedIn=false"
    after = api.read(booking["id"])
    assert (after["status"], after["paymentStatus"]) == ("DECLINED", "FAILED")


def test_whoever_goes_back_has_bought_nothing(api, browser):
    booking = _booked(api)
    browser.open(_to_checkout(api, booking))
    assert browser.page.links["Back"] == f"{BACK}&wixMemberLoggedIn=false"
    assert api.read(booking["id"]) == booking


def test_what_is_paid_in_person_anyway_is_only_booked(api, browser):
    booking = _booked(api, selectedPaymentOption="OFFLINE")
    browser.open(_to_checkout(api, booking))
    assert list(browser.page.buttons) == ["Book"]
    browser.click("Book")
    assert api.read(booking["id"])["paymentStatus"] == "NOT_PAID"


def test_a_service_that_is_paid_online_only_is_not_paid_later(api, browser):
    booking = _booked(api, "massage")
    url = _to_checkout(api, booking)
    assert "Pay later, in person" not in browser.open(url).page.buttons
    refused = api.http.post(browser.url, json={"outcome": "LATER"})
    assert refused.status_code == 400
    assert api.read(booking["id"]) == booking


def test_the_checkout_url_leads_to_the_same_page(api, browser):
    cart = _cart(api, _booked(api))
    url = api.post(f"/ecom/v2/carts/{cart['id']}/get-checkout-url", {}).json()["checkoutUrl"]
    browser.open(url).click("Pay 35.50 EUR")
    assert "APPROVED" in browser.text
    assert browser.page.links == {}


def test_each_way_to_a_checkout_leads_back_to_where_it_came_from(api, browser):
    booking = _booked(api)
    cart = {"ecomCheckout": {"checkoutId": _cart(api, booking)["id"]}}
    first = _session(api, **cart, callbacks={"postFlowUrl": "https://one.example.com/"})
    _session(api, **cart, callbacks={"postFlowUrl": "https://two.example.com/"})
    browser.open(first["fullUrl"])
    assert browser.page.links["Back"].startswith("https://one.example.com/")


def test_a_page_belongs_to_the_world_of_its_session(api, browser):
    booking = _booked(api, world="@green")
    url = _to_checkout(api, booking, world="@green")
    browser.open(url).click("Pay 35.50 EUR")
    number = parse_qs(urlsplit(browser.page.links["Go on"]).query)["orderId"][0]
    assert _order(api, number, "@green")["status"] == "APPROVED"
    unknown = browser.open(url.replace("world=green", "world=other"))
    assert unknown.answer.status_code == 404


# Used, expired, unknown


def test_a_checkout_that_was_used_says_so_and_can_not_be_paid_again(api, browser):
    url = _to_checkout(api, _booked(api))
    browser.open(url)
    pay = browser.page.buttons["Pay 35.50 EUR"]
    browser.click("Pay 35.50 EUR").open(url)
    assert "This checkout was used" in browser.text
    assert browser.page.buttons == {}
    browser.page.buttons["again"] = pay
    browser.click("again")
    assert browser.answer.status_code == 428
    assert "already" in browser.text
    assert "Back to the page" in browser.page.links


def test_a_checkout_whose_booking_was_canceled_says_so(api, browser):
    booking = _booked(api)
    url = _to_checkout(api, booking)
    api.done(api.act(booking, "cancel"))
    assert "has expired" in browser.open(url).text
    assert browser.page.buttons == {}


def test_a_login_that_took_too_long_says_so(api, browser):
    url = _login(api)
    api.http.post("/_mock/clock", json={"advance": "PT10M"})
    assert "has expired" in browser.open(url).text
    assert browser.page.links == {}
    refused = api.http.post(url, json={"outcome": "LOGGED_IN"})
    assert "EXPIRED" in refused.json()["message"]


def test_a_login_that_was_used_says_so(api, browser):
    url = _login(api)
    sends = browser.open(url).page.links["Log in as member"]
    assert _token(api, sends).status_code == 200
    assert "was used" in browser.open(url).text
    assert browser.page.links == {}


@pytest.mark.parametrize("path", ["pay", "redirects"])
@pytest.mark.parametrize(("name", "status"), [(NOBODY, 404), ("nothing", 400)])
def test_what_there_is_not_has_a_page_that_says_so(browser, path, name, status):
    browser.open(f"/_mock/{path}/{name}")
    assert browser.answer.status_code == status
    assert browser.answer.headers["content-type"] == "text/html; charset=utf-8"
    assert name in browser.text or "UUID" in browser.text.upper()


# Logging in and out


def _login(api, **request):
    client = api.site["callers"]["app"]["client_id"]
    asked = {"clientId": client, "redirectUri": BACK, "state": "st-41", **request}
    return _session(api, auth={"authRequest": asked, "prompt": "login"})["fullUrl"]


def _token(api, address):
    code = parse_qs(urlsplit(address).fragment)["code"][0]
    body = {
        "clientId": api.site["callers"]["app"]["client_id"],
        "grantType": "authorization_code",
        "code": code,
    }
    return api.http.post("/oauth2/token", json=body)


def test_a_visitor_chooses_who_logs_in(api, browser):
    browser.open(_login(api))
    assert {"Log in as member", "Log in as other_member", "Back"} <= set(browser.page.links)
    address = browser.page.links["Log in as other_member"]
    assert address in browser.text
    assert "state=st-41" in address
    token = _token(api, address).json()["access_token"]
    my = api.http.get("/members/v1/members/my", headers={"authorization": token}).json()
    assert my["member"]["id"] == api.site["callers"]["other_member"]["member_id"]
    assert "error=access_denied" in browser.page.links["Back"]


def test_a_logout_leads_back(api, browser):
    client = api.site["callers"]["app"]["client_id"]
    url = _session(api, logout={"clientId": client}, callbacks={"postFlowUrl": BACK})["fullUrl"]
    browser.open(url)
    assert browser.steps == [200]
    assert browser.page.links == {"Go on": f"{BACK}&wixMemberLoggedIn=false"}
    assert f"{BACK}&wixMemberLoggedIn=false" in browser.text


def test_the_booking_page_books_and_leads_to_the_checkout(api, browser):
    slot = {k: v for k, v in api.slot("haircut").items() if k != "resource"}
    intent = {"bookingsCheckout": {"slotAvailability": {"slot": slot}}, "callbacks": CALLBACKS}
    browser.open(_session(api, **intent)["fullUrl"])
    browser.click("Book").click("Pay 35.50 EUR")
    assert "APPROVED, PAID" in browser.text


# Nothing that a client says runs, and nothing else may press the buttons


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "salon://booked",
        "//evil.example.com/",
        "/booked",
        "booked",
        "http:",
        "http://[",
        "https:///evil.example.com",
        "\x01https://evil.example.com",
        'https://a.example.com/"><script>alert(1)</script>',
        "https://a.example.com/' onclick='alert(1)",
        "https://a.example.com/{{ 7*7 }}",
    ],
)
def test_an_address_is_text_and_followed_only_on_the_web(api, browser, address):
    url = _to_checkout(api, _booked(api), {"postFlowUrl": address})
    browser.open(url)
    assert browser.answer.status_code == 200
    assert browser.page.scripts == 0
    (shown,) = re.findall(r'<span class="address">(.*?)</span>', browser.answer.text)
    assert "<" not in shown
    assert set(browser.page.links) == ({"Back"} if followable(address) else set())
    client = api.site["callers"]["app"]["client_id"]
    login = {"clientId": client, "redirectUri": address}
    assert browser.open(_login(api, **login)).answer.status_code == 200
    assert browser.page.scripts == 0


@pytest.mark.parametrize(
    ("address", "follows"),
    [
        ("http://localhost:5173/booked", True),
        ("HTTPS://salon.example.com", True),
        ("javascript://salon.example.com/%0aalert(1)", False),
        ("https:", False),
        ("http://[", False),
    ],
)
def test_only_addresses_of_the_web_are_followed(address, follows):
    assert followable(address) is follows


def test_a_page_may_do_nothing_but_be_read_and_sent(api, browser):
    for url in (_to_checkout(api, _booked(api)), _login(api), "/_mock"):
        headers = browser.open(url).answer.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert browser.page.scripts == 0
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        # With "no-referrer" a browser would send the origin "null" with the page's own forms.
        assert headers["referrer-policy"] == "same-origin"


def test_what_customers_are_called_is_text(serve):
    import bookings_fixtures

    home = bookings_fixtures.load("studio")
    home["services"]["haircut"]["title"] = "<b onclick=alert(1)>Cut & dry</b>"
    api = serve(site=home)
    browser = Browser(api.http)
    browser.open(_to_checkout(api, _booked(api)))
    assert "<b onclick=alert(1)>Cut & dry</b>" in browser.text
    assert browser.page.scripts == 0


def test_a_page_of_another_origin_presses_no_button(api, browser):
    booking = _booked(api)
    browser.open(_to_checkout(api, booking))
    own = browser.url
    for origin in ("https://evil.example.com", "null"):
        browser.open(own).click("Pay 35.50 EUR", origin=origin, **{"sec-fetch-site": "cross-site"})
        assert browser.answer.status_code == 403
    assert api.read(booking["id"]) == booking


def test_a_page_may_be_come_to_from_any_other(api, browser):
    url = _to_checkout(api, _booked(api))
    browser.open(url, **{"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})
    assert browser.answer.status_code == 200


@pytest.mark.parametrize("fields", [{}, {"outcome": "GIVEN"}, {"outcome": "PAID", "more": "1"}])
def test_a_form_that_the_page_does_not_have_is_refused_with_a_page(api, browser, fields):
    booking = _booked(api)
    browser.open(_to_checkout(api, booking))
    browser.page.buttons["other"] = (browser.url, fields)
    browser.click("other")
    assert browser.answer.status_code in (400, 415)
    assert browser.answer.headers["content-type"].startswith("text/html" if fields else "")
    assert api.read(booking["id"]) == booking


def test_a_second_slash_leads_to_no_other_host(api):
    cart = _cart(api, _booked(api))
    form = {"accept": ACCEPTED, "content-type": "application/x-www-form-urlencoded"}
    answer = api.http.post(
        f"http://mock//_mock/pay/{cart['id']}", content="outcome=LEFT", headers=form
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/_mock/pay/{cart['id']}")


def test_a_program_is_answered_with_json_as_ever(api):
    url = _to_checkout(api, _booked(api))
    assert api.http.get(url).json()["redirect"]["state"] == "OPEN"
    purchase = api.http.get(api.http.get(url).json()["redirect"]["leadsTo"]).json()["purchase"]
    assert purchase["ways"] == ["PAID", "LATER", "DECLINED"]
    assert purchase["sendsTo"] == f"{BACK}&wixMemberLoggedIn=false"
    (line,) = purchase["lines"]
    assert (line["name"], line["price"], line["participants"]) == ("Haircut", "35.50", 1)
