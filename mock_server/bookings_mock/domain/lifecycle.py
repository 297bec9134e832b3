"""Every move of a booking's status, and nothing that knows who asked or over what wire.

Which status leads to which is a table of the document, handed in as `Move`s. What no table can
hold stands here: how a new booking is put together, and the decision of Confirm Or Decline. Each
function takes a booking and answers a new one, or raises `RuleBroken` and changes nothing. Checks
run in one order: kind of service, status, policy, choices, availability.
"""

from attrs import evolve

from bookings_mock.domain.availability import assigned, fit, fit_for_others, session_seats
from bookings_mock.domain.booked import (
    appointment_slot,
    entity_of,
    service_of,
    session_slot,
    strangers,
    there,
)
from bookings_mock.domain.booking import (
    CONFIRMED,
    DECLINED,
    PENDING,
    WAITING_LIST,
    Booking,
    Course,
    Json,
    Notification,
    Participants,
    Slot,
)
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.rules import (
    buying,
    cancel as canceling,
    confirm as confirming,
    confirmation,
    create as creating,
    envelopes,
    extended,
    multi_service as together,
    participants as seating,
    policy as policies,
    reschedule as moving,
    waiting,
)
from bookings_mock.domain.rules.events import last_message
from bookings_mock.domain.service import APPOINTMENT, CLASS, Service
from bookings_mock.domain.wish import Creation, Decision, Relocation, ScheduleWish, SlotWish


def create(wish: Creation, ground: Ground) -> Booking:
    """A new booking, not on the calendar yet unless it was asked for as CONFIRMED."""
    rules = ground.rules
    rules.require(creating.counted_as_published, wish.number_alone)
    service = service_of(wish.entity, ground)
    by_schedule = isinstance(wish.entity, ScheduleWish)
    rules.require(creating.booked_as_its_kind, service, by_schedule)
    rules.require(creating.booked_by_session, service, by_schedule)
    rules.require(creating.belongs_together, strangers(wish.entity, service, ground.site))
    rules.require(creating.not_from_here, wish.status)
    rules.require(creating.status_permitted, wish.status, wish.kind)
    entity = entity_of(wish.entity, service, ground)
    rules.require(policies.within_window, service, entity.start, ground.now)
    submitted = _submitted(wish.form, service)
    rules.require(creating.no_conflict, wish.contact, submitted)
    wish = evolve(wish, contact=rules(creating.contact_from_form)(wish.contact, submitted))
    rules.require(creating.choices_exist, wish.participants, service)
    rules.require(creating.participants_fit_variants, wish.participants, service)
    option = wish.details.get("selectedPaymentOption")
    unchecked = wish.skip_payment_option or not rules(buying.option_checked_at_creation)()
    if rules(creating.option_in_question)(option, service, unchecked):
        rules.require(creating.option_offered, option, service)
    _require_room(wish, entity, service, ground)
    status = rules(creating.first_status)(wish.status)
    booking = _new(wish, entity, service, status, ground)
    return _onto_calendar(booking, service, ground) if status == CONFIRMED else booking


def register(session_id: str | None, wish: Creation, ground: Ground) -> Booking:
    """A new booking on the waiting list, where that takes somebody more."""
    rules, session = ground.rules, ground.site.session(session_id)
    service = ground.site.service(session.service_id) if session else None
    rules.require(waiting.waits_for_a_class, service)
    if session and service:
        rules.require(waiting.waits_for_what_takes_place, session)
        left = session.capacity - session_seats(session.id, service, ground)
        rules.require(waiting.waits_for_room, left)
        many = len(ground.calendar.waiting_for(session.id))
        rules.require(waiting.waits_beyond, many, service.policy.waitlist_capacity)
    return wait(session_id, wish, ground)


def enroll(booking: Booking, ground: Ground) -> Booking:
    """Whoever has waited takes the place, and may have to wait for the business."""
    return touched(_accepted(booking, _known_service(booking, ground), ground), ground)


def leave(booking: Booking, ground: Ground) -> Booking:
    """Whoever waited waits no longer."""
    move = ground.moves["cancelBooking"]
    return touched(evolve(booking, status=ground.rules(canceling.canceled_status)(move)), ground)


def wait(session_id: str | None, wish: Creation, ground: Ground) -> Booking:
    """A new booking on the waiting list of a class session, however many wait already."""
    session = ground.site.session(session_id)
    service = ground.site.service(session.service_id) if session else None
    ground.rules.require(waiting.waits_for_a_class, service)
    slot = ground.rules(creating.session_slot)(there(session), there(service), None)
    return _new(wish, slot, there(service), WAITING_LIST, ground)


