"""The requests of the official client, as it sends them, on the paths that it uses."""

from uuid import uuid4

import pytest

import bookings_fixtures
from bookings_mock.handlers import HANDLERS

EXAMPLES = [one for one in bookings_fixtures.requests() if one.operation in HANDLERS]

# Who may ask, where the owner may not.
TOKENS = {"countAttendances": "member-token"}


def _reach(api, example):
    """A booking in the status that the example starts from."""
    sessions = {"capacity": 10} if example.service == "yoga" else {}
    booking = api.booked(example.service or "yoga", session=sessions)
    moves = {
        "CREATED": [],
        "CONFIRMED": ["confirm"],
        "PENDING": ["mark_booking_as_pending"],
        "DECLINED": ["decline"],
        "CANCELED": ["cancel"],
    }
    for move in moves[example.status]:
        booking = api.done(api.act(booking, move))
    return booking


def _cursor(api):
    for _ in range(2):
        api.booked()
    query = {"query": {"cursorPaging": {"limit": 1}}}
    found = api.post("/_api/bookings-reader/v2/extended-bookings/query", query).json()
    return found["pagingMetadata"]["cursors"]["next"]


def _attendance(api):
    booking = api.booked()
    sent = {
        "bookingId": booking["id"],
        "sessionId": booking["bookedEntity"]["slot"]["sessionId"],
        "status": "ATTENDED",
    }
    return api.post("/bookings/v2/attendance/set", {"attendance": sent}).json()["attendance"]["id"]


def _values(api, example):
    service = api.services[example.service or "yoga"]
    sessions = [
        s for s in service["sessions"] if s["capacity"] == service["sessions"][-1]["capacity"]
    ]
    here, there = (sessions or [{}])[0], (sessions or [{}])[-1]
    booking = _reach(api, example) if example.status else {}
    return {
        "token": TOKENS.get(example.operation, "owner-token"),
        "siteId": api.site["site"]["id"],
        "bookingId": booking.get("id"),
        "revision": booking.get("revision"),
        "serviceId": service["id"],
        "scheduleId": service["schedule_id"],
        "sessionId": here.get("id"),
        "start": here.get("start"),
        "end": here.get("end"),
        "otherSessionId": there.get("id"),
        "otherStart": there.get("start"),
        "otherEnd": there.get("end"),
        "timezone": service["timezone"],
        "fromLocalDate": "2031-03-03T00:00:00",
        "toLocalDate": "2031-03-04T00:00:00",
        "resourceId": service.get("resource_id"),
        "resourceName": service.get("resource", {}).get("name"),
        "resourceScheduleId": service.get("resource", {}).get("schedule_id"),
        "locationId": (service.get("location") or {}).get("id"),
        "locationName": (service.get("location") or {}).get("name"),
        "locationAddress": (service.get("location") or {}).get("formattedAddress"),
        "optionId": (service.get("choices") or [{}])[0].get("option_id"),
        "cursor": _cursor(api),
        "attendanceId": _attendance(api),
        "submissionId": str(uuid4()),
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.operation}: {one.name}")
def test_the_official_clients_request_is_answered_by_the_rules(api, example):
    sent = example.filled(_values(api, example))
    answer = api.http.request(sent.method, sent.path, headers=dict(sent.headers), json=sent.body)
    assert answer.status_code == 200, answer.text
