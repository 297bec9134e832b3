"""Several appointments in a row, ends that customers choose, and what is left of a course."""

from datetime import UTC, datetime

import pytest

from bookings_mock.clock import frozen_at

ROWS = "/_api/service-availability/v2/multi-service-time-slots"
ENDS = "/service-availability/v2/time-slots/end-options"
SLOTS = "/_api/service-availability/v2/time-slots"
SCHEDULE = "/v2/availability/schedule"
STAFF = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"
QUAY = {"locationType": "BUSINESS", "id": "3f0c7a52-94d1-4c1b-8a6e-5b7de2f4c901"}
DAY = {"fromLocalDate": "2031-03-03T00:00:00", "toLocalDate": "2031-03-04T00:00:00"}
ZONE = {"timeZone": "Europe/Dublin"}


@pytest.fixture
def here(serve):
    return serve(clock=frozen_at(datetime(2031, 3, 1, 9, tzinfo=UTC)))


def services(api, *names, **more):
    return [{"serviceId": api.services[name]["id"], **more} for name in names]


def rows(api, *names, status=200, **more):
    body = {"services": services(api, *names), **DAY, **ZONE, "location": QUAY, **more}
    answer = api.post(ROWS, body, "visitor-token")
    assert answer.status_code == status, answer.text
    return answer.json()


def times(slots):
    return [(one["localStartDate"][11:16], one["localEndDate"][11:16]) for one in slots]


def book(api, service, start, end):
    slot = {
        "serviceId": api.services[service]["id"],
        "startDate": start,
        "endDate": end,
        "timezone": "Europe/Dublin",
        "resource": {"id": api.services[service]["resource_id"]},
    }
    body = {"booking": {"bookedEntity": {"slot": slot}, "totalParticipants": 1}}
    return api.done(api.act(api.done(api.post("/bookings/v2/bookings", body)), "confirm"))


def test_each_begins_when_the_one_before_it_ends(here):
    (first, *_) = rows(here, "haircut", "consultation")["timeSlots"]
    assert times([first]) == [("09:00", "10:45")]
    assert times(first["nestedTimeSlots"]) == [("09:00", "10:00"), ("10:00", "10:45")]
    assert (first["bookable"], first["totalCapacity"], first["availableResources"]) == (True, 1, [])
    assert "serviceId" not in first
    assert first["nestedTimeSlots"][1]["scheduleId"] == here.services["consultation"]["schedule_id"]


def test_a_time_that_one_of_them_is_taken_at_is_none(here):
    book(here, "consultation", "2031-03-03T10:00:00", "2031-03-03T10:45:00")
    shown = times(rows(here, "haircut", "consultation")["timeSlots"])
    assert shown[:2] == [("10:00", "11:45"), ("11:00", "12:45")]


def test_a_row_is_over_by_the_end_of_the_time(here):
    window = {"fromLocalDate": "2031-03-03T09:00:00", "toLocalDate": "2031-03-03T11:00:00"}
    assert times(rows(here, "haircut", "consultation", **window)["timeSlots"]) == [
        ("09:00", "10:45")
    ]


def test_rows_come_page_by_page_and_so_many_a_day(here):
    every = rows(here, "haircut", "trial")["timeSlots"]
    page = rows(here, "haircut", "trial", cursorPaging={"limit": 2})
    seen, paging = page["timeSlots"], page["cursorPagingMetadata"]
    while paging["hasNext"]:
        cursor = {"cursorPaging": {"cursor": paging["cursors"]["next"], "limit": 2}}
        page = here.post(ROWS, cursor, "visitor-token").json()
        seen, paging = [*seen, *page["timeSlots"]], page["cursorPagingMetadata"]
    assert seen == every
    assert len(rows(here, "haircut", "trial", timeSlotsPerDay=1)["timeSlots"]) == 1


def test_all_of_them_are_at_the_place_and_with_those_who_are_asked_for(here):
    elsewhere = {"locationType": "CUSTOMER"}
    assert rows(here, "haircut", "trial", location=elsewhere)["timeSlots"] == []
    asked = [
        *services(here, "haircut", includeResourceTypeIds=[STAFF]),
        *services(here, "trial", resourceTypes=[{"resourceIds": [STAFF]}]),
    ]
    assert rows(here, services=asked)["timeSlots"] == []
    (first, *_) = rows(here, services=[asked[0], *services(here, "trial")])["timeSlots"]
    named, unnamed = (one["availableResources"] for one in first["nestedTimeSlots"])
    assert named[0]["resources"][0]["id"] == here.services["haircut"]["resource_id"]
    assert unnamed == []


