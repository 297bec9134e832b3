"""Create Booking: what a request has to say of what is booked, and for whom."""

from typing import Any

import pytest

from bookings_contract.suites.support.creations import (
    KINDS,
    NOWHERE,
    anywhere,
    granted,
    nothing_made,
    one_of_each_kind,
)
from bookings_contract.target.places import Place
from bookings_contract.testkit.scenario import Scenario

NO_VALUE = "No such choice"

WRONG_CHOICES = ("value", "option", "second value", "second choice")
NEITHER = {"no entity": {}, "two nulls": {"slot": None, "schedule": None}, "left out": None}


# CREATE-1


@pytest.mark.judges("CREATE-1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_slot_and_a_schedule_together_are_refused(kind: str, scenario: Scenario) -> None:
    place = anywhere(scenario.given, kind)
    body = scenario.given.body(place, bookedEntity=_slot_and_schedule(place))
    answer = scenario.client.call("createBooking", body=body)
    also = ("CREATE-9", ("CREATE-8", "session"), ("CREATE-8", "schedule"))
    scenario.expect.refused(answer, "CREATE-1", also=also, circumstance=f"both, {kind}")
    nothing_made(scenario.given, scenario.expect, answer, body)


@pytest.mark.judges("CREATE-1")
@pytest.mark.parametrize("what", NEITHER)
def test_neither_slot_nor_schedule_is_refused(what: str, scenario: Scenario) -> None:
    body = scenario.given.body("class", bookedEntity=NEITHER[what])
    answer = scenario.client.call("createBooking", body=body)
    also = (("CREATE-8", "schedule"),)
    scenario.expect.refused(answer, "CREATE-1", also=also, circumstance=what)
    nothing_made(scenario.given, scenario.expect, answer, body)


@pytest.mark.judges("CREATE-1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_booking_shows_either_slot_or_schedule(kind: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(anywhere(scenario.given, kind))
    shown = [name for name in ("slot", "schedule") if getattr(booking, name)]
    scenario.expect.that(
        "CREATE-1",
        len(shown) == 1,
        expected="a slot or a schedule in bookedEntity",
        actual=" and ".join(shown) or "neither",
        circumstance=f"answered, {kind}",
    )


def _slot_and_schedule(place: Place) -> dict[str, Any]:
    service = place.service
    known = {"serviceId": service.id, "scheduleId": service.schedule_id}
    own = {key: value for key, value in known.items() if value is not None}
    if service.kind != "course":
        return {"slot": place.slot, "schedule": own}
    session = {"sessionId": service.sessions[0].id} if service.sessions else {}
    return {"slot": {**own, **session}, **place.entity}


# CREATE-2


@pytest.mark.judges("CREATE-2")
def test_a_total_and_choices_together_are_refused(scenario: Scenario) -> None:
    scenario.given.service(variants=True, book="open")
    for service in one_of_each_kind(scenario.given, variants=True):
        scenario.expect.new_story()
        chosen = {service.choices[0].values[0]: 1}
        body = scenario.given.body(
            anywhere(scenario.given, service), choices=chosen, totalParticipants=1
        )
        answer = scenario.client.call("createBooking", body=body)
        circumstance = f"both, {service.kind}"
        scenario.expect.refused(answer, "CREATE-2", also=["CREATE-23"], circumstance=circumstance)
        nothing_made(scenario.given, scenario.expect, answer, body)


@pytest.mark.judges("CREATE-2")
@pytest.mark.parametrize("total", [None, 0, -1])
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_for_nobody_is_refused(kind: str, total: int | None, scenario: Scenario) -> None:
    place = anywhere(scenario.given, kind)
    body = scenario.given.body(place, totalParticipants=total, participantsChoices=None)
    answer = scenario.client.call("createBooking", body=body)
    said = "neither" if total is None else f"total {total}"
    scenario.expect.refused(answer, "CREATE-2", circumstance=f"{said}, {kind}")
    nothing_made(scenario.given, scenario.expect, answer, body)


@pytest.mark.judges("CREATE-2")
@pytest.mark.parametrize("kind", KINDS)
def test_a_total_of_one_is_enough(kind: str, scenario: Scenario) -> None:
    booking = scenario.given.booking(anywhere(scenario.given, kind), participants=1)
    given = [key for key in ("totalParticipants", "participantsChoices") if booking.raw.get(key)]
    scenario.expect.equal("CREATE-2", len(given), 1, of="ways to say who takes part:")


# CREATE-3


@pytest.mark.judges("CREATE-3")
@pytest.mark.parametrize("wrong", WRONG_CHOICES)
def test_a_choice_that_the_service_does_not_have_is_refused(wrong: str, scenario: Scenario) -> None:
    scenario.given.service(variants=True, book="open")
    for service in one_of_each_kind(scenario.given, variants=True):
        scenario.expect.new_story()
        body = scenario.given.body(
            anywhere(scenario.given, service), choices={service.choices[0].values[0]: 1}
        )
        _spoil(body["booking"]["participantsChoices"]["serviceChoices"], wrong)
        answer = scenario.client.call("createBooking", body=body)
        circumstance = f"{wrong}, {service.kind}"
        scenario.expect.refused(answer, "CREATE-3", circumstance=circumstance)
        nothing_made(scenario.given, scenario.expect, answer, body)


@pytest.mark.judges("CREATE-3")
def test_all_choices_of_the_service_can_be_taken(scenario: Scenario) -> None:
    # Where there are several options, a choice of each may be needed.
    simple: dict[str, Any] = {"variants": True, "where": lambda service: len(service.choices) == 1}
    scenario.given.service(book="open", **simple)
    for service in one_of_each_kind(scenario.given, **simple):
        for value in service.choices[0].values:
            scenario.expect.new_story()
            body = scenario.given.body(anywhere(scenario.given, service), choices={value: 1})
            answer = scenario.client.call("createBooking", body=body)
            circumstance = f"existing, {service.kind}"
            granted(scenario, answer, "CREATE-3", circumstance=circumstance)


def _spoil(parts: list[dict[str, Any]], wrong: str) -> None:
    """Makes one choice a wrong one, beside a right one where it is the second."""
    choice = dict(parts[0]["choices"][0])
    if wrong == "value":
        parts[0]["choices"] = [{**choice, "custom": NO_VALUE}]
    elif wrong == "option":
        parts[0]["choices"] = [{**choice, "optionId": NOWHERE}]
    elif wrong == "second value":
        other = {"numberOfParticipants": 1, "choices": [{**choice, "custom": NO_VALUE}]}
        parts.append(other)
    else:
        parts[0]["choices"].append({"optionId": NOWHERE, "custom": NO_VALUE})
