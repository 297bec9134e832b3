"""Confirm Or Decline without a conflict: approval, payment, and what was decided before."""

import pytest

from bookings_contract.suites.support.deciding import (
    KINDS,
    full,
    looked_up,
    settled,
    shows,
    uncontested,
)
from bookings_contract.testkit.scenario import Scenario

NO_APPROVAL = {"skipBusinessConfirmation": True}
PAYMENTS = ("NOT_PAID", "PAID", "PARTIALLY_PAID", "EXEMPT", "REFUNDED")


@pytest.mark.judges("CONFIRMATION-3")
@pytest.mark.parametrize("paid", ["NOT_PAID", "PAID", "PARTIALLY_PAID", "EXEMPT", None])
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_waits_where_the_owner_has_to_approve(
    kind: str, paid: str | None, scenario: Scenario
) -> None:
    service = scenario.given.service(kind, manual_approval=True, variants=False, book="open")
    place = scenario.given.place(service)
    answer = settled(scenario.client, scenario.given.booking(place), paid)
    uncontested(scenario.given, place, answer)
    shows(
        scenario,
        "CONFIRMATION-3",
        answer,
        circumstance=f"{kind}, {paid or 'left out'}",
        status="PENDING",
    )


@pytest.mark.judges("CONFIRMATION-3", needs=("services.manual_approval",))
@pytest.mark.parametrize("paid", ["PAID", "PARTIALLY_PAID"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_paid_double_booking_waits_for_the_owner_and_says_what_it_is(
    kind: str, paid: str, scenario: Scenario
) -> None:
    _, late = full(scenario, kind, approval=True)
    shows(
        scenario,
        "CONFIRMATION-3",
        settled(scenario.client, late, paid),
        circumstance=f"double booked {kind}, {paid}",
        status="PENDING",
        double_booked=True,
    )


@pytest.mark.judges("CONFIRMATION-4")
@pytest.mark.parametrize("paid", ["NOT_PAID", "PAID"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_waived_approval_is_not_waited_for(kind: str, paid: str, scenario: Scenario) -> None:
    service = scenario.given.service(kind, manual_approval=True, variants=False, book="open")
    place = scenario.given.place(service)
    booking = scenario.given.booking(place, flow=NO_APPROVAL)
    answer = settled(scenario.client, booking, paid)
    uncontested(scenario.given, place, answer)
    shows(scenario, "CONFIRMATION-4", answer, circumstance=f"{kind}, {paid}", status="CONFIRMED")


@pytest.mark.judges("CONFIRMATION-4")
def test_an_approval_that_was_not_waived_is_waited_for(scenario: Scenario) -> None:
    service = scenario.given.service("class", manual_approval=True, variants=False, book="open")
    place = scenario.given.place(service)
    booking = scenario.given.booking(place, flow={"skipBusinessConfirmation": False})
    answer = settled(scenario.client, booking, "PAID")
    uncontested(scenario.given, place, answer)
    shows(scenario, "CONFIRMATION-4", answer, circumstance="passed as false", status="PENDING")


@pytest.mark.judges("CONFIRMATION-6")
@pytest.mark.parametrize("paid", [*PAYMENTS, None])
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_in_nobodys_way_is_confirmed(
    kind: str, paid: str | None, scenario: Scenario
) -> None:
    service = scenario.given.service(kind, manual_approval=False, variants=False, book="open")
    place = scenario.given.place(service)
    answer = settled(scenario.client, scenario.given.booking(place), paid)
    uncontested(scenario.given, place, answer)
    shows(
        scenario,
        "CONFIRMATION-6",
        answer,
        circumstance=f"{kind}, {paid or 'left out'}",
        status="CONFIRMED",
        double_booked=False,
    )


@pytest.mark.judges("CONFIRMATION-8")
@pytest.mark.parametrize("paid", PAYMENTS)
@pytest.mark.parametrize("approval", [False, True], ids=["CONFIRMED", "PENDING"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_payment_status_given_is_applied(
    kind: str, approval: bool, paid: str, scenario: Scenario
) -> None:
    service = scenario.given.service(kind, manual_approval=approval, variants=False, book="open")
    booking = scenario.given.booking(service)
    where = "with approval" if approval else "without approval"
    shows(
        scenario,
        "CONFIRMATION-8",
        settled(scenario.client, booking, paid),
        circumstance=f"{kind} {where}, {paid}",
        payment_status=paid,
    )


@pytest.mark.judges("CONFIRMATION-8", needs=())
@pytest.mark.parametrize("paid", ["NOT_PAID", "PAID"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_payment_status_is_applied_to_a_double_booking_too(
    kind: str, paid: str, scenario: Scenario
) -> None:
    _, late = full(scenario, kind)
    shows(
        scenario,
        "CONFIRMATION-8",
        settled(scenario.client, late, paid),
        circumstance=f"double booked {kind}, {paid}",
        payment_status=paid,
    )


@pytest.mark.judges("CONFIRMATION-9")
@pytest.mark.parametrize("paid", ["PAID", "NOT_PAID"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        *((kind, s) for kind in KINDS for s in ("PENDING", "CONFIRMED", "CANCELED", "DECLINED")),
        ("class", "WAITING_LIST"),
    ],
)
def test_what_becomes_of_deciding_what_is_decided(
    kind: str, status: str, paid: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking(kind, status)
    answer = settled(scenario.client, booking, paid)
    said = answer.booking if answer.accepted else booking
    after = looked_up(scenario.given, said)
    letter = None
    if said.status == after.status == status:
        letter = "A" if answer.refused else "B" if answer.accepted else None
    if letter == "A":
        scenario.expect.refused(answer, "CONFIRMATION-9")
    scenario.expect.reading("CONFIRMATION-9", letter, actual=f"{answer.summary}; then {after}")
