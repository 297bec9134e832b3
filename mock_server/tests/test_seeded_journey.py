"""An empty site that a team's own script fills by the API alone, and the whole way through it.

The script does what such scripts do on real sites: who works there, what is offered under which
heading, when classes and courses take place. Then services, slots, booking, purchase, order, move
and cancelation, in every chain.
"""

from datetime import datetime, timedelta

import pytest

from bookings_mock.saved import state

from .test_journey import (
    CHAINS,
    Customer,
    _booked,
    _moved_and_canceled,
    _order,
    _places,
    _purchase,
)

EMPTY = {
    "format": 1,
    "site": {"name": "hall", "timezone": "Europe/Lisbon"},
    "callers": {
        "owner": {"kind": "owner", "token": "owner-token"},
        "app": {
            "kind": "app",
            "token": "app-token",
            "scopes": ["SCOPE.DC-BOOKINGS.MANAGE-BOOKINGS"],
        },
        "visitor": {"kind": "visitor", "token": "visitor-token"},
    },
    "services": {},
}
KINDS = ("appointment", "class", "course")
PRICE = {
    "rateType": "FIXED",
    "fixed": {"price": {"value": "25", "currency": "EUR"}},
    "options": {"online": True, "inPerson": True},
}


def seed(owner):
    """What a seeding script does, in the order in which it has to; the services by their kind."""
    body = {"staffMember": {"name": "Inês Prado"}, "fields": ["RESOURCE_DETAILS"]}
    resource = owner.post("/bookings/v1/staff-members", body)["staffMember"]["resourceId"]
    body = {"category": {"name": "Our services"}}
    category = owner.post("/bookings/v2/categories", body)["category"]["id"]
    services = [_written(kind, category, resource) for kind in KINDS]
    body = {"services": services, "returnEntity": True}
    results = owner.post("/bookings/v2/bulk/services/create", body)["results"]
    made = {kind: one["item"] for kind, one in zip(KINDS, results, strict=True)}
    events = [
        {"event": _event(owner, kind, made[kind], resource, day)}
        for kind in KINDS[1:]
        for day in (2, 3, 9)
    ]
    created = owner.post("/calendar/v3/bulk/events/create", {"events": events})
    assert created["bulkActionMetadata"]["totalFailures"] == 0
    return made


def _written(kind, category, resource):
    one = {
        "type": kind.upper(),
        "name": f"A {kind}",
        "defaultCapacity": 1 if kind == "appointment" else 8,
        "onlineBooking": {"enabled": True, "requireManualApproval": False},
        "payment": PRICE,
        "category": {"id": category},
        "locations": [{"type": "BUSINESS"}],
    }
    if kind != "appointment":
        return one
    constraints = {"availabilityConstraints": {"sessionDurations": [60]}}
    return {**one, "schedule": constraints, "staffMemberIds": [resource]}


def _event(owner, kind, service, resource, days):
    now = datetime.fromisoformat(owner.api.site["site"]["now"]).replace(tzinfo=None)
    day = (now + timedelta(days=days)).date().isoformat()
    return {
        "scheduleId": service["schedule"]["id"],
        "type": kind.upper(),
        "start": {"localDate": f"{day}T19:00:00"},
        "end": {"localDate": f"{day}T20:30:00"},
        "resources": [{"id": resource, "permissionRole": "WRITER"}],
        "totalCapacity": 6,
    }


@pytest.fixture
def empty(serve):
    return serve(site=EMPTY)


@pytest.fixture
def hall(empty):
    app = empty.site["callers"]["app"]
    grant = {"clientId": app["client_id"], "grantType": "anonymous"}
    tokens = empty.http.post("/oauth2/token", json=grant).json()
    made = seed(Customer(empty, "owner-token"))
    return Customer(empty, tokens["access_token"]), made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chain", CHAINS)
def test_what_a_script_has_filled_is_found_booked_bought_moved_and_canceled(hall, chain, kind):
    customer, made = hall
    query = {"query": {"filter": {"type": kind.upper(), "hidden": False}}}
    (service,) = customer.post("/bookings/v2/services/query", query)["services"]
    assert service["id"] == made[kind]["id"]
    places = _places(customer, kind, service)
    booking = _booked(customer, places[0], "OFFLINE")
    _, total, (path, body) = _purchase(customer, chain, booking)
    assert float(total) == 25
    ordered = customer.post(path, body)
    confirmed = customer.api.read(booking["id"])
    assert (confirmed["status"], confirmed["paymentStatus"]) == ("CONFIRMED", "NOT_PAID")
    assert [one["id"] for one in _order(customer, booking)] == [ordered["orderId"]]
    if kind == "appointment":
        assert places[0] not in _places(customer, kind, service)
    _moved_and_canceled(customer, kind, places, confirmed)


def test_a_class_has_the_seats_that_the_script_has_said(hall):
    customer, made = hall
    place = _places(customer, "class", made["class"])[0]

    def slot():
        path = "/_api/service-availability/v2/time-slots/event/" + place["slot"]["eventId"]
        return customer.get(path)["timeSlot"]

    assert (slot()["totalCapacity"], slot()["remainingCapacity"]) == (6, 6)
    booking = _booked(customer, place, "OFFLINE")
    _, _, (path, body) = _purchase(customer, "checkout V1", booking)
    customer.post(path, body)
    assert slot()["remainingCapacity"] == 5
    (resource,) = slot()["availableResources"][0]["resources"]
    assert resource["name"] == "Inês Prado"


