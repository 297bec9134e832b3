"""Carts, checkouts and orders: what they take, what they cost, and what their orders do."""

import pytest

import bookings_openapi

from .conftest import code

APP = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"
NOBODY = "5d0c0a5e-1f3b-4c4e-9d53-6e0b7a3c2f10"


def _line(booking_id, quantity=1):
    return {"quantity": quantity, "catalogReference": {"appId": APP, "catalogItemId": booking_id}}


def _cart(api, *bookings, token="visitor-token", **more):
    body = {"catalogItems": [_line(one["id"]) for one in bookings], **more}
    return api.post("/ecom/v2/carts", body, token)


def _checkout(api, *bookings, token="visitor-token", **more):
    body = {"channelType": "WEB", "lineItems": [_line(one["id"]) for one in bookings], **more}
    return api.post("/ecom/v1/checkouts", body, token)


def _made(answer):
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return body.get("cart") or body.get("checkout") or body.get("order") or body


def _placed(api, cart, **more):
    return api.post(f"/ecom/v2/carts/{cart['id']}/place-order", more, "visitor-token")


def _order(api, order_id):
    answer = api.http.get(f"/ecom/v1/orders/{order_id}", headers={"authorization": "owner-token"})
    return _made(answer)


def _found(api, token="owner-token", **search):
    return api.post("/ecom/v1/orders/search", {"search": search}, token).json()["orders"]


def _refused(answer, status, name):
    assert (answer.status_code, code(answer)) == (status, name), answer.text


# What they cost


def test_a_cart_costs_what_its_services_cost_for_every_participant(api):
    haircut, yoga = (
        api.booked("haircut"),
        api.booked("yoga", participants=3, session={"capacity": 10}),
    )
    cart = _made(_cart(api, haircut, yoga))
    assert cart["subtotal"] == {"amount": "77.50", "convertedAmount": "77.50"}
    assert [line["pricing"]["totalPrice"]["amount"] for line in cart["lineItems"]] == [
        "35.50",
        "42.00",
    ]
    assert [line["source"]["rootCatalogItemId"] for line in cart["lineItems"]] == [
        api.services["haircut"]["id"],
        api.services["yoga"]["id"],
    ]


def test_a_summary_says_what_is_paid_online_and_what_in_person(api):
    online = api.booked("haircut", selectedPaymentOption="ONLINE")
    offline = api.booked("yoga", selectedPaymentOption="OFFLINE")
    cart = _made(_cart(api, online, offline))
    summary = api.post(f"/ecom/v2/carts/{cart['id']}/calculate", {}).json()["summary"]
    prices, payments = summary["priceSummary"], summary["paymentSummary"]
    assert prices["total"]["amount"] == "49.50"
    assert (payments["payNow"]["amount"], payments["payLater"]["amount"]) == ("35.50", "14.00")
    assert {prices[name]["amount"] for name in ("discount", "tax", "delivery")} == {"0.00"}
    assert (summary["discounts"], summary["additionalFees"], summary["violations"]) == ([], [], [])


@pytest.mark.parametrize(
    ("service", "selected", "option"),
    [
        ("haircut", "OFFLINE", "FULL_PAYMENT_OFFLINE"),
        ("haircut", "MEMBERSHIP", "MEMBERSHIP"),
        ("haircut", "UNDEFINED", "FULL_PAYMENT_ONLINE"),
        ("haircut", None, "FULL_PAYMENT_ONLINE"),
        ("massage", None, "FULL_PAYMENT_ONLINE"),
    ],
)
def test_how_it_is_paid_was_selected_or_is_settled_by_the_service(api, service, selected, option):
    wish = {"selectedPaymentOption": selected} if selected else {}
    checkout = _made(_checkout(api, api.booked(service, **wish)))
    (line,) = checkout["lineItems"]
    assert line["paymentOption"] == option
    assert line["availability"] == {"status": "AVAILABLE", "quantityAvailable": 1}


def test_a_purchase_belongs_to_the_visitor_or_member_who_makes_it(api):
    booking = api.booked()
    site = api.site["callers"]
    visitor, member = site["visitor"]["visitor_id"], site["member"]
    assert _made(_cart(api, booking))["customerInfo"]["visitorId"] == visitor
    buyer = _made(_checkout(api, booking, token="member-token"))["buyerInfo"]
    assert buyer == {"memberId": member["member_id"], "contactId": member["contact_id"]}
    assert _made(_checkout(api, booking, token="app-token"))["buyerInfo"] == {"openAccess": True}


