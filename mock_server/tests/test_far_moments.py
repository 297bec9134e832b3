"""The first and the last moments there are: kept only where every zone can show them."""

from typing import Any

import pytest

from .conftest import Api, code

EVENTS, SERVICES = "/calendar/v3/events", "/_api/bookings/v2/services"
FAR = [
    ("9999-12-31T22:00:00", "9999-12-31T23:00:00"),
    ("0001-01-01T00:30:00", "0001-01-01T11:00:00"),
    ("2031-01-01T10:00:00", "9999-12-31T23:00:00"),
]


def create(api: Api, start: str, end: str, **more: Any) -> Any:
    facts = api.services["yoga"]
    event = {
        "scheduleId": facts["schedule_id"],
        "type": "CLASS",
        "resources": [{"id": facts["resource_id"], "permissionRole": "WRITER"}],
        "start": {"localDate": start},
        "end": {"localDate": end},
        **more,
    }
    return api.post(EVENTS, {"event": event})


def events(api: Api, zone: str) -> Any:
    return api.post(f"{EVENTS}/query", {"timeZone": zone, "query": {}})


@pytest.mark.parametrize(("start", "end"), FAR)
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_no_session_is_kept_that_a_zone_cannot_show(
    api: Api, start: str, end: str, zone: str
) -> None:
    assert create(api, start, end).status_code == 400
    assert events(api, zone).status_code == 200


@pytest.mark.parametrize(("start", "end"), FAR)
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_no_appointment_is_kept_that_a_zone_cannot_show(
    api: Api, start: str, end: str, zone: str
) -> None:
    booking = api.booked("haircut")
    slot = {**api.slot("haircut"), "startDate": f"{start}Z", "endDate": f"{end}Z"}
    skip = {"skipAvailabilityValidation": True}
    moved = api.act(booking, "reschedule", slot=slot, flowControlSettings=skip)
    assert (moved.status_code, code(moved)) == (400, "INVALID_DATE_FORMAT")
    body = {"bookedEntity": {"slot": slot}, "totalParticipants": 1, "contactDetails": {}}
    made = api.post("/bookings/v2/bookings", {"booking": body, "flowControlSettings": skip})
    assert (made.status_code, code(made)) == (400, "INVALID_DATE_FORMAT")
    assert events(api, zone).status_code == 200


@pytest.mark.parametrize("year", ["8999", "9999"])
def test_a_row_ends_where_the_calendar_does(api: Api, year: str) -> None:
    rule = {"frequency": "WEEKLY"}
    row = create(api, f"{year}-12-20T10:00:00", f"{year}-12-20T11:00:00", recurrenceRule=rule)
    assert row.status_code == (200 if year == "8999" else 400)


def test_a_row_that_is_over_before_its_first_is_refused_as_such(api: Api) -> None:
    # The tenth of March is a Wednesday; the next Monday is after the end.
    until = {"localDate": "2027-03-11T00:00:00"}
    rule = {"frequency": "WEEKLY", "days": ["MONDAY"], "until": until}
    row = create(api, "2027-03-10T10:00:00", "2027-03-10T11:00:00", recurrenceRule=rule)
    assert row.status_code == 400
    (told,) = row.json()["details"]["validationError"]["fieldViolations"]
    assert told["field"] == "event.recurrenceRule.until"


def test_a_buffer_reaches_as_far_as_there_is_time() -> None:
    from datetime import UTC, datetime, timedelta

    from bookings_mock.domain.times import shifted

    first, last = (end.replace(tzinfo=UTC) for end in (datetime.min, datetime.max))
    hour = timedelta(hours=1)
    assert (shifted(first, -hour), shifted(last, hour)) == (first, last)
    assert shifted(first, hour) == datetime(1, 1, 1, 1, tzinfo=UTC)
