"""Confirm Booking: from which statuses it confirms, what it asks for, and what it changes."""

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.deciding import (
    KINDS,
    SKIP_APPROVAL_CHECK,
    fillable,
    full,
    looked_up,
    shows,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

CHECKED = {"flowControlSettings": {"checkAvailabilityValidation": True}}
# Those that the published pages list; what is done with UNDEFINED is nowhere said.
PAYMENTS = ("PAID", "PARTIALLY_PAID", "NOT_PAID", "EXEMPT", "REFUNDED")
WAITING = [
    *((kind, status) for kind in KINDS for status in ("PENDING", "CREATED")),
    ("class", "WAITING_LIST"),
]


@pytest.mark.judges("CONFIRM-1")
@pytest.mark.parametrize(("kind", "status"), WAITING)
def test_a_waiting_booking_is_confirmed(
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = bookings_given.booking(kind, status)
    answer = bookings_client.act("confirmBooking", booking)
    about = f"{kind}, from {status}"
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRM-1",
        answer,
        circumstance=about,
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRM-1")
@pytest.mark.parametrize("status", ["CONFIRMED", "CANCELED", "DECLINED"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_settled_booking_is_not_confirmed(
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = bookings_given.booking(kind, status)
    answer = bookings_client.act("confirmBooking", booking)
    bookings_expect.refused(answer, "CONFIRM-1", circumstance=f"{kind}, from {status}")
    bookings_expect.unchanged(booking, "confirming it")


@pytest.mark.judges("CONFIRM-2", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_is_confirmed_where_nothing_is_left(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    _, late = full(bookings_given, bookings_expect, kind)
    answer = bookings_client.act("confirmBooking", late)
    about = f"full {kind}"
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRM-2",
        answer,
        circumstance=about,
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRM-2", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_pending_booking_is_confirmed_where_nothing_is_left(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    _, late = full(bookings_given, bookings_expect, kind, approval=True)
    answer = bookings_client.act("confirmBooking", _marked(bookings_client, late))
    about = f"full {kind}, from PENDING"
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRM-2",
        answer,
        circumstance=about,
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRM-2", needs=())
def test_whoever_waits_for_a_full_session_is_confirmed(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place, left = fillable(bookings_given, bookings_expect, "class")
    bookings_given.booking(place, "CONFIRMED", participants=left)
    waiting = bookings_given.booking(place, "WAITING_LIST")
    answer = bookings_client.act("confirmBooking", waiting)
    about = "full class, from WAITING_LIST"
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRM-2",
        answer,
        circumstance=about,
        status="CONFIRMED",
    )


@pytest.mark.judges("CONFIRM-3")
@pytest.mark.parametrize(("kind", "status"), WAITING)
def test_a_confirmed_participant_is_approved(
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = _confirmed(bookings_client, bookings_given.booking(kind, status))
    shown = {entry.get("approvalStatus") for entry in bookings_given.on_calendar(booking)}
    bookings_expect.equal(
        "CONFIRM-3",
        sorted(map(str, shown)),
        ["APPROVED"],
        of="approvalStatus",
        circumstance=f"{kind}, from {status}",
    )


@pytest.mark.judges("CONFIRM-5")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("paid", PAYMENTS)
def test_a_payment_status_given_is_applied(
    kind: str,
    paid: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = bookings_given.booking(kind)
    answer = bookings_client.act("confirmBooking", booking, {"paymentStatus": paid})
    about = f"{kind}, {paid} given"
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRM-5",
        answer,
        circumstance=about,
        payment_status=paid,
    )


@pytest.mark.judges("CONFIRM-5")
@pytest.mark.parametrize("kind", KINDS)
def test_a_payment_status_left_out_stays_as_it_began(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    booking = bookings_given.booking(kind)
    answer = bookings_client.act("confirmBooking", booking)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRM-5",
        answer,
        circumstance=f"{kind}, left out",
        payment_status=booking.payment_status,
    )


@pytest.mark.judges("CONFIRM-5")
@pytest.mark.parametrize("given_later", [None, "NOT_PAID", "REFUNDED"])
@pytest.mark.parametrize("paid", ["PAID", "PARTIALLY_PAID"])
def test_what_was_paid_changes_only_by_a_payment_status_given(
    paid: str,
    given_later: str | None,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    booking = _marked(bookings_client, bookings_given.booking("class"), paid)
    body = {"paymentStatus": given_later} if given_later else {}
    answer = bookings_client.act("confirmBooking", booking, body)
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRM-5",
        answer,
        circumstance=f"{given_later or 'left out'} after {paid}",
        payment_status=given_later or paid,
    )


@pytest.mark.judges("CONFIRM-7", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_whether_confirming_beyond_the_capacity_is_flagged(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    _, late = full(bookings_given, bookings_expect, kind)
    booking = _confirmed(bookings_client, late)
    after = looked_up(bookings_given, booking)
    flags = (booking.double_booked, after.double_booked)
    letter = {(True, True): "A", (False, False): "B"}.get(flags)
    bookings_expect.reading("CONFIRM-7", letter, actual=_flags(flags))


@pytest.mark.judges("CONFIRM-7", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_confirming_into_free_seats_is_never_flagged(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind)
    booking = _confirmed(bookings_client, bookings_given.booking(place, participants=left))
    bookings_expect.equal(
        "CONFIRM-7", booking.double_booked, False, of="doubleBooked", circumstance=f"free {kind}"
    )


@pytest.mark.judges("CONFIRM-8", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_checked_confirmation_beyond_the_capacity_does(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    _, late = full(bookings_given, bookings_expect, kind)
    answer = bookings_client.act("confirmBooking", late, CHECKED)
    said = answer.booking if answer.accepted else late
    after = looked_up(bookings_given, said)
    agreed = said.status == after.status and said.double_booked == after.double_booked
    letter = None
    if agreed and answer.refused:
        bookings_expect.refused(answer, "CONFIRM-8")
        letter = "A"
    elif agreed and answer.accepted and after.status == "CONFIRMED":
        letter = "B" if after.double_booked else "C"
    then = f"{answer.summary}; then {after}, doubleBooked {after.double_booked}"
    bookings_expect.reading("CONFIRM-8", letter, actual=then)


@pytest.mark.judges("CONFIRM-8", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_checked_confirmation_within_the_capacity_is_plain(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place, left = fillable(bookings_given, bookings_expect, kind)
    booking = bookings_given.booking(place)
    if left > 1:
        bookings_given.booking(place, "CONFIRMED", participants=left - 1)
    answer = bookings_client.act("confirmBooking", booking, CHECKED)
    about = f"last free seat, {kind}"
    shows(
        bookings_expect,
        bookings_given,
        "CONFIRM-8",
        answer,
        circumstance=about,
        status="CONFIRMED",
        double_booked=False,
    )


def _marked(client: Client, booking: Seen, paid: str | None = None) -> Seen:
    """The booking, PENDING now and paid as said."""
    payment = {"paymentStatus": paid} if paid else {}
    answer = client.act("markBookingAsPending", booking, {**SKIP_APPROVAL_CHECK, **payment})
    if not answer.accepted or answer.booking.status != "PENDING":
        raise NotReached(f"marking it as pending was answered {answer.summary}")
    if paid and answer.booking.payment_status != paid:
        raise NotReached(f"marking it as {paid} left it {answer.booking.payment_status}")
    return answer.booking


def _confirmed(client: Client, booking: Seen) -> Seen:
    answer = client.act("confirmBooking", booking)
    if not answer.accepted or answer.booking.status != "CONFIRMED":
        raise NotReached(f"confirming it was answered {answer.summary}")
    return answer.booking


def _flags(flags: tuple[bool, bool]) -> str:
    return f"doubleBooked {flags[0]} answered, {flags[1]} when read again"
