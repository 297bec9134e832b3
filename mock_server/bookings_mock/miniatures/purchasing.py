"""Bends of buying: what a cart does to the bookings that are put into it."""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import CONFIRMED, Booking
from bookings_mock.domain.lifecycle import touched
from bookings_mock.handlers.handler import Handler


def afterwards(deed: Callable[[Call, Booking], Booking]) -> Callable[[Handler], Handler]:
    """Once a cart or checkout is made, each of its bookings is kept in another form as well."""

    def wrap(handler: Handler) -> Handler:
        async def carted(call: Call) -> Any:
            answer = await handler(call)
            for booking in _put_in(call):
                call.world.put(deed(call, booking))
            return answer

        return carted

    return wrap


def _put_in(call: Call) -> Iterator[Booking]:
    for item in call.body.get("catalogItems") or call.body.get("lineItems") or ():
        booking = call.world.booking(item["catalogReference"]["catalogItemId"])
        if booking:
            yield booking


def in_its_own_way(call: Call, booking: Booking) -> Booking:
    """A twin that holds the place for nobody."""
    return evolve(booking, id=call.world.new_id(), status=CONFIRMED)


def confirmed_at_once(call: Call, booking: Booking) -> Booking:
    """The booking itself, as if it were paid for."""
    return touched(evolve(booking, status=CONFIRMED), call.ground)
