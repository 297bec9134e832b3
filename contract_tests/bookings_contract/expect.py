"""What a test expects; each expectation is written down as kept or broken, and none of them stops.

How a refusal has to look is read from the rule book, never repeated in a test.
"""

from collections.abc import Iterable

from attrs import define

import bookings_openapi
from bookings_contract.exchange import Answer, Exchange, Seen, differences
from bookings_contract.given import Given
from bookings_contract.record import Record
from bookings_contract.verdicts import Finding, Kept, Reading, level_of
from bookings_openapi import Answer as Refusal
from bookings_openapi import Rule

# Which status and code a refusal has, and that it changes nothing, are rules of their own.
REFUSAL_SHAPE = "SHAPE-9"
NOTHING_CHANGED = "REVISION-6"

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
        expected = f"refused, nothing changed{_in_brackets(asked.answer(case))}"
        kept = self._judge(asked, answer.refused, expected, answer.said, circumstance, answer)
        if kept:
            self._refusal_shape(answer, [(asked, case), *map(_named, also)])
        return kept

    def accepted(self, answer: Answer, rule: str, *, circumstance: str | None = None) -> bool:
        """The rule allows the call, so it succeeds."""
        return self._judge(
            _rule(rule), answer.accepted, "accepted", answer.said, circumstance, answer
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
    ) -> bool:
        """The rule holds; `expected` and `actual` are said if not. `at` ends the story there."""
        return self._judge(_rule(rule), bool(holds), str(expected), str(actual), circumstance, at)

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
        )

    def unchanged(self, before: Seen, because: str | None = None) -> bool:
        """The refused call before this one left the booking as the reader had shown it.

        `because` says what was refused. A target without a reader leaves this not judged.
        """
        self.given.settle()
        after = self.given.read(before)
        if after is None:
            changes = ["the reader no longer shows it"]
        elif before.extended is not None:
            changes = differences(before.extended, after.extended)
        else:
            # The writer's view: compared as far as the reader shows the same fields.
            common = before.raw.keys() & after.raw.keys()
            changes = differences(
                {key: before.raw[key] for key in common}, {key: after.raw[key] for key in common}
            )
        expected = f"nothing changed by what was refused{f' ({because})' if because else ''}"
        return self.that(NOTHING_CHANGED, not changes, expected=expected, actual=", ".join(changes))

    def reading(self, rule: str, letter: str | None, *, actual: object = None) -> str | None:
        """Which reading of an open rule was followed; None, which is a breach, if none was."""
        asked = _rule(rule)
        said = None if actual is None else str(actual)
        if letter is None:
            ways = "; or ".join(f"{key}: {text}" for key, text in asked.readings.items())
            self._judge(asked, False, ways, said or "none of these", None, None)
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
    ) -> bool:
        if holds:
            self.record.note(Kept(rule.id, circumstance))
        else:
            level = level_of(rule, circumstance)
            finding = Finding(rule.id, level, expected, actual, circumstance)
            self.record.note(finding, at=_exchange(at))
        return holds

    def _refusal_shape(self, answer: Answer, broken: list[tuple[Rule, str | None]]) -> None:
        allowed = [found for rule, case in broken for found in _answers(rule, case)]
        if not allowed:
            return
        shape = _rule(REFUSAL_SHAPE)
        names = " or ".join(rule.id for rule, _ in broken)
        expected = f"{names} refused with {' or '.join(dict.fromkeys(map(_told, allowed)))}"
        holds = any(_fits(answer, refusal) for refusal in allowed)
        self._judge(shape, holds, expected, answer.said, None, answer)


def _rule(name: str) -> Rule:
    return bookings_openapi.rules()[name]


def _named(also: Also) -> tuple[Rule, str | None]:
    return (_rule(also), None) if isinstance(also, str) else (_rule(also[0]), also[1])


def _answers(rule: Rule, case: str | None) -> list[Refusal]:
    found = rule.answer(case)
    return [] if found is None else [found]


def _fits(answer: Answer, refusal: Refusal) -> bool:
    any_code = refusal.any_code or not refusal.codes
    return answer.status in refusal.status and (any_code or answer.code in refusal.codes)


def _told(refusal: Refusal) -> str:
    """An answer in words: "428 INVALID_BOOKING_STATUS"."""
    status = " or ".join(map(str, refusal.status))
    codes = () if refusal.any_code else refusal.codes
    return f"{status} {' or '.join(codes)}".rstrip()


def _in_brackets(refusal: Refusal | None) -> str:
    """The mock's own answer, the first of those tolerated."""
    if refusal is None:
        return ""
    return f" ({' '.join([str(refusal.status[0]), *refusal.codes[:1]])})"


def _exchange(answer: Answer | None) -> Exchange | None:
    return None if answer is None else answer.exchange
