"""Any booking in one line: what can be reached is reached, what can't says why."""

from itertools import product

import pytest

STATUSES = ("CREATED", "PENDING", "CONFIRMED", "DECLINED", "CANCELED", "WAITING_LIST")
PAYMENTS = ("UNDEFINED", "NOT_PAID", "PAID", "PARTIALLY_PAID", "REFUNDED", "EXEMPT", "FAILED")
# One of each kind, with and without approval by the owner.
SERVICES = ("yoga", "workshop", "haircut", "consultation", "trial", "spanish", "masterclass")


def _given(api, **wanted):
    return api.http.post("/_mock/given", json=wanted)


def _traces(api):
    query = {"query": {"filter": {}}}
    read = api.post("/_api/bookings-reader/v2/extended-bookings/query", query).json()
    events = api.http.get("/_mock/events").json()["events"]
    return read["extendedBookings"], events


def _reachable(kind, status, payment, double):
    if status == "WAITING_LIST":
        return kind == "class" and payment == "UNDEFINED" and not double
    return status != "CREATED" or not double


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("status", STATUSES)
def test_every_condition_is_reached_or_refused_with_its_reason(api, service, status):
    kind = api.services[service]["kind"]
    for payment, double in product(PAYMENTS, (False, True)):
        api.http.post("/_mock/reset")
        wanted = {"status": status, "paymentStatus": payment, "doubleBooked": double}
        answer = _given(api, service=service, count=2, **wanted)
        if _reachable(kind, status, payment, double):
            assert answer.status_code == 200, answer.text
            for booking in answer.json()["bookings"]:
                reached = {**wanted, **{key: booking.get(key, False) for key in wanted}}
                assert reached == wanted
                assert api.read(booking["id"]) == booking
        else:
            assert answer.status_code in (400, 428)
            assert answer.json()["message"]
            assert _traces(api) == ([], [])


def test_each_went_through_the_life_cycle_with_its_revisions_and_events(api):
    (booking,) = _given(api, service="yoga", status="CANCELED", paymentStatus="PAID").json()[
        "bookings"
    ]
    assert (booking["status"], booking["paymentStatus"]) == ("CANCELED", "PAID")
    _, events = _traces(api)
    assert [event["slug"] for event in events] == ["created", "confirmed", "canceled"]
    assert booking["revision"] == str(len(events))


def test_many_double_bookings_have_one_rival_in_their_way(api):
    answer = _given(
        api,
        service="yoga",
        status="DECLINED",
        paymentStatus="PAID",
        doubleBooked=True,
        count=25,
        participants=2,
    ).json()
    assert len(answer["bookings"]) == 25
    assert {booking["totalParticipants"] for booking in answer["bookings"]} == {2}
    (rival,) = answer["rivals"]
    assert rival["status"] == "CONFIRMED"
    assert len(_traces(api)[0]) == 26


def test_what_ends_half_way_leaves_nothing_behind(api):
    # The choir has two seats: the third booking finds none.
    answer = _given(api, service="choir", status="CONFIRMED", count=3)
    assert answer.status_code == 428
    assert answer.headers["x-bookings-rule"] == "CREATE-7"
    assert _traces(api) == ([], [])


def test_bookings_go_where_room_is_left(api):
    booked = _given(api, service="yoga", status="CONFIRMED", count=90).json()["bookings"]
    sessions = {booking["bookedEntity"]["slot"]["sessionId"] for booking in booked}
    assert len(sessions) >= 9
    assert not any(booking.get("doubleBooked") for booking in booked)


@pytest.mark.parametrize(("service", "field"), [("yoga", "totalParticipants"), ("pilates", None)])
def test_a_service_with_variants_is_booked_by_its_first_one(api, service, field):
    (booking,) = _given(api, service=service, participants=2).json()["bookings"]
    if field:
        assert booking[field] == 2
    else:
        (part,) = booking["participantsChoices"]["serviceChoices"]
        assert part["numberOfParticipants"] == 2
        assert part["choices"][0]["custom"] == "Adult"


def test_place_caller_and_contact_can_be_named(api):
    session = api.session("yoga", capacity=2)["id"]
    (booking,) = _given(
        api,
        service=api.services["yoga"]["id"],
        sessionId=session,
        caller="member",
        contactDetails={"firstName": "Ada", "email": "ada@example.com"},
    ).json()["bookings"]
    assert booking["bookedEntity"]["slot"]["sessionId"] == session
    assert set(booking["createdBy"]) == {"memberId", "contactId", "identityType"}
    assert booking["contactDetails"]["firstName"] == "Ada"
    start = api.slot("haircut", nth=3)["startDate"].replace("+00:00", "Z")
    (cut,) = _given(api, service="haircut", startDate=start).json()["bookings"]
    assert cut["startDate"].startswith(start[:19])


@pytest.mark.parametrize(
    ("wanted", "field", "said"),
    [
        ({"service": "judo"}, "service", "no such service"),
        ({"service": "yoga", "caller": "nobody"}, "caller", "nobody of the site"),
        ({"service": "yoga", "doubleBooked": True}, "doubleBooked", "in nobody's way"),
        (
            {"service": "yoga", "status": "WAITING_LIST", "paymentStatus": "PAID"},
            "paymentStatus",
            "no order that could be paid",
        ),
    ],
)
def test_what_cannot_be_says_why(api, wanted, field, said):
    answer = _given(api, **wanted)
    assert answer.status_code == 400
    (violation,) = answer.json()["details"]["validationError"]["fieldViolations"]
    assert violation["field"] == field
    assert said in violation["description"]


@pytest.mark.parametrize("reading", ["B", "C"])
def test_a_paid_booking_does_not_stay_created_by_the_other_readings(serve, reading):
    api = serve(readings={"CHECKOUT-5": reading})
    answer = _given(api, service="yoga", paymentStatus="PAID")
    assert answer.status_code == 400
    assert "CHECKOUT-5" in answer.json()["message"]


@pytest.mark.parametrize("status", ["PENDING", "CONFIRMED", "DECLINED", "CANCELED"])
@pytest.mark.parametrize("double", [False, True])
def test_other_readings_are_reached_by_other_ways(serve, status, double):
    api = serve(readings={"PENDING-1": "B", "CONFIRM-7": "B", "CONFIRM-8": "B", "DECLINE-2": "B"})
    wanted = {"status": status, "paymentStatus": "PAID", "doubleBooked": double}
    answer = _given(api, service="workshop", **wanted)
    assert answer.status_code == 200, answer.text


def test_a_closed_service_is_refused_by_its_own_rule(api):
    answer = _given(api, service="gala")
    assert answer.status_code == 403
    assert answer.headers["x-bookings-rule"] == "CREATE-17"
