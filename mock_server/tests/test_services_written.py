"""A site is filled as real ones are: its services are created, changed and deleted by the API."""

import pytest

SERVICES = "/_api/bookings/v2/services"
BULK = "/bookings/v2/bulk/services"
CLASS = {
    "type": "CLASS",
    "name": "Slab Technique",
    "description": "Feet first.",
    "defaultCapacity": 12,
    "onlineBooking": {"enabled": True},
    "payment": {
        "rateType": "FIXED",
        "fixed": {"price": {"value": "14.50", "currency": "USD"}},
        "options": {"online": True, "inPerson": False},
    },
    "locations": [{"type": "BUSINESS"}],
}
FREE = {"rateType": "NO_FEE", "options": {"online": False, "inPerson": True}}


def appointment(api, **changed):
    staff = api.post("/bookings/v1/staff-members/query", {}, "owner-token").json()["staffMembers"]
    return {
        "type": "APPOINTMENT",
        "name": "Route reading",
        "onlineBooking": {"enabled": True},
        "payment": FREE,
        "schedule": {"availabilityConstraints": {"sessionDurations": [50]}},
        "staffMemberIds": [staff[0]["resourceId"]],
        **changed,
    }


def create(api, service):
    answer = api.post(SERVICES, {"service": service})
    assert answer.status_code == 200, answer.text
    return answer.json()["service"]


def change(api, service, status=200, **changed):
    body = {"service": {"revision": service["revision"], **changed}}
    answer = api.http.patch(
        f"{SERVICES}/{service['id']}", json=body, headers={"authorization": "owner-token"}
    )
    assert answer.status_code == status, answer.text
    return answer.json().get("service", answer.json())


def delete(api, service):
    headers = {"authorization": "owner-token"}
    return api.http.delete(f"{SERVICES}/{service['id']}", headers=headers)


def get(api, service):
    headers = {"authorization": "visitor-token"}
    return api.http.get(f"{SERVICES}/{service['id']}", headers=headers)


def slots(api, service, **asked):
    body = {
        "serviceId": service["id"],
        "fromLocalDate": "2027-01-04T00:00:00",
        "toLocalDate": "2027-01-09T00:00:00",
        **asked,
    }
    answer = api.post("/_api/service-availability/v2/time-slots", body, "visitor-token")
    assert answer.status_code == 200, answer.text
    return answer.json()["timeSlots"]


def test_a_service_comes_back_as_it_was_written(api):
    made = create(api, CLASS)
    assert {key: made[key] for key in ("type", "name", "description", "defaultCapacity")} == {
        key: CLASS[key] for key in ("type", "name", "description", "defaultCapacity")
    }
    assert made["revision"] == "1"
    assert made["mainSlug"]["name"] == "slab-technique"
    assert made["payment"]["fixed"]["price"]["value"] == "14.50"
    assert made["payment"]["options"]["online"] is True
    assert made["schedule"]["id"] not in (made["id"], None)
    assert get(api, made).json()["service"] == made
    found = api.post(f"{SERVICES}/query", {"query": {"filter": {"id": made["id"]}}}).json()
    assert found["services"] == [made]


def test_the_sites_currency_wins_over_one_that_was_sent(api):
    assert create(api, CLASS)["payment"]["fixed"]["price"]["currency"] == "EUR"


def test_two_services_of_one_name_have_pages_of_their_own(api):
    assert [create(api, CLASS)["mainSlug"]["name"] for _ in range(2)] == [
        "slab-technique",
        "slab-technique-2",
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"payment": {"rateType": "NO_FEE", "options": {"online": True}}}, "options.online"),
        ({"payment": {"rateType": "NO_FEE"}}, "payment.options"),
        ({"payment": {"rateType": "FIXED", "options": {"inPerson": True}}}, "fixed.price"),
        ({"payment": {"rateType": "UNKNOWN_RATE_TYPE", "options": {}}}, "rateType"),
        ({"defaultCapacity": 3}, "defaultCapacity"),
        ({"staffMemberIds": []}, "staffMemberIds"),
        ({"staffMemberIds": ["3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"]}, "staffMemberIds"),
        ({"schedule": {}}, "sessionDurations"),
        ({"category": {"id": "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"}}, "category.id"),
        ({"bookingPolicy": {"id": "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"}}, "bookingPolicy.id"),
        ({"locations": [{"type": "UNKNOWN_LOCATION_TYPE"}]}, "locations.type"),
    ],
)
def test_a_service_that_nobody_could_book_is_refused(api, changed, field):
    before = api.post(f"{SERVICES}/count", {}).json()["count"]
    answer = api.post(SERVICES, {"service": appointment(api, **changed)})
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (400, "SERVICES-3")
    (wrong,) = answer.json()["details"]["validationError"]["fieldViolations"]
    assert wrong["field"].endswith(field)
    assert api.post(f"{SERVICES}/count", {}).json()["count"] == before


