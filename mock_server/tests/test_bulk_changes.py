"""Bulk calls on bookings and attendances that exist, and the earlier queries."""

import pytest

DECIDE = "/bookings/v2/bulk/bookings/confirmOrDecline"
CANCEL = "/bookings/v2/bulk/bookings/cancel"
ACTIONS = "/bookings/v2/bulk/bookings/calculate_allowed_actions"
ATTENDANCE = "/bookings/bookings-attendance"
V1 = "/bookings/v1/bookings/query"
EARLIER = "/_api/bookings-reader/v2/extended-booking/query"
NOBODY = "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"


def _codes(answer):
    assert answer.status_code == 200, answer.text
    errors = [one["itemMetadata"].get("error") for one in answer.json()["results"]]
    return [error and error["code"] for error in errors]


def _code(answer):
    return answer.json()["details"]["applicationError"]["code"]


def _slugs(api):
    return [event["slug"] for event in api.http.get("/_mock/events").json()["events"]]


def _cancelation(*bookings, **more):
    infos = [{"bookingId": one["id"], "revision": one["revision"], **more} for one in bookings]
    return {"bookings": {"bookingsInfo": infos}, "returnFullEntity": True}


def test_each_booking_is_decided_on_and_those_that_cannot_be_fail_alone(api):
    one = {"capacity": 1}
    first, second, paid = (api.booked(session=one) for _ in range(3))
    over = api.done(api.act(api.booked(), "cancel"))
    details = [{"bookingId": b["id"], "paymentStatus": "NOT_PAID"} for b in (first, second)]
    details += [{"bookingId": paid["id"], "paymentStatus": "PAID"}]
    details += [{"bookingId": over["id"]}, {"bookingId": NOBODY}]
    answer = api.post(DECIDE, {"details": details, "returnEntity": True})
    assert _codes(answer) == [None, None, None, "INVALID_BOOKING_STATUS", "BOOKING_NOT_FOUND"]
    items = [one.get("item", {}) for one in answer.json()["results"]]
    assert [item.get("status") for item in items[:3]] == ["CONFIRMED", "DECLINED", "CONFIRMED"]
    assert [item.get("doubleBooked") for item in items[:3]] == [None, None, True]
    assert _slugs(api)[-3:] == ["confirmed", "declined", "confirmed"]
    metadata = answer.json()["bulkActionMetadata"]
    assert (metadata["totalSuccesses"], metadata["totalFailures"]) == (3, 2)


def test_the_entity_is_answered_by_return_entity_only(api):
    sent = {"details": [{"bookingId": api.booked()["id"]}], "returnFullEntity": True}
    (result,) = api.post(DECIDE, sent).json()["results"]
    assert "item" not in result


@pytest.mark.parametrize(("number", "status"), [(0, 400), (1, 200), (300, 200), (301, 400)])
def test_one_to_three_hundred_are_decided_on(api, number, status):
    ids = [f"3f0c1a52-8a0e-4d0b-9f57-{n:012x}" for n in range(number)]
    answer = api.post(DECIDE, {"details": [{"bookingId": one} for one in ids]})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("path", "code"), [(DECIDE, "DUPLICATED_BOOKINGS"), (CANCEL, "DUPLICATE_BOOKING_IDS")]
)
def test_a_booking_named_twice_fails_the_whole_call(api, path, code):
    booking, other = api.booked(), api.booked()
    if path == DECIDE:
        named = [booking["id"], other["id"], booking["id"].upper()]
        body = {"details": [{"bookingId": one} for one in named]}
    else:
        body = _cancelation(booking, other, booking)
    answer = api.post(path, body)
    assert (answer.status_code, _code(answer)) == (428, code)
    assert [api.read(one["id"]) for one in (booking, other)] == [booking, other]


