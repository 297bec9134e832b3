"""Shows what the domain holds in the shapes that the document declares."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.domain.booking import Booking, Course, Slot
from bookings_mock.domain.service import Resource
from bookings_mock.domain.times import rfc3339

# The one way in which the parts of a booking of several services follow one another.
IN_SEQUENCE = "SEQUENTIAL_BOOKINGS"
# Wix Bookings itself, the app that every service here belongs to.
BOOKINGS_APP = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"
# What someone is by the field that carries their id; beside an appId the other one counts.
IDENTITY_TYPES = {
    "wixUserId": "WIX_USER",
    "memberId": "MEMBER",
    "anonymousVisitorId": "ANONYMOUS_VISITOR",
    "appId": "APP",
}
TAGS = {"appointment": "INDIVIDUAL", "class": "GROUP", "course": "COURSE"}


def show_booking(booking: Booking) -> dict[str, Any]:
    """A booking as the V2 API answers it."""
    shown = {
        "id": booking.id,
        "bookedEntity": show_entity(booking),
        "contactDetails": booking.contact,
        "additionalFields": [],
        **_participants(booking),
        "status": booking.status,
        "paymentStatus": booking.payment_status,
        "selectedPaymentOption": "UNDEFINED",
        "bookedAddOns": [],
        "createdDate": rfc3339(booking.created),
        "updatedDate": rfc3339(booking.updated),
        "startDate": rfc3339(booking.start),
        "endDate": rfc3339(booking.end),
        "revision": str(booking.revision),
        "createdBy": show_identity(booking.created_by),
        "createdByAppId": booking.app_id,
        "formId": booking.form_id,
        "appId": BOOKINGS_APP,
        "extendedFields": {"namespaces": booking.extended} if booking.extended else None,
        "doubleBooked": booking.double_booked or None,
        "participantNotification": _notification(booking),
        "sendSmsReminder": booking.sms_reminder,
        "flowControlSettings": _flow(booking),
        "multiServiceBookingInfo": _whole(booking),
        **{name: value for name, value in booking.details.items() if value is not None},
    }
    return {key: value for key, value in shown.items() if value is not None}


def show_entity(booking: Booking) -> dict[str, Any]:
    """What is booked: a slot, or the schedule of a course."""
    entity = booking.entity
    part = (
        {"schedule": _schedule(entity)} if isinstance(entity, Course) else {"slot": _slot(entity)}
    )
    return {**part, "title": booking.title, "tags": [TAGS[booking.kind]]}


def show_resource(resource: Resource) -> dict[str, Any]:
    """A resource as it stands in a slot."""
    shown = {
        "id": resource.id,
        "name": resource.name or None,
        "email": resource.email,
        "scheduleId": resource.schedule_id or None,
    }
    return {key: value for key, value in shown.items() if value is not None}


def show_identity(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Someone with what they are said beside their id; nobody where no id is known."""
    known = [name for name in IDENTITY_TYPES if name in identity]
    return {**identity, **({"identityType": IDENTITY_TYPES[known[0]]} if known else {})}


def _slot(slot: Slot) -> dict[str, Any]:
    shown = {
        "sessionId": slot.session_id,
        "eventId": slot.session_id,
        "serviceId": slot.service_id,
        "scheduleId": slot.schedule_id,
        "startDate": rfc3339(slot.start),
        "endDate": rfc3339(slot.end),
        "timezone": slot.timezone,
        "resource": show_resource(slot.resource) if slot.resource else None,
        "location": slot.location,
        "resourceSelections": list(slot.selections),
    }
    return {key: value for key, value in shown.items() if value is not None}


def _schedule(course: Course) -> dict[str, Any]:
    shown = {
        "scheduleId": course.schedule_id,
        "serviceId": course.service_id,
        "timezone": course.timezone,
        "firstSessionStart": rfc3339(course.start),
        "lastSessionEnd": rfc3339(course.end),
        "location": course.location,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _participants(booking: Booking) -> Mapping[str, Any]:
    chosen = booking.participants.choices
    if chosen is not None:
        rows = [{**row, "choices": row.get("choices") or []} for row in chosen["serviceChoices"]]
        return {"participantsChoices": {**chosen, "serviceChoices": rows}}
    return {"totalParticipants": booking.participants.count}


def _whole(booking: Booking) -> dict[str, Any] | None:
    return {"id": booking.whole_id, "type": IN_SEQUENCE} if booking.whole_id else None


def _notification(booking: Booking) -> dict[str, Any] | None:
    last = booking.notification
    if not (last.notify or last.message):
        return None
    shown = {
        "notifyParticipants": last.notify,
        "message": last.message,
        "metadata": last.metadata,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _flow(booking: Booking) -> dict[str, Any] | None:
    flow = {
        "skipAvailabilityValidation": booking.flow.skip_availability,
        "skipBusinessConfirmation": booking.flow.skip_business_confirmation,
    }
    return {key: value for key, value in flow.items() if value} or None
