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
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

OTHERS = "other_payment_statuses"
UNPAID = ("NOT_PAID", "UNDEFINED", "EXEMPT", "REFUNDED", None)
PAID = ("PAID", "PARTIALLY_PAID")


@pytest.mark.judges("CONFIRMATION-1", needs=())
@pytest.mark.parametrize("paid", UNPAID)
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_unpaid_double_booking_is_declined(
    kind: str,
    approval: bool,
    paid: str | None,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    _, late = full(bookings_given, bookings_expect, kind, approval=approval)
    if paid is None and late.payment_status in PAID:
        raise NotReached(f"a new booking is {late.payment_status} here")
    answer = settled(bookings_client, late, paid)
    about = f"{kind} with approval" if approval else kind
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-1",
        answer,
        circumstance=about if paid == "NOT_PAID" else OTHERS,
        status="DECLINED",
    )


@pytest.mark.judges("CONFIRMATION-1", needs=("services.manual_approval",))
@pytest.mark.parametrize("kind", KINDS)
def test_a_waived_approval_saves_no_unpaid_double_booking(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind, approval=True)
    late = bookings_given.booking(place, flow={"skipBusinessConfirmation": True})
    bookings_given.booking(place, "CONFIRMED", participants=left)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-1",
        settled(bookings_client, late, "NOT_PAID"),
        circumstance=f"{kind}, approval waived",
        status="DECLINED",
    )


@pytest.mark.judges("CONFIRMATION-2", needs=())
@pytest.mark.parametrize("paid", PAID)
@pytest.mark.parametrize("kind", KINDS)
def test_a_paid_double_booking_is_confirmed_and_says_what_it_is(
    kind: str,
    paid: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    _, late = full(bookings_given, bookings_expect, kind)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-2",
        settled(bookings_client, late, paid),
        circumstance=f"{kind}, {paid}",
        status="CONFIRMED",
        double_booked=True,
    )


@pytest.mark.judges("CONFIRMATION-5", needs=())
@pytest.mark.parametrize("paid", ["NOT_PAID", "PAID"])
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_where_availability_was_waived_nothing_is_a_double_booking(
    kind: str,
    approval: bool,
    paid: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind, approval=approval)
    bookings_given.booking(place, "CONFIRMED", participants=left)
    late = bookings_given.booking(place, flow=SKIP_AVAILABILITY)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-5",
        settled(bookings_client, late, paid),
        circumstance=f"{kind} {'with' if approval else 'without'} approval, {paid}",
        status="PENDING" if approval else "CONFIRMED",
        double_booked=False,
    )


@pytest.mark.judges("CONFIRMATION-5", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_where_availability_was_not_waived_a_double_booking_is_one(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind)
    late = bookings_given.booking(place, flow={"skipAvailabilityValidation": False})
    bookings_given.booking(place, "CONFIRMED", participants=left)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRMATION-5",
        settled(bookings_client, late, "NOT_PAID"),
        circumstance=f"{kind}, passed as false",
        status="DECLINED",
    )


@pytest.mark.judges("CONFIRMATION-11")
@pytest.mark.parametrize("approval", [False, True], ids=["automatic", "approval"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_declined_duplicate_is_not_on_the_calendar(
    kind: str,
    approval: bool,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    _, late = full(bookings_given, bookings_expect, kind, approval=approval)
    answer = settled(bookings_client, late, "NOT_PAID")
    if not answer.accepted or answer.booking.status != "DECLINED":
        raise NotReached(f"an unpaid double booking was answered {answer.summary}")
    shown = [entry.get("approvalStatus") for entry in bookings_given.on_calendar(answer.booking)]
    bookings_expect.that(
        "CONFIRMATION-11",
        not shown,
        expected="it is not on the calendar",
        actual=f"it is there, {', '.join(map(str, shown))}",
        circumstance=f"{kind} with approval" if approval else kind,
    )
