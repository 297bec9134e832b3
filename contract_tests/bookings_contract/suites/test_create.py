"""Create Booking: what a request has to say, and which status a new booking has."""

from typing import Any

import pytest

import bookings_openapi
from bookings_contract.client import Client
from bookings_contract.exchange import Seen
from bookings_contract.expect import Expect
from bookings_contract.given import Given
from bookings_contract.places import Place
from bookings_contract.suites.creations import (
    KINDS,
    alone,
    granted,
    looks,
    nothing_made,
    one_of_each_kind,
)

NOWHERE = "5d0c0a5e-1f3b-4c4e-9d53-6e0b7a3c2f10"
NO_VALUE = "No such choice"

WRONG_CHOICES = ("value", "option", "second value", "second choice")
PREDICATES = {"no entity": {}, "two nulls": {"slot": None, "schedule": None}, "left out": None}


# CREATE-1


@pytest.mark.judges("CREATE-1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_slot_and_a_schedule_together_are_refused(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    entity = _slot_and_schedule(bookings_given.place(kind))
    body = bookings_given.body(kind, bookedEntity=entity)
    answer = bookings_client.call("createBooking", body=body)
    also = ("CREATE-9", ("CREATE-8", "session"), ("CREATE-8", "schedule"))
    bookings_expect.refused(answer, "CREATE-1", also=also, circumstance=f"both, {kind}")
    nothing_made(bookings_given, bookings_expect, answer, body)


@pytest.mark.judges("CREATE-1")
@pytest.mark.parametrize("what", PREDICATES)
def test_neither_slot_nor_schedule_is_refused(
    what: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    body = bookings_given.body("class", bookedEntity=PREDICATES[what])
    answer = bookings_client.call("createBooking", body=body)
    also = (("CREATE-8", "schedule"),)
    bookings_expect.refused(answer, "CREATE-1", also=also, circumstance=what)
    nothing_made(bookings_given, bookings_expect, answer, body)


@pytest.mark.judges("CREATE-1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_booking_shows_either_slot_or_schedule(
    kind: str, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking(kind)
    shown = [name for name in ("slot", "schedule") if getattr(booking, name)]
    bookings_expect.that(
        "CREATE-1",
        len(shown) == 1,
        expected="a slot or a schedule in bookedEntity",
        actual=" and ".join(shown) or "neither",
        circumstance=f"answered, {kind}",
    )


def _slot_and_schedule(place: Place) -> dict[str, Any]:
    service = place.service
    known = {"serviceId": service.id, "scheduleId": service.schedule_id}
    own = {key: value for key, value in known.items() if value is not None}
    if service.kind != "course":
        return {"slot": place.slot, "schedule": own}
    session = {"sessionId": service.sessions[0].id} if service.sessions else {}
    return {"slot": {**own, **session}, **place.entity}


# CREATE-2


@pytest.mark.judges("CREATE-2")
def test_a_total_and_choices_together_are_refused(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    bookings_given.service(variants=True, book="open")
    for service in one_of_each_kind(bookings_given, variants=True):
        bookings_expect.new_story()
        chosen = {service.choices[0].values[0]: 1}
        body = bookings_given.body(service, choices=chosen, totalParticipants=1)
        answer = bookings_client.call("createBooking", body=body)
        circumstance = f"both, {service.kind}"
        bookings_expect.refused(answer, "CREATE-2", also=["CREATE-23"], circumstance=circumstance)
        nothing_made(bookings_given, bookings_expect, answer, body)


@pytest.mark.judges("CREATE-2")
@pytest.mark.parametrize("total", [None, 0, -1])
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_for_nobody_is_refused(
    kind: str,
    total: int | None,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    body = bookings_given.body(kind, totalParticipants=total, participantsChoices=None)
    answer = bookings_client.call("createBooking", body=body)
    said = "neither" if total is None else f"total {total}"
    bookings_expect.refused(answer, "CREATE-2", circumstance=f"{said}, {kind}")
    nothing_made(bookings_given, bookings_expect, answer, body)


@pytest.mark.judges("CREATE-2")
@pytest.mark.parametrize("kind", KINDS)
def test_a_total_of_one_is_enough(
    kind: str, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking(kind, participants=1)
    given = [key for key in ("totalParticipants", "participantsChoices") if booking.raw.get(key)]
    bookings_expect.equal("CREATE-2", len(given), 1, of="ways to say who takes part:")


# CREATE-3


@pytest.mark.judges("CREATE-3")
@pytest.mark.parametrize("wrong", WRONG_CHOICES)
def test_a_choice_that_the_service_does_not_have_is_refused(
    wrong: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    bookings_given.service(variants=True, book="open")
    for service in one_of_each_kind(bookings_given, variants=True):
        bookings_expect.new_story()
        body = bookings_given.body(service, choices={service.choices[0].values[0]: 1})
        _spoil(body["booking"]["participantsChoices"]["serviceChoices"], wrong)
        answer = bookings_client.call("createBooking", body=body)
        circumstance = f"{wrong}, {service.kind}"
        bookings_expect.refused(answer, "CREATE-3", circumstance=circumstance)
        nothing_made(bookings_given, bookings_expect, answer, body)


@pytest.mark.judges("CREATE-3")
def test_all_choices_of_the_service_can_be_taken(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    bookings_given.service(variants=True, book="open")
    for service in one_of_each_kind(bookings_given, variants=True):
        for value in service.choices[0].values:
            bookings_expect.new_story()
            body = bookings_given.body(service, choices={value: 1})
            answer = bookings_client.call("createBooking", body=body)
            circumstance = f"existing, {service.kind}"
            granted(bookings_given, bookings_expect, answer, "CREATE-3", circumstance=circumstance)


def _spoil(parts: list[dict[str, Any]], wrong: str) -> None:
    """Makes one choice a wrong one, beside a right one where it is the second."""
    choice = dict(parts[0]["choices"][0])
    if wrong == "value":
        parts[0]["choices"] = [{**choice, "custom": NO_VALUE}]
    elif wrong == "option":
        parts[0]["choices"] = [{**choice, "optionId": NOWHERE}]
    elif wrong == "second value":
        other = {"numberOfParticipants": 1, "choices": [{**choice, "custom": NO_VALUE}]}
        parts.append(other)
    else:
        parts[0]["choices"].append({"optionId": NOWHERE, "custom": NO_VALUE})


# CREATE-4


@pytest.mark.judges("CREATE-4")
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "manual approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_booking_is_created(
    kind: str,
    approval: bool,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    service = bookings_given.service(
        kind, manual_approval=approval, variants=False, book="open"
    )
    body = bookings_given.body(service)
    circumstance = f"{kind}, {'manual approval' if approval else 'automatic'}"
    _is_created(body, circumstance, "owner", bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-4")
@pytest.mark.parametrize(
    "setting",
    ["skipBusinessConfirmation", "skipAvailabilityValidation"],
)
def test_a_check_that_is_skipped_confirms_nothing_yet(
    setting: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    body = bookings_given.body("class", flow={setting: True})
    _is_created(body, setting, "owner", bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-4")
@pytest.mark.parametrize("caller", ["owner", "app", "member", "visitor"])
@pytest.mark.parametrize("asked", [None, "CREATED"])
def test_whoever_books_the_new_booking_is_created(
    caller: str,
    asked: str | None,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    body = bookings_given.body("class", status=asked)
    said = f"by {caller}{', asked for' if asked else ''}"
    _is_created(body, said, caller, bookings_client, bookings_given, bookings_expect)


def _is_created(
    body: dict[str, Any],
    circumstance: str,
    caller: str,
    client: Client,
    given: Given,
    expect: Expect,
) -> None:
    answer = client.call("createBooking", body=body, caller=caller)
    if not granted(given, expect, answer, "CREATE-4", circumstance=circumstance):
        return
    for seen, at in looks(given, answer):
        expect.equal(
            "CREATE-4", seen.status, "CREATED", of="status", circumstance=circumstance, at=at
        )


# CREATE-11

OVERRIDES = (("CREATE-10", "status"), ("CREATE-10", "caller"))
MOVES = [
    name
    for name in bookings_openapi.rules()["CREATE-11"].operations
    if "CREATED" in getattr(bookings_openapi.lifecycle().get(name), "sources", ())
    or "CREATED" in getattr(bookings_openapi.lifecycle().get(name), "open", ())
]


@pytest.mark.judges("CREATE-11")
@pytest.mark.parametrize("caller", ["owner", "app"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_place_on_the_waiting_list_cannot_be_asked_for(
    kind: str, caller: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    body = bookings_given.body(kind, status="WAITING_LIST")
    answer = bookings_client.call("createBooking", body=body, caller=caller)
    circumstance = f"at creation, {kind}, by {caller}"
    bookings_expect.refused(answer, "CREATE-11", also=OVERRIDES, circumstance=circumstance)
    nothing_made(bookings_given, bookings_expect, answer, body)


@pytest.mark.judges("CREATE-11")
@pytest.mark.parametrize("asked", [False, True], ids=["plain", "asked for"])
@pytest.mark.parametrize("operation", MOVES)
def test_no_operation_puts_a_created_booking_on_the_waiting_list(
    operation: str,
    asked: bool,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = bookings_given.booking("class")
    body = _needed(operation, bookings_given) | ({"status": "WAITING_LIST"} if asked else {})
    _never_waits(operation, booking, body, bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("CREATE-11", needs=("exclusive_session",))
@pytest.mark.parametrize("operation", ["confirmBooking", "confirmOrDeclineBooking"])
def test_a_full_session_puts_nobody_on_the_waiting_list(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = alone(bookings_given, "class")
    booking = bookings_given.booking(place)
    bookings_given.booking(place, "CONFIRMED", participants=place.capacity)
    _never_waits(operation, booking, {}, bookings_client, bookings_given, bookings_expect)


def _never_waits(
    operation: str,
    booking: Seen,
    body: dict[str, Any],
    client: Client,
    given: Given,
    expect: Expect,
) -> None:
    answer = client.act(operation, booking, body)
    given.settle()
    after = given.read(booking.id)
    statuses = {answer.booking.status} if answer.accepted else set()
    statuses |= {after.status} if after is not None else set()
    expect.that(
        "CREATE-11",
        "WAITING_LIST" not in statuses,
        expected="any status but WAITING_LIST",
        actual=" and ".join(sorted(statuses)),
        circumstance=f"by {operation}",
    )


def _needed(operation: str, given: Given) -> dict[str, Any]:
    if operation == "rescheduleBooking":
        return {"slot": given.session().slot}
    return {"totalParticipants": 2} if operation == "updateNumberOfParticipants" else {}
