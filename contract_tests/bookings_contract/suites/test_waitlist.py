"""Waitlist: who gets onto the waiting list, for what, and who is next."""

from collections.abc import Mapping
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.calls import reached
from bookings_contract.suites.support.creations import NOWHERE, alone, seats
from bookings_contract.target.places import Place
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

REGISTER, LIST = "registerToWaitlist", "listWaitlist"
ENROLL, LEAVE = "enrollFromWaitlist", "leaveWaitlist"
RULE = "WAITLIST-4"
# So many registrations fill a list at most, or it is left alone.
FEW = 10


# ── Getting onto it ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("WAITLIST-1", needs=("services.class", "exclusive_session"))
def test_registering_for_a_full_session_makes_a_waiting_booking(scenario: Scenario) -> None:
    place, _ = _full(scenario.given)
    body = scenario.given.registration(place)
    answer = scenario.client.call(REGISTER, body=body)
    if not answer.accepted and not scenario.client.target.ours:
        # Which classes have a waitlist, only their policies say.
        raise NotReached(f"registering to the waitlist was answered {answer.summary}")
    if scenario.expect.accepted(answer, "WAITLIST-1", circumstance="full"):
        _expect_to_wait(body, place, "WAITLIST-1", "full", scenario)


@pytest.mark.judges("WAITLIST-1")
@pytest.mark.parametrize("kind", ["course", "appointment", "unknown"])
def test_only_class_sessions_have_a_waiting_list(kind: str, scenario: Scenario) -> None:
    body = scenario.given.registration("class")
    body["waitingResource"] = _session_of(kind, scenario.given)
    answer = scenario.client.call(REGISTER, body=body)
    scenario.expect.refused(answer, "WAITLIST-1", circumstance=f"session of {kind}")
    if answer.refused:
        _expect_nobody(body, "WAITLIST-1", f"session of {kind}", scenario)


def _session_of(kind: str, given: Given) -> str:
    if kind == "unknown":
        return NOWHERE
    if kind == "course":
        course = given.course().service
        if not course.sessions:
            raise NotJudged(f"the target file names no sessions of {course.name}")
        return course.sessions[0].id
    booked = given.booking("appointment", "CONFIRMED").slot
    session = booked.get("sessionId") or booked.get("eventId")
    if not session:
        raise NotReached("a confirmed appointment shows no session")
    return str(session)


@pytest.mark.judges("WAITLIST-2")
def test_a_session_with_room_is_registered_for_or_not(scenario: Scenario) -> None:
    _registered_or_not("WAITLIST-2", scenario.given.session(), scenario)


@pytest.mark.judges("WAITLIST-3", needs=("services.class", "exclusive_session"))
def test_a_full_waitlist_takes_somebody_more_or_not(scenario: Scenario) -> None:
    service = scenario.given.service(
        "class",
        variants=False,
        book="open",
        where=lambda one: 0 < _many(one.policy) <= FEW,
        lacking=f"class with a policy.waitlist_capacity of at most {FEW}",
    )
    least = min(
        scenario.client.target.all_services("class", variants=False, book="open"),
        key=lambda one: _many(one.policy) or FEW + 1,
    )
    place = scenario.given.session(least if _many(least.policy) else service, exclusive=True)
    scenario.given.booking(place, "CONFIRMED", participants=seats(place))
    for _ in range(_many(place.service.policy)):
        _registered(place, scenario.given)
    _registered_or_not("WAITLIST-3", place, scenario)


def _many(policy: Mapping[str, Any]) -> int:
    return int(policy.get("waitlist_capacity") or 0)


# Which reading a registration that is taken, or refused, stands for.
READINGS = {"WAITLIST-2": ("A", "B"), "WAITLIST-3": ("B", "A")}


def _registered_or_not(rule: str, place: Place, scenario: Scenario) -> None:
    """Judges that an answer and what is stored agree, whichever of both it is."""
    body = scenario.given.registration(place)
    answer = scenario.given.client.call(REGISTER, body=body)
    taken, refused = READINGS[rule]
    if answer.accepted:
        if _expect_to_wait(body, place, rule, "registered", scenario):
            scenario.expect.reading(rule, taken, actual="registered")
    elif answer.refused and _expect_nobody(body, rule, "refused", scenario):
        scenario.expect.reading(rule, refused, actual=answer.summary)


def _expect_to_wait(
    body: Mapping[str, Any],
    place: Place,
    rule: str,
    circumstance: str,
    scenario: Scenario,
) -> bool:
    scenario.given.settle()
    waiting = _waiting(body, scenario.given)
    sessions = [seen.slot.get("sessionId") for seen in waiting]
    events = [seen.slot.get("eventId") for seen in waiting]
    return scenario.expect.that(
        rule,
        place.session_id in sessions + events,
        expected="a WAITING_LIST booking for the session",
        actual=f"such a booking for {sessions}" if sessions else "none",
        circumstance=circumstance,
    )


def _expect_nobody(
    body: Mapping[str, Any], rule: str, circumstance: str, scenario: Scenario
) -> bool:
    scenario.given.settle()
    made = _waiting(body, scenario.given)
    return scenario.expect.that(
        rule,
        not made,
        expected="nobody waits after a refusal",
        actual=", ".join(str(seen) for seen in made),
        circumstance=circumstance,
    )


