"""Bends of what comes after an answer: it says one thing, and the stored booking shows another."""

from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.availability import session_seats
from bookings_mock.domain.booking import APPROVAL_PENDING, Booking
from bookings_mock.domain.lifecycle import confirm_or_decline, touched
from bookings_mock.domain.service import Session
from bookings_mock.handlers.reads import read_decision
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


def answered_only(operation: str) -> Bend:
    """What an operation answers is not stored: the booking is as it was before the call."""

    def bend(exchange: Exchange, answer: Answer) -> Answer:
        former = _before(exchange, answer, operation)
        if exchange.call and former:
            exchange.call.world.put(former)
        return answer

    return bend


def declined_in_the_calendar(exchange: Exchange, answer: Answer) -> Answer:
    """A request that was declined waits on in the calendar."""
    former, booking = _before(exchange, answer, "declineBooking"), _booking(exchange)
    if exchange.call and former and booking and former.status == "PENDING":
        exchange.call.world.put(evolve(booking, approval=APPROVAL_PENDING))
    return answer


def declined_but_kept(exchange: Exchange, answer: Answer) -> Answer:
    """Declined for what another service has booked, yet stored as if that were no conflict."""
    former = _before(exchange, answer, "confirmOrDeclineBooking")
    call = exchange.call
    if call and former and former is not _booking(exchange):
        rules = call.ground.rules
        readings = {**rules.readings, "CONFIRMATION-10": "B"}
        ground = evolve(call.ground, rules=evolve(rules, readings=readings))
        call.world.put(confirm_or_decline(former, read_decision(call.body or {}), ground))
    return answer


def revision_told_too_low(exchange: Exchange, answer: Answer) -> Answer:
    """The reader tells of no raise by extended fields, though the next call needs to know it."""
    call = exchange.call
    if call is None or answer.status != 200 or call.operation != "queryExtendedBookings":
        return answer
    entries = [_one_lower(entry) for entry in answer.body["extendedBookings"]]
    return evolve(answer, body={**answer.body, "extendedBookings": entries})


def _one_lower(entry: Any) -> Any:
    booking = entry["booking"]
    if not booking.get("extendedFields"):
        return entry
    lower = str(max(int(booking["revision"]) - 1, 1))
    return {**entry, "booking": {**booking, "revision": lower}}


def ordered_unseen(exchange: Exchange, answer: Answer) -> Answer:
    """A booking that an order is said to leave as CREATED waits for its approval."""
    call = exchange.call
    if call is None or answer.status != 200 or call.operation != "mockCheckout":
        return answer
    booking = call.world.booking(call.body["bookingId"])
    if booking and booking.status == "CREATED":
        call.world.put(touched(evolve(booking, status="PENDING"), call.ground))
    return answer


def namespace_forgotten(exchange: Exchange, answer: Answer) -> Answer:
    """Data in a namespace that the site does not know is answered, and not stored."""
    former, call = _before(exchange, answer, "updateExtendedFields"), exchange.call
    if call and former and call.body["namespace"] not in call.ground.site.namespaces:
        booking = call.world.booking(former.id)
        if booking:
            call.world.put(evolve(booking, extended=former.extended))
    return answer


def more_than_eight_forgotten(exchange: Exchange, answer: Answer) -> Answer:
    """Of more than eight services the last ones are left out of the answer."""
    call = exchange.call
    if call is None or answer.status != 200 or call.operation != "createMultiServiceBooking":
        return answer
    whole = answer.body["multiServiceBooking"]
    return evolve(
        answer, body={"multiServiceBooking": {**whole, "bookings": whole["bookings"][:8]}}
    )


def token_good_for_nothing(exchange: Exchange, answer: Answer) -> Answer:
    """A visitor gets a token, and it stands for no booking."""
    call = exchange.call
    if call is None or answer.status != 200 or call.operation != "getAnonymousActionToken":
        return answer
    if call.caller is None or call.caller.kind != "visitor":
        return answer
    return evolve(answer, body={"token": answer.body["token"][::-1]})


def registered_in_vain(exchange: Exchange, answer: Answer) -> Answer:
    """Whoever registers, unless as the first for a full session, is off the list at once."""
    call = exchange.call
    if call is None or answer.status != 200 or call.operation != "registerToWaitlist":
        return answer
    booking = call.world.booking(call.world.registrations[answer.body["registrationId"]].booking_id)
    session = call.world.site.session(call.body["waitingResource"])
    first = session and len(call.world.waiting_for(session.id)) == 1
    full = session and not _left(call, session)
    if booking and not (first and full):
        call.world.put(touched(evolve(booking, status="CANCELED"), call.ground))
    return answer


def _left(call: Call, session: Session) -> int:
    service = call.world.site.service(session.service_id)
    assert service is not None
    return session.capacity - session_seats(session.id, service, call.ground)


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


def _before(exchange: Exchange, answer: Answer, operation: str) -> Booking | None:
    """The booking before the call that has just changed it by this operation."""
    call = exchange.call
    if call is None or answer.status != 200 or call.operation != operation:
        return None
    return call.world.events[-1].before if call.world.events else None


def _lists(exchange: Exchange, answer: Answer) -> bool:
    asked = exchange.operation is not None and exchange.operation.id == "listBookingsV1"
    return asked and answer.status == 200


def _with_entries(answer: Answer, entries: list[Any]) -> Answer:
    return evolve(answer, body={**answer.body, "bookingsEntries": entries})


def _booking(exchange: Exchange) -> Booking | None:
    call = exchange.call
    return call.world.booking(call.path.get("bookingId", "")) if call else None
