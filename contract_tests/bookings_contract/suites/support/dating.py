"""Shared by the suites about dates: when a booking says that it was made or changed."""

from datetime import datetime

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

# So many bookings are made to see the server's clock move.
PATIENCE = 25


def dated(
    booking: Seen, moment: datetime, of: str, expect: Expect, at: Answer | None = None
) -> bool:
    """Judges that the booking was not updated before a moment; `of` says what happened then."""
    shown = date_of(booking, "updatedDate")
    return expect.that(
        "REVISION-5",
        shown >= moment,
        expected=f"updatedDate not before {moment.isoformat()} ({of})",
        actual=f"updatedDate {shown.isoformat()}",
        at=at,
    )


def a_later_moment(given: Given, moment: datetime) -> datetime:
    """The hour of the server after this moment: when it says that a new booking was created."""
    place = given.place("class")
    for _ in range(PATIENCE):
        created = date_of(given.booking(place), "createdDate")
        if created > moment:
            return created
    raise NotJudged(f"the target's clock stood still while {PATIENCE} bookings were made")


def date_of(booking: Seen, field: str) -> datetime:
    """A date that a booking shows, such as updatedDate."""
    text = booking.raw.get(field)
    try:
        date = datetime.fromisoformat(str(text))
    except ValueError:
        raise NotJudged(f"an answered booking has no {field}") from None
    if date.tzinfo is None:
        raise NotJudged(f"an answered {field} has no offset: {text}")
    return date
