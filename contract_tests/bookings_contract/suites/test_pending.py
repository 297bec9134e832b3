"""Mark Booking As Pending: which bookings it lets wait, and what these take meanwhile."""

from collections.abc import Mapping

import pytest

from bookings_contract.findings.exchange import NotOffered
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.arranged import plain_for
from bookings_contract.suites.support.deciding import (
    KINDS,
    SHARED_KINDS,
    SKIP_APPROVAL_CHECK,
    fillable,
    looked_up,
    settled,
    shows,
)
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario


@pytest.mark.judges("PENDING-1")
@pytest.mark.parametrize("kind", KINDS)
def test_whether_a_call_sets_a_booking_pending(kind: str, scenario: Scenario) -> None:
    service = plain_for(scenario.given, kind, "PENDING")
    booking = scenario.given.booking(service)
    body = {} if service.manual_approval else SKIP_APPROVAL_CHECK
    try:
        answer = scenario.client.act("markBookingAsPending", booking, body)
    except NotOffered as absent:
        # No answer of the operation's own, and yet a part of the story.
        scenario.expect.record.add(absent.exchange)
        after = looked_up(scenario.given, booking)
        same = (after.status, after.revision) == (booking.status, booking.revision)
        told = f"{absent.exchange.status}, then {after}"
        scenario.expect.reading("PENDING-1", "B" if same else None, actual=told)
        return
    if not answer.accepted:
        raise NotReached(f"marking it as pending was answered {answer.summary}")
    after = looked_up(scenario.given, answer.booking)
    pending = answer.booking.status == after.status == "PENDING"
    letter = "A" if pending else None
    scenario.expect.reading("PENDING-1", letter, actual=f"{answer.summary}; then {after}")


