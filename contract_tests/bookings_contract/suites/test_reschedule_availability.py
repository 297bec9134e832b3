"""Reschedule Booking: the room that a booking needs where it moves to, and its own old place."""

import pytest
from attrs import evolve

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.arranged import (
    Seats,
    another_session,
    choices,
    counted_place,
    headcount,
    plain,
    plain_for,
    stored,
    taken_by_one,
    varied,
    whereabouts,
)
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

MOVE = "rescheduleBooking"
MOVABLE = ["appointment", "class"]
ALIVE = ["CREATED", "PENDING", "CONFIRMED"]


@pytest.mark.judges("RESCHEDULE-4")
@pytest.mark.parametrize("status", ALIVE)
def test_a_class_booking_is_not_moved_to_a_full_session(
    status: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    new = counted_place(bookings_given, "class", 1, waits=status == "PENDING")
    old = bookings_given.session(new.service)
    left = Seats(bookings_client, bookings_given, bookings_expect).left(new)
    bookings_expect.new_story()
    booking = bookings_given.booking(old, status)
    bookings_given.booking(new, "CONFIRMED", participants=left)
    answer = bookings_client.act(MOVE, booking, {"slot": new.slot})
    bookings_expect.refused(answer, "RESCHEDULE-4", "session", circumstance=f"class, {status}")
    bookings_expect.unchanged(booking, "moving it to a full session")


@pytest.mark.judges("RESCHEDULE-4")
@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("given_now", ["kept", "total"])
def test_the_new_session_needs_room_for_all_participants(
    given_now: str,
    over: int,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    new = counted_place(bookings_given, "class", 2)
    old = another_session(bookings_given, new, alike=False)
    seats = Seats(bookings_client, bookings_given, bookings_expect)
    number = seats.left(new) + over
    kept = given_now == "kept"
    if kept:
        seats.left(old, at_least=number)
    bookings_expect.new_story()
    booking = bookings_given.booking(old, "CONFIRMED", participants=number if kept else 1)
    body = {"slot": new.slot} | ({} if kept else {"totalParticipants": number})
    answer = bookings_client.act(MOVE, booking, body)
    where = f"the number {given_now}, {'one too many' if over else 'as many as there is room for'}"
    if not (kept or over or answer.accepted):
        # Only for services with variants do the pages say that a move may bring a number.
        raise NotReached(f"moving a booking with a total was answered {answer.summary}")
    _judge_room(answer, booking, number, bool(over), where, bookings_given, bookings_expect)


@pytest.mark.judges("RESCHEDULE-4", needs=("exclusive_session", "services.choices"))
@pytest.mark.parametrize("over", [0, 1])
def test_the_new_session_needs_room_for_all_choices(
    over: int, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    service = varied(bookings_given, "class")
    booking = bookings_given.booking(service, "CONFIRMED")
    new = bookings_given.session(service, exclusive=True)
    if new.capacity is None or new.capacity < 2:
        raise NotJudged(f"the target file names no session of {service.name} with seats for two")
    first, second = service.choices[0].values[:2]
    full = choices(bookings_given, new, {first: new.capacity - 1, second: 1})
    free = bookings_client.call(
        "createBooking",
        body=bookings_given.body(new, participants=None, participantsChoices=full),
    )
    if not free.accepted:
        raise NotJudged(f"no session of {service.name} is empty")
    bookings_expect.new_story()
    booking = bookings_given.booking(service, "CONFIRMED")
    number = new.capacity + over
    wanted = choices(bookings_given, new, {first: new.capacity - 1, second: 1 + over})
    answer = bookings_client.act(MOVE, booking, {"slot": new.slot, "participantsChoices": wanted})
    where = f"the choices given, {'one too many' if over else 'as many as there is room for'}"
    _judge_room(answer, booking, number, bool(over), where, bookings_given, bookings_expect)


def _judge_room(
    answer: Answer,
    booking: Seen,
    number: int,
    too_many: bool,
    where: str,
    given: Given,
    expect: Expect,
) -> None:
    """Refused where there is no room for them, unless they were not counted as participants."""
    if not too_many:
        expect.accepted(answer, "RESCHEDULE-4", circumstance=where)
        return
    if answer.accepted and headcount(stored(given, answer.booking)) != number:
        raise NotJudged("the number given on moving the booking was not applied")
    expect.refused(answer, "RESCHEDULE-4", "session", circumstance=where)
    expect.unchanged(booking, "moving it to where there is no room")


@pytest.mark.judges("RESCHEDULE-4", needs=("services.appointment",))
@pytest.mark.parametrize("status", ALIVE)
@pytest.mark.parametrize("overlap", ["the whole time", "a part of the time"])
def test_an_appointment_is_not_moved_to_where_another_is(
    overlap: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    service = plain_for(bookings_given, "appointment", status)
    booking = bookings_given.booking(service, status)
    new = bookings_given.slot(service)
    bookings_given.booking(new, "CONFIRMED")
    taken_by_one(bookings_given, new)
    slot = new.slot if overlap == "the whole time" else _shifted(new).slot
    answer = bookings_client.act(MOVE, booking, {"slot": slot})
    where = f"appointment, {status}, {overlap}"
    bookings_expect.refused(answer, "RESCHEDULE-4", circumstance=where)
    bookings_expect.unchanged(booking, "moving it to where another is")


@pytest.mark.judges("RESCHEDULE-4")
@pytest.mark.parametrize("kind", MOVABLE)
def test_the_check_is_skipped_on_request(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    seats = Seats(bookings_client, bookings_given, bookings_expect)
    if kind == "class":
        new = counted_place(bookings_given, kind, 1)
        filling = seats.left(new)
    else:
        new, filling = bookings_given.slot(plain(bookings_given, kind)), 1
    bookings_expect.new_story()
    booking = bookings_given.booking(bookings_given.place(new.service), "CONFIRMED")
    bookings_given.booking(new, "CONFIRMED", participants=filling)
    flow = {"flowControlSettings": {"skipAvailabilityValidation": True}}
    answer = bookings_client.act(MOVE, booking, {"slot": new.slot, **flow})
    where = f"{kind}, skipped"
    if bookings_expect.accepted(answer, "RESCHEDULE-4", circumstance=where):
        after = stored(bookings_given, answer.booking)
        bookings_expect.that(
            "RESCHEDULE-4",
            whereabouts(after) != whereabouts(booking),
            expected="moved all the same",
            actual="still where it was",
            circumstance=where,
        )


# Whether its own place counts


@pytest.mark.judges("RESCHEDULE-9", needs=("services.appointment",))
def test_whether_its_own_time_counts_against_an_appointment(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    old = bookings_given.slot(plain(bookings_given, "appointment"))
    new = _shifted(old)
    if not bookings_given.accepts(new):
        raise NotJudged(f"{old.service.name} offers no two times that overlap")
    bookings_expect.new_story()
    booking = bookings_given.booking(old, "CONFIRMED")
    answer = bookings_client.act(MOVE, booking, {"slot": new.slot})
    after = stored(bookings_given, answer.exchange.booking or booking)
    stayed = whereabouts(after) == whereabouts(booking)
    letter = _made_or_refused(answer, moved=not stayed, stayed=stayed)
    bookings_expect.reading("RESCHEDULE-9", letter, actual=f"{answer.summary}, then {after}")
    bookings_expect.unchanged(booking, "moving it by a part of its time")


@pytest.mark.judges("RESCHEDULE-9")
def test_whether_its_own_seats_count_against_a_class_booking(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = counted_place(bookings_given, "class", 2)
    left = Seats(bookings_client, bookings_given, bookings_expect).left(place, at_least=2)
    bookings_expect.new_story()
    booking = bookings_given.booking(place, "CONFIRMED")
    body = {"slot": place.slot, "totalParticipants": left}
    answer = bookings_client.act(MOVE, booking, body)
    after = stored(bookings_given, answer.exchange.booking or booking)
    number = headcount(after)
    if answer.accepted and headcount(answer.booking) == 1:
        raise NotJudged("the number given on moving the booking was not applied")
    letter = _made_or_refused(answer, moved=number == left, stayed=number == 1)
    bookings_expect.reading("RESCHEDULE-9", letter, actual=f"{answer.summary}, then {number} seats")
    bookings_expect.unchanged(booking, "moving it to its own session")


def _made_or_refused(answer: Answer, *, moved: bool, stayed: bool) -> str | None:
    """A: made, and seen to be. B: refused, and everything is where it was."""
    if answer.accepted:
        return "A" if moved else None
    return "B" if answer.refused and stayed else None


def _shifted(place: Place) -> Place:
    """The same place half its length later: it overlaps with what it was."""
    if place.start is None:
        raise NotJudged(f"{place.service.name} has no slots")
    return evolve(place, start=place.start + place.length / 2)