def _waiting(body: Mapping[str, Any], given: Given) -> list[Seen]:
    """Who waits after a registration; its contact tells whose booking it is."""
    email = body["formInfo"]["contactDetails"]["email"]
    return [seen for seen in given.find({"status": "WAITING_LIST"}) if seen.email == email]


# ── Being on it ───────────────────────────────────────────────────────────────────────────────────


def _full(given: Given) -> tuple[Place, Seen]:
    """A session of one's own without a free seat, and the booking that holds them."""
    place = alone(given, "class")
    return place, given.booking(place, "CONFIRMED", participants=seats(place))


def _registered(place: Place, given: Given) -> str:
    answer = reached(given.client.call(REGISTER, body=given.registration(place)))
    return str(answer.at("registrationId"))


def _listed(place: Place, given: Given) -> tuple[Answer, dict[str, Any]]:
    given.settle()
    query = {"waitingResources": place.session_id}
    answer = reached(given.client.call(LIST, query=query))
    named = [
        one for one in answer.at("list") if one.get("waitingResource") in (None, place.session_id)
    ]
    if not named:
        raise NotReached("the waitlist that was asked for is not listed")
    return answer, named[0]


def _expect_status(
    registration: str,
    place: Place,
    status: str,
    circumstance: str,
    scenario: Scenario,
    actions: Mapping[str, bool] | None = None,
) -> bool:
    """Judges how a list shows a registration; one that is gone need not be listed any more."""
    answer, listed = _listed(place, scenario.given)
    shown = [one for one in listed.get("registrations") or () if one.get("id") == registration]
    gone = status == "DECLINED" and not shown
    one = shown[0] if shown else {}
    can = one.get("availableActions") or {}
    odd = {name: can[name] for name in actions or {} if can.get(name) not in (None, actions[name])}  # type: ignore[index]
    return scenario.expect.that(
        RULE,
        gone or (one.get("status") == status and not odd),
        expected=f"a registration that is {status}" + (f", {dict(actions)}" if actions else ""),
        actual=f"{one.get('status')} {odd or ''}".rstrip() if shown else "no such registration",
        circumstance=circumstance,
        at=answer,
    )


@pytest.mark.judges(RULE)
def test_the_list_shows_who_waits_and_that_they_can_leave(scenario: Scenario) -> None:
    place, _ = _full(scenario.given)
    registration = _registered(place, scenario.given)
    can = {"leave": True, "enroll": False}
    _expect_status(registration, place, "WAITING", "waiting", scenario, can)
    answer = scenario.client.call(ENROLL, body={"registrationId": registration})
    scenario.expect.refused(answer, RULE, circumstance="enroll, waiting")


@pytest.mark.judges(RULE)
def test_who_leaves_waits_no_longer(scenario: Scenario) -> None:
    place, _ = _full(scenario.given)
    body = scenario.given.registration(place)
    registration = str(reached(scenario.client.call(REGISTER, body=body)).at("registrationId"))
    named = {"registrationId": registration, "waitingResource": place.session_id}
    left = scenario.client.call(LEAVE, body=named)
    if scenario.expect.accepted(left, RULE, circumstance="left"):
        _expect_status(registration, place, "DECLINED", "left", scenario)
        scenario.expect.that(
            RULE,
            not _waiting(body, scenario.given),
            expected="no booking that waits",
            actual="it waits on",
            circumstance="left",
        )


@pytest.mark.judges(RULE)
def test_a_freed_place_is_offered_to_the_first_and_taken(scenario: Scenario) -> None:
    place, holder = _full(scenario.given)
    registration = _registered(place, scenario.given)
    reached(scenario.client.act("cancelBooking", holder))
    can = {"leave": True, "enroll": True}
    asked = _expect_status(registration, place, "SUGGESTING", "freed", scenario, can)
    if not asked:
        return
    answer = scenario.client.call(ENROLL, body={"registrationId": registration})
    if scenario.expect.accepted(answer, RULE, circumstance="taken"):
        _expect_status(registration, place, "ENROLLED", "taken", scenario)


@pytest.mark.judges(RULE)
def test_a_freed_place_is_kept_from_others(scenario: Scenario) -> None:
    place, holder = _full(scenario.given)
    _registered(place, scenario.given)
    reached(scenario.client.act("cancelBooking", holder))
    scenario.given.settle()
    body = scenario.given.body(place, participants=seats(place))
    answer = scenario.client.call("createBooking", body=body)
    scenario.expect.that(
        RULE,
        answer.refused,
        expected="a place that is kept for who waits",
        actual=answer.summary,
        circumstance="kept",
        at=answer,
    )


@pytest.mark.judges(RULE, needs=("control", "services.class", "exclusive_session"))
def test_when_the_window_is_over_the_next_is_asked(scenario: Scenario) -> None:
    place, holder = _full(scenario.given)
    _registered(place, scenario.given)
    second = _registered(place, scenario.given)
    reached(scenario.client.act("cancelBooking", holder))
    minutes = _listed(place, scenario.given)[1].get("timeWindowMinutes")
    if not isinstance(minutes, int):
        raise NotJudged("the waitlist does not say how long a place is kept")
    scenario.client.control("POST", "clock", {"advance": minutes * 60})
    _expect_status(second, place, "SUGGESTING", "next", scenario)
