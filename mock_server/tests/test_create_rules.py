"""What a new booking may ask for, and by whom; and what its caller says of form and reminder."""

from datetime import datetime, timedelta
from typing import Any

import pytest

CREATE = "/bookings/v2/bookings"
BULK = "/bookings/v2/bulk/bookings/create"
PHONE = "+353 1 555 0142"


def _rule(answer: Any) -> str | None:
    rule: str | None = answer.headers.get("x-bookings-rule")
    return rule


def _body(api: Any, service: str = "yoga", **more: Any) -> dict[str, Any]:
    booking = {
        "bookedEntity": api.entity(service, capacity=10) if service == "yoga" else None,
        "totalParticipants": 1,
        "contactDetails": {"firstName": "Ada", "email": "ada@example.com"},
    }
    booking["bookedEntity"] = booking["bookedEntity"] or api.entity(service)
    return {"booking": booking, **more}


def _bookings(api: Any) -> list[dict[str, Any]]:
    path = "/_api/bookings-reader/v2/extended-bookings/query"
    found = api.post(path, {"query": {}}).json()["extendedBookings"]
    return [entry["booking"] for entry in found]


def _reminders(api: Any) -> list[dict[str, Any]]:
    messages = api.http.get("/_mock/messages").json()["messages"]
    return [message for message in messages if message["kind"] == "reminder"]


# Overriding the usual course


@pytest.mark.parametrize("token", ["member-token", "visitor-token"])
@pytest.mark.parametrize(
    "flag",
    [
        "skipAvailabilityValidation",
        "skipBusinessConfirmation",
        "skipSelectedPaymentOptionValidation",
    ],
)
def test_customers_override_nothing(api, token, flag):
    answer = api.create(token=token, flow={flag: True})
    assert (answer.status_code, _rule(answer)) == (403, "AUTH-7")
    assert _bookings(api) == []
    assert api.create(token=token, flow={flag: False}).status_code == 200


@pytest.mark.parametrize("token", ["owner-token", "app-token"])
def test_who_manages_bookings_may_override(api, token):
    assert api.create(token=token, flow={"skipAvailabilityValidation": True}).status_code == 200


@pytest.mark.parametrize(
    ("action", "flag"),
    [("cancel", "ignoreCancellationPolicy"), ("reschedule", "ignoreReschedulePolicy")],
)
def test_a_member_overrides_no_policy(api, action, flag):
    booking = api.done(api.create(token="member-token"))
    body = {
        "revision": "1",
        "slot": api.entity("yoga", nth=9)["slot"],
        "flowControlSettings": {flag: True},
    }
    answer = api.post(f"{CREATE}/{booking['id']}/{action}", body, "member-token")
    assert (answer.status_code, _rule(answer)) == (403, "AUTH-7")
    assert api.read(booking["id"])["revision"] == "1"


def test_an_override_in_any_item_fails_the_whole_bulk_call(api):
    flow = {"flowControlSettings": {"skipAvailabilityValidation": True}}
    items = {"createBookingsInfo": [_body(api), _body(api, **flow)]}
    answer = api.post(BULK, items, "visitor-token")
    assert (answer.status_code, _rule(answer)) == (403, "AUTH-7")
    assert _bookings(api) == []


# Names in snake_case


def test_a_creation_may_be_written_in_snake_case(api):
    entity = {"slot": {"session_id": api.session(capacity=10)["id"]}}
    contact = {"first_name": "Ada", "email": "ada@example.com"}
    booking = {"booked_entity": entity, "total_participants": 2, "contact_details": contact}
    made = api.done(api.post(CREATE, {"booking": booking}))
    assert made["totalParticipants"] == 2
    assert made["contactDetails"]["firstName"] == "Ada"
    assert not [key for key in made if "_" in key]


def test_a_field_written_in_both_ways_is_the_one_in_camel_case(api):
    booking = api.booked()
    both = {"paymentStatus": "PAID", "payment_status": "REFUNDED"}
    assert api.done(api.act(booking, "confirm", **both))["paymentStatus"] == "PAID"


def test_by_the_other_reading_snake_case_is_not_known(serve):
    api = serve(readings={"SHAPE-7": "B"})
    booking = api.done(api.act(api.booked(), "confirm", payment_status="PAID"))
    assert booking["paymentStatus"] == "UNDEFINED"
    assert api.post(CREATE, {"booking": {"booked_entity": {}}}).status_code == 400


def test_keys_in_the_data_of_a_namespace_are_never_renamed(api):
    data = {"pick_up": 1, "pickUp": 2, "inner": {"at_door": True}}
    booking = api.booked()
    body = {"namespace": "@studio/planner", "namespace_data": data}
    answer = api.post(f"{CREATE}/{booking['id']}/update_extended_fields", body)
    assert answer.json()["namespaceData"] == data
    kept = api.read(booking["id"])["extendedFields"]["namespaces"]
    assert kept == {"@studio/planner": data}


