"""Time slots as clients ask for them: which belong to a time, how they are filtered, and cut."""

from datetime import UTC, datetime

import pytest

import bookings_fixtures
from bookings_mock.clock import frozen_at
from bookings_mock.site import SiteError

CALENDAR = "/_api/availability-calendar/v1/availability/query"
TIME_SLOTS = "/_api/service-availability/v2/time-slots"
EVENTS = f"{TIME_SLOTS}/event"
STAFF = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"
GUID = "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"
EVER = {"fromLocalDate": "2020-01-01T00:00:00", "toLocalDate": "2099-01-01T00:00:00"}
# A Thursday; on Sunday the clocks of Dublin go back, or forward.
AUTUMN = datetime(2027, 10, 28, 9, tzinfo=UTC)
SPRING = datetime(2027, 3, 25, 9, tzinfo=UTC)


def asked(api, path, service, **body):
    named = {"serviceId": api.services[service]["id"]}
    if path == EVENTS:
        named = {"serviceIds": list(named.values())}
    answer = api.post(path, {**named, **EVER, **body}, "visitor-token")
    assert answer.status_code == 200, answer.text
    return answer.json()["timeSlots"]


def starts(slots):
    return [one["localStartDate"] for one in slots]


# Which belong to a time


def test_a_slot_that_ends_later_belongs_to_the_time_that_it_begins_in(api):
    first = asked(api, TIME_SLOTS, "haircut")[0]["localStartDate"]
    window = {"fromLocalDate": first, "toLocalDate": first.replace("00:00", "59:59")}
    assert starts(asked(api, TIME_SLOTS, "haircut", **window)) == [first]
    later = {"fromLocalDate": first.replace("00:00", "00:01"), "toLocalDate": window["toLocalDate"]}
    assert asked(api, TIME_SLOTS, "haircut", **later) == []


def test_a_session_past_midnight_belongs_to_the_day_that_it_begins_on(serve):
    site = bookings_fixtures.load("studio")
    night = {"start": "+3d 23:30", "end": "+4d 00:30", "capacity": 4}
    site["services"]["yoga"]["sessions"] = [night]
    api = serve(site=site, clock=frozen_at(datetime(2031, 3, 1, 9, tzinfo=UTC)))
    day = {"fromLocalDate": "2031-03-04T00:00:00", "toLocalDate": "2031-03-05T00:00:00"}
    assert starts(asked(api, EVENTS, "yoga", **day)) == ["2031-03-04T23:30:00"]
    day = {"fromLocalDate": "2031-03-05T00:00:00", "toLocalDate": "2031-03-06T00:00:00"}
    assert asked(api, EVENTS, "yoga", **day) == []


def test_what_begins_at_the_end_of_the_time_is_not_in_it(api):
    first, second = starts(asked(api, TIME_SLOTS, "haircut"))[:2]
    window = {"fromLocalDate": first, "toLocalDate": second}
    assert starts(asked(api, TIME_SLOTS, "haircut", **window)) == [first]


# In which order, and how many


def test_times_come_by_their_begin_and_those_of_a_day_that_can_be_booked_come_first(serve):
    api = serve(clock=frozen_at(datetime(2031, 3, 1, 9, tzinfo=UTC)))
    api.http.post("/_mock/clock", json={"set": "2031-03-03T12:30:00Z"})
    every = asked(api, TIME_SLOTS, "haircut")
    assert starts(every) == sorted(starts(every))
    assert [one["bookable"] for one in every[:4]] == [False] * 4
    few = asked(api, TIME_SLOTS, "haircut", timeSlotsPerDay=2)
    assert starts(few)[:2] == ["2031-03-03T13:00:00", "2031-03-03T14:00:00"]
    assert starts(few) == sorted(starts(few))


def test_sessions_come_fifty_at_a_time(serve):
    site = bookings_fixtures.load("studio")
    hours = [f"+{day}d {hour:02d}" for day in (3, 4, 5) for hour in range(20)]
    sessions = [{"start": f"{at}:00", "end": f"{at}:50", "capacity": 3} for at in hours]
    site["services"]["yoga"]["sessions"] = sessions
    api = serve(site=site)
    body = {"serviceIds": [api.services["yoga"]["id"]], **EVER}
    page = api.post(EVENTS, body, "visitor-token").json()
    assert (len(page["timeSlots"]), page["pagingMetadata"]["hasNext"]) == (50, True)
    cursor = {"cursor": page["pagingMetadata"]["cursors"]["next"]}
    rest = api.post(EVENTS, {"cursorPaging": cursor}, "visitor-token").json()
    assert (len(rest["timeSlots"]), rest["pagingMetadata"]["hasNext"]) == (10, False)