@pytest.mark.judges("PENDING-2")
@pytest.mark.parametrize("flow", [{}, {"skipPendingApprovalServiceValidation": False}], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_a_service_without_approval_takes_no_requests(
    kind: str, flow: dict[str, bool], scenario: Scenario
) -> None:
    service = scenario.given.service(kind, manual_approval=False, variants=False, book="open")
    booking = scenario.given.booking(service)
    body = {"flowControlSettings": flow} if flow else {}
    answer = scenario.client.act("markBookingAsPending", booking, body)
    scenario.expect.refused(answer, "PENDING-2", circumstance=f"{kind} without approval")
    scenario.expect.unchanged(booking, "marking it as pending")


@pytest.mark.judges("PENDING-2")
@pytest.mark.parametrize("approval", [True, False], ids=["asks for approval", "check skipped"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_request_waits_where_approval_is_needed_or_the_check_is_skipped(
    kind: str, approval: bool, scenario: Scenario
) -> None:
    service = scenario.given.service(kind, manual_approval=approval, variants=False, book="open")
    booking = scenario.given.booking(service)
    body = {} if approval else SKIP_APPROVAL_CHECK
    answer = scenario.client.act("markBookingAsPending", booking, body)
    about = f"{kind} with approval" if approval else f"{kind}, check skipped"
    shows(scenario, "PENDING-2", answer, circumstance=about, status="PENDING")


@pytest.mark.judges("PENDING-3", needs=("services.appointment",))
def test_whether_a_pending_appointment_takes_its_time(scenario: Scenario) -> None:
    found = {affects: _requested(affects, scenario.client) for affects in (True, False)}
    if not any(found.values()):
        raise NotJudged("the target file names no appointment with requests_affect_availability")
    taken: dict[bool, bool] = {}
    for affects, service in found.items():
        if service is None:
            continue
        scenario.expect.new_story()
        refused, declined = _in_the_way(service, scenario)
        told = f"the next is {_words(refused)} when created, {_words(declined)} when settled"
        if refused != declined:
            scenario.expect.reading("PENDING-3", None, actual=told)
            return
        taken[affects] = refused
    _judge_taking(taken, scenario.expect)


def _requested(affects: bool, client: Client) -> Service | None:
    services = client.target.all_services(
        "appointment",
        manual_approval=True,
        book="open",
        where=lambda s: s.requests_affect_availability is affects,
    )
    return services[0] if services else None


def _in_the_way(service: Service, scenario: Scenario) -> tuple[bool, bool]:
    """Whether a request keeps the next out when it is created, and when it is settled."""
    place = scenario.given.slot(service)
    rival = scenario.given.booking(place)
    scenario.given.booking(place, "PENDING")
    refused = not scenario.given.accepts(place)
    return refused, settled(scenario.client, rival, "NOT_PAID").booking.status == "DECLINED"


# By what is done where requests affect availability, and where they do not; one says less.
_TAKING: Mapping[tuple[bool | None, bool | None], str] = {
    **{(True, False): "A", (True, True): "B", (False, False): "C"},
    **{(None, True): "B", (False, None): "C"},
}


def _judge_taking(taken: Mapping[bool, bool], expect: Expect) -> None:
    both = (taken.get(True), taken.get(False))
    told = f"where requests affect availability: {both[0]}, where they do not: {both[1]}"
    if both in ((True, None), (None, False)):
        # So it is by more than one reading.
        expect.kept("PENDING-3", told)
    else:
        expect.reading("PENDING-3", _TAKING.get(both), actual=told)


@pytest.mark.judges("PENDING-5")
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_whether_a_pending_booking_takes_its_seats(kind: str, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind, approval=True, seats=2)
    pending = scenario.given.booking(place, "PENDING", participants=left)
    held = left - _most(scenario.given, place, left)
    told = f"{held} of its {left} seats are held"
    letter = {left: "A", 0: "B"}.get(held)
    scenario.expect.reading("PENDING-5", letter, actual=told)
    given_up = scenario.client.act("declineBooking", pending)
    if letter == "A" and given_up.accepted and not scenario.given.accepts(place, left):
        scenario.expect.reading("PENDING-5", None, actual=f"{told}, also when declined")


@pytest.mark.judges("PENDING-5")
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_whether_a_pending_booking_stands_in_the_way_of_others(
    kind: str, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind, approval=True)
    rival = scenario.given.booking(place)
    scenario.given.booking(place, "PENDING", participants=left)
    refused = not scenario.given.accepts(place)
    declined = settled(scenario.client, rival, "NOT_PAID").booking.status == "DECLINED"
    letter = {(True, True): "A", (False, False): "B"}.get((refused, declined))
    told = f"the next is {_words(refused)} when created, {_words(declined)} when settled"
    scenario.expect.reading("PENDING-5", letter, actual=told)


@pytest.mark.judges("PENDING-6")
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        *((kind, s) for kind in KINDS for s in ("PENDING", "CONFIRMED", "CANCELED", "DECLINED")),
        ("class", "WAITING_LIST"),
    ],
)
def test_what_becomes_of_marking_a_booking_that_is_past_its_creation(
    kind: str, status: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking(kind, status)
    answer = scenario.client.act("markBookingAsPending", booking, SKIP_APPROVAL_CHECK)
    said = answer.booking if answer.accepted else booking
    after = looked_up(scenario.given, said)
    letter = None
    if said.status == after.status:
        letter = "A" if answer.refused else "B" if answer.accepted else None
    if letter == "A":
        scenario.expect.refused(answer, "PENDING-6")
    scenario.expect.reading("PENDING-6", letter, actual=f"{answer.summary}; then {after}")


def _most(given: Given, place: Place, left: int) -> int:
    """How many of the seats are still accepted; the likeliest numbers come first."""
    if _fits(given, place, left):
        return left
    if not _fits(given, place, 1):
        return 0
    return next((seats for seats in range(left - 1, 1, -1) if _fits(given, place, seats)), 1)


def _fits(given: Given, place: Place, seats: int) -> bool:
    made = given.client.call("createBooking", body=given.body(place, participants=seats))
    if made.accepted or made.status in (409, 428):
        return made.accepted
    # A policy may limit one booking, whatever is free.
    raise NotReached(f"trying {seats} seats was answered {made.summary}")


def _words(conflict: bool) -> str:
    return "turned away" if conflict else "let in"
