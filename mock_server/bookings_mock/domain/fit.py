"""How a wish for seats or time meets what is left."""

from attrs import frozen


@frozen
class Fit:
    """`wanted` seats against `left`. `case` is "slot", "session" or "schedule"."""

    case: str
    wanted: int
    left: int
    bookable: bool = True

    @property
    def enough(self) -> bool:
        """Whether what is wanted is still there."""
        return self.wanted <= self.left