def confirm(booking: Booking, wish: Decision, ground: Ground) -> Booking:
    """The business accepts the booking."""
    rules, move = ground.rules, ground.moves["confirmBooking"]
    rules.require(confirming.confirmable, booking, move)
    service = _known_service(booking, ground)
    room = fit(booking.entity, service, booking.participants.count, ground, without=booking.id)
    rules.require(confirming.room_to_confirm, room)
    flag = confirming.double_booked_by_confirming
    if wish.check_availability:
        rules.require(confirming.room_when_asked, room)
        flag = confirming.double_booked_when_checked
    confirmed = evolve(
        booking,
        status=rules(confirming.confirmed_status)(move),
        double_booked=booking.double_booked or rules(flag)(room) or _flagged(wish, ground),
    )
    paid = rules(confirming.payment_when_confirmed)(wish.payment_status, booking.payment_status)
    wish = _as_at_creation(wish, booking, ground)
    return _decided(_onto_calendar(confirmed, service, ground), paid, wish, ground)


def _flagged(wish: Decision, ground: Ground) -> bool:
    """Whether the caller says that it is a double booking, where that counts."""
    return ground.rules(confirming.flagged_as_sent)(wish.double_booked, wish.check_availability)


def decline(booking: Booking, wish: Decision, ground: Ground) -> Booking:
    """The business turns the booking down."""
    rules, move = ground.rules, ground.moves["declineBooking"]
    rules.require(confirming.declinable, booking, move)
    rules.require(confirming.awaiting_approval, booking, _known_service(booking, ground))
    return turned_down(booking, wish, ground)


def turned_down(booking: Booking, wish: Decision, ground: Ground) -> Booking:
    """The booking as DECLINED, whatever it was before."""
    rules, move = ground.rules, ground.moves["declineBooking"]
    declined = evolve(
        booking,
        status=rules(confirming.declined_status)(move),
        approval=rules(confirming.approval_when_declined)(),
    )
    paid = rules(confirming.payment_when_declined)(wish.payment_status, booking.payment_status)
    return _decided(declined, paid, wish, ground)


def mark_as_pending(booking: Booking, wish: Decision, ground: Ground) -> Booking:
    """The booking waits for the business; where it waits already, or is past that, it may stay."""
    rules = ground.rules
    service = _known_service(booking, ground)
    rules.require(confirming.takes_requests, service, wish.skip_approval_check)
    rules.require(confirming.new_enough_to_wait, booking)
    if booking.status not in ground.moves["markBookingAsPending"].sources:
        return booking
    room = fit(booking.entity, service, booking.participants.count, ground, without=booking.id)
    pending = evolve(
        _awaiting_approval(booking, service, ground),
        double_booked=booking.double_booked
        or (wish.check_availability and not room.enough)
        or _flagged(wish, ground),
    )
    return _decided(pending, wish.payment_status or booking.payment_status, wish, ground)


def confirm_or_decline(booking: Booking, wish: Decision, ground: Ground) -> Booking:
    """The checkout is over: confirmed, waiting for the business, or declined as a duplicate."""
    rules = ground.rules
    rules.require(confirmation.not_settled_yet, booking)
    if booking.status not in ground.moves["confirmOrDeclineBooking"].sources:
        return booking
    return settled(booking, wish, double_books(booking, ground), ground)


def settled(booking: Booking, wish: Decision, conflict: bool, ground: Ground) -> Booking:
    """The booking as availability, payment and the service's approval decide."""
    rules = ground.rules
    service = _known_service(booking, ground)
    payment = rules(confirmation.payment_when_settled)(wish.payment_status, booking.payment_status)
    paid = rules(confirmation.pays)(wish.payment_status or booking.payment_status)
    if rules(confirmation.declined_unpaid)(conflict, paid):
        approval = rules(confirmation.approval_of_a_duplicate)()
        duplicate = evolve(booking, status=DECLINED, approval=approval)
        return _decided(duplicate, payment, wish, ground)
    flagged = paid and rules(confirmation.double_booked_when_paid)(conflict)
    kept = evolve(booking, double_booked=booking.double_booked or flagged)
    return _decided(_accepted(kept, service, ground), payment, wish, ground)


def reschedule(booking: Booking, wish: Relocation, ground: Ground) -> Booking:
    """The booking moves to another slot or session; its status stays."""
    rules = ground.rules
    service = _known_service(booking, ground)
    rules.require(together.stands_alone, booking)
    rules.require(moving.movable, service)
    rules.require(moving.alive_to_move, booking)
    present = (booking.start, ground.now)
    rules.require(policies.reschedule_allowed, booking.policy, wish.ignore_policy, *present)
    participants = rules(moving.participants_after)(booking.participants, wish.participants)
    slot = _new_slot(wish.slot, booking, service, ground)
    rules.require(moving.new_choices_exist, participants, service)
    if wish.skip_availability:
        _require_order(slot, ground)
    else:
        without = rules(moving.left_out_of_the_count)(booking)
        room = fit_for_others(slot, service, participants.count, ground, without=without)
        rules.require(moving.available_there, room)
    entity = rules(moving.moved_to)(booking.entity, slot)
    start, end = rules(creating.period)(entity)
    moved = evolve(booking, entity=entity, participants=participants, start=start, end=end)
    if rules(policies.confirmed_by_moving)(booking, wish.skip_business_confirmation):
        moved = _onto_calendar(evolve(moved, status=CONFIRMED), service, ground)
    return touched(_notified(moved, wish.notification, ground), ground)


