"""Whose turn it is on a waitlist, after anything has changed that holds a place."""

from datetime import timedelta

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.availability import session_seats
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.ground import Ground, size_of
from bookings_mock.domain.rules.seats import holds, seats_held
from bookings_mock.domain.service import Session
from bookings_mock.domain.waitlist import Round, round_after


def settle_turns(call: Call, booking: Booking, before: Booking | None) -> None:
    """Offer what a change has freed to who waits for it."""
    for session_id in {one.session_id for one in (booking, before) if one and one.session_id}:
        if session_id in call.world.rounds or call.world.waiting_for(session_id):
            _settle(call, session_id, booking, before)


def settle_capacity(call: Call, before: Session) -> None:
    """Offer what a session has more seats than before to who waits for it."""
    ground = evolve(call.ground, site=call.world.site)
    now = ground.site.session(before.id)
    if now and now.capacity != before.capacity and call.world.waiting_for(now.id):
        _turn(call, ground, now.id, more=now.capacity > before.capacity)


def _settle(call: Call, session_id: str, booking: Booking, before: Booking | None) -> None:
    was, is_ = (_held(call, one, session_id) for one in (before, booking))
    _turn(call, call.ground, session_id, more=is_ < was)


def _turn(call: Call, ground: Ground, session_id: str, *, more: bool) -> None:
    """Whose turn it is now, where there are `more` seats than before or fewer."""
    world, session = call.world, ground.site.session(session_id)
    service = ground.site.service(session.service_id) if session else None
    if session is None or service is None:
        return
    left = session.capacity - session_seats(session_id, service, ground)
    waiting = world.waiting_for(session_id)
    able = tuple(one.id for one in waiting if one.participants.count <= left)
    window = timedelta(minutes=service.policy.waitlist_window)
    freed = Round(session_id, ground.now, window, able) if more else None
    world.turn(session_id, round_after(world.rounds.get(session_id), able, freed, ground.now))


def _held(call: Call, booking: Booking | None, session_id: str) -> int:
    """The seats that a booking holds in a session."""
    if booking is None or booking.session_id != session_id:
        return 0
    service = call.ground.site.service(booking.entity.service_id)
    assert service is not None
    size, rules = size_of(booking), call.ground.rules
    return seats_held(size, service, rules) if holds(size, service, rules) else 0