def test_an_appointment_is_offered_when_who_provides_it_works(api):
    made = create(api, appointment(api))
    found = slots(api, made)
    assert found[0]["localStartDate"] == "2027-01-04T09:00:00"
    assert found[0]["localEndDate"] == "2027-01-04T09:50:00"
    # Half an hour apart, from nine to five, Monday to Friday.
    assert len(found) == 5 * 15


def test_what_is_booked_is_offered_no_more_and_its_buffer_neither(api):
    constraints = {"sessionDurations": [60], "timeBetweenSessions": 30}
    made = create(api, appointment(api, schedule={"availabilityConstraints": constraints}))
    slot = {
        "serviceId": made["id"],
        "startDate": "2027-01-04T11:00:00.000Z",
        "endDate": "2027-01-04T12:00:00.000Z",
        "timezone": "UTC",
        "resource": {"id": made["staffMemberIds"][0]},
    }
    body = {
        "booking": {
            "bookedEntity": {"slot": slot},
            "totalParticipants": 1,
            "contactDetails": {"firstName": "Ada", "email": "ada@example.com"},
            "status": "CONFIRMED",
        }
    }
    answer = api.post("/bookings/v2/bookings", body)
    assert answer.status_code == 200, answer.text
    begins = [one["localStartDate"][11:16] for one in slots(api, made, timeZone="UTC")][:4]
    assert begins == ["09:00", "09:30", "12:30", "13:00"]


def test_several_who_provide_it_are_each_booked_once(api):
    staff = api.post("/bookings/v1/staff-members/query", {}, "owner-token").json()["staffMembers"]
    both = [one["resourceId"] for one in staff[:2]]
    made = create(api, appointment(api, staffMemberIds=both))
    assert made["staffMemberIds"] == both

    def free():
        asked = {"includeResourceTypeIds": ["1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"]}
        (resources,) = slots(api, made, **asked)[0]["availableResources"]
        return [one["id"] for one in resources["resources"]]

    assert free() == both
    for left in (both[1:], None):
        slot = {
            "serviceId": made["id"],
            "startDate": "2027-01-04T09:00:00",
            "endDate": "2027-01-04T09:50:00",
            "timezone": made_zone(api),
        }
        body = {
            "booking": {
                "bookedEntity": {"slot": slot},
                "totalParticipants": 1,
                "contactDetails": {"firstName": "Ada", "email": "ada@example.com"},
                "status": "CONFIRMED",
            }
        }
        answer = api.post("/bookings/v2/bookings", body)
        assert answer.status_code == 200, answer.text
        if left:
            assert free() == left
    assert slots(api, made)[0]["localStartDate"] == "2027-01-04T10:00:00"


def made_zone(api):
    return api.site["site"]["timezone"]


def test_a_change_leaves_what_it_says_nothing_of(api):
    made = create(api, CLASS)
    changed = change(api, made, name="Slabs", onlineBooking={"requireManualApproval": True})
    assert changed["name"] == "Slabs"
    assert changed["onlineBooking"] == {
        "enabled": True,
        "requireManualApproval": True,
        "allowMultipleRequests": False,
    }
    assert changed["revision"] == "2"
    same = ("description", "payment", "defaultCapacity", "schedule", "mainSlug", "locations")
    assert {key: changed[key] for key in same} == {key: made[key] for key in same}


def test_another_revision_is_refused_and_changes_nothing(api):
    made = create(api, CLASS)
    change(api, made, name="Slabs")
    refused = change(api, made, 409, name="Overhangs")
    assert refused["details"]["applicationError"]["code"] == "INVALID_REVISION"
    assert get(api, made).json()["service"]["name"] == "Slabs"


def test_what_was_free_gets_a_price(api):
    made = create(api, {**CLASS, "payment": FREE})
    price = {"rateType": "FIXED", "fixed": {"price": {"value": "20"}}}
    assert change(api, made, payment=price)["payment"]["fixed"]["price"]["value"] == "20"


def test_a_service_of_the_site_file_keeps_what_the_api_does_not_know(api):
    facts = api.services["haircut"]
    before = get(api, facts).json()["service"]
    after = change(api, before, tagLine="Short")
    differing = {key for key in after if after.get(key) != before.get(key)}
    assert differing == {"tagLine", "revision", "updatedDate"}
    assert api.create("haircut").status_code == 200


def test_a_deleted_service_is_gone_and_its_bookings_are_not(api):
    booking = api.create("yoga").json()["booking"]
    service = api.services["yoga"]
    assert delete(api, service).json() == {}
    assert get(api, service).status_code == 404
    assert delete(api, service).status_code == 404
    assert api.create("yoga").status_code != 200
    assert api.read(booking["id"])["id"] == booking["id"]
    assert api.act(booking, "cancel").status_code == 200


