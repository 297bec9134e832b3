"""Reschedule Booking: what can be moved and where to, and what moves along."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import frozen

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.arranged import (
    UNKNOWN,
    UNKNOWN_CHOICES,
    Seats,
    another_session,
    choices,
    chosen,
    counted_place,
    moved_or_not,
    plain,
    plain_for,
    stored,
    taken_by_one,
    unknown_choices,
    varied,
)
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

MOVE = "rescheduleBooking"
MOVABLE = ["appointment", "class"]
ALIVE = ["CREATED", "PENDING", "CONFIRMED"]


# What can be moved, and where to


@pytest.mark.judges("RESCHEDULE-1")
@pytest.mark.parametrize("where", ["to a session of it", "to a time of its own"])
@pytest.mark.parametrize("status", ALIVE)
def test_the_booking_of_a_course_is_not_moved(status: str, where: str, scenario: Scenario) -> None:
    service = plain_for(scenario.given, "course", status)
    slot = _own_time(service)
    if where == "to a session of it":
        if not service.sessions:
            raise NotJudged(f"the target file names no sessions of {service.name}")
        slot = {**_ids(service), "sessionId": service.sessions[-1].id}
    booking = scenario.given.booking(service, status)
    answer = scenario.client.act(MOVE, booking, {"slot": slot})
    scenario.expect.refused(answer, "RESCHEDULE-1", circumstance=f"{status}, {where}")
    scenario.expect.unchanged(booking, "moving it")


ELSEWHERE = ["no such session", "a session of another class", "a time without a session"]


@pytest.mark.judges("RESCHEDULE-2")
@pytest.mark.parametrize("where", ELSEWHERE)
@pytest.mark.parametrize("status", ["CREATED", "CONFIRMED"])
def test_a_class_is_not_moved_but_to_a_session_of_its_own(
    status: str, where: str, scenario: Scenario
) -> None:
    service = plain(scenario.given, "class")
    slot = _no_session_of(service, where, scenario.given)
    booking = scenario.given.booking(service, status)
    answer = scenario.client.act(MOVE, booking, {"slot": slot})
    scenario.expect.refused(answer, "RESCHEDULE-2", circumstance=f"{status}, {where}")
    scenario.expect.unchanged(booking, "moving it")


def _no_session_of(service: Service, where: str, given: Given) -> dict[str, Any]:
    if where == "no such session":
        return {**_ids(service), "sessionId": UNKNOWN}
    if where == "a time without a session":
        return _own_time(service)
    other = given.service(
        "class",
        variants=False,
        book="open",
        where=lambda found: found.id != service.id and bool(found.sessions),
        lacking="second class",
    )
    # Only the session tells that it is another class's.
    return {**_ids(service), "sessionId": given.session(other).session_id}


# What moves along


@pytest.mark.judges("RESCHEDULE-3")
def test_the_seats_of_a_class_booking_move_along(scenario: Scenario) -> None:
    old = counted_place(scenario.given, "class", 2)
    new = another_session(scenario.given, old)
    seats = Seats(scenario.client, scenario.given, scenario.expect)
    before, there = seats.left(old), seats.left(new)
    moving = min(before, there)
    scenario.expect.new_story()
    booking = scenario.given.booking(old, "CONFIRMED", participants=moving)
    answer = scenario.client.act(MOVE, booking, {"slot": new.slot})
    if not scenario.expect.accepted(answer, "RESCHEDULE-3", circumstance="class"):
        return
    # First what goes wrong where nothing but the answer moves.
    rule, to = "RESCHEDULE-3", "class, the new session"
    if seats.at_most(rule, new, there - moving, "in the new session", to):
        seats.at_least(rule, new, there - moving, "in the new session", to)
        seats.exactly(rule, old, before, "in the old session", "class, the old session")


@pytest.mark.judges("RESCHEDULE-3", needs=("services.appointment",))
def test_the_time_of_an_appointment_moves_along(scenario: Scenario) -> None:
    service = plain(scenario.given, "appointment")
    old, new = scenario.given.slot(service), scenario.given.slot(service)
    booking = scenario.given.booking(old, "CONFIRMED")
    taken_by_one(scenario.given, old)
    answer = scenario.client.act(MOVE, booking, {"slot": new.slot})
    if not scenario.expect.accepted(answer, "RESCHEDULE-3", circumstance="appointment"):
        return
    scenario.expect.that(
        "RESCHEDULE-3",
        not scenario.given.accepts(new),
        expected="its new time is taken",
        actual="it can be booked",
        circumstance="appointment, the new time",
    )
    scenario.expect.that(
        "RESCHEDULE-3",
        scenario.given.accepts(old),
        expected="its old time is free again",
        actual="it is refused",
        circumstance="appointment, the old time",
    )


@pytest.mark.judges("RESCHEDULE-3", needs=())
@pytest.mark.parametrize("status", ALIVE)
@pytest.mark.parametrize("kind", MOVABLE)
def test_the_slot_and_the_dates_of_the_booking_follow(
    kind: str, status: str, scenario: Scenario
) -> None:
    service = plain_for(scenario.given, kind, status)
    new = scenario.given.place(service)
    # A CREATED booking takes nothing: it shows how a booking of the new place looks.
    model = scenario.given.booking(new)
    scenario.expect.new_story()
    booking = scenario.given.booking(service, status)
    answer = scenario.client.act(MOVE, booking, {"slot": new.slot})
    where = f"{kind}, {status}"
    if status == "CONFIRMED" and kind == "appointment":
        if not scenario.expect.accepted(answer, "RESCHEDULE-3", circumstance=where):
            return
    elif not answer.accepted:
        raise NotReached(f"moving a {status} booking was answered {answer.summary}")
    by_session = new.session is not None
    wanted = _shown_place(model, by_session)
    after = stored(scenario.given, answer.booking)
    for seen, at in ((answer.booking, answer), (after, None)):
        all_shown = _shown_place(seen, by_session)
        shown = {key: all_shown.get(key) for key in wanted}
        scenario.expect.equal(
            "RESCHEDULE-3", shown, wanted, of="its place", circumstance=where, at=at
        )


@pytest.mark.judges("RESCHEDULE-3", needs=("control",))
@pytest.mark.parametrize("kind", MOVABLE)
def test_the_participants_move_along_on_the_calendar(kind: str, scenario: Scenario) -> None:
    service = plain(scenario.given, kind)
    old, new = scenario.given.place(service), scenario.given.place(service)
    booking = scenario.given.booking(old, "CONFIRMED", participants=1)
    before = _calendar(scenario.given, service)
    answer = scenario.client.act(MOVE, booking, {"slot": new.slot})
    if not scenario.expect.accepted(answer, "RESCHEDULE-3", circumstance=f"{kind}, calendar"):
        return
    after = _calendar(scenario.given, service)
    where = f"{kind}, calendar"
    starts = [session.start for session in after.values() if booking.id in session.bookings]
    scenario.expect.equal(
        "RESCHEDULE-3", starts, [_begin(new)], of="on the calendar at", circumstance=where
    )
    totals = {session.start: session.total for session in after.values()}
    scenario.expect.equal(
        "RESCHEDULE-3",
        (totals.get(_begin(old), 0), totals.get(_begin(new), 0)),
        (0, 1),
        of="totalNumberOfParticipants of the old and the new session",
        circumstance=where,
    )
    if kind == "class":
        scenario.expect.equal(
            "RESCHEDULE-3",
            {session: found.start for session, found in after.items()},
            {session: found.start for session, found in before.items()},
            of="sessions of the class",
            circumstance="class_sessions",
        )


# Variants


LEFT_OUT: Mapping[str, dict[str, Any]] = {
    "left out": {},
    "null": {"participantsChoices": None},
    "empty": {"participantsChoices": {}},
    "an empty list": {"participantsChoices": {"serviceChoices": []}},
}


@pytest.mark.judges("RESCHEDULE-5")
@pytest.mark.parametrize("what", LEFT_OUT)
@pytest.mark.parametrize("status", ALIVE)
def test_choices_left_out_are_kept(status: str, what: str, scenario: Scenario) -> None:
    service = varied(scenario.given, "class")
    first, second = service.choices[0].values[:2]
    booking = scenario.given.booking(service, status, choices={first: 2, second: 1})
    body = {"slot": scenario.given.session(service).slot, **LEFT_OUT[what]}
    answer = scenario.client.act(MOVE, booking, body)
    if not answer.accepted and what == "left out":
        raise NotReached(f"moving a {status} booking was answered {answer.summary}")
    if not chosen(booking):
        raise NotReached("the new booking shows no participantsChoices")
    # Empty ones may be refused or count as left out; they never erase what there is.
    after = stored(scenario.given, answer.exchange.booking or booking)
    where = status if what == "left out" else "nothing_chosen"
    for seen, at in ((answer.exchange.booking, answer), (after, None)):
        if seen is not None:
            scenario.expect.equal(
                "RESCHEDULE-5", chosen(seen), chosen(booking), of="choices",
                circumstance=where, at=at,
            )  # fmt: skip


@pytest.mark.judges("RESCHEDULE-5")
@pytest.mark.parametrize("what", UNKNOWN_CHOICES)
def test_choices_that_the_service_does_not_have_are_refused(what: str, scenario: Scenario) -> None:
    service = varied(scenario.given, "class")
    booking = scenario.given.booking(service, "CONFIRMED")
    body = {
        "slot": scenario.given.session(service).slot,
        "participantsChoices": unknown_choices(what, service),
    }
    answer = scenario.client.act(MOVE, booking, body)
    scenario.expect.refused(answer, "RESCHEDULE-5", circumstance=what)
    scenario.expect.unchanged(booking, "moving it with other choices")


@pytest.mark.judges("RESCHEDULE-5")
def test_choices_that_the_service_has_take_the_place_of_the_former(scenario: Scenario) -> None:
    service = varied(scenario.given, "class")
    first, second = service.choices[0].values[:2]
    booking = scenario.given.booking(service, "CONFIRMED", choices={first: 1})
    new = scenario.given.session(service)
    if not scenario.given.accepts(new):
        raise NotJudged(f"the sessions of {service.name} are full")
    wanted = choices(scenario.given, new, {second: 1})
    answer = scenario.client.act(MOVE, booking, {"slot": new.slot, "participantsChoices": wanted})
    where = "known ones"
    if not scenario.expect.accepted(answer, "RESCHEDULE-5", circumstance=where):
        return
    after = stored(scenario.given, answer.booking)
    for seen, at in ((answer.booking, answer), (after, None)):
        scenario.expect.that(
            "RESCHEDULE-5",
            chosen(seen) not in (chosen(booking), []),
            expected=f"the choices given, {second}",
            actual=f"choices {chosen(seen)}",
            circumstance=where,
            at=at,
        )


# What is over


@pytest.mark.judges("RESCHEDULE-8")
@pytest.mark.parametrize("status", ["CANCELED", "DECLINED"])
@pytest.mark.parametrize("kind", MOVABLE)
def test_what_becomes_of_moving_what_is_over(kind: str, status: str, scenario: Scenario) -> None:
    service = plain_for(scenario.given, kind, status)
    booking = scenario.given.booking(service, status)
    answer = scenario.client.act(MOVE, booking, {"slot": scenario.given.place(service).slot})
    after = stored(scenario.given, answer.exchange.booking or booking)
    letter = moved_or_not(booking, answer, after)
    scenario.expect.reading("RESCHEDULE-8", letter, actual=f"{answer.summary}, then {after}")
    scenario.expect.unchanged(booking, f"moving it from {status}")


# Places


def _ids(service: Service) -> dict[str, Any]:
    known = {
        "serviceId": service.id,
        "scheduleId": service.schedule_id,
        "timezone": service.timezone,
    }
    return {key: value for key, value in known.items() if value is not None}


def _own_time(service: Service) -> dict[str, Any]:
    """A time at which no session is."""
    start = datetime.now(UTC).replace(hour=3, minute=17, second=0, microsecond=0)
    start += timedelta(days=90)
    end = start + timedelta(hours=1)
    return {**_ids(service), "startDate": start.isoformat(), "endDate": end.isoformat()}


def _shown_place(seen: Seen, by_session: bool) -> dict[str, object]:
    """Where and when a booking is, by what it shows of it; unless it has a session of its own."""
    slot = seen.slot
    found = {
        "slot.resource.id": (slot.get("resource") or {}).get("id"),
        **{f"slot.{key}": slot.get(key) for key in ("serviceId", "scheduleId", "timezone")},
        **{f"slot.{key}": _moment(slot.get(key)) for key in ("startDate", "endDate")},
        **{key: _moment(seen.raw.get(key)) for key in ("startDate", "endDate")},
    }
    if by_session:
        found |= {f"slot.{key}": slot.get(key) for key in ("sessionId", "eventId")}
    return {key: value for key, value in found.items() if value is not None}


def _moment(text: object) -> object:
    """A date as the moment that it names, however it is written."""
    try:
        moment = datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return text
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo else text


def _begin(place: Place) -> object:
    return _moment(place.session.start if place.session else place.start and str(place.start))


@frozen
class Shown:
    """A session as the calendar shows it."""

    start: object
    total: int
    bookings: list[str]


def _calendar(given: Given, service: Service) -> dict[str, Shown]:
    return {
        session["id"]: Shown(
            _moment(session["start"].get("timestamp")),
            session["totalNumberOfParticipants"],
            [entry["id"] for entry in session.get("participants", ())],
        )
        for session in given.calendar()
        if session.get("scheduleId") == service.schedule_id
    }
