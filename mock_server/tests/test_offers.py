"""What a client needs before it can book: services, availability and time slots."""

from datetime import UTC, datetime

import pytest

from bookings_mock.clock import frozen_at

SERVICES = "/_api/bookings/v2/services"
CALENDAR = "/availability-calendar/v1/availability/query"
TIME_SLOTS = "/_api/service-availability/v2/time-slots"
EVER = {"startDate": "2020-01-01T00:00:00.000Z", "endDate": "2099-01-01T00:00:00.000Z"}
EVER_LOCAL = {"fromLocalDate": "2020-01-01T00:00:00", "toLocalDate": "2099-01-01T00:00:00"}
STAFF = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"
GUID = "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"


def available(api, service, token="visitor-token", timezone=None, most=None, **more):
    filter = {"serviceId": [api.services[service]["id"]], **EVER, **more}
    body = {"query": {"filter": filter}, "timezone": timezone, "slotsPerDay": most}
    answer = api.post(CALENDAR, {k: v for k, v in body.items() if v is not None}, token)
    assert answer.status_code == 200, answer.text
    return answer.json()["availabilityEntries"]


def listed(api, path, token="visitor-token", **body):
    answer = api.post(path, {**EVER_LOCAL, **body}, token)
    assert answer.status_code == 200, answer.text
    return answer.json()["timeSlots"]


def times(api, service="haircut", **body):
    return listed(api, TIME_SLOTS, serviceId=api.services[service]["id"], **body)


def events(api, service="yoga", **body):
    return listed(api, f"{TIME_SLOTS}/event", serviceIds=[api.services[service]["id"]], **body)


def book(api, slot, token="visitor-token"):
    booking = {"bookedEntity": {"slot": slot}, "totalParticipants": 1}
    return api.post("/bookings/v2/bookings", {"booking": booking}, token)


# Services


@pytest.mark.parametrize("token", ["owner-token", "app-token", "member-token", "visitor-token"])
def test_everybody_may_look_at_the_services(api, token):
    body = {"query": {"filter": {"type": "CLASS"}, "paging": {"limit": 2, "offset": 1}}}
    found = api.post(f"{SERVICES}/query", body, token).json()
    assert [one["type"] for one in found["services"]] == ["CLASS", "CLASS"]
    assert found["pagingMetadata"]["offset"] == 1
    assert found["pagingMetadata"]["total"] > 2


def test_an_app_without_a_scope_sees_no_services(api):
    answer = api.post(f"{SERVICES}/query", {"query": {}}, "stranger-token")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ({"name": "Yoga"}, ["Yoga"]),
        ({"name": {"$in": ["Yoga", "Haircut"]}}, ["Haircut", "Yoga"]),
        ({"$and": [{"type": "CLASS"}, {"onlineBooking.requireManualApproval": True}]}, None),
        ({"hidden": True}, []),
    ],
)
def test_services_are_filtered(api, filter, names):
    found = api.post(f"{SERVICES}/query", {"query": {"filter": filter}}).json()["services"]
    if names is None:
        assert {one["type"] for one in found} == {"CLASS"}
    else:
        assert [one["name"] for one in found] == names


@pytest.mark.parametrize(
    "query",
    [
        {"filter": {"colour": "red"}},
        {"filter": {"name": {"$regex": "x"}}},
        {"sort": [{"fieldName": "colour"}]},
        {"paging": {"limit": 101}},
    ],
)
def test_a_query_that_services_do_not_know_is_refused(api, query):
    answer = api.post(f"{SERVICES}/query", {"query": query})
    assert answer.status_code == 400
    assert answer.json()["details"]["validationError"]["fieldViolations"]


def test_services_are_sorted(api):
    query = {"sort": [{"fieldName": "name", "order": "DESC"}]}
    found = api.post(f"{SERVICES}/query", {"query": query}).json()["services"]
    names = [one["name"] for one in found]
    assert names == sorted(names, reverse=True)


@pytest.mark.parametrize("prefix", ["/_api/bookings", "/bookings"])
def test_a_service_says_how_it_is_booked(api, prefix):
    facts = api.services["haircut"]
    path = f"{prefix}/v2/services/{facts['id'].upper()}"
    service = api.http.get(path, headers={"authorization": "visitor-token"}).json()["service"]
    assert (service["id"], service["type"]) == (facts["id"], "APPOINTMENT")
    assert service["schedule"]["id"] == facts["schedule_id"]
    assert service["schedule"]["availabilityConstraints"]["sessionDurations"] == [60]
    assert service["staffMemberIds"] == [facts["resource_id"]]
    assert service["locations"][0]["type"] == "BUSINESS"


