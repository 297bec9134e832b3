"""How a rule is judged: a small function with the rule's id, that looks at a case and rules on it.

It answers None where it has nothing to say: where what it would take to know is not known.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from attrs import define, evolve, field, frozen

import bookings_openapi
from bookings_contract.findings.checks import Check
from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.verdicts import Finding, Kept, Reading, level_of

C = TypeVar("C")


@frozen
class Ruling:
    """What one rule has to say: held, broken, or which reading was followed."""

    rule: str | None = None
    broken: tuple[str, str] | None = None
    reading: str | None = None
    circumstance: str | None = None
    # Further bookings that the story has to tell of.
    about: tuple[str, ...] = ()
    check: Check | None = None
    # The call that it is about, where that isn't the last one; and the controls that show it.
    at: Exchange | None = None
    aside: Exchange | None = None

    def named(self, rule: str | None) -> "Ruling":
        """The same for a rule, unless it names one itself."""
        return self if self.rule else evolve(self, rule=rule)

    def recorded(self) -> Finding | Kept | Reading:
        """As a record."""
        assert self.rule is not None
        if self.broken is not None:
            level = level_of(bookings_openapi.rules()[self.rule], self.circumstance)
            expected, actual = self.broken
            return Finding(
                *(self.rule, level, expected, actual, self.circumstance),
                check=self.check,
                aside=self.aside,
            )
        if self.reading is not None:
            return Reading(self.rule, self.reading)
        return Kept(self.rule)


def held(rule: str | None = None) -> Ruling:
    """The rule was obeyed where it could have been broken."""
    return Ruling(rule)


def breach(
    expected: object,
    actual: object,
    rule: str | None = None,
    *,
    circumstance: str | None = None,
    about: tuple[str, ...] = (),
    check: Check | None = None,
    at: Exchange | None = None,
    aside: Exchange | None = None,
) -> Ruling:
    """The rule was broken."""
    told = (str(expected), str(actual))
    return Ruling(rule, told, None, circumstance, about, check, at, aside)


def follows(reading: str, rule: str | None = None) -> Ruling:
    """Of a rule that is open, this reading was followed."""
    return Ruling(rule, reading=reading)


def equal(of: str, actual: object, expected: object, rule: str | None = None, **how: Any) -> Ruling:
    """Held if both are the same."""
    if actual == expected:
        return held(rule)
    return breach(f"{of} {_brief(expected)}", f"{of} {_brief(actual)}", rule, **how)


Judge = Callable[[C], Ruling | None]


@define
class Bench(Generic[C]):
    """The functions that judge cases of one sort, by the operation that the case is of."""

    _judges: dict[str, list[tuple[str | None, Judge[C]]]] = field(factory=dict)

    def rule(self, id: str, *operations: str) -> Callable[[Judge[C]], Judge[C]]:
        """Has a function judge a rule, wherever the rule book says that it applies."""
        return self._seat(id, operations or bookings_openapi.rules()[id].operations)

    def table(self, *operations: str) -> Callable[[Judge[C]], Judge[C]]:
        """Has a function judge what the life cycle's table names a rule for."""
        return self._seat(None, operations or tuple(bookings_openapi.lifecycle()))

    def _seat(self, id: str | None, operations: tuple[str, ...]) -> Callable[[Judge[C]], Judge[C]]:
        def seat(function: Judge[C]) -> Judge[C]:
            for operation in operations:
                self._judges.setdefault(operation, []).append((id, function))
            return function

        return seat

    @property
    def rules(self) -> frozenset[str]:
        """The rules that have a function of their own."""
        return frozenset(id for judges in self._judges.values() for id, _ in judges if id)

    def judge(self, operation: str, case: C) -> Iterator[Ruling]:
        """What all of them have to say."""
        for id, function in self._judges.get(operation, ()):
            ruling = function(case)
            if ruling is not None:
                yield ruling.named(id)


def within(sent: object, shown: object) -> bool:
    """Whether all that was sent is shown; objects may have grown."""
    if isinstance(sent, Mapping):
        return isinstance(shown, Mapping) and all(
            within(value, shown.get(key)) for key, value in sent.items()
        )
    if isinstance(sent, list):
        same = isinstance(shown, list) and len(sent) == len(shown)
        return same and all(map(within, sent, shown if isinstance(shown, list) else ()))
    return sent == shown


def _brief(value: object) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:117]}…"
