"""The life of a booking, as a client of the mock sees it."""

import pytest


def test_create_confirm_cancel_and_no_second_confirmation(api):
    booking = api.booked()
    confirmed = api.done(api.act(booking, "confirm"))
    canceled = api.done(api.act(confirmed, "cancel"))
    refused = api.act(canceled, "confirm")
    seen = [booking["status"], confirmed["status"], canceled["status"]]
    assert seen == ["CREATED", "CONFIRMED", "CANCELED"]
    assert [b["revision"] for b in (booking, confirmed, canceled)] == ["1", "2", "3"]
    assert refused.status_code == 428
    assert refused.headers["x-bookings-rule"] == "CONFIRM-1"
    assert api.read(booking["id"]) == canceled


def test_a_stale_revision_is_refused_and_changes_nothing(api):
    booking = api.booked()
    confirmed = api.done(api.act(booking, "confirm"))
    refused = api.act(booking, "cancel")
    assert refused.status_code == 409
    assert api.read(booking["id"]) == confirmed


def test_the_revision_may_be_a_number_or_digits_with_zeros_in_front(api):
    booking = api.booked()
    confirmed = api.done(api.act(booking, "confirm", revision=1))
    assert api.done(api.act(confirmed, "cancel", revision="02"))["revision"] == "3"


def test_an_unpaid_duplicate_is_declined_and_stays_off_the_calendar(api):
    one = {"capacity": 1}
    first, second = api.booked(session=one), api.booked(session=one)
    assert api.done(api.settle(first))["status"] == "CONFIRMED"
    assert api.done(api.settle(second))["status"] == "DECLINED"
    session = api.session("yoga", capacity=1)
    (shown,) = [
        s for s in api.http.get("/_mock/sessions").json()["sessions"] if s["id"] == session["id"]
    ]
    assert [p["id"] for p in shown["participants"]] == [first["id"]]
    assert shown["totalNumberOfParticipants"] == 1


@pytest.mark.parametrize("paid", ["PAID", "PARTIALLY_PAID"])
def test_a_paid_duplicate_is_kept_and_marked_as_double_booked(api, paid):
    one = {"capacity": 1}
    first, second = api.booked(session=one), api.booked(session=one)
    api.done(api.settle(first, paymentStatus=paid))
    kept = api.done(api.settle(second, paymentStatus=paid))
    assert (kept["status"], kept["doubleBooked"], kept["paymentStatus"]) == (
        "CONFIRMED",
        True,
        paid,
    )


def test_manual_approval_makes_a_paid_booking_wait_unless_it_was_waived(api):
    waiting = api.booked("workshop")
    waived = api.booked("workshop", flow={"skipBusinessConfirmation": True})
    assert api.done(api.settle(waiting, paymentStatus="PAID"))["status"] == "PENDING"
    assert api.done(api.settle(waived, paymentStatus="PAID"))["status"] == "CONFIRMED"


def test_the_seats_of_a_canceled_booking_are_free_again_once(api):
    two = {"capacity": 2}
    booking = api.done(api.act(api.booked(session=two, participants=2), "confirm"))
    assert api.create(session=two).status_code == 428
    api.done(api.act(booking, "cancel"))
    assert api.create(session=two, participants=2).status_code == 200
    assert api.create(session=two, participants=3).status_code == 428


def test_an_appointment_takes_its_resource_until_it_is_canceled(api):
    booking = api.done(api.act(api.booked("haircut"), "confirm"))
    assert api.create("haircut").status_code == 428
    assert api.create("beard-trim").status_code == 428
    api.done(api.act(booking, "cancel"))
    assert api.create("haircut").status_code == 200


def test_a_class_moves_to_another_session_and_availability_moves_along(api):
    booking = api.done(api.act(api.booked(session={"capacity": 1}), "confirm"))
    there = api.session("yoga", capacity=1, nth=1)
    moved = api.done(api.act(booking, "reschedule", slot={"sessionId": there["id"]}))
    assert moved["bookedEntity"]["slot"]["sessionId"] == there["id"]
    assert moved["status"] == "CONFIRMED"
    assert api.create(session={"capacity": 1}).status_code == 200
    assert api.create(session={"capacity": 1, "nth": 1}).status_code == 428


def test_choices_that_a_reschedule_leaves_out_are_kept(api):
    option = api.services["pilates"]["choices"][0]
    part = {"optionId": option["option_id"], "custom": option["values"][0]}
    choices = {"serviceChoices": [{"numberOfParticipants": 2, "choices": [part]}]}
    booking = api.booked("pilates", participants=None, participantsChoices=choices)
    there = api.session("pilates", nth=1)
    moved = api.done(api.act(booking, "reschedule", slot={"sessionId": there["id"]}))
    assert moved["participantsChoices"] == choices


def test_the_waitlist_is_the_only_way_to_wait(api):
    session = api.session("yoga", capacity=1)
    body = {
        "waitingResource": session["id"],
        "formInfo": {"contactDetails": {"firstName": "Grace", "email": "grace@example.com"}},
    }
    assert api.post("/bookings/v1/waitlist/register", body).status_code == 200
    assert api.create(status="WAITING_LIST").status_code == 400
    query = {"query": {"filter": {"status": "WAITING_LIST"}}}
    answer = api.post("/_api/bookings-reader/v2/extended-bookings/query", query).json()
    (entry,) = answer["extendedBookings"]
    assert api.done(api.act(entry["booking"], "confirm"))["status"] == "CONFIRMED"


def test_extended_fields_are_stored_beside_those_of_other_namespaces(api):
    booking = api.booked()
    for namespace in ("@one/app", "@two/app"):
        path = f"/bookings/v2/bookings/{booking['id']}/update_extended_fields"
        answer = api.post(path, {"namespace": namespace, "namespaceData": {"crew": 4}})
        assert answer.json() == {"namespace": namespace, "namespaceData": {"crew": 4}}
    stored = api.read(booking["id"])["extendedFields"]["namespaces"]
    assert stored == {"@one/app": {"crew": 4}, "@two/app": {"crew": 4}}


def test_read_only_fields_that_are_sent_in_are_ignored(api):
    booking = api.booked(id="nonsense", createdDate=7, startDate=[], doubleBooked="yes")
    assert booking["createdDate"].endswith("Z")
    assert "doubleBooked" not in booking


def test_the_creator_is_the_caller(api):
    mine = api.booked(token="visitor-token")
    assert set(mine["createdBy"]) == {"anonymousVisitorId", "identityType"}
    assert mine["contactDetails"]["contactId"]
    assert "appId" in api.booked(token="app-token")["createdBy"]
