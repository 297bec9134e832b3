"""The control that makes bookings in any condition, each by a way that the life cycle allows.

A way is a sequence of steps from a new booking on. Of the ways that could lead to a status the
first one counts that leads to the whole condition; what another one did is undone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

from bookings_mock.call import Call
from bookings_mock.callers import Caller
from bookings_mock.domain import lifecycle
from bookings_mock.domain.availability import fit
from bookings_mock.domain.booking import (
    CANCELED,
    CONFIRMED,
    CREATED,
    DECLINED,
    PENDING,
    WAITING_LIST,
    Booking,
    Course,
    Flow,
    Json,
    Participants,
    Slot,
)
from bookings_mock.domain.hours import begins, window_of
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.rules import confirm as confirming, envelopes
from bookings_mock.domain.service import APPOINTMENT, COURSE, Service
from bookings_mock.domain.wish import Creation, Decision, ScheduleWish, SlotWish
from bookings_mock.handlers.acting import acting, ordered, owner_of
from bookings_mock.handlers.handler import Handler, committed
from bookings_mock.handlers.reads import read_date
from bookings_mock.handlers.shows import show_booking
from bookings_mock.handlers.waitlist import registered

Place: TypeAlias = SlotWish | ScheduleWish


@frozen
class Condition:
    """What the bookings are to be, who makes them, and where if that was said."""

    service: Service
    status: str
    payment_status: str | None
    double_booked: bool
    participants: Participants
    caller: Caller
    contact: Json | None = None
    place: Place | None = None

    def missed_by(self, booking: Booking) -> str | None:
        """In what a booking is not as it is wanted, None where it is."""
        wanted = (self.status, self.payment_status or "UNDEFINED", self.double_booked)
        reached = (booking.status, booking.payment_status, booking.double_booked)
        return None if reached == wanted else f"leads to {_in_words(*reached)}"


Step = Callable[[Call, Booking, Condition], Booking]


@frozen
class Way:
    """Steps from a new booking on, and what its creation waives."""

    steps: tuple[Step, ...] = ()
    flow: Flow = field(factory=Flow)


class Missed(Exception):
    """A way that does not lead to the condition."""


async def given(call: Call) -> Any:
    """Bookings in the condition that is asked for, or none at all."""
    wanted = _condition(call)
    with call.world.all_or_nothing():
        bookings, rivals = _made(call, wanted, call.body.get("count") or 1)
    return {
        "bookings": [show_booking(booking) for booking in bookings],
        "rivals": [show_booking(booking) for booking in rivals],
    }


def _made(call: Call, wanted: Condition, count: int) -> tuple[list[Booking], list[Booking]]:
    reasons: dict[str, None] = {}
    for way in _WAYS[wanted.status]:
        try:
            with call.world.all_or_nothing():
                return _by(way, call, wanted, count)
        except Missed as missed:
            reasons[str(missed)] = None
    raise _unreachable(wanted, list(reasons))


def _by(way: Way, call: Call, wanted: Condition, count: int) -> tuple[list[Booking], list[Booking]]:
    """The bookings by one way; those that are in the way of double bookings come in between."""
    if not wanted.double_booked:
        return [_gone(way, call, _new(way, call, wanted), wanted) for _ in range(count)], []
    place = wanted.place or _roomiest(call, wanted)
    new = [_new(way, call, wanted, place) for _ in range(count)]
    rivals = [] if wanted.status == WAITING_LIST else [_rival(call, new[0], wanted, place)]
    return [_gone(way, call, booking, wanted) for booking in new], rivals


def _gone(way: Way, call: Call, booking: Booking, wanted: Condition) -> Booking:
    try:
        for step in way.steps:
            booking = step(call, booking, wanted)
    except RuleBroken as broken:
        raise Missed(broken.reason) from broken
    missed = wanted.missed_by(booking)
    if missed:
        raise Missed(missed)
    return booking


# How a booking comes about


def _new(way: Way, call: Call, wanted: Condition, place: Place | None = None) -> Booking:
    """A new booking; why there can be none holds for every way, so it is no way's fault."""
    place = place or wanted.place or _roomiest(call, wanted)
    wish = _creation(call, wanted, place, wanted.participants, way.flow)
    if wanted.status == WAITING_LIST:
        session_id = place.session_id if isinstance(place, SlotWish) else None
        waiting = acting(call, "registerToWaitlist", wanted.caller)
        return registered(waiting, session_id, wish)[1]
    return _created(call, wish, wanted.caller)


def _created(call: Call, wish: Creation, caller: Caller) -> Booking:
    booking = lifecycle.create(wish, call.ground)
    committed(acting(call, "createBooking", caller), booking, None, wish.notification)
    return booking


