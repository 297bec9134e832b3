"""Rules of Create Booking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve

from bookings_mock.domain.booking import (
    CONFIRMED,
    CREATED,
    WAITING_LIST,
    Course,
    Json,
    Participants,
    Slot,
)
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.ground import Contacts
from bookings_mock.domain.rulebook import Refusal, either, rule
from bookings_mock.domain.service import APPOINTMENT, COURSE, Service, Session
from bookings_mock.domain.wish import ScheduleWish, SlotWish


@rule("AUTH-11")
def contact_of(details: Json, contacts: Contacts) -> Json:
    """Whoever books is added as a contact, unless the caller names one."""
    if details.get("contactId"):
        return details
    return {**details, "contactId": contacts.id_of(details)}


@rule("CREATE-3")
def choices_exist(participants: Participants, service: Service) -> str | None:
    """Every given choice exists for the service."""
    for choice in _choices(participants):
        if not _offered(choice, service):
            return f"the service {service.name} has no such choice: {dict(choice)}"
    return None


@rule("CREATE-4")
def first_status(asked: str | None) -> str:
    """A new booking is CREATED unless another status was asked for."""
    return asked or CREATED


@rule("CREATE-6")
def session_slot(session: Session, service: Service, asked: Slot | None) -> Slot:
    """Given a session, the slot is the session's, whatever the caller said of it."""
    return Slot(
        service_id=service.id,
        schedule_id=session.schedule_id,
        session_id=session.id,
        start=session.start,
        end=session.end,
        timezone=service.timezone,
        resource=service.resource,
        location=service.location,
    )


@rule("CREATE-7")
def available(fit: Fit) -> Refusal | None:
    """The slot or schedule must be available."""
    return unavailable(fit)


def unavailable(fit: Fit) -> Refusal | None:
    """Why something is not available, as several rules say it."""
    if not fit.bookable:
        return Refusal("the service does not offer this slot", case="slot")
    if fit.enough:
        return None
    if fit.case == "slot":
        return Refusal("the slot is not available any more", case="slot")
    left = max(fit.left, 0)
    return Refusal(f"{fit.wanted} participants, but {left} open spots are left", case=fit.case)


@rule("CREATE-8")
def schedule_exists(service: Service | None) -> Refusal | None:
    """The service or schedule that is booked must exist."""
    if service:
        return None
    return Refusal("there is no service with this id or schedule", case="schedule")


@rule("CREATE-8")
def session_exists(session: Session | None, service: Service) -> Refusal | None:
    """A class is booked by an existing session of that service."""
    if session and session.service_id == service.id:
        return None
    return Refusal(f"{service.name} has no session with this id", case="session")


@rule("CREATE-9")
def booked_as_its_kind(service: Service, by_schedule: bool) -> str | None:
    """A course is booked by its schedule; an appointment or a class by a slot."""
    if by_schedule == (service.kind == COURSE):
        return None
    way = "schedule" if service.kind == COURSE else "slot"
    return f"{service.name} is a {service.kind}: it is booked by {way}"


@either("CREATE-10")
def status_permitted(reading: str, asked: str | None, kind: str) -> Refusal | None:
    """CONFIRMED with a Manage scope (A), or any status by owners only (B)."""
    if asked in (None, CREATED):
        return None
    if reading == "B":
        return None if kind == "owner" else Refusal("only the owner may ask", case="caller")
    if asked != CONFIRMED:
        return Refusal(
            f"invalid status: {asked} is not permitted", case="status", field="booking.status"
        )
    if kind not in ("owner", "app"):
        return Refusal("no permission to create a booking with a status", case="caller")
    return None


@rule("CREATE-11")
def not_from_here(asked: str | None) -> Refusal | None:
    """WAITING_LIST never comes from this API."""
    if asked != WAITING_LIST:
        return None
    return Refusal("WAITING_LIST comes from the waitlist only", field="booking.status")


