"""One function per rule, one module per section of the rule book."""

from bookings_mock.domain.rules import (
    attendance,
    bulk,
    cancel,
    checkout,
    confirm,
    confirmation,
    create,
    envelopes,
    events,
    extended,
    openings,
    participants,
    policy,
    reading,
    reschedule,
    seats,
)

__all__ = [
    "attendance",
    "bulk",
    "cancel",
    "checkout",
    "confirm",
    "confirmation",
    "create",
    "envelopes",
    "events",
    "extended",
    "openings",
    "participants",
    "policy",
    "reading",
    "reschedule",
    "seats",
]
