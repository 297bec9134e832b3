"""Attendance: one object for a booking and session, however its session is named."""

import pytest

SET = "/bookings/bookings-attendance/set"
QUERY = "/bookings/bookings-attendance/query"
OPAQUE = "z" * 334


def _set(api, booking, **attendance):
    wish = {"bookingId": booking["id"], "status": "ATTENDED", **attendance}
    answer = api.post(SET, {"attendance": wish})
    assert answer.status_code == 200, answer.text
    return answer.json()["attendance"]


def _find(api, **query):
    answer = api.post(QUERY, {"query": query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_thousand_objects_are_met_once_each_while_others_are_set(api):
    booking = api.booked("spanish")
    due = {_set(api, booking, sessionId=f"session {number}")["id"] for number in range(1000)}
    late = []
    page = _find(api, cursorPaging={"limit": 100})
    met = [one["id"] for one in page["attendances"]]
    while onwards := page["pagingMetadata"]["cursors"].get("next"):
        late.append(_set(api, booking, sessionId=f"late {len(late)}")["id"])
        page = _find(api, cursorPaging={"cursor": onwards, "limit": 100})
        met += [one["id"] for one in page["attendances"]]
        assert page["pagingMetadata"]["hasNext"] == ("next" in page["pagingMetadata"]["cursors"])
    assert len(met) == len(set(met))
    assert due <= set(met) <= due | set(late)
    assert late


def test_a_thousand_objects_fit_on_one_page(api):
    booking = api.booked("spanish")
    for number in range(1001):
        _set(api, booking, sessionId=f"session {number}")
    page = _find(api, cursorPaging={"limit": 1000})
    assert len(page["attendances"]) == 1000
    assert page["pagingMetadata"]["hasNext"]
    assert len(_find(api)["attendances"]) == 50


@pytest.mark.parametrize("session", [OPAQUE, "short"])
def test_a_session_id_of_before_is_kept_and_is_no_event_id(api, session):
    shown = _set(api, api.booked("spanish"), sessionId=session)
    assert shown["sessionId"] == session
    assert "eventId" not in shown
    assert _find(api, filter={"sessionId": session})["attendances"] == [shown]


def test_a_session_of_the_mocks_own_is_known_by_both_names(api):
    booking = api.booked()
    session = booking["bookedEntity"]["slot"]["sessionId"]
    one = _set(api, booking, sessionId=session)
    other = _set(api, booking, eventId=session, numberOfAttendees=3)
    assert other == {**one, "numberOfAttendees": 3}
    assert (one["sessionId"], one["eventId"]) == (session, session)


def test_an_event_id_that_is_no_guid_comes_back(api):
    event = "e" * 36
    assert _set(api, api.booked("spanish"), eventId=event)["eventId"] == event


def test_an_unfit_query_is_refused(api):
    for query in (
        {"filter": {"x.y": 1}},
        {"filter": {"status": {"$gt": "A"}}},
        {"sort": [{"fieldName": "status", "order": "DESC"}]},
        {"cursorPaging": {"cursor": "x"}},
        {"cursorPaging": {"limit": 1001}},
    ):
        assert api.post(QUERY, {"query": query}).status_code == 400


@pytest.mark.parametrize(
    ("filter", "both"),
    [
        ({"status": "ATTENDED", "numberOfAttendees": 2}, False),
        ({"$and": [{"status": "ATTENDED"}, {"numberOfAttendees": 2}]}, False),
        ({"numberOfAttendees": 2, "status": "ATTENDED"}, True),
    ],
)
@pytest.mark.parametrize("reading", ["A", "B"])
def test_several_filters_follow_the_reading(serve, reading, filter, both):
    api = serve(readings={"ATTENDANCE-11": reading})
    booking = api.booked("spanish")
    _set(api, booking, sessionId="one", numberOfAttendees=1)
    two = _set(api, booking, sessionId="two", numberOfAttendees=2)
    found = _find(api, filter=filter)["attendances"]
    assert found == [two] if reading == "A" or both else len(found) == 2


def test_removing_attendance_is_told_and_setting_it_is_not(api):
    booking = api.done(api.act(api.booked("yoga"), "confirm"))
    session = booking["bookedEntity"]["slot"]["sessionId"]
    wish = {"bookingId": booking["id"], "sessionId": session, "status": "ATTENDED"}
    set_ = api.post("/bookings/bookings-attendance/set", {"attendance": wish}).json()["attendance"]
    before = api.http.get("/_mock/events").json()["events"]
    headers = {"authorization": "owner-token"}
    api.http.delete(f"/bookings/bookings-attendance/{set_['id']}", headers=headers)
    (told,) = api.http.get("/_mock/events").json()["events"][len(before) :]
    assert (told["entityFqdn"], told["slug"]) == ("wix.bookings.v2.attendance", "deleted")
    assert told["entityId"] == set_["id"]
    assert told["deletedEvent"] == {"deletedEntity": set_}
    assert {one["entityFqdn"] for one in before} == {"wix.bookings.v2.booking"}
    delivered = api.http.get("/_mock/webhooks").json()["deliveries"]
    assert delivered[-1]["eventId"] == told["id"]
