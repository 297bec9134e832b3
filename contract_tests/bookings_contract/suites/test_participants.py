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
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

UPDATE = "updateNumberOfParticipants"
# From one number to another: upwards, and downwards.
WAYS = [pytest.param(1, 2, id="upwards"), pytest.param(2, 1, id="downwards")]


# Kinds of service


@pytest.mark.judges("PARTICIPANTS-1")
@pytest.mark.parametrize("status", ["CREATED", "PENDING", "CONFIRMED"])
def test_the_participants_of_an_appointment_are_not_updated(
    status: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    service = plain_for(bookings_given, "appointment", status)
    booking = bookings_given.booking(service, status)
    answer = bookings_client.act(UPDATE, booking, {"totalParticipants": 2})
    where = f"appointment, {status}"
    bookings_expect.refused(answer, "PARTICIPANTS-1", circumstance=where)
    bookings_expect.unchanged(booking, "updating its participants")


@pytest.mark.judges("PARTICIPANTS-1", needs=())
@pytest.mark.parametrize("kind", ["class", "course"])
def test_the_participants_of_classes_and_courses_are_updated(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    service = plain_for(bookings_given, kind, "CONFIRMED")
    # Downwards: others who book there can't get in the way.
    booking = bookings_given.booking(service, "CONFIRMED", participants=2)
    answer = bookings_client.act(UPDATE, booking, {"totalParticipants": 1})
    if not bookings_expect.accepted(answer, "PARTICIPANTS-1", circumstance=kind):
        return
    for seen, where in (
        (answer.booking, kind),
        (stored(bookings_given, answer.booking), f"{kind}, read"),
    ):
        bookings_expect.equal(
            "PARTICIPANTS-1", headcount(seen), 1, of="participants", circumstance=where
        )


# What it takes


@pytest.mark.judges("PARTICIPANTS-2")
@pytest.mark.parametrize("what", ["neither", "both null", "a total of 0", "both"])
@pytest.mark.parametrize("kind", ["class", "course"])
def test_an_update_brings_a_total_or_choices(
    kind: str,
    what: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    service = (
        varied(bookings_given, kind)
        if what == "both"
        else plain_for(bookings_given, kind, "CONFIRMED")
    )
    place = bookings_given.place(service)
    booking = bookings_given.booking(place, "CONFIRMED")
    body = _malformed(what, bookings_given, place)
    answer = bookings_client.act(UPDATE, booking, body)
    bookings_expect.refused(answer, "PARTICIPANTS-2", circumstance=f"{kind}, {what}")
    bookings_expect.unchanged(booking, "updating its participants")


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
def test_an_update_to_no_choices_at_all_changes_nobody(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    service = varied(bookings_given, kind)
    first, second = service.choices[0].values[:2]
    booking = bookings_given.booking(service, "CONFIRMED", choices={first: 2, second: 1})
    if not chosen(booking):
        raise NotReached("the new booking shows no participantsChoices")
    answer = bookings_client.act(UPDATE, booking, {"participantsChoices": {"serviceChoices": []}})
    after = stored(bookings_given, answer.exchange.booking or booking)
    for seen, at in ((answer.exchange.booking, answer), (after, None)):
        if seen is not None:
            bookings_expect.equal(
                "PARTICIPANTS-2", chosen(seen), chosen(booking), of="choices",
                circumstance="nothing_chosen", at=at,
            )  # fmt: skip


@pytest.mark.judges("PARTICIPANTS-3")
@pytest.mark.parametrize("what", UNKNOWN_CHOICES)
@pytest.mark.parametrize("kind", ["class", "course"])
def test_choices_that_the_service_does_not_have_are_refused(
    kind: str,
    what: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    service = varied(bookings_given, kind)
    booking = bookings_given.booking(service, "CONFIRMED")
    body = {"participantsChoices": unknown_choices(what, service)}
    answer = bookings_client.act(UPDATE, booking, body)
    bookings_expect.refused(answer, "PARTICIPANTS-3", circumstance=f"{kind}, {what}")
    bookings_expect.unchanged(booking, "updating its participants")


@pytest.mark.judges("PARTICIPANTS-3")
@pytest.mark.parametrize("kind", ["class", "course"])
def test_choices_that_the_service_has_are_taken(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.place(varied(bookings_given, kind))
    first, second = place.service.choices[0].values[:2]
    booking = bookings_given.booking(place, "CONFIRMED", choices={first: 1})
    # As many as before: others who book there can't get in the way.
    wanted = choices(bookings_given, place, {second: 1})
    answer = bookings_client.act(UPDATE, booking, {"participantsChoices": wanted})
    where = f"{kind}, known ones"
    if not bookings_expect.accepted(answer, "PARTICIPANTS-3", circumstance=where):
        return
    for seen, at in ((answer.booking, answer), (stored(bookings_given, answer.booking), None)):
        bookings_expect.that(
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
    kind: str,
    old: int,
    new: int,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place = counted_place(bookings_given, kind, 3)
    seats = Seats(bookings_client, bookings_given, bookings_expect)
    # Whether the booking's own seats count against it is open: enough are left either way.
    left = seats.left(place, at_least=3)
    bookings_expect.new_story()
    booking = bookings_given.booking(place, "CONFIRMED", participants=old)
    answer = bookings_client.act(UPDATE, booking, {"totalParticipants": new})
    where = f"{kind}, seats, {old} → {new}"
    if not bookings_expect.accepted(answer, "PARTICIPANTS-4", circumstance=where):
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
    kind: str,
    old: int,
    new: int,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place = bookings_given.place(plain_for(bookings_given, kind, "CONFIRMED"))
    bookings_given.booking(place, "CONFIRMED")
    bookings_expect.new_story()
    booking = bookings_given.booking(place, "CONFIRMED", participants=old)
    before = _totals(bookings_given, place)
    answer = bookings_client.act(UPDATE, booking, {"totalParticipants": new})
    where = f"{kind}, {old} → {new}"
    if bookings_expect.accepted(answer, "PARTICIPANTS-4", circumstance=where):
        _judge_totals(before, new - old, where, bookings_given, place, bookings_expect)
        sizes = {entry["partySize"] for entry in bookings_given.on_calendar(booking)}
        bookings_expect.equal(
            "PARTICIPANTS-4", sizes, {new}, of="partySize", circumstance=where, at=answer
        )


@pytest.mark.judges("PARTICIPANTS-4", needs=("control", "services.choices"))
@pytest.mark.parametrize("kind", ["class", "course"])
def test_the_total_of_the_session_follows_the_choices(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.place(varied(bookings_given, kind))
    first, second = place.service.choices[0].values[:2]
    booking = bookings_given.booking(place, "CONFIRMED", choices={first: 1})
    before = _totals(bookings_given, place)
    wanted = choices(bookings_given, place, {first: 2, second: 1})
    answer = bookings_client.act(UPDATE, booking, {"participantsChoices": wanted})
    where = f"{kind}, choices"
    if bookings_expect.accepted(answer, "PARTICIPANTS-4", circumstance=where):
        _judge_totals(before, 2, where, bookings_given, place, bookings_expect)


def _judge_totals(
    before: list[int], difference: int, where: str, given: Given, place: Place, expect: Expect
) -> None:
    expect.equal(
        "PARTICIPANTS-4",
        _totals(given, place),
        [total + difference for total in before],
        of="totalNumberOfParticipants",
        circumstance=where,
    )


# More than there is, and what is over


@pytest.mark.judges("PARTICIPANTS-5")
@pytest.mark.parametrize("kind", ["class", "course"])
def test_what_becomes_of_more_participants_than_seats(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = counted_place(bookings_given, kind, 2)
    left = Seats(bookings_client, bookings_given, bookings_expect).left(place)
    bookings_expect.new_story()
    booking = bookings_given.booking(place, "CONFIRMED")
    _judge_resizing(
        "PARTICIPANTS-5", booking, left + 1, bookings_client, bookings_given, bookings_expect
    )


@pytest.mark.judges("PARTICIPANTS-6")
@pytest.mark.parametrize("status", ["CANCELED", "DECLINED"])
@pytest.mark.parametrize("kind", ["class", "course"])
def test_what_becomes_of_updating_what_is_over(
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = bookings_given.booking(plain_for(bookings_given, kind, status), status)
    _judge_resizing("PARTICIPANTS-6", booking, 2, bookings_client, bookings_given, bookings_expect)


def _judge_resizing(
    rule: str, booking: Seen, number: int, client: Client, given: Given, expect: Expect
) -> None:
    answer = client.act(UPDATE, booking, {"totalParticipants": number})
    after = stored(given, answer.exchange.booking or booking)
    letter = resized_or_not(booking, answer, after, number)
    expect.reading(rule, letter, actual=f"{answer.summary}, then {headcount(after)} participants")
    expect.unchanged(booking, "updating its participants")


def _totals(given: Given, place: Place) -> list[int]:
    return [session["totalNumberOfParticipants"] for session in given.calendar(place)]