def cancel(
    booking: Booking, notification: Notification | None, ignore_policy: bool, ground: Ground
) -> Booking:
    """The booking is off; what it held is free again. One that is off already may stay so."""
    ground.rules.require(together.stands_alone, booking)
    return called_off(booking, notification, ignore_policy, ground)


def called_off(
    booking: Booking, notification: Notification | None, ignore_policy: bool, ground: Ground
) -> Booking:
    """The booking is off, alone or with all that it is a part of."""
    rules, move = ground.rules, ground.moves["cancelBooking"]
    rules.require(canceling.alive_to_cancel, booking)
    if booking.status not in move.sources:
        return booking
    present = (booking.start, ground.now)
    rules.require(policies.cancel_allowed, booking.policy, ignore_policy, *present)
    appointment = _known_service(booking, ground).kind == APPOINTMENT
    leave = (
        canceling.approval_of_a_canceled_appointment
        if appointment
        else canceling.approval_of_a_canceled_seat
    )
    canceled = evolve(
        booking, status=rules(canceling.canceled_status)(move), approval=rules(leave)()
    )
    return touched(_notified(canceled, notification, ground), ground)


def update_participants(booking: Booking, wanted: Participants, ground: Ground) -> Booking:
    """More, fewer or other participants; the status stays."""
    rules = ground.rules
    service = _known_service(booking, ground)
    rules.require(seating.has_seats, service)
    rules.require(seating.alive_to_update, booking)
    rules.require(seating.updated_choices_exist, wanted, service)
    if wanted.count > booking.participants.count:
        room = fit(booking.entity, service, wanted.count, ground, without=booking.id)
        rules.require(seating.seats_for_more, room)
    updated = rules(seating.updated_participants)(booking.participants, wanted)
    return touched(evolve(booking, participants=updated), ground)


def pay(booking: Booking, payment_status: str, ground: Ground) -> Booking:
    """The booking with another payment status, and nothing else changed."""
    if payment_status == booking.payment_status:
        return booking
    return touched(evolve(booking, payment_status=payment_status), ground)


def tie_submission(booking: Booking, submission_id: str, ground: Ground) -> Booking:
    """The booking with the form submission that is behind it."""
    rules = ground.rules
    return evolve(
        booking,
        details={**booking.details, "formSubmissionId": submission_id},
        revision=rules(envelopes.revision_after_fields)(booking.revision),
        updated=rules(envelopes.update_time)(booking, ground.now),
    )


def extend(booking: Booking, namespace: str, data: Json, ground: Ground) -> Booking:
    """The booking with one namespace of extended fields written anew."""
    rules = ground.rules
    rules.require(extended.namespace_known, namespace, ground.site.namespaces)
    return evolve(
        booking,
        extended=rules(extended.stored_fields)(booking.extended, namespace, data),
        revision=rules(envelopes.revision_after_fields)(booking.revision),
        updated=rules(envelopes.update_time)(booking, ground.now),
    )


# How a new booking is put together


def _submitted(form: Json | None, service: Service) -> Json:
    """The contact details that a form submission gives, by the service's form."""
    values = ((key, (form or {}).get(name)) for name, key in service.form.items())
    return {key: value for key, value in values if isinstance(value, str)}


def _require_room(wish: Creation, entity: Slot | Course, service: Service, ground: Ground) -> None:
    skipped = wish.flow.skip_availability
    ground.rules.require(creating.resource_named, service, wish.entity, skipped)
    if skipped:
        _require_order(entity, ground)
    else:
        room = fit_for_others(entity, service, wish.participants.count, ground)
        ground.rules.require(creating.available, room)


def _require_order(entity: Slot | Course, ground: Ground) -> None:
    """Where nobody looks at availability, nothing else finds out that a slot ends too early."""
    if isinstance(entity, Slot):
        ground.rules.require(creating.ends_after_it_starts, entity.start, entity.end)