# What they take


def test_a_cart_takes_bookings_of_this_site_only_and_each_once(api):
    booking = api.booked()
    unknown = _cart(api, {"id": NOBODY})
    _refused(unknown, 428, "ITEM_NOT_FOUND_IN_CATALOG")
    twice = api.post("/ecom/v2/carts", {"catalogItems": [_line(booking["id"], 2)]})
    _refused(twice, 428, "FIXED_QUANTITY_ITEM")
    other = {"quantity": 1, "catalogReference": {"appId": NOBODY, "catalogItemId": booking["id"]}}
    _refused(
        api.post("/ecom/v2/carts", {"catalogItems": [other]}), 428, "ITEM_NOT_FOUND_IN_CATALOG"
    )


def test_a_booking_whose_option_its_service_lacks_is_refused_and_named(api):
    skip = {"skipSelectedPaymentOptionValidation": True}
    booking = api.booked("massage", flow=skip, selectedPaymentOption="OFFLINE")
    refused = _cart(api, booking)
    _refused(refused, 428, "INSUFFICIENT_INVENTORY")
    (item,) = refused.json()["details"]["applicationError"]["data"]["invalidItems"]
    assert item["id"]["catalogReference"]["catalogItemId"] == booking["id"]
    assert (item["requestedQuantity"], item["availableQuantity"]) == (1, 0)
    (line,) = _made(_checkout(api, booking))["lineItems"]
    assert line["availability"]["status"] == "NOT_AVAILABLE"


def test_where_the_option_is_checked_follows_the_reading(serve):
    api = serve(
        readings={"CHECKOUT-7": "B", "CREATE-16": "B"}
        if _open("CREATE-16")
        else {"CHECKOUT-7": "B"}
    )
    booking = api.booked("massage", selectedPaymentOption="OFFLINE")
    _refused(_cart(api, booking), 428, "INSUFFICIENT_INVENTORY")


def _open(rule):
    return bookings_openapi.rules()[rule].level == "EITHER"


def test_what_was_canceled_or_ordered_is_not_sold_again(api):
    booking = api.booked("haircut", selectedPaymentOption="OFFLINE")
    _made(_placed(api, _made(_cart(api, booking))))
    _refused(_cart(api, booking), 428, "INSUFFICIENT_INVENTORY")
    canceled = api.done(api.act(api.booked(), "cancel"))
    _refused(_cart(api, canceled), 428, "INSUFFICIENT_INVENTORY")


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"coupons": [{"code": "SPRING"}]}, "INVALID_COUPON_CODE"),
        ({"giftCards": [{"code": "G-1"}]}, "INVALID_GIFT_CARD_CODE"),
        ({"deliveryMethod": {"code": "pickup"}}, "DELIVERY_METHOD_NOT_FOUND"),
        ({"customItems": [{"name": "Tea"}]}, "NOT_SERVED_BY_THIS_MOCK"),
    ],
)
def test_what_the_site_does_not_have_is_refused_by_a_cart_with_a_word(api, more, name):
    refused = _cart(api, api.booked(), **more)
    _refused(refused, 428, name)
    assert "leave it out" in refused.json()["message"]


@pytest.mark.parametrize(
    ("more", "status", "name"),
    [
        ({"couponCode": "SPRING"}, 404, "ERROR_COUPON_DOES_NOT_EXIST"),
        ({"giftCardCode": "G-1"}, 404, "GIFT_CARD_NOT_FOUND"),
        (
            {"checkoutInfo": {"shippingInfo": {"selectedCarrierServiceOption": {"code": "x"}}}},
            404,
            "SELECTED_CARRIER_SERVICE_OPTION_NOT_FOUND",
        ),
        ({"lineItems": []}, 428, "EMPTY_CHECKOUT"),
    ],
)
def test_what_the_site_does_not_have_is_refused_by_a_checkout(api, more, status, name):
    _refused(_checkout(api, api.booked(), **more), status, name)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/ecom/v2/carts/{NOBODY}"),
        ("POST", f"/ecom/v2/carts/{NOBODY}/place-order"),
        ("GET", f"/ecom/v1/checkouts/{NOBODY}"),
        ("GET", f"/ecom/v1/checkouts/by-cart-id/{NOBODY}"),
        ("GET", f"/ecom/v1/checkouts/{NOBODY}/checkout-url"),
        ("POST", f"/ecom/v1/checkouts/{NOBODY}/create-order"),
        ("GET", "/ecom/v1/carts/current"),
        ("POST", "/ecom/v1/carts/current/create-checkout"),
        ("GET", f"/ecom/v1/orders/{NOBODY}"),
        ("POST", f"/ecom/v1/orders/{NOBODY}/cancel"),
        ("POST", f"/ecom/v1/payments-collector/orders/{NOBODY}/mark-as-paid"),
    ],
)
def test_what_there_is_not_is_not_found(api, method, path):
    body = {"channelType": "WEB"} if method == "POST" else None
    answer = api.http.request(method, path, json=body, headers={"authorization": "owner-token"})
    assert answer.status_code == 404
    assert code(answer) in {"NOT_FOUND", "ORDER_NOT_FOUND", "OWNED_CART_NOT_FOUND"}


