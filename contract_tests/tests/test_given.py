"""Arrangements, tried against the embedded mock and against targets that won't be arranged."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from attrs import evolve

from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.target.model import Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.given import Given

from .conftest import Canned

KINDS = ("appointment", "class", "course")
STATUSES = ("CREATED", "CONFIRMED", "CANCELED", "DECLINED", "PENDING")

Mock = tuple[Target, httpx.BaseTransport]


@pytest.fixture
def given(mock: Mock) -> Iterator[Given]:
    wire = Wire(*mock)
    yield Given(Client(wire), PlacePool(wire.target))
    wire.close()


@pytest.fixture
def canned(make_client: Callable[..., Client], target: Target) -> Given:
    return Given(make_client(), PlacePool(target))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_status_is_reached_for_every_kind(given: Given, kind: str, status: str) -> None:
    booking = given.booking(kind, status)
    assert booking.status == status
    shown = given.read(booking)
    assert shown is not None
    assert shown == booking


def test_a_waiting_booking_is_found_by_the_reader(given: Given) -> None:
    one, other = given.booking("class", "WAITING_LIST"), given.booking("class", "WAITING_LIST")
    assert (one.status, other.status) == ("WAITING_LIST", "WAITING_LIST")
    assert one.id != other.id


def test_a_payment_status_is_arranged_by_confirming(given: Given) -> None:
    assert given.booking("class", "CONFIRMED", payment_status="PAID").payment_status == "PAID"


def test_each_body_has_its_own_contact_and_external_id(given: Given) -> None:
    one, other = given.body()["booking"], given.body()["booking"]
    assert one["externalUserId"] != other["externalUserId"]
    assert one["contactDetails"]["email"].endswith("@example.com")
    assert "phone" not in one["contactDetails"]


def test_a_field_of_a_body_can_be_replaced_or_left_out(given: Given) -> None:
    body = given.body(contactDetails=None, status="CONFIRMED", flow={"skipX": True})
    assert "contactDetails" not in body["booking"]
    assert body["booking"]["status"] == "CONFIRMED"
    assert body["flowControlSettings"] == {"skipX": True}


def test_a_service_with_variants_is_booked_by_one_of_them(given: Given) -> None:
    service = given.service("class", variants=True)
    booking = given.body(service, participants=2)["booking"]
    (choice,) = booking["participantsChoices"]["serviceChoices"]
    assert choice["numberOfParticipants"] == 2
    assert "totalParticipants" not in booking


def test_sessions_are_handed_out_once_and_the_roomiest_first(given: Given) -> None:
    assert given.session().capacity == 10
    one, other = given.session(capacity=1), given.session(capacity=1)
    assert one.session_id != other.session_id
    assert {one.capacity, other.capacity} == {1}


def test_when_every_session_is_used_plain_ones_are_used_again(canned: Given) -> None:
    assert [canned.session().capacity for _ in range(4)] == [10, 2, 1, 10]


def test_sessions_for_counting_seats_run_out(given: Given) -> None:
    service = given.session(capacity=1).service
    for _ in range(sum(session.capacity == 1 for session in service.sessions) - 1):
        given.session(service, capacity=1)
    with pytest.raises(NotJudged, match="too few sessions of capacity 1 of yoga"):
        given.session(service, capacity=1)


def test_a_guest_counts_seats_only_where_nobody_else_books(canned: Given) -> None:
    with pytest.raises(NotJudged, match="no session of capacity 2 with exclusive = true of yoga"):
        canned.session(capacity=2)


def test_slots_are_handed_out_once(given: Given) -> None:
    assert given.slot().start != given.slot().start


def test_seats_are_counted_by_trying(given: Given) -> None:
    place = given.session(capacity=10)
    assert given.seats_left(place) == 10
    given.booking(place, "CONFIRMED", participants=3)
    assert given.seats_left(place) == 7
    assert given.accepts(place, 7)
    assert not given.accepts(place, 8)


def test_an_appointments_time_is_taken_once(given: Given) -> None:
    place = given.slot()
    assert given.accepts(place)
    given.booking(place, "CONFIRMED")
    assert not given.accepts(place)


def test_seats_of_a_target_that_never_refuses_are_not_counted(
    server: Canned, canned: Given
) -> None:
    server.books()
    with pytest.raises(NotJudged, match="seats can't be counted: 11 of 10 were accepted"):
        canned.seats_left(canned.session())


def test_the_calendar_shows_who_takes_part(given: Given) -> None:
    place = given.session()
    booking = given.booking(place, "CONFIRMED", participants=2)
    (entry,) = given.on_calendar(booking)
    assert entry["partySize"] == 2
    (session,) = given.calendar(place)
    assert session["totalNumberOfParticipants"] == 2


def test_without_controls_there_is_no_calendar(canned: Given) -> None:
    with pytest.raises(NotJudged, match="no \\[control\\] url named"):
        canned.calendar()


def test_a_refused_arrangement_says_what_was_answered(server: Canned, canned: Given) -> None:
    server.refuses(428, "SESSION_NOT_FOUND")
    with pytest.raises(NotReached, match="creating a booking was answered 428 SESSION_NOT_FOUND"):
        canned.booking()


def test_an_arrangement_that_leads_elsewhere_is_not_reached(server: Canned, canned: Given) -> None:
    server.books("PENDING")
    with pytest.raises(NotReached, match="a CREATED booking was wanted, PENDING was answered"):
        canned.booking()


def test_canceling_goes_by_confirming_where_it_has_to(server: Canned, canned: Given) -> None:
    server.books("CREATED", "1")
    server.refuses(428)
    server.books("CONFIRMED", "2")
    server.books("CANCELED", "3")
    assert canned.booking(status="CANCELED").revision == "3"


def test_pending_goes_by_confirm_or_decline_where_marking_is_unknown(
    server: Canned, make_client: Callable[..., Client], target: Target
) -> None:
    approving = evolve(target.services["yoga"], manual_approval=True)
    guarded = evolve(target, services={"yoga": approving})
    server.books("CREATED", "1")
    server.refuses(404)
    server.books("PENDING", "2")
    given = Given(make_client(on=guarded), PlacePool(guarded))
    assert given.booking(status="PENDING").status == "PENDING"
    assert server.requests[-1].url.path.endswith(":confirmOrDecline")


def test_reading_waits_until_a_late_target_has_settled(
    server: Canned, make_client: Callable[..., Client], target: Target
) -> None:
    late = evolve(target, settle_s=5)
    given = Given(make_client(on=late), PlacePool(late))
    server.books("CONFIRMED", "2")
    booking = given.client.call("createBooking", body={}).booking
    server.says(200, {"extendedBookings": []})
    server.shows("CREATED", "1")
    server.shows("CONFIRMED", "2")
    assert given.read(booking) == booking


def test_a_guests_bodies_ask_for_no_message(
    make_client: Callable[..., Client], target: Target
) -> None:
    guest = evolve(target, may_notify=False)
    body = Given(make_client(on=guest), PlacePool(guest)).body()
    assert body["participantNotification"] == {"notifyParticipants": False}
    assert body["sendSmsReminder"] is False
