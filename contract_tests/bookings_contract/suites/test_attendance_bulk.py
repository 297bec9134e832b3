"""Attendance removed, and attendance in bulk."""

import pytest

from bookings_contract.suites.support.calls import reached, unknown_id, valid
from bookings_contract.suites.support.listening import events_during
from bookings_contract.testkit.events import of_removals, removed
from bookings_contract.testkit.scenario import Scenario


@pytest.mark.judges("ATTENDANCE-12")
@pytest.mark.parametrize("then", ["getAttendance", "deleteAttendance"])
@pytest.mark.parametrize("by", ["deleteAttendance", "bulkDeleteAttendances"])
def test_an_attendance_that_was_deleted_is_not_found(
    by: str, then: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, by)
    ids = call.how["path"].values() if call.how else (call.body or {})["attendanceIds"]
    reached(call.sent(scenario.client))
    path = {"attendanceId": next(iter(ids))}
    answer = scenario.client.call(then, path=path)
    where = f"{then} after {by}"
    scenario.expect.refused(answer, "ATTENDANCE-12", also=["ATTENDANCE-2"], circumstance=where)


@pytest.mark.judges("ATTENDANCE-12")
def test_an_unknown_attendance_cannot_be_deleted(scenario: Scenario) -> None:
    path = {"attendanceId": unknown_id(scenario.given)}
    answer = scenario.client.call("deleteAttendance", path=path)
    scenario.expect.refused(answer, "ATTENDANCE-12", circumstance="an id that nothing has")


@pytest.mark.judges("ATTENDANCE-13")
@pytest.mark.parametrize("body", [{}, {"attendanceDetails": []}], ids=["left out", "empty"])
def test_setting_no_attendance_is_refused(body: dict[str, object], scenario: Scenario) -> None:
    answer = scenario.client.call("bulkSetAttendance", body=body)
    scenario.expect.refused(answer, "ATTENDANCE-13", also=["SHAPE-3"])


@pytest.mark.judges("ATTENDANCE-14")
def test_the_attendance_of_an_unknown_session_fails_alone(scenario: Scenario) -> None:
    call = valid(scenario.given, "bulkSetAttendance")
    (good,) = (call.body or {})["attendanceDetails"]
    nowhere = {"sessionId": unknown_id(scenario.given), "eventId": None}
    bad = {"attendance": {**good["attendance"], **nowhere}}
    body = {"attendanceDetails": [bad, good], "returnFullEntity": True}
    answer = scenario.client.call("bulkSetAttendance", body=body)
    if not scenario.expect.accepted(answer, "ATTENDANCE-14"):
        return
    told = {one["itemMetadata"]["originalIndex"]: one for one in answer.at("results")}
    done = [bool(told[n]["itemMetadata"].get("success")) for n in sorted(told)]
    scenario.expect.equal("ATTENDANCE-14", done, [False, True], of="successes", at=answer)
    query = {"filter": {"bookingId": good["attendance"]["bookingId"]}}
    found = reached(scenario.client.call("queryAttendance", body={"query": query}))
    scenario.expect.equal(
        "ATTENDANCE-14", len(found.at("attendances")), 1, of="attendances kept", at=found
    )


@pytest.mark.judges("EVENT-6", needs=("control",))
@pytest.mark.parametrize("by", ["deleteAttendance", "bulkDeleteAttendances"])
def test_removing_attendance_sends_its_event_once(by: str, scenario: Scenario) -> None:
    call = valid(scenario.given, by)
    ids = call.how["path"].values() if call.how else (call.body or {})["attendanceIds"]
    answer, told = events_during(scenario.given, lambda: call.sent(scenario.client))
    reached(answer)
    said = [removed(one) for one in of_removals(told)]
    named = sorted(number for number, _ in said)
    scenario.expect.equal("EVENT-6", named, sorted(ids), of="attendances told of", at=answer)
    for number, shown in said:
        if shown and shown.get("id") is not None:
            scenario.expect.equal("EVENT-6", shown["id"], number, of="deletedEntity.id", at=answer)


@pytest.mark.judges("EVENT-6", needs=("control",))
def test_an_attendance_that_is_not_removed_sends_no_event(scenario: Scenario) -> None:
    path = {"attendanceId": unknown_id(scenario.given)}
    answer, told = events_during(
        scenario.given, lambda: scenario.client.call("deleteAttendance", path=path)
    )
    scenario.expect.equal("EVENT-6", len(of_removals(told)), 0, of="events", at=answer)
