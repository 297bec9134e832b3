"""Rules of prices: what has one."""

from bookings_mock.domain.rulebook import Refusal, rule


@rule("PRICING-1")
def priced(
    services: int, offered: bool, participants: int | None, named: bool = True
) -> Refusal | None:
    """A price is of so many participants of one service that the site offers.

    `named` says that each booking to be priced says what is booked at all.
    """
    if not named:
        return Refusal("a booking has to say which service is booked", case="booking")
    if services != 1:
        return Refusal("a price is that of one service", case="service")
    if not offered:
        return Refusal("the site has no such service", case="unknown")
    if not participants:
        return Refusal("it is not said for how many", case="participants")
    return None
