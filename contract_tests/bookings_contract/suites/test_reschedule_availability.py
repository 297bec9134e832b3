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
from bookings_contract.testkit.scenario import Scenario

MOVE = "rescheduleBooking"
MOVABLE = ["appointment", "class"]
ALIVE = ["CREATED", "PENDING", "CONFIRMED"]


@pytest.mark.judges("RESCHEDULE-4")
@pytest.mark.parametrize("status", ALIVE)
def test_a_class_booking_is_not_moved_to_a_full_session(status: str, scenario: Scenario) -> None:
    new = counted_place(scenario.given, "class", 1, waits=status == "PENDING")
    old = scenario.given.session(new.service)
    left = Seats(scenario.client, scenario.given, scenario.expect).left(new)
    scenario.expect.new_story()
    booking = scenario.given.booking(old, status)
    scenario.given.booking(new, "CONFIRMED", participants=left)
    answer = scenario.client.act(MOVE, booking, {"slot": new.slot})
    scenario.expect.refused(answer, "RESCHEDULE-4", "session", circumstance=f"class, {status}")
    scenario.expect.unchanged(booking, "moving it to a full session")


@pytest.mark.judges("RESCHEDULE-4")
@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("given_now", ["kept", "total"])
def test_the_new_session_needs_room_for_all_participants(
    given_now: str, over: int, scenario: Scenario
) -> None:
    new = counted_place(scenario.given, "class", 2)
    old = another_session(scenario.given, new, alike=False)
    seats = Seats(scenario.client, scenario.given, scenario.expect)
    number = seats.left(new) + over
    kept = given_now == "kept"
    if kept:
        seats.left(old, at_least=number)
    scenario.expect.new_story()
    booking = scenario.given.booking(old, "CONFIRMED", participants=number if kept else 1)
    body = {"slot": new.slot} | ({} if kept else {"totalParticipants": number})
    answer = scenario.client.act(MOVE, booking, body)
    where = f"the number {given_now}, {'one too many' if over else 'as many as there is room for'}"
    if not (kept or over or answer.accepted):
        # Only for services with variants do the pages say that a move may bring a number.
        raise NotReached(f"moving a booking with a total was answered {answer.summary}")
    _judge_room(answer, booking, number, bool(over), where, scenario)


@pytest.mark.judges("RESCHEDULE-4", needs=("exclusive_session", "services.choices"))
@pytest.mark.parametrize("over", [0, 1])
def test_the_new_session_needs_room_for_all_choices(over: int, scenario: Scenario) -> None:
    service = varied(scenario.given, "class")
    booking = scenario.given.booking(service, "CONFIRMED")
    new = scenario.given.session(service, exclusive=True)
    if new.capacity is None or new.capacity < 2:
        raise NotJudged(f"the target file names no session of {service.name} with seats for two")
    first, second = service.choices[0].values[:2]
    full = choices(scenario.given, new, {first: new.capacity - 1, second: 1})
    free = scenario.client.call(
        "createBooking",
        body=scenario.given.body(new, participants=None, participantsChoices=full),
    )
    if not free.accepted:
        raise NotJudged(f"no session of {service.name} is empty")
    scenario.expect.new_story()
    booking = scenario.given.booking(service, "CONFIRMED")
    number = new.capacity + over
    wanted = choices(scenario.given, new, {first: new.capacity - 1, second: 1 + over})
    answer = scenario.client.act(MOVE, booking, {"slot": new.slot, "participantsChoices": wanted})
    where = f"the choices given, {'one too many' if over else 'as many as there is room for'}"
    _judge_room(answer, booking, number, bool(over), where, scenario)


def _judge_room(
    answer: Answer,
    booking: Seen,
    number: int,
    too_many: bool,
    where: str,
    scenario: Scenario,
) -> None:
    """Refused where there is no room for them, unless they were not counted as participants."""
    if not too_many:
        scenario.expect.accepted(answer, "RESCHEDULE-4", circumstance=where)
        return
    if answer.accepted and headcount(stored(scenario.given, answer.booking)) != number:
        raise NotJudged("the number given on moving the booking was not applied")
    scenario.expect.refused(answer, "RESCHEDULE-4", "session", circumstance=where)
    scenario.expect.unchanged(booking, "moving it to where there is no room")


