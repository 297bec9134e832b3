"""SMS reminders: when each is due, and that it went out."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from bookings_mock.domain.booking import CONFIRMED, Booking
from bookings_mock.domain.event import Message
from bookings_mock.domain.rules.create import reminds
from bookings_mock.mock import Happening, Mock
from bookings_mock.world import World

_AHEAD = timedelta(hours=24)


def falls_due(mock: Mock, world: World, until: datetime) -> Iterator[Happening]:
    """The reminders that go out up to a moment and have not gone out yet."""
    for booking, due in awaited(world):
        if due <= until:
            yield Happening(due, "reminder", booking.id, partial(_remind, world, booking, due))


def awaited(world: World) -> Iterator[tuple[Booking, datetime]]:
    """The bookings that will be reminded of, each with the time a day before it begins."""
    asked = world.shared.rules(reminds)
    for booking in world.with_status(CONFIRMED):
        due = _due(booking, asked)
        if due and (booking.id, due) not in world.reminded:
            yield booking, due


def reminder(booking: Booking, due: datetime) -> Message:
    """What goes out to the phone of whoever booked."""
    phone = {"phone": booking.contact["phone"]}
    return Message(booking.id, "confirmed", phone, None, None, due, kind="reminder")


def _due(booking: Booking, asked: Callable[[bool | None], bool]) -> datetime | None:
    if booking.start and booking.contact.get("phone") and asked(booking.sms_reminder):
        return booking.start - _AHEAD
    return None


def _remind(world: World, booking: Booking, due: datetime) -> None:
    world.keep(world.reminded, (booking.id, due), None)
    world.record((), [reminder(booking, due)])