# Resources and other conditions


def test_resources_are_named_where_their_type_is_asked_for(api):
    (plain,) = asked(api, TIME_SLOTS, "haircut", cursorPaging={"limit": 1})
    assert plain["availableResources"] == plain["nestedTimeSlots"] == []
    other = asked(api, TIME_SLOTS, "haircut", includeResourceTypeIds=[GUID])
    assert other[0]["availableResources"] == []
    (named, *_) = asked(api, TIME_SLOTS, "haircut", includeResourceTypeIds=[STAFF.upper()])
    ((resource,),) = [one["resources"] for one in named["availableResources"]]
    assert resource["id"] == api.services["haircut"]["resource_id"]
    assert asked(api, EVENTS, "yoga")[0]["availableResources"]


def test_another_reading_names_resources_in_any_case(serve):
    api = serve(readings={"AVAILABILITY-7": "B"})
    assert asked(api, TIME_SLOTS, "haircut")[0]["availableResources"]


def test_the_times_of_a_class_are_none_or_refused(api, serve):
    assert asked(api, TIME_SLOTS, "yoga") == []
    strict = serve(readings={"AVAILABILITY-8": "B"})
    body = {"serviceId": strict.services["yoga"]["id"], **EVER}
    answer = strict.post(TIME_SLOTS, body)
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (400, "AVAILABILITY-8")


def test_a_time_takes_as_long_as_the_customer_chooses(api):
    (slot, *_) = asked(api, TIME_SLOTS, "haircut", customerChoices={"durationInMinutes": 90})
    begin, end = (datetime.fromisoformat(slot[f"local{at}Date"]) for at in ("Start", "End"))
    assert (end - begin).total_seconds() == 90 * 60


@pytest.mark.parametrize(
    ("filter", "number"),
    [
        ({}, 20),
        ({"location.id": ["B81D4E07-2c3f-4f5a-9e60-7d1a3c5b8f24"]}, 20),
        ({"location.id": GUID}, 0),
        ({"location.type": "BUSINESS", "type": "CLASS"}, 20),
        ({"totalCapacity": {"$gt": 2}}, 8),
        ({"$and": [{"remainingCapacity": {"$lte": 2}}, {"totalCapacity": {"$ne": 1}}]}, 6),
        ({"participants.total": {"$gt": 0}}, 0),
        ({"location": {"$exists": True}, "conferencingDetails": {"$exists": False}}, 20),
        ({"recurringEventId": GUID}, 0),
        ({"resources.id": {"$hasSome": [GUID]}}, 0),
    ],
)
def test_sessions_are_filtered_as_the_calendars_events_are(api, filter, number):
    assert len(asked(api, EVENTS, "yoga", eventFilter=filter)) == number


@pytest.mark.parametrize(
    "filter",
    [{"title": "Yoga"}, {"location": {"$exists": "yes"}}, {"location": {}}, {"start": "2031"}],
)
def test_what_events_are_not_filtered_by_is_refused(api, filter):
    assert api.post(EVENTS, {**EVER, "eventFilter": filter}).status_code == 400


def test_a_field_that_old_clients_send_is_passed_over(api):
    assert len(asked(api, EVENTS, "yoga", bookable=True)) == 20


@pytest.mark.parametrize("minutes", [1, 30])
def test_a_time_is_looked_at_as_it_is_offered_only(api, minutes):
    slot = asked(api, TIME_SLOTS, "haircut")[0]
    odd = {**slot, "localEndDate": slot["localEndDate"].replace(":00:", f":{minutes:02d}:")}
    body = {key: odd[key] for key in ("serviceId", "localStartDate", "localEndDate")}
    answer = api.post(f"{TIME_SLOTS}/get", body)
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (404, "LOOKUP-3")


# The availability calendar


@pytest.mark.parametrize("spots", [2, {"$gte": 2}, {"$gte": "2"}, "2"])
def test_the_calendar_takes_what_its_samples_send(api, spots):
    filter = {"serviceId": [api.services["yoga"]["id"]], "bookable": "true", "openSpots": spots}
    answer = api.post(CALENDAR, {"query": {"filter": filter}}, "visitor-token")
    entries = answer.json()["availabilityEntries"]
    assert len(entries) == 14
    assert {entry["openSpots"] for entry in entries} == {2, 10}
    assert {entry["isFromV2"] for entry in entries} == {False}
    assert entries[0]["slot"]["resource"]["scheduleId"]


