"""Policies, prices, the calendar, forms and what older clients ask, each as a client meets it."""

import pytest

from .conftest import code

POLICIES = "/bookings/v1/booking-policies"
EVENTS = "/calendar/v3/events"
SESSIONS = "/bookings/v2/calendar/sessions"
BUSINESS = "4e0579a5-491e-4e70-a872-d097eed6e520"
DEFAULT_FORM = "00000000-0000-0000-0000-000000000000"
GUID = "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"


def get(api, path, token="visitor-token"):
    answer = api.http.get(path, headers={"authorization": token})
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(api, path, request, token="visitor-token"):
    answer = api.post(path, request, token)
    assert answer.status_code == 200, answer.text
    return answer.json()


# Policies


def policies(api, **filter):
    return found(api, f"{POLICIES}/query", {"query": {"filter": filter}})["bookingPolicies"]


def test_one_policy_is_the_default_until_another_is_made_it(api):
    (default,) = policies(api, default=True)
    others = policies(api, default=False)
    path = f"{POLICIES}/{others[0]['id']}:setDefault"
    answer = found(api, path, {}, "owner-token")
    assert answer["currentDefaultBookingPolicy"]["id"] == others[0]["id"]
    assert answer["previousDefaultBookingPolicy"]["id"] == default["id"]
    assert [one["id"] for one in policies(api, default=True)] == [others[0]["id"]]
    assert found(api, path, {}, "owner-token")["currentDefaultBookingPolicy"]["revision"] == "2"
    assert api.post(path, {}, "visitor-token").status_code == 403


def test_the_strictest_of_policies_has_no_id(api):
    every = policies(api)
    ids = [one["id"] for one in every]
    asked = {"bookingPolicyIds": ids}
    strictest = found(api, f"{POLICIES}/strictest", asked)["bookingPolicy"]
    assert strictest["id"] is None
    assert strictest["cancellationPolicy"]["enabled"] is False
    alone = {"bookingPolicyIds": [ids[0]]}
    assert found(api, f"{POLICIES}/strictest", alone)["bookingPolicy"]["cancellationPolicy"][
        "enabled"
    ]
    assert api.post(f"{POLICIES}/strictest", {"bookingPolicyIds": [GUID]}).status_code == 404


def test_the_policy_that_a_booking_was_made_under_can_be_read(api):
    booking = api.booked("massage")
    path = "/_api/booking-policy-snapshots/v1/policy-snapshots"
    answer = get(api, f"{path}?bookingIds={booking['id']}", "owner-token")
    (one,) = answer["bookingPolicySnapshots"]
    assert one["bookingId"] == booking["id"]
    assert one["policy"]["cancellationPolicy"]["enabled"] is False
    answer = api.http.get(f"{path}?bookingIds={GUID}", headers={"authorization": "owner-token"})
    assert answer.status_code == 404
    assert get(api, "/_api/booking-fees/v1/booking-fees", "owner-token")["bookingFees"] == []


# Prices


PREVIEW = "/bookings/v2/pricing/v2/pricing/preview"


def test_a_price_is_that_of_all_participants(api):
    line = {"serviceId": api.services["haircut"]["id"], "numberOfParticipants": 2}
    price = found(api, PREVIEW, {"bookingLineItems": [line]})["priceInfo"]
    assert price["calculatedPrice"] == 71
    assert price["bookingLineItems"][0]["pricePerParticipant"] == 35.5


def test_a_price_is_told_for_each_choice(api):
    facts = api.services["pilates"]
    option = facts["choices"][0]
    chosen = [
        {
            "numberOfParticipants": number,
            "choices": [{"optionId": option["option_id"], "custom": value}],
        }
        for number, value in enumerate(option["values"][:2], 1)
    ]
    line = {"serviceId": facts["id"], "serviceChoices": chosen}
    price = found(api, PREVIEW, {"bookingLineItems": [line]})["priceInfo"]
    assert price["calculatedPrice"] == 3 * float(facts["price"]["amount"])
    assert len(price["bookingLineItems"][0]["serviceChoices"]) == 2


