"""One creation by either operation, and what became of it: in bulk an item may fail by itself."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import frozen

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotReached, Unjudged
from bookings_contract.suites.support.calls import booked
from bookings_contract.suites.support.creations import nothing_made
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Also, Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

CREATE = "createBooking"
BULK = "bulkCreateBooking"
OPERATIONS = (CREATE, BULK)

Body = Mapping[str, Any]


@frozen
class Creation:
    """A creation that was asked for, and its answer."""

    body: Body
    answer: Answer

    @property
    def _result(self) -> Mapping[str, Any] | None:
        """The item's own result in a bulk call that succeeded."""
        bulk = self.answer.exchange.operation == BULK
        result: Mapping[str, Any] | None = None
        if bulk and self.answer.accepted:
            result = self.answer.at("results", 0)
        return result

    @property
    def made(self) -> bool:
        """Whether the answer says that there is a booking now."""
        if self._result is None:
            return self.answer.accepted
        return bool((self._result.get("itemMetadata") or {}).get("success"))

    @property
    def refused(self) -> bool:
        """Whether the call was refused, or its one item."""
        failed = self._result is not None and not self.made
        return self.answer.refused or failed

    @property
    def booking(self) -> Seen:
        """The booking as it was answered."""
        if not self.made:
            raise NotReached(f"creating a booking was answered {self.summary}")
        if self._result is None:
            return self.answer.booking
        return Seen.of(self.answer.at("results", 0, "item"))

    @property
    def summary(self) -> str:
        """The answer in a few words."""
        if self._result is None or self.made:
            return self.answer.summary
        error = (self._result.get("itemMetadata") or {}).get("error") or {}
        return f"{self.answer.summary}, the item failed {error.get('code') or ''}".rstrip()


def attempt(client: Client, operation: str, body: Body, caller: str = "owner") -> Creation:
    """Asks for one booking, by Create Booking or as the only item of Bulk Create Booking."""
    whole = {"createBookingsInfo": [body], "returnFullEntity": True}
    sent = body if operation == CREATE else whole
    return Creation(body, client.call(operation, body=sent, caller=caller))


def refused(
    given: Given,
    expect: Expect,
    creation: Creation,
    rule: str,
    case: str | None = None,
    *,
    also: Iterable[Also] = (),
    circumstance: str | None = None,
) -> bool:
    """The rule forbids this creation: the call is refused or its item fails; nothing is made."""
    answer = creation.answer
    if not answer.accepted or creation.made:
        if not expect.refused(answer, rule, case, also=also, circumstance=circumstance):
            return False
        nothing_made(given, expect, answer, creation.body)
        return True
    return expect.that(
        rule,
        not exists(given, creation),
        expected="an item that fails makes no booking",
        actual="the reader shows the booking",
        circumstance=circumstance,
    )


def refused_or_made(
    scenario: Scenario,
    creation: Creation,
    rule: str,
    *,
    refused: str = "A",
    made: str = "B",
    as_asked: Callable[[Seen], bool] = lambda seen: True,
) -> str | None:
    """Which reading of an open rule was followed: one that refuses, or one that makes a booking.

    `as_asked` says of the booking, as it is answered and as it is stored, whether it is the one
    that was asked for. Neither is followed by a refusal after which there is a booking.
    """
    letter = None
    if creation.made:
        letter = (
            made if all(as_asked(seen) for seen, _ in shown(scenario.given, creation)) else None
        )
    elif creation.refused:
        if creation.answer.refused:
            scenario.expect.refused(creation.answer, rule)
        letter = None if exists(scenario.given, creation) else refused
    return scenario.expect.reading(rule, letter, actual=_became(scenario.given, creation))


def _became(given: Given, creation: Creation) -> str:
    if not creation.refused:
        return creation.summary
    there = "there is a booking" if exists(given, creation) else "there is none"
    return f"{creation.summary}, and {there}"


def exists(given: Given, creation: Creation) -> bool:
    """Whether the reader shows a booking that the creation has led to."""
    given.settle()
    return bool(booked(given, creation.body))


def shown(given: Given, creation: Creation) -> list[tuple[Seen, Answer | None]]:
    """The new booking as it was answered and, where there is a reader, as it is stored."""
    views: list[tuple[Seen, Answer | None]] = [(creation.booking, creation.answer)]
    stored = looked_for(given, creation)
    return [*views, (stored, None)] if stored else views


def looked_for(given: Given, creation: Creation) -> Seen | None:
    """The new booking as it is stored, None where nothing shows it."""
    given.settle()
    try:
        found = given.read(creation.booking)
    except Unjudged:
        return None
    if found is None:
        raise NotReached("the reader does not show the new booking")
    return found


def as_well(
    expect: Expect,
    creation: Creation,
    rule: str,
    plain: Creation | None,
    circumstance: str | None = None,
) -> bool:
    """The creation succeeds, if a plain one does: one that is refused too has other reasons."""
    if not creation.made and plain is not None and not plain.made:
        raise NotReached(f"a plain booking was answered {plain.summary}")
    return expect.that(
        rule,
        creation.made,
        expected="accepted",
        actual=creation.summary,
        circumstance=circumstance,
        at=creation.answer,
    )
