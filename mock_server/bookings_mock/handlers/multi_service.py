"""Several services as one booking: made, read, decided on and canceled as a whole."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain import lifecycle
from bookings_mock.domain.availability import fit
from bookings_mock.domain.booking import CANCELED, CONFIRMED, DECLINED, Booking, Notification
from bookings_mock.domain.policy import too_early, too_late_to_book
from bookings_mock.domain.rules import multi_service as rules_of
from bookings_mock.domain.service import Service
from bookings_mock.handlers.handler import Handler, committed, passed_revision, visible
from bookings_mock.handlers.reads import (
    ignores_policy,
    read_creation,
    read_decision,
    read_notification,
)
from bookings_mock.handlers.shows import show_booking

Json = Mapping[str, Any]


async def create(call: Call) -> Any:
    """Create Multi Service Booking: all parts, or none."""
    rules, body = call.ground.rules, call.body
    most = call.mock.limits["servicesInOneBooking"]
    rules.require(rules_of.few_enough, len(body["bookings"]), most)
    whole_id = call.ground.new_id()
    with call.world.all_or_nothing() if rules(rules_of.made_whole)() else nullcontext():
        made = [_part(call, item, whole_id, n) for n, item in enumerate(body["bookings"])]
        rules.require(rules_of.in_sequence, made)
    return {"multiServiceBooking": _shown(call, whole_id, made)}


async def get(call: Call) -> Any:
    """Get Multi Service Booking."""
    parts = _parts(call)
    seen = [part for part in parts if visible(call, part)]
    call.ground.rules.require(rules_of.known, seen)
    return {
        "multiServiceBooking": _whole(call.path["multiServiceBookingId"], seen, entities=True),
        "metadata": {"totalNumberOfScheduledBookings": len(parts)},
    }


async def availability(call: Call) -> Any:
    """Get Multi Service Booking Availability."""
    parts = _parts(call)
    rooms = [
        fit(part.entity, _service(call, part), part.participants.count, call.ground, part.id)
        for part in parts
    ]
    violated = _violations(call, parts)
    left = min(room.left for room in rooms)
    return {
        "bookable": all(room.bookable and room.enough for room in rooms)
        and not any(violated.values()),
        "totalCapacity": 1,
        "remainingCapacity": max(0, min(1, left)),
        "policyViolations": violated,
        "policySettings": {"maxParticipantsPerBooking": 1},
        "multiServiceBookingInfo": [{"bookingId": part.id} for part in parts],
    }


async def confirm(call: Call) -> Any:
    """Confirm Multi Service Booking."""
    return _decided(call, "confirmBookingsInfo", CONFIRMED, "confirmBooking", lifecycle.confirm)


async def decline(call: Call) -> Any:
    """Decline Multi Service Booking."""
    return _decided(call, "declineBookingsInfo", DECLINED, "declineBooking", lifecycle.decline)


async def cancel(call: Call) -> Any:
    """Cancel Multi Service Booking: whatever is left of it."""
    rules, parts = call.ground.rules, [part for part in _parts(call) if visible(call, part)]
    rules.require(rules_of.known, parts)
    rules.require(rules_of.any_left, parts, CANCELED)
    rules.require(rules_of.any_left, parts, DECLINED)
    said, ignored = read_notification(call.body), ignores_policy(call.body)

    def canceled(part: Booking) -> Booking:
        return lifecycle.called_off(part, said, ignored, call.ground)

    left = rules(rules_of.left_to_cancel)(parts)
    return _changed(call, "cancelBooking", parts, [(part, canceled) for part in left], said)


Decide = Callable[[Booking, Any, Any], Booking]
Change = Callable[[Booking], Booking]


def _decided(call: Call, named: str, status: str, operation: str, decide: Decide) -> Any:
    parts, infos = _parts(call), call.body[named]
    _require_all(call, infos, parts)
    call.ground.rules.require(rules_of.any_left, parts, status)
    by_id = {info["bookingId"].lower(): info for info in infos}

    def decided(part: Booking) -> Booking:
        asked = {**call.body, "paymentStatus": by_id[part.id].get("paymentStatus")}
        return decide(part, read_decision(asked), call.ground)

    steps = [(part, decided) for part in parts if part.id in by_id]
    return _changed(call, operation, parts, steps, read_notification(call.body))


def _require_all(call: Call, infos: Sequence[Json], parts: Sequence[Booking]) -> None:
    rules, known = call.ground.rules, {part.id: part for part in parts}
    sent = [info["bookingId"].lower() for info in infos]
    rules.require(rules_of.named_once, sent)
    rules.require(rules_of.all_named, sent, known)
    for info in infos:
        if part := known.get(info["bookingId"].lower()):
            rules.require(rules_of.revision_of_part, part, passed_revision(info))


def _changed(
    call: Call,
    operation: str,
    parts: Sequence[Booking],
    steps: Sequence[tuple[Booking, Change]],
    said: Notification | None,
) -> Any:
    """All steps or none; the message goes out once, and is told as the operation on one booking."""
    one = evolve(call, operation=operation)
    with call.world.all_or_nothing():
        for number, (part, change) in enumerate(steps):
            committed(one, change(part), part, said if number == 0 else None, call.body)
    now = [call.world.booking(part.id) or part for part in parts]
    return {"multiServiceBooking": _shown(call, call.path["multiServiceBookingId"], now)}


def _part(call: Call, item: Json, whole_id: str, number: int) -> Booking:
    shared = ("flowControlSettings", "formSubmission", "participantNotification", "sendSmsReminder")
    info = {key: call.body[key] for key in shared if call.body.get(key) is not None}
    wish = read_creation(call, {**info, "booking": item})
    part = evolve(lifecycle.create(wish, call.ground), whole_id=whole_id)
    creating = evolve(call, operation="createBooking")
    committed(creating, part, None, wish.notification if number == 0 else None)
    return part


def _parts(call: Call) -> list[Booking]:
    parts = list(call.world.parts_of(call.path["multiServiceBookingId"]))
    call.ground.rules.require(rules_of.known, parts)
    return parts


def _violations(call: Call, parts: Sequence[Booking]) -> dict[str, bool]:
    policies = [(_service(call, part).policy, part.start) for part in parts]
    now = call.ground.now
    return {
        "tooEarlyToBook": any(too_early(policy, start, now) for policy, start in policies),
        "tooLateToBook": any(too_late_to_book(policy, start, now) for policy, start in policies),
        "bookOnlineDisabled": any(policy.book != "open" for policy, _ in policies),
    }


def _shown(call: Call, whole_id: str, parts: Sequence[Booking]) -> dict[str, Any]:
    return _whole(whole_id, parts, bool(call.body.get("returnFullEntity")))


def _whole(whole_id: str, parts: Sequence[Booking], entities: bool) -> dict[str, Any]:
    shown = [
        {"bookingId": part.id, **({"booking": show_booking(part)} if entities else {})}
        for part in parts
    ]
    return {"id": whole_id.lower(), "bookings": shown}


def _service(call: Call, part: Booking) -> Service:
    found = call.world.site.service(part.entity.service_id)
    assert found is not None
    return found


OPERATIONS: Mapping[str, Handler] = {
    "createMultiServiceBooking": create,
    "getMultiServiceBooking": get,
    "getMultiServiceBookingAvailability": availability,
    "confirmMultiServiceBooking": confirm,
    "declineMultiServiceBooking": decline,
    "cancelMultiServiceBooking": cancel,
}
