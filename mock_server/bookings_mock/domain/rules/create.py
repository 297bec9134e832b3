"""Rules of Create Booking."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

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
from bookings_mock.domain.service import APPOINTMENT, CLASS, COURSE, Service, Session
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
        resource=session.resource or service.resource,
        location=session.location or service.location,
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
    few = f"{fit.wanted} participants, but {max(fit.left, 0)} open spots are left"
    # Clients read the session that they may wait for from the end of these words.
    told = f"{few} on session {fit.session_id}" if fit.session_id else few
    return Refusal(told, case=fit.case)


@rule("CREATE-8")
def schedule_exists(service: Service | None) -> Refusal | None:
    """The service or schedule that is booked must exist."""
    if service:
        return None
    return Refusal("there is no service with this id or schedule", case="schedule")


@rule("CREATE-8")
def session_exists(session: Session | None, service: Service) -> Refusal | None:
    """A class is booked by an existing session of that service."""
    if session and session.service_id == service.id and not session.canceled:
        return None
    return Refusal(f"{service.name} has no session with this id", case="session")


@rule("CREATE-9")
def booked_as_its_kind(service: Service, by_schedule: bool) -> str | None:
    """A course is booked by its schedule, an appointment by a slot; of classes see CREATE-28."""
    if by_schedule == (service.kind == COURSE) or (by_schedule and service.kind == CLASS):
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
def option_in_question(option: str | None, service: Service, skipped: bool) -> bool:
    """Whether the payment option may not do: UNDEFINED is settled at checkout, others on offer."""
    return not (skipped or option in (None, "UNDEFINED") or option in service.payment_options)


@either("CREATE-30")
def option_offered(reading: str, option: str | None, service: Service) -> str | None:
    """An option that the service does not offer is refused (A), or left to the checkout (B)."""
    if reading == "B":
        return None
    return f"{service.name} does not offer the payment option {option}"


@either("CREATE-29")
def no_conflict(reading: str, contact: Json, submitted: Json) -> Refusal | None:
    """Contact details that contradict the form are refused (A), or passed over (B)."""
    for key, value in submitted.items() if reading == "A" else ():
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


@either("CREATE-20")
def resource_named(
    reading: str, service: Service, asked: SlotWish | ScheduleWish, skipped: bool
) -> str | None:
    """For appointments, availability is skipped only with a resource named (A), or always (B)."""
    named = bool(getattr(asked, "resource", None))
    if reading == "B" or not skipped or service.kind != APPOINTMENT or named:
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
def assigned_at_creation(reading: str, slot: Slot, assigned: Slot) -> Slot:
    """An appointment without a resource gets one at its confirmation (A, C), or at creation (B)."""
    return assigned if reading == "B" else slot


@either("CREATE-24")
def resource_chosen(reading: str, asked: SlotWish) -> str | None:
    """An appointment may leave the resource open (A, B), or has to say how it is chosen (C)."""
    if reading != "C" or asked.resource or asked.selections:
        return None
    return "name a slot.resource, or say in slot.resourceSelections how it is chosen"


@either("CREATE-25")
def belongs_together(reading: str, contradictions: Sequence[str]) -> str | None:
    """Ids that contradict each other are repaired (A), or refused (B)."""
    if reading == "A" or not contradictions:
        return None
    return f"{' and '.join(contradictions)} is not of the service that is booked"


@rule("CREATE-25")
def own_ids(entity: Slot | Course, asked: SlotWish | ScheduleWish) -> Slot | Course:
    """What is booked carries the ids that belong together, whatever the caller said."""
    return entity


@either("CREATE-26")
def ends_after_it_starts(reading: str, start: datetime, end: datetime) -> Refusal | None:
    """Where nobody looks at availability, an odd end is refused (A), or taken as it is (B)."""
    if reading == "B" or start < end:
        return None
    return Refusal("must be after startDate", case="default", field="slot.endDate")


@either("CREATE-27")
def counted_as_published(reading: str, number_alone: bool) -> Refusal | None:
    """numberOfParticipants alone says how many (A), or is no field that counts (B)."""
    if reading == "A" or not number_alone:
        return None
    ways = "totalParticipants or participantsChoices"
    return Refusal(f"say how many take part by {ways}", field="booking.totalParticipants")


@either("CREATE-28")
def booked_by_session(reading: str, service: Service, by_schedule: bool) -> str | None:
    """A class is booked by one of its sessions (A), or by its whole schedule as well (B)."""
    if reading == "B" or service.kind != CLASS or not by_schedule:
        return None
    return f"{service.name} is a class: it is booked by slot"


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
