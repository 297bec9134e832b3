"""What takes place no more, or elsewhere, or is led by somebody else: every page says the same."""

from typing import Any

import pytest

from .conftest import Api, code

EVENTS, SERVICES = "/calendar/v3/events", "/_api/bookings/v2/services"
STAFF = "/bookings/v1/staff-members"
WHOLE = "/_api/bookings-service/v2/multi_service_bookings"
OWNER = {"authorization": "owner-token"}
APP = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"


def event(api: Api, event_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = api.http.get(f"{EVENTS}/{event_id}", headers=OWNER).json()["event"]
    return shown


def change(api: Api, event_id: str, **changed: Any) -> dict[str, Any]:
    body = {"event": {"revision": event(api, event_id)["revision"], **changed}}
    answer = api.http.patch(f"{EVENTS}/{event_id}", json=body, headers=OWNER)
    assert answer.status_code == 200, answer.text
    after: dict[str, Any] = answer.json()["event"]
    return after


def cancel(api: Api, event_id: str) -> None:
    assert api.post(f"{EVENTS}/{event_id}/cancel", {}).status_code == 200


def delete(api: Api, service: str) -> None:
    path = f"{SERVICES}/{api.services[service]['id']}"
    assert api.http.delete(path, headers=OWNER).status_code == 200


def register(api: Api, session: str) -> Any:
    contact = {"firstName": "Wim", "email": "wim@example.com"}
    body = {"waitingResource": session, "formInfo": {"contactDetails": contact}}
    return api.post("/bookings/v1/waitlist/register", body)


def waitlist(api: Api, session: str) -> list[str]:
    path, asked = "/bookings/v1/waitlist/list", {"waitingResources": session}
    (one,) = api.http.get(path, params=asked, headers=OWNER).json()["list"]
    return [registration["status"] for registration in one["registrations"]]


def full(api: Api) -> tuple[str, dict[str, Any]]:
    session: str = api.session("yoga", capacity=1)["id"]
    taken = api.done(api.act(api.booked("yoga", session={"capacity": 1}), "confirm"))
    return session, taken


def cart(api: Api, booking: dict[str, Any]) -> Any:
    line = {"catalogItemId": booking["id"], "appId": APP}
    body = {"catalogItems": [{"quantity": 1, "catalogReference": line}]}
    return api.post("/ecom/v2/carts", body, "visitor-token")


def staff_of(api: Api, service: str) -> dict[str, Any]:
    wanted = api.services[service]["resource_id"]
    everybody = api.post(f"{STAFF}/query", {"query": {"paging": {"limit": 100}}}).json()
    (one,) = (one for one in everybody["staffMembers"] if one["resourceId"] == wanted)
    found: dict[str, Any] = one
    return found


def rename(api: Api, service: str) -> None:
    one = staff_of(api, service)
    body = {"staffMember": {"revision": one["revision"], "name": "Renamed"}}
    answer = api.http.patch(f"{STAFF}/{one['id']}", json=body, headers=OWNER)
    assert answer.status_code == 200, answer.text


def send_home(api: Api, service: str) -> None:
    one = staff_of(api, service)
    assert api.http.delete(f"{STAFF}/{one['id']}", headers=OWNER).status_code == 200


def offered(api: Api, service: str) -> list[Any]:
    now = api.http.get("/_mock/clock").json()["now"]
    wish = {"serviceId": api.services[service]["id"], "bookable": True}
    when = {"startDate": now, "endDate": f"{int(now[:4]) + 1}{now[4:10]}T00:00:00Z"}
    query = {"query": {"filter": {**wish, **when}}}
    answer = api.post("/availability-calendar/v1/availability/query", query)
    entries: list[Any] = answer.json()["availabilityEntries"]
    return entries


# What was canceled


def test_every_calendar_says_that_a_session_was_canceled(api: Api) -> None:
    session = api.session()["id"]
    cancel(api, session)
    kept = {one["id"]: one["status"] for one in api.http.get("/_mock/sessions").json()["sessions"]}
    listed = api.post("/bookings/v2/calendar/sessions/list", {"ids": [session]}).json()["sessions"]
    assert event(api, session)["status"] == "CANCELLED"
    assert (kept[session], listed[0]["status"]) == ("CANCELLED", "CANCELLED")
    assert list(kept.values()).count("CANCELLED") == 1


@pytest.mark.parametrize(("paid", "status"), [("NOT_PAID", "DECLINED"), ("PAID", "CONFIRMED")])
def test_a_checkout_confirms_nothing_that_takes_place_no_more(
    api: Api, paid: str, status: str
) -> None:
    booking = api.booked("yoga", session={"capacity": 10})
    cancel(api, booking["bookedEntity"]["slot"]["sessionId"])
    settled = api.done(api.settle(booking, paymentStatus=paid))
    assert (settled["status"], settled.get("doubleBooked", False)) == (status, paid == "PAID")


def test_a_checkout_confirms_no_appointment_of_a_deleted_service(api: Api) -> None:
    booking = api.booked("haircut")
    delete(api, "haircut")
    assert api.done(api.settle(booking))["status"] == "DECLINED"


@pytest.mark.parametrize("service", ["yoga", "haircut"])
def test_nobody_buys_what_takes_place_no_more(api: Api, service: str) -> None:
    booking = api.booked(service)
    bought = cart(api, booking).json()["cart"]
    delete(api, service)
    assert code(cart(api, booking)) == "INSUFFICIENT_INVENTORY"
    placed = api.post(f"/ecom/v2/carts/{bought['id']}/place-order", {}, "visitor-token")
    assert code(placed) == "LINE_ITEMS_OUT_OF_STOCK"


def test_an_appointment_that_is_on_the_calendar_of_a_deleted_service_is_still_paid(
    api: Api,
) -> None:
    booking = api.done(api.act(api.booked("haircut"), "confirm"))
    delete(api, "haircut")
    assert cart(api, booking).status_code == 200


def test_several_services_of_which_one_was_deleted_are_not_bookable(api: Api) -> None:
    contact = {"firstName": "Ada", "email": "ada@example.com"}
    parts = [
        {
            "bookedEntity": {"slot": api.slot("haircut", n)},
            "totalParticipants": 1,
            "contactDetails": contact,
        }
        for n in range(2)
    ]
    made = api.post(WHOLE, {"bookings": parts, "multiServiceBookingType": "SEQUENTIAL_BOOKINGS"})
    path = f"{WHOLE}/{made.json()['multiServiceBooking']['id']}/get_availability"
    assert api.post(path, {}).json()["bookable"] is True
    delete(api, "haircut")
    assert api.post(path, {}).json()["bookable"] is False


def test_of_a_deleted_service_nobody_may_book_another(api: Api) -> None:
    booking = api.booked("haircut")
    path = "/bookings/v2/bulk/bookings/calculate_allowed_actions"
    (before,) = api.post(path, {"bookingIds": [booking["id"]]}).json()["results"]
    delete(api, "haircut")
    (after,) = api.post(path, {"bookingIds": [booking["id"]]}).json()["results"]
    assert before["item"] == {"cancel": True, "reschedule": True, "bookAnother": True}
    assert after["item"] == {"cancel": True, "reschedule": False, "bookAnother": False}


def test_a_course_is_booked_while_it_has_a_session(api: Api) -> None:
    schedule = api.services["spanish"]["schedule_id"]
    path = f"/_api/availability-calendar/v2/availability/schedule/{schedule}"
    query = {"query": {"filter": {"scheduleId": schedule}}}
    for one in api.post(f"{EVENTS}/query", query).json()["events"]:
        assert api.create("spanish").status_code == 200
        cancel(api, one["id"])
    shown = api.http.get(path, headers=OWNER).json()["availability"]
    assert shown["bookingPolicyViolations"]["tooLateToBook"] is True
    assert api.create("spanish").status_code == 428


# Who waits


def test_nobody_registers_for_a_session_that_was_canceled(api: Api) -> None:
    session, _ = full(api)
    cancel(api, session)
    assert register(api, session).status_code == 428


def test_a_place_in_a_session_that_was_canceled_is_offered_to_nobody(api: Api) -> None:
    session, taken = full(api)
    waits = register(api, session).json()["registrationId"]
    api.done(api.act(taken, "cancel"))
    assert waitlist(api, session) == ["SUGGESTING"]
    cancel(api, session)
    assert waitlist(api, session) == ["WAITING"]
    assert api.post("/bookings/v1/waitlist/enroll", {"registrationId": waits}).status_code == 428


def test_seats_that_a_session_gets_are_offered_to_who_waits(api: Api) -> None:
    session, _ = full(api)
    register(api, session)
    change(api, session, totalCapacity=2)
    assert waitlist(api, session) == ["SUGGESTING"]
    change(api, session, totalCapacity=1)
    assert waitlist(api, session) == ["WAITING"]


# What was moved


def test_a_booking_begins_when_its_session_does(api: Api) -> None:
    booking = api.booked("yoga", session={"capacity": 10})
    session = booking["bookedEntity"]["slot"]["sessionId"]
    times = {"start": "2099-03-04T10:00:00", "end": "2099-03-04T11:00:00"}
    change(api, session, **{side: {"localDate": at} for side, at in times.items()})
    after = api.read(booking["id"])
    slot = after["bookedEntity"]["slot"]
    assert after["startDate"] == slot["startDate"] == "2099-03-04T10:00:00.000Z"
    assert after["endDate"] == slot["endDate"] == "2099-03-04T11:00:00.000Z"


def test_the_earlier_calendar_says_of_a_session_where_it_is_and_who_leads_it(api: Api) -> None:
    session, leader = api.session()["id"], api.services["haircut"]["resource_id"]
    resources = [{"id": leader, "permissionRole": "WRITER"}]
    change(api, session, resources=resources, location={"type": "CUSTOM", "name": "The park"})
    listed = api.post("/bookings/v2/calendar/sessions/list", {"ids": [session]}).json()["sessions"]
    assert [one["scheduleOwnerId"] for one in listed[0]["affectedSchedules"]] == [leader]
    assert listed[0]["location"] == {"locationType": "OWNER_CUSTOM"}


# Who was renamed, or has gone


def test_an_appointment_with_somebody_who_was_renamed_can_be_moved(api: Api) -> None:
    booking = api.done(api.act(api.booked("haircut"), "confirm"))
    rename(api, "haircut")
    slot = {key: value for key, value in api.slot("haircut", 3).items() if key != "resource"}
    assert api.act(booking, "reschedule", slot=slot).status_code == 200


def test_a_session_calls_who_leads_it_by_the_present_name(api: Api) -> None:
    session, leader = api.session()["id"], api.services["haircut"]["resource_id"]
    change(api, session, resources=[{"id": leader, "permissionRole": "WRITER"}])
    rename(api, "haircut")
    assert [one["name"] for one in event(api, session)["resources"]] == ["Renamed"]
    send_home(api, "haircut")
    usual = [api.services["yoga"]["resource_id"]]
    assert [one["id"] for one in event(api, session)["resources"]] == usual


def test_an_appointment_that_nobody_provides_is_offered_by_nobody(api: Api) -> None:
    slot = api.slot("haircut")
    assert offered(api, "haircut")
    send_home(api, "haircut")
    assert offered(api, "haircut") == []
    for wish in (slot, {key: value for key, value in slot.items() if key != "resource"}):
        body = {"bookedEntity": {"slot": wish}, "totalParticipants": 1, "contactDetails": {}}
        assert api.post("/bookings/v2/bookings", {"booking": body}).status_code in (404, 428)


def test_a_service_that_nobody_provides_any_more_can_be_renamed_and_given_to_another(
    api: Api,
) -> None:
    send_home(api, "haircut")
    path = f"{SERVICES}/{api.services['haircut']['id']}"
    for changed in ({"name": "Cut"}, {"staffMemberIds": [api.services["trial"]["resource_id"]]}):
        service = api.http.get(path, headers=OWNER).json()["service"]
        body = {"service": {"revision": service["revision"], **changed}}
        answer = api.http.patch(path, json=body, headers=OWNER)
        assert answer.status_code == 200, answer.text
    first = offered(api, "haircut")[0]["slot"]
    body = {"bookedEntity": {"slot": first}, "totalParticipants": 1, "contactDetails": {}}
    assert api.post("/bookings/v2/bookings", {"booking": body}).status_code == 200