def test_each_booking_is_canceled_at_its_revision(api):
    good, stale = api.booked(), api.booked()
    api.done(api.act(stale, "confirm"))
    answer = api.post(CANCEL, _cancelation(good, stale))
    successes = [one["itemMetadata"]["success"] for one in answer.json()["results"]]
    assert successes == [True, False]
    assert answer.json()["results"][0]["item"]["status"] == "CANCELED"
    assert api.read(stale["id"])["status"] == "CONFIRMED"
    assert _slugs(api)[-1] == "canceled"


def test_the_policy_holds_in_bulk_unless_it_is_ignored(api):
    booking = api.booked("massage")
    assert _codes(api.post(CANCEL, _cancelation(booking))) == ["BOOKING_POLICY_VIOLATION"]
    ignored = {"flowControlSettings": {"ignoreCancellationPolicy": True}}
    assert _codes(api.post(CANCEL, _cancelation(booking, **ignored))) == [None]


def test_a_member_cancels_its_own_and_overrides_nothing(api):
    own, other = api.booked(token="member-token"), api.booked()
    answer = api.post(CANCEL, _cancelation(own, other), "member-token")
    assert _codes(answer) == [None, "PERMISSION_DENIED"]
    ignored = {"flowControlSettings": {"ignoreCancellationPolicy": True}}
    refused = api.post(CANCEL, _cancelation(other, **ignored), "member-token")
    assert refused.headers["x-bookings-rule"] == "AUTH-7"


def test_a_recurring_group_is_unknown_and_nothing_at_all_is_too_little(api):
    group = {"recurringCancellation": {"recurringGroupId": NOBODY}}
    answer = api.post(CANCEL, group)
    assert (answer.status_code, _code(answer)) == (404, "RECURRING_GROUP_NOT_FOUND")
    assert _code(api.post(CANCEL, {})) == "MISSING_CANCELLATION_INFO"
    both = {**_cancelation(api.booked()), **group}
    assert api.post(CANCEL, both).headers["x-bookings-rule"] == "SHAPE-3"


def test_allowed_actions_are_those_of_the_policy(api):
    lenient, strict = api.booked(), api.booked("massage")
    answer = api.post(ACTIONS, {"bookingIds": [lenient["id"], strict["id"], NOBODY]})
    assert _codes(answer) == [None, None, "BOOKING_NOT_FOUND"]
    allowed = [one.get("item", {}).get("cancel") for one in answer.json()["results"]]
    assert allowed == [True, False, None]


@pytest.mark.parametrize(("reading", "revision"), [("A", "2"), ("B", "1")])
def test_a_submission_is_tied_in_any_status(serve, reading, revision):
    api = serve(readings={"REVISION-7": reading})
    booking = api.booked()
    path = f"/bookings/v2/bookings/{booking['id']}/set-booking-submission-id"
    tied = api.done(api.post(path, {"submissionId": NOBODY}))
    assert (tied["formSubmissionId"], tied["revision"]) == (NOBODY, revision)
    assert api.read(booking["id"]) == tied
    assert _slugs(api) == ["created", "updated"]


def _came(api, booking, **more):
    session = booking["bookedEntity"]["slot"]["sessionId"]
    sent = {"bookingId": booking["id"], "sessionId": session, "status": "ATTENDED", **more}
    return {"attendance": {key: value for key, value in sent.items() if value is not None}}


def test_attendance_is_set_in_bulk_and_what_cannot_be_fails_alone(api):
    booking = api.booked()
    details = [
        _came(api, booking),
        _came(api, booking, sessionId=NOBODY),
        _came(api, booking, bookingId=NOBODY),
        _came(api, booking, sessionId=None),
    ]
    body = {"attendanceDetails": details, "returnFullEntity": True}
    answer = api.post("/bookings/v2/bulk/attendance/set", body)
    unset = ["SESSION_NOT_FOUND", "BOOKING_NOT_FOUND", "SESSION_ID_NOT_PROVIDED"]
    assert _codes(answer) == [None, *unset]
    assert answer.json()["results"][0]["item"]["status"] == "ATTENDED"
    none = api.post("/bookings/v2/bulk/attendance/set", {"attendanceDetails": []})
    assert (none.status_code, _code(none)) == (400, "ATTENDANCES_MISSING_IN_REQUEST")
    many = {"attendanceDetails": [_came(api, booking)] * 9}
    assert api.post("/bookings/v2/bulk/attendance/set", many).status_code == 400


