"""Create Booking where the pages leave it open: odd ids, ends, numbers; classes by schedule."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.arranged import headcount
from bookings_contract.suites.support.calls import reached
from bookings_contract.suites.support.creating import OPERATIONS, attempt, refused_or_made
from bookings_contract.suites.support.creations import KINDS, anywhere, plain
from bookings_contract.suites.test_create_places import by_schedule
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

# CREATE-25


# The session of a class says itself where it belongs: what stands beside it is ignored (CREATE-6).
@pytest.mark.judges("CREATE-25")
@pytest.mark.parametrize("kind", ["appointment", "course"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_ids_do_that_do_not_belong_together(
    operation: str, kind: str, scenario: Scenario
) -> None:
    place = anywhere(scenario.given, kind)
    entity = under(place, another_schedule(place.service, scenario.given))
    creation = attempt(scenario.client, operation, scenario.given.body(place, bookedEntity=entity))
    owners = {s.schedule_id: s.id for s in scenario.client.target.services.values()}
    as_asked = partial(_belongs_together, owners)
    refused_or_made(
        scenario, creation, "CREATE-25",
        refused="B", made="A", as_asked=as_asked
    )  # fmt: skip


def another_schedule(service: Service, given: Given) -> str | None:
    """The schedule of another service."""
    return given.service(
        where=lambda other: other.schedule_id not in (None, service.schedule_id),
        lacking=f"schedule_id of another service than {service.name}",
    ).schedule_id


def under(place: Place, schedule: str | None) -> dict[str, Any]:
    """What is booked at a place, said to be of this schedule."""
    named = {"serviceId": place.service.id, "scheduleId": schedule}
    return {name: {**part, **named} for name, part in place.entity.items()}


def _belongs_together(owners: Mapping[str | None, str], seen: Seen) -> bool:
    """Whether the schedule that a booking shows is its service's, as far as both are shown."""
    part = seen.slot or seen.schedule
    shown = (part.get("scheduleId"), part.get("serviceId"))
    return None in shown or owners.get(shown[0], shown[1]) == shown[1]


# CREATE-26


@pytest.mark.judges("CREATE-26")
@pytest.mark.parametrize("length", [0, -1], ids=["no length", "backwards"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_an_end_does_that_is_not_after_the_start(
    operation: str, length: int, scenario: Scenario
) -> None:
    place = _of_a_resource(scenario.given)
    body = scenario.given.body(
        place,
        bookedEntity={"slot": {**place.slot, "endDate": _end(place, length)}},
        flow={"skipAvailabilityValidation": True},
    )
    creation = attempt(scenario.client, operation, body)
    refused_or_made(scenario, creation, "CREATE-26")


@pytest.mark.judges("CREATE-26")
def test_what_moving_does_to_an_end_that_is_not_after_the_start(scenario: Scenario) -> None:
    booking = scenario.given.booking(_of_a_resource(scenario.given), "CONFIRMED")
    place = _of_a_resource(scenario.given)
    slot = {**place.slot, "endDate": _end(place, -1)}
    body = {"slot": slot, "flowControlSettings": {"skipAvailabilityValidation": True}}
    answer = scenario.client.act("rescheduleBooking", booking, body)
    if not answer.refused:
        reached(answer)
    scenario.expect.reading("CREATE-26", "A" if answer.refused else "B", actual=answer.summary)
    scenario.expect.unchanged(booking, "moving it to an odd end")


def _of_a_resource(given: Given) -> Place:
    place = anywhere(given, "appointment")
    if place.service.resource_id is None:
        raise NotJudged(f"the target file names no resource of {place.service.name}")
    return place


def _end(place: Place, hours: int) -> str:
    if place.start is None:
        raise NotJudged(f"the target file names no slots of {place.service.name}")
    return (place.start + timedelta(hours=hours)).isoformat()


# CREATE-27


@pytest.mark.judges("CREATE-27")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_the_number_of_participants_does_alone(
    operation: str, kind: str, scenario: Scenario
) -> None:
    # Nobody knows how many may share an appointment.
    number = 1 if kind == "appointment" else 2
    place = anywhere(scenario.given, kind)
    usual = attempt(scenario.client, operation, scenario.given.body(place, participants=number))
    if not usual.made:
        raise NotReached(f"a plain booking was answered {usual.summary}")
    scenario.expect.new_story()
    body = scenario.given.body(place, participants=None, numberOfParticipants=number)
    creation = attempt(scenario.client, operation, body)
    refused_or_made(
        scenario, creation, "CREATE-27",
        refused="B", made="A", as_asked=lambda seen: headcount(seen) == number
    )  # fmt: skip


# CREATE-28


@pytest.mark.judges("CREATE-28")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_booking_a_class_by_its_schedule_does(operation: str, scenario: Scenario) -> None:
    service = plain(scenario.given, "class")[0]
    body = scenario.given.body(anywhere(scenario.given, service), bookedEntity=by_schedule(service))
    creation = attempt(scenario.client, operation, body)
    refused_or_made(scenario, creation, "CREATE-28", as_asked=_is_for_all_of_it)


def _is_for_all_of_it(seen: Seen) -> bool:
    shown: dict[str, Any] = {"slot": seen.slot, "schedule": seen.schedule}
    return bool(shown["schedule"]) and not shown["slot"]
