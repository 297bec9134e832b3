"""Attendance, set and get: one object for a booking and session, and what it takes and keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.attending import (
    GET,
    SET,
    UNSET,
    Object,
    Story,
    confirmed,
    made,
    rendered,
    set_attendance,
    stored,
)
from bookings_contract.suites.support.calls import KINDS, unknown_id
from bookings_contract.testkit.expect import NOTHING_CHANGED, Expect
from bookings_contract.testkit.scenario import Scenario

# How a session is named is known from today's references only.
NAMES = "names"


def _sizable(kind: str) -> int:
    """How many a booking of the kind may be for: an appointment is for one."""
    return 1 if kind == "appointment" else 2


def _kept(
    expect: Expect, rule: str, answer: Answer, status: str, number: int, about: str
) -> Object | None:
    """The answer shows what was asked for."""
    if not expect.accepted(answer, rule, circumstance=about):
        return None
    one = made(answer)
    same = expect.equal(
        rule, rendered(one), f"{status}, {number}", of="attendance", circumstance=about, at=answer
    )
    return one if same else None


def _stored(scenario: Scenario, rule: str, story: Story, due: Sequence[Object], about: str) -> None:
    """The booking has these objects as they were answered, and no others that anybody has set."""
    shown = stored(scenario.given, story)
    scenario.expect.that(
        rule,
        sorted((one.get("id"), rendered(one)) for one in shown)
        == sorted((one["id"], rendered(one)) for one in due),
        expected=f"the booking's objects say {' and '.join(rendered(one) for one in due)}",
        actual=f"{len(shown)} objects: {' and '.join(rendered(one) for one in shown) or 'nothing'}",
        circumstance=about,
    )


# ── One for each booking and session ──────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-1")
@pytest.mark.parametrize("kind", KINDS)
def test_setting_again_changes_what_was_set(kind: str, scenario: Scenario) -> None:
    number = _sizable(kind)
    story = confirmed(scenario.given, kind, participants=number)
    first = made(set_attendance(scenario.client, story, "NOT_ATTENDED"))
    again = set_attendance(scenario.client, story, "ATTENDED", number=number)
    second = _kept(scenario.expect, "ATTENDANCE-1", again, "ATTENDED", number, kind)
    if second is not None and _same(scenario.expect, first, second, again, kind):
        _stored(scenario, "ATTENDANCE-1", story, [second], kind)


@pytest.mark.judges("ATTENDANCE-1")
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_set_is_kept(kind: str, scenario: Scenario) -> None:
    number = _sizable(kind)
    story = confirmed(scenario.given, kind, participants=number)
    answer = set_attendance(scenario.client, story, "ATTENDED", number=number)
    about = f"{kind}, set once"
    one = _kept(scenario.expect, "ATTENDANCE-1", answer, "ATTENDED", number, about)
    if one is not None:
        _stored(scenario, "ATTENDANCE-1", story, [one], about)


@pytest.mark.judges("ATTENDANCE-1")
@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_a_session_is_the_same_by_either_of_its_names(kind: str, scenario: Scenario) -> None:
    story = confirmed(scenario.given, kind)
    if len(story.sessions) < 2:
        raise NotJudged("bookings do not show both sessionId and eventId")
    first = made(set_attendance(scenario.client, story, "NOT_ATTENDED", session=0))
    answer = set_attendance(scenario.client, story, "ATTENDED", number=1, session=1)
    second = _kept(scenario.expect, "ATTENDANCE-1", answer, "ATTENDED", 1, NAMES)
    if second is not None and _same(scenario.expect, first, second, answer, NAMES):
        _stored(scenario, "ATTENDANCE-1", story, [second], NAMES)


@pytest.mark.judges("ATTENDANCE-1")
def test_two_bookings_of_one_session_have_an_object_each(scenario: Scenario) -> None:
    one = confirmed(scenario.given, "class")
    other = confirmed(scenario.given, one.place)
    first = made(set_attendance(scenario.client, one, "ATTENDED", number=1))
    second = made(set_attendance(scenario.client, other, "NOT_ATTENDED"))
    about = "two bookings of one session"
    if _different(scenario.expect, "ATTENDANCE-1", first, second, about):
        for story, due in ((one, first), (other, second)):
            _stored(scenario, "ATTENDANCE-1", story, [due], about)


@pytest.mark.judges("ATTENDANCE-1")
def test_an_object_names_its_booking_and_session(scenario: Scenario) -> None:
    story = confirmed(scenario.given, "class")
    for name in story.sessions:
        answer = set_attendance(scenario.client, story, number=1, session=name)
        shown = made(answer)
        (key,) = name
        for field, due in (("bookingId", story.booking.id), (key, name[key])):
            told_of = shown.get(field)
            # Which of a session's names is told is open.
            untold = told_of is None and field != "bookingId"
            scenario.expect.that(
                "ATTENDANCE-1",
                untold or str(told_of).lower() == due.lower(),
                expected=f"{field} {due}",
                actual=f"{field} {told_of}",
                circumstance=NAMES,
                at=answer,
            )


@pytest.mark.judges("ATTENDANCE-4")
def test_an_appointment_has_one_object(scenario: Scenario) -> None:
    story = confirmed(scenario.given, "appointment")
    one = made(set_attendance(scenario.client, story, "ATTENDED", number=1))
    again = made(set_attendance(scenario.client, story, "NOT_ATTENDED"))
    about = "appointment"
    scenario.expect.equal("ATTENDANCE-4", again["id"], one["id"], of="id", circumstance=about)
    _stored(scenario, "ATTENDANCE-4", story, [again], about)


@pytest.mark.judges("ATTENDANCE-4")
def test_a_course_has_an_object_for_each_session(scenario: Scenario) -> None:
    story = confirmed(scenario.given, "course", sessions=2, participants=2)
    first = made(set_attendance(scenario.client, story, "ATTENDED", number=1, session=0))
    second = made(set_attendance(scenario.client, story, "NOT_ATTENDED", session=1))
    if not _different(scenario.expect, "ATTENDANCE-4", first, second, "course"):
        return
    _stored(scenario, "ATTENDANCE-4", story, [first, second], "course")
    third = made(set_attendance(scenario.client, story, "ATTENDED", number=2, session=0))
    about = "course, one set again"
    _stored(scenario, "ATTENDANCE-4", story, [second, third], about)


@pytest.mark.judges("ATTENDANCE-4")
def test_two_sessions_of_a_class_have_an_object_each(scenario: Scenario) -> None:
    one = confirmed(scenario.given, "class")
    other = confirmed(scenario.given, one.place.service)
    if one.place.session == other.place.session:
        raise NotJudged(f"the target file names too few sessions of {one.place.service.name}")
    first = made(set_attendance(scenario.client, one, "ATTENDED", number=1))
    second = made(set_attendance(scenario.client, other, "NOT_ATTENDED"))
    about = "two sessions of a class"
    if _different(scenario.expect, "ATTENDANCE-4", first, second, about):
        _stored(scenario, "ATTENDANCE-4", one, [first], about)


def _same(expect: Expect, first: Object, second: Object, at: Answer, about: str) -> bool:
    return expect.equal(
        "ATTENDANCE-1", second["id"], first["id"], of="id", circumstance=about, at=at
    )


def _different(expect: Expect, rule: str, first: Object, second: Object, about: str) -> bool:
    return expect.that(
        rule,
        first["id"] != second["id"],
        expected="an object of its own",
        actual=f"{first['id']} for both",
        circumstance=about,
    )


# ── By its id ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-2")
@pytest.mark.parametrize("kind", KINDS)
def test_an_object_is_got_by_its_id(kind: str, scenario: Scenario) -> None:
    number = _sizable(kind)
    story = confirmed(scenario.given, kind, participants=number)
    one = made(set_attendance(scenario.client, story, "NOT_ATTENDED"))
    _got(scenario, one, f"{kind}, just set")
    again = made(set_attendance(scenario.client, story, "ATTENDED", number=number))
    _got(scenario, again, f"{kind}, set again")


@pytest.mark.judges("ATTENDANCE-2")
def test_each_of_two_objects_is_got_by_its_own_id(scenario: Scenario) -> None:
    first = confirmed(scenario.given, "class")
    second = confirmed(scenario.given, first.place)
    one = made(set_attendance(scenario.client, first, "ATTENDED", number=1))
    other = made(set_attendance(scenario.client, second, "NOT_ATTENDED"))
    for shown in (one, other):
        _got(scenario, shown, "one of two")


def _got(scenario: Scenario, one: Object, about: str) -> None:
    scenario.given.settle()
    answer = scenario.client.call(GET, path={"attendanceId": one["id"]})
    if not scenario.expect.accepted(answer, "ATTENDANCE-2", circumstance=about):
        return
    shown, known = made(answer), ("id", "bookingId", "status", "numberOfAttendees")
    wrong = [key for key in known if shown.get(key) != one.get(key)]
    scenario.expect.that(
        "ATTENDANCE-2",
        not wrong,
        expected=", ".join(f"{key} {one.get(key)}" for key in wrong or known),
        actual=", ".join(f"{key} {shown.get(key)}" for key in wrong or known),
        circumstance=about,
        at=answer,
    )


@pytest.mark.judges("ATTENDANCE-2")
def test_an_unknown_id_is_not_found(scenario: Scenario) -> None:
    answer = scenario.client.call(GET, path={"attendanceId": unknown_id(scenario.given)})
    scenario.expect.refused(answer, "ATTENDANCE-2", circumstance="unknown id")


@pytest.mark.judges("ATTENDANCE-2")
def test_the_id_of_a_booking_is_no_id_of_an_object(scenario: Scenario) -> None:
    story = confirmed(scenario.given, "class")
    one = made(set_attendance(scenario.client, story, number=1))
    if one["id"] == story.booking.id:
        raise NotJudged("the object has its booking's id")
    answer = scenario.client.call(GET, path={"attendanceId": story.booking.id})
    scenario.expect.refused(answer, "ATTENDANCE-2", circumstance="a booking's id")


# ── What is taken ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("ATTENDANCE-5")
@pytest.mark.parametrize("status", ["NOT_ATTENDED", UNSET])
@pytest.mark.parametrize("kind", KINDS)
def test_a_status_and_a_number_need_not_fit(kind: str, status: str, scenario: Scenario) -> None:
    number = _sizable(kind)
    story = confirmed(scenario.given, kind, participants=number)
    answer = set_attendance(scenario.client, story, status, number=number)
    about = f"{kind}, {status} with {number}"
    one = _kept(scenario.expect, "ATTENDANCE-5", answer, status, number, about)
    if one is not None and status != UNSET:
        _stored(scenario, "ATTENDANCE-5", story, [one], about)


@pytest.mark.judges("ATTENDANCE-6")
@pytest.mark.parametrize("more", [1, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_more_may_come_than_were_booked(kind: str, more: int, scenario: Scenario) -> None:
    number = _sizable(kind) + more
    story = confirmed(scenario.given, kind, participants=_sizable(kind))
    answer = set_attendance(scenario.client, story, "ATTENDED", number=number)
    about = f"{kind}, {more} more than booked"
    one = _kept(scenario.expect, "ATTENDANCE-6", answer, "ATTENDED", number, about)
    if one is not None:
        _stored(scenario, "ATTENDANCE-6", story, [one], about)


@pytest.mark.judges("ATTENDANCE-7")
@pytest.mark.parametrize("status", ["ATTENDED", "NOT_ATTENDED"])
@pytest.mark.parametrize("kind", KINDS)
def test_one_came_if_nobody_says_how_many(kind: str, status: str, scenario: Scenario) -> None:
    story = confirmed(scenario.given, kind, participants=_sizable(kind))
    answer = set_attendance(scenario.client, story, status)
    about = f"{kind}, {status}"
    one = _kept(scenario.expect, "ATTENDANCE-7", answer, status, 1, about)
    if one is not None:
        _stored(scenario, "ATTENDANCE-7", story, [one], about)


UNNAMED: Mapping[str, Mapping[str, Any]] = {
    "neither id": {},
    "null ids": {"sessionId": None, "eventId": None},
}


@pytest.mark.judges("ATTENDANCE-8")
@pytest.mark.parametrize("names", UNNAMED)
@pytest.mark.parametrize("kind", KINDS)
def test_the_session_must_be_named(kind: str, names: str, scenario: Scenario) -> None:
    story = confirmed(scenario.given, kind)
    attendance = {"bookingId": story.booking.id, "status": "ATTENDED", **UNNAMED[names]}
    answer = scenario.client.call(SET, body={"attendance": attendance})
    if scenario.expect.refused(answer, "ATTENDANCE-8", circumstance=f"{kind}, {names}"):
        left = stored(scenario.given, story)
        scenario.expect.that(
            NOTHING_CHANGED,
            not left,
            expected="no attendance is set by what was refused",
            actual=" and ".join(rendered(one) for one in left),
        )


@pytest.mark.judges("ATTENDANCE-8")
@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_either_name_of_a_session_will_do(kind: str, scenario: Scenario) -> None:
    story = confirmed(scenario.given, kind)
    for name in story.sessions:
        (key,) = name
        answer = set_attendance(scenario.client, story, number=1, session=name)
        scenario.expect.accepted(answer, "ATTENDANCE-8", circumstance=f"{kind}, by {key}")
