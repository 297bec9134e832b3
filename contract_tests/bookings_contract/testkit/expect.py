"""What a test expects; each expectation is written down as kept or broken, and none of them stops.

How a refusal has to look is read from the rule book, never repeated in a test.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define

import bookings_openapi
from bookings_contract.findings import refusals
from bookings_contract.findings.checks import (
    Accepted,
    Check,
    Holds,
    Path,
    Refused,
    RefusedWith,
    Shows,
    changed,
)
from bookings_contract.findings.exchange import Answer, Exchange, Seen, differences
from bookings_contract.findings.problems import Unjudged
from bookings_contract.findings.verdicts import Finding, Kept, Left, Reading, level_of
from bookings_contract.testkit import readback
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.record import Record
from bookings_openapi import Answer as Refusal, Rule

# Which status and code a refusal has, and that it changes nothing, are rules of their own.
REFUSAL_SHAPE = "SHAPE-9"
NOTHING_CHANGED = "REVISION-6"
# The callers of other sites than the one that is judged.
ELSEWHERE = ("other_site", "bare_site")

Also = str | tuple[str, str]


@define
class Expect:
    """One test's expectations."""

    record: Record
    given: Given

    def refused(
        self,
        answer: Answer,
        rule: str,
        case: str | None = None,
        *,
        also: Iterable[Also] = (),
        circumstance: str | None = None,
    ) -> bool:
        """The call breaks the rule, so it is refused: any 4xx keeps it.

        Status and code are then judged by SHAPE-9: the rule's (`case` picks among several
        answers), or those of another rule that the call breaks as well, named in `also`.
        """
        asked = _rule(rule)
        usual = asked.answer(case)
        brackets = f" ({refusals.usual(usual)})" if usual else ""
        expected = f"refused, nothing changed{brackets}"
        kept = self._judge(
            asked, answer.refused, expected, answer.summary, circumstance, answer, Refused()
        )
        if kept:
            self._refusal_shape(answer, [(asked, case), *map(_named, also)])
        return kept

    def accepted(self, answer: Answer, rule: str, *, circumstance: str | None = None) -> bool:
        """The rule allows the call, so it succeeds."""
        return self._judge(
            _rule(rule),
            answer.accepted,
            "accepted",
            answer.summary,
            circumstance,
            answer,
            Accepted(),
        )

    def that(
        self,
        rule: str,
        holds: object,
        *,
        expected: object,
        actual: object,
        circumstance: str | None = None,
        at: Answer | None = None,
        check: Check | None = None,
    ) -> bool:
        """The rule holds; `expected` and `actual` are said if not.

        `at` ends the story there; `check` says as data what was asked of that answer.
        """
        said = (str(expected), str(actual))
        return self._judge(_rule(rule), bool(holds), *said, circumstance, at, check)

    def equal(
        self,
        rule: str,
        actual: object,
        expected: object,
        *,
        of: str,
        circumstance: str | None = None,
        at: Answer | None = None,
    ) -> bool:
        """A value that the rule fixes; `of` names it: "status", "revision"."""
        return self.that(
            rule,
            actual == expected,
            expected=f"{of} {expected}",
            actual=f"{of} {actual}",
            circumstance=circumstance,
            at=at,
            check=Holds(of, expected, actual),
        )

    def unchanged(self, before: Seen, because: str | None = None) -> bool:
        """The last call was refused, so the reader shows the booking as it was before.

        `because` says what was refused. Had the call been accepted, there is nothing to judge. A
        target without a reader leaves this not judged.
        """
        if self.record.last_write_succeeded:
            return True
        self.given.settle()
        try:
            after = self.given.read(before)
        except Unjudged as reason:
            self.record.note(Left(NOTHING_CHANGED, str(reason)))
            return True
        check, partly = None, None
        if after is None:
            changes = ["the reader no longer shows it"]
        elif readback.is_glimpse(after) or readback.is_glimpse(before):
            partly = "as far as the V1 list shows it"
            changes = differences(readback.alike(before, after), readback.alike(after, before))
        else:
            place, was, now = _views(before, after)
            changes = differences(was, now)
            check = Shows(tuple(changed(was, now, place)))
        return self.that(
            NOTHING_CHANGED,
            not changes,
            expected=f"nothing changed by what was refused{f' ({because})' if because else ''}",
            actual=", ".join(changes),
            circumstance=partly,
            check=check,
        )

    def reading(
        self,
        rule: str,
        letter: str | None,
        *,
        actual: object = None,
        check: Check | None = None,
    ) -> str | None:
        """Which reading of an open rule was followed; None, which is a breach, if none was.

        `check` says as data what all readings have in common.
        """
        asked = _rule(rule)
        said = None if actual is None else str(actual)
        if letter is None:
            ways = "; or ".join(f"{key}: {text}" for key, text in asked.readings.items())
            self._judge(asked, False, ways, said or "none of these", None, None, check)
        elif letter not in asked.readings:
            raise ValueError(f"{rule} has no reading {letter}")
        else:
            self.record.note(Reading(rule, letter, said))
        return letter

    def kept(self, rule: str, circumstance: str | None = None) -> None:
        """The rule was seen to hold."""
        self.record.note(Kept(_rule(rule).id, circumstance))

    def new_story(self) -> None:
        """What follows has nothing to do with what came before."""
        self.record.begin()

    # Inside

    def _judge(
        self,
        rule: Rule,
        holds: bool,
        expected: str,
        actual: str,
        circumstance: str | None,
        at: Answer | None,
        check: Check | None = None,
    ) -> bool:
        if holds:
            self.record.note(Kept(rule.id, circumstance))
        else:
            level = level_of(rule, circumstance)
            finding = Finding(rule.id, level, expected, actual, circumstance, check=check)
            self.record.note(finding, at=_exchange(at))
        return holds

    def _refusal_shape(self, answer: Answer, broken: list[tuple[Rule, str | None]]) -> None:
        allowed = [found for rule, case in broken for found in _answers(rule, case)]
        if not allowed:
            return
        if self._is_elsewhere(answer.exchange):
            # How another site is set up is known to nobody: any rule of the call may be in its way.
            allowed += refusals.of_operation(answer.exchange.operation)
        shape = _rule(REFUSAL_SHAPE)
        names = " or ".join(rule.id for rule, _ in broken)
        ways = dict.fromkeys(refusals.tolerated(refusal) for refusal in allowed)
        expected = f"{names} refused with {' or '.join(ways)}"
        holds = any(refusals.fits(answer.status, answer.code, refusal) for refusal in allowed)
        check = RefusedWith(tuple(allowed))
        self._judge(shape, holds, expected, answer.summary, None, answer, check)

    def _is_elsewhere(self, exchange: Exchange) -> bool:
        """Whether the caller's site is not the one that the target file describes."""
        caller = self.given.client.target.callers.get(exchange.caller or "")
        return exchange.caller in ELSEWHERE or (caller is not None and caller.site is not None)


def _views(before: Seen, after: Seen) -> tuple[Path, Mapping[str, Any], Mapping[str, Any]]:
    """A booking's two sights as far as they can be compared, and where the reader shows them."""
    entry: Path = ("extendedBookings", 0)
    if before.extended is not None:
        return entry, before.extended, after.extended or {}
    # The writer's view: compared as far as the reader shows the same fields.
    common = before.raw.keys() & after.raw.keys()
    return (
        (*entry, "booking"),
        {key: before.raw[key] for key in common},
        {key: after.raw[key] for key in common},
    )


def _rule(name: str) -> Rule:
    return bookings_openapi.rules()[name]


def _named(also: Also) -> tuple[Rule, str | None]:
    return (_rule(also), None) if isinstance(also, str) else (_rule(also[0]), also[1])


def _answers(rule: Rule, case: str | None) -> list[Refusal]:
    found = rule.answer(case)
    return [] if found is None else [found]


def _exchange(answer: Answer | None) -> Exchange | None:
    return None if answer is None else answer.exchange
