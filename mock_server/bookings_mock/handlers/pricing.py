"""What bookings cost, or would cost: plain numbers, as this API alone has them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from bookings_mock.call import Call
from bookings_mock.domain.rules import pricing as rules_of
from bookings_mock.domain.service import Service
from bookings_mock.handlers.handler import Handler

Json: TypeAlias = Mapping[str, Any]


async def preview(call: Call) -> Any:
    """Preview Price."""
    return {"priceInfo": _price(call, call.body["bookingLineItems"])}


async def calculate(call: Call) -> Any:
    """Calculate Price: by what the service of a booking costs now."""
    body = call.body
    bookings = body.get("bookings") or ([body["booking"]] if body.get("booking") else [])
    lines = [_line(one) for one in bookings]
    named = bool(lines) and all(line["serviceId"] for line in lines)
    return {"priceInfo": _price(call, lines, named)}


def _line(booking: Json) -> Json:
    """A booking as a line of what would be booked."""
    entity = booking.get("bookedEntity") or {}
    part = entity.get("slot") or entity.get("schedule") or {}
    chosen = (booking.get("participantsChoices") or {}).get("serviceChoices")
    line = {"serviceId": part.get("serviceId")}
    if chosen:
        return {**line, "serviceChoices": chosen}
    return {**line, "numberOfParticipants": booking.get("totalParticipants"), "choices": []}


def _price(call: Call, lines: Iterable[Json], named: bool = True) -> dict[str, Any]:
    every = list(lines)
    ids = {str(one.get("serviceId") or "").lower() for one in every}
    service = call.world.site.offered(next(iter(ids), None))
    count = sum(_count(one) for one in every)
    call.ground.rules.require(rules_of.priced, len(ids), service is not None, count, named)
    price = Decimal(service.price) if service else Decimal(0)
    return {
        "calculatedPrice": _number(price * count),
        "bookingLineItems": [_priced(one, price) for one in every],
        **_deposit(service),
    }


def _count(line: Json) -> int:
    choices = line.get("serviceChoices") or ()
    if choices:
        return sum(one.get("numberOfParticipants") or 0 for one in choices)
    return line.get("numberOfParticipants") or 0


def _priced(line: Json, price: Decimal) -> dict[str, Any]:
    each = {"pricePerParticipant": _number(price)}
    if line.get("serviceChoices"):
        choices = [{**one, **each} for one in line["serviceChoices"]]
        return {**line, "serviceChoices": choices}
    return {**line, **each}


def _deposit(service: Service | None) -> dict[str, Any]:
    """What is due beforehand, where a deposit is taken."""
    payment = (service.details if service else {}).get("payment") or {}
    taken = (payment.get("options") or {}).get("deposit")
    amount = ((payment.get("fixed") or {}).get("deposit") or {}).get("value")
    return {"deposit": _number(Decimal(amount))} if taken and amount else {}


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == int(amount) else float(amount)


OPERATIONS: Mapping[str, Handler] = {"previewPrice": preview, "calculatePrice": calculate}