def test_a_booking_has_a_price(api):
    slot = {"serviceId": api.services["haircut"]["id"]}
    booking = {"bookedEntity": {"slot": slot}, "totalParticipants": 1}
    answer = found(api, "/bookings/v2/pricing/calculate", {"booking": booking})
    assert answer["priceInfo"]["calculatedPrice"] == 35.5


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        ([{"serviceId": GUID, "numberOfParticipants": 1}], 428, "FAILED_RESOLVING_SERVICE"),
        ([{"serviceId": "yoga"}], 400, "NUMBER_OF_PARTICIPANTS_NOT_FOUND"),
        (
            [{"serviceId": name, "numberOfParticipants": 1} for name in ("yoga", "salsa")],
            400,
            "INVALID_SERVICE_ID",
        ),
    ],
)
def test_what_has_no_price_is_refused(api, lines, status, code):
    ids = {name: facts["id"] for name, facts in api.services.items()}
    named = [{**one, "serviceId": ids.get(one["serviceId"], one["serviceId"])} for one in lines]
    answer = api.post(PREVIEW, {"bookingLineItems": named})
    assert answer.status_code == status, answer.text
    assert answer.json()["details"]["applicationError"]["code"] == code


# The calendar


def events(api, service="yoga", token="visitor-token", **more):
    filter = {"scheduleId": api.services[service]["schedule_id"]}
    return found(api, f"{EVENTS}/query", {"query": {"filter": filter}, **more}, token)["events"]


def test_events_of_a_schedule_tell_how_many_places_are_left(api):
    before = events(api)
    session = api.session(capacity=10)
    booking = api.booked(session={"capacity": 10}, participants=3)
    api.done(api.act(booking, "confirm"))
    after = {one["id"]: one["remainingCapacity"] for one in events(api)}
    assert after[session["id"]] == 7
    assert [one["id"] for one in before] == list(after)
    starts = [one["start"]["utcDate"] for one in before]
    assert starts == sorted(starts)


def test_who_takes_part_is_told_to_the_business_when_it_asks(api):
    session = api.session(capacity=10)
    api.done(api.act(api.booked(session={"capacity": 10}), "confirm"))
    path = f"{EVENTS}/{session['id']}"
    assert "participants" not in get(api, path, "owner-token")["event"]
    assert "participants" not in get(api, f"{path}?fields=PI_FIELDS")["event"]
    told = get(api, f"{path}?fields=PI_FIELDS", "owner-token")["event"]["participants"]
    assert (told["total"], told["list"][0]["name"]) == (1, "Ada")


def test_events_are_those_that_overlap_a_time_by_the_clocks_that_are_named(api):
    one = events(api, timeZone="Asia/Tokyo")[0]
    assert one["adjustedStart"]["timeZone"] == "Asia/Tokyo"
    start, end = one["adjustedStart"]["localDate"], one["adjustedEnd"]["localDate"]
    bounds = {"fromLocalDate": start[:16], "toLocalDate": end[:16], "timeZone": "Asia/Tokyo"}
    assert one["id"] in [other["id"] for other in events(api, **bounds)]
    later = {"fromLocalDate": end, "toLocalDate": end, "timeZone": "Asia/Tokyo"}
    assert events(api, **later) == []
    assert events(api, recurrenceType=["MASTER"]) == []


def test_an_appointment_is_an_event_once_it_is_booked(api):
    assert events(api, "haircut") == []
    booking = api.done(api.act(api.booked("haircut"), "confirm"))
    (one,) = events(api, "haircut")
    assert one["type"] == "APPOINTMENT"
    assert one["id"] == booking["bookedEntity"]["slot"]["eventId"]


def test_events_are_paged_by_cursors(api):
    every = found(
        api, f"{EVENTS}/query", {"query": {"sort": [{"fieldName": "end", "order": "DESC"}]}}
    )
    ids = [one["id"] for one in every["events"]]
    first = {"sort": [{"fieldName": "end", "order": "DESC"}], "cursorPaging": {"limit": 4}}
    answer = found(api, f"{EVENTS}/query", {"query": first})
    met = [one["id"] for one in answer["events"]]
    cursor = answer["pagingMetadata"]["cursors"]["next"]
    answer = found(api, f"{EVENTS}/query", {"query": {"cursorPaging": {"cursor": cursor}}})
    assert (met + [one["id"] for one in answer["events"]])[:8] == ids[:8]


