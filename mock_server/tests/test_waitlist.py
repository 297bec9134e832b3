"""The waitlist of a class session: whose turn it is, for how long, and what becomes of the rest."""

from datetime import UTC, datetime

import pytest

from bookings_mock.clock import frozen_at

REGISTER, LIST = "/bookings/v1/waitlist/register", "/bookings/v1/waitlist/list"
ENROLL, LEAVE = "/bookings/v1/waitlist/enroll", "/bookings/v1/waitlist/leave"
EVENTS = "/_api/service-availability/v2/time-slots/event"
CALENDAR = "/availability-calendar/v1/availability/query"
EVER = {"fromLocalDate": "2020-01-01T00:00:00", "toLocalDate": "2099-01-01T00:00:00"}


@pytest.fixture
def here(serve):
    return serve(clock=frozen_at(datetime(2031, 3, 1, 9, tzinfo=UTC)))


def full(api, service="yoga", seats=1):
    """A session without free seats, and the booking that holds them."""
    where = {"capacity": seats} if service == "yoga" else {}
    booking = api.booked(service, session=where, participants=seats)
    return api.session(service, **where)["id"], api.done(api.act(booking, "confirm"))


def register(api, session, name, seats=1, token="owner-token"):
    contact = {"firstName": name, "email": f"{name}@example.com"}
    paid = [{"rateLabel": "general", "numberOfParticipants": seats}]
    body = {
        "waitingResource": session,
        "formInfo": {"contactDetails": contact, "paymentSelection": paid},
    }
    answer = api.post(REGISTER, body, token)
    assert answer.status_code == 200, answer.text
    return answer.json()["registrationId"]


def waitlist(api, session):
    params = {"waitingResources": session}
    answer = api.http.get(LIST, params=params, headers={"authorization": "owner-token"})
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["list"]
    return one


def statuses(api, session):
    return [one["status"] for one in waitlist(api, session)["registrations"]]


def enroll(api, registration):
    return api.post(ENROLL, {"registrationId": registration})


def leave(api, session, registration):
    return api.post(LEAVE, {"registrationId": registration, "waitingResource": session})


def event(api, session):
    path = f"{EVENTS}/{session}"
    return api.http.get(path, headers={"authorization": "visitor-token"}).json()["timeSlot"]


def advance(api, minutes):
    api.http.post("/_mock/clock", json={"advance": minutes * 60})


def test_who_waits_for_a_full_session_can_only_leave(here):
    session, _ = full(here)
    registration = register(here, session, "ada")
    shown = waitlist(here, session)
    assert (shown["status"], shown["capacity"], shown["numberOfRegistrations"]) == ("IDLE", 10, 1)
    assert shown["timeWindowMinutes"] == 10
    (one,) = shown["registrations"]
    assert (one["id"], one["waitingResource"]) == (registration, session)
    assert one["availableActions"] == {"leave": True, "enroll": False}
    assert here.read(one["bookingId"])["status"] == "WAITING_LIST"
    assert event(here, session)["eventInfo"]["waitingList"] == {
        "totalCapacity": 10,
        "remainingCapacity": 9,
    }
    refused = enroll(here, registration)
    assert (refused.status_code, refused.headers["x-bookings-rule"]) == (428, "WAITLIST-4")


def test_a_freed_place_is_kept_for_the_first_who_waits(here):
    session, holder = full(here)
    first, second = (register(here, session, name) for name in ("ada", "bob"))
    here.done(here.act(holder, "cancel"))
    assert waitlist(here, session)["status"] == "SUGGESTING"
    assert statuses(here, session) == ["SUGGESTING", "WAITING"]
    slot = event(here, session)
    assert (slot["bookable"], slot["remainingCapacity"], slot["bookableCapacity"]) == (False, 1, 0)
    assert slot["nonBookableReasons"]["reservedForWaitingList"]
    others = here.create("yoga", session={"capacity": 1})
    assert (others.status_code, others.headers["x-bookings-rule"]) == (428, "CREATE-7")
    assert enroll(here, second).status_code == 428
    booked = enroll(here, first).json()
    assert (booked["registrationId"], booked["booking"]["status"]) == (first, "CONFIRMED")
    assert statuses(here, session) == ["ENROLLED", "WAITING"]
    assert waitlist(here, session)["status"] == "IDLE"


def test_the_calendar_shows_what_is_kept_as_locked(here):
    session, holder = full(here)
    register(here, session, "ada")
    here.done(here.act(holder, "cancel"))
    body = {"query": {"filter": {"serviceId": here.services["yoga"]["id"]}}}
    entries = here.post(CALENDAR, body).json()["availabilityEntries"]
    (entry,) = [one for one in entries if one["slot"]["sessionId"] == session]
    assert entry["locked"]
    assert entry["waitingList"] == {"totalSpots": 10, "openSpots": 9}