def _new(
    wish: Creation, entity: Slot | Course, service: Service, status: str, ground: Ground
) -> Booking:
    rules = ground.rules
    start, end = rules(creating.period)(entity)
    return Booking(
        id=ground.new_id(),
        revision=rules(envelopes.first_revision)(),
        status=status,
        payment_status=rules(creating.first_payment_status)(wish.payment_status),
        entity=entity,
        kind=service.kind,
        title=service.title,
        participants=wish.participants,
        created=ground.now,
        updated=ground.now,
        created_by=rules(creating.creator)(wish.identity),
        start=start,
        end=end,
        # The contact comes last: a call that is refused must leave no contact behind.
        contact=rules(creating.contact_of)(wish.contact, ground.contacts),
        flow=wish.flow,
        notification=wish.notification,
        at_creation=wish.notification,
        policy=service.policy,
        form_id=service.form_id,
        sms_reminder=wish.sms_reminder,
        extended=wish.extended,
        details=rules(creating.kept_as_sent)(wish.details),
    )


# The steps that several moves share


def _new_slot(wish: SlotWish, booking: Booking, service: Service, ground: Ground) -> Slot:
    if service.kind == APPOINTMENT and isinstance(booking.entity, Slot):
        slot = appointment_slot(wish, service, ground)
        resource = slot.resource or booking.entity.resource
        return evolve(slot, resource=resource, session_id=booking.entity.session_id)
    if service.kind == CLASS:
        session = ground.site.session(wish.session_id)
        ground.rules.require(moving.session_of_the_class, session, service)
    return session_slot(wish, service, ground)


def double_books(booking: Booking, ground: Ground) -> bool:
    """Whether the booking wants more than is left, where that matters to it."""
    if ground.rules(confirmation.availability_skipped)(booking.flow):
        return False
    service = _known_service(booking, ground)
    room = fit(booking.entity, service, booking.participants.count, ground, without=booking.id)
    return ground.rules(confirmation.double_booking)(room)


def _accepted(booking: Booking, service: Service, ground: Ground) -> Booking:
    if awaits_approval(booking, ground):
        return _awaiting_approval(booking, service, ground)
    status = ground.rules(confirmation.status_when_clear)()
    return _onto_calendar(evolve(booking, status=status), service, ground)


def awaits_approval(booking: Booking, ground: Ground) -> bool:
    """Whether the owner has to approve the booking."""
    rules = ground.rules
    waived = rules(confirmation.approval_skipped)(booking.flow)
    return rules(confirmation.needs_approval)(_known_service(booking, ground)) and not waived


def _awaiting_approval(booking: Booking, service: Service, ground: Ground) -> Booking:
    waiting = _with_session(booking, service, ground)
    approval = ground.rules(confirming.approval_when_pending)()
    return evolve(waiting, status=PENDING, approval=approval)


def _onto_calendar(booking: Booking, service: Service, ground: Ground) -> Booking:
    approval = ground.rules(confirming.approval_when_confirmed)()
    return evolve(_with_session(booking, service, ground), approval=approval)


def _with_session(booking: Booking, service: Service, ground: Ground) -> Booking:
    """An appointment gets its resource and its own session when it comes onto the calendar."""
    slot = booking.entity
    if service.kind != APPOINTMENT or not isinstance(slot, Slot):
        return booking
    with_resource = assigned(slot, service, ground, without=booking.id)
    slot = evolve(with_resource, session_id=slot.session_id or ground.new_id())
    return evolve(booking, entity=slot)


def _as_at_creation(wish: Decision, booking: Booking, ground: Ground) -> Decision:
    """The decision with the message and the reminder that it leaves to what creation said."""
    said = wish.notification
    if said and said.notify:
        said = ground.rules(confirming.message_when_confirmed)(said, booking.at_creation)
    reminder = ground.rules(confirming.reminder_when_confirmed)
    asked = reminder(wish.sms_reminder, booking.sms_reminder)
    return evolve(wish, notification=said, sms_reminder=asked)


def _decided(booking: Booking, payment_status: str, wish: Decision, ground: Ground) -> Booking:
    sms_reminder = booking.sms_reminder if wish.sms_reminder is None else wish.sms_reminder
    decided = evolve(booking, payment_status=payment_status, sms_reminder=sms_reminder)
    return touched(_notified(decided, wish.notification, ground), ground)


def _notified(booking: Booking, new: Notification | None, ground: Ground) -> Booking:
    if new is None:
        return booking
    return evolve(booking, notification=ground.rules(last_message)(booking.notification, new))


def touched(booking: Booking, ground: Ground) -> Booking:
    """The booking at its next revision, updated now."""
    return evolve(
        booking,
        revision=ground.rules(envelopes.next_revision)(booking.revision),
        updated=ground.rules(envelopes.update_time)(booking, ground.now),
    )


def _known_service(booking: Booking, ground: Ground) -> Service:
    return there(ground.site.service(booking.entity.service_id))