def test_schedules_are_those_of_the_business_its_services_and_its_resources(api):
    asked = {"query": {"filter": {"externalId": BUSINESS}}}
    (one,) = found(api, "/calendar/v3/schedules/query", asked)["schedules"]
    assert one["status"] == "ACTIVE"
    facts = api.services["spanish"]
    got = get(api, f"/calendar/v3/schedules/{facts['schedule_id']}")["schedule"]
    assert got["externalId"] == facts["id"]


def test_sessions_of_the_earlier_calendar_are_found_by_their_schedule(api):
    facts = api.services["yoga"]
    filter = {"scheduleId": facts["schedule_id"], "remainingCapacity": {"$gte": 2}}
    asked = {
        "fromDate": "2020-01-01T00:00:00Z",
        "toDate": "2099-01-01T00:00:00Z",
        "query": {"filter": filter},
    }
    sessions = found(api, f"{SESSIONS}/query", asked)["sessions"]
    assert {one["scheduleOwnerId"] for one in sessions} == {facts["id"]}
    assert all(one["capacity"] >= 2 for one in sessions)
    assert sessions[0]["tags"] == ["GROUP"]
    assert "participants" not in sessions[0]
    listed = found(api, f"{SESSIONS}/list", {"ids": [sessions[0]["id"], "nobody"]})["sessions"]
    assert [one["id"] for one in listed] == [sessions[0]["id"]]


# Forms


def test_a_booking_form_says_what_it_asks(api):
    path = f"/_api/bookings/v2/services/{api.services['haircut']['id']}"
    form_id = get(api, path)["service"]["form"]["id"]
    summary = get(api, f"/form-schema-service/v4/forms/{form_id}/summary")["formSummary"]
    targets = {one["target"]: one["type"] for one in summary["fields"]}
    assert targets["first_name"] == "STRING"
    assert targets["email"] == "EMAIL"
    default = get(api, f"/form-schema-service/v4/forms/{DEFAULT_FORM}/summary")["formSummary"]
    assert "email" in [one["target"] for one in default["fields"]]
    path = f"/v4/forms/{GUID}/summary"
    answer = api.http.get(path, headers={"authorization": "visitor-token"})
    assert answer.status_code == 404


# What is free


def test_services_are_found_by_when_they_are_free(api):
    slots = api.services["haircut"]["slots"]
    path = "/bookings/catalog-search/v1/catalog/search/services/query"
    every = found(api, path, {})
    assert len(every["results"]) == 10
    assert every["pagingMetadata"]["hasNext"] is True
    assert all(one["available"] for one in every["results"])
    names = {"query": {"filter": {"name": {"$in": ["Haircut", "Summer gala"]}}}}
    begin = slots["start"][:19]
    period = {"localStartDate": begin, "localEndDate": "2099-01-01T00:00:00", "timeZone": "UTC"}
    shown = found(api, path, {**names, "serviceFilters": period})["results"]
    assert [one["service"]["name"] for one in shown] == ["Haircut"]
    period["includeUnavailable"] = True
    shown = found(api, path, {**names, "serviceFilters": period})["results"]
    assert {one["service"]["name"]: one["available"] for one in shown} == {
        "Haircut": True,
        "Summer gala": False,
    }


# What older clients ask


def test_resources_are_found_in_v1_by_their_tags(api):
    for tags in ({"$hasSome": ["staff"]}, {"$in": "staff"}, {"$in": ["staff"]}):
        asked = {"query": {"filter": {"resource.tags": tags}, "paging": {"limit": 2}}}
        answer = found(api, "/bookings/v1/resources/query", asked)
        assert [one["tags"] for one in answer["resources"]] == [["staff"], ["staff"]]
        assert answer["pagingMetadata"]["total"] > 2
    listed = get(api, "/bookings/v1/resources?query.paging.limit=1&query.paging.offset=1")
    assert len(listed["resources"]) == 1


