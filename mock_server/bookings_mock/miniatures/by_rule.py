"""The default bend of every rule that can be broken by its id.

A guard is switched off: it never refuses. An effect does something else, said beside it. A rule
that stands in the document loses its keywords there. What is left, the envelopes, is bent when the
answer is ready.
"""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from bookings_mock.domain.booking import WAITING_LIST, Booking, Course, Participants, Slot
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.rulebook import Refusal, RuleBroken, rule_of
from bookings_mock.domain.rules import (
    advice,
    anonymous,
    attendance,
    bulk,
    buying,
    cancel,
    catalog,
    checkout,
    confirm,
    confirmation,
    create,
    envelopes,
    events,
    extended,
    multi_service,
    openings,
    participants,
    policy,
    pricing,
    reading,
    reschedule,
    seats,
    tokens,
    waiting,
    writing,
)
from bookings_mock.domain.service import Service, Session
from bookings_mock.miniatures import creating as made, envelopes as bent, gateway, later, slots
from bookings_mock.miniatures.further.ways import asking, calling
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.purchasing import afterwards, in_its_own_way
from bookings_mock.miniatures.queries import without
from bookings_mock.miniatures.stand_ins import always, never
from bookings_mock.rim import bodies
from bookings_mock.rim.answers import Bend

Function = Callable[..., Any]

_ATTENDEES = "attendance.numberOfAttendees"


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


def _only_where_free(fit: Fit) -> None:
    if not fit.enough:
        # A plain confirmation has no refusal of its own for this; the checked one has.
        raise RuleBroken("CONFIRM-8", "no open spots are left")


def _settled_elsewhere(reading: str, booking: Booking, service: Service) -> str | None:
    waits = booking.status == "PENDING" and service.manual_approval
    return "a request is declined in the dashboard" if waits else None


def _as_the_caller_says(session: Session, service: Service, asked: Slot | None) -> Slot:
    slot = create.session_slot(session, service, asked)
    return evolve(slot, start=asked.start, end=asked.end) if asked else slot


_TURNED = {"$gt": "$lte", "$gte": "$lt", "$lt": "$gte", "$lte": "$gt"}
_LONG = {"$gte": "1970-01-01T00:00:00.000Z"}
_CALLED = {"CREATED": "CONFIRMED"}


def _turned_round(operator: str) -> str:
    return _TURNED.get(operator, operator)


def _skipping(records: list[Any], later: bool) -> list[Any]:
    return records[1:] if later else records


def _no_mismatch(status: str, number: int) -> None:
    if status == "NOT_ATTENDED" and number > 1:
        raise RuleBroken("SHAPE-3", "does not fit NOT_ATTENDED", field=_ATTENDEES)


def _no_excess(number: int, booked: int) -> None:
    if number > booked:
        raise RuleBroken("SHAPE-3", f"is more than the {booked} booked", field=_ATTENDEES)


def _last_filter(reading: str, sent: Mapping[str, Any]) -> Mapping[str, Any]:
    if not sent:
        return sent
    name, value = list(sent.items())[-1]
    return _last_filter(reading, value[-1]) if name == "$and" and value else {name: value}


def _without_session(entry: Mapping[str, Any]) -> dict[str, Any]:
    entity = {k: v for k, v in entry["bookedEntity"].items() if k != "singleSession"}
    return {**entry, "bookedEntity": entity}


def _nameless(event: Mapping[str, Any]) -> dict[str, Any]:
    return {**event, "entityFqdn": "booking", "slug": event["slug"].upper()}


def _or_waiting(reading: str, asked: str | None, kind: str) -> Refusal | None:
    return None if asked == WAITING_LIST else create.status_permitted(reading, asked, kind)


def _stays_where_it_overlaps(old: Slot | Course, new: Slot) -> Slot | Course:
    apart = not isinstance(old, Slot) or old.end <= new.start or new.end <= old.start
    return new if apart else old