# What orders do


def test_an_order_that_waits_for_its_payment_moves_nothing_and_is_shown_in_no_search(api):
    booking = api.booked("haircut", selectedPaymentOption="ONLINE")
    cart = _made(_cart(api, booking))
    made = _made(_placed(api, cart))
    assert (made["completed"], len(made["paymentGatewayOrderId"]) <= 50) == (False, True)
    assert _order(api, made["orderId"])["status"] == "INITIALIZED"
    assert api.read(booking["id"]) == booking
    assert _found(api) == []
    again = _placed(api, cart)
    _refused(again, 428, "CART_ALREADY_ORDERED")
    told = again.json()["details"]["applicationError"]["data"]
    assert told.keys() == {"cartId", "orderId"}
    assert told["cartId"] == cart["id"]
    cancel = api.post(f"/ecom/v1/orders/{made['orderId']}/cancel", {})
    _refused(cancel, 428, "ORDER_IS_PENDING")


@pytest.mark.parametrize("service", ["workshop", "consultation"])
def test_an_approved_order_makes_what_the_owner_approves_wait_for_it(api, service):
    booking = api.booked(service, selectedPaymentOption="OFFLINE")
    _made(_placed(api, _made(_cart(api, booking))))
    assert api.read(booking["id"])["status"] == "PENDING"


def test_a_plan_pays_at_once(api):
    booking = api.booked("haircut", selectedPaymentOption="MEMBERSHIP")
    made = _made(_placed(api, _made(_cart(api, booking))))
    assert _order(api, made["orderId"])["paymentStatus"] == "PAID"
    assert api.read(booking["id"])["paymentStatus"] == "PAID"


@pytest.mark.parametrize("paid", [True, False])
def test_of_two_orders_for_one_place_the_second_is_kept_if_it_is_paid(api, paid):
    option = {"selectedPaymentOption": "ONLINE" if paid else "OFFLINE"}
    bookings = [api.booked(session={"capacity": 1}, **option) for _ in range(2)]
    for booking in bookings:
        checkout = _made(_checkout(api, booking))
        answer = api.http.post(f"/_mock/pay/{checkout['id']}", json={"outcome": "PAID"})
        assert answer.status_code == 200, answer.text
    first, second = (api.read(booking["id"]) for booking in bookings)
    assert first["status"] == "CONFIRMED"
    assert second["status"] == ("CONFIRMED" if paid else "DECLINED")
    assert second.get("doubleBooked", False) is paid


def test_several_bookings_are_ordered_together_or_not_at_all(api):
    bookings = [api.booked("haircut", session={"nth": n}) for n in range(2)]
    checkout = _made(_checkout(api, *bookings))
    api.done(api.act(bookings[1], "cancel"))
    refused = api.post(f"/ecom/v1/checkouts/{checkout['id']}/create-order", {})
    _refused(refused, 428, "PARTIAL_OUT_OF_STOCK")
    assert api.read(bookings[0]["id"])["status"] == "CREATED"
    assert _found(api) == []


def test_an_order_that_waited_is_approved_by_marking_it_as_paid(api):
    booking = api.booked("haircut", selectedPaymentOption="ONLINE")
    made = _made(_placed(api, _made(_cart(api, booking))))
    mark = f"/ecom/v1/payments-collector/orders/{made['orderId']}/mark-as-paid"
    order = _made(api.post(mark, {}))
    assert (order["status"], order["paymentStatus"]) == ("APPROVED", "PAID")
    after = api.read(booking["id"])
    assert (after["status"], after["paymentStatus"]) == ("CONFIRMED", "PAID")
    _refused(api.post(mark, {}), 428, "ORDER_ALREADY_PAID")


