"""Reads requests of the declared shape into what the life cycle understands."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bookings_mock.call import Call
from bookings_mock.domain.booking import Flow, Notification, Participants
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.rules import envelopes
from bookings_mock.domain.service import Resource
from bookings_mock.domain.times import shown_everywhere
from bookings_mock.domain.wish import Creation, Decision, Relocation, ScheduleWish, SlotWish

Json = Mapping[str, Any]

# The fields of a booking that the domain models itself; all others are kept as they came.
_MODELLED = frozenset(
    {
        "bookedEntity", "contactDetails", "extendedFields", "flowControlSettings",
        "numberOfParticipants", "participantNotification", "participantsChoices", "paymentStatus",
        "revision", "sendSmsReminder", "status", "totalParticipants",
    }
)  # fmt: skip


def read_creation(call: Call, info: Json) -> Creation:
    """What one Create Booking body asks for."""
    booking: Json = info["booking"]
    caller = call.caller
    assert caller is not None
    flow = info.get("flowControlSettings") or {}
    written = call.ground.rules(envelopes.writable_part)(booking, call.mock.writable)
    participants = read_participants(booking)
    return Creation(
        entity=read_entity(booking.get("bookedEntity") or {}),
        participants=participants or Participants(total=booking.get("numberOfParticipants") or 1),
        kind=caller.kind,
        identity=caller.identity,
        status=booking.get("status"),
        payment_status=booking.get("paymentStatus"),
        contact=_known_contact(booking.get("contactDetails") or {}, caller.contact_id),
        flow=_flow(flow),
        notification=read_notification(info) or Notification(),
        sms_reminder=info.get("sendSmsReminder"),
        extended=(booking.get("extendedFields") or {}).get("namespaces") or {},
        form=info.get("formSubmission"),
        skip_payment_option=bool(flow.get("skipSelectedPaymentOptionValidation")),
        number_alone=participants is None and booking.get("numberOfParticipants") is not None,
        details={key: value for key, value in written.items() if key not in _MODELLED},
    )


def read_entity(entity: Json) -> SlotWish | ScheduleWish:
    """A slot, or the schedule of a course."""
    schedule = entity.get("schedule")
    if schedule and not entity.get("slot"):
        return ScheduleWish(
            service_id=schedule.get("serviceId"),
            schedule_id=schedule.get("scheduleId"),
            timezone=_zone(schedule.get("timezone")),
        )
    return read_slot(entity.get("slot") or {})


def read_slot(slot: Json) -> SlotWish:
    """A slot as its caller describes it; a date without an offset is meant in its time zone."""
    zone = _zone(slot.get("timezone"))
    return SlotWish(
        service_id=slot.get("serviceId"),
        schedule_id=slot.get("scheduleId"),
        session_id=slot.get("sessionId") or slot.get("eventId"),
        start=read_date(slot.get("startDate"), zone, "slot.startDate"),
        end=read_date(slot.get("endDate"), zone, "slot.endDate"),
        timezone=zone,
        resource=_resource(slot.get("resource") or {}),
        location=slot.get("location"),
        selections=tuple(slot.get("resourceSelections") or ()),
    )


def read_participants(holder: Json) -> Participants | None:
    """A total or choices, None where neither is given."""
    if holder.get("totalParticipants") is not None:
        return Participants(total=holder["totalParticipants"])
    if holder.get("participantsChoices") is not None:
        return Participants(choices=holder["participantsChoices"])
    return None


def read_decision(body: Json) -> Decision:
    """What Confirm, Decline, Mark As Pending and Confirm Or Decline have in common."""
    flow = body.get("flowControlSettings") or {}
    return Decision(
        payment_status=body.get("paymentStatus"),
        notification=read_notification(body),
        sms_reminder=body.get("sendSmsReminder"),
        double_booked=body.get("doubleBooked"),
        check_availability=bool(flow.get("checkAvailabilityValidation")),
        skip_approval_check=bool(flow.get("skipPendingApprovalServiceValidation")),
    )


def read_relocation(body: Json) -> Relocation:
    """What Reschedule Booking asks for."""
    flow = body.get("flowControlSettings") or {}
    return Relocation(
        slot=read_slot(body["slot"]),
        participants=read_participants(body),
        notification=read_notification(body),
        skip_availability=bool(flow.get("skipAvailabilityValidation")),
        skip_business_confirmation=bool(flow.get("skipBusinessConfirmation")),
        ignore_policy=bool(flow.get("ignoreReschedulePolicy")),
    )


def ignores_policy(body: Json) -> bool:
    """Whether a cancelation passes over the service's policy."""
    return bool((body.get("flowControlSettings") or {}).get("ignoreCancellationPolicy"))


def read_notification(body: Json) -> Notification | None:
    """The message to the participants, None where the caller says nothing of one."""
    sent = body.get("participantNotification")
    if sent is None:
        return None
    return Notification(
        notify=bool(sent.get("notifyParticipants")),
        message=sent.get("message"),
        metadata=sent.get("metadata"),
    )


def read_date(text: str | None, zone: str | None, field: str) -> datetime | None:
    """A slot's date as UTC; raises RuleBroken if it is none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone or "UTC"))
        return shown_everywhere(zoned.astimezone(UTC))
    except (ValueError, OverflowError):
        reason = f"{field} is no ISO 8601 date and time"
        raise RuleBroken("CREATE-19", reason, case="date", field=field) from None


def _zone(name: str | None) -> str | None:
    if not name:
        return None
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        reason = f"{name} is no time zone of the tz database"
        raise RuleBroken("CREATE-19", reason, case="time_zone", field="slot.timezone") from None
    return name


def _resource(sent: Json) -> Resource | None:
    if not sent.get("id"):
        return None
    return Resource(
        id=sent["id"].lower(),
        name=sent.get("name") or "",
        email=sent.get("email"),
        schedule_id=sent.get("scheduleId") or "",
    )


def _flow(settings: Json) -> Flow:
    return Flow(
        skip_availability=bool(settings.get("skipAvailabilityValidation")),
        skip_business_confirmation=bool(settings.get("skipBusinessConfirmation")),
    )


def _known_contact(details: Json, contact_id: str | None) -> Json:
    """A caller with a contact of its own books for that contact, unless it names another."""
    return {"contactId": contact_id, **details} if contact_id else details
