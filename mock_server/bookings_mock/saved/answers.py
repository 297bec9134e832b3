"""Whether a world that was read can be asked for: every answer about it is one of the document."""

from collections.abc import Iterator
from typing import Any

import orjson
from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.purchase import CART, CHECKOUT, CURRENT_CART, Purchase, Redirect
from bookings_mock.handlers import attendance, purchases
from bookings_mock.handlers.ecom_shows import (
    show_cart,
    show_checkout,
    show_current_cart,
    show_order,
)
from bookings_mock.handlers.service_shows import show_service
from bookings_mock.handlers.shows import show_booking
from bookings_mock.mock import Mock
from bookings_mock.saved.rehearsal import Rehearsal
from bookings_mock.world import World

Answer = tuple[str, Any]
# More levels than any answer has around a booking: pages, lists, events.
_AROUND = 64


def unanswerable(world: World, mock: Mock, rehearsal: Rehearsal) -> Iterator[str]:
    """What the document could not take for an answer; raises TypeError for what is no JSON."""
    ground = evolve(mock.ground(world), rules=world.shared.rules)
    call = Call("", mock, world, ground, None, {}, {}, {}, "", lambda broken: {})
    for schema, answer in _answers(call):
        shape = rehearsal.shapes.of({"$ref": f"#/components/schemas/{schema}"})
        for one in shape.violations(answer).listed:
            yield f"no {schema}: {one.field} {one.description}"
        orjson.dumps(_amid(answer))
    yield from rehearsal.problems(call)


def _answers(call: Call) -> Iterator[Answer]:
    """What is shown of a world only to who names it, or was asked for, with the schemas of that."""
    world = call.world
    for booking in world.bookings():
        yield "Booking", show_booking(booking)
        yield "PaymentStatusInput", booking.payment_status
        yield from _participants(booking)
    for one in world.attendances():
        yield "SetAttendanceRequest", {"attendance": attendance.shown(one)}
    for service in world.site.deleted:
        yield "Service", show_service(service, world.site, "")
    for purchase in world.purchases.values():
        yield _purchase(call, purchase)
    for order in world.orders.values():  # Those that nobody has paid are in no list.
        yield "Order", show_order(order)
    for redirect in world.redirects.values():
        yield "CreateRedirectSessionRequest", _asked(redirect)


def _amid(answer: Any) -> Any:
    """An answer deeper down than any other that it stands in."""
    for _ in range(_AROUND):
        answer = [answer]
    return answer


def _participants(booking: Booking) -> Iterator[Answer]:
    """The call that so many would take part by."""
    counted = booking.participants
    asked = {"totalParticipants": counted.total, "participantsChoices": counted.choices}
    said = {name: value for name, value in asked.items() if value is not None}
    if said:
        yield "UpdateNumberOfParticipantsRequest", {"revision": str(booking.revision), **said}


def _purchase(call: Call, purchase: Purchase) -> Answer:
    lines = purchases.lines_of(call, purchase)
    shown: dict[str, tuple[str, Any]] = {
        CART: ("Cart", lambda: show_cart(purchase, lines)),
        CURRENT_CART: ("CurrentCart", lambda: show_current_cart(purchase, lines, None)),
        CHECKOUT: ("Checkout", lambda: show_checkout(purchase, lines)),
    }
    schema, show = shown[purchase.kind]
    return schema, show()


def _asked(redirect: Redirect) -> dict[str, Any]:
    """The call that a redirect session was made by."""
    return {
        redirect.intent: redirect.asked,
        "callbacks": redirect.callbacks,
        "preferences": redirect.preferences,
        **({"origin": redirect.origin} if redirect.origin else {}),
    }