@rule("CREATE-12")
def first_payment_status(sent: str | None) -> str:
    """The payment status of a new booking, whatever was sent."""
    return "UNDEFINED"


@rule("CREATE-13")
def period(entity: Slot | Course) -> tuple[datetime | None, datetime | None]:
    """A booking's startDate and endDate: the slot's, or those of the whole schedule."""
    return entity.start, entity.end


@either("CREATE-15")
def reminds(reading: str, asked: bool | None) -> bool:
    """An SMS reminder goes out only where it was asked for (A), or unless it was declined (B)."""
    return asked is True if reading == "A" else asked is not False


@rule("CREATE-16")
def option_offered(option: str | None, service: Service, skipped: bool) -> str | None:
    """The payment option is one that the service offers; UNDEFINED is settled at checkout."""
    if skipped or option in (None, "UNDEFINED") or option in service.payment_options:
        return None
    return f"{service.name} does not offer the payment option {option}"


@rule("CREATE-18")
def no_conflict(contact: Json, submitted: Json) -> Refusal | None:
    """Contact details that a form submission gives too must be the same."""
    for key, value in submitted.items():
        if contact.get(key) not in (None, value):
            return Refusal(f"contactDetails.{key} is not what the formSubmission says")
    return None


@rule("CREATE-18")
def contact_from_form(contact: Json, submitted: Json) -> Json:
    """What a form submission says of the contact wins."""
    return {**contact, **submitted}


@rule("CREATE-19")
def understood(when: datetime | None, name: str) -> Refusal | None:
    """Dates of an appointment must be there, and real."""
    if when:
        return None
    return Refusal("must be an ISO 8601 date and time", case="date", field=f"slot.{name}")


@rule("CREATE-20")
def resource_named(service: Service, asked: SlotWish | ScheduleWish, skipped: bool) -> str | None:
    """For appointments, availability may be skipped only with a resource named."""
    if not skipped or service.kind != APPOINTMENT or getattr(asked, "resource", None):
        return None
    return "skipAvailabilityValidation needs a slot.resource for appointments"


@rule("CREATE-21")
def creator(identity: Json) -> Json:
    """Who created the booking; beside an appId the other id wins."""
    others = [key for key in identity if key not in ("appId", "contactId")]
    return {key: value for key, value in identity.items() if key != "appId" or not others}


@rule("CREATE-22")
def kept_as_sent(details: Json) -> Json:
    """What the caller wrote comes back as it was sent."""
    return details


@either("CREATE-23")
def participants_fit_variants(
    reading: str, participants: Participants, service: Service
) -> str | None:
    """A total for several variants, or choices for a single one: refused (A), or accepted (B)."""
    variants = sum(len(option.values) for option in service.options)
    if reading == "B":
        return None
    if participants.choices is None and variants > 1:
        return f"{service.name} has variants: say participantsChoices"
    if participants.choices is not None and variants == 1:
        return f"{service.name} has a single variant: say totalParticipants"
    return None


@either("CREATE-24")
def assigned_at_creation(reading: str, slot: Slot, service: Service) -> Slot:
    """An appointment without a resource gets one at its confirmation (A), or at creation (B)."""
    return assigned(slot, service) if reading == "B" else slot


def assigned(slot: Slot, service: Service) -> Slot:
    """The slot with the service's resource, where it names none itself."""
    return slot if slot.resource else evolve(slot, resource=service.resource)


def _choices(participants: Participants) -> list[Mapping[str, Any]]:
    parts = participants.choices["serviceChoices"] if participants.choices else []
    return [choice for part in parts for choice in part.get("choices") or []]


def _offered(choice: Mapping[str, Any], service: Service) -> bool:
    values = [choice[key] for key in ("custom",) if choice.get(key) is not None]
    named = [choice[key].get("name") for key in _NAMED if isinstance(choice.get(key), Mapping)]
    for option in service.options:
        if option.id == choice.get("optionId"):
            return all(value in option.values for value in values + [n for n in named if n])
    return False


_NAMED = ("duration", "dateTime", "participantRange")
