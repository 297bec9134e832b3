"""Life cycle: each operation on each status, kind of service and revision."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import frozen

import bookings_openapi
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.arranged import (
    as_it_is_or_not,
    headcount,
    moved_or_not,
    plain_for,
    resized_or_not,
    stored,
)
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario
from bookings_openapi import Move

MOVES = bookings_openapi.lifecycle()
KINDS = ("appointment", "class", "course")
STATUSES = ("CREATED", "PENDING", "CONFIRMED", "CANCELED", "DECLINED", "WAITING_LIST")
# Kinds of service whose bookings get into a status; every kind where it is not named.
ONLY_FOR = {"WAITING_LIST": ("class",)}

CURRENT, STALE, AHEAD = "current", "stale", "ahead"
ANOTHER_REVISION = "REVISION-3"
RAISED = "REVISION-2"
# Raising the revision is promised for these in other words than for the rest.
RAISED_FOR_CERTAIN = ("rescheduleBooking", "cancelBooking", "updateNumberOfParticipants")

# What an operation does from its sources, where its move has no rule of its own.
RESULTS = {
    "cancelBooking": "CANCEL-1",
    "rescheduleBooking": "RESCHEDULE-7",
    "updateExtendedFields": "EXTENDED-1",
    "markBookingAsPending": "PENDING-1",
    "confirmOrDeclineBooking": "CONFIRMATION-6",
}


@frozen
class Cell:
    """One operation, called with one revision on a booking of one kind in one status."""

    operation: str
    kind: str
    status: str
    revision: str

    def __str__(self) -> str:
        return "-".join((self.operation, self.kind, self.status, self.revision))

    @property
    def move(self) -> Move:
        """What the document says of the operation."""
        return MOVES[self.operation]

    @property
    def broken(self) -> list[str]:
        """The rules by which the call has to be refused."""
        rules = [] if self.revision == CURRENT else [ANOTHER_REVISION]
        if self.kind in self.move.not_for:
            rules.append(self.move.not_for[self.kind])
        if self.status not in self.move.sources | self.move.open.keys() and self.move.rule:
            rules.append(self.move.rule)
        return rules

    @property
    def open(self) -> str:
        """The rule that leaves open what the call does, if one does."""
        return self.move.open.get(self.status, "")

    @property
    def tolerated(self) -> list[str]:
        """The rules whose refusals will do besides, since no order of checks is documented."""
        return [*self.broken[1:], *([self.open] if self.open else [])]

    @property
    def results(self) -> list[str]:
        """The rules on what the call does when it is made."""
        own = self.move.rule or RESULTS.get(self.operation)
        raised = self.operation in bookings_openapi.rules()[RAISED].operations
        return [*([own] if own else []), *([RAISED] if raised else [])]

    @property
    def from_status(self) -> str:
        """The cell's circumstance in a report."""
        return f"{self.kind} from {self.status}"


def cells() -> Iterator[Cell]:
    """Every cell that can exist."""
    for operation, move in MOVES.items():
        revisions = (CURRENT, STALE, AHEAD) if move.revision_checked else (CURRENT,)
        for kind in KINDS:
            for status in STATUSES if move.sources else ():
                if kind in ONLY_FOR.get(status, KINDS):
                    yield from (Cell(operation, kind, status, revision) for revision in revisions)


def _cells(rules: Callable[[Cell], list[str]]) -> pytest.MarkDecorator:
    """Parametrises a test with the cells that it judges a rule in."""
    chosen = [
        pytest.param(cell, id=str(cell), marks=pytest.mark.judges(*rules(cell)))
        for cell in cells()
        if rules(cell)
    ]
    return pytest.mark.parametrize("cell", chosen)


@_cells(lambda cell: cell.broken[:1])
def test_a_call_that_breaks_a_rule_is_refused(cell: Cell, scenario: Scenario) -> None:
    booking, body = _arranged(cell, scenario.given)
    revision = _revision(cell.revision, booking)
    answer = scenario.client.act(cell.operation, booking, body, revision=revision)
    # Before a booking's first revision there is only 0, which may be none at all.
    also = [*cell.tolerated, *(["REVISION-4"] if revision == "0" else [])]
    scenario.expect.refused(answer, cell.broken[0], also=also, circumstance=cell.from_status)
    scenario.expect.unchanged(booking, f"{cell.operation} from {cell.status}")


@_cells(lambda cell: [] if cell.broken or cell.open else cell.results)
def test_a_call_from_a_source_leads_to_its_result(cell: Cell, scenario: Scenario) -> None:
    booking, body = _arranged(cell, scenario.given)
    answer = scenario.client.act(cell.operation, booking, body)
    if cell.move.rule:
        if not scenario.expect.accepted(answer, cell.move.rule, circumstance=cell.from_status):
            return
    elif not answer.accepted:
        # Nothing but the silence of the pages says that it has to be possible.
        raise NotReached(f"{cell.operation} from {cell.status} was answered {answer.summary}")
    shown = answer.exchange.booking
    after = stored(scenario.given, shown or booking)
    for seen in (shown, after):
        if seen is not None:
            at = answer if seen is shown else None
            _judge_result(cell, booking, body, seen, scenario.expect, at)