@pytest.mark.parametrize("preserve", [False, True])
def test_the_sessions_ahead_of_a_deleted_class_are_canceled(api, preserve):
    booking = api.create("yoga", status="CONFIRMED").json()["booking"]
    service = api.services["yoga"]
    asked = {"preserveFutureSessionsWithParticipants": str(preserve).lower()}
    headers = {"authorization": "owner-token"}
    path = f"{SERVICES}/{service['id']}"
    assert api.http.delete(path, params=asked, headers=headers).status_code == 200
    query = {"query": {"filter": {"scheduleId": service["schedule_id"]}}}
    events = api.post("/calendar/v3/events/query", query).json()["events"]
    told = {one["id"]: one["status"] for one in events}
    attended = booking["bookedEntity"]["slot"]["eventId"]
    assert told.pop(attended) == ("CONFIRMED" if preserve else "CANCELLED")
    assert set(told.values()) == {"CANCELLED"}


def test_in_bulk_one_that_cannot_be_made_fails_alone(api):
    bad = {**CLASS, "payment": {"rateType": "NO_FEE", "options": {"online": True}}}
    body = {"services": [CLASS, bad], "returnEntity": True}
    answer = api.post(f"{BULK}/create", body).json()
    first, second = answer["results"]
    assert first["item"]["name"] == CLASS["name"]
    assert second["itemMetadata"]["success"] is False
    assert answer["bulkActionMetadata"]["totalFailures"] == 1

    item = {"id": first["item"]["id"], "revision": "1", "name": "Slabs", "hidden": True}
    changes = {"services": [{"service": item, "mask": ["name"]}], "returnEntity": True}
    (changed,) = api.post(f"{BULK}/update", changes).json()["results"]
    assert (changed["item"]["name"], changed["item"]["hidden"]) == ("Slabs", False)

    ids = [item["id"], "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"]
    gone = api.post(f"{BULK}/delete", {"ids": ids}).json()["results"]
    assert [one["itemMetadata"]["success"] for one in gone] == [True, False]


@pytest.mark.parametrize("token", ["visitor-token", "member-token"])
def test_only_the_business_fills_its_site(api, token):
    assert api.post(SERVICES, {"service": CLASS}, token).status_code == 403


def test_what_was_made_survives_a_snapshot(api):
    made = create(api, appointment(api))
    gone = api.services["yoga"]
    api.create("yoga")
    delete(api, gone)
    assert api.http.post("/_mock/snapshots", json={"name": "seeded"}).status_code == 200
    delete(api, made)
    assert api.http.post("/_mock/snapshots/seeded", json={"restore": True}).status_code == 200
    assert get(api, made).status_code == 200
    assert get(api, gone).status_code == 404


# What is sent back as it was read


def test_every_service_can_be_sent_back_as_it_was_read(api):
    for service in api.services.values():
        read = get(api, service).json()["service"]
        after = change(api, read, **read)
        differing = {key for key in read if after.get(key) != read[key]}
        assert differing == {"revision", "updatedDate"}


def test_the_booking_of_every_service_can_be_closed_and_opened(api):
    for service in api.services.values():
        for enabled in (False, True):
            read = get(api, service).json()["service"]
            after = change(api, read, onlineBooking={"enabled": enabled})
            assert after["onlineBooking"]["enabled"] is enabled


def test_a_service_keeps_its_category_though_that_was_deleted(api):
    service = get(api, api.services["haircut"]).json()["service"]
    path = f"/bookings/v2/categories/{service['category']['id']}"
    assert api.http.delete(path, headers={"authorization": "owner-token"}).status_code == 200
    read = get(api, service).json()["service"]
    assert change(api, read, name="Cut")["category"]["id"] == service["category"]["id"]
    read = get(api, service).json()["service"]
    assert change(api, read, **read)["name"] == "Cut"
    change(api, get(api, service).json()["service"], category=None)
    read = get(api, service).json()["service"]
    change(api, read, 400, category={"id": service["category"]["id"]})


def test_what_is_paid_by_a_plan_gets_no_manual_approval(api):
    options = {"online": True, "inPerson": False, "pricingPlan": True}
    made = create(api, {**CLASS, "payment": {**CLASS["payment"], "options": options}})
    told = change(api, made, 400, onlineBooking={"requireManualApproval": True})
    (violation,) = told["details"]["validationError"]["fieldViolations"]
    assert violation["field"] == "service.payment.options.pricingPlan"
    unplanned = {**made["payment"], "options": {**options, "pricingPlan": False}}
    both = {"onlineBooking": {"requireManualApproval": True}, "payment": unplanned}
    assert change(api, made, **both)["onlineBooking"]["requireManualApproval"] is True
