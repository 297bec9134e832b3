"""Bends of answers: they act outermost, when an answer was already checked and labelled."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import CANCELED, Booking
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.lifecycle import reschedule, touched, update_participants
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.handlers.acting import owner_of
from bookings_mock.handlers.reads import read_participants, read_relocation
from bookings_mock.rim.answers import Answer, Bend, Exchange


def by_the_owner(call: Call) -> Call:
    """A member's call as if the owner had made it."""
    member = call.caller is not None and call.caller.kind == "member"
    return evolve(call, caller=owner_of(call)) if member else call


def created_status(exchange: Exchange, answer: Answer) -> Answer:
    """201 where a booking was created."""
    created = exchange.operation is not None and exchange.operation.id == "createBooking"
    return evolve(answer, status=201) if created and answer.status == 200 else answer


def text_refused_when_done(exchange: Exchange, answer: Answer) -> Answer:
    """415 for what was said to be plain text, after it was done."""
    if answer.status != 200 or not exchange.header(b"content-type").startswith("text/plain"):
        return answer
    return Answer(415, {"message": "send application/json", "details": {}}, headers=answer.headers)


def flat_errors(exchange: Exchange, answer: Answer) -> Answer:
    """Errors in a shape of their own."""
    if answer.status == 200:
        return answer
    return evolve(answer, body={"error": answer.body.get("message", "")})


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
    body = {"booking": _ghost(known)}
    if exchange.call.operation == "updateExtendedFields":
        body = {key: exchange.call.body[key] for key in ("namespace", "namespaceData")}
    return Answer(200, body, headers=answer.headers)


def visitors_book_all_the_same(exchange: Exchange, answer: Answer) -> Answer:
    """A visitor or member is refused, and the booking is made."""
    call = exchange.call
    if call is None or answer.status != 200 or call.operation != "createBooking":
        return answer
    if call.caller is None or call.caller.kind not in ("visitor", "member"):
        return answer
    error = {"applicationError": {"code": "PERMISSION_DENIED", "description": "no"}}
    return evolve(answer, status=403, body={"message": "no", "details": error})


def other_sites_book_all_the_same(exchange: Exchange, answer: Answer) -> Answer:
    """An API key that names another site is refused, and the booking is made."""
    call, sent = exchange.call, exchange.header(b"wix-site-id")
    if call is None or answer.status != 200 or call.operation != "createBooking":
        return answer
    if not sent or sent.lower() == call.world.site.id:
        return answer
    error = {"applicationError": {"code": "PERMISSION_DENIED", "description": "no"}}
    return evolve(answer, status=403, body={"message": "no", "details": error})


def other_id_touched(exchange: Exchange, answer: Answer) -> Answer:
    """A call whose ids contradict each other is refused, and acts on the other id's booking."""
    call = exchange.call
    if call is None or answer.rule != "SHAPE-5" or not isinstance(call.body, dict):
        return answer
    for name in call.path:
        other = call.world.booking(str(call.body.get(name, "")))
        if other:
            call.world.put(touched(other, call.ground))
    return answer


def refused_but_touched(exchange: Exchange, answer: Answer) -> Answer:
    """A refused call leaves a trace in the booking."""
    call = exchange.call
    if call is None or answer.status == 200:
        return answer
    booking = call.world.booking(call.path.get("bookingId", ""))
    if booking:
        call.world.put(touched(booking, call.ground))
    return answer


def _done_all_the_same(rule: str, move: Callable[[Booking, Call, Ground], Booking]) -> Bend:
    """What a rule's first reading refuses is done, as the second reading would have it."""

    def bend(exchange: Exchange, answer: Answer) -> Answer:
        call = exchange.call
        booking = call.world.booking(call.path.get("bookingId", "")) if call else None
        if call is None or booking is None or answer.rule != rule:
            return answer
        readings = {**call.ground.rules.readings, rule: "B"}
        ground = evolve(call.ground, rules=evolve(call.ground.rules, readings=readings))
        with suppress(RuleBroken):
            call.world.put(move(booking, call, ground))
        return answer

    return bend


def _moved(booking: Booking, call: Call, ground: Ground) -> Booking:
    return reschedule(booking, read_relocation(call.body), ground)


def _resized(booking: Booking, call: Call, ground: Ground) -> Booking:
    wanted = read_participants(call.body) or booking.participants
    return update_participants(booking, wanted, ground)


moved_all_the_same = _done_all_the_same("RESCHEDULE-8", _moved)
canceled_all_the_same = _done_all_the_same(
    "CANCEL-5", lambda booking, call, ground: evolve(booking, status=CANCELED)
)
more_all_the_same = _done_all_the_same("PARTICIPANTS-5", _resized)
resized_all_the_same = _done_all_the_same("PARTICIPANTS-6", _resized)


def ghost_attendances(exchange: Exchange, answer: Answer) -> Answer:
    """An attendance that never was, as if it had been."""
    if answer.rule != "ATTENDANCE-2" or exchange.call is None:
        return answer
    ghost = {"id": exchange.call.path["attendanceId"], "status": "NOT_SET", "numberOfAttendees": 0}
    return Answer(200, {"attendance": ghost}, headers=answer.headers)


def _ghost(known: str) -> dict[str, Any]:
    return {"id": known, "status": "CONFIRMED", "revision": "2", "bookedEntity": {}}


def _part(body: Any, *keys: str) -> Any:
    for key in keys:
        body = body.get(key) if isinstance(body, dict) else None
    return body