@_cells(lambda cell: [cell.open] if cell.open and not cell.broken else [])
def test_what_an_open_call_does_is_one_of_its_readings(cell: Cell, scenario: Scenario) -> None:
    booking, body = _arranged(cell, scenario.given)
    answer = scenario.client.act(cell.operation, booking, body)
    after = stored(scenario.given, answer.exchange.booking or booking)
    letter = READINGS[cell.open](booking, answer, after)
    scenario.expect.reading(cell.open, letter, actual=f"{answer.summary}, then {after}")
    scenario.expect.unchanged(booking, f"{cell.operation} from {cell.status}")


# Arranging


def _arranged(cell: Cell, given: Given) -> tuple[Seen, dict[str, Any]]:
    """The booking of a cell, and a body that its operation takes without the revision."""
    service = plain_for(given, cell.kind, "PENDING" if _asks_to_wait(cell) else cell.status)
    _require_approval(cell, service)
    place = given.place(service)
    resized = cell.operation == "updateNumberOfParticipants" and cell.kind != "appointment"
    booking = given.booking(place, cell.status, participants=2 if resized else 1)
    return booking, _body(cell.operation, booking, place, given)


def _require_approval(cell: Cell, service: Service) -> None:
    """Declining may depend on whether the service asks for approval, and settling does."""
    declines = cell.operation == "declineBooking" and cell.status == "PENDING"
    settles = cell.operation == "confirmOrDeclineBooking" and cell.status == "CREATED"
    if declines and not service.manual_approval:
        raise NotJudged(f"no {cell.kind} of the target asks for the owner's approval")
    if settles and service.manual_approval:
        raise NotJudged(f"every {cell.kind} of the target asks for the owner's approval")


def _asks_to_wait(cell: Cell) -> bool:
    return cell.operation == "markBookingAsPending" and cell.status == "CREATED"


def _body(operation: str, booking: Seen, place: Place, given: Given) -> dict[str, Any]:
    if operation == "rescheduleBooking":
        return {"slot": _elsewhere(place, given)}
    if operation == "updateNumberOfParticipants":
        return {"totalParticipants": _other_number(booking)}
    if operation == "updateExtendedFields":
        namespace = given.client.target.namespace or "@judge/contract"
        return {"namespace": namespace, "namespaceData": {"crew": 4}}
    if operation == "markBookingAsPending" and not place.service.manual_approval:
        return {"flowControlSettings": {"skipPendingApprovalServiceValidation": True}}
    return {}


def _elsewhere(place: Place, given: Given) -> dict[str, Any]:
    if place.service.kind != "course":
        return given.place(place.service).slot
    sessions = place.service.sessions
    known = {"scheduleId": place.service.schedule_id, "serviceId": place.service.id}
    return {**known, "sessionId": sessions[-1].id} if sessions else known


def _other_number(booking: Seen) -> int:
    # Downwards where possible: there is always room for fewer.
    return 1 if headcount(booking) == 2 else 2


def _revision(which: str, booking: Seen) -> str | None:
    if which == CURRENT:
        return None
    if not booking.revision.isdigit():
        raise NotJudged(f"the revision {booking.revision} is no number")
    return str(int(booking.revision) + (1 if which == AHEAD else -1))


# Judging


def _judge_result(
    cell: Cell,
    before: Seen,
    body: dict[str, Any],
    after: Seen,
    expect: Expect,
    at: Answer | None,
) -> None:
    # Where several results are possible, the first is that of a plain service without conflict.
    wanted = next(iter(cell.move.results), cell.status)
    where = cell.from_status
    own = cell.move.rule or RESULTS.get(cell.operation)
    if own == "EXTENDED-1":
        if at is None:
            kept = (after.raw.get("extendedFields") or {}).get("namespaces") or {}
            data = (kept.get(body["namespace"]) or {}).get("crew")
            expect.equal(own, data, 4, of="what is stored as crew", circumstance=where)
    elif own == "PENDING-1":
        expect.reading(own, "A" if after.status == wanted else None, actual=f"then {after}")
    elif own is not None:
        expect.equal(own, after.status, wanted, of="status", circumstance=where, at=at)
    if RAISED in cell.results and before.revision.isdigit():
        certain = cell.operation in RAISED_FOR_CERTAIN
        expect.equal(
            RAISED,
            after.revision,
            str(int(before.revision) + 1),
            of="revision",
            circumstance=where if certain else "status_changes",
            at=at,
        )


def _answered(before: Seen, answer: Answer, after: Seen) -> str | None:
    """A: refused, and its status stays. B: answered, and a later reading says the same."""
    if answer.refused:
        return "A" if after.status == before.status else None
    return "B" if answer.accepted and answer.booking.status == after.status else None


def _declined(before: Seen, answer: Answer, after: Seen) -> str | None:
    """A: declined. B: refused, and its status stays."""
    if answer.accepted:
        return "A" if answer.booking.status == after.status == "DECLINED" else None
    return "B" if answer.refused and after.status == before.status else None


def _resized(before: Seen, answer: Answer, after: Seen) -> str | None:
    return resized_or_not(before, answer, after, _other_number(before))


READINGS: dict[str, Callable[[Seen, Answer, Seen], str | None]] = {
    "CANCEL-5": as_it_is_or_not,
    "CONFIRMATION-9": as_it_is_or_not,
    "DECLINE-2": _declined,
    "PARTICIPANTS-6": _resized,
    "PENDING-6": _answered,
    "RESCHEDULE-8": moved_or_not,
}
