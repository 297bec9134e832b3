"""Miniatures of a booking's status: moves that some bookings make and others don't."""

from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import (
    APPROVAL_PENDING,
    CANCELED,
    CONFIRMED,
    CREATED,
    DECLINED,
    PENDING,
    WAITING_LIST,
    Booking,
)
from bookings_mock.domain.ground import Move
from bookings_mock.domain.rules import confirm
from bookings_mock.domain.service import APPOINTMENT, CLASS, COURSE
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.shows import show_booking
from bookings_mock.miniatures.further.ways import keeping
from bookings_mock.miniatures.miniature import Miniature


def _declined_classes_too(booking: Booking, move: Move) -> str | None:
    again = booking.kind == CLASS and booking.status == DECLINED
    return None if again else confirm.confirmable(booking, move)


def _canceled_courses_too(booking: Booking, move: Move) -> str | None:
    again = booking.kind == COURSE and booking.status == CANCELED
    return None if again else confirm.confirmable(booking, move)


def _but_who_waits(booking: Booking, move: Move) -> str | None:
    if booking.status == WAITING_LIST:
        return "whoever waits is not confirmed by hand"
    return confirm.confirmable(booking, move)


def _confirmed_appointments_too(booking: Booking, move: Move) -> str | None:
    late = booking.kind == APPOINTMENT and booking.status == CONFIRMED
    return None if late else confirm.declinable(booking, move)


def _already_confirmed(handler: Handler) -> Handler:
    async def confirmed(call: Call) -> Any:
        booking = call.world.booking(call.path["bookingId"])
        if booking and booking.status == CONFIRMED:
            return {"booking": show_booking(booking)}
        return await handler(call)

    return confirmed


def _already_declined(handler: Handler) -> Handler:
    async def declined(call: Call) -> Any:
        booking = call.world.booking(call.path["bookingId"])
        if booking and booking.status == DECLINED:
            return {"booking": show_booking(booking)}
        return await handler(call)

    return declined


def _course_canceled(call: Call, former: Booking | None, booking: Booking) -> Booking:
    return evolve(booking, status=CANCELED) if booking.kind == COURSE else booking


def _request_declined(call: Call, former: Booking | None, booking: Booking) -> Booking:
    waited = former is not None and former.status == PENDING
    return evolve(booking, status=DECLINED) if waited else booking


def _request_waits_on(call: Call, former: Booking | None, booking: Booking) -> Booking:
    waited = former is not None and former.status == PENDING
    return evolve(booking, approval=APPROVAL_PENDING) if waited else booking


def _stays_confirmed(call: Call, former: Booking | None, booking: Booking) -> Booking:
    paid = former is not None and former.payment_status == "PAID"
    return evolve(booking, status=CONFIRMED) if paid else booking


def _waits_at_once(call: Call, former: Booking | None, booking: Booking) -> Booking:
    service = call.world.site.service(booking.entity.service_id)
    waits = booking.status == CREATED and service is not None and service.manual_approval
    return evolve(booking, status=PENDING) if waits else booking


def _confirmed_at_once(call: Call, former: Booking | None, booking: Booking) -> Booking:
    by_app = call.caller is not None and call.caller.kind == "app"
    return evolve(booking, status=CONFIRMED) if by_app else booking


def _off_the_calendar(call: Call, former: Booking | None, booking: Booking) -> Booking:
    return evolve(booking, approval=None) if booking.status == CONFIRMED else booking


LIFE_CYCLE: tuple[Miniature, ...] = (
    Miniature(
        name="declined-classes-are-confirmed",
        rule="CONFIRM-1",
        about="a DECLINED class booking, and no other kind, can be confirmed",
        replaces={confirm.confirmable: _declined_classes_too},
    ),
    Miniature(
        name="canceled-courses-are-confirmed",
        rule="CONFIRM-1",
        about="a CANCELED course booking, and no other kind, can be confirmed",
        replaces={confirm.confirmable: _canceled_courses_too},
    ),
    Miniature(
        name="confirming-is-idempotent",
        rule="CONFIRM-1",
        about="confirming what is CONFIRMED already answers it as it is",
        handlers={"confirmBooking": _already_confirmed},
    ),
    Miniature(
        name="who-waits-is-never-confirmed",
        rule="CONFIRM-1",
        about="a booking on the WAITING_LIST can't be confirmed",
        replaces={confirm.confirmable: _but_who_waits},
    ),
    Miniature(
        name="confirmed-appointments-are-declined",
        rule="DECLINE-1",
        about="a CONFIRMED appointment, and no other kind, can be declined",
        replaces={confirm.declinable: _confirmed_appointments_too},
    ),
    Miniature(
        name="declined-courses-are-canceled",
        rule="DECLINE-1",
        about="declining a course booking makes it CANCELED",
        handlers={"declineBooking": keeping(_course_canceled)},
    ),
    Miniature(
        name="canceled-requests-are-declined",
        rule="CANCEL-1",
        about="canceling a PENDING booking makes it DECLINED",
        handlers={"cancelBooking": keeping(_request_declined)},
    ),
    Miniature(
        name="paid-bookings-stay-confirmed",
        rule="CANCEL-1",
        about="canceling a PAID booking leaves it CONFIRMED",
        handlers={"cancelBooking": keeping(_stays_confirmed)},
    ),
    Miniature(
        name="confirmed-requests-wait-on",
        rule="CONFIRM-3",
        about="a request that is confirmed is still waiting on the calendar",
        handlers={"confirmBooking": keeping(_request_waits_on)},
    ),
    Miniature(
        name="checked-out-but-off-the-calendar",
        rule="CONFIRM-6",
        about="what Confirm Or Decline makes CONFIRMED never comes onto the calendar",
        handlers={"confirmOrDeclineBooking": keeping(_off_the_calendar)},
    ),
    Miniature(
        name="requests-begin-as-pending",
        rule="CREATE-4",
        about="a new booking of a service that needs approval begins as PENDING",
        handlers={"createBooking": keeping(_waits_at_once)},
    ),
    Miniature(
        name="apps-confirm-at-once",
        rule="CREATE-4",
        about="a new booking made by an app begins as CONFIRMED",
        handlers={"createBooking": keeping(_confirmed_at_once)},
    ),
    Miniature(
        name="declining-forgets-the-payment",
        rule="DECLINE-4",
        about="declining without a payment status sets it back to UNDEFINED",
        replaces={confirm.payment_when_declined: lambda given, present: given or "UNDEFINED"},
    ),
    Miniature(
        name="confirming-asks-for-payment-anew",
        rule="CONFIRM-5",
        about="confirming without a payment status makes it NOT_PAID",
        replaces={confirm.payment_when_confirmed: lambda given, present: given or "NOT_PAID"},
    ),
    Miniature(
        name="declining-is-idempotent",
        rule="DECLINE-1",
        about="declining what is DECLINED already answers it as it is",
        handlers={"declineBooking": _already_declined},
    ),
)