@pytest.mark.judges("RESCHEDULE-4", needs=("services.appointment",))
@pytest.mark.parametrize("status", ALIVE)
@pytest.mark.parametrize("overlap", ["the whole time", "a part of the time"])
def test_an_appointment_is_not_moved_to_where_another_is(
    overlap: str, status: str, scenario: Scenario
) -> None:
    service = plain_for(scenario.given, "appointment", status)
    booking = scenario.given.booking(service, status)
    new = scenario.given.slot(service)
    scenario.given.booking(new, "CONFIRMED")
    taken_by_one(scenario.given, new)
    slot = new.slot if overlap == "the whole time" else _shifted(new).slot
    answer = scenario.client.act(MOVE, booking, {"slot": slot})
    where = f"appointment, {status}, {overlap}"
    scenario.expect.refused(answer, "RESCHEDULE-4", circumstance=where)
    scenario.expect.unchanged(booking, "moving it to where another is")


@pytest.mark.judges("RESCHEDULE-4")
@pytest.mark.parametrize("kind", MOVABLE)
def test_the_check_is_skipped_on_request(kind: str, scenario: Scenario) -> None:
    seats = Seats(scenario.client, scenario.given, scenario.expect)
    if kind == "class":
        new = counted_place(scenario.given, kind, 1)
        filling = seats.left(new)
    else:
        new, filling = scenario.given.slot(plain(scenario.given, kind)), 1
    scenario.expect.new_story()
    booking = scenario.given.booking(scenario.given.place(new.service), "CONFIRMED")
    scenario.given.booking(new, "CONFIRMED", participants=filling)
    flow = {"flowControlSettings": {"skipAvailabilityValidation": True}}
    answer = scenario.client.act(MOVE, booking, {"slot": new.slot, **flow})
    where = f"{kind}, skipped"
    if scenario.expect.accepted(answer, "RESCHEDULE-4", circumstance=where):
        after = stored(scenario.given, answer.booking)
        scenario.expect.that(
            "RESCHEDULE-4",
            whereabouts(after) != whereabouts(booking),
            expected="moved all the same",
            actual="still where it was",
            circumstance=where,
        )


# Whether its own place counts


@pytest.mark.judges("RESCHEDULE-9", needs=("services.appointment",))
def test_whether_its_own_time_counts_against_an_appointment(scenario: Scenario) -> None:
    old = scenario.given.slot(plain(scenario.given, "appointment"))
    new = _shifted(old)
    if not scenario.given.accepts(new):
        raise NotJudged(f"{old.service.name} offers no two times that overlap")
    scenario.expect.new_story()
    booking = scenario.given.booking(old, "CONFIRMED")
    answer = scenario.client.act(MOVE, booking, {"slot": new.slot})
    after = stored(scenario.given, answer.exchange.booking or booking)
    stayed = whereabouts(after) == whereabouts(booking)
    letter = _made_or_refused(answer, moved=not stayed, stayed=stayed)
    scenario.expect.reading("RESCHEDULE-9", letter, actual=f"{answer.summary}, then {after}")
    scenario.expect.unchanged(booking, "moving it by a part of its time")


@pytest.mark.judges("RESCHEDULE-9")
def test_whether_its_own_seats_count_against_a_class_booking(scenario: Scenario) -> None:
    place = counted_place(scenario.given, "class", 2)
    left = Seats(scenario.client, scenario.given, scenario.expect).left(place, at_least=2)
    scenario.expect.new_story()
    booking = scenario.given.booking(place, "CONFIRMED")
    body = {"slot": place.slot, "totalParticipants": left}
    answer = scenario.client.act(MOVE, booking, body)
    after = stored(scenario.given, answer.exchange.booking or booking)
    number = headcount(after)
    if answer.accepted and headcount(answer.booking) == 1:
        raise NotJudged("the number given on moving the booking was not applied")
    letter = _made_or_refused(answer, moved=number == left, stayed=number == 1)
    scenario.expect.reading("RESCHEDULE-9", letter, actual=f"{answer.summary}, then {number} seats")
    scenario.expect.unchanged(booking, "moving it to its own session")


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
