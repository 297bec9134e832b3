"""Update Number Of Participants: whose it changes, what it takes, and the seats that follow."""

from typing import Any

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.arranged import (
    UNKNOWN_CHOICES,
    Seats,
    choices,
    chosen,
    counted_place,
    headcount,
    plain_for,
    resized_or_not,
    stored,
    unknown_choices,
    varied,
)
from bookings_contract.target.places import Place
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

UPDATE = "updateNumberOfParticipants"
# From one number to another: upwards, and downwards.
WAYS = [pytest.param(1, 2, id="upwards"), pytest.param(2, 1, id="downwards")]


# Kinds of service


@pytest.mark.judges("PARTICIPANTS-1")
@pytest.mark.parametrize("status", ["CREATED", "PENDING", "CONFIRMED"])
def test_the_participants_of_an_appointment_are_not_updated(
    status: str, scenario: Scenario
) -> None:
    service = plain_for(scenario.given, "appointment", status)
    booking = scenario.given.booking(service, status)
    answer = scenario.client.act(UPDATE, booking, {"totalParticipants": 2})
    where = f"appointment, {status}"
    scenario.expect.refused(answer, "PARTICIPANTS-1", circumstance=where)
    scenario.expect.unchanged(booking, "updating its participants")


@pytest.mark.judges("PARTICIPANTS-1", needs=())
@pytest.mark.parametrize("kind", ["class", "course"])
def test_the_participants_of_classes_and_courses_are_updated(kind: str, scenario: Scenario) -> None:
    service = plain_for(scenario.given, kind, "CONFIRMED")
    # Downwards: others who book there can't get in the way.
    booking = scenario.given.booking(service, "CONFIRMED", participants=2)
    answer = scenario.client.act(UPDATE, booking, {"totalParticipants": 1})
    if not scenario.expect.accepted(answer, "PARTICIPANTS-1", circumstance=kind):
        return
    for seen, where in (
        (answer.booking, kind),
        (stored(scenario.given, answer.booking), f"{kind}, read"),
    ):
        scenario.expect.equal(
            "PARTICIPANTS-1", headcount(seen), 1, of="participants", circumstance=where
        )


# What it takes


@pytest.mark.judges("PARTICIPANTS-2")
@pytest.mark.parametrize("what", ["neither", "both null", "a total of 0", "both"])
@pytest.mark.parametrize("kind", ["class", "course"])
def test_an_update_brings_a_total_or_choices(kind: str, what: str, scenario: Scenario) -> None:
    service = (
        varied(scenario.given, kind)
        if what == "both"
        else plain_for(scenario.given, kind, "CONFIRMED")
    )
    place = scenario.given.place(service)
    booking = scenario.given.booking(place, "CONFIRMED")
    body = _malformed(what, scenario.given, place)
    answer = scenario.client.act(UPDATE, booking, body)
    scenario.expect.refused(answer, "PARTICIPANTS-2", circumstance=f"{kind}, {what}")
    scenario.expect.unchanged(booking, "updating its participants")


def _malformed(what: str, given: Given, place: Place) -> dict[str, Any]:
    if what == "both null":
        return {"totalParticipants": None, "participantsChoices": None}
    if what == "a total of 0":
        return {"totalParticipants": 0}
    if what == "both":
        first = place.service.choices[0].values[0]
        return {
            "totalParticipants": 2,
            "participantsChoices": choices(given, place, {first: 2}),
        }
    return {}


@pytest.mark.judges("PARTICIPANTS-2", needs=("services.choices",))
@pytest.mark.parametrize("kind", ["class", "course"])
def test_an_update_to_no_choices_at_all_changes_nobody(kind: str, scenario: Scenario) -> None:
    service = varied(scenario.given, kind)
    first, second = service.choices[0].values[:2]
    booking = scenario.given.booking(service, "CONFIRMED", choices={first: 2, second: 1})
    if not chosen(booking):
        raise NotReached("the new booking shows no participantsChoices")
    answer = scenario.client.act(UPDATE, booking, {"participantsChoices": {"serviceChoices": []}})
    after = stored(scenario.given, answer.exchange.booking or booking)
    for seen, at in ((answer.exchange.booking, answer), (after, None)):
        if seen is not None:
            scenario.expect.equal(
                "PARTICIPANTS-2", chosen(seen), chosen(booking), of="choices",
                circumstance="nothing_chosen", at=at,
            )  # fmt: skip


@pytest.mark.judges("PARTICIPANTS-3")
@pytest.mark.parametrize("what", UNKNOWN_CHOICES)
@pytest.mark.parametrize("kind", ["class", "course"])
def test_choices_that_the_service_does_not_have_are_refused(
    kind: str, what: str, scenario: Scenario
) -> None:
    service = varied(scenario.given, kind)
    booking = scenario.given.booking(service, "CONFIRMED")
    body = {"participantsChoices": unknown_choices(what, service)}
    answer = scenario.client.act(UPDATE, booking, body)
    scenario.expect.refused(answer, "PARTICIPANTS-3", circumstance=f"{kind}, {what}")
    scenario.expect.unchanged(booking, "updating its participants")


