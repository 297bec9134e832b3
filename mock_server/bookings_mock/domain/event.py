"""What happened to a booking: a value that carries the booking as it was and as it is."""

from datetime import datetime

from attrs import frozen

from bookings_mock.domain.booking import Booking, Json


@frozen
class Event:
    """One event. `before` is None for a new booking; `asked` the settings that the caller sent."""

    id: str
    slug: str
    time: datetime
    sequence: int
    after: Booking
    before: Booking | None
    initiated_by: Json
    asked: Json


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