def test_services_are_found_in_v1_with_what_belongs_to_them(api):
    facts = api.services["haircut"]
    asked = {"query": {"filter": {"service.id": facts["id"]}}}
    (one,) = found(api, "/bookings/v1/catalog/services", asked)["services"]
    assert one["service"]["info"]["name"] == "Haircut"
    assert one["category"]["name"] == "Hair"
    assert [resource["id"] for resource in one["resources"]] == [facts["resource_id"]]
    assert get(api, f"/bookings/v1/catalog/services/{facts['id']}") == one
    assert len(get(api, "/bookings/v1/catalog/services?query.paging.limit=3")["services"]) == 3


def test_a_course_tells_how_many_take_part(api):
    api.done(api.act(api.booked("spanish", participants=2), "confirm"))
    facts = api.services["spanish"]
    path = "/schedule-server/v1/calendar/schedules"
    asked = f"{path}?scheduleOwnerIds={facts['id']}&includeTotalNumberOfParticipants=true"
    (one,) = get(api, asked)["schedules"]
    assert (one["capacity"], one["totalNumberOfParticipants"]) == (facts["capacity"], 2)


def test_a_site_has_one_default_location(api):
    found = api.post("/_api/bookings/v2/services/locations/query", {}).json()
    places = [one["business"] for one in found["businessLocations"]["locations"]]
    assert len(places) > 1
    assert [place["default"] for place in places].count(True) == 1


@pytest.mark.parametrize("field", ["contactId", "wixUserId"])
def test_staff_is_sorted_by_whatever_it_is_filtered_by(api, field):
    name = f"associatedWixIdentity.identificationData.{field}"
    body = {"query": {"sort": [{"fieldName": name}]}}
    assert api.post("/bookings/v1/staff-members/query", body).status_code == 200


WEEK = {"fromDate": "2020-01-01T00:00:00Z", "toDate": "2040-01-01T00:00:00Z"}


@pytest.mark.parametrize("sent", [{}, {"fromDate": WEEK["fromDate"]}, {"toDate": WEEK["toDate"]}])
def test_sessions_are_asked_for_by_both_dates(api, sent):
    assert api.post(f"{SESSIONS}/query", {**sent, "query": {}}).status_code == 400


def test_a_further_page_of_sessions_needs_no_dates(api):
    first = api.post(f"{SESSIONS}/query", {**WEEK, "query": {"cursorPaging": {"limit": 1}}}).json()
    cursor = first["pagingMetadata"]["cursors"]["next"]
    second = api.post(
        f"{SESSIONS}/query", {"query": {"cursorPaging": {"cursor": cursor, "limit": 1}}}
    )
    assert second.status_code == 200
    assert second.json()["sessions"][0]["id"] != first["sessions"][0]["id"]


def test_sessions_are_found_by_who_takes_part(api):
    booking = api.done(api.act(api.booked("yoga"), "confirm"))
    contact = booking["contactDetails"]["contactId"]
    for wanted in (
        {"participants.contactId": {"$hasSome": [contact]}},
        {"numberOfParticipants": {"$gte": 1}},
    ):
        found = api.post(f"{SESSIONS}/query", {**WEEK, "query": {"filter": wanted}}).json()[
            "sessions"
        ]
        session = booking["bookedEntity"]["slot"]["sessionId"]
        assert [one["id"] for one in found] == [session]


def test_a_booking_keeps_of_a_policy_what_a_customer_agreed_to(api):
    booking, path = api.booked(), "/_api/booking-policy-snapshots/v1/policy-snapshots"
    headers = {"authorization": "owner-token"}
    asked = api.http.get(path, params={"bookingIds": booking["id"]}, headers=headers)
    (kept,) = asked.json()["bookingPolicySnapshots"]
    assert kept["policy"].keys() >= {"cancellationPolicy", "reschedulePolicy", "name"}
    assert "limitEarlyBookingPolicy" not in kept["policy"]
    nobody = api.http.get(
        path, params={"bookingIds": booking["createdBy"]["wixUserId"]}, headers=headers
    )
    assert (nobody.status_code, code(nobody)) == (404, "BOOKING_POLICY_SNAPSHOT_NOT_FOUND")


@pytest.mark.parametrize("body", [{}, {"booking": {"totalParticipants": 1}}, {"booking": None}])
def test_a_price_is_that_of_a_booking_of_something(api, body):
    answer = api.post("/bookings/v2/pricing/calculate", body)
    assert (answer.status_code, code(answer)) == (400, "INVALID_BOOKING")
