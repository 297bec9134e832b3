"""The whole way by plain HTTP: services, a free time, a booking, its purchase, and what follows.

Each step uses what the one before answered, as a booking site does; nothing is known beforehand but
the name of a service.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import define

APP = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"
CHAINS = ["cart V2", "checkout V1", "current cart V1"]
SERVICES = {"appointment": "Haircut", "class": "Yoga", "course": "Spanish for beginners"}


@define
class Customer:
    """A visitor with a token, and the site's server where a visitor may not."""

    api: Any
    token: str

    def post(self, path: str, body: Any, token: str | None = None) -> Any:
        answer = self.api.post(path, body, token or self.token)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path: str, token: str | None = None) -> Any:
        headers = {"authorization": token or self.token}
        answer = self.api.http.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def customer(api):
    app = api.site["callers"]["app"]
    grant = {"clientId": app["client_id"], "grantType": "anonymous"}
    tokens = api.http.post("/oauth2/token", json=grant).json()
    return Customer(api, tokens["access_token"])


def _service(customer, kind):
    query = {"query": {"filter": {"name": SERVICES[kind]}}}
    (service,) = customer.post("/bookings/v2/services/query", query)["services"]
    return service


def _days(customer):
    now = datetime.fromisoformat(customer.api.site["site"]["now"]).replace(tzinfo=None)
    day = timedelta(days=1)
    return {
        "fromLocalDate": (now + day).isoformat(timespec="seconds"),
        "toLocalDate": (now + 20 * day).isoformat(timespec="seconds"),
        "timeZone": "UTC",
    }


def _places(customer, kind, service):
    """What can be booked: two free times where there are times, a course as a whole."""
    if kind == "course":
        named = {"scheduleId": service["schedule"]["id"], "serviceId": service["id"]}
        return [{"schedule": named}]
    if kind == "appointment":
        asked = {"serviceId": service["id"], **_days(customer)}
        found = customer.post("/_api/service-availability/v2/time-slots", asked)["timeSlots"]
        times = [
            {
                "serviceId": service["id"],
                "scheduleId": service["schedule"]["id"],
                "startDate": f"{slot['localStartDate']}Z",
                "endDate": f"{slot['localEndDate']}Z",
                "timezone": "UTC",
                "location": {"locationType": "OWNER_BUSINESS"},
                "resource": {"id": service["staffMemberIds"][0]},
            }
            for slot in found
            if slot["bookable"]
        ]
    else:
        asked = {"serviceIds": [service["id"]], **_days(customer)}
        found = customer.post("/_api/service-availability/v2/time-slots/event", asked)["timeSlots"]
        times = [
            {"eventId": slot["eventInfo"]["eventId"], "serviceId": service["id"]}
            for slot in found
            if slot["bookable"]
        ]
    return [{"slot": times[0]}, {"slot": times[-1]}]


def _booked(customer, place, option):
    booking = {
        "bookedEntity": place,
        "totalParticipants": 1,
        "contactDetails": {"firstName": "Ada", "email": "ada@example.com"},
        "selectedPaymentOption": option,
    }
    return customer.post("/_api/bookings-service/v2/bookings", {"booking": booking})["booking"]


def _line(booking):
    return {"quantity": 1, "catalogReference": {"appId": APP, "catalogItemId": booking["id"]}}


def _purchase(customer, chain, booking):
    """A cart or checkout for the booking: its id, what it costs, and how it is ordered."""
    if chain == "cart V2":
        body = {"catalogItems": [_line(booking)], "cart": {"source": {"channelType": "WEB"}}}
        cart = customer.post("/ecom/v2/carts", body)["cart"]["id"]
        summary = customer.post(f"/ecom/v2/carts/{cart}/calculate", {"cartId": cart})["summary"]
        total = summary["priceSummary"]["total"]["amount"]
        return cart, total, (f"/ecom/v2/carts/{cart}/place-order", {"cartId": cart})
    if chain == "checkout V1":
        body = {"channelType": "WEB", "lineItems": [_line(booking)]}
        checkout = customer.post("/ecom/v1/checkouts", body)["checkout"]["id"]
    else:
        customer.post("/ecom/v1/carts/current/add-to-cart", {"lineItems": [_line(booking)]})
        path = "/ecom/v1/carts/current/create-checkout"
        checkout = customer.post(path, {"channelType": "WEB"})["checkoutId"]
    shown = customer.get(f"/ecom/v1/checkouts/{checkout}")["checkout"]
    total = shown["priceSummary"]["total"]["amount"]
    return checkout, total, (f"/ecom/v1/checkouts/{checkout}/create-order", {"id": checkout})


