"""The default bend of every rule that can be broken by its id.

A guard is switched off: it never refuses. An effect does something else, said beside it. A rule
that stands in the document loses its keywords there. What is left, the envelopes, is bent when the
answer is ready.
"""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from bookings_mock.domain.booking import Participants, Slot
from bookings_mock.domain.rulebook import rule_of
from bookings_mock.domain.rules import (
    cancel,
    confirm,
    confirmation,
    create,
    envelopes,
    extended,
    participants,
    reschedule,
    seats,
)
from bookings_mock.domain.rules.create import unavailable
from bookings_mock.domain.service import Service, Session
from bookings_mock.miniatures import envelopes as bent
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.rim import bodies
from bookings_mock.rim.answers import Bend

Function = Callable[..., Any]


def never(*facts: Any) -> None:
    """A guard that refuses nothing."""
    return


def always(value: Any) -> Function:
    """An effect that answers the same, whatever happens."""
    return lambda *facts: value


def _off(*guards: Function, about: str) -> Miniature:
    return _bent(dict.fromkeys(guards, never), about)


def _bent(replaces: Mapping[Function, Function], about: str) -> Miniature:
    rule = rule_of(next(iter(replaces)))
    return Miniature(name=rule, rule=rule, about=about, replaces=replaces)


def _shapeless(rule: str, about: str) -> Miniature:
    return Miniature(name=rule, rule=rule, about=about, in_document=True)


def _answered(rule: str, bend: Bend, about: str) -> Miniature:
    return Miniature(name=rule, rule=rule, about=about, bend=bend)


def _one_total(given: Participants | None) -> Participants:
    return Participants(total=given.total if given and given.total else 1)


def _as_the_caller_says(session: Session, service: Service, asked: Slot | None) -> Slot:
    slot = create.session_slot(session, service, asked)
    return evolve(slot, start=asked.start, end=asked.end) if asked else slot


