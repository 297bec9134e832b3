"""Availability: what sources leave open about the list of an appointment's times."""

from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.calls import reached
from bookings_contract.suites.support.openings import APPOINTMENTS, STAFF, View, view
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.scenario import Scenario

ONE = "getAvailabilityTimeSlot"


def _slots(looked: View, client: Client, *types: str) -> tuple[Answer, list[dict[str, Any]]]:
    body = {**looked.body(), "includeResourceTypeIds": list(types)}
    answer = reached(client.call(APPOINTMENTS, body=body if types else _unasked(body)))
    slots = answer.at("timeSlots")
    if not slots:
        raise NotJudged("no time is shown")
    return answer, slots


def _unasked(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "includeResourceTypeIds"}


def _named(slots: list[dict[str, Any]]) -> bool:
    return any(group.get("resources") for s in slots for group in s.get("availableResources") or ())


@pytest.mark.judges("AVAILABILITY-7")
def test_a_list_names_the_free_resources_asked_or_unasked(scenario: Scenario) -> None:
    looked = view(scenario.given, APPOINTMENTS, "appointment")
    if not looked.services[0].resource_id:
        raise NotJudged("the target file names no resource of an appointment")
    _, unasked = _slots(looked, scenario.client)
    if _named(unasked):
        scenario.expect.reading("AVAILABILITY-7", "B", actual="resources are named unasked")
        return
    asked = _named(_slots(looked, scenario.client, STAFF)[1])
    said = "resources are named on request" if asked else "not even on request"
    scenario.expect.reading("AVAILABILITY-7", "A" if asked else None, actual=said)


@pytest.mark.judges("AVAILABILITY-7")
def test_looking_at_one_time_names_the_free_resources(scenario: Scenario) -> None:
    looked = view(scenario.given, APPOINTMENTS, "appointment")
    if not looked.services[0].resource_id:
        raise NotJudged("the target file names no resource of an appointment")
    _, (slot, *_) = _slots(looked, scenario.client)
    kept = ("serviceId", "localStartDate", "localEndDate", "location")
    asked = {key: slot[key] for key in kept if slot.get(key)}
    answer = reached(scenario.client.call(ONE, body={**asked, "timeZone": "UTC"}))
    scenario.expect.that(
        "AVAILABILITY-7",
        _named([answer.at("timeSlot")]),
        expected="the free resources of one time",
        actual="none",
        circumstance="one_slot",
        at=answer,
    )


@pytest.mark.judges("AVAILABILITY-8")
def test_the_times_of_a_class_are_none_or_refused(scenario: Scenario) -> None:
    reached(view(scenario.given, APPOINTMENTS, "appointment").seen(scenario.client)[0])
    looked = view(scenario.given, APPOINTMENTS, "class")
    answer = scenario.client.call(APPOINTMENTS, body=looked.body())
    if answer.refused:
        scenario.expect.reading("AVAILABILITY-8", "B", actual=answer.summary)
        return
    if not answer.accepted:
        raise NotReached(f"the times of a class are answered {answer.summary}")
    slots = answer.at("timeSlots")
    said = f"{len(slots)} times" if slots else "an empty list"
    scenario.expect.reading("AVAILABILITY-8", None if slots else "A", actual=said)