def test_one_row_is_looked_at_with_all_who_are_free(here):
    body = {"services": services(here, "haircut", "trial"), **ZONE, "location": QUAY}
    times_of = {"localStartDate": "2031-03-03T09:00:00", "localEndDate": "2031-03-03T10:45:00"}
    slot = here.post(f"{ROWS}/get", {**body, **times_of}).json()["timeSlot"]
    assert all(one["availableResources"] for one in slot["nestedTimeSlots"])
    odd = {**times_of, "localEndDate": "2031-03-03T10:50:00"}
    answer = here.post(f"{ROWS}/get", {**body, **odd})
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (404, "LOOKUP-3")


@pytest.mark.parametrize("number", [1, 41])
def test_a_row_is_of_two_to_forty(here, number):
    rows(here, status=400, services=services(here, *["haircut"] * number))


# Ends


def ends(api, service="rehearsal", start="2031-03-03T08:00:00", **more):
    named = {"serviceId": api.services[service]["id"], "localStartDate": start}
    return api.post(ENDS, {**named, **ZONE, "location": QUAY, **more}, "visitor-token")


def test_an_end_is_chosen_from_the_shortest_time_to_the_longest(here):
    answer = ends(here).json()
    assert times(answer["endOptions"]) == [
        ("08:00", "09:00"),
        ("08:00", "10:00"),
        ("08:00", "11:00"),
    ]
    assert {str(one["availableResources"]) for one in answer["endOptions"]} == {"[]"}
    early = ends(here, maxLocalEndDate="2031-03-03T10:45:00").json()["endOptions"]
    assert times(early) == [("08:00", "09:00"), ("08:00", "10:00")]
    late = ends(here, maxLocalEndDate="2031-03-03T20:00:00").json()["endOptions"]
    assert late == answer["endOptions"]


def test_no_end_is_offered_beyond_what_is_booked(here):
    book(here, "rehearsal", "2031-03-03T10:00:00", "2031-03-03T11:00:00")
    assert times(ends(here).json()["endOptions"]) == [("08:00", "09:00"), ("08:00", "10:00")]


def test_a_chosen_end_makes_a_time_that_can_be_looked_at_and_booked(here):
    named = {"serviceId": here.services["rehearsal"]["id"], **ZONE}
    body = {**named, "localStartDate": "2031-03-03T08:00:00"}
    chosen = here.post(f"{SLOTS}/get", {**body, "localEndDate": "2031-03-03T09:30:00"})
    assert chosen.json()["timeSlot"]["bookable"]
    long = here.post(f"{SLOTS}/get", {**body, "localEndDate": "2031-03-03T12:00:00"})
    assert long.status_code == 404
    book(here, "rehearsal", "2031-03-03T08:00:00", "2031-03-03T09:30:00")


def test_a_service_of_fixed_length_has_no_ends_to_choose(here):
    answer = ends(here, "haircut")
    assert answer.status_code == 400
    code = answer.json()["details"]["applicationError"]["code"]
    assert code == "END_OPTIONS_NOT_SUPPORTED"


def test_a_service_shows_that_its_length_is_chosen(here):
    path = f"/bookings/v2/services/{here.services['rehearsal']['id']}"
    shown = here.http.get(path, headers={"authorization": "visitor-token"}).json()["service"]
    constraints = shown["schedule"]["availabilityConstraints"]
    hours = {"minDurationInMinutes": 60, "maxDurationInMinutes": 180}
    assert constraints["durationRange"] == {"unitType": "HOUR", "hourOptions": hours}
    assert constraints["sessionDurations"] == []


# Courses


def left(api, schedule):
    headers = {"authorization": "visitor-token"}
    return api.http.get(f"{SCHEDULE}/{schedule}", headers=headers)


def test_what_is_left_of_a_course_follows_its_bookings(here):
    schedule = here.services["choir"]["schedule_id"]
    assert left(here, schedule).json()["availability"]["openSpots"] == 2
    here.done(here.act(here.booked("choir"), "confirm"))
    shown = left(here, schedule).json()["availability"]
    assert (shown["totalSpots"], shown["openSpots"]) == (2, 1)
    assert shown["bookingPolicyViolations"]["bookOnlineDisabled"] is False


@pytest.mark.parametrize("service", ["yoga", "haircut"])
def test_only_courses_are_left_as_a_whole(here, service):
    answer = left(here, here.services[service]["schedule_id"])
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (404, "LOOKUP-3")