def test_keys_in_the_metadata_of_a_message_are_never_renamed(api):
    hints = {"sms_channel": "a", "smsChannel": "b"}
    said = {"notify_participants": False, "message": "Welcome", "metadata": hints}
    booking = api.done(api.act(api.booked(), "confirm", participant_notification=said))
    assert booking["participantNotification"]["metadata"] == hints


def test_keys_of_a_form_submission_are_never_renamed(api):
    booking = api.done(api.post(CREATE, _body(api, form_submission={"last_name": "Byron"})))
    assert booking["contactDetails"]["lastName"] == "Byron"


# The status that is asked for


@pytest.mark.parametrize(
    ("token", "status", "reading", "expected"),
    [
        ("owner-token", "CONFIRMED", "A", 200),
        ("app-token", "CONFIRMED", "A", 200),
        ("member-token", "CONFIRMED", "A", 403),
        ("visitor-token", "CONFIRMED", "A", 403),
        ("owner-token", "PENDING", "A", 400),
        ("app-token", "CANCELED", "A", 400),
        ("owner-token", "CONFIRMED", "B", 200),
        ("owner-token", "DECLINED", "B", 200),
        ("app-token", "CONFIRMED", "B", 403),
        ("member-token", "PENDING", "B", 403),
    ],
)
def test_who_may_ask_for_which_status(serve, token, status, reading, expected):
    api = serve(readings={"CREATE-10": reading})
    answer = api.create(token=token, status=status)
    assert answer.status_code == expected
    if expected == 200:
        assert answer.json()["booking"]["status"] == status
    else:
        assert _rule(answer) == "CREATE-10"
        assert _bookings(api) == []


# Reminders


@pytest.mark.parametrize(
    ("wish", "reading", "number"),
    [
        (True, "A", 1),
        (False, "A", 0),
        (None, "A", 0),
        (True, "B", 1),
        (False, "B", 0),
        (None, "B", 1),
    ],
)
def test_whom_a_reminder_goes_to(serve, wish, reading, number):
    api = serve(readings={"CREATE-15": reading})
    body = _body(api, sendSmsReminder=wish) if wish is not None else _body(api)
    body["booking"]["contactDetails"]["phone"] = PHONE
    booking = api.done(api.post(CREATE, body))
    assert _reminders(api) == []
    api.done(api.act(booking, "confirm"))
    assert [one["to"] for one in _reminders(api)] == [{"phone": PHONE}] * number


def test_a_reminder_is_due_a_day_before_the_start(api):
    body = _body(api, sendSmsReminder=True)
    body["booking"]["contactDetails"]["phone"] = PHONE
    booking = api.done(api.act(api.done(api.post(CREATE, body)), "confirm"))
    (reminder,) = _reminders(api)
    start = datetime.fromisoformat(booking["startDate"])
    assert datetime.fromisoformat(reminder["time"]) == start - timedelta(hours=24)
    assert (reminder["bookingId"], reminder["sent"]) == (booking["id"], False)


def test_nobody_without_a_phone_is_reminded(api):
    booking = api.done(api.post(CREATE, _body(api, sendSmsReminder=True)))
    api.done(api.act(booking, "confirm"))
    assert _reminders(api) == []


def test_what_is_canceled_is_not_reminded_of(api):
    body = _body(api, sendSmsReminder=True)
    body["booking"]["contactDetails"]["phone"] = PHONE
    booking = api.done(api.act(api.done(api.post(CREATE, body)), "confirm"))
    api.done(api.act(booking, "cancel"))
    assert _reminders(api) == []


# Payment options, the booking window


def test_a_payment_option_is_one_that_the_service_offers(api):
    assert api.create("massage", selectedPaymentOption="ONLINE").status_code == 200
    answer = api.create("massage", session={"nth": 1}, selectedPaymentOption="OFFLINE")
    assert (answer.status_code, _rule(answer)) == (428, "CREATE-30")


def test_a_payment_option_may_be_left_undefined_or_unchecked(api):
    assert api.create("massage", selectedPaymentOption="UNDEFINED").status_code == 200
    flow = {"skipSelectedPaymentOptionValidation": True}
    booking = api.booked("massage", session={"nth": 1}, flow=flow, selectedPaymentOption="OFFLINE")
    assert booking["selectedPaymentOption"] == "OFFLINE"


@pytest.mark.parametrize("token", ["owner-token", "app-token", "member-token", "visitor-token"])
def test_a_closed_window_is_closed_to_all(api, token):
    answer = api.create("gala", token=token)
    assert (answer.status_code, _rule(answer)) == (403, "CREATE-17")


def test_what_has_begun_is_not_booked(serve):
    moment = datetime.fromisoformat("2031-03-03T08:00:00+00:00")
    hours = [moment]
    api = serve(clock=lambda: hours[0])
    api.booked()  # whose world begins with it
    body = _body(api)
    hours[0] = moment + timedelta(days=60)
    answer = api.post(CREATE, body)
    assert (answer.status_code, _rule(answer)) == (403, "CREATE-17")