@pytest.mark.judges("PARTICIPANTS-3")
@pytest.mark.parametrize("kind", ["class", "course"])
def test_choices_that_the_service_has_are_taken(kind: str, scenario: Scenario) -> None:
    place = scenario.given.place(varied(scenario.given, kind))
    first, second = place.service.choices[0].values[:2]
    booking = scenario.given.booking(place, "CONFIRMED", choices={first: 1})
    # As many as before: others who book there can't get in the way.
    wanted = choices(scenario.given, place, {second: 1})
    answer = scenario.client.act(UPDATE, booking, {"participantsChoices": wanted})
    where = f"{kind}, known ones"
    if not scenario.expect.accepted(answer, "PARTICIPANTS-3", circumstance=where):
        return
    for seen, at in ((answer.booking, answer), (stored(scenario.given, answer.booking), None)):
        scenario.expect.that(
            "PARTICIPANTS-3",
            chosen(seen) not in (chosen(booking), []),
            expected=f"the choices given, {second}",
            actual=f"choices {chosen(seen)}",
            circumstance=where,
            at=at,
        )


# The seats and the session's total


@pytest.mark.judges("PARTICIPANTS-4", needs=("exclusive_session",))
@pytest.mark.parametrize(("old", "new"), WAYS)
@pytest.mark.parametrize("kind", ["class", "course"])
def test_the_seats_follow_the_number_of_participants(
    kind: str, old: int, new: int, scenario: Scenario
) -> None:
    place = counted_place(scenario.given, kind, 3)
    seats = Seats(scenario.client, scenario.given, scenario.expect)
    # Whether the booking's own seats count against it is open: enough are left either way.
    left = seats.left(place, at_least=3)
    scenario.expect.new_story()
    booking = scenario.given.booking(place, "CONFIRMED", participants=old)
    answer = scenario.client.act(UPDATE, booking, {"totalParticipants": new})
    where = f"{kind}, seats, {old} → {new}"
    if not scenario.expect.accepted(answer, "PARTICIPANTS-4", circumstance=where):
        return
    # First what goes wrong where the update leaves the seats as they were.
    checks = [seats.at_most, seats.at_least] if new > old else [seats.at_least, seats.at_most]
    for check in checks:
        if not check("PARTICIPANTS-4", place, left - new, "beside the updated booking", where):
            return


@pytest.mark.judges("PARTICIPANTS-4")
@pytest.mark.parametrize(("old", "new"), WAYS)
@pytest.mark.parametrize("kind", ["class", "course"])
def test_the_total_of_the_session_changes_by_the_difference(
    kind: str, old: int, new: int, scenario: Scenario
) -> None:
    place = scenario.given.place(plain_for(scenario.given, kind, "CONFIRMED"))
    scenario.given.booking(place, "CONFIRMED")
    scenario.expect.new_story()
    booking = scenario.given.booking(place, "CONFIRMED", participants=old)
    before = _totals(scenario.given, place)
    answer = scenario.client.act(UPDATE, booking, {"totalParticipants": new})
    where = f"{kind}, {old} → {new}"
    if scenario.expect.accepted(answer, "PARTICIPANTS-4", circumstance=where):
        _judge_totals(before, new - old, where, scenario, place)
        sizes = {entry["partySize"] for entry in scenario.given.on_calendar(booking)}
        scenario.expect.equal(
            "PARTICIPANTS-4", sizes, {new}, of="partySize", circumstance=where, at=answer
        )


@pytest.mark.judges("PARTICIPANTS-4", needs=("control", "services.choices"))
@pytest.mark.parametrize("kind", ["class", "course"])
def test_the_total_of_the_session_follows_the_choices(kind: str, scenario: Scenario) -> None:
    place = scenario.given.place(varied(scenario.given, kind))
    first, second = place.service.choices[0].values[:2]
    booking = scenario.given.booking(place, "CONFIRMED", choices={first: 1})
    before = _totals(scenario.given, place)
    wanted = choices(scenario.given, place, {first: 2, second: 1})
    answer = scenario.client.act(UPDATE, booking, {"participantsChoices": wanted})
    where = f"{kind}, choices"
    if scenario.expect.accepted(answer, "PARTICIPANTS-4", circumstance=where):
        _judge_totals(before, 2, where, scenario, place)


def _judge_totals(
    before: list[int], difference: int, where: str, scenario: Scenario, place: Place
) -> None:
    scenario.expect.equal(
        "PARTICIPANTS-4",
        _totals(scenario.given, place),
        [total + difference for total in before],
        of="totalNumberOfParticipants",
        circumstance=where,
    )


# More than there is, and what is over


@pytest.mark.judges("PARTICIPANTS-5")
@pytest.mark.parametrize("kind", ["class", "course"])
def test_what_becomes_of_more_participants_than_seats(kind: str, scenario: Scenario) -> None:
    place = counted_place(scenario.given, kind, 2)
    left = Seats(scenario.client, scenario.given, scenario.expect).left(place)
    scenario.expect.new_story()
    booking = scenario.given.booking(place, "CONFIRMED")
    _judge_resizing("PARTICIPANTS-5", booking, left + 1, scenario)


@pytest.mark.judges("PARTICIPANTS-6")
@pytest.mark.parametrize("status", ["CANCELED", "DECLINED"])
@pytest.mark.parametrize("kind", ["class", "course"])
def test_what_becomes_of_updating_what_is_over(kind: str, status: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(plain_for(scenario.given, kind, status), status)
    _judge_resizing("PARTICIPANTS-6", booking, 2, scenario)


def _judge_resizing(rule: str, booking: Seen, number: int, scenario: Scenario) -> None:
    answer = scenario.client.act(UPDATE, booking, {"totalParticipants": number})
    after = stored(scenario.given, answer.exchange.booking or booking)
    letter = resized_or_not(booking, answer, after, number)
    scenario.expect.reading(
        rule, letter, actual=f"{answer.summary}, then {headcount(after)} participants"
    )
    scenario.expect.unchanged(booking, "updating its participants")


def _totals(given: Given, place: Place) -> list[int]:
    return [session["totalNumberOfParticipants"] for session in given.calendar(place)]
