"""Confirm Booking: from which statuses it confirms, and what it does to the payment status."""

import pytest

from bookings_contract.client import Client
from bookings_contract.expect import Expect
from bookings_contract.given import Given


@pytest.mark.judges("CONFIRM-1")
@pytest.mark.parametrize("status", ["PENDING", "CREATED", "WAITING_LIST"])
def test_a_waiting_booking_is_confirmed(
    status: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking("class", status)
    answer = bookings_client.act("confirmBooking", booking)
    if bookings_expect.accepted(answer, "CONFIRM-1", circumstance=f"from {status}"):
        confirmed = answer.booking.status
        bookings_expect.equal("CONFIRM-1", confirmed, "CONFIRMED", of="status", at=answer)


@pytest.mark.judges("CONFIRM-1")
@pytest.mark.parametrize("status", ["CONFIRMED", "CANCELED", "DECLINED"])
def test_a_settled_booking_is_not_confirmed(
    status: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking("class", status)
    answer = bookings_client.act("confirmBooking", booking)
    bookings_expect.refused(answer, "CONFIRM-1", circumstance=f"from {status}")
    bookings_expect.unchanged(booking, "confirming it")


@pytest.mark.judges("CONFIRM-5")
@pytest.mark.parametrize("paid", ["PAID", "PARTIALLY_PAID", "EXEMPT", "NOT_PAID"])
def test_a_payment_status_given_is_applied(
    paid: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking("class")
    answer = bookings_client.act("confirmBooking", booking, {"paymentStatus": paid})
    if bookings_expect.accepted(answer, "CONFIRM-5", circumstance=f"{paid} given"):
        shown = answer.booking.payment_status
        bookings_expect.equal(
            "CONFIRM-5", shown, paid, of="payment status", circumstance=f"{paid} given", at=answer
        )


@pytest.mark.judges("CONFIRM-5")
def test_a_payment_status_left_out_stays(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking("class")
    answer = bookings_client.act("confirmBooking", booking)
    if bookings_expect.accepted(answer, "CONFIRM-5", circumstance="left out"):
        shown, before = answer.booking.payment_status, booking.payment_status
        bookings_expect.equal(
            "CONFIRM-5", shown, before, of="payment status", circumstance="left out", at=answer
        )
