"""Bends of what comes after an answer: it says one thing, and the stored booking shows another."""

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


def _booking(exchange: Exchange) -> Booking | None:
    call = exchange.call
    return call.world.booking(call.path.get("bookingId", "")) if call else None
