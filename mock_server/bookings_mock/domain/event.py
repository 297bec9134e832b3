"""What happened: a value that carries the booking that it is about, as it was and as it is."""

from datetime import datetime

from attrs import frozen

from bookings_mock.domain.attendance import Attendance
from bookings_mock.domain.booking import Booking, Json


@frozen
class Event:
    """One event. `before` is None for a new booking; `asked` the settings that the caller sent.

    One with an `attendance` happened to that, and `after` is the booking which it belonged to.
    """

    id: str
    slug: str
    time: datetime
    sequence: int
    after: Booking
    before: Booking | None
    initiated_by: Json
    asked: Json
    attendance: Attendance | None = None

    @property
    def entity_id(self) -> str:
        """What it happened to."""
        return self.attendance.id if self.attendance else self.after.id


@frozen
class Message:
    """A notification or a reminder that was sent to a customer."""

    booking_id: str
    cause: str
    contact: Json
    text: str | None
    metadata: Json | None
    time: datetime
    kind: str = "notification"
