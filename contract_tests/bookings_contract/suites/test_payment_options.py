"""Create Booking: which payment options may be selected."""

from collections.abc import Iterator
from functools import partial

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.creating import (
    OPERATIONS,
    Creation,
    as_well,
    attempt,
    refused_or_made,
    shown,
)
from bookings_contract.suites.support.creations import KINDS, anywhere
from bookings_contract.target.model import Service
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "CREATE-16"
OPTIONS = ("OFFLINE", "ONLINE", "MEMBERSHIP", "MEMBERSHIP_OFFLINE")
# A membership is also refused to customers that have none.
FOR_ALL = ("OFFLINE", "ONLINE")
SKIP = "skipSelectedPaymentOptionValidation"


@pytest.mark.judges("CREATE-30")
@pytest.mark.parametrize("said", [None, False], ids=["left out", "false"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_an_option_does_that_the_service_does_not_offer(
    operation: str, kind: str, said: bool | None, scenario: Scenario
) -> None:
    flow = None if said is None else {SKIP: said}
    for service, option in _lacking(scenario.given, kind):
        scenario.expect.new_story()
        body = scenario.given.body(
            anywhere(scenario.given, service), flow=flow, selectedPaymentOption=option
        )
        creation = attempt(scenario.client, operation, body)
        as_asked = partial(_selects, option)
        refused_or_made(scenario, creation, "CREATE-30", as_asked=as_asked)


def _selects(option: str, seen: Seen) -> bool:
    """Whether a booking has this option, as far as it is shown."""
    return seen.raw.get("selectedPaymentOption") in (None, option)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_option_that_the_service_offers_is_taken(
    operation: str, kind: str, scenario: Scenario
) -> None:
    ours = scenario.client.target.ours
    for service in _with_options(scenario.given, kind):
        for option in service.payment_options:
            if ours or option in FOR_ALL:
                scenario.expect.new_story()
                creation = _selecting(option, None, service, operation, scenario.given)
                _taken(creation, operation, service, option, scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_option_left_undefined_is_settled_later(
    operation: str, kind: str, scenario: Scenario
) -> None:
    for service in _with_options(scenario.given, kind):
        scenario.expect.new_story()
        creation = _selecting("UNDEFINED", None, service, operation, scenario.given)
        _taken(creation, operation, service, "UNDEFINED", scenario)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_skips_the_check_selects_any_option(
    operation: str, kind: str, scenario: Scenario
) -> None:
    for service, option in _lacking(scenario.given, kind):
        scenario.expect.new_story()
        creation = _selecting(option, True, service, operation, scenario.given)
        about = f"skipped, {kind}"
        if not _taken(creation, operation, service, about, scenario):
            continue
        for seen, at in shown(scenario.given, creation):
            scenario.expect.equal(
                RULE,
                seen.raw.get("selectedPaymentOption"),
                option,
                of="selectedPaymentOption",
                circumstance=about,
                at=at,
            )


def _selecting(
    option: str, skip: bool | None, service: Service, operation: str, given: Given
) -> Creation:
    flow = None if skip is None else {SKIP: skip}
    body = given.body(anywhere(given, service), flow=flow, selectedPaymentOption=option)
    return attempt(given.client, operation, body)


def _taken(
    creation: Creation, operation: str, service: Service, about: str, scenario: Scenario
) -> bool:
    """It succeeds, if a booking that selects nothing does."""
    plain = None
    if creation.refused:
        plain = attempt(
            scenario.given.client, operation, scenario.given.body(anywhere(scenario.given, service))
        )
    return as_well(scenario.expect, creation, RULE, plain, about)


def _with_options(given: Given, kind: str) -> tuple[Service, ...]:
    found = given.client.target.all_services(
        kind, variants=False, book="open", where=lambda service: bool(service.payment_options)
    )
    if not found:
        raise NotJudged(f"the target file names no payment_options of a {kind}")
    return found


def _lacking(given: Given, kind: str) -> list[tuple[Service, str]]:
    """Each service of the kind that lacks an option, with every option that it lacks."""
    found = list(_lacked(_with_options(given, kind)))
    if not found:
        raise NotJudged(f"the target file names no {kind} that lacks a payment option")
    return found


def _lacked(services: tuple[Service, ...]) -> Iterator[tuple[Service, str]]:
    for service in services:
        for option in OPTIONS:
            if option not in service.payment_options:
                yield service, option