def test_an_unknown_service_is_not_found(api):
    answer = api.http.get(f"{SERVICES}/{GUID}", headers={"authorization": "owner-token"})
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (404, "LOOKUP-3")
    assert answer.json()["details"]["applicationError"]["code"] == "SERVICE_NOT_FOUND"


# The availability calendar


@pytest.mark.parametrize("service", ["haircut", "yoga", "massage", "consultation"])
def test_a_slot_is_passed_to_create_booking_as_it_is(api, service):
    entry = available(api, service, bookable=True)[0]
    answer = book(api, entry["slot"])
    assert answer.status_code == 200, answer.text
    held = answer.json()["booking"]["bookedEntity"]["slot"]
    assert held["serviceId"] == api.services[service]["id"]


def test_a_slot_of_another_time_zone_is_the_same_moment(api):
    entry = available(api, "haircut", timezone="Asia/Tokyo")[0]
    assert entry["slot"]["timezone"] == "Asia/Tokyo"
    assert entry["slot"]["startDate"].endswith("+09:00")
    booked = book(api, entry["slot"]).json()["booking"]["startDate"]
    first = datetime.fromisoformat(entry["slot"]["startDate"])
    assert datetime.fromisoformat(booked) == first


def test_open_spots_follow_the_bookings_that_hold_seats(api):
    session = api.session(capacity=10)["id"]

    def spots():
        every = available(api, "yoga")
        return next(e["openSpots"] for e in every if e["slot"]["sessionId"] == session)

    booking = api.booked(session={"capacity": 10}, participants=3)
    assert spots() == 10
    booking = api.done(api.act(booking, "confirm"))
    assert spots() == 7
    api.done(api.act(booking, "cancel"))
    assert spots() == 10


def test_a_booked_time_is_shown_as_taken_and_comes_last(api):
    first = available(api, "haircut")[0]
    api.done(api.act(api.done(book(api, first["slot"])), "confirm"))
    entries = available(api, "haircut")
    taken = entries[-1]
    assert taken["slot"]["startDate"] == first["slot"]["startDate"]
    assert (taken["bookable"], taken["openSpots"]) == (False, 0)
    left = available(api, "haircut", bookable=True)
    assert len(left) == len(entries) - 1
    assert len(available(api, "haircut", openSpots=1)) == len(left)


def test_a_resource_is_taken_for_every_service_that_needs_it(api):
    first = available(api, "haircut")[0]["slot"]
    api.done(api.act(api.done(book(api, first)), "confirm"))
    taken = [e["slot"]["startDate"] for e in available(api, "beard-trim", bookable=False)]
    assert taken == [first["startDate"]]


def test_what_is_closed_or_has_begun_says_why(serve):
    api = serve(clock=frozen_at(datetime(2031, 3, 1, 9, tzinfo=UTC)))
    (closed, *_) = available(api, "gala")
    assert not closed["bookable"]
    assert closed["bookingPolicyViolations"]["bookOnlineDisabled"]
    api.http.post("/_mock/clock", json={"advance": "P30D"})
    begun = available(api, "yoga", **{"bookingPolicyViolations.tooLateToBook": True})
    assert len(begun) == len(api.services["yoga"]["sessions"])
    assert not any(entry["bookable"] for entry in begun)


def test_a_booking_window_opens_and_closes(serve):
    import bookings_fixtures

    site = bookings_fixtures.load("studio")
    window = {"book_from_minutes": 3 * 24 * 60, "book_until_minutes": 60}
    site["services"]["yoga"]["policy"] = {"book": "open", **window}
    api = serve(site=site, clock=frozen_at(datetime(2031, 3, 1, 12, 30, tzinfo=UTC)))
    entries = available(api, "yoga")
    early = [e for e in entries if e["bookingPolicyViolations"]["tooEarlyToBook"]]
    assert 0 < len(early) < len(entries)
    assert not any(entry["bookable"] for entry in early)
    assert all(entry["bookable"] for entry in entries if entry not in early)
    assert book(api, early[0]["slot"]).status_code == 403
    first = events(api, bookingPolicyViolations={"tooEarlyToBook": True})[0]
    assert first["bookingPolicyViolations"]["earliestBookingDate"]


