"""Which bookings take availability: one answer for each status."""

from bookings_mock.domain.booking import (
    CANCELED,
    CONFIRMED,
    CREATED,
    DECLINED,
    PENDING,
    STATUSES,
)
from bookings_mock.domain.fit import Size
from bookings_mock.domain.rulebook import Rulebook, either, rule
from bookings_mock.domain.service import APPOINTMENT, Service


@rule("CREATE-5")
def created_holds() -> bool:
    """A CREATED booking takes no availability."""
    return False


@rule("CONFIRM-6")
def confirmed_holds() -> bool:
    """A CONFIRMED booking takes availability."""
    return True


@rule("DECLINE-3")
def declined_holds() -> bool:
    """A DECLINED booking holds nothing."""
    return False


@rule("CANCEL-2")
def canceled_appointment_holds() -> bool:
    """A CANCELED appointment's time is free again."""
    return False


@rule("CANCEL-3")
def canceled_seat_holds() -> bool:
    """The seats of a CANCELED class or course booking are free again."""
    return False


@either("PENDING-3")
def pending_appointment_holds(reading: str, service: Service) -> bool:
    """A PENDING appointment takes its time as the service says (A), or always (B), or never (C)."""
    return reading == "B" or (reading == "A" and service.requests_affect_availability)


@either("PENDING-5")
def pending_seats(reading: str, wanted: int) -> int:
    """The seats that a PENDING class or course booking takes: all it wants (A), or none (B)."""
    return wanted if reading == "A" else 0


@either("CHECKOUT-8")
def cart_holds(reading: str) -> bool:
    """A CREATED booking that lies in a cart or checkout takes its place (B), or none yet (A)."""
    return reading == "B"


def takes(status: str, service: Service, rules: Rulebook) -> bool:
    """Whether bookings of this status take availability; those on a waiting list never do."""
    appointment = service.kind == APPOINTMENT
    if status == PENDING:
        if appointment:
            return rules(pending_appointment_holds)(service)
        return rules(pending_seats)(1) > 0
    answers = {
        CONFIRMED: confirmed_holds,
        CREATED: created_holds,
        DECLINED: declined_holds,
        CANCELED: canceled_appointment_holds if appointment else canceled_seat_holds,
    }
    answer = answers.get(status)
    return answer is not None and rules(answer)()


def statuses_that_take(service: Service, rules: Rulebook) -> list[str]:
    """The statuses whose bookings take the service's availability: the only ones to look at."""
    held = {CREATED} if rules(cart_holds)() else set()
    return [status for status in STATUSES if status in held or takes(status, service, rules)]


def holds(size: Size, service: Service, rules: Rulebook) -> bool:
    """Whether a booking takes availability: because of its status, or because a cart holds it."""
    if takes(size.status, service, rules):
        return True
    return size.held and size.status == CREATED and rules(cart_holds)()


def seats_held(size: Size, service: Service, rules: Rulebook) -> int:
    """How many seats a booking of this size takes, whose status may."""
    if size.status == CREATED and not holds(size, service, rules):
        return 0
    if size.status == PENDING and service.kind != APPOINTMENT:
        return rules(pending_seats)(size.wanted)
    return size.wanted