def test_what_is_paid_in_part_is_partially_paid(api):
    online = api.booked("haircut", selectedPaymentOption="ONLINE")
    offline = api.booked("yoga", selectedPaymentOption="OFFLINE")
    checkout = _made(_checkout(api, online, offline))
    paid = api.http.post(f"/_mock/pay/{checkout['id']}", json={"outcome": "PAID"}).json()
    order = _order(api, paid["purchase"]["orderId"])
    assert order["paymentStatus"] == "PARTIALLY_PAID"
    assert order["balanceSummary"]["paid"]["amount"] == "35.50"
    assert order["balanceSummary"]["balance"]["amount"] == "14.00"
    assert api.read(online["id"])["paymentStatus"] == "PARTIALLY_PAID"


def test_a_rejected_payment_declines_the_booking(api):
    booking = api.booked("haircut", selectedPaymentOption="ONLINE")
    checkout = _made(_checkout(api, booking))
    path = f"/_mock/pay/{checkout['id']}"
    answer = api.http.post(path, json={"outcome": "DECLINED"}).json()["purchase"]
    assert answer["orderStatus"] == "REJECTED"
    after = api.read(booking["id"])
    assert (after["status"], after["paymentStatus"]) == ("DECLINED", "FAILED")
    assert _found(api) == []
    assert [one["id"] for one in _found(api, filter={"status": "REJECTED"})] == [answer["orderId"]]


def test_who_leaves_the_page_has_bought_nothing(api):
    booking = api.booked("haircut")
    checkout = _made(_checkout(api, booking))
    session = {
        "ecomCheckout": {"checkoutId": checkout["id"]},
        "callbacks": {"postFlowUrl": "https://salon.example.com/back"},
    }
    assert api.post("/_api/redirects-api/v1/redirect-session", session).status_code == 200
    left = api.http.post(f"/_mock/pay/{checkout['id']}", json={"outcome": "LEFT"}).json()
    assert left["purchase"]["sendsTo"] == "https://salon.example.com/back?wixMemberLoggedIn=false"
    assert "orderId" not in left["purchase"]
    assert api.read(booking["id"]) == booking


def test_a_recorded_order_is_shown_as_it_was_said_and_moves_nothing(api):
    booking = api.booked("haircut")
    sent = {
        "lineItems": [
            {
                "productName": {"original": "Haircut"},
                "catalogReference": {"appId": APP, "catalogItemId": booking["id"]},
                "quantity": 1,
                "price": {"amount": "30.00"},
            }
        ],
        "channelInfo": {"type": "OTHER_PLATFORM", "externalOrderId": "A-7"},
        "currency": "EUR",
        "status": "APPROVED",
        "paymentStatus": "PAID",
    }
    order = _made(api.post("/ecom/v1/orders", {"order": sent}))
    assert order["priceSummary"]["total"]["amount"] == "30.00"
    assert api.read(booking["id"]) == booking
    filter = {"channelInfo.externalOrderId": "A-7"}
    assert [one["id"] for one in _found(api, filter=filter)] == [order["id"]]
    unpaid = _made(api.post("/ecom/v1/orders", {"order": {**sent, "paymentStatus": "NOT_PAID"}}))
    api.post(f"/ecom/v1/payments-collector/orders/{unpaid['id']}/mark-as-paid", {})
    assert api.read(booking["id"]) == booking
    late = {**sent, "purchasedDate": "2999-01-01T00:00:00Z"}
    refused = api.post("/ecom/v1/orders", {"order": late})
    _refused(refused, 428, "PURCHASED_DATE_CANNOT_BE_IN_FUTURE")


def test_a_canceled_order_leaves_its_booking_alone(api):
    booking = api.booked("haircut", selectedPaymentOption="OFFLINE")
    made = _made(_placed(api, _made(_cart(api, booking))))
    before = api.read(booking["id"])
    for _ in range(2):
        order = _made(api.post(f"/ecom/v1/orders/{made['orderId']}/cancel", {}))
        assert order["status"] == "CANCELED"
    assert api.read(booking["id"]) == before


def test_members_see_their_own_orders(api):
    bookings = [api.booked("haircut", session={"nth": n}) for n in range(2)]
    for booking, token in zip(bookings, ("member-token", "other-member-token"), strict=True):
        checkout = _made(_checkout(api, booking, token=token))
        api.http.post(f"/_mock/pay/{checkout['id']}", json={"outcome": "PAID"})
    assert len(_found(api)) == 2
    (own,) = _found(api, token="member-token")
    assert own["lineItems"][0]["catalogReference"]["catalogItemId"] == bookings[0]["id"]
    (other,) = _found(api, token="other-member-token")
    path = f"/ecom/v1/orders/{other['id']}"
    assert api.http.get(path, headers={"authorization": "member-token"}).status_code == 404


