"""Miniatures of Confirm Or Decline: who counts as paid, what is a conflict, who has to wait."""

from collections.abc import Callable

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import CANCELED, CONFIRMED, DECLINED, PENDING, Booking
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.rules import checkout, confirmation
from bookings_mock.domain.service import COURSE
from bookings_mock.miniatures.further.ways import keeping, under
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.stand_ins import always

SETTLES = "confirmOrDeclineBooking"


def _paying(*statuses: str) -> Callable[[str], bool]:
    return lambda payment_status: payment_status in statuses


def _approved_by_paying(call: Call, former: Booking | None, booking: Booking) -> Booking:
    paid = booking.payment_status in confirmation.PAYING and booking.status == PENDING
    return evolve(booking, status=CONFIRMED) if paid else booking


def _unflagged_request(call: Call, former: Booking | None, booking: Booking) -> Booking:
    return evolve(booking, double_booked=False) if booking.status == PENDING else booking


def _left_to_the_owner(call: Call, former: Booking | None, booking: Booking) -> Booking:
    service = call.world.site.service(booking.entity.service_id)
    waits = service is not None and service.manual_approval and booking.status == DECLINED
    return evolve(booking, status=PENDING) if waits else booking


def _canceled(call: Call, former: Booking | None, booking: Booking) -> Booking:
    return evolve(booking, status=CANCELED) if booking.status == DECLINED else booking


def _shown_as_declined(call: Call, former: Booking | None, booking: Booking) -> Booking:
    return evolve(booking, approval=DECLINED) if booking.status == DECLINED else booking


def _of_a_course(call: Call) -> bool:
    booking = call.world.booking(call.path["bookingId"])
    return booking is not None and booking.kind == COURSE


def _in_sessions(fit: Fit) -> bool:
    return fit.case != "schedule" and not fit.enough


def _by_heads(fit: Fit) -> bool:
    return fit.left <= 0


SETTLING: tuple[Miniature, ...] = (
    Miniature(
        name="partially-paid-is-unpaid",
        rule="CONFIRMATION-2",
        about="a double booking that is PARTIALLY_PAID is declined as unpaid",
        replaces={confirmation.pays: _paying("PAID")},
    ),
    Miniature(
        name="exempt-is-paid",
        rule="CONFIRMATION-1",
        about="a double booking that is EXEMPT from paying is kept as if it were paid",
        replaces={confirmation.pays: _paying("PAID", "PARTIALLY_PAID", "EXEMPT")},
    ),
    Miniature(
        name="refunded-is-paid",
        rule="CONFIRMATION-1",
        about="a double booking that was REFUNDED is kept as if it were paid",
        replaces={confirmation.pays: _paying("PAID", "PARTIALLY_PAID", "REFUNDED")},
    ),
    Miniature(
        name="paying-is-approval",
        rule="CONFIRMATION-3",
        about="whoever has PAID needs no approval by the owner",
        handlers={SETTLES: keeping(_approved_by_paying)},
    ),
    Miniature(
        name="double-booked-requests-are-not-marked",
        rule="CONFIRMATION-3",
        about="a paid double booking that waits for approval is not marked as doubleBooked",
        handlers={SETTLES: keeping(_unflagged_request)},
    ),
    Miniature(
        name="double-bookings-are-left-to-the-owner",
        rule="CONFIRMATION-1",
        about="an unpaid double booking waits for the owner where approval is needed",
        handlers={SETTLES: keeping(_left_to_the_owner)},
    ),
    Miniature(
        name="duplicates-are-canceled",
        rule="CONFIRMATION-1",
        about="an unpaid double booking is CANCELED instead of DECLINED",
        handlers={SETTLES: keeping(_canceled)},
    ),
    Miniature(
        name="duplicates-are-shown-as-declined",
        rule="CONFIRMATION-11",
        about="a declined duplicate stands on the calendar as a declined participant",
        handlers={SETTLES: keeping(_shown_as_declined)},
    ),
    Miniature(
        name="courses-are-never-double-booked",
        rule="CONFIRMATION-7",
        about="double bookings of courses go unnoticed",
        replaces={confirmation.double_booking: _in_sessions},
    ),
    Miniature(
        name="a-free-seat-is-enough-for-all",
        rule="CONFIRMATION-7",
        about="several participants are no double booking as long as one seat is left",
        replaces={confirmation.double_booking: _by_heads},
    ),
    Miniature(
        name="paid-is-always-double-booked",
        rule="CONFIRMATION-6",
        about="whoever has paid is marked as doubleBooked, with or without a conflict",
        replaces={confirmation.double_booked_when_paid: lambda conflict: True},
    ),
    Miniature(
        name="skipping-availability-is-not-for-courses",
        rule="CONFIRMATION-5",
        about="a course booked with skipAvailabilityValidation is declined for lack of room",
        handlers={SETTLES: under({confirmation.availability_skipped: always(False)}, _of_a_course)},
    ),
    Miniature(
        name="part-payments-are-rounded-up",
        rule="CONFIRMATION-8",
        about="PARTIALLY_PAID is stored as PAID",
        replaces={
            confirmation.payment_when_settled: lambda given, present: (
                "PAID" if given == "PARTIALLY_PAID" else given or present
            )
        },
    ),
    Miniature(
        name="orders-paid-in-part-are-unpaid",
        rule="CHECKOUT-6",
        about="a booking whose order is PARTIALLY_PAID is NOT_PAID",
        replaces={
            checkout.payment_of_the_order: lambda given, present: (
                "NOT_PAID" if given == "PARTIALLY_PAID" else given or present
            )
        },
    ),
)
