"""Confirm Or Decline with a conflict: what becomes of paid, unpaid and waived double bookings."""

import pytest

from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.deciding import (
    KINDS,
    SKIP_AVAILABILITY,
    fillable,
    full,
    settled,
    shows,
)
from bookings_contract.testkit.scenario import Scenario

OTHERS = "other_payment_statuses"
UNPAID = ("NOT_PAID", "UNDEFINED", "EXEMPT", "REFUNDED", None)
PAID = ("PAID", "PARTIALLY_PAID")


@pytest.mark.judges("CONFIRMATION-1", needs=())
@pytest.mark.parametrize("paid", UNPAID)
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_unpaid_double_booking_is_declined(
    kind: str, approval: bool, paid: str | None, scenario: Scenario
) -> None:
    _, late = full(scenario, kind, approval=approval)
    if paid is None and late.payment_status in PAID:
        raise NotReached(f"a new booking is {late.payment_status} here")
    answer = settled(scenario.client, late, paid)
    about = f"{kind} with approval" if approval else kind
    shows(
        scenario,
        "CONFIRMATION-1",
        answer,
        circumstance=about if paid == "NOT_PAID" else OTHERS,
        status="DECLINED",
    )


@pytest.mark.judges("CONFIRMATION-1", needs=("services.manual_approval",))
@pytest.mark.parametrize("kind", KINDS)
def test_a_waived_approval_saves_no_unpaid_double_booking(kind: str, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind, approval=True)
    late = scenario.given.booking(place, flow={"skipBusinessConfirmation": True})
    scenario.given.booking(place, "CONFIRMED", participants=left)
    shows(
        scenario,
        "CONFIRMATION-1",
        settled(scenario.client, late, "NOT_PAID"),
        circumstance=f"{kind}, approval waived",
        status="DECLINED",
    )


@pytest.mark.judges("CONFIRMATION-2", needs=())
@pytest.mark.parametrize("paid", PAID)
@pytest.mark.parametrize("kind", KINDS)
def test_a_paid_double_booking_is_confirmed_and_says_what_it_is(
    kind: str, paid: str, scenario: Scenario
) -> None:
    _, late = full(scenario, kind)
    shows(
        scenario,
        "CONFIRMATION-2",
        settled(scenario.client, late, paid),
        circumstance=f"{kind}, {paid}",
        status="CONFIRMED",
        double_booked=True,
    )


@pytest.mark.judges("CONFIRMATION-5", needs=())
@pytest.mark.parametrize("paid", ["NOT_PAID", "PAID"])
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_where_availability_was_waived_nothing_is_a_double_booking(
    kind: str, approval: bool, paid: str, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind, approval=approval)
    scenario.given.booking(place, "CONFIRMED", participants=left)
    late = scenario.given.booking(place, flow=SKIP_AVAILABILITY)
    shows(
        scenario,
        "CONFIRMATION-5",
        settled(scenario.client, late, paid),
        circumstance=f"{kind} {'with' if approval else 'without'} approval, {paid}",
        status="PENDING" if approval else "CONFIRMED",
        double_booked=False,
    )


@pytest.mark.judges("CONFIRMATION-5", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_where_availability_was_not_waived_a_double_booking_is_one(
    kind: str, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind)
    late = scenario.given.booking(place, flow={"skipAvailabilityValidation": False})
    scenario.given.booking(place, "CONFIRMED", participants=left)
    shows(
        scenario,
        "CONFIRMATION-5",
        settled(scenario.client, late, "NOT_PAID"),
        circumstance=f"{kind}, passed as false",
        status="DECLINED",
    )


@pytest.mark.judges("CONFIRMATION-11")
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_declined_duplicate_is_not_on_the_calendar(
    kind: str, approval: bool, scenario: Scenario
) -> None:
    _, late = full(scenario, kind, approval=approval)
    answer = settled(scenario.client, late, "NOT_PAID")
    if not answer.accepted or answer.booking.status != "DECLINED":
        raise NotReached(f"an unpaid double booking was answered {answer.summary}")
    shown = [entry.get("approvalStatus") for entry in scenario.given.on_calendar(answer.booking)]
    scenario.expect.that(
        "CONFIRMATION-11",
        not shown,
        expected="it is not on the calendar",
        actual=f"it is there, {', '.join(map(str, shown))}",
        circumstance=f"{kind} with approval" if approval else kind,
    )
