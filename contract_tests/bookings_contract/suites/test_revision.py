"""Revisions: where they begin, what raises them, and who has to know them."""

import pytest

from bookings_contract.findings.checks import Holds
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.calls import (
    CREATIONS,
    KINDS,
    cells,
    created,
    looked,
    of_rule,
    other_revision,
    reached,
    refused_as_invalid,
    revision_number,
    valid,
)
from bookings_contract.suites.support.dating import a_later_moment, date_of, dated
from bookings_contract.testkit.scenario import Scenario

# The V2 page names these; that the others raise the revision too is observed.
CERTAIN = ("rescheduleBooking", "cancelBooking", "updateNumberOfParticipants")


# ── Where it begins, what raises it ───────────────────────────────────────────────────────────────


@pytest.mark.judges("REVISION-1")
@pytest.mark.parametrize(("operation", "kind"), cells("REVISION-1"))
def test_a_new_booking_has_the_first_revision(
    operation: str, kind: str, scenario: Scenario
) -> None:
    for number in ("the first booking", "the second one"):
        answer = reached(valid(scenario.given, operation, kind).sent(scenario.client))
        revision = created(answer).raw["revision"]
        scenario.expect.that(
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
def test_the_reader_shows_the_first_revision_too(kind: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(kind)
    shown = scenario.given.read(booking)
    if shown is None:
        raise NotReached("the reader does not show the booking")
    revision = shown.raw["revision"]
    scenario.expect.that(
        "REVISION-1", revision == "1", expected='revision "1"', actual=f"revision {revision!r}"
    )


@pytest.mark.judges("REVISION-1")
@pytest.mark.parametrize("operation", of_rule("REVISION-2"))
def test_a_later_revision_is_a_string_of_digits(operation: str, scenario: Scenario) -> None:
    answer = reached(valid(scenario.given, operation).sent(scenario.client))
    revision = answer.booking.raw["revision"]
    scenario.expect.that(
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
    operation: str, kind: str, revised: bool, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation, kind, revised=revised)
    answer = reached(call.sent(scenario.client))
    _raised_by_one(call.booking, answer, scenario)


@pytest.mark.judges("REVISION-2")
def test_waiting_for_the_owner_raises_the_revision_by_one(scenario: Scenario) -> None:
    service = scenario.given.service("class", manual_approval=True, variants=False, book="open")
    booking = scenario.given.booking(service)
    answer = reached(scenario.client.act("confirmOrDeclineBooking", booking))
    _raised_by_one(booking, answer, scenario)


@pytest.mark.judges("REVISION-2", needs=("exclusive_session",))
def test_declining_a_duplicate_raises_the_revision_by_one(scenario: Scenario) -> None:
    place = scenario.given.session(capacity=1)
    late = scenario.given.booking(place)
    scenario.given.booking(place, "CONFIRMED")
    answer = reached(scenario.client.act("confirmOrDeclineBooking", late))
    _raised_by_one(late, answer, scenario)


def _raised_by_one(before: Seen, answer: Answer, scenario: Scenario) -> None:
    part = None if answer.exchange.operation in CERTAIN else "status_changes"
    due = str(revision_number(before) + 1)
    after = answer.booking
    if not scenario.expect.equal(
        "REVISION-2", after.revision, due, of="revision", circumstance=part, at=answer
    ):
        return
    shown = looked(scenario.given, after)
    if shown is not None:
        scenario.expect.equal(
            "REVISION-2", shown.revision, due, of="stored revision", circumstance=part
        )


# ── That it is asked for ──────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("REVISION-3")
@pytest.mark.parametrize("which", ["stale", "ahead"])
@pytest.mark.parametrize(("operation", "kind"), cells("REVISION-3"))
def test_only_the_current_revision_will_do(
    operation: str, kind: str, which: str, scenario: Scenario
) -> None:
    stale = which == "stale"
    call = valid(scenario.given, operation, kind, revised=stale)
    passed = other_revision(call.booking, -1 if stale else 1)
    answer = call.sent(scenario.client, revision=passed)
    scenario.expect.refused(answer, "REVISION-3", circumstance=f"{which}, {kind}")
    scenario.expect.unchanged(call.booking, f"a call with a revision that is {which}")


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
    operation: str, what: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation)
    # Left out where it is None.
    answer = call.sent(scenario.client, {"revision": MALFORMED[what]})
    refused_as_invalid(scenario.expect, answer, "REVISION-4", what)
    scenario.expect.unchanged(call.booking, f"a call with a revision that is {what}")


@pytest.mark.judges("REVISION-4")
@pytest.mark.parametrize("kind", KINDS)
def test_a_revision_is_asked_for_whatever_is_booked(kind: str, scenario: Scenario) -> None:
    call = valid(scenario.given, "cancelBooking", kind)
    answer = call.sent(scenario.client, {"revision": None})
    refused_as_invalid(scenario.expect, answer, "REVISION-4", f"missing, {kind}")
    scenario.expect.unchanged(call.booking, "a call without a revision")


# ── When it was changed ───────────────────────────────────────────────────────────────────────────

DATED = [cell for cell in cells("REVISION-5") if cell.values[0] not in CREATIONS]


@pytest.mark.judges("REVISION-5")
@pytest.mark.parametrize(("operation", "kind"), DATED)
def test_a_change_is_dated_no_earlier_than_it_was_made(
    operation: str, kind: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation, kind)
    just_before = a_later_moment(scenario.given, date_of(call.booking, "updatedDate"))
    answer = reached(call.sent(scenario.client))
    if dated(answer.booking, just_before, "made just before", scenario.expect, at=answer):
        shown = looked(scenario.given, answer.booking)
        if shown is not None:
            dated(shown, just_before, "made just before, read back", scenario.expect)


@pytest.mark.judges("REVISION-5")
@pytest.mark.parametrize("operation", [cell for cell in of_rule("REVISION-5") if cell in CERTAIN])
def test_a_second_change_is_dated_anew(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation, revised=True)
    just_before = a_later_moment(scenario.given, date_of(call.booking, "updatedDate"))
    answer = reached(call.sent(scenario.client))
    dated(answer.booking, just_before, "made just before", scenario.expect, at=answer)


@pytest.mark.judges("REVISION-5")
@pytest.mark.parametrize(("operation", "kind"), DATED)
def test_the_date_of_a_change_never_goes_back(
    operation: str, kind: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation, kind)
    before = date_of(call.booking, "updatedDate")
    answer = reached(call.sent(scenario.client))
    dated(answer.booking, before, "its updatedDate before", scenario.expect, at=answer)


@pytest.mark.judges("REVISION-5")
@pytest.mark.parametrize(
    ("operation", "kind"), [cell for cell in cells("REVISION-5") if cell.values[0] in CREATIONS]
)
def test_a_new_booking_is_dated_no_earlier_than_one_before_it(
    operation: str, kind: str, scenario: Scenario
) -> None:
    earlier = date_of(scenario.given.booking(kind), "createdDate")
    answer = reached(valid(scenario.given, operation, kind).sent(scenario.client))
    dated(created(answer), earlier, "made before", scenario.expect, at=answer)
