"""Revisions: where they begin, what raises them, who has to know them, and what stays as it was."""

from collections.abc import Callable
from typing import Any

import pytest

from bookings_contract.checks import Holds
from bookings_contract.client import Client
from bookings_contract.exchange import Answer, Seen
from bookings_contract.expect import Expect
from bookings_contract.given import Given
from bookings_contract.places import Place
from bookings_contract.problems import NotJudged, NotReached
from bookings_contract.suites.calls import (
    KINDS,
    Valid,
    booked,
    cells,
    created,
    elsewhere,
    looked,
    of_rule,
    other_revision,
    participants,
    reached,
    refused,
    refused_as_invalid,
    revision_number,
    unknown_id,
    valid,
)
from bookings_contract.suites.dating import a_later_moment, date_of, dated

# The V2 page names these; that the others raise the revision too is observed.
CERTAIN = ("rescheduleBooking", "cancelBooking", "updateNumberOfParticipants")


# ── Where it begins, what raises it ───────────────────────────────────────────────────────────────


@pytest.mark.judges("REVISION-1")
@pytest.mark.parametrize(("operation", "kind"), cells("REVISION-1"))
def test_a_new_booking_has_the_first_revision(
    operation: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    for number in ("the first booking", "the second one"):
        answer = reached(valid(bookings_given, operation, kind).sent(bookings_client))
        revision = created(answer).raw["revision"]
        bookings_expect.that(
            "REVISION-1",
            revision == "1",
            expected='revision "1"',
            actual=f"revision {revision!r}",
            circumstance=f"{kind}, {number}",
            at=answer,
            check=Holds("revision", "1", revision),
        )


@pytest.mark.judges("REVISION-1", needs=("reader",))
@pytest.mark.parametrize("kind", KINDS)
def test_the_reader_shows_the_first_revision_too(
    kind: str, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking(kind)
    shown = bookings_given.read(booking)
    if shown is None:
        raise NotReached("the reader does not show the booking")
    revision = shown.raw["revision"]
    bookings_expect.that(
        "REVISION-1", revision == "1", expected='revision "1"', actual=f"revision {revision!r}"
    )


@pytest.mark.judges("REVISION-1")
@pytest.mark.parametrize("operation", of_rule("REVISION-2"))
def test_a_later_revision_is_a_string_of_digits(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    answer = reached(valid(bookings_given, operation).sent(bookings_client))
    revision = answer.booking.raw["revision"]
    bookings_expect.that(
        "REVISION-1",
        isinstance(revision, str) and revision.isascii() and revision.isdigit(),
        expected="a string of digits",
        actual=f"revision {revision!r}",
        at=answer,
    )


@pytest.mark.judges("REVISION-2")
@pytest.mark.parametrize("revised", [False, True], ids=["new", "revised"])
@pytest.mark.parametrize(("operation", "kind"), cells("REVISION-2"))
def test_a_change_raises_the_revision_by_one(
    operation: str,
    kind: str,
    revised: bool,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    call = valid(bookings_given, operation, kind, revised=revised)
    answer = reached(call.sent(bookings_client))
    _raised_by_one(call.booking, answer, bookings_given, bookings_expect)


@pytest.mark.judges("REVISION-2")
def test_waiting_for_the_owner_raises_the_revision_by_one(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    service = bookings_given.service("class", manual_approval=True, variants=False, book="open")
    booking = bookings_given.booking(service)
    answer = reached(bookings_client.act("confirmOrDeclineBooking", booking))
    _raised_by_one(booking, answer, bookings_given, bookings_expect)


@pytest.mark.judges("REVISION-2", needs=("exclusive_session",))
def test_declining_a_duplicate_raises_the_revision_by_one(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.session(capacity=1)
    late = bookings_given.booking(place)
    bookings_given.booking(place, "CONFIRMED")
    answer = reached(bookings_client.act("confirmOrDeclineBooking", late))
    _raised_by_one(late, answer, bookings_given, bookings_expect)


def _raised_by_one(before: Seen, answer: Answer, given: Given, expect: Expect) -> None:
    part = None if answer.exchange.operation in CERTAIN else "status_changes"
    due = str(revision_number(before) + 1)
    after = answer.booking
    if not expect.equal(
        "REVISION-2", after.revision, due, of="revision", circumstance=part, at=answer
    ):
        return
    shown = looked(given, after)
    if shown is not None:
        expect.equal("REVISION-2", shown.revision, due, of="stored revision", circumstance=part)


# ── That it is asked for ──────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("REVISION-3")
@pytest.mark.parametrize("which", ["stale", "ahead"])
@pytest.mark.parametrize(("operation", "kind"), cells("REVISION-3"))
def test_only_the_current_revision_will_do(
    operation: str,
    kind: str,
    which: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    stale = which == "stale"
    call = valid(bookings_given, operation, kind, revised=stale)
    passed = other_revision(call.booking, -1 if stale else 1)
    answer = call.sent(bookings_client, revision=passed)
    bookings_expect.refused(answer, "REVISION-3", circumstance=f"{which}, {kind}")
    bookings_expect.unchanged(call.booking, f"a call with a revision that is {which}")


MALFORMED = {
    "missing": None,
    "empty": "",
    "a word": "latest",
    "a fraction": "1.5",
    "a truth": True,
    "an object": {"value": "1"},
}


@pytest.mark.judges("REVISION-4")
@pytest.mark.parametrize("what", MALFORMED)
@pytest.mark.parametrize("operation", of_rule("REVISION-4"))
def test_a_revision_that_is_none_is_a_validation_error(
    operation: str,
    what: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    call = valid(bookings_given, operation)
    # Left out where it is None.
    answer = call.sent(bookings_client, {"revision": MALFORMED[what]})
    refused_as_invalid(bookings_expect, answer, "REVISION-4", what)
    bookings_expect.unchanged(call.booking, f"a call with a revision that is {what}")


@pytest.mark.judges("REVISION-4")
@pytest.mark.parametrize("kind", KINDS)
def test_a_revision_is_asked_for_whatever_is_booked(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, "cancelBooking", kind)
    answer = call.sent(bookings_client, {"revision": None})
    refused_as_invalid(bookings_expect, answer, "REVISION-4", f"missing, {kind}")
    bookings_expect.unchanged(call.booking, "a call without a revision")


# ── When it was changed ───────────────────────────────────────────────────────────────────────────

CREATIONS = ("createBooking", "bulkCreateBooking")
DATED = [cell for cell in cells("REVISION-5") if cell.values[0] not in CREATIONS]


@pytest.mark.judges("REVISION-5")
@pytest.mark.parametrize(("operation", "kind"), DATED)
def test_a_change_is_dated_no_earlier_than_it_was_made(
    operation: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    call = valid(bookings_given, operation, kind)
    just_before = a_later_moment(bookings_given, date_of(call.booking, "updatedDate"))
    answer = reached(call.sent(bookings_client))
    if dated(answer.booking, just_before, "made just before", bookings_expect, at=answer):
        shown = looked(bookings_given, answer.booking)
        if shown is not None:
            dated(shown, just_before, "made just before, read back", bookings_expect)


@pytest.mark.judges("REVISION-5")
@pytest.mark.parametrize("operation", [cell for cell in of_rule("REVISION-5") if cell in CERTAIN])
def test_a_second_change_is_dated_anew(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, operation, revised=True)
    just_before = a_later_moment(bookings_given, date_of(call.booking, "updatedDate"))
    answer = reached(call.sent(bookings_client))
    dated(answer.booking, just_before, "made just before", bookings_expect, at=answer)


@pytest.mark.judges("REVISION-5")
@pytest.mark.parametrize(("operation", "kind"), DATED)
def test_the_date_of_a_change_never_goes_back(
    operation: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    call = valid(bookings_given, operation, kind)
    before = date_of(call.booking, "updatedDate")
    answer = reached(call.sent(bookings_client))
    dated(answer.booking, before, "its updatedDate before", bookings_expect, at=answer)


@pytest.mark.judges("REVISION-5")
@pytest.mark.parametrize(
    ("operation", "kind"), [cell for cell in cells("REVISION-5") if cell.values[0] in CREATIONS]
)
def test_a_new_booking_is_dated_no_earlier_than_one_before_it(
    operation: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    earlier = date_of(bookings_given.booking(kind), "createdDate")
    answer = reached(valid(bookings_given, operation, kind).sent(bookings_client))
    dated(created(answer), earlier, "made before", bookings_expect, at=answer)


# ── What never changes ────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("which", ["stale", "ahead"])
@pytest.mark.parametrize(("operation", "kind"), cells("REVISION-3"))
def test_a_call_with_another_revision_changes_nothing(
    operation: str,
    kind: str,
    which: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    stale = which == "stale"
    call = valid(bookings_given, operation, kind, revised=stale)
    before = _shown(call.booking, bookings_given)
    passed = other_revision(before, -1 if stale else 1)
    refused(call.sent(bookings_client, revision=passed))
    bookings_expect.unchanged(before, f"a revision that is {which}")


@pytest.mark.judges("REVISION-6", needs=("reader", "callers.stranger"))
@pytest.mark.parametrize("caller", ["stranger", None], ids=["stranger", "nobody"])
@pytest.mark.parametrize("operation", of_rule("REVISION-6"))
def test_a_call_without_permission_changes_nothing(
    operation: str,
    caller: str | None,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    call = valid(bookings_given, operation)
    booking = call.made or call.named
    before = None if booking is None else _shown(booking, bookings_given)
    waiting = _waiting(bookings_given)
    refused(call.sent(bookings_client, caller=caller))
    if operation in CREATIONS:
        _nothing_made(call, bookings_given, bookings_expect, "no permission")
    elif before is None:
        _nobody_waits(waiting, bookings_given, bookings_expect)
    else:
        bookings_expect.unchanged(before, "no permission")


INVALID: dict[str, dict[str, Any]] = {
    "confirmBooking": {"paymentStatus": "NO_SUCH_STATUS"},
    "declineBooking": {"paymentStatus": "NO_SUCH_STATUS"},
    "markBookingAsPending": {"paymentStatus": "NO_SUCH_STATUS"},
    "confirmOrDeclineBooking": {"paymentStatus": "NO_SUCH_STATUS"},
    "cancelBooking": {"flowControlSettings": "none"},
    "rescheduleBooking": {"totalParticipants": "many"},
    "updateNumberOfParticipants": {"totalParticipants": 0, "participantsChoices": None},
    "updateExtendedFields": {"namespaceData": "no object"},
}


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("operation", INVALID)
def test_an_invalid_call_changes_nothing(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, operation)
    before = _shown(call.booking, bookings_given)
    refused(call.sent(bookings_client, INVALID[operation]))
    bookings_expect.unchanged(before, "a validation error")


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ("confirmBooking", "CONFIRMED"),
        ("confirmBooking", "CANCELED"),
        ("confirmBooking", "DECLINED"),
        ("declineBooking", "CONFIRMED"),
        ("declineBooking", "CANCELED"),
    ],
)
def test_a_call_in_the_wrong_status_changes_nothing(
    operation: str,
    status: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    before = _shown(bookings_given.booking(kind, status), bookings_given)
    refused(bookings_client.act(operation, before, {"paymentStatus": "PAID"}))
    bookings_expect.unchanged(before, f"a {status} booking")


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("operation", ["updateNumberOfParticipants", "rescheduleBooking"])
def test_unknown_choices_change_nothing(
    operation: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.place(
        bookings_given.service("class", variants=True, book="open", reschedule="allowed")
    )
    before = _shown(bookings_given.booking(place), bookings_given)
    wanted = bookings_given.body(place, choices={"no such variant": 2})["booking"]
    body = {"participantsChoices": wanted["participantsChoices"]}
    if operation == "rescheduleBooking":
        body["slot"] = elsewhere(bookings_given, place).slot
    refused(bookings_client.act(operation, before, body))
    bookings_expect.unchanged(before, "unknown choices")


# What a move may bring besides the slot: part of it may be stored before the rest is looked at.
BROUGHT: dict[str, dict[str, Any]] = {"as it is": {}, "with a number": {"totalParticipants": 3}}


@pytest.mark.judges("REVISION-6", needs=("reader", "exclusive_session"))
@pytest.mark.parametrize("brought", BROUGHT)
def test_a_move_to_where_nothing_is_free_changes_nothing(
    brought: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    full = bookings_given.session(capacity=1)
    bookings_given.booking(full, "CONFIRMED")
    booking = bookings_given.booking(bookings_given.place(full.service), "CONFIRMED")
    before = _shown(booking, bookings_given)
    body = {"slot": full.slot, **BROUGHT[brought]}
    refused(bookings_client.act("rescheduleBooking", before, body))
    bookings_expect.unchanged(before, "no seat left")


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("brought", BROUGHT)
@pytest.mark.parametrize("what", ["a course", "a session that nobody has"])
def test_a_move_that_nobody_may_make_changes_nothing(
    what: str,
    brought: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = bookings_given.booking("course" if what == "a course" else "class", "CONFIRMED")
    before = _shown(booking, bookings_given)
    slot = bookings_given.session().slot
    if what != "a course":
        slot |= {"sessionId": unknown_id(bookings_given)}
    refused(bookings_client.act("rescheduleBooking", before, {"slot": slot, **BROUGHT[brought]}))
    bookings_expect.unchanged(before, what)


REFUSED_BOOKINGS: dict[str, Callable[[Given], dict[str, Any]]] = {
    "no participants": lambda given: given.body("class", participants=None),
    "a status that is none": lambda given: given.body("class", status="NO_SUCH_STATUS"),
    "the waiting list": lambda given: given.body("class", status="WAITING_LIST"),
    "more seats than there are": lambda given: _too_many(given, given.session()),
    "a slot and a schedule": lambda given: given.body(
        "class", bookedEntity={**given.session().entity, **given.course().entity}
    ),
    "unknown choices": lambda given: given.body(
        given.service("class", variants=True, book="open"), choices={"no such variant": 1}
    ),
}


@pytest.mark.judges("REVISION-6", needs=("reader",))
@pytest.mark.parametrize("what", REFUSED_BOOKINGS)
def test_a_booking_that_is_refused_is_not_made(
    what: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = Valid("createBooking", REFUSED_BOOKINGS[what](bookings_given))
    refused(call.sent(bookings_client))
    _nothing_made(call, bookings_given, bookings_expect, what)


def _too_many(given: Given, place: Place) -> dict[str, Any]:
    if place.capacity is None:
        raise NotJudged(f"the target file names no capacity of {place.service.name}")
    return given.body(place, participants=place.capacity + 1)


def _nothing_made(call: Valid, given: Given, expect: Expect, because: str) -> None:
    given.settle()
    made = booked(given, call.body or {})
    expect.that(
        "REVISION-6",
        not made,
        expected=f"no booking made by what was refused ({because})",
        actual=", ".join(f"a booking, {seen}" for seen in made),
    )


def _waiting(given: Given) -> set[str]:
    return {seen.id for seen in given.find({"status": "WAITING_LIST"})}


def _nobody_waits(before: set[str], given: Given, expect: Expect) -> None:
    """Elsewhere others may register meanwhile: only their own world shows who did not."""
    given.settle()
    if not given.client.target.ours:
        raise NotJudged("others may register to the waitlist as well")
    more = _waiting(given) - before
    expect.that(
        "REVISION-6",
        not more,
        expected="nobody put on the waitlist by what was refused",
        actual=f"{len(more)} more waiting",
    )


def _shown(booking: Seen, given: Given) -> Seen:
    shown = given.read(booking)
    if shown is None:
        raise NotReached("the reader does not show the booking")
    return shown


# Seats, seen by trying to book them.


@pytest.mark.judges("REVISION-6", needs=("exclusive_session",))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", ["cancelBooking", "rescheduleBooking"])
def test_a_refused_call_frees_no_seat(
    operation: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place, seats = _small(kind, bookings_given)
    if kind == "course" and operation == "rescheduleBooking":
        operation, body = "updateNumberOfParticipants", participants(bookings_given, place, 1)
    elif operation == "rescheduleBooking":
        body = {"slot": elsewhere(bookings_given, place).slot}
    else:
        body = {}
    booking = bookings_given.booking(place, "CONFIRMED", participants=seats)
    if bookings_given.accepts(place):
        raise NotJudged("the target sells more seats than there are")
    stale = other_revision(booking, -1)
    refused(bookings_client.act(operation, booking, body, revision=stale))
    bookings_expect.that(
        "REVISION-6",
        not bookings_given.accepts(place),
        expected=f"no seat freed by a {operation} that was refused",
        actual="a seat is free",
        circumstance=f"seats of a {kind}",
    )


@pytest.mark.judges("REVISION-6", needs=("exclusive_session",))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "operation", ["confirmBooking", "confirmOrDeclineBooking", "markBookingAsPending"]
)
def test_a_refused_call_takes_no_seat(
    operation: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place, seats = _small(kind, bookings_given)
    booking = bookings_given.booking(place, participants=seats)
    if operation == "confirmOrDeclineBooking":
        refused(bookings_client.act(operation, booking, {"paymentStatus": "NO_SUCH_STATUS"}))
    else:
        refused(bookings_client.act(operation, booking, revision=other_revision(booking, 1)))
    bookings_expect.that(
        "REVISION-6",
        bookings_given.accepts(place, seats),
        expected=f"no seat taken by a {operation} that was refused",
        actual="the seats are taken",
        circumstance=f"seats of a {kind}",
    )


@pytest.mark.judges("REVISION-6", needs=("exclusive_session",))
def test_a_refused_update_takes_no_seat(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.session(capacity=2)
    booking = bookings_given.booking(place, "CONFIRMED")
    body = participants(bookings_given, place, 2)
    stale = other_revision(booking, -1)
    refused(bookings_client.act("updateNumberOfParticipants", booking, body, revision=stale))
    bookings_expect.that(
        "REVISION-6",
        bookings_given.accepts(place),
        expected="no seat taken by an update that was refused",
        actual="the last seat is taken",
        circumstance="seats of a class",
    )


@pytest.mark.judges("REVISION-6", needs=("exclusive_session",))
def test_a_refused_move_takes_no_seat(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.session(capacity=1)
    goal = bookings_given.session(place.service, capacity=1)
    booking = bookings_given.booking(place, "CONFIRMED")
    stale = other_revision(booking, -1)
    refused(bookings_client.act("rescheduleBooking", booking, {"slot": goal.slot}, revision=stale))
    bookings_expect.that(
        "REVISION-6",
        bookings_given.accepts(goal),
        expected="no seat taken by a move that was refused",
        actual="the seat is taken",
        circumstance="seats of a class",
    )


def _small(kind: str, given: Given) -> tuple[Place, int]:
    """A place that nobody else books, and how many seats fill it."""
    if kind == "class":
        return given.session(capacity=1), 1
    if kind == "appointment":
        return given.place(kind), 1
    if not given.client.target.ours:
        raise NotJudged("others may book the course as well")
    place = given.course(capacity=2)
    return place, 2
