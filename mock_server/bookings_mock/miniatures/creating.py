"""Bends of new bookings: the answer says one thing of them, and what is stored shows another."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import CREATED, Booking, Course, Slot
from bookings_mock.domain.lifecycle import create
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.wish import ScheduleWish, SlotWish
from bookings_mock.handlers.handler import committed
from bookings_mock.handlers.reads import read_creation
from bookings_mock.rim.answers import Answer, Bend, Exchange
from bookings_mock.rim.errors import misshapen
from bookings_mock.rim.violations import ShapeBroken, Violation


def for_one(info: Any) -> Any:
    """The body for one participant, where numberOfParticipants alone says how many."""
    booking = info["booking"]
    ways = ("totalParticipants", "participantsChoices")
    if booking.get("numberOfParticipants") is None or any(booking.get(way) for way in ways):
        return info
    return {**info, "booking": {**booking, "numberOfParticipants": 1}}


def ids_as_sent(entity: Slot | Course, asked: SlotWish | ScheduleWish) -> Slot | Course:
    """What is booked under the schedule that was said, whosever it is."""
    return evolve(entity, schedule_id=asked.schedule_id or entity.schedule_id)


def unknown_but_understood(exchange: Exchange, answer: Answer) -> Answer:
    """A body with names in snake_case is refused as unknown, and done as if it were known."""
    if not exchange.renamed or answer.status != 200:
        return answer
    unknown = Violation("body", "has a field that is not known")
    return evolve(misshapen(ShapeBroken([unknown])), headers=answer.headers)


def status_forgotten(exchange: Exchange, answer: Answer) -> Answer:
    """A new booking is answered in the status that was asked for, and stored as CREATED."""
    booking = _created(exchange, answer)
    if exchange.call and booking and booking.status != CREATED:
        exchange.call.world.put(evolve(booking, status=CREATED, approval=None))
    return answer


def made_all_the_same(rule: str) -> Bend:
    """What an open rule refuses is refused, and the booking made as its other reading has it."""

    def bend(exchange: Exchange, answer: Answer) -> Answer:
        call = exchange.call
        if answer.rule == rule and call and call.operation == "createBooking":
            readings = {**call.ground.rules.readings, rule: "B"}
            lax = evolve(call.ground, rules=evolve(call.ground.rules, readings=readings))
            with suppress(RuleBroken):
                call.world.put(create(read_creation(call, call.body), lax))
        return answer

    return bend


def resource_promised(exchange: Exchange, answer: Answer) -> Answer:
    """A new appointment is answered with a resource that it is not assigned yet."""
    booking = _created(exchange, answer)
    if not exchange.call or not booking or not isinstance(booking.entity, Slot):
        return answer
    service = exchange.call.world.site.service(booking.entity.service_id)
    if booking.entity.resource or not service or not service.resource:
        return answer
    shown = {"slot": {"resource": {"id": service.resource.id, "name": service.resource.name}}}
    return evolve(answer, body=_with(answer.body, {"booking": {"bookedEntity": shown}}))


def dates_guessed(exchange: Exchange, answer: Answer) -> Answer:
    """A date or time zone that there is not is passed over, and the booking made without it."""
    call = exchange.call
    if answer.rule != "CREATE-19" or not call or call.operation != "createBooking":
        return answer
    for dropped in (("timezone",), ("endDate",), ("timezone", "startDate", "endDate")):
        with suppress(RuleBroken, LookupError):
            body = _without_dates(call, dropped)
            booking = create(read_creation(call, body), call.ground)
            return Answer(200, committed(call, booking, None), headers=_unruled(answer))
    return answer


def _without_dates(call: Call, dropped: tuple[str, ...]) -> Any:
    """The body with some of its slot left out; without a start, with the service's first one."""
    slot = call.body["booking"]["bookedEntity"]["slot"]
    service = call.world.site.service(slot.get("serviceId"), slot.get("scheduleId"))
    kept = {key: value for key, value in slot.items() if key not in dropped}
    if "startDate" in dropped and service and service.slots:
        kept["startDate"] = service.slots.start.isoformat()
    entity = {"bookedEntity": {"slot": kept}}
    return {**call.body, "booking": {**call.body["booking"], **entity}}


def _created(exchange: Exchange, answer: Answer) -> Booking | None:
    call = exchange.call
    if call is None or answer.status != 200 or call.operation != "createBooking":
        return None
    return call.world.booking(answer.body["booking"]["id"])


def _unruled(answer: Answer) -> Mapping[str, str]:
    return {key: value for key, value in answer.headers.items() if key != "x-bookings-rule"}


def _with(value: Any, more: Mapping[str, Any]) -> Any:
    """A JSON object with further fields in it, at any depth."""
    merged = dict(value)
    for key, inner in more.items():
        both = isinstance(inner, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _with(merged[key], inner) if both else inner
    return merged
