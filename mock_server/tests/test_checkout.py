"""Checkout: what the orders of eCommerce do to a booking."""

import pytest


def _order(api, booking, order, **more):
    answer = api.http.post(
        "/_mock/checkout", json={"bookingId": booking["id"], "order": order, **more}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["booking"]


def _slugs(api):
    return [event["slug"] for event in api.http.get("/_mock/events").json()["events"]]


@pytest.mark.parametrize("service", ["workshop", "consultation", "masterclass"])
def test_a_created_order_makes_a_booking_wait_for_the_owner(api, service):
    after = _order(api, api.booked(service), "CREATED", paymentStatus="PAID")
    assert (after["status"], after["paymentStatus"], after["revision"]) == ("PENDING", "PAID", "2")
    assert _slugs(api) == ["created", "markedAsPending"]
    assert api.read(after["id"]) == after


@pytest.mark.parametrize(
    ("reading", "status", "slug"),
    [("A", "CREATED", None), ("B", "CONFIRMED", "confirmed"), ("C", "PENDING", "markedAsPending")],
)
def test_a_created_order_of_an_automatic_service_follows_the_reading(serve, reading, status, slug):
    api = serve(readings={"CHECKOUT-5": reading})
    after = _order(api, api.booked(), "CREATED")
    assert after["status"] == status
    assert _slugs(api) == ["created", *([slug] if slug else [])]
    assert _order(api, after, "APPROVED", paymentStatus="PAID")["status"] == "CONFIRMED"


@pytest.mark.parametrize("reading", ["A", "B", "C"])
@pytest.mark.parametrize(("paid", "status"), [("PAID", "CONFIRMED"), ("NOT_PAID", "DECLINED")])
def test_of_two_checkouts_the_second_is_kept_if_it_is_paid(serve, reading, paid, status):
    api = serve(readings={"CHECKOUT-5": reading})
    one = {"capacity": 1}
    first, second = api.booked(session=one), api.booked(session=one)
    for booking in (first, second):
        _order(api, booking, "CREATED")
    kept = _order(api, first, "APPROVED", paymentStatus=paid)
    late = _order(api, second, "APPROVED", paymentStatus=paid)
    assert (kept["status"], "doubleBooked" in kept) == ("CONFIRMED", False)
    assert late["status"] == status
    assert late.get("doubleBooked", False) or paid != "PAID"


def test_a_waived_approval_is_waited_for_by_no_order(api):
    booking = api.booked("workshop", flow={"skipBusinessConfirmation": True})
    assert _order(api, booking, "CREATED")["status"] == "CREATED"
    assert _order(api, booking, "APPROVED")["status"] == "CONFIRMED"


@pytest.mark.parametrize("service", ["yoga", "workshop"])
@pytest.mark.parametrize("before", [[], ["CREATED"], ["CREATED", "APPROVED"]])
def test_a_declined_order_declines_the_booking(api, service, before):
    booking = api.booked(service)
    for order in before:
        _order(api, booking, order)
    assert _order(api, booking, "DECLINED", paymentStatus="FAILED")["status"] == "DECLINED"
    assert _slugs(api)[-1] == "declined"


def test_an_order_that_moves_nothing_is_followed_by_the_payment_alone(api):
    booking = api.done(api.act(api.booked(), "confirm"))
    paid = _order(api, booking, "APPROVED", paymentStatus="PAID")
    again = _order(api, booking, "APPROVED", paymentStatus="PAID")
    assert (paid["status"], paid["paymentStatus"], paid["revision"]) == ("CONFIRMED", "PAID", "3")
    assert again == paid
    assert _slugs(api) == ["created", "confirmed", "updated"]


def test_who_wanted_to_be_told_at_creation_is_told_of_the_move(api):
    body = {
        "booking": {"bookedEntity": api.entity("yoga"), "totalParticipants": 1},
        "participantNotification": {"notifyParticipants": True, "message": "See you"},
    }
    booking = api.post("/bookings/v2/bookings", body).json()["booking"]
    _order(api, booking, "APPROVED")
    messages = api.http.get("/_mock/messages").json()["messages"]
    assert [(m["cause"], m["message"]) for m in messages] == [
        ("created", "See you"),
        ("confirmed", "See you"),
    ]


def test_who_waits_has_no_order_and_nobody_has_one_for_what_is_not_there(api):
    session = api.session("yoga", capacity=1)
    form = {"contactDetails": {"email": "grace@example.com"}}
    body = {"waitingResource": session["id"], "formInfo": form}
    assert api.post("/bookings/v1/waitlist/register", body).status_code == 200
    query = {"query": {"filter": {"status": "WAITING_LIST"}}}
    found = api.post("/_api/bookings-reader/v2/extended-bookings/query", query).json()
    waiting = found["extendedBookings"][0]["booking"]["id"]
    asked = {"bookingId": waiting, "order": "APPROVED"}
    refused = api.http.post("/_mock/checkout", json=asked)
    assert refused.status_code == 400
    assert "has no order" in refused.json()["message"]
    unknown = {**asked, "bookingId": "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"}
    assert api.http.post("/_mock/checkout", json=unknown).status_code == 404
