"""Create Booking: what a form submission says of the customer, and what may not contradict it."""

from collections.abc import Mapping
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.creating import (
    CREATE,
    OPERATIONS,
    Creation,
    as_well,
    attempt,
    refused_or_made,
    shown,
)
from bookings_contract.suites.support.creations import KINDS, anywhere
from bookings_contract.target.model import Service
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE, CONFLICT = "CREATE-18", "CREATE-29"
FILLED = ("firstName", "lastName", "email", "phone")


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("beside", ["nothing", "the same", "a part"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_form_fills_the_contact_details(
    operation: str, kind: str, beside: str, scenario: Scenario
) -> None:
    service = _with_form(scenario.given, kind)
    expected = _details(scenario.given, service)
    part = {key: expected[key] for key in list(expected)[:1]}
    contact = {"nothing": None, "the same": expected, "a part": part}[beside]
    creation = _submitted(service, expected, contact, operation, scenario.given)
    about = f"{beside} beside it, {kind}"
    if _taken(creation, service, operation, about, scenario):
        for seen, at in shown(scenario.given, creation):
            _judge_filled(seen, expected, about, scenario.expect, at)


@pytest.mark.judges(CONFLICT)
@pytest.mark.parametrize("key", FILLED)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_contact_details_do_that_contradict_the_form(
    operation: str, kind: str, key: str, scenario: Scenario
) -> None:
    service = _with_form(scenario.given, kind)
    details = _details(scenario.given, service)
    if key not in details:
        raise NotJudged(f"no form asks for {key}, or it may not be given here")
    other = {"email": f"{scenario.given.name}-other@example.com", "phone": "+353 1 555 0177"}
    contact = {**details, key: other.get(key, "Somebody else")}
    creation = _submitted(service, details, contact, operation, scenario.given)
    _judge_conflict(creation, details, scenario)


def _judge_conflict(creation: Creation, details: Mapping[str, str], scenario: Scenario) -> None:
    def filled(seen: Seen) -> bool:
        contact = seen.raw.get("contactDetails") or {}
        return all(contact.get(key) == value for key, value in details.items())

    refused_or_made(scenario, creation, CONFLICT, as_asked=filled)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_form_leaves_the_contact_id_alone(operation: str, scenario: Scenario) -> None:
    service = _with_form(scenario.given, "class")
    known = scenario.given.booking(anywhere(scenario.given, service)).contact_id
    if known is None:
        raise NotJudged("no answer shows a contactId")
    expected = _details(scenario.given, service)
    contact = {"contactId": known}
    creation = _submitted(service, expected, contact, operation, scenario.given)
    about = "beside a contactId"
    if _taken(creation, service, operation, about, scenario):
        for seen, at in shown(scenario.given, creation):
            scenario.expect.equal(
                RULE, seen.contact_id, known, of="contactId", circumstance=about, at=at
            )
            _judge_filled(seen, expected, about, scenario.expect, at)


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param(
            name, marks=pytest.mark.judges(RULE, needs=("services.form", f"callers.{name}"))
        )
        for name in ("app", "visitor")
    ],
)
def test_a_form_counts_whoever_submits_it(caller: str, scenario: Scenario) -> None:
    service = _with_form(scenario.given, "class")
    expected = _details(scenario.given, service)
    creation = _submitted(service, expected, None, CREATE, scenario.given, caller)
    about = f"by {caller}"
    if _taken(creation, service, CREATE, about, scenario, caller):
        for seen, at in shown(scenario.given, creation):
            _judge_filled(seen, expected, about, scenario.expect, at)


def _with_form(given: Given, kind: str) -> Service:
    return given.service(
        kind,
        variants=False,
        book="open",
        where=lambda service: bool(set(service.form.values()) & set(FILLED)),
        lacking=f"form of a {kind}",
    )


def _details(given: Given, service: Service) -> dict[str, str]:
    """Contact details that the service's form can give, unlike anybody's."""
    values = {
        "firstName": "Zoë",
        "lastName": f"Ó Briain {given.random.randrange(10**6)}",
        "email": f"{given.name}-form@example.com",
    }
    # Nobody's phone is to ring.
    if given.client.target.ours:
        values["phone"] = "+353 1 555 0155"
    return {key: values[key] for key in service.form.values() if key in values}


def _submitted(
    service: Service,
    details: Mapping[str, str],
    contact: Mapping[str, Any] | None,
    operation: str,
    given: Given,
    caller: str = "owner",
) -> Creation:
    """A creation with a form that says these details, and contactDetails beside it."""
    form = {name: details[key] for name, key in service.form.items() if key in details}
    body = given.body(anywhere(given, service), contactDetails=contact)
    return attempt(given.client, operation, {**body, "formSubmission": form}, caller)


def _taken(
    creation: Creation,
    service: Service,
    operation: str,
    about: str,
    scenario: Scenario,
    caller: str = "owner",
) -> bool:
    """It succeeds, if a booking without a form does."""
    plain = None
    if creation.refused:
        plain = attempt(
            scenario.given.client,
            operation,
            scenario.given.body(anywhere(scenario.given, service)),
            caller,
        )
    return as_well(scenario.expect, creation, RULE, plain, about)


def _judge_filled(
    seen: Seen, expected: Mapping[str, str], about: str, expect: Expect, at: Answer | None
) -> None:
    contact = seen.raw.get("contactDetails") or {}
    filled = {key: contact.get(key) for key in expected}
    expect.equal(RULE, filled, dict(expected), of="contactDetails", circumstance=about, at=at)