def _rival(call: Call, late: Booking, wanted: Condition, place: Place) -> Booking:
    """A CONFIRMED booking of all that is left in a place."""
    room = fit(late.entity, wanted.service, 1, call.ground, without=late.id)
    seats = _participants(wanted.service, max(room.left, 1), None)
    owner = owner_of(call)
    booking = _created(call, _creation(call, wanted, place, seats, Flow(), named="Rival"), owner)
    return _decided(call, booking, "confirmBooking", lifecycle.confirm, Decision())


def _creation(
    call: Call,
    wanted: Condition,
    place: Place,
    participants: Participants,
    flow: Flow,
    named: str = "Given",
) -> Creation:
    caller = owner_of(call) if named == "Rival" else wanted.caller
    number = 1 + sum(1 for _ in call.world.bookings())
    person = {
        "firstName": named,
        "lastName": f"Number {number}",
        "email": f"{named.lower()}-{number}@example.com",
    }
    sent = wanted.contact if wanted.contact is not None and named == "Given" else person
    own = {"contactId": caller.contact_id} if caller.contact_id else {}
    return Creation(
        entity=place,
        participants=participants,
        kind=caller.kind,
        identity=caller.identity,
        contact={**own, **sent},
        flow=flow,
    )


# The steps


def _decided(
    call: Call,
    booking: Booking,
    operation: str,
    move: Callable[..., Booking],
    wish: Decision,
) -> Booking:
    after = move(booking, wish, call.ground)
    committed(acting(call, operation), after, booking)
    return after


def confirm(call: Call, booking: Booking, wanted: Condition) -> Booking:
    """The owner confirms it."""
    wish = Decision(payment_status=wanted.payment_status)
    return _decided(call, booking, "confirmBooking", lifecycle.confirm, wish)


def confirm_checked(call: Call, booking: Booking, wanted: Condition) -> Booking:
    """The owner confirms it, with a look at what is free."""
    wish = Decision(payment_status=wanted.payment_status, check_availability=True)
    return _decided(call, booking, "confirmBooking", lifecycle.confirm, wish)


def mark(call: Call, booking: Booking, wanted: Condition) -> Booking:
    """It is marked as pending, with a look at what is free."""
    call.ground.rules.require(confirming.set_by_call)
    wish = Decision(
        payment_status=wanted.payment_status,
        check_availability=True,
        skip_approval_check=not wanted.service.manual_approval,
    )
    return _decided(call, booking, "markBookingAsPending", lifecycle.mark_as_pending, wish)


def settle(call: Call, booking: Booking, wanted: Condition) -> Booking:
    """Its checkout is over."""
    wish = Decision(payment_status=wanted.payment_status)
    move = lifecycle.confirm_or_decline
    return _decided(call, booking, "confirmOrDeclineBooking", move, wish)


def decline(call: Call, booking: Booking, wanted: Condition) -> Booking:
    """The owner declines it."""
    wish = Decision(payment_status=wanted.payment_status)
    return _decided(call, booking, "declineBooking", lifecycle.decline, wish)


def cancel(call: Call, booking: Booking, wanted: Condition) -> Booking:
    """The owner cancels it, whatever the policy."""
    after = lifecycle.cancel(booking, None, True, call.ground)
    committed(acting(call, "cancelBooking"), after, booking)
    return after


def order(what: str) -> Step:
    """Its order of eCommerce is created, approved or declined."""

    def step(call: Call, booking: Booking, wanted: Condition) -> Booking:
        return ordered(call, booking, what, wanted.payment_status)

    return step


_WAIVED = Flow(skip_business_confirmation=True)
_WAYS: Mapping[str, Sequence[Way]] = {
    CREATED: [Way(), Way((order("CREATED"),)), Way((order("CREATED"),), _WAIVED)],
    PENDING: [Way((mark,)), Way((settle,)), Way((order("CREATED"),))],
    CONFIRMED: [
        Way((confirm,)),
        Way((settle,)),
        Way((settle,), _WAIVED),
        Way((confirm_checked,)),
        Way((mark, confirm)),
        Way((order("CREATED"), confirm)),
    ],
    DECLINED: [
        Way((decline,)),
        Way((mark, decline)),
        Way((order("DECLINED"),)),
        Way((order("CREATED"), order("DECLINED"))),
        Way((confirm, order("DECLINED"))),
        Way((settle, order("DECLINED"))),
    ],
    CANCELED: [
        Way((cancel,)),
        Way((confirm, cancel)),
        Way((mark, cancel)),
        Way((settle, cancel)),
        Way((order("CREATED"), cancel)),
    ],
    WAITING_LIST: [Way()],
}


# Why there is no way


