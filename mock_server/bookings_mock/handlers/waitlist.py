"""The operations of the waitlist, the only way into WAITING_LIST."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain import lifecycle
from bookings_mock.domain.booking import Booking, Participants
from bookings_mock.domain.wish import Creation, SlotWish
from bookings_mock.handlers.handler import Handler, committed
from bookings_mock.world import Registration


async def register(call: Call) -> Any:
    """Register To Waitlist: a booking that waits, and a registration that stands for it."""
    session_id = (call.body.get("waitingResource") or {}).get("sessionId")
    wish = _registration(call, call.body.get("formInfo") or {}, session_id)
    registration, _ = registered(call, session_id, wish)
    return {"registrationId": registration.id}


def registered(call: Call, session_id: str | None, wish: Creation) -> tuple[Registration, Booking]:
    """A registration that was kept, and the booking that waits for it."""
    booking = lifecycle.wait(session_id, wish, call.ground)
    committed(call, booking, None)
    registration = Registration(call.world.new_id(), str(session_id), booking.id)
    call.world.register(registration)
    return registration, booking


async def listed(call: Call) -> Any:
    """List Waitlist: who waits for each of the sessions, in the order of registering."""
    asked = dict.fromkeys(call.query["waitingResources.sessionId"])
    return {"list": [_waitlist(call, session_id) for session_id in asked]}


def _waitlist(call: Call, session_id: str) -> dict[str, Any]:
    resource = {"sessionId": session_id}
    waiting = [one for one in call.world.registrations.values() if one.session_id == session_id]
    return {
        "waitingResource": resource,
        "registrations": [
            {"id": one.id, "bookingId": one.booking_id, "waitingResource": resource}
            for one in waiting
        ],
    }


def _registration(call: Call, form: Mapping[str, Any], session_id: str | None) -> Creation:
    caller = call.caller
    assert caller is not None
    selected = form.get("paymentSelection") or []
    count = sum(one.get("numberOfParticipants") or 1 for one in selected) or 1
    return Creation(
        entity=SlotWish(session_id=session_id),
        participants=Participants(total=count),
        kind=caller.kind,
        identity=caller.identity,
        contact=form.get("contactDetails") or {},
    )


OPERATIONS: Mapping[str, Handler] = {"registerToWaitlist": register, "listWaitlist": listed}