BY_RULE: tuple[Miniature, ...] = (
    _off(envelopes.known_token, about="any token will do"),
    _off(envelopes.has_scope, envelopes.may_call, about="an app needs no scope"),
    _off(envelopes.bookings_installed, about="sites without Wix Bookings are served"),
    _bent(
        {create.contact_of: lambda details, contacts: details},
        "who books is not added as a contact",
    ),
    _answered("SHAPE-1", bent.created_status, "201 for 200"),
    _answered("SHAPE-2", bent.flat_errors, "errors as {error: text}"),
    _answered("SHAPE-3", bent.nameless_violations, "violations that name no field"),
    _answered("SHAPE-4", bent.no_request_id, "no x-wix-request-id"),
    _bent(
        {envelopes.writable_part: lambda sent, writable: dict(sent)},
        "read-only fields sent in are stored",
    ),
    _off(
        bodies.readable,
        bodies.json_media_type,
        bodies.small_enough,
        about="500 for a body that can't be read",
    ),
    _answered("SHAPE-9", bent.other_codes, "refusals with other statuses and codes"),
    _answered("SHAPE-10", bent.readable_writer, "GET on a booking's path answers it"),
    _answered("LOOKUP-1", bent.ghosts, "a booking that never was is answered"),
    _shapeless("LOOKUP-2", "any text will do as an id"),
    _bent({envelopes.first_revision: always(0)}, "bookings begin with revision 0"),
    _bent({envelopes.next_revision: lambda revision: revision + 2}, "revisions grow by two"),
    _off(envelopes.current_revision, about="stale revisions are accepted"),
    _shapeless("REVISION-4", "the revision may be left out or be anything"),
    _bent({envelopes.update_time: lambda booking, now: booking.updated}, "updatedDate stays"),
    _answered("REVISION-6", bent.refused_but_touched, "a refused call raises the revision"),
    _shapeless("CREATE-1", "slot and schedule together"),
    _shapeless("CREATE-2", "total and choices together"),
    _off(create.choices_exist, about="choices that the service does not have"),
    _bent({create.first_status: lambda asked: asked or "PENDING"}, "bookings begin as PENDING"),
    _bent({seats.created_holds: always(True)}, "CREATED bookings take seats"),
    _bent(
        {create.session_slot: _as_the_caller_says},
        "the caller's dates win over the session's",
    ),
    _off(create.available, about="bookings beyond what is free"),
    _off(create.session_exists, about="class bookings without a session"),
    _off(create.booked_as_its_kind, about="courses by slot, classes by schedule"),
    _off(create.not_from_here, create.status_permitted, about="WAITING_LIST on request"),
    _bent(
        {create.first_payment_status: lambda sent: sent or "NOT_PAID"},
        "the payment status that was sent is believed",
    ),
    _bent(
        {create.period: lambda entity: (entity.start, entity.start)},
        "bookings end when they start",
    ),
    _off(create.resource_named, about="availability skipped without a resource"),
    _bent({create.creator: always({})}, "nobody has created the booking"),
    _bent(
        {create.kept_as_sent: lambda details: {k: details[k] for k in list(details)[1:]}},
        "one of the fields that were sent is forgotten",
    ),
    _off(confirm.confirmable, about="confirmed from any status"),
    _bent({confirm.room_to_confirm: unavailable}, "confirming asks for availability"),
    _bent(
        {confirm.payment_when_confirmed: lambda given, present: present},
        "the payment status given on confirming is ignored",
    ),
    _bent({seats.confirmed_holds: always(False)}, "CONFIRMED bookings take no seats"),
    _off(confirm.declinable, about="declined from any status"),
    _bent(
        {seats.declined_holds: always(True), confirm.approval_when_declined: always("APPROVED")},
        "a declined participant keeps seat and approval",
    ),
    _bent(
        {confirm.payment_when_declined: lambda given, present: present},
        "the payment status given on declining is ignored",
    ),
    _off(confirm.takes_requests, about="requests to services that need no approval"),
    _bent({confirmation.declined_unpaid: always(False)}, "unpaid double bookings are kept"),
    _bent(
        {
            confirmation.pays: lambda payment_status: payment_status == "PAID",
            confirmation.double_booked_when_paid: always(False),
        },
        "PARTIALLY_PAID counts as unpaid, and doubleBooked is never set",
    ),
    _bent({confirmation.needs_approval: always(False)}, "manual approval is passed over"),
    _bent({confirmation.approval_skipped: always(False)}, "skipBusinessConfirmation is forgotten"),
    _bent(
        {confirmation.availability_skipped: always(False)},
        "skipAvailabilityValidation is forgotten",
    ),
    _bent({confirmation.status_when_clear: always("PENDING")}, "nothing is ever CONFIRMED"),
    _bent(
        {confirmation.double_booking: lambda fit: fit.left < 1},
        "a conflict only where nothing at all is left",
    ),
    _bent(
        {confirmation.payment_when_settled: lambda given, present: present},
        "the payment status given is ignored",
    ),
    _bent(
        {confirmation.approval_of_a_duplicate: always("APPROVED")},
        "declined duplicates are on the calendar",
    ),
    _off(extended.waits_for_a_class, about="waitlists for courses"),
    _off(reschedule.movable, about="courses can be rescheduled"),
    _off(reschedule.session_of_the_class, about="a class moves to any session"),
    _bent({reschedule.moved_to: lambda old, new: old}, "a move that leaves the booking in place"),
    _off(reschedule.available_there, about="moves to where nothing is free"),
    _bent(
        {
            reschedule.participants_after: lambda old, new: new or _one_total(old),
            reschedule.new_choices_exist: never,
        },
        "choices left out are erased, unknown ones accepted",
    ),
    _bent({cancel.canceled_status: always("DECLINED")}, "canceled bookings are DECLINED"),
    _bent(
        {
            seats.canceled_appointment_holds: always(True),
            cancel.approval_of_a_canceled_appointment: always("APPROVED"),
        },
        "a canceled appointment keeps its time",
    ),
    _bent(
        {
            seats.canceled_seat_holds: always(True),
            cancel.approval_of_a_canceled_seat: always("APPROVED"),
        },
        "canceled seats stay taken",
    ),
    _off(participants.has_seats, about="participants of appointments can be updated"),
    _shapeless("PARTICIPANTS-2", "total and choices together"),
    _off(participants.updated_choices_exist, about="choices that the service does not have"),
    _bent(
        {participants.updated_participants: lambda old, new: old},
        "an update that leaves the participants as they were",
    ),
    _bent(
        {extended.stored_fields: lambda stored, namespace, data: stored},
        "extended fields are answered, not stored",
    ),
)