def test_prices_that_changed_since_they_were_calculated_stop_an_order(api):
    cart = _made(_cart(api, api.booked("haircut", selectedPaymentOption="OFFLINE")))
    path = f"/ecom/v2/carts/{cart['id']}/calculate"
    token = api.post(path, {}).json()["summary"]["priceVerificationToken"]
    other = _placed(api, cart, priceVerificationToken="pv1.other")
    _refused(other, 428, "INVALID_PRICE_VERIFICATION_TOKEN")
    assert _made(_placed(api, cart, priceVerificationToken=token))["completed"]


# The cart of the site


def test_the_current_cart_is_the_callers_own_and_empty_after_the_order(api):
    booking = api.booked("haircut", selectedPaymentOption="OFFLINE")
    add = "/ecom/v1/carts/current/add-to-cart"
    for _ in range(2):
        cart = _made(api.post(add, {"lineItems": [_line(booking["id"])]}, "visitor-token"))
        assert len(cart["lineItems"]) == 1
    path, own = "/ecom/v1/carts/current", {"authorization": "visitor-token"}
    other = api.http.get(path, headers={"authorization": "member-token"})
    _refused(other, 404, "OWNED_CART_NOT_FOUND")
    estimate = api.post(f"{path}/estimate-totals", {}, "visitor-token").json()
    assert estimate["priceSummary"]["total"]["amount"] == "35.50"
    made = api.post(f"{path}/create-checkout", {"channelType": "WEB"}, "visitor-token").json()
    by_cart = api.http.get(f"/ecom/v1/checkouts/by-cart-id/{cart['id']}", headers=own).json()
    assert by_cart["checkout"]["id"] == made["checkoutId"]
    create = f"/ecom/v1/checkouts/{made['checkoutId']}/createOrder"
    assert api.post(create, {"id": made["checkoutId"]}, "visitor-token").status_code == 200
    assert api.http.get(path, headers=own).status_code == 404


def test_a_removed_cart_is_gone(api):
    cart = _made(_cart(api, api.booked()))
    own = {"authorization": "visitor-token"}
    assert api.http.delete(f"/ecom/v2/carts/{cart['id']}", headers=own).status_code == 200
    assert api.http.get(f"/ecom/v2/carts/{cart['id']}", headers=own).status_code == 404


# What is held, and what is kept


@pytest.mark.parametrize(("reading", "status"), [("A", 200), ("B", 428)])
@pytest.mark.parametrize("service", ["yoga", "haircut"])
def test_whether_a_cart_holds_the_place_follows_the_reading(serve, service, reading, status):
    api = serve(readings={"CHECKOUT-8": reading})
    place = {"session": {"capacity": 1}} if service == "yoga" else {}
    booking = api.booked(service, **place)
    assert api.create(service, **place).status_code == 200
    cart = _made(_cart(api, booking))
    assert api.create(service, **place).status_code == status
    api.http.delete(f"/ecom/v2/carts/{cart['id']}", headers={"authorization": "visitor-token"})
    assert api.create(service, **place).status_code == 200
    again = _made(_cart(api, booking))
    answer = api.http.post(f"/_mock/pay/{again['id']}", json={"outcome": "PAID"})
    assert answer.json()["purchase"]["orderStatus"] == "APPROVED"
    assert api.read(booking["id"])["status"] == "CONFIRMED"
    assert api.create(service, **place).status_code == 428


def test_a_snapshot_takes_carts_and_orders_along(api):
    booking = api.booked("haircut", selectedPaymentOption="OFFLINE")
    cart = _made(_cart(api, booking))
    assert api.http.post("/_mock/snapshots", json={"name": "before"}).status_code == 200
    _made(_placed(api, cart))
    assert len(_found(api)) == 1
    assert api.http.post("/_mock/snapshots/before", json={"restore": True}).status_code == 200
    assert _found(api) == []
    assert _made(_placed(api, cart))["completed"]