def _unreachable(wanted: Condition, reasons: Sequence[str]) -> RuleBroken:
    asked = _in_words(wanted.status, wanted.payment_status or "UNDEFINED", wanted.double_booked)
    why = _known_reason(wanted) or "; ".join(reasons)
    return RuleBroken("SHAPE-3", f"no way leads to {asked}: {why}", field=_asked_too_much(wanted))


def _known_reason(wanted: Condition) -> str | None:
    if wanted.status == WAITING_LIST:
        return "who waits holds no place, and has no order that could be paid"
    if wanted.status == CREATED and wanted.double_booked:
        return "a CREATED booking takes no place, so it is in nobody's way"
    if wanted.status == CREATED:
        return "a booking with an order does not stay CREATED by the chosen reading of CHECKOUT-5"
    return None


def _asked_too_much(wanted: Condition) -> str:
    if wanted.double_booked:
        return "doubleBooked"
    return "paymentStatus" if wanted.payment_status else "status"


def _in_words(status: str, payment_status: str, double_booked: bool) -> str:
    return f"{status}, {payment_status}{', double booked' if double_booked else ''}"


# Reading what is asked for


def _condition(call: Call) -> Condition:
    body = call.body
    service = _service(call, body["service"])
    caller = _caller(call, body.get("caller"))
    call.ground.rules.require(envelopes.may_book, caller.kind)
    return Condition(
        service=service,
        status=body.get("status") or CREATED,
        payment_status=body.get("paymentStatus"),
        double_booked=bool(body.get("doubleBooked")),
        participants=_participants(service, body.get("participants") or 1, body.get("choice")),
        caller=caller,
        contact=body.get("contactDetails"),
        place=_named_place(service, body),
    )


def _service(call: Call, named: str) -> Service:
    for service in call.world.site.services:
        if named in (service.name, service.id):
            return service
    known = ", ".join(service.name for service in call.world.site.services)
    raise RuleBroken("SHAPE-3", f"the site has no such service, but {known}", field="service")


def _caller(call: Call, named: str | None) -> Caller:
    if named is None:
        return call.caller or owner_of(call)
    here = [one for one in call.mock.callers.values() if one.site == call.world.site.name]
    for caller in here:
        if caller.name == named:
            return caller
    known = ", ".join(caller.name for caller in here)
    raise RuleBroken("SHAPE-3", f"nobody of the site is called so, but {known}", field="caller")


def _participants(service: Service, number: int, choice: str | None) -> Participants:
    """A plain total; choices for a service with several variants, or where one is named."""
    variants = [(option.id, value) for option in service.options for value in option.values]
    if choice is None and len(variants) < 2:
        return Participants(total=number)
    # A choice that the service does not have is left for its rule to refuse.
    nowhere = (service.id, choice)
    option_id, value = next((v for v in variants if choice in (None, v[1])), nowhere)
    chosen = {"optionId": option_id, "custom": value}
    parts = [{"numberOfParticipants": number, "choices": [chosen]}]
    return Participants(choices={"serviceChoices": parts})


# Where


def _named_place(service: Service, body: Json) -> Place | None:
    if service.kind == COURSE:
        return ScheduleWish(service_id=service.id, schedule_id=service.schedule_id)
    if service.kind == APPOINTMENT:
        start = read_date(body.get("startDate"), service.timezone, "startDate")
        return SlotWish(service.id, start=start, resource=service.resource) if start else None
    named = body.get("sessionId")
    return SlotWish(service.id, session_id=named) if named else None


def _roomiest(call: Call, wanted: Condition) -> Place:
    """Where most is left, the earliest of those; the first place where nothing is."""
    service = wanted.service
    best, most = None, 0
    for place, entity in _places(call, service):
        if entity.start and entity.start <= call.ground.now:
            continue
        room = fit(entity, service, wanted.participants.count, call.ground)
        if best is None or (room.bookable and room.left > most):
            best, most = place, room.left
        if service.kind == APPOINTMENT and most:
            break
    return best or SlotWish(service.id)


def _places(call: Call, service: Service) -> Iterator[tuple[Place, Slot | Course]]:
    facts: dict[str, Any] = {
        "service_id": service.id,
        "schedule_id": service.schedule_id,
        "timezone": service.timezone,
        "resource": service.resource,
    }
    if service.kind != APPOINTMENT:
        for session in service.sessions:
            slot = Slot(start=session.start, end=session.end, session_id=session.id, **facts)
            yield SlotWish(service.id, session_id=session.id), slot
    else:
        for start in begins(service, service.resource, call.world.site, window_of(call.ground.now)):
            slot = Slot(start=start, end=start + service.length, **facts)
            yield SlotWish(service.id, start=start, resource=service.resource), slot


OPERATIONS: Mapping[str, Handler] = {"mockGiven": given}
