"""Miniatures of a booking's status: moves that some bookings make and others don't."""

from collections.abc import Callable
from typing import Any, TypeAlias

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
from bookings_mock.miniatures.further.ways import Wrap, keeping
from bookings_mock.miniatures.miniature import Miniature

Guard: TypeAlias = Callable[[Booking, Move], str | None]


def _also(guard: Guard, kind: str, status: str) -> Guard:
    """The guard, passed by bookings of one kind in one status besides."""

    def passed(booking: Booking, move: Move) -> str | None:
        also = booking.kind == kind and booking.status == status
        return None if also else guard(booking, move)

    return passed


def _but_who_waits(booking: Booking, move: Move) -> str | None:
    if booking.status == WAITING_LIST:
        return "whoever waits is not confirmed by hand"
    return confirm.confirmable(booking, move)


def _idempotent(status: str) -> Wrap:
    """What has come into the status already is answered as it is."""

    def wrap(handler: Handler) -> Handler:
        async def answered(call: Call) -> Any:
            booking = call.world.booking(call.path["bookingId"])
            if booking and booking.status == status:
                return {"booking": show_booking(booking)}
            return await handler(call)

        return answered

    return wrap


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
        replaces={confirm.confirmable: _also(confirm.confirmable, CLASS, DECLINED)},
    ),
    Miniature(
        name="canceled-courses-are-confirmed",
        rule="CONFIRM-1",
        about="a CANCELED course booking, and no other kind, can be confirmed",
        replaces={confirm.confirmable: _also(confirm.confirmable, COURSE, CANCELED)},
    ),
    Miniature(
        name="confirming-is-idempotent",
        rule="CONFIRM-1",
        about="confirming what is CONFIRMED already answers it as it is",
        handlers={"confirmBooking": _idempotent(CONFIRMED)},
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
        replaces={confirm.declinable: _also(confirm.declinable, APPOINTMENT, CONFIRMED)},
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
        name="flags-are-believed",
        rule="CONFIRM-7",
        about="who confirms and sends doubleBooked sets it, the check asked for or not",
        replaces={confirm.flagged_as_sent: lambda sent, checked: sent is True},
    ),
    Miniature(
        name="declining-is-idempotent",
        rule="DECLINE-1",
        about="declining what is DECLINED already answers it as it is",
        handlers={"declineBooking": _idempotent(DECLINED)},
    ),
)