def _order(customer, booking):
    """The order that the site's server finds for a booking."""
    filter = {"lineItems.catalogReference.catalogItemId": booking["id"]}
    found = customer.post("/ecom/v1/orders/search", {"search": {"filter": filter}}, "owner-token")
    return found["orders"]


def _slugs(customer, booking):
    events = customer.get("/_mock/events")["events"]
    return [event["slug"] for event in events if event["entityId"] == booking["id"]]


def _moved_and_canceled(customer, kind, places, booking):
    """Move it to the other time, unless it is a course's, and cancel it: its events and status."""
    slugs = []
    if kind != "course":
        body = {"revision": booking["revision"], "slot": places[1]["slot"]}
        path = f"/_api/bookings-service/v2/bookings/{booking['id']}/reschedule"
        moved = customer.post(path, body, "owner-token")["booking"]
        assert moved["status"] == booking["status"]
        assert moved["startDate"] != booking["startDate"]
        booking, slugs = moved, ["rescheduled"]
    path = f"/_api/bookings-service/v2/bookings/{booking['id']}/cancel"
    canceled = customer.post(path, {"revision": booking["revision"]}, "owner-token")["booking"]
    assert canceled["status"] == "CANCELED"
    assert canceled["paymentStatus"] == booking["paymentStatus"]
    return [*slugs, "canceled"]


@pytest.mark.parametrize("kind", SERVICES)
@pytest.mark.parametrize("chain", CHAINS)
def test_a_booking_that_is_paid_on_the_checkout_page(customer, chain, kind):
    service = _service(customer, kind)
    places = _places(customer, kind, service)
    booking = _booked(customer, places[0], "ONLINE")
    assert (booking["status"], booking["paymentStatus"]) == ("CREATED", "UNDEFINED")

    purchase, total, _ = _purchase(customer, chain, booking)
    price = service["payment"].get("fixed", {}).get("price", {}).get("value", "0")
    assert float(total) == float(price)
    callbacks = {
        "postFlowUrl": "https://salon.example.com/back",
        "thankYouPageUrl": "https://salon.example.com/thanks?from=mock",
    }
    session = customer.post(
        "/headless/v1/redirect-session",
        {"ecomCheckout": {"checkoutId": purchase}, "callbacks": callbacks},
    )["redirectSession"]
    leads = customer.get(session["fullUrl"])["redirect"]["leadsTo"]
    assert customer.api.read(booking["id"]) == booking
    assert _order(customer, booking) == []

    paid = customer.post(leads, {"outcome": "PAID"})["purchase"]
    assert paid["sendsTo"].startswith("https://salon.example.com/thanks?from=mock&orderId=")
    confirmed = customer.api.read(booking["id"])
    (order,) = _order(customer, booking)
    assert order["id"] == paid["orderId"]
    assert (order["status"], order["paymentStatus"]) == ("APPROVED", "PAID")
    free = float(total) == 0
    assert confirmed["status"] == "CONFIRMED"
    assert confirmed["paymentStatus"] == ("EXEMPT" if free else "PAID")
    later = _moved_and_canceled(customer, kind, places, confirmed)
    assert _slugs(customer, booking) == ["created", "confirmed", *later]
    assert _order(customer, booking)[0]["status"] == "APPROVED"


@pytest.mark.parametrize("kind", SERVICES)
@pytest.mark.parametrize("chain", CHAINS)
def test_a_booking_that_is_paid_in_person(customer, chain, kind):
    service = _service(customer, kind)
    places = _places(customer, kind, service)
    booking = _booked(customer, places[0], "OFFLINE")
    _, total, (path, body) = _purchase(customer, chain, booking)
    made = customer.post(path, body)
    assert made.get("completed", True)

    confirmed = customer.api.read(booking["id"])
    free = float(total) == 0
    assert confirmed["status"] == "CONFIRMED"
    assert confirmed["paymentStatus"] == ("EXEMPT" if free else "NOT_PAID")
    order = customer.get(f"/ecom/v1/orders/{made['orderId']}", "owner-token")["order"]
    assert (order["status"], order["paymentStatus"]) == ("APPROVED", "PAID" if free else "NOT_PAID")
    assert order["lineItems"][0]["catalogReference"]["catalogItemId"] == booking["id"]
    follows = []
    if not free:
        mark = f"/ecom/v1/payments-collector/orders/{order['id']}/mark-as-paid"
        assert customer.post(mark, {}, "owner-token")["order"]["paymentStatus"] == "PAID"
        confirmed = customer.api.read(booking["id"])
        assert (confirmed["status"], confirmed["paymentStatus"]) == ("CONFIRMED", "PAID")
        follows = ["updated"]
    later = _moved_and_canceled(customer, kind, places, confirmed)
    assert _slugs(customer, booking) == ["created", "confirmed", *follows, *later]
