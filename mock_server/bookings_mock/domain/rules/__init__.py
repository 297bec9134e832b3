"""One function per rule, one module per section of the rule book."""

from bookings_mock.domain.rules import (
    cancel,
    confirm,
    confirmation,
    create,
    envelopes,
    extended,
    participants,
    reschedule,
    seats,
)

__all__ = [
    "cancel",
    "confirm",
    "confirmation",
    "create",
    "envelopes",
    "extended",
    "participants",
    "reschedule",
    "seats",
]
