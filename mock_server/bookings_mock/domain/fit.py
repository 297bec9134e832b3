"""How a wish for seats or time meets what is left, and what bookings take of it."""

from attrs import frozen


@frozen
class Fit:
    """`wanted` seats against `left`. `case` is "slot", "session" or "schedule".

    `session_id` is the session whose seats they are, None where they are of no single one; `off`
    says that nothing takes place there any more, however much is left.
    """

    case: str
    wanted: int
    left: int
    bookable: bool = True
    session_id: str | None = None
    off: bool = False

    @property
    def enough(self) -> bool:
        """Whether what is wanted is still there."""
        return self.wanted <= self.left


@frozen
class Size:
    """All of a booking that says how much it takes: equal ones are counted, not looked at.

    `held` says whether it lies in a cart.
    """

    status: str
    held: bool
    wanted: int