# Form submissions


def test_a_form_fills_the_contact_details_but_for_the_contact(api):
    known = api.booked()["contactDetails"]["contactId"]
    body = _body(api, formSubmission={"first_name": "Zoë", "email": "zoe@example.com"})
    body["booking"]["contactDetails"] = {"contactId": known}
    contact = api.done(api.post(CREATE, body))["contactDetails"]
    assert contact == {"contactId": known, "firstName": "Zoë", "email": "zoe@example.com"}


def test_a_form_may_say_the_same_as_the_contact_details_and_nothing_else(api):
    same = _body(api, formSubmission={"first_name": "Ada"})
    assert api.done(api.post(CREATE, same))["contactDetails"]["firstName"] == "Ada"
    answer = api.post(CREATE, _body(api, formSubmission={"first_name": "Eve"}))
    assert (answer.status_code, _rule(answer)) == (400, "CREATE-29")
    assert len(_bookings(api)) == 1


def test_what_else_a_form_asks_for_is_no_contact_detail(api):
    body = _body(api, formSubmission={"allergies": "none", "firstName": "Eve"})
    assert api.done(api.post(CREATE, body))["contactDetails"]["firstName"] == "Ada"


# Variants, resources


@pytest.mark.parametrize("reading", ["A", "B"])
def test_a_total_where_there_are_several_variants(serve, reading):
    api = serve(readings={"CREATE-23": reading})
    answer = api.create("pilates", participants=2)
    if reading == "A":
        assert (answer.status_code, _rule(answer)) == (428, "CREATE-23")
        return
    booking = api.done(answer)
    assert (booking["totalParticipants"], booking.get("participantsChoices")) == (2, None)


@pytest.mark.parametrize("reading", ["A", "B"])
def test_choices_where_there_is_a_single_variant(serve, reading):
    api = serve(readings={"CREATE-23": reading})
    option = api.services["barre"]["choices"][0]
    choice = {"optionId": option["option_id"], "custom": option["values"][0]}
    chosen = {"serviceChoices": [{"numberOfParticipants": 2, "choices": [choice]}]}
    body = _body(api, "barre")
    del body["booking"]["totalParticipants"]
    body["booking"]["participantsChoices"] = chosen
    answer = api.post(CREATE, body)
    if reading == "A":
        assert (answer.status_code, _rule(answer)) == (428, "CREATE-23")
        return
    booking = api.done(answer)
    assert (booking["participantsChoices"], booking.get("totalParticipants")) == (chosen, None)


@pytest.mark.parametrize("reading", ["A", "B"])
def test_when_an_appointment_gets_its_resource(serve, reading):
    api = serve(readings={"CREATE-24": reading})
    slot = {key: value for key, value in api.slot().items() if key != "resource"}
    booking = api.booked("haircut", bookedEntity={"slot": slot})
    assert ("resource" in booking["bookedEntity"]["slot"]) is (reading == "B")
    confirmed = api.done(api.act(booking, "confirm"))
    own = api.services["haircut"]["resource_id"]
    assert confirmed["bookedEntity"]["slot"]["resource"]["id"] == own
    assert api.read(booking["id"])["bookedEntity"] == confirmed["bookedEntity"]


# Wrong on purpose


def test_snake_case_refused_as_unknown_is_yet_done(serve):
    api = serve(breaks=["SHAPE-7"])
    booking = api.booked()
    assert api.act(booking, "confirm", payment_status="PAID").status_code == 400
    assert api.read(booking["id"])["paymentStatus"] == "PAID"


def test_a_status_that_was_asked_for_is_answered_and_forgotten(serve):
    api = serve(breaks=["CREATE-10"])
    booking = api.booked(status="CONFIRMED")
    assert (booking["status"], api.read(booking["id"])["status"]) == ("CONFIRMED", "CREATED")


def test_a_resource_is_answered_and_not_assigned(serve):
    api = serve(breaks=["CREATE-24"])
    slot = {key: value for key, value in api.slot().items() if key != "resource"}
    booking = api.booked("haircut", bookedEntity={"slot": slot})
    assert "resource" in booking["bookedEntity"]["slot"]
    assert "resource" not in api.read(booking["id"])["bookedEntity"]["slot"]


def test_what_was_refused_for_its_variants_is_booked(serve):
    api = serve(breaks=["CREATE-23"])
    api.booked()
    assert api.create("pilates").status_code == 428
    assert len(_bookings(api)) == 2


@pytest.mark.parametrize("wrong", [{"timezone": "Mars/Olympus"}, {"startDate": "soon"}])
def test_dates_that_there_are_not_are_passed_over(serve, wrong):
    api = serve(breaks=["CREATE-19"])
    api.booked()
    answer = api.create("haircut", bookedEntity={"slot": {**api.slot(), **wrong}})
    assert answer.status_code == 200
    assert api.read(answer.json()["booking"]["id"])["status"] == "CREATED"
