"""Shows what has happened in the form in which receivers get it, and what customers were told."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.clock import wall_clock
from bookings_mock.domain.event import Event, Message
from bookings_mock.domain.rules.events import action_body, envelope, signing_key
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.attendance import shown as show_attendance
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.reminders import awaited, falls_due, reminder
from bookings_mock.handlers.shows import show_booking, show_entity
from bookings_mock.outbox import token

# The settings of a call that its event repeats, where the event has a field for them.
_REPEATED = ("participantNotification", "sendSmsReminder", "flowControlSettings", "doubleBooked")


async def events(call: Call) -> Any:
    """The events of a world, decoded, in the order in which they happened."""
    return {"events": [show_event(call, event) for event in call.world.events]}


async def webhooks(call: Call) -> Any:
    """The events of a world as they are delivered, and the key to verify them with."""
    return {
        "publicKey": call.mock.keys.public_pem,
        "deliveries": [
            {"eventId": event.id, "token": _delivered(call, event)} for event in call.world.events
        ],
    }


async def messages(call: Call) -> Any:
    """The messages of a world in the order in which they were sent, then those to come."""
    overdue = falls_due(call.mock, call.world, call.ground.now)
    for happening in sorted(overdue, key=lambda one: one.time):
        happening.fire()
    sent = [_message(message, sent=True) for message in call.world.messages]
    later = [_message(reminder(*one), sent=False) for one in awaited(call.world)]
    return {"messages": [*sent, *later]}


def show_event(call: Call, event: Event) -> Mapping[str, Any]:
    """One event as the document declares it."""
    kind = call.mock.event_kinds[event.slug]
    shown = {
        "id": event.id,
        "entityFqdn": kind.entity,
        "slug": event.slug,
        "entityId": event.entity_id,
        "eventTime": rfc3339(event.time),
        "triggeredByAnonymizeRequest": False,
        "entityEventSequence": str(event.sequence),
        kind.variant: _content(call, event, kind.variant, kind.fields),
    }
    return call.ground.rules(envelope)(shown)


def _delivered(call: Call, event: Event) -> str:
    kind, keys = call.mock.event_kinds[event.slug], call.mock.keys
    return token(
        event=show_event(call, event),
        event_type=f"{kind.entity}_{event.slug}",
        instance_id=call.world.site.id,
        identity=event.initiated_by,
        key=call.ground.rules(signing_key)(keys.own, keys.foreign),
        # A signature is good by the clock on the receiver's wall, whatever the world's says.
        now=wall_clock(),
    )


def _content(call: Call, event: Event, variant: str, fields: frozenset[str]) -> dict[str, Any]:
    if event.attendance:
        return {"deletedEntity": show_attendance(event.attendance)}
    booking = show_booking(event.after)
    if variant == "createdEvent":
        return {"entity": booking}
    if variant == "updatedEvent":
        return {"currentEntity": booking}
    body = {"booking": booking, "initiatedBy": event.initiated_by, **_before(event)}
    body |= {name: event.asked[name] for name in _REPEATED if event.asked.get(name) is not None}
    kept = {name: body[name] for name in body if name in fields and body[name] is not None}
    return {"body": call.ground.rules(action_body)(kept)}


def _before(event: Event) -> dict[str, Any]:
    former = event.before
    if former is None:
        return {}
    return {
        "previousStatus": former.status,
        "previousPaymentStatus": former.payment_status,
        "previousBookedEntity": show_entity(former),
        "previousStartDate": rfc3339(former.start),
        "previousEndDate": rfc3339(former.end),
        "previousTotalParticipants": former.participants.total,
        "previousParticipantsChoices": former.participants.choices,
    }


def _message(message: Message, *, sent: bool) -> dict[str, Any]:
    keys = ("contactId", "email", "phone")
    shown = {
        "kind": message.kind,
        "bookingId": message.booking_id,
        "cause": message.cause,
        "to": {key: message.contact[key] for key in keys if message.contact.get(key)},
        "message": message.text,
        "metadata": message.metadata,
        "time": rfc3339(message.time),
        "sent": sent,
    }
    return {key: value for key, value in shown.items() if value is not None}


OPERATIONS: Mapping[str, Handler] = {
    "mockEvents": events,
    "mockWebhooks": webhooks,
    "mockMessages": messages,
}