def test_a_course_lasts_from_its_first_session_to_its_last(hall):
    customer, made = hall
    service = customer.get(f"/bookings/v2/services/{made['course']['id']}")["service"]
    schedule = service["schedule"]
    assert schedule["firstSessionStart"] < schedule["lastSessionEnd"]
    booking = _booked(customer, _places(customer, "course", service)[0], "OFFLINE")
    assert booking["startDate"] == schedule["firstSessionStart"]


def test_an_empty_site_has_nothing_and_says_so(empty):
    customer = Customer(empty, "visitor-token")
    assert customer.post("/bookings/v2/services/query", {"query": {}})["services"] == []
    found = customer.post("/_api/service-availability/v2/time-slots/event", _span())
    assert found["timeSlots"] == []


def test_a_weekly_class_is_a_row_that_is_canceled_together(hall):
    customer, made = hall
    owner = Customer(customer.api, "owner-token")
    resource = made["appointment"]["staffMemberIds"][0]
    event = _event(owner, "class", made["class"], resource, 5)
    rule = {"frequency": "WEEKLY", "interval": 2, "until": {"localDate": "2030-01-01T00:00:00"}}
    body = {"event": {**event, "recurrenceRule": rule}}
    master = owner.post("/calendar/v3/events", body)["event"]
    assert master["recurrenceType"] == "MASTER"
    found = owner.post(
        "/calendar/v3/events/query",
        {"query": {"filter": {"recurringEventId": master["id"]}, "cursorPaging": {"limit": 1000}}},
    )["events"]
    assert len(found) == 52
    first, second = (datetime.fromisoformat(one["start"]["localDate"]) for one in found[:2])
    assert (second - first, first.hour) == (timedelta(days=14), 19)
    assert {one["recurrenceType"] for one in found} == {"INSTANCE"}
    owner.post(f"/calendar/v3/events/{master['id']}/cancel", {})
    shown = customer.get(f"/_api/service-availability/v2/time-slots/event/{found[0]['id']}")
    assert shown["timeSlot"]["bookable"] is False
    assert shown["timeSlot"]["nonBookableReasons"]["eventCancelled"] is True


def test_whoever_has_hours_of_their_own_is_booked_in_these(hall):
    customer, made = hall
    owner = Customer(customer.api, "owner-token")
    (staff,) = owner.post("/bookings/v1/staff-members/query", {"fields": ["RESOURCE_DETAILS"]})[
        "staffMembers"
    ]
    schedule = staff["resource"]["eventsSchedule"]["id"]
    path = f"/bookings/v1/staff-members/{staff['id']}/assign-working-hours-schedule"
    body = {"scheduleId": schedule, "fields": ["RESOURCE_DETAILS"]}
    assigned = owner.post(path, body)["staffMember"]
    assert assigned["resource"]["usesDefaultWorkingHours"] is False

    def times():
        asked = {
            "serviceId": made["appointment"]["id"],
            "fromLocalDate": "2027-01-04T00:00:00",
            "toLocalDate": "2027-01-11T00:00:00",
        }
        found = customer.post("/_api/service-availability/v2/time-slots", asked)["timeSlots"]
        return [one["localStartDate"] for one in found]

    assert times() == []
    event = {
        "scheduleId": schedule,
        "externalScheduleId": staff["resourceId"],
        "type": "WORKING_HOURS",
        "start": {"localDate": "2027-01-06T18:00:00"},
        "end": {"localDate": "2027-01-06T20:00:00"},
        "resources": [{"id": staff["resourceId"], "permissionRole": "WRITER"}],
        "recurrenceRule": {"frequency": "WEEKLY", "days": ["WEDNESDAY"]},
    }
    owner.post("/calendar/v3/bulk/events/create", {"events": [{"event": event}]})
    assert times() == [f"2027-01-06T{wall}:00" for wall in ("18:00", "18:30", "19:00")]


def test_a_seeded_mock_tells_who_tests_it_what_there_is(hall):
    customer, made = hall
    told = customer.get("/_mock/site")["services"]
    assert {one["id"] for one in told.values()} == {one["id"] for one in made.values()}
    assert told["a-appointment"]["grid"] == 30


def test_what_was_seeded_is_kept_in_a_saved_state(serve):
    served = serve(site=EMPTY)
    made = seed(Customer(served, "owner-token"))
    headers = {"authorization": "owner-token"}
    served.http.delete(f"/bookings/v2/services/{made['course']['id']}", headers=headers)
    saved = state(served.mock)
    again = serve(site=saved)
    query = {"query": {}}
    before, after = (
        one.post("/bookings/v2/services/query", query).json()["services"] for one in (served, again)
    )
    assert [one["id"] for one in after] == [one["id"] for one in before]
    asked = {"serviceIds": [made["class"]["id"]], **_span()}
    slots = again.post("/_api/service-availability/v2/time-slots/event", asked).json()
    assert len(slots["timeSlots"]) == 3


def _span():
    return {"fromLocalDate": "2020-01-01T00:00:00", "toLocalDate": "2040-01-01T00:00:00"}
