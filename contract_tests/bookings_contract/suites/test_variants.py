"""Create Booking: a total where there are several variants, and choices where there is one."""

from typing import Any

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.arranged import chosen
from bookings_contract.suites.support.creating import OPERATIONS, Creation, attempt, exists, shown
from bookings_contract.suites.support.creations import (
    UNAVAILABLE,
    anywhere,
    one_of_each_kind,
    refused_for,
)
from bookings_contract.target.model import Service
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "CREATE-23"
TOTAL, CHOICES = "totalParticipants", "participantsChoices"


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_a_total_does_where_there_are_several_variants(
    operation: str, number: int, scenario: Scenario
) -> None:
    scenario.given.service(variants=True, book="open")
    for service in one_of_each_kind(scenario.given, variants=True):
        scenario.expect.new_story()
        creation = _asked(service, TOTAL, number, operation, scenario.given)
        _judge_reading(creation, TOTAL, number, service, scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_choices_do_where_there_is_a_single_variant(
    operation: str, number: int, scenario: Scenario
) -> None:
    scenario.given.service(variants=1, book="open")
    for service in one_of_each_kind(scenario.given, variants=1):
        scenario.expect.new_story()
        creation = _asked(service, CHOICES, number, operation, scenario.given)
        _judge_reading(creation, CHOICES, number, service, scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("variants", [1, True], ids=["a single variant", "several variants"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_usual_way_is_open_and_is_answered(
    operation: str, variants: int | bool, scenario: Scenario
) -> None:
    # Where there are several options, a choice of each may be needed.
    one_option: dict[str, Any] = {"where": lambda service: len(service.choices) == 1}
    simple = {"variants": variants, **one_option}
    scenario.given.service(book="open", **simple)
    key = CHOICES if variants is True else TOTAL
    for service in one_of_each_kind(scenario.given, **simple):
        scenario.expect.new_story()
        creation = _asked(service, key, 2, operation, scenario.given)
        about = f"{key}, {service.kind}"
        # In a world of our own nothing else is in the way.
        if not (creation.made or scenario.client.target.ours):
            raise NotReached(f"creating a booking was answered {creation.summary}")
        scenario.expect.that(
            RULE,
            creation.made and _carried(creation, key, 2, service, scenario.given),
            expected=f"a booking with {key} alone, as it was sent",
            actual=_state(creation, scenario.given),
            circumstance=about,
        )


def _asked(service: Service, key: str, number: int, operation: str, given: Given) -> Creation:
    # Nobody knows how many may share an appointment.
    count = 1 if service.kind == "appointment" else number
    place = anywhere(given, service)
    if key == TOTAL:
        body = given.body(place, participants=None, totalParticipants=count)
    else:
        body = given.body(place, choices={service.choices[0].values[0]: count})
    return attempt(given.client, operation, body)


def _judge_reading(
    creation: Creation, key: str, number: int, service: Service, scenario: Scenario
) -> None:
    if refused_for(creation.answer, UNAVAILABLE):
        raise NotReached(f"creating a booking was answered {creation.summary}")
    if creation.answer.refused:
        scenario.expect.refused(creation.answer, RULE)
    letter = None
    if creation.made:
        letter = "B" if _carried(creation, key, number, service, scenario.given) else None
    elif creation.refused:
        letter = None if exists(scenario.given, creation) else "A"
    scenario.expect.reading(RULE, letter, actual=_state(creation, scenario.given))


def _carried(creation: Creation, key: str, number: int, service: Service, given: Given) -> bool:
    """Whether the booking carries the one that was given, and that alone, wherever it is shown."""
    count = 1 if service.kind == "appointment" else number
    return all(_carries(seen, key, count, service) for seen, _ in shown(given, creation))


def _carries(seen: Seen, key: str, count: int, service: Service) -> bool:
    if key == TOTAL:
        return seen.total_participants == count and not seen.raw.get(CHOICES)
    wanted = [f"{count} {service.choices[0].values[0]}"]
    return chosen(seen) == wanted and not seen.total_participants


def _state(creation: Creation, given: Given) -> str:
    if not creation.made:
        there = "the booking exists" if exists(given, creation) else "no booking exists"
        return f"{creation.summary}, and {there}"
    told = [
        ", ".join(f"{key} {seen.raw[key]}" for key in (TOTAL, CHOICES) if seen.raw.get(key))
        for seen, _ in shown(given, creation)
    ]
    return f"{creation.answer.status}, {'; then read: '.join(word or 'neither' for word in told)}"
