"""Bulk Cancel and Bulk Confirm Or Decline: to each booking happens what a single call would do."""

from collections.abc import Mapping
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotReached, Unreadable
from bookings_contract.suites.support.calls import other_revision, reached, revision_number
from bookings_contract.suites.support.dating import a_later_moment, date_of, dated
from bookings_contract.suites.support.deciding import looked_up
from bookings_contract.suites.support.listening import events_during
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.events import is_aside, own_slug, summary
from bookings_contract.testkit.scenario import Scenario

DECIDE, CANCEL = "bulkConfirmOrDeclineBooking", "bulkCancelBooking"
BULK = pytest.mark.parametrize("operation", [DECIDE, CANCEL])
# How each of them is asked to answer with the bookings.
ENTITY = {DECIDE: "returnEntity", CANCEL: "returnFullEntity"}
WHERE = "in_bulk"


@pytest.mark.judges("REVISION-3", needs=("reader",))
@pytest.mark.parametrize("difference", [-1, 1], ids=["stale", "ahead"])
def test_a_cancelation_in_bulk_needs_the_revision_of_each_booking(
    difference: int, scenario: Scenario
) -> None:
    booking = scenario.given.booking("class", "CONFIRMED")
    listed = {"bookingId": booking.id, "revision": other_revision(booking, difference)}
    answer = scenario.client.call(CANCEL, body={"bookings": {"bookingsInfo": [listed]}})
    _not_canceled("REVISION-3", WHERE, booking, answer, scenario)


@pytest.mark.judges("REVISION-2", needs=("reader",))
@BULK
def test_a_change_in_bulk_raises_the_revision_by_one(operation: str, scenario: Scenario) -> None:
    booking = scenario.given.booking("class")
    answer = _done(scenario.client, operation, [booking])
    for seen, at in ((_item(answer, 0), answer), (looked_up(scenario.given, booking), None)):
        raised = str(revision_number(booking) + 1)
        scenario.expect.equal(
            "REVISION-2", seen.revision, raised, of="revision", circumstance=WHERE, at=at
        )


@pytest.mark.judges("REVISION-5")
@BULK
def test_a_change_in_bulk_is_dated_no_earlier_than_it_was_made(
    operation: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking("class")
    just_before = a_later_moment(scenario.given, date_of(booking, "updatedDate"))
    answer = _done(scenario.client, operation, [booking])
    dated(_item(answer, 0), just_before, "made just before", scenario.expect, at=answer)


@pytest.mark.judges("AUTH-6", needs=("callers.member", "reader"))
def test_a_member_does_not_cancel_in_bulk_what_others_have_booked(scenario: Scenario) -> None:
    booking = scenario.given.booking("class", "CONFIRMED")
    body = _body(CANCEL, [booking])
    answer = scenario.client.call(CANCEL, body=body, caller="member")
    _not_canceled("AUTH-6", "in bulk", booking, answer, scenario)


def _not_canceled(
    rule: str, circumstance: str, booking: Seen, answer: Answer, scenario: Scenario
) -> None:
    """The call as a whole was refused or its item was, and the booking is as it was."""
    done = answer.accepted and _succeeded(answer, 0)
    after = looked_up(scenario.given, booking)
    scenario.expect.that(
        rule,
        not done and after.status == booking.status,
        expected=f"the call or its item is refused, and the booking stays {booking.status}",
        actual=f"{answer.summary}, {'with success' if done else 'refused'}; then {after}",
        circumstance=circumstance,
    )


@pytest.mark.judges("EVENT-1", needs=("control",))
def test_a_cancelation_in_bulk_sends_an_event_for_each_booking(scenario: Scenario) -> None:
    pair = [scenario.given.booking("class", "CONFIRMED") for _ in range(2)]
    answer, told = events_during(scenario.given, lambda: _done(scenario.client, CANCEL, pair))
    slug = own_slug("cancelBooking")
    own = [event for event in told if event.get("slug") == slug and not is_aside(event)]
    scenario.expect.equal(
        "EVENT-1",
        sorted(str(event.get("entityId")) for event in own),
        sorted(booking.id for booking in pair),
        of=f"{summary(told)}; bookings told to be {slug}:",
        circumstance=WHERE,
        at=answer,
    )


# ── Results ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("BULK-5")
@BULK
def test_each_result_in_bulk_says_which_item_it_answers(operation: str, scenario: Scenario) -> None:
    three = [scenario.given.booking("class") for _ in range(3)]
    answer = _done(scenario.client, operation, three)
    said = [one.get("originalIndex") for one in map(_metadata, _results(answer))]
    scenario.expect.equal(
        "BULK-5",
        sorted(said, key=str),
        [0, 1, 2],
        of="each originalIndex",
        circumstance=operation,
        at=answer,
    )
    named = {_metadata(one).get("originalIndex"): _named(one) for one in _results(answer)}
    wanted = {n: booking.id for n, booking in enumerate(three)}
    scenario.expect.equal(
        "BULK-5", named, wanted, of="bookings by originalIndex", circumstance=operation, at=answer
    )


@pytest.mark.judges("BULK-5")
@pytest.mark.parametrize("asked", [True, False, None], ids=["asked for", "declined", "left out"])
@BULK
def test_the_bookings_are_answered_in_bulk_only_where_they_were_asked_for(
    operation: str, asked: bool | None, scenario: Scenario
) -> None:
    answer = _done(scenario.client, operation, [scenario.given.booking("class")], asked)
    shown = bool(_results(answer)[0].get("item"))
    scenario.expect.equal(
        "BULK-5",
        shown,
        bool(asked),
        of="result with its booking",
        circumstance=f"{ENTITY[operation]} {asked}",
        at=answer,
    )


# ── Calling and reading ───────────────────────────────────────────────────────────────────────────


def _body(operation: str, bookings: list[Seen], entity: bool | None = True) -> dict[str, Any]:
    named: list[dict[str, Any]] = [{"bookingId": booking.id} for booking in bookings]
    asked = {} if entity is None else {ENTITY[operation]: entity}
    if operation == DECIDE:
        return {"details": [{**one, "paymentStatus": "PAID"} for one in named], **asked}
    for one, booking in zip(named, bookings, strict=True):
        one["revision"] = booking.revision
    return {"bookings": {"bookingsInfo": named}, **asked}


def _done(
    client: Client, operation: str, bookings: list[Seen], entity: bool | None = True
) -> Answer:
    """The answer to a call that did what was asked to every booking."""
    answer = reached(client.call(operation, body=_body(operation, bookings, entity)))
    done = [_metadata(one).get("success") for one in _results(answer)]
    if done != [True] * len(bookings):
        raise NotReached(f"{operation} was answered with successes {done}")
    return answer


def _results(answer: Answer) -> list[Mapping[str, Any]]:
    found = answer.at("results")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Unreadable("the results of the bulk call are no list of objects")
    return found


def _metadata(result: Mapping[str, Any]) -> Mapping[str, Any]:
    return result.get("itemMetadata") or {}


def _named(result: Mapping[str, Any]) -> object:
    return (result.get("item") or {}).get("id") or _metadata(result).get("id")


def _succeeded(answer: Answer, index: int) -> bool:
    results = _results(answer)
    return index < len(results) and _metadata(results[index]).get("success") is True


def _item(answer: Answer, index: int) -> Seen:
    item = _results(answer)[index].get("item")
    if not item:
        raise NotReached("the result does not show its booking")
    return Seen.of(item)
