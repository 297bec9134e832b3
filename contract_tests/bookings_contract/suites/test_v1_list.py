"""V1 list: what it shows unasked, in which shape, and which filters it refuses."""

from datetime import datetime
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached, Unjudged
from bookings_contract.suites.support.calls import KINDS
from bookings_contract.suites.support.listing import (
    SECOND,
    bookings,
    confirmed,
    everything,
    ids,
    made_by,
    query_list,
    schedule_of,
    shown_alone,
)
from bookings_contract.target.model import Service
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

SHAPE = "v1_booking"
ACTIONS = {"withBookingAllowedActions": "true"}
NO_FILTERS = {
    "words": "CONFIRMED bookings only",
    "cut off": '{"status": "CONFIRMED"',
    "in single quotes": "{'status': 'CONFIRMED'}",
    "an unknown field": '{"favouriteColour": "CONFIRMED"}',
    "an unknown field with operators": '{"favouriteColour": {"$gte": "blue"}}',
    "an unknown field after a known one": '{"status": "CONFIRMED", "favouriteColour": "blue"}',
    "an unknown field before a known one": '{"favouriteColour": "blue", "status": "CONFIRMED"}',
}


# Unasked


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param("owner", marks=pytest.mark.judges("LIST-1")),
        pytest.param("app", marks=pytest.mark.judges("LIST-1", needs=("callers.app",))),
    ],
)
def test_what_a_list_without_a_filter_shows(caller: str, scenario: Scenario) -> None:
    plain = confirmed(scenario.given)
    others = _unconfirmed(scenario.given)
    scenario.given.settle()
    shown = ids(query_list(scenario.client, caller=caller))
    if not {plain.id, *(one.id for one in others)} <= set(shown):
        shown, whole = everything(scenario.client, None, caller)
        if not whole and not scenario.client.target.ours:
            raise NotJudged("the V1 list is too long to be walked to its end")
    found = {one.status for one in (plain, *others) if one.id in shown}
    ways = {frozenset(one.status for one in (plain, *others)): "A", frozenset({"CONFIRMED"}): "B"}
    said = f"of ours, {', '.join(sorted(found)) or 'none'} shown"
    scenario.expect.reading("LIST-1", ways.get(frozenset(found)), actual=said)


def _unconfirmed(given: Given) -> list[Seen]:
    """Bookings of the other statuses, those that the target can be brought to."""
    made = [given.booking("class", status) for status in ("CREATED", "CANCELED")]
    for status in ("DECLINED", "PENDING"):
        try:
            made.append(given.booking("class", status))
        except Unjudged:
            continue
    return made


# Shape


@pytest.mark.judges("LIST-9")
def test_the_list_answers_with_bookings_entries(scenario: Scenario) -> None:
    one = confirmed(scenario.given)
    scenario.given.settle()
    answer = query_list(scenario.client, {"bookingId": one.id})
    if not scenario.expect.accepted(answer, "LIST-9"):
        return
    entries = answer.json.get("bookingsEntries") if isinstance(answer.json, dict) else None
    scenario.expect.that(
        "LIST-9",
        isinstance(entries, list) and _has_booking(entries, one),
        expected="bookingsEntries with the booking",
        actual=f"bookingsEntries {entries}" if entries is not None else "no bookingsEntries",
        at=answer,
    )


def _has_booking(entries: list[Any], one: Seen) -> bool:
    shown = [entry.get("booking") for entry in entries if isinstance(entry, dict)]
    return any(isinstance(booking, dict) and booking.get("id") == one.id for booking in shown)


@pytest.mark.judges("LIST-9")
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_has_the_shape_of_v1(kind: str, scenario: Scenario) -> None:
    number = 1 if kind == "appointment" else 2
    one = confirmed(scenario.given, kind, participants=number)
    answer, shown = shown_alone(scenario.client, scenario.given, one)
    for where, expected in _expected(one, kind, number).items():
        scenario.expect.that(
            "LIST-9",
            _same(_at(shown, where), expected),
            expected=f"{where} {expected or 'shown'}",
            actual=f"{where} {_at(shown, where)}",
            circumstance=SHAPE,
            at=answer,
        )


def _expected(one: Seen, kind: str, number: int) -> dict[str, object]:
    """What a V1 booking shows at each place; None where it only has to be there."""
    start, end = one.raw.get("startDate"), one.raw.get("endDate")
    session: dict[str, object] = {
        "bookedEntity.singleSession.start": start,
        "bookedEntity.singleSession.end": end,
    }
    if kind == "course":
        session = {
            "bookedEntity.setOfSessions.firstSessionStart": start,
            "bookedEntity.setOfSessions.lastSessionEnd": end,
        }
    if kind == "class":
        session["bookedEntity.singleSession.sessionId"] = one.slot.get("sessionId")
    return {
        **session,
        "bookedEntity.scheduleId": schedule_of(one),
        "formInfo.contactDetails.email": one.email,
        "formInfo.contactDetails.firstName": "Judge",
        "formInfo.paymentSelection.0.numberOfParticipants": number,
        "paymentDetails": None,
        "created": one.raw.get("createdDate"),
    }


