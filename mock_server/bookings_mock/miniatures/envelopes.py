"""Bends of answers: they act outermost, when an answer was already checked and labelled."""

from typing import Any

from attrs import evolve

from bookings_mock.domain.lifecycle import touched
from bookings_mock.rim.answers import Answer, Exchange


def created_status(exchange: Exchange, answer: Answer) -> Answer:
    """201 where a booking was created."""
    created = exchange.operation is not None and exchange.operation.id == "createBooking"
    return evolve(answer, status=201) if created and answer.status == 200 else answer


def flat_errors(exchange: Exchange, answer: Answer) -> Answer:
    """Errors in a shape of their own."""
    if answer.status == 200:
        return answer
    return evolve(answer, body={"error": answer.body["message"]})


def nameless_violations(exchange: Exchange, answer: Answer) -> Answer:
    """Violations without their field."""
    shown = _part(answer.body, "details", "validationError", "fieldViolations")
    if not shown:
        return answer
    nameless = [{k: v for k, v in one.items() if k != "field"} for one in shown]
    error = {"validationError": {"fieldViolations": nameless}}
    return evolve(answer, body={**answer.body, "details": error})


def no_request_id(exchange: Exchange, answer: Answer) -> Answer:
    """No correlation id."""
    headers = {k: v for k, v in answer.headers.items() if k != "x-wix-request-id"}
    return evolve(answer, headers=headers)


def other_codes(exchange: Exchange, answer: Answer) -> Answer:
    """A code and a status that nobody has published."""
    if not _part(answer.body, "details", "applicationError"):
        return answer
    error = {"applicationError": {"code": "NOPE", "description": "no"}}
    return evolve(answer, status=422, body={"message": "no", "details": error})


def readable_writer(exchange: Exchange, answer: Answer) -> Answer:
    """The writer reads."""
    if answer.rule != "SHAPE-10":
        return answer
    return Answer(200, {"booking": _ghost(exchange.path)}, headers=answer.headers)


def ghosts(exchange: Exchange, answer: Answer) -> Answer:
    """A booking that never was, as if it had been."""
    if answer.rule != "LOOKUP-1" or exchange.call is None:
        return answer
    known = next(iter(exchange.call.path.values()))
    return Answer(200, {"booking": _ghost(known)}, headers=answer.headers)


def refused_but_touched(exchange: Exchange, answer: Answer) -> Answer:
    """A refused call leaves a trace in the booking."""
    call = exchange.call
    if call is None or answer.status == 200:
        return answer
    booking = call.world.booking(call.path.get("bookingId", ""))
    if booking:
        call.world.put(touched(booking, call.ground))
    return answer


def _ghost(known: str) -> dict[str, Any]:
    return {"id": known, "status": "CONFIRMED", "revision": "2", "bookedEntity": {}}


def _part(body: Any, *keys: str) -> Any:
    for key in keys:
        body = body.get(key) if isinstance(body, dict) else None
    return body