def test_slots_are_those_within_the_range_and_so_many_a_day(api):
    every = available(api, "haircut")
    assert len(every) == 40
    assert len(available(api, "haircut", most=1)) == 3
    start, end = every[1]["slot"]["startDate"], every[3]["slot"]["endDate"]
    within = available(api, "haircut", startDate=start, endDate=end)
    assert [e["slot"]["startDate"] for e in within] == [e["slot"]["startDate"] for e in every[1:4]]


def test_several_services_and_one_resource_are_asked_for(api):
    ids = [api.services[name]["id"] for name in ("haircut", "yoga")]
    both = available(api, "haircut", serviceId=ids)
    assert {entry["slot"]["serviceId"] for entry in both} == set(ids)
    resource = api.services["yoga"]["resource_id"]
    one = available(api, "haircut", serviceId=ids, resourceId=resource)
    assert {entry["slot"]["serviceId"] for entry in one} == {ids[1]}


def test_a_course_has_no_slots(api):
    assert available(api, "spanish") == []


@pytest.mark.parametrize(
    "change",
    [
        {"serviceId": None},
        {"startDate": "tomorrow"},
        {"startDate": {"$gte": "2031-01-01T00:00:00Z"}},
        {"bookable": {"$eq": True}},
        {"bookable": "yes"},
        {"openSpots": True},
        {"serviceId": 7},
        {"scheduleId": GUID},
        {"openSpots": {"$lt": 2}},
        {"openSpots": {"$gte": "many"}},
        {"bookable": "perhaps"},
        {"$and": []},
    ],
)
def test_the_calendar_knows_equality_of_its_own_fields_only(api, change):
    asked = {"serviceId": api.services["yoga"]["id"], **EVER, **change}
    filter = {k: v for k, v in asked.items() if v is not None}
    answer = api.post(CALENDAR, {"query": {"filter": filter}})
    assert answer.status_code == 400
    assert answer.json()["details"]["validationError"]["fieldViolations"][0]["field"]


@pytest.mark.parametrize(
    "body",
    [
        {"timezone": "Mars/Olympus"},
        {"slotsPerDay": 0},
        {"query": {"sort": [{"fieldName": "bookable"}]}},
        {"query": {"sort": {"fieldName": "bookable"}}},
    ],
)
def test_an_odd_question_to_the_calendar_is_refused(api, body):
    filter = {"serviceId": api.services["yoga"]["id"], **EVER}
    plain = {"query": {"filter": filter}}
    assert api.post(CALENDAR, plain).status_code == 200
    odd = {**body, "query": {**plain["query"], **body.get("query", {})}}
    assert api.post(CALENDAR, odd).status_code == 400


@pytest.mark.parametrize(
    "sort",
    [
        [{"fieldName": "slot.startDate", "order": "DESC"}],
        [{"fieldName": "startDate", "order": "DESC"}],
        {"fieldName": "startTime", "order": "DESC"},
    ],
)
def test_the_calendar_can_be_turned_round(api, sort):
    filter = {"serviceId": api.services["yoga"]["id"], **EVER}
    found = api.post(CALENDAR, {"query": {"filter": filter, "sort": sort}}).json()
    starts = [entry["slot"]["startDate"] for entry in found["availabilityEntries"]]
    assert starts == sorted(starts, reverse=True)


# Time slots


def test_a_time_slot_leads_to_a_booking_of_its_wall_time(api):
    body = {"serviceId": api.services["haircut"]["id"], **EVER_LOCAL}
    answer = api.post(TIME_SLOTS, {**body, "includeResourceTypeIds": [STAFF]})
    slot, zone = answer.json()["timeSlots"][0], answer.json()["timeZone"]
    assert zone == "Europe/Dublin"
    assert (slot["bookable"], slot["location"]["locationType"]) == (True, "BUSINESS")
    wanted = {
        "serviceId": slot["serviceId"],
        "scheduleId": slot["scheduleId"],
        "startDate": slot["localStartDate"],
        "endDate": slot["localEndDate"],
        "timezone": zone,
        "resource": slot["availableResources"][0]["resources"][0],
        "location": {**slot["location"], "locationType": "OWNER_BUSINESS"},
    }
    booking = api.done(book(api, wanted))
    api.done(api.act(booking, "confirm"))
    assert slot["localStartDate"] not in [one["localStartDate"] for one in times(api)]
    asked = {key: slot[key] for key in ("serviceId", "localStartDate", "localEndDate")}
    taken = api.post(f"{TIME_SLOTS}/get", asked).json()["timeSlot"]
    assert not taken["bookable"]
    assert taken["nonBookableReasons"]["noRemainingCapacity"]
    assert taken["availableResources"] == []