def _at(node: Any, where: str) -> Any:
    for step in where.split("."):
        if isinstance(node, list):
            node = node[int(step)] if len(node) > int(step) else None
        else:
            node = node.get(step) if isinstance(node, dict) else None
    return node


def _same(actual: object, expected: object) -> bool:
    """Equal, or the same second: no page says how exactly a time is written."""
    if expected is None:
        return actual is not None
    if actual == expected:
        return True
    try:
        times = [datetime.fromisoformat(str(one)) for one in (actual, expected)]
        return abs(times[0] - times[1]) < SECOND
    except (ValueError, TypeError):
        return False


# Parameters


@pytest.mark.judges("LIST-7")
@pytest.mark.parametrize(("name", "wish"), [("fields", "id"), ("fieldsets", "basic")])
def test_what_a_projection_does(name: str, wish: str, scenario: Scenario) -> None:
    one = confirmed(scenario.given)
    _, whole = shown_alone(scenario.client, scenario.given, one)
    answer = query_list(scenario.client, {"bookingId": one.id}, more={f"query.{name}": wish})
    if answer.refused:
        scenario.expect.refused(answer, "LIST-7", circumstance=name)
        scenario.expect.reading("LIST-7", "B", actual=answer.summary)
        return
    shown = bookings(answer)
    letter = None
    if len(shown) == 1:
        letter = "A" if shown[0] == whole else "C" if _part_of(shown[0], whole) else None
    said = f"{name}: {answer.summary}, {len(shown)} bookings"
    scenario.expect.reading("LIST-7", letter, actual=said)


def _part_of(part: Any, whole: Any) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and _part_of(part[key], whole[key]) for key in part)
    return bool(part == whole)


@pytest.mark.judges("LIST-8")
@pytest.mark.parametrize("kind", KINDS)
def test_each_entry_tells_what_may_be_done(kind: str, scenario: Scenario) -> None:
    one = confirmed(scenario.given, kind)
    answer, actions = _actions(scenario, one, "owner")
    scenario.expect.that(
        "LIST-8",
        isinstance(actions, dict) and "cancel" in actions,
        expected="allowedActions that tell of canceling",
        actual=f"allowedActions {actions}",
        circumstance=kind,
        at=answer,
    )


@pytest.mark.judges("LIST-8", needs=("callers.member",))
@pytest.mark.parametrize("word", ["allowed", "forbidden"])
@pytest.mark.parametrize("action", ["cancel", "reschedule"])
def test_a_member_is_told_what_the_policy_allows(
    action: str, word: str, scenario: Scenario
) -> None:
    service = _with_policy(scenario.given, action, word)
    made = made_by(scenario.given, "member", service)
    confirming = scenario.client.act("confirmBooking", made)
    if not confirming.accepted:
        raise NotReached(f"confirming it was answered {confirming.summary}")
    answer, actions = _actions(scenario, made, "member")
    shown = actions.get(action) if isinstance(actions, dict) else None
    scenario.expect.equal(
        "LIST-8",
        bool(shown),
        word == "allowed",
        of=action,
        circumstance=f"{action} {word}",
        at=answer,
    )


def _with_policy(given: Given, action: str, word: str) -> Service:
    """An appointment or a class: nothing says what a course's policy allows for its moves."""
    return given.service(
        book="open", variants=False, where=lambda s: s.kind != "course", **{action: word}
    )


def _actions(scenario: Scenario, one: Seen, caller: str) -> tuple[Answer, Any]:
    scenario.given.settle()
    answer = query_list(scenario.client, {"bookingId": one.id}, caller=caller, more=ACTIONS)
    if one.id not in ids(answer):
        raise NotReached(f"the list does not show the {caller}'s booking: {answer.summary}")
    return answer, answer.at("bookingsEntries", ids(answer).index(one.id)).get("allowedActions")


# Refusals


@pytest.mark.judges("LIST-11")
@pytest.mark.parametrize("what", NO_FILTERS)
def test_what_is_no_filter_is_refused(what: str, scenario: Scenario) -> None:
    answer = query_list(scenario.client, NO_FILTERS[what])
    scenario.expect.refused(answer, "LIST-11", circumstance=what)