def test_a_deleted_attendance_is_gone(api):
    ids = []
    for _ in range(2):
        sent = api.post(f"{ATTENDANCE}/set", _came(api, api.booked()))
        ids.append(sent.json()["attendance"]["id"])
    owner = {"authorization": "owner-token"}
    path = f"{ATTENDANCE}/{ids[0]}"
    assert api.http.delete(path, headers=owner).json() == {}
    assert api.http.delete(path, headers=owner).status_code == 404
    assert api.http.get(path, headers=owner).status_code == 404
    body = {"attendanceIds": ids}
    answer = api.post("/bookings/v2/bulk/attendance/delete", body)
    assert _codes(answer) == ["ATTENDANCE_NOT_FOUND", None]
    assert api.post(f"{ATTENDANCE}/query", {"query": {}}).json()["attendances"] == []


def test_a_member_counts_what_is_its_own_and_nobody_else_counts(api):
    for token in ("member-token", "other-member-token"):
        booking = api.booked(token=token)
        assert api.post(f"{ATTENDANCE}/set", _came(api, booking)).status_code == 200
    yoga = api.services["yoga"]["id"]
    for filter_, count in (({}, 1), ({"serviceId": yoga}, 1), ({"status": "NOT_ATTENDED"}, 0)):
        answer = api.post(f"{ATTENDANCE}/count", {"filter": filter_}, "member-token")
        assert answer.json() == {"count": count}
    assert _code(api.post(f"{ATTENDANCE}/count", {})) == "PERMISSION_DENIED"


def test_a_v1_query_finds_the_confirmed_ones_unless_it_is_asked_otherwise(api):
    created, confirmed = api.booked(), api.done(api.act(api.booked(), "confirm"))

    def found(body):
        answer = api.post(V1, body).json()
        assert answer["metadata"]["totalCount"] == answer["pagingMetadata"]["total"]
        return [entry["booking"]["id"] for entry in answer["bookingsEntries"]]

    assert found({}) == found({"query": {"filter": {}}}) == [confirmed["id"]]
    words = {"status": {"$in": ["PENDING_CHECKOUT", "CONFIRMED"]}}
    assert found({"query": {"filter": words}}) == [confirmed["id"], created["id"]]
    oldest = [{"fieldName": "createdDate", "order": "ASC"}]
    page = {"limit": 1, "offset": 1}
    assert found({"query": {"filter": words, "sort": oldest, "paging": page}}) == [confirmed["id"]]
    assert found({"query": {"filter": {"id": created["id"]}}}) == [created["id"]]
    refused = api.post(V1, {"query": {"filter": {"colour": "red"}}})
    assert refused.headers["x-bookings-rule"] == "LIST-11"


def test_a_member_finds_its_own_in_v1(api):
    own = api.booked(token="member-token")
    api.booked()
    query = {"query": {"filter": {"status": "CREATED"}}}
    entries = api.post(V1, query, "member-token").json()["bookingsEntries"]
    assert [entry["booking"]["id"] for entry in entries] == [own["id"]]


def test_the_earlier_query_finds_a_courses_bookings_by_one_of_its_sessions(api):
    course, seat = api.booked("spanish"), api.booked()
    session = api.services["spanish"]["sessions"][2]["id"]
    for filter_ in (None, {"id": seat["id"]}, {"$and": [{"id": seat["id"]}]}):
        body = {"query": {"filter": filter_}, "sessionId": session}
        found = api.post(EARLIER, body).json()["extendedBookings"]
        assert [entry["booking"]["id"] for entry in found] == [course["id"]]
    plain = api.post(EARLIER, {"query": {"filter": {"id": seat["id"]}}}).json()
    assert [entry["booking"]["id"] for entry in plain["extendedBookings"]] == [seat["id"]]
