"""The operations of the Attendance API that count, or take several objects at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain.attendance import Attendance
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.rules import attendance as attending
from bookings_mock.handlers import attendance
from bookings_mock.handlers.finding import refused, seal_of
from bookings_mock.handlers.handler import Handler, known_booking, visible
from bookings_mock.handlers.itemwise import each, single
from bookings_mock.query import Field, Fields, Key, QueryRefused, read_page
from bookings_mock.world import World


async def count(call: Call) -> Any:
    """Count Attendances: of the member's own bookings."""
    grammar, seal = call.mock.grammars[call.operation], seal_of(call)
    fields = fields_of(call.world)
    order = (Key("id", attendance.FIELDS["id"]),)
    try:
        page = read_page({"filter": call.body.get("filter")}, grammar, fields, order, seal)
    except QueryRefused as error:
        raise refused(error, "SHAPE-3") from None
    return {"count": sum(page.where.holds(one) for one in _own(call))}


async def set_all(call: Call) -> Any:
    """Bulk Set Attendance."""

    async def set_one(item: Mapping[str, Any]) -> tuple[str, Any]:
        sent = item["attendance"]
        booking = known_booking(call, sent["bookingId"])
        named = sent.get("eventId") or sent.get("sessionId")
        if named:
            call.ground.rules.require(attending.session_known, _exists(call, booking, named))
        done = (await attendance.set_(single(call, "setAttendance", item)))["attendance"]
        return done["id"], done

    details = call.body.get("attendanceDetails") or []
    call.ground.rules.require(attending.attendances_named, len(details))
    entity = bool(call.body.get("returnFullEntity"))
    return await each(call, details, lambda item: None, set_one, entity)


async def delete_all(call: Call) -> Any:
    """Bulk Delete Attendances."""

    async def delete_one(attendance_id: str) -> tuple[str, Any]:
        await attendance.delete(single(call, "deleteAttendance", None, attendanceId=attendance_id))
        return attendance_id, None

    return await each(call, call.body["attendanceIds"], str, delete_one, entity=False)


def _exists(call: Call, booking: Booking, session_id: str) -> bool:
    return booking.session_id == session_id or call.world.site.session(session_id) is not None


def _own(call: Call) -> Iterator[Attendance]:
    for one in call.world.attendances():
        booking = call.world.booking(one.booking_id)
        if booking and visible(call, booking):
            yield one


def fields_of(world: World) -> Fields[Attendance]:
    """The fields of attendance, and the service that was booked."""

    def service_id(one: Attendance) -> str | None:
        booking = world.booking(one.booking_id)
        return booking.entity.service_id if booking else None

    return {**attendance.FIELDS, "serviceId": Field(service_id, "guid")}


OPERATIONS: Mapping[str, Handler] = {
    "countAttendances": count,
    "bulkSetAttendance": set_all,
    "bulkDeleteAttendances": delete_all,
}
