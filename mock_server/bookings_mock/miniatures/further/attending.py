"""Miniatures of the Attendance API."""

from collections.abc import Callable
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.attendance import Attendance
from bookings_mock.domain.rules import attendance
from bookings_mock.handlers.handler import Handler
from bookings_mock.miniatures.further.ways import Wrap, asking, calling
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.queries import first_values

SETS, QUERIES = "setAttendance", "queryAttendance"


def _set_again(change: Callable[[Attendance, Attendance], Attendance]) -> Wrap:
    """What was set before, and what is set now, become what is kept and answered."""

    def wrap(handler: Handler) -> Handler:
        async def set_(call: Call) -> Any:
            former = {one.id: one for one in call.world.attendances()}
            answer = await handler(call)
            now = call.world.attendance(answer["attendance"]["id"])
            if now is None or now.id not in former:
                return answer
            kept = change(former[now.id], now)
            call.world.put_attendance(kept)
            shown = {"status": kept.status, "numberOfAttendees": kept.number}
            return {"attendance": {**answer["attendance"], **shown}}

        return set_

    return wrap


def _added(former: Attendance, now: Attendance) -> Attendance:
    return evolve(now, number=now.number + former.number)


def _status_kept(former: Attendance, now: Attendance) -> Attendance:
    return evolve(now, status=former.status)


def _everybody(call: Call) -> Call:
    sent = call.body["attendance"]
    booking = call.world.booking(str(sent["bookingId"]))
    if "numberOfAttendees" in sent or booking is None:
        return call
    all_of_them = {**sent, "numberOfAttendees": booking.participants.count}
    return evolve(call, body={**call.body, "attendance": all_of_them})


def _unsorted(body: Any) -> Any:
    wanted = body.get("query") or {}
    return {**body, "query": {key: value for key, value in wanted.items() if key != "sort"}}


def _a_hundred_unasked(asked: int | None, default: int) -> int:
    return 2 * default if asked is None else min(asked, 2 * default)


def _less_the_last(records: list[Any], later: bool) -> list[Any]:
    return records[:-1] if later else records


ATTENDING: tuple[Miniature, ...] = (
    Miniature(
        name="attendance-doubled",
        rule="ATTENDANCE-1",
        about="setting an attendance again adds its attendees to those of before",
        handlers={SETS: _set_again(_added)},
    ),
    Miniature(
        name="attendance-keeps-its-status",
        rule="ATTENDANCE-1",
        about="setting an attendance again leaves its status",
        handlers={SETS: _set_again(_status_kept)},
    ),
    Miniature(
        name="everybody-came",
        rule="ATTENDANCE-7",
        about="an attendance without a number says that all participants came",
        handlers={SETS: calling(_everybody)},
    ),
    Miniature(
        name="attendance-of-one-value",
        rule="ATTENDANCE-3",
        about="of the values of $in in a query of attendance only the first counts",
        replaces={attendance.attendance_filter: first_values},
    ),
    Miniature(
        name="attendance-unsorted",
        rule="ATTENDANCE-3",
        about="a query of attendance ignores its sort",
        handlers={QUERIES: asking(_unsorted)},
    ),
    Miniature(
        name="attendance-pages-of-a-hundred",
        rule="ATTENDANCE-9",
        about="a page of attendance holds a hundred objects unless fewer are asked for",
        replaces={attendance.attendance_limit: _a_hundred_unasked},
    ),
    Miniature(
        name="attendance-pages-lose-their-last",
        rule="ATTENDANCE-10",
        about="each later page of attendance lacks its last object",
        replaces={attendance.attendance_walk: _less_the_last},
    ),
)