def test_a_cursor_walks_through_all_time_slots_once(api):
    body = {"serviceId": api.services["haircut"]["id"], **EVER_LOCAL}
    seen, paging = [], {"limit": 15}
    while True:
        answer = api.post(TIME_SLOTS, {**body, "cursorPaging": paging}).json()
        seen += [slot["localStartDate"] for slot in answer["timeSlots"]]
        if not answer["cursorPagingMetadata"]["hasNext"]:
            break
        cursor = answer["cursorPagingMetadata"]["cursors"]["next"]
        body, paging = {}, {"limit": 15, "cursor": cursor}
    assert seen == [slot["localStartDate"] for slot in times(api)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"serviceId": GUID},
        {"serviceId": GUID, **EVER_LOCAL, "fromLocalDate": "2031-02-30T00:00:00"},
        {"serviceId": GUID, **EVER_LOCAL, "fromLocalDate": "2031-02-28T00:00:00Z"},
        {"serviceId": GUID, **EVER_LOCAL, "timeZone": "Mars/Olympus"},
        {"cursorPaging": {"cursor": "nonsense"}},
        {"cursorPaging": {"limit": 5}},
    ],
)
def test_an_odd_question_for_time_slots_is_refused(api, body):
    assert api.post(TIME_SLOTS, body).status_code == 400


def test_time_slots_are_filtered_by_place_resource_and_policy(api):
    every = times(api)
    place = {"locationType": "BUSINESS", "id": every[0]["location"]["id"]}
    resource = api.services["haircut"]["resource_id"]
    assert times(api, locations=[place]) == every
    assert times(api, locations=[{"locationType": "CUSTOMER"}]) == []
    assert times(api, resourceTypes=[{"resourceIds": [resource]}]) == every
    assert times(api, resourceTypes=[{"resourceIds": [GUID]}]) == []
    assert times(api, bookable=False) == []
    assert times(api, bookingPolicyViolations={"tooLateToBook": False}) == every
    assert len(times(api, timeSlotsPerDay=1)) == 3
    assert times(api, "yoga") == []


def test_one_time_slot_is_looked_at(api):
    slot = times(api, includeResourceTypeIds=[STAFF])[2]
    asked = {
        "serviceId": slot["serviceId"],
        "localStartDate": slot["localStartDate"],
        "localEndDate": slot["localEndDate"],
    }
    assert api.post(f"{TIME_SLOTS}/get", asked).json()["timeSlot"] == slot
    night = {**asked, "localStartDate": "2099-01-01T00:00:00", "localEndDate": "2099-01-01T01:00"}
    for wrong in (night, {**asked, "location": {"locationType": "CUSTOMER"}}):
        answer = api.post(f"{TIME_SLOTS}/get", wrong)
        assert answer.status_code == 404
        assert answer.json()["details"]["applicationError"]["code"] == "SLOT_NOT_FOUND"


def test_class_sessions_are_event_time_slots(api):
    full = api.booked(session={"capacity": 1})
    api.done(api.act(full, "confirm"))
    sessions = api.services["yoga"]["sessions"]
    assert len(events(api)) == len(sessions)
    assert len(events(api, includeNonBookable=False)) == len(sessions) - 1
    assert {one["totalCapacity"] for one in events(api, minBookableCapacity=3)} == {10}
    wanted = sessions[5]["id"]
    (one,) = events(api, eventFilter={"id": wanted})
    path = f"{TIME_SLOTS}/event/{wanted}"
    again = api.http.get(path, headers={"authorization": "member-token"}).json()
    assert again["timeSlot"] == one
    assert (one["eventInfo"]["eventId"], one["eventInfo"]["eventTitle"]) == (wanted, "Yoga")


def test_an_event_filter_of_other_fields_is_refused(api):
    body = {**EVER_LOCAL, "eventFilter": {"colour": "red"}}
    assert api.post(f"{TIME_SLOTS}/event", body).status_code == 400


@pytest.mark.parametrize("service", [None, "spanish"])
def test_only_class_sessions_are_looked_at_as_events(api, service):
    event = api.services[service]["sessions"][0]["id"] if service else GUID
    path = f"{TIME_SLOTS}/event/{event}"
    answer = api.http.get(path, headers={"authorization": "owner-token"})
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (404, "LOOKUP-3")