BY_RULE: tuple[Miniature, ...] = (
    _off(envelopes.known_token, about="any token will do"),
    _off(envelopes.has_scope, envelopes.may_call, about="an app needs no scope"),
    _answered("GATEWAY-2", bent.other_sites_book_all_the_same, "refused for its site, yet booked"),
    _answered("AUTH-8", bent.visitors_book_all_the_same, "visitors refused, yet booked"),
    _off(envelopes.bookings_installed, about="sites without Wix Bookings are served"),
    _bent(
        {create.contact_of: lambda details, contacts: details},
        "who books is not added as a contact",
    ),
    _answered("SHAPE-1", bent.created_status, "201 for 200"),
    _answered("SHAPE-2", bent.flat_errors, "errors as {error: text}"),
    _answered("SHAPE-3", bent.nameless_violations, "violations that name no field"),
    _answered("SHAPE-4", bent.no_request_id, "no x-wix-request-id"),
    _answered("SHAPE-5", bent.other_id_touched, "refused, yet the body's id acted upon"),
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
    _answered(
        "GATEWAY-1",
        gateway.only_preflights,
        "a preflight lets a page's call through, whose answer it may not read",
    ),
    _answered("LOOKUP-1", bent.ghosts, "a booking that never was is answered"),
    _shapeless("LOOKUP-2", "any text will do as an id"),
    _off(openings.offered, about="what the site does not offer is found all the same"),
    _bent({openings.bookable: lambda fit, closed: True}, "everything is shown as bookable"),
    _bent({openings.open_spots: lambda total, left: total}, "all spots are shown as open"),
    _off(openings.availability_filter_understood, about="an odd filter is passed over"),
    _bent(
        {openings.narrowed: lambda found, meets: list(found)},
        "a narrower question is answered like the wider one",
    ),
    _bent(
        {
            openings.begins_within: lambda slot, start, end: (
                start <= slot.start and slot.end <= end
            ),
            openings.lies_within: lambda slot, start, end: start <= slot.start < end,
        },
        "a time slot has to be over by the end, and what the calendar shows only to begin",
    ),
    _bent({openings.listed_by: slots.from_the_end}, "time slots come the last one first"),
    _bent({openings.resources_listed: always(False)}, "nobody is ever named as free"),
    _bent({openings.with_times: always(True)}, "a class has times like an appointment"),
    _bent(
        {openings.against_policy: always((False, False, False))},
        "no policy ever seems to speak against a time",
    ),
    _bent(
        {openings.tellable: always(True)},
        "times are shown that the clocks on the wall tell otherwise",
    ),
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
    _off(create.booked_as_its_kind, about="courses by slot, appointments by schedule"),
    _bent(
        {create.not_from_here: never, create.status_permitted: _or_waiting},
        "WAITING_LIST on request",
    ),
    _bent(
        {create.first_payment_status: lambda sent: sent or "NOT_PAID"},
        "the payment status that was sent is believed",
    ),
    _bent(
        {create.period: lambda entity: (entity.start, entity.start)},
        "bookings end when they start",
    ),
    _bent({create.creator: always({})}, "nobody has created the booking"),
    _bent(
        {create.kept_as_sent: lambda details: {k: details[k] for k in list(details)[1:]}},
        "one of the fields that were sent is forgotten",
    ),
    _off(confirm.confirmable, about="confirmed from any status"),
    _bent({confirm.room_to_confirm: _only_where_free}, "confirming asks for availability"),
    _bent({confirm.approval_when_confirmed: always("PENDING")}, "confirmed participants wait on"),
    _bent(
        {confirm.payment_when_confirmed: lambda given, present: present},
        "the payment status given on confirming is ignored",
    ),
    _bent({seats.confirmed_holds: always(False)}, "CONFIRMED bookings take no seats"),
    _answered("CONFIRM-7", later.flag_forgotten, "doubleBooked is answered, not stored"),
    _answered(
        "CONFIRM-8",
        later.refused_but_done("CONFIRM-8", "CONFIRMED"),
        "a confirmation is refused for lack of room, and done",
    ),
    _off(confirm.declinable, about="declined from any status"),
    _bent({confirm.awaiting_approval: _settled_elsewhere}, "requests can't be declined"),
    _bent(
        {seats.declined_holds: always(True), confirm.approval_when_declined: always("APPROVED")},
        "a declined participant keeps seat and approval",
    ),
    _bent(
        {confirm.payment_when_declined: lambda given, present: present},
        "the payment status given on declining is ignored",
    ),
    _off(confirm.takes_requests, about="requests to services that need no approval"),
    _bent(
        {
            seats.pending_appointment_holds: (
                lambda reading, service: not service.requests_affect_availability
            )
        },
        "requests take time just where the service says they don't",
    ),
    _bent(
        {seats.pending_seats: lambda reading, wanted: min(wanted, 1)},
        "a PENDING booking takes one seat, however many come",
    ),
    _answered(
        "PENDING-6",
        later.refused_but_done("PENDING-6", "PENDING"),
        "marking a settled booking as pending is refused, and done",
    ),
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
    _answered(
        "CONFIRMATION-9",
        later.refused_but_done("CONFIRMATION-9", "CONFIRMED"),
        "deciding on a settled booking is refused, and done",
    ),
    _bent(
        {confirmation.approval_of_a_duplicate: always("APPROVED")},
        "declined duplicates are on the calendar",
    ),
    _bent(
        {checkout.when_created_for_approval: always(("CONFIRMED",))},
        "an order that was created confirms what the owner has to approve",
    ),
    _bent({checkout.when_approved: always(("PENDING",))}, "approved orders leave bookings waiting"),
    _bent({checkout.when_declined: always(("same",))}, "declined orders leave bookings in place"),
    _bent({checkout.duplicate: always(False)}, "whoever checks out second is never second"),
    _answered(
        "CHECKOUT-5",
        later.ordered_unseen,
        "a booking whose order is created is shown as CREATED, and is PENDING",
    ),
    _bent(
        {checkout.payment_of_the_order: lambda given, present: present},
        "the order's payment is not the booking's",
    ),
    _bent(
        {buying.option_checked_at_creation: always(False), buying.option_fits: always(True)},
        "whatever payment option is selected, creation and cart take it",
    ),
    Miniature(
        name="CHECKOUT-8",
        rule="CHECKOUT-8",
        about="a cart takes the place of its booking away from the booking itself",
        handlers={"createCart": afterwards(in_its_own_way)},
    ),
    _bent(
        {buying.news_of: always("APPROVED")},
        "an order that waits for its payment confirms its bookings",
    ),
    _bent(
        {buying.moves_bookings: lambda made_of: made_of == "checkout"},
        "the orders of carts move no booking",
    ),
    _bent(
        {buying.payment_when_marked: always("NOT_PAID")},
        "orders marked as paid leave bookings unpaid",
    ),
    _off(buying.ordered_once, buying.paid_once, buying.settled, about="orders are paid twice"),
    _off(buying.exists, about="any other cart or order stands for one that there is not"),
    _off(buying.served, about="coupons that nobody has are taken"),
    _off(
        buying.in_catalog,
        buying.bought_whole,
        buying.obtainable,
        buying.not_empty,
        buying.in_stock,
        about="carts take what there is not",
    ),
    _bent(
        {waiting.waits_for_a_class: lambda service: None if service else "no such session"},
        "waitlists for courses",
    ),
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
    _answered("RESCHEDULE-8", bent.moved_all_the_same, "refused what is over, yet moved it"),
    _bent(
        {
            # The reading stays; what it lets through is answered and not done.
            reschedule.left_out_of_the_count: reschedule.left_out_of_the_count,
            reschedule.moved_to: _stays_where_it_overlaps,
        },
        "a move that overlaps the old time is answered, not made",
    ),
    _bent({cancel.canceled_status: always("DECLINED")}, "canceled bookings are DECLINED"),
    _answered("CANCEL-5", bent.canceled_all_the_same, "refused what is DECLINED, yet CANCELED it"),
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
    _answered("PARTICIPANTS-5", bent.more_all_the_same, "refused more than fit, yet took them"),
    _answered("PARTICIPANTS-6", bent.resized_all_the_same, "refused what is over, yet updated it"),
    _off(participants.updated_choices_exist, about="choices that the service does not have"),
    _bent(
        {participants.updated_participants: lambda old, new: old},
        "an update that leaves the participants as they were",
    ),
    _bent(
        {extended.stored_fields: lambda stored, namespace, data: stored},
        "extended fields are answered, not stored",
    ),
    _off(envelopes.may_list, about="an app lists without a scope"),
    _bent({reading.site_of_caller: lambda own, home: home}, "callers see another site's bookings"),
    _bent({reading.is_own: always(True)}, "members see everybody's bookings"),
    _off(reading.may_change, about="members change everybody's bookings"),
    _off(envelopes.may_read, about="an app reads without a scope"),
    _bent({bulk.fails_the_call: always(False)}, "an item without permission fails alone"),
    _bent({bulk.fails_the_item: always(False)}, "one item that can't be booked fails the call"),
    _bent(
        {bulk.total_failures: lambda reading, left_out: left_out and left_out + 1},
        "one failure more is counted than there was",
    ),
    _shapeless("BULK-4", "any number of items"),
    _bent(
        {
            bulk.item_metadata: lambda metadata: {**metadata, "originalIndex": 0},
            bulk.answers_entity: always(True),
        },
        "every result is said to be of the first item, and carries its entity",
    ),
    _bent(
        {reading.without_filter: always({"status": "CANCELED"})},
        "an unfiltered list shows canceled bookings alone",
    ),
    _answered("LIST-7", later.projected_away, "fields leave no booking in the list"),
    _bent(
        {reading.actions_told: lambda actions: dict.fromkeys(actions, True)},
        "everything is allowed, whatever the policy says",
    ),
    _bent(
        {reading.other_operators: never, reading.other_operator_means: _turned_round},
        "other comparisons of times are accepted, and filter the wrong way",
    ),
    _answered("LIST-13", later.sorted_wrongly, "sorting puts the first booking last"),
    _bent(
        {reading.v1_status: lambda reading, status: _CALLED.get(status, status)},
        "CREATED is called PENDING in V1",
    ),
    _bent({reading.list_keys: without("status")}, "the list is not filtered by status"),
    _bent({reading.list_bounds: lambda bounds: dict(list(bounds.items())[:1])}, "one bound only"),
    _bent({reading.first_of_each: dict}, "of a repeated key the last counts"),
    _bent(
        {reading.all_keys: lambda sent: dict(list(sent.items())[:1])}, "only the first key holds"
    ),
    _bent({reading.list_window: lambda limit, offset: (limit, 0)}, "the offset is ignored"),
    _bent({reading.v1_entry: _without_session}, "entries without their session"),
    _bent({reading.newest_first: always(False)}, "the oldest comes first"),
    _off(reading.filter_understood, about="filters that say nothing are passed over"),
    _bent({reading.reader_filter: without("status")}, "the reader does not filter by status"),
    _off(catalog.there, about="whatever is looked up in the catalog is found"),
    _off(pricing.priced, about="prices of nothing, or of nobody"),
    _bent({catalog.services_filter: without("name")}, "services are not filtered by name"),
    _bent(
        {writing.as_written: lambda service: evolve(service, capacity=service.capacity + 1)},
        "one more can take part in a service than was written",
    ),
    _off(
        *(writing.can_be_paid, writing.holds_as_many, writing.takes_as_long, writing.has_somebody),
        *(writing.belongs_to_the_site, writing.takes_place_somewhere),
        writing.approved_without_plans,
        about="services that nobody could book",
    ),
    _bent(
        {writing.offered_at_once: lambda service: evolve(service, grid=None)},
        "appointments that were created are never offered",
    ),
    _bent({writing.deleted: lambda service: service}, "a deleted service is still offered"),
    _off(writing.current, about="changes of any revision"),
    _bent(
        {writing.kept_category: lambda category: evolve(category, name=f"{category.name}s")},
        "categories are called otherwise",
    ),
    _bent(
        {writing.with_a_resource: lambda staff: evolve(staff, own_hours=True)},
        "whoever is added never works",
    ),
    _bent({writing.leaves: always(False)}, "deleted staff is still there"),
    _off(writing.own_schedule, about="working hours of any schedule"),
    _bent(
        {writing.on_its_schedule: lambda session: evolve(session, capacity=session.capacity + 1)},
        "sessions have a seat more",
    ),
    _off(writing.led_by_somebody, about="sessions that nobody leads"),
    _bent({writing.canceled: lambda session: session}, "canceled sessions take place"),
    _bent(
        {writing.changed_part: lambda before, sent: sent},
        "a change empties what it says nothing of",
    ),
    _bent({reading.reader_walk: _skipping}, "each later page lacks its first booking"),
    _bent({reading.default_order: always(("createdDate", False))}, "the oldest comes first"),
    _bent({reading.counted: lambda total: total + 1}, "one more is counted than there is"),
    _bent({attendance.to_update: always(None)}, "setting again makes another object"),
    _answered("ATTENDANCE-2", bent.ghost_attendances, "attendances that never were are answered"),
    _bent({attendance.attendance_filter: always({})}, "attendance is not filtered"),
    _bent({attendance.one_for_all_sessions: always(True)}, "one object for a whole course"),
    _bent({attendance.no_mismatch_refused: _no_mismatch}, "status and number must fit together"),
    _bent({attendance.no_excess_refused: _no_excess}, "nobody may come who was not booked"),
    _bent({attendance.number_that_came: lambda given: given or 0}, "nobody came by default"),
    _off(attendance.session_named, about="attendance of no session"),
    _bent(
        {attendance.attendance_limit: lambda asked, default: min(asked or 20, 100)},
        "pages of 20, of 100 at most",
    ),
    _bent({attendance.attendance_walk: _skipping}, "each later page lacks its first object"),
    _bent({attendance.filters_that_count: _last_filter}, "of several filters only the last counts"),
    _bent({events.emitted: lambda slugs: slugs * 2}, "every event is sent twice, with two ids"),
    _bent({events.told_of_removals: always(())}, "attendance is removed without a word"),
    _bent({events.envelope: _nameless}, "events that do not say what they are about"),
    _bent({events.signing_key: lambda own, foreign: foreign}, "events signed with another key"),
    _bent({events.action_body: lambda body: {"booking": body["booking"]}}, "nothing of before"),
    _bent({events.is_sent: lambda said: bool(said.message)}, "a message is sent unasked"),
    _bent({events.last_message: lambda former, new: former}, "the first message is kept"),
    _off(envelopes.may_override, about="customers override the usual course"),
    _bent(
        {create.option_in_question: lambda option, service, skipped: option is not None},
        "no payment option will do, but none at all",
    ),
    _off(policy.within_window, about="bookings outside the booking window"),
    _bent(
        {create.contact_from_form: lambda contact, submitted: contact},
        "what the form says of the contact is ignored",
    ),
    _answered("CREATE-19", made.dates_guessed, "dates that there are not are passed over"),
    _bent(
        {
            confirm.message_when_confirmed: lambda given, at_creation: given,
            confirm.reminder_when_confirmed: lambda given, at_creation: bool(given),
        },
        "message and reminder given at creation are forgotten",
    ),
    _off(policy.reschedule_allowed, about="moves against the policy"),
    _bent({policy.confirmed_by_moving: always(True)}, "every move confirms"),
    _off(policy.cancel_allowed, about="cancelations against the policy"),
    _bent({reading.shown_when_asked: always(True)}, "the reader shows everything unasked"),
    _answered(
        "PENDING-1",
        later.answered_only("markBookingAsPending"),
        "a booking is answered as PENDING, and stays what it was",
    ),
    _answered(
        "PENDING-4",
        later.declined_in_the_calendar,
        "a request that was declined stays on the calendar",
    ),
    _answered(
        "CONFIRMATION-10",
        later.declined_but_kept,
        "declined for another service's booking, and kept all the same",
    ),
    _answered(
        "REVISION-7",
        later.revision_told_too_low,
        "extended fields raise a revision that the reader does not tell of",
    ),
    _answered(
        "EXTENDED-2",
        later.namespace_forgotten,
        "an unknown namespace is answered, and not created",
    ),
    _off(bulk.decided_once, about="a booking named twice is decided on twice"),
    _off(bulk.canceled_once, about="a booking named twice is canceled twice"),
    _bent({multi_service.made_whole: always(False)}, "the parts that can be booked stay booked"),
    _bent(
        {
            multi_service.all_named: never,
            multi_service.named_once: never,
            multi_service.left_to_cancel: lambda parts: parts[:1],
        },
        "parts that are not named are passed over, and only the first is canceled",
    ),
    _off(multi_service.stands_alone, about="a part of a larger booking is canceled alone"),
    _answered(
        "MULTI-4", later.more_than_eight_forgotten, "the ninth service is answered, not made"
    ),
    _bent({anonymous.booking_of: lambda named: named[::-1]}, "a token that is no booking's"),
    _off(anonymous.genuine, about="a token that was altered will do"),
    _off(
        anonymous.may_be_canceled,
        anonymous.may_be_moved,
        about="with a booking's token the policies don't matter",
    ),
    _answered("ANON-4", later.token_good_for_nothing, "a visitor's token reads nothing"),
    _off(cancel.named_to_cancel, about="groups that nobody knows are canceled"),
    _bent({reading.queried_without_filter: always({})}, "a V1 query finds all unasked"),
    _bent({reading.in_the_session: always({})}, "the earlier query takes no heed of the session"),
    _bent({attendance.deleted: always(False)}, "deleting leaves the attendance"),
    _off(attendance.attendances_named, about="setting nothing in bulk is answered"),
    _off(attendance.session_known, about="attendance in bulk of sessions that never were"),
    _answered("SHAPE-7", made.unknown_but_understood, "snake_case is refused, yet done"),
    _answered("CREATE-10", made.status_forgotten, "the status asked for is answered, not stored"),
    _bent(
        {create.reminds: lambda reading, asked: asked is False},
        "who declines a reminder gets one, who asks for one gets none",
    ),
    _answered(
        "CREATE-23", made.made_all_the_same("CREATE-23"), "refused for its variants, yet booked"
    ),
    _answered("CREATE-24", made.resource_promised, "a resource is answered, not assigned"),
    _answered(
        "CREATE-20",
        made.made_all_the_same("CREATE-20"),
        "refused for skipping the check without a resource, yet booked",
    ),
    _bent({create.own_ids: made.ids_as_sent}, "a booking keeps ids that do not belong together"),
    _answered(
        "CREATE-26", made.made_all_the_same("CREATE-26"), "refused for its odd end, yet booked"
    ),
    Miniature(
        name="CREATE-27",
        rule="CREATE-27",
        about="numberOfParticipants books for one, whatever it says",
        handlers={"createBooking": asking(made.for_one)},
    ),
    _answered(
        "CREATE-28",
        made.made_all_the_same("CREATE-28"),
        "a class refused by schedule, yet booked so",
    ),
    _answered(
        "CREATE-29", made.made_all_the_same("CREATE-29"), "refused for its contact, yet booked"
    ),
    _answered(
        "CREATE-30", made.made_all_the_same("CREATE-30"), "refused for its payment, yet booked"
    ),
    _answered("WAITLIST-2", later.registered_in_vain, "registered, and nobody waits"),
    Miniature(
        name="WAITLIST-3",
        rule="WAITLIST-3",
        about="registered where the list is full, and nobody waits",
        replaces={waiting.waits_beyond: never},
        bend=later.registered_in_vain,
    ),
    _bent({tokens.secret_is: lambda known, sent: True}, "any secret gets an app's token"),
    _bent({tokens.holds: always(True)}, "tokens never expire"),
    _bent(
        {tokens.told_of: lambda known: {k: v for k, v in known.items() if k != "instanceId"}},
        "the instance that a token was issued for is not told",
    ),
    _bent({waiting.asked_in_turn: always(None)}, "a freed place is offered to nobody"),
    _off(advice.attendance_agrees, about="no word about nobody of whom some came"),
    _off(advice.attendees_booked, about="no word about more attendees than participants"),
    _off(advice.field_expected, about="no word about fields that nobody reads"),
    _off(advice.message_goes_out, about="no word about messages that are not sent"),
    _off(advice.slot_is_the_sessions, about="no word about slots that contradict their session"),
    _off(advice.policy_respected, about="no word about policies passed over for customers"),
    _off(advice.filters_used_once, about="no word about filters that stand twice"),
    Miniature(
        name="AUTH-12",
        rule="AUTH-12",
        about="a member finds everybody's bookings at the reader",
        handlers={"queryExtendedBookings": calling(bent.by_the_owner)},
    ),
    _bent(
        {reading.operators_that_count: lambda way, sent: _LONG if len(sent) > 1 else sent},
        "two operators on one field narrow nothing",
    ),
    Miniature(
        name="SHAPE-11",
        rule="SHAPE-11",
        about="plain text is refused, and read all the same",
        replaces={bodies.said_to_be_more_than_text: lambda reading, said: None},
        bend=bent.text_refused_when_done,
    ),
    _off(advice.ids_belong_together, about="no word about ids that do not belong together"),
    _off(advice.here_to_stay, about="no word about operations that will be gone"),
)
