"""Shows what the domain holds in the shapes that the document declares."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.domain.booking import Booking, Course, Slot
from bookings_mock.domain.service import Resource
from bookings_mock.domain.times import rfc3339

TAGS = {"appointment": "INDIVIDUAL", "class": "GROUP", "course": "COURSE"}


def show_booking(booking: Booking) -> dict[str, Any]:
    """A booking as the V2 API answers it."""
    shown = {
        "id": booking.id,
        "bookedEntity": show_entity(booking),
        "contactDetails": booking.contact,
        **_participants(booking),
        "status": booking.status,
        "paymentStatus": booking.payment_status,
        "createdDate": rfc3339(booking.created),
        "updatedDate": rfc3339(booking.updated),
        "startDate": rfc3339(booking.start),
        "endDate": rfc3339(booking.end),
        "revision": str(booking.revision),
        "createdBy": booking.created_by,
        "extendedFields": {"namespaces": booking.extended} if booking.extended else None,
        "doubleBooked": booking.double_booked or None,
        "participantNotification": _notification(booking),
        "sendSmsReminder": booking.sms_reminder,
        "flowControlSettings": _flow(booking),
        **booking.details,
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
    if booking.participants.choices is not None:
        return {"participantsChoices": booking.participants.choices}
    return {"totalParticipants": booking.participants.count}


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
