"""What is to go wrong in a world on purpose, and how often."""

from random import Random

from attrs import Factory, define, frozen

ANSWERED, SLOW, DROPPED, EMPTY, RAISED = (
    *("status", "slow", "drop", "empty_5xx"),
    "async-revision-bump",
)


@frozen
class Wrong:
    """What goes wrong: one of the kinds above, with what it takes."""

    kind: str
    status: int | None = None
    code: str | None = None
    seconds: float = 0.0


@define
class Fault:
    """Something that goes wrong with an operation, or with all; `left` is None for ever again."""

    id: str
    wrong: Wrong
    operation: str | None = None
    left: int | None = None
    probability: float = 1.0
    random: Random = Factory(Random)
    struck: int = 0

    def strikes(self, operation: str) -> bool:
        """Whether it happens to this call of the operation, which then counts."""
        if self.left == 0 or self.operation not in (None, operation):
            return False
        # Nothing is drawn where nothing is left to chance.
        if self.probability < 1 and self.random.random() >= self.probability:
            return False
        self.struck += 1
        if self.left is not None:
            self.left -= 1
        return True
