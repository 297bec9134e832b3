"""Create Booking: which sessions and schedules can be booked, and in which way."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.creations import (
    KINDS,
    NOWHERE,
    UNAVAILABLE,
    anywhere,
    granted,
    looks,
    nothing_made,
)
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.expect import Also
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

# CREATE-8


@pytest.mark.judges("CREATE-8")
@pytest.mark.parametrize("what", ["unknown", "none"])
def test_a_class_is_not_booked_without_a_session_of_it(what: str, scenario: Scenario) -> None:
    place = scenario.given.session()
    slot = {**place.slot, "sessionId": NOWHERE}
    if what == "none":
        # Dates at which the class has no session.
        start = datetime.now().astimezone().replace(microsecond=0) + timedelta(days=400, minutes=7)
        end = start + timedelta(minutes=11)
        del slot["sessionId"]
        slot |= {"startDate": start.isoformat(), "endDate": end.isoformat()}
    body = scenario.given.body(place, bookedEntity={"slot": slot})
    answer = scenario.client.call("createBooking", body=body)
    also: list[Also] = [UNAVAILABLE, (UNAVAILABLE, "session")] if what == "none" else []
    scenario.expect.refused(
        answer, "CREATE-8", "session", also=also, circumstance=f"session: {what}"
    )
    nothing_made(scenario.given, scenario.expect, answer, body)


@pytest.mark.judges("CREATE-8")
@pytest.mark.parametrize("kind", ["class", "course"])
def test_a_class_is_not_booked_by_a_session_of_another_service(
    kind: str, scenario: Scenario
) -> None:
    place = scenario.given.session()
    other = _other(kind, place.service, scenario.given)
    slot = {**place.slot, "sessionId": other.sessions[0].id}
    body = scenario.given.body(place, bookedEntity={"slot": slot})
    answer = scenario.client.call("createBooking", body=body)
    circumstance = f"session of another {kind}"
    if answer.accepted and answer.booking.slot.get("serviceId") == other.id and kind == "class":
        # What is said of a session is ignored, so this books the other class.
        scenario.expect.kept("CREATE-8", circumstance)
        return
    also = ["CREATE-9"] if kind == "course" else []
    scenario.expect.refused(answer, "CREATE-8", "session", also=also, circumstance=circumstance)
    nothing_made(scenario.given, scenario.expect, answer, body)


@pytest.mark.judges("CREATE-8", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_exist_cannot_be_booked(kind: str, scenario: Scenario) -> None:
    place = anywhere(scenario.given, kind)
    unknown = {"serviceId": NOWHERE, "scheduleId": NOWHERE}
    entity = {name: {**part, **unknown} for name, part in place.entity.items()}
    if kind == "class":
        entity["slot"]["sessionId"] = NOWHERE
    _not_found(entity, place, scenario)


@pytest.mark.judges("CREATE-8", needs=("services.course",))
def test_a_schedule_that_does_not_exist_cannot_be_booked(scenario: Scenario) -> None:
    place = scenario.given.course()
    entity = {"schedule": {**place.entity["schedule"], "scheduleId": NOWHERE}}
    _not_found(entity, place, scenario)


def _not_found(entity: dict[str, Any], place: Place, scenario: Scenario) -> None:
    body = scenario.given.body(place, bookedEntity=entity)
    answer = scenario.client.call("createBooking", body=body)
    # Where nothing is known of the service, its kind isn't either.
    also: list[Also] = [("CREATE-8", "session"), "CREATE-9"]
    scenario.expect.refused(answer, "CREATE-8", "schedule", also=also, circumstance="schedule")
    nothing_made(scenario.given, scenario.expect, answer, body)


def _other(kind: str, than: Service, given: Given) -> Service:
    return given.service(
        kind,
        where=lambda service: service.id != than.id and bool(service.sessions),
        lacking=f"sessions of another {kind}",
    )


# CREATE-9


@pytest.mark.judges("CREATE-9")
@pytest.mark.parametrize("what", ["session", "first day", "session alone"])
def test_a_course_is_not_booked_by_a_slot(what: str, scenario: Scenario) -> None:
    place = scenario.given.course()
    if not place.service.sessions:
        raise NotJudged(f"the target file names no sessions of {place.service.name}")
    session = place.service.sessions[0]
    slot = {
        "serviceId": place.service.id,
        "scheduleId": place.service.schedule_id,
        "timezone": place.service.timezone,
        "startDate": session.start,
        "endDate": session.end,
    }
    if what != "first day":
        slot["sessionId"] = session.id
    if what == "session alone":
        slot = {"sessionId": session.id}
    known = {key: value for key, value in slot.items() if value is not None}
    circumstance = f"course by slot, {what}"
    _another_way({"slot": known}, place, circumstance, scenario)


@pytest.mark.judges("CREATE-9", needs=("services.appointment",))
def test_no_appointment_is_booked_by_its_schedule(scenario: Scenario) -> None:
    place = anywhere(scenario.given, "appointment")
    entity = by_schedule(place.service)
    circumstance = "appointment by schedule"
    _another_way(entity, place, circumstance, scenario)


@pytest.mark.judges("CREATE-9", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_booked_in_its_own_way(kind: str, scenario: Scenario) -> None:
    answer = scenario.client.call(
        "createBooking", body=scenario.given.body(anywhere(scenario.given, kind))
    )
    if not granted(scenario, answer, "CREATE-9", circumstance=kind):
        return
    way = "schedule" if kind == "course" else "slot"
    for seen, at in looks(scenario, answer):
        shown = [name for name in ("slot", "schedule") if getattr(seen, name)]
        scenario.expect.equal("CREATE-9", shown, [way], of="booked by", circumstance=kind, at=at)


def by_schedule(service: Service) -> dict[str, Any]:
    """What is booked, where a service is booked by its schedule."""
    if service.schedule_id is None:
        raise NotJudged(f"the target file names no schedule_id of {service.name}")
    return {"schedule": {"scheduleId": service.schedule_id, "serviceId": service.id}}


def _another_way(
    entity: dict[str, Any],
    place: Place,
    circumstance: str,
    scenario: Scenario,
) -> None:
    body = scenario.given.body(place, bookedEntity=entity)
    answer = scenario.client.call("createBooking", body=body)
    scenario.expect.refused(answer, "CREATE-9", also=["CREATE-8"], circumstance=circumstance)
    nothing_made(scenario.given, scenario.expect, answer, body)
