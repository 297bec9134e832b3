"""Servers that are wrong on purpose, what became of judging each, and what that comes to."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from attrs import field, frozen


@frozen
class RuleFacts:
    """What the mock has to do with the rules: those it obeys, and who breaks them on purpose."""

    obeyed: frozenset[str]
    miniatures: Mapping[str, tuple[str, ...]]


@frozen
class Wrong:
    """A mock that is wrong on purpose: the rule that it breaks, and how.

    `section` is the part of the API that it is about, None where it is the rule's own switch.
    """

    name: str
    rule: str
    about: str
    section: str | None = None


@frozen
class Judgement:
    """What became of one wrong server.

    `caught_by` names the rules that were found broken, its own first; `seconds` is what judging it
    by its own rule took the processor; `story` is how many requests tell the breach; `faults` are
    the harness's own, by rule.
    """

    server: Wrong
    caught_by: tuple[str, ...]
    seconds: float
    story: int | None = None
    faults: Mapping[str, str] = field(factory=dict)

    @property
    def caught(self) -> bool:
        """Whether any rule was found broken."""
        return bool(self.caught_by)

    @property
    def by_its_own_rule(self) -> bool:
        """Whether the rule that the server breaks was."""
        return self.server.rule in self.caught_by

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.server.name,
            "rule": self.server.rule,
            "about": self.server.about,
            "caughtBy": list(self.caught_by),
            "seconds": round(self.seconds, 2),
            "story": self.story,
            "faults": dict(self.faults),
        }


@frozen
class Score:
    """How many were caught, over any number of judgements."""

    judgements: Sequence[Judgement]

    @property
    def caught(self) -> int:
        """How many were noticed at all."""
        return sum(one.caught for one in self.judgements)

    @property
    def by_their_own_rule(self) -> int:
        """How many were noticed by the rule that they break."""
        return sum(one.by_its_own_rule for one in self.judgements)

    @property
    def median_story(self) -> float | None:
        """How many requests a breach takes to tell, in the middle of all."""
        stories = [one.story for one in self.judgements if one.story]
        return median(stories) if stories else None

    @property
    def longest_story(self) -> int | None:
        """How many requests the longest one takes."""
        return max((one.story for one in self.judgements if one.story), default=None)

    @property
    def faults(self) -> Mapping[str, Mapping[str, str]]:
        """What went wrong in the harness, by server."""
        return {one.server.name: one.faults for one in self.judgements if one.faults}
