"""Bends of what comes after an answer: it says one thing, and the stored booking shows another."""

from typing import Any

from attrs import evolve

from bookings_mock.domain.booking import Booking
from bookings_mock.domain.lifecycle import touched
from bookings_mock.rim.answers import Answer, Bend, Exchange


def refused_but_done(rule: str, status: str) -> Bend:
    """A refusal by this rule leaves the booking in the status that was asked for."""

    def bend(exchange: Exchange, answer: Answer) -> Answer:
        booking = _booking(exchange)
        if exchange.call and booking and answer.rule == rule:
            exchange.call.world.put(touched(evolve(booking, status=status), exchange.call.ground))
        return answer

    return bend


def flag_forgotten(exchange: Exchange, answer: Answer) -> Answer:
    """The doubleBooked that a plain confirmation answers is not stored."""
    confirmed = exchange.operation is not None and exchange.operation.id == "confirmBooking"
    booking = _booking(exchange)
    if exchange.call and booking and confirmed and answer.status == 200:
        exchange.call.world.put(evolve(booking, double_booked=False))
    return answer


def projected_away(exchange: Exchange, answer: Answer) -> Answer:
    """A V1 list that is asked for some fields shows no booking."""
    asked = b"query.field" in exchange.query_string
    return _with_entries(answer, []) if asked and _lists(exchange, answer) else answer


def sorted_wrongly(exchange: Exchange, answer: Answer) -> Answer:
    """A V1 list that is to be sorted begins with its second booking, and ends with its first."""
    if b"query.sort" not in exchange.query_string or not _lists(exchange, answer):
        return answer
    entries = answer.body["bookingsEntries"]
    return _with_entries(answer, [*entries[1:], *entries[:1]])


def _lists(exchange: Exchange, answer: Answer) -> bool:
    asked = exchange.operation is not None and exchange.operation.id == "listBookingsV1"
    return asked and answer.status == 200


def _with_entries(answer: Answer, entries: list[Any]) -> Answer:
    return evolve(answer, body={**answer.body, "bookingsEntries": entries})


def _booking(exchange: Exchange) -> Booking | None:
    call = exchange.call
    return call.world.booking(call.path.get("bookingId", "")) if call else None