def test_every_operator_and_direction_of_orders_is_served(api):
    booking = api.booked("haircut", selectedPaymentOption="OFFLINE")
    _made(_placed(api, _made(_cart(api, booking))))
    paths = bookings_openapi.load()["paths"]
    listed = paths["/ecom/v1/orders/search"]["post"]
    for field, operators in listed["x-filters"].items():
        operand = "2031-01-01T00:00:00Z" if field.endswith("Date") else NOBODY
        for operator in operators:
            many = operator in ("$in", "$nin", "$hasSome", "$hasAll")
            filter = {field: {operator: [operand] if many else operand}}
            answer = api.post("/ecom/v1/orders/search", {"search": {"filter": filter}})
            assert answer.status_code == 200, (filter, answer.text)
    for field in listed["x-sorts"]:
        sort = [{"fieldName": field, "order": "DESC"}]
        answer = api.post("/ecom/v1/orders/search", {"search": {"sort": sort}})
        assert len(answer.json()["orders"]) == 1, (sort, answer.text)
    refused = api.post("/ecom/v1/orders/search", {"search": {"filter": {"colour": "red"}}})
    assert refused.status_code == 400


def test_orders_are_paged_newest_first(api):
    for n in range(3):
        api.post("/ecom/v1/orders", {"order": {"channelInfo": {"externalOrderId": str(n)}}})
    first = api.post("/ecom/v1/orders/search", {"search": {"cursorPaging": {"limit": 2}}}).json()
    assert [one["channelInfo"]["externalOrderId"] for one in first["orders"]] == ["2", "1"]
    assert first["metadata"]["hasNext"]
    on = {"cursorPaging": {"cursor": first["metadata"]["cursors"]["next"], "limit": 2}}
    last = api.post("/ecom/v1/orders/search", {"search": on}).json()
    assert [one["channelInfo"]["externalOrderId"] for one in last["orders"]] == ["0"]
    assert not last["metadata"]["hasNext"]


# Redirect sessions


@pytest.mark.parametrize(
    "path",
    [
        "/headless/v1/redirect-session",
        "/_api/redirects-api/v1/redirect-session",
        "/redirect-session/v1/redirect-session",
        "/redirect-session/v1/session",
    ],
)
def test_a_redirect_session_leads_to_a_page_of_the_mock_and_keeps_what_it_is_for(api, path):
    asked = {"slotAvailability": {"slot": {"serviceId": NOBODY}, "bookable": True}}
    body = {"bookingsCheckout": asked, "callbacks": {"postFlowUrl": "https://a.example.com/"}}
    session = api.post(path, body, "visitor-token").json()["redirectSession"]
    assert session["urlDetails"] == {"endpoint": session["fullUrl"], "searchParams": {}}
    kept = api.http.get(session["fullUrl"]).json()["redirect"]
    assert (kept["intent"], kept["asked"]) == ("bookingsCheckout", asked)
    assert kept["callbacks"] == body["callbacks"]
    assert [way["outcome"] for way in kept["ways"]] == ["BOOKED", "LEFT"]


@pytest.mark.parametrize(
    "body", [{}, {"callbacks": {}}, {"login": {}, "logout": {"clientId": "a"}}, {"auth": {}}]
)
def test_a_redirect_session_has_just_one_intent(api, body):
    assert api.post("/headless/v1/redirect-session", body).status_code == 400


def test_a_redirect_session_leads_to_a_checkout_that_there_is(api):
    body = {"ecomCheckout": {"checkoutId": NOBODY}}
    assert api.post("/headless/v1/redirect-session", body).status_code == 404


def test_addresses_lead_into_their_own_world(api):
    booking = api.done(api.create("haircut", token="owner-token@blue"))
    checkout = _made(_checkout(api, booking, token="visitor-token@blue"))
    path = f"/ecom/v1/checkouts/{checkout['id']}/checkout-url"
    url = api.http.get(path, headers={"authorization": "visitor-token@blue"}).json()["checkoutUrl"]
    assert api.http.get(url).json()["purchase"]["bookings"] == [booking["id"]]
    assert api.http.get(f"/_mock/pay/{checkout['id']}").status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        {"priceSummary": {"subtotal": "14.00"}},
        {"priceSummary": {"total": {"amount": 14}}},
        {"lineItems": [{"productName": {"original": "Yoga"}, "itemType": {"preset": 7}}]},
        {"lineItems": [{"productName": {"original": "Yoga"}, "itemType": {"custom": []}}]},
    ],
)
def test_what_no_order_could_show_again_is_not_recorded(api, said):
    sent = {"channelInfo": {"type": "WEB"}, "status": "APPROVED", "lineItems": [], **said}
    assert api.post("/ecom/v1/orders", {"order": sent}).status_code == 400
    assert _found(api) == []
