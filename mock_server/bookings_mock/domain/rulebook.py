"""How a rule is written down, asked for and, on purpose, bent.

A rule of the contract is one small function with one id. A *guard* answers why a call is refused,
or None; an *effect* answers what happens. The domain never calls either directly: it asks its
`Rulebook`, which hands out the function itself or the replacement that a miniature put there.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ParamSpec, TypeVar

from attrs import field, frozen

P = ParamSpec("P")
R = TypeVar("R")


@frozen
class Refusal:
    """Why a call is refused; `case` picks among a rule's answers, `field` names the input.

    `data` are facts about the reason, for the caller's program to read.
    """

    reason: str
    case: str | None = None
    field: str | None = None
    data: Mapping[str, Any] | None = None


class RuleBroken(Exception):
    """A call broke the rule with this id. Carries data only: the rim turns it into HTTP."""

    def __init__(
        self,
        rule: str,
        reason: str,
        case: str | None = None,
        field: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{rule}: {reason}")
        self.rule = rule
        self.reason = reason
        self.case = case
        self.field = field
        self.data = data


Guard = Callable[..., Refusal | str | None]

_RULE = "__bookings_rule__"
_EITHER = "__bookings_either__"
_REGISTERED: list[Callable[..., Any]] = []


def rule(rule_id: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function as the obedience of one rule, guard and effect alike."""

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        setattr(function, _RULE, rule_id)
        _REGISTERED.append(function)
        return function

    return mark


def either(rule_id: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """As `rule`, for a rule that sources leave open: the first parameter is the reading, "A"…"""

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        setattr(function, _EITHER, True)
        return rule(rule_id)(function)

    return mark


def rule_of(function: Callable[..., Any]) -> str:
    """The id of the rule that the function obeys."""
    return str(getattr(function, _RULE))


def registered() -> tuple[Callable[..., Any], ...]:
    """Every function that obeys a rule, in the order of their definition."""
    return tuple(_REGISTERED)


@frozen
class Rulebook:
    """The rules as one mock follows them.

    `replaced` maps a rule's function to the one that a miniature put in its place; `readings` says
    which side of an EITHER rule is followed ("A" where nothing is said).
    """

    replaced: Mapping[Callable[..., Any], Callable[..., Any]] = field(factory=dict)
    readings: Mapping[str, str] = field(factory=dict)

    def __call__(self, function: Callable[..., R]) -> Callable[..., R]:
        """The function to follow: its own or its replacement, its reading already chosen."""
        followed = self.replaced.get(function, function)
        if getattr(function, _EITHER, False):
            return partial(followed, self.readings.get(rule_of(function), "A"))
        return followed

    def require(self, guard: Guard, *facts: Any) -> None:
        """Raise `RuleBroken` with the guard's id if it gives a reason to refuse."""
        answer = self(guard)(*facts)
        if answer is None:
            return
        refusal = Refusal(answer) if isinstance(answer, str) else answer
        raise RuleBroken(rule_of(guard), refusal.reason, refusal.case, refusal.field, refusal.data)
