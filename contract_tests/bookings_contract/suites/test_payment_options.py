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
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

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
    operation: str,
    kind: str,
    said: bool | None,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    flow = None if said is None else {SKIP: said}
    for service, option in _lacking(bookings_given, kind):
        bookings_expect.new_story()
        body = bookings_given.body(
            anywhere(bookings_given, service), flow=flow, selectedPaymentOption=option
        )
        creation = attempt(bookings_client, operation, body)
        as_asked = partial(_selects, option)
        refused_or_made(bookings_given, bookings_expect, creation, "CREATE-30", as_asked=as_asked)


def _selects(option: str, seen: Seen) -> bool:
    """Whether a booking has this option, as far as it is shown."""
    return seen.raw.get("selectedPaymentOption") in (None, option)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_option_that_the_service_offers_is_taken(
    operation: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    ours = bookings_client.target.ours
    for service in _with_options(bookings_given, kind):
        for option in service.payment_options:
            if ours or option in FOR_ALL:
                bookings_expect.new_story()
                creation = _selecting(option, None, service, operation, bookings_given)
                _taken(creation, operation, service, option, bookings_given, bookings_expect)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_option_left_undefined_is_settled_later(
    operation: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    for service in _with_options(bookings_given, kind):
        bookings_expect.new_story()
        creation = _selecting("UNDEFINED", None, service, operation, bookings_given)
        _taken(creation, operation, service, "UNDEFINED", bookings_given, bookings_expect)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_skips_the_check_selects_any_option(
    operation: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    for service, option in _lacking(bookings_given, kind):
        bookings_expect.new_story()
        creation = _selecting(option, True, service, operation, bookings_given)
        about = f"skipped, {kind}"
        if not _taken(creation, operation, service, about, bookings_given, bookings_expect):
            continue
        for seen, at in shown(bookings_given, creation):
            bookings_expect.equal(
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
    creation: Creation, operation: str, service: Service, about: str, given: Given, expect: Expect
) -> bool:
    """It succeeds, if a booking that selects nothing does."""
    plain = None
    if creation.refused:
        plain = attempt(given.client, operation, given.body(anywhere(given, service)))
    return as_well(expect, creation, RULE, plain, about)


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
