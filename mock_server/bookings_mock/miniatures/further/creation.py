"""Miniatures of Create Booking and Bulk Create Booking."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import Booking, Course, Json, Participants, Slot
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.ground import Contacts
from bookings_mock.domain.rulebook import Refusal
from bookings_mock.domain.rules import create, extended, policy
from bookings_mock.domain.rules.envelopes import writable_part
from bookings_mock.domain.service import COURSE, Service, Session
from bookings_mock.miniatures.further.ways import asking, keeping
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.stand_ins import first_choice_exists, less

CREATES, IN_BULK = "createBooking", "bulkCreateBooking"


def _any_session(session: Session | None, service: Service) -> Refusal | None:
    if session:
        return None
    return Refusal(f"{service.name} has no session with this id", case="session")


def _courses_checked_only(service: Service, by_schedule: bool) -> str | None:
    return create.booked_as_its_kind(service, by_schedule) if service.kind == COURSE else None


def _schedules_whenever_they_begin(fit: Fit) -> Refusal | None:
    """An appointment's schedule begins never, which else would be in the way."""
    by_schedule = fit.case == "schedule" and not fit.bookable
    return None if by_schedule else create.unavailable(fit)


def _of_any_option(wanted: Participants, service: Service) -> str | None:
    """Whether each value is one of the service's, whatever option it was chosen for."""
    values = {value for option in service.options for value in option.values}
    parts = wanted.choices["serviceChoices"] if wanted.choices else []
    chosen = [one.get("custom") for part in parts for one in part.get("choices") or []]
    return None if all(one in values for one in chosen if one) else "there is no such choice"


def _end_as_sent(session: Session, service: Service, asked: Slot | None) -> Slot:
    slot = create.session_slot(session, service, asked)
    return evolve(slot, end=asked.end) if asked else slot


def _in_utc(session: Session, service: Service, asked: Slot | None) -> Slot:
    return evolve(create.session_slot(session, service, asked), timezone="UTC")


def _first_session_only(entity: Slot | Course) -> tuple[datetime | None, datetime | None]:
    if isinstance(entity, Course) and entity.start:
        return entity.start, entity.start + timedelta(minutes=90)
    return create.period(entity)


def _local_dates(info: Any) -> Any:
    """The body with its slot's dates read without their offset, as if they were in UTC."""
    entity = info["booking"].get("bookedEntity") or {}
    slot = entity.get("slot")
    if not slot:
        return info
    naive = {name: f"{_wall(slot[name])}Z" for name in ("startDate", "endDate") if slot.get(name)}
    booking = {**info["booking"], "bookedEntity": {**entity, "slot": {**slot, **naive}}}
    return {**info, "booking": booking}


def _wall(text: str) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None).isoformat()
    except ValueError:
        return text


def _begun_too(service: Service, start: datetime | None, now: datetime) -> str | None:
    begun = start is not None and start <= now
    return None if begun else policy.within_window(service, start, now)


def _skipped_or_not(option: str | None, service: Service, skipped: bool) -> bool:
    return create.option_in_question(option, service, False)


def _undefined_too(option: str | None, service: Service, skipped: bool) -> bool:
    undefined = option == "UNDEFINED" and not skipped
    return undefined or create.option_in_question(option, service, skipped)


def _paid_offline(details: Json) -> Json:
    return {**details, "selectedPaymentOption": "OFFLINE"}


def _younger(call: Call, former: Booking | None, booking: Booking) -> Booking:
    return evolve(booking, updated=booking.created + timedelta(seconds=1))


def _as_sent(call: Call, former: Booking | None, booking: Booking) -> Booking:
    sent = call.body["booking"]
    return evolve(booking, double_booked=bool(sent.get("doubleBooked")))


def _dated_as_sent(sent: Mapping[str, Any], writable: Any) -> dict[str, Any]:
    dates = {key: sent[key] for key in ("createdDate", "updatedDate") if key in sent}
    return {**writable_part(sent, writable), **dates}


def _in_capitals(details: Json, contacts: Contacts) -> Json:
    known = create.contact_of(details, contacts)
    return {**known, "firstName": str(known.get("firstName", "")).upper()}


def _as_a_stranger(details: Json, contacts: Contacts) -> Json:
    return {**details, "contactId": contacts.id_of({})}


def _in_ascii(details: Json, contacts: Contacts) -> Json:
    known = create.contact_of(details, contacts)
    return {
        key: value.encode("ascii", "replace").decode() if isinstance(value, str) else value
        for key, value in known.items()
    }


def _no_event_id(info: Any) -> Any:
    entity = info["booking"].get("bookedEntity") or {}
    slot = {key: value for key, value in (entity.get("slot") or {}).items() if key != "eventId"}
    named = {**entity, "slot": slot} if entity.get("slot") else entity
    return {**info, "booking": {**info["booking"], "bookedEntity": named}}


def _truths_only(stored: Mapping[str, Json], namespace: str, data: Json) -> Mapping[str, Json]:
    return {**stored, namespace: {key: value for key, value in data.items() if value}}


