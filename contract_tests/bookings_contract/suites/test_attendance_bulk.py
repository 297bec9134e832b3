"""Attendance removed, and attendance in bulk."""

import pytest

from bookings_contract.suites.support.calls import reached, unknown_id, valid
from bookings_contract.suites.support.listening import events_during
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.events import of_removals, removed
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given


@pytest.mark.judges("ATTENDANCE-12")
@pytest.mark.parametrize("then", ["getAttendance", "deleteAttendance"])
@pytest.mark.parametrize("by", ["deleteAttendance", "bulkDeleteAttendances"])
def test_an_attendance_that_was_deleted_is_not_found(
    by: str, then: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, by)
    ids = call.how["path"].values() if call.how else (call.body or {})["attendanceIds"]
    reached(call.sent(bookings_client))
    path = {"attendanceId": next(iter(ids))}
    answer = bookings_client.call(then, path=path)
    where = f"{then} after {by}"
    bookings_expect.refused(answer, "ATTENDANCE-12", also=["ATTENDANCE-2"], circumstance=where)


@pytest.mark.judges("ATTENDANCE-12")
def test_an_unknown_attendance_cannot_be_deleted(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    path = {"attendanceId": unknown_id(bookings_given)}
    answer = bookings_client.call("deleteAttendance", path=path)
    bookings_expect.refused(answer, "ATTENDANCE-12", circumstance="an id that nothing has")


@pytest.mark.judges("ATTENDANCE-13")
@pytest.mark.parametrize("body", [{}, {"attendanceDetails": []}], ids=["left out", "empty"])
def test_setting_no_attendance_is_refused(
    body: dict[str, object], bookings_client: Client, bookings_expect: Expect
) -> None:
    answer = bookings_client.call("bulkSetAttendance", body=body)
    bookings_expect.refused(answer, "ATTENDANCE-13", also=["SHAPE-3"])


@pytest.mark.judges("ATTENDANCE-14")
def test_the_attendance_of_an_unknown_session_fails_alone(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, "bulkSetAttendance")
    (good,) = (call.body or {})["attendanceDetails"]
    nowhere = {"sessionId": unknown_id(bookings_given), "eventId": None}
    bad = {"attendance": {**good["attendance"], **nowhere}}
    body = {"attendanceDetails": [bad, good], "returnFullEntity": True}
    answer = bookings_client.call("bulkSetAttendance", body=body)
    if not bookings_expect.accepted(answer, "ATTENDANCE-14"):
        return
    told = {one["itemMetadata"]["originalIndex"]: one for one in answer.at("results")}
    done = [bool(told[n]["itemMetadata"].get("success")) for n in sorted(told)]
    bookings_expect.equal("ATTENDANCE-14", done, [False, True], of="successes", at=answer)
    query = {"filter": {"bookingId": good["attendance"]["bookingId"]}}
    found = reached(bookings_client.call("queryAttendance", body={"query": query}))
    bookings_expect.equal(
        "ATTENDANCE-14", len(found.at("attendances")), 1, of="attendances kept", at=found
    )


@pytest.mark.judges("EVENT-6", needs=("control",))
@pytest.mark.parametrize("by", ["deleteAttendance", "bulkDeleteAttendances"])
def test_removing_attendance_sends_its_event_once(
    by: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    call = valid(bookings_given, by)
    ids = call.how["path"].values() if call.how else (call.body or {})["attendanceIds"]
    answer, told = events_during(bookings_given, lambda: call.sent(bookings_client))
    reached(answer)
    said = [removed(one) for one in of_removals(told)]
    named = sorted(number for number, _ in said)
    bookings_expect.equal("EVENT-6", named, sorted(ids), of="attendances told of", at=answer)
    for number, shown in said:
        if shown and shown.get("id") is not None:
            bookings_expect.equal("EVENT-6", shown["id"], number, of="deletedEntity.id", at=answer)


@pytest.mark.judges("EVENT-6", needs=("control",))
def test_an_attendance_that_is_not_removed_sends_no_event(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    path = {"attendanceId": unknown_id(bookings_given)}
    answer, told = events_during(
        bookings_given, lambda: bookings_client.call("deleteAttendance", path=path)
    )
    bookings_expect.equal("EVENT-6", len(of_removals(told)), 0, of="events", at=answer)