def test_when_the_window_is_over_the_next_is_asked_and_then_all(here):
    session, holder = full(here)
    for name in ("ada", "bob"):
        register(here, session, name)
    here.done(here.act(holder, "cancel"))
    advance(here, 10)
    assert statuses(here, session) == ["WAITING", "SUGGESTING"]
    advance(here, 10)
    assert (waitlist(here, session)["status"], statuses(here, session)) == (
        "OPEN_TO_ALL",
        ["WAITING", "WAITING"],
    )
    again = here.booked("yoga", session={"capacity": 1})
    here.done(here.act(here.done(here.act(again, "confirm")), "cancel"))
    assert statuses(here, session) == ["SUGGESTING", "WAITING"]


def test_who_leaves_waits_no_longer_and_the_next_is_asked_for_a_whole_window(here):
    session, holder = full(here)
    first, _ = (register(here, session, name) for name in ("ada", "bob"))
    here.done(here.act(holder, "cancel"))
    advance(here, 5)
    answer = leave(here, session, first)
    assert answer.json() == {"registrationId": first, "waitingResource": session}
    assert statuses(here, session) == ["DECLINED", "SUGGESTING"]
    advance(here, 9)
    assert statuses(here, session) == ["DECLINED", "SUGGESTING"]
    gone = waitlist(here, session)["registrations"][0]["bookingId"]
    assert here.read(gone)["status"] == "CANCELED"
    assert leave(here, session, first).status_code == 428


def test_a_booking_that_waits_and_is_canceled_leaves_the_list(here):
    session, holder = full(here)
    register(here, session, "ada")
    register(here, session, "bob")
    here.done(here.act(holder, "cancel"))
    ada = here.read(waitlist(here, session)["registrations"][0]["bookingId"])
    here.done(here.act(ada, "cancel"))
    assert statuses(here, session) == ["DECLINED", "SUGGESTING"]


def test_a_place_is_offered_to_those_whose_number_fits(here):
    session, holder = full(here, seats=2)
    register(here, session, "many", seats=2)
    register(here, session, "one")
    here.done(here.act(holder, "update_number_of_participants", totalParticipants=1))
    assert statuses(here, session) == ["WAITING", "SUGGESTING"]


def test_who_needs_approval_waits_for_it_once_enrolled(here):
    booking = here.booked("workshop", session={"capacity": 1})
    session = here.session("workshop", capacity=1)["id"]
    holder = here.done(here.act(booking, "confirm"))
    registration = register(here, session, "ada")
    here.done(here.act(holder, "cancel"))
    assert enroll(here, registration).json()["booking"]["status"] == "PENDING_APPROVAL"


@pytest.mark.parametrize(("letter", "status"), [("A", 200), ("B", 428)])
def test_a_session_with_room_is_registered_for_or_not(serve, letter, status):
    api = serve(readings={"WAITLIST-2": letter})
    body = {"waitingResource": api.session()["id"], "formInfo": {}}
    assert api.post(REGISTER, body).status_code == status


@pytest.mark.parametrize(("letter", "status"), [("A", 428), ("B", 200)])
def test_a_full_list_takes_nobody_else_or_does(serve, letter, status):
    api = serve(readings={"WAITLIST-3": letter})
    session, _ = full(api, "aerial", seats=10)
    register(api, session, "ada")
    body = {"waitingResource": session, "formInfo": {}}
    assert api.post(REGISTER, body).status_code == status


def test_a_class_whose_policy_has_none_has_no_waitlist(api):
    session = api.services["salsa"]["sessions"][0]["id"]
    answer = api.post(REGISTER, {"waitingResource": session, "formInfo": {}})
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (428, "WAITLIST-1")


def test_nobody_leaves_who_is_not_registered(api):
    answer = leave(api, api.session()["id"], "nobody")
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (404, "WAITLIST-4")


def test_whose_turn_it_is_is_kept_with_the_world(here):
    session, holder = full(here)
    register(here, session, "ada")
    here.done(here.act(holder, "cancel"))
    here.http.post("/_mock/snapshots", json={"name": "then"})
    registration = waitlist(here, session)["registrations"][0]["id"]
    assert enroll(here, registration).status_code == 200
    here.http.post("/_mock/snapshots/then", json={"restore": True})
    assert statuses(here, session) == ["SUGGESTING"]
    assert enroll(here, registration).status_code == 200


def test_whoever_takes_the_registration_for_the_booking_finds_it(here):
    session, holder = full(here)
    registration = register(here, session, "ada")
    (shown,) = waitlist(here, session)["registrations"]
    assert (shown["id"], shown["bookingId"]) == (registration, registration)
    assert here.read(registration)["status"] == "WAITING_LIST"
    here.done(here.act(holder, "cancel"))
    answer = enroll(here, registration)
    assert answer.json()["booking"]["status"] == "CONFIRMED"


@pytest.mark.parametrize("token", ["visitor-token", "member-token"])
def test_customers_see_how_long_a_list_is(here, token):
    session, _ = full(here)
    register(here, session, "ada")
    answer = here.http.get(
        LIST, params={"waitingResources": session}, headers={"authorization": token}
    )
    assert answer.json()["list"][0]["numberOfRegistrations"] == 1