CREATION: tuple[Miniature, ...] = (
    Miniature(
        name="sessions-of-any-service",
        rule="CREATE-8",
        about="a class is booked by a session of another class",
        replaces={create.session_exists: _any_session},
    ),
    Miniature(
        name="appointments-by-schedule",
        rule="CREATE-9",
        about="an appointment can be booked by its schedule",
        replaces={
            create.booked_as_its_kind: _courses_checked_only,
            create.available: _schedules_whenever_they_begin,
        },
    ),
    Miniature(
        name="only-the-first-choice-is-checked",
        rule="CREATE-3",
        about="a new booking's first choice must exist, and no other",
        replaces={create.choices_exist: first_choice_exists},
    ),
    Miniature(
        name="choices-of-any-option",
        rule="CREATE-3",
        about="a choice needs a value that the service has, whatever its optionId",
        replaces={create.choices_exist: _of_any_option},
    ),
    Miniature(
        name="the-end-as-the-caller-says",
        rule="CREATE-6",
        about="the end of a class booking is the caller's, its start the session's",
        replaces={create.session_slot: _end_as_sent},
    ),
    Miniature(
        name="sessions-are-in-utc",
        rule="CREATE-6",
        about="the slot of a class booking is given in UTC, not in the session's time zone",
        replaces={create.session_slot: _in_utc},
    ),
    Miniature(
        name="courses-end-with-their-first-session",
        rule="CREATE-13",
        about="the endDate of a course booking is that of the first session",
        replaces={create.period: _first_session_only},
    ),
    Miniature(
        name="offsets-are-dropped",
        rule="CREATE-13",
        about="the dates of an appointment are read as UTC, whatever their offset",
        handlers={CREATES: asking(_local_dates)},
    ),
    Miniature(
        name="what-has-begun-is-bookable",
        rule="CREATE-17",
        about="a session that has begun can be booked",
        replaces={policy.within_window: _begun_too},
    ),
    Miniature(
        name="the-payment-option-is-always-checked",
        rule="CREATE-16",
        about="skipSelectedPaymentOptionValidation is of no use",
        replaces={create.option_in_question: _skipped_or_not},
    ),
    Miniature(
        name="undefined-is-no-payment-option",
        rule="CREATE-16",
        about="the payment option UNDEFINED is refused instead of settled at checkout",
        replaces={create.option_in_question: _undefined_too},
    ),
    Miniature(
        name="nothing-is-paid-yet",
        rule="CREATE-12",
        about="new bookings are NOT_PAID",
        replaces={create.first_payment_status: lambda sent: "NOT_PAID"},
    ),
    Miniature(
        name="external-ids-are-forgotten",
        rule="CREATE-22",
        about="the externalUserId of a new booking is not kept",
        replaces={create.kept_as_sent: less("externalUserId")},
    ),
    Miniature(
        name="additional-fields-are-forgotten",
        rule="CREATE-22",
        about="the additionalFields of a new booking are not kept",
        replaces={create.kept_as_sent: less("additionalFields")},
    ),
    Miniature(
        name="everything-is-paid-offline",
        rule="CREATE-22",
        about="whatever payment option is selected, OFFLINE is kept",
        replaces={create.kept_as_sent: _paid_offline},
    ),
    Miniature(
        name="names-are-rewritten",
        rule="CREATE-22",
        about="first names come back in capitals",
        replaces={create.contact_of: _in_capitals},
    ),
    Miniature(
        name="nobody-is-known-again",
        rule="AUTH-11",
        about="whoever books a second time becomes a second contact",
        replaces={create.contact_of: _as_a_stranger},
    ),
    Miniature(
        name="updated-after-creation",
        rule="CREATE-21",
        about="a new booking's updatedDate is a second later than its createdDate",
        handlers={CREATES: keeping(_younger)},
    ),
    Miniature(
        name="double-booked-is-believed",
        rule="SHAPE-6",
        about="a doubleBooked that the caller sends is stored",
        handlers={CREATES: keeping(_as_sent)},
    ),
    Miniature(
        name="dates-are-believed",
        rule="SHAPE-6",
        about="a createdDate or updatedDate that the caller sends is stored",
        replaces={writable_part: _dated_as_sent},
    ),
    Miniature(
        name="other-namespaces-are-erased",
        rule="EXTENDED-1",
        about="writing one namespace of extended fields erases the others",
        replaces={extended.stored_fields: lambda stored, namespace, data: {namespace: data}},
    ),
    Miniature(
        name="accents-are-lost",
        rule="CREATE-22",
        about="letters of a name that are not ASCII come back as question marks",
        replaces={create.contact_of: _in_ascii},
    ),
    Miniature(
        name="event-ids-name-nothing",
        rule="CREATE-6",
        about="a session that is named by its eventId is not found",
        handlers={CREATES: asking(_no_event_id)},
    ),
    Miniature(
        name="what-is-false-is-not-stored",
        rule="EXTENDED-1",
        about="0, false and what is empty are left out of extended fields",
        replaces={extended.stored_fields: _truths_only},
    ),
)
