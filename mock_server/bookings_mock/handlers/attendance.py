"""The operations of the Attendance API, and the fields that its queries name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from bookings_mock.call import Call
from bookings_mock.domain.attendance import Attendance, AttendanceWish, set_attendance
from bookings_mock.domain.rules import attendance as attending, events
from bookings_mock.handlers.finding import refused, seal_of
from bookings_mock.handlers.handler import Handler, happened, known_booking
from bookings_mock.query import Field, Key, QueryRefused, read_page, select
from bookings_mock.world import World

DELETED = "deleted"


async def set_(call: Call) -> Any:
    """Set Attendance: one object for a booking and a session, new or changed."""
    wish = _wish(call.body["attendance"])
    booking = known_booking(call, wish.booking_id)
    known = call.world.attendances_of(booking.id)
    attendance = set_attendance(wish, booking, known, call.ground)
    call.world.put_attendance(attendance)
    return {"attendance": shown(attendance)}


async def get(call: Call) -> Any:
    """Get Attendance."""
    attendance = call.world.attendance(call.path["attendanceId"])
    call.ground.rules.require(attending.attendance_found, attendance)
    assert attendance is not None
    return {"attendance": shown(attendance)}


async def delete(call: Call) -> Any:
    """Delete Attendance."""
    attendance = call.world.attendance(call.path["attendanceId"])
    call.ground.rules.require(attending.deletable, attendance)
    if attendance and call.ground.rules(attending.deleted)():
        call.world.drop_attendance(attendance)
        _tell_of_removal(call, attendance)
    return {}


def _tell_of_removal(call: Call, attendance: Attendance) -> None:
    booking = call.world.booking(attendance.booking_id)
    assert booking is not None
    slugs = call.ground.rules(events.told_of_removals)((DELETED,))
    told = happened(call, slugs, booking, attendance=attendance)
    call.world.record(told, ())


async def query(call: Call) -> Any:
    """Query Attendance."""
    rules, wanted = call.ground.rules, call.body.get("query") or {}
    grammar, seal = call.mock.grammars[call.operation], seal_of(call)
    try:
        page = read_page(_counting(call, wanted), grammar, FIELDS, _BY_ID, seal)
    except QueryRefused as error:
        raise refused(error, "SHAPE-3") from None
    asked = (wanted.get("cursorPaging") or {}).get("limit")
    rules.require(attending.page_of_a_size, asked, grammar.other_limit)
    page = evolve(page, limit=rules(attending.attendance_limit)(asked, page.limit))
    found = select(page, call.world.attendances, AttendanceIndex(call.world), seal)
    records = rules(attending.attendance_walk)(found.records, page.after is not None)
    cursors = {"next": found.next, "prev": found.prev}
    return {
        "attendances": [shown(one) for one in records],
        "pagingMetadata": {
            "cursors": {side: cursor for side, cursor in cursors.items() if cursor},
            "hasNext": found.next is not None,
        },
    }


def _counting(call: Call, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """The query with the filters that count; one that is no object is left to be refused."""
    sent = wanted.get("filter")
    if not isinstance(sent, Mapping):
        return wanted
    rules = call.ground.rules
    rules.require(attending.one_filter, sent)
    counting = rules(attending.filters_that_count)(rules(attending.attendance_filter)(sent))
    return {**wanted, "filter": counting}


def _wish(sent: Mapping[str, Any]) -> AttendanceWish:
    return AttendanceWish(
        booking_id=sent["bookingId"],
        session_id=sent.get("sessionId"),
        event_id=sent.get("eventId"),
        status=sent["status"],
        number=sent.get("numberOfAttendees"),
    )


def shown(attendance: Attendance) -> dict[str, Any]:
    """An attendance as the document declares it."""
    entries = {
        "id": attendance.id,
        "bookingId": attendance.booking_id,
        "sessionId": attendance.session_id,
        "eventId": attendance.event_id,
        "status": attendance.status,
        "numberOfAttendees": attendance.number,
    }
    return {key: value for key, value in entries.items() if value is not None}


@frozen
class AttendanceIndex:
    """The attendances of a world by id and by booking."""

    world: World

    def find(self, name: str, values: Sequence[Any]) -> Iterable[Attendance] | None:
        """Those with one of the values; None for a field without an index."""
        if name == "id":
            return [one for value in values if value and (one := self.world.attendance(value))]
        if name == "bookingId":
            return [one for value in values if value for one in self.world.attendances_of(value)]
        return None


FIELDS: Mapping[str, Field[Attendance]] = {
    "id": Field(lambda one: one.id, "guid"),
    "bookingId": Field(lambda one: one.booking_id, "guid"),
    "sessionId": Field(lambda one: one.session_id),
    "eventId": Field(lambda one: one.event_id),
    "status": Field(lambda one: one.status),
    "numberOfAttendees": Field(lambda one: one.number, "number"),
}
_BY_ID = (Key("id", FIELDS["id"]),)

OPERATIONS: Mapping[str, Handler] = {
    "setAttendance": set_,
    "getAttendance": get,
    "deleteAttendance": delete,
    "queryAttendance": query,
}