def test_a_bound_that_the_clocks_leave_out_moves_on_with_them(serve):
    api = serve(clock=frozen_at(SPRING))
    api.http.post("/_mock/reset", json={"now": "2027-03-25T09:00:00Z"})
    filter = {
        "serviceId": api.services["haircut"]["id"],
        "startDate": "2027-03-28T01:00:00",
        "endDate": "2027-03-28T03:00:00",
    }
    body = {"query": {"filter": filter}, "timezone": "Europe/Dublin"}
    (entry,) = api.post(CALENDAR, body).json()["availabilityEntries"]
    assert entry["slot"]["startDate"] == "2027-03-28T02:00:00.000+01:00"


# When the clocks change


def of_the_night(api, day):
    window = {"fromLocalDate": f"{day}T00:00:00", "toLocalDate": f"{day}T04:00:00"}
    return [
        (one["localStartDate"][11:16], one["localEndDate"][11:16])
        for one in asked(api, TIME_SLOTS, "haircut", **window)
    ]


@pytest.mark.parametrize(
    ("letter", "now", "day", "night"),
    [
        ("A", AUTUMN, "2027-10-31", [("00:00", "01:00"), ("02:00", "03:00"), ("03:00", "04:00")]),
        ("A", SPRING, "2027-03-28", [("00:00", "02:00"), ("02:00", "03:00"), ("03:00", "04:00")]),
        (
            "B",
            AUTUMN,
            "2027-10-31",
            [("00:00", "01:00"), ("01:00", "02:00"), ("02:00", "03:00"), ("03:00", "04:00")],
        ),
        ("B", SPRING, "2027-03-28", [("02:00", "03:00"), ("03:00", "04:00")]),
    ],
)
def test_the_night_that_the_clocks_change(serve, letter, now, day, night):
    api = serve(clock=frozen_at(now), readings={"AVAILABILITY-10": letter})
    assert of_the_night(api, day) == night


def test_an_hour_over_the_change_is_booked_as_it_is_shown(serve):
    api = serve(clock=frozen_at(SPRING))
    slot = {
        "serviceId": api.services["haircut"]["id"],
        "scheduleId": api.services["haircut"]["schedule_id"],
        "startDate": "2027-03-28T00:00:00",
        "endDate": "2027-03-28T02:00:00",
        "timezone": "Europe/Dublin",
    }
    booking = {"bookedEntity": {"slot": slot}, "totalParticipants": 1}
    made = api.done(api.post("/bookings/v2/bookings", {"booking": booking}))
    assert (made["startDate"], made["endDate"]) == (
        "2027-03-28T00:00:00.000Z",
        "2027-03-28T01:00:00.000Z",
    )


def test_a_session_that_the_clocks_leave_out_is_refused_with_a_word(serve):
    site = bookings_fixtures.load("studio")
    gap = {"start": "+3d 01:30", "end": "+3d 02:30", "capacity": 4}
    site["services"]["yoga"]["sessions"] = [gap]
    with pytest.raises(SiteError, match=r"services\.yoga: '\+3d 01:30' is 2027-03-28 01:30, which"):
        serve(site=site, clock=frozen_at(SPRING))


def test_a_server_that_runs_on_moves_such_a_session_with_the_clocks(serve):
    site = bookings_fixtures.load("studio")
    gap = {"start": "+3d 01:30", "end": "+3d 03:30", "capacity": 4}
    site["services"]["yoga"]["sessions"] = [gap]
    api = serve(site=site, clock=frozen_at(AUTUMN))
    api.http.post("/_mock/reset", json={"now": "2027-03-25T09:00:00Z"})
    assert starts(asked(api, EVENTS, "yoga")) == ["2027-03-28T02:30:00"]


def test_a_world_begins_at_the_hour_that_it_is_reset_to(api):
    api.http.post("/_mock/reset?world=then", json={"now": "2031-03-27T12:00:00Z"})
    shown = api.http.get("/_mock/site?world=then").json()
    assert shown["site"]["now"].startswith("2031-03-27T12:00")
    assert shown["services"]["yoga"]["sessions"][0]["start"].startswith("2031-03-30")
    wrong = api.http.post("/_mock/reset?world=then", json={"now": "tomorrow"})
    assert wrong.status_code == 400
