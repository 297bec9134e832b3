"""Create Booking: the time zone and the dates of a slot are real ones."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.creating import (
    OPERATIONS,
    Creation,
    as_well,
    attempt,
    refused,
)
from bookings_contract.suites.support.creations import UNAVAILABLE, anywhere
from bookings_contract.target.places import Place
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "CREATE-19"
APPOINTMENT = ("services.appointment",)

NO_ZONES = ("Mars/Olympus", "Europe/Nowhere", "UTC+99:99", "local time")
ZONES = ("Europe/Dublin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC")


def _hours_on(real: datetime) -> str:
    eve = real - timedelta(days=1)
    return f"{eve:%Y-%m-%d}T{real.hour + 24}:{real:%M:%S}{_offset(real)}"


def _minutes_on(real: datetime) -> str:
    before = real - timedelta(hours=1)
    return f"{before:%Y-%m-%dT%H}:{real.minute + 60}:{real:%S}{_offset(real)}"


def _days_on(real: datetime) -> str:
    last = real.replace(day=1) - timedelta(days=1)
    return f"{last:%Y-%m}-{last.day + real.day}T{real:%H:%M:%S}{_offset(real)}"


def _offset(real: datetime) -> str:
    return real.isoformat()[19:]


# What is written in place of a real date, made from that one.
NO_DATES: Mapping[str, Callable[[datetime], str]] = {
    "words": lambda real: "next tuesday",
    "a thirtieth of February": lambda real: f"{real.year}-02-30T{real:%H:%M:%S}Z",
    "a thirteenth month": lambda real: f"{real.year}-13-01T{real:%H:%M:%S}Z",
    # Whoever counts on from these arrives at the real one, where there is something to book.
    "an hour beyond 23": _hours_on,
    "a minute beyond 59": _minutes_on,
    "a day beyond 31": _days_on,
    "a date cut short": lambda real: f"{real:%Y-%m}-",
}
DATES: Mapping[str, Callable[[datetime], str]] = {
    "an offset": lambda real: real.isoformat(),
    "Z": lambda real: f"{real.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    "milliseconds": lambda real: f"{real.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
}


@pytest.mark.judges(RULE, needs=APPOINTMENT)
@pytest.mark.parametrize("zone", NO_ZONES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_time_zone_that_there_is_not_is_refused(
    operation: str, zone: str, scenario: Scenario
) -> None:
    place = anywhere(scenario.given, "appointment")
    creation = _with_slot(place, {"timezone": zone}, operation, scenario.given)
    about = f"time zone {zone}"
    refused(scenario.given, scenario.expect, creation, RULE, "time_zone", circumstance=about)


@pytest.mark.judges(RULE, needs=APPOINTMENT)
@pytest.mark.parametrize("what", NO_DATES)
@pytest.mark.parametrize("name", ["startDate", "endDate"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_date_that_there_is_not_is_refused(
    operation: str, name: str, what: str, scenario: Scenario
) -> None:
    place = anywhere(scenario.given, "appointment")
    wrong = {name: NO_DATES[what](_dates(place)[name])}
    creation = _with_slot(place, wrong, operation, scenario.given)
    about = f"{name} {what}"
    refused(scenario.given, scenario.expect, creation, RULE, "date", circumstance=about)


@pytest.mark.judges(RULE, needs=APPOINTMENT)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_appointment_at_no_time_is_refused(operation: str, scenario: Scenario) -> None:
    place = anywhere(scenario.given, "appointment")
    creation = _with_slot(place, dict.fromkeys(_dates(place)), operation, scenario.given)
    refused(
        scenario.given,
        scenario.expect,
        creation,
        RULE,
        "date",
        also=["SHAPE-3", (UNAVAILABLE, "slot")],
        circumstance="no dates",
    )


@pytest.mark.judges(RULE, needs=APPOINTMENT)
@pytest.mark.parametrize("zone", ZONES)
def test_every_time_zone_that_there_is_can_be_named(zone: str, scenario: Scenario) -> None:
    place = anywhere(scenario.given, "appointment")
    creation = _with_slot(place, {"timezone": zone}, OPERATIONS[0], scenario.given)
    _taken(creation, place, f"time zone {zone}", scenario)


@pytest.mark.judges(RULE, needs=APPOINTMENT)
@pytest.mark.parametrize("form", DATES)
def test_a_date_is_written_in_any_form_of_its_own(form: str, scenario: Scenario) -> None:
    place = anywhere(scenario.given, "appointment")
    dates = {name: DATES[form](real) for name, real in _dates(place).items()}
    creation = _with_slot(place, dates, OPERATIONS[0], scenario.given)
    _taken(creation, place, f"dates with {form}", scenario)


def _dates(place: Place) -> dict[str, datetime]:
    if place.start is None or place.end is None:
        raise NotJudged(f"the target file names no slots of {place.service.name}")
    return {"startDate": place.start, "endDate": place.end}


def _with_slot(
    place: Place, change: Mapping[str, str | None], operation: str, given: Given
) -> Creation:
    slot: dict[str, Any] = {**place.slot, **change}
    said = {key: value for key, value in slot.items() if value is not None}
    body = given.body(place, bookedEntity={"slot": said})
    return attempt(given.client, operation, body)


def _taken(creation: Creation, place: Place, about: str, scenario: Scenario) -> None:
    """It succeeds, if the slot as the target file has it does."""
    plain = (
        attempt(scenario.given.client, OPERATIONS[0], scenario.given.body(place))
        if creation.refused
        else None
    )
    as_well(scenario.expect, creation, RULE, plain, about)
