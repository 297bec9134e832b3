"""Miniatures of events and messages."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import Notification
from bookings_mock.domain.event import Event
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.rules import events
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.handler import Handler
from bookings_mock.miniatures.further.ways import under
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.stand_ins import always, less

Json = Mapping[str, Any]


def _confirmed_twice(slugs: tuple[str, ...]) -> tuple[str, ...]:
    return slugs * 2 if "confirmed" in slugs else slugs


def _called(renamed: Mapping[str, str]) -> Any:
    return lambda slugs: tuple(renamed.get(slug, slug) for slug in slugs)


def _told_though_refused(handler: Handler) -> Handler:
    """A refused cancelation is told as if it had been made."""

    async def canceled(call: Call) -> Any:
        try:
            return await handler(call)
        except RuleBroken:
            booking = call.world.booking(call.path["bookingId"])
            if booking and call.caller:
                told = Event(
                    id=call.world.new_event_id(),
                    slug="canceled",
                    time=call.ground.now,
                    sequence=call.world.next_sequence(booking.id),
                    after=booking,
                    before=booking,
                    initiated_by=call.caller.identity,
                    asked={},
                )
                call.world.record([told], [])
            raise

    return canceled


def _status_of_now(body: Json) -> dict[str, Any]:
    shown = dict(body)
    if "previousStatus" in shown:
        shown["previousStatus"] = shown["booking"]["status"]
    return shown


def _participants_of_now(body: Json) -> dict[str, Any]:
    shown = dict(body)
    if "previousTotalParticipants" in shown:
        shown["previousTotalParticipants"] = shown["booking"].get("totalParticipants")
    return shown


def _local_time(event: Json) -> dict[str, Any]:
    """The wall's time somewhere east of Greenwich, with the mark of UTC."""
    there = datetime.fromisoformat(event["eventTime"]) + timedelta(hours=2)
    return {**event, "eventTime": rfc3339(there)}


def _id_of_the_entity(event: Json) -> dict[str, Any]:
    return {**event, "id": event["entityId"]}


def _updates_for_creations(event: Json) -> dict[str, Any]:
    if "createdEvent" not in event:
        return dict(event)
    rest = {key: value for key, value in event.items() if key != "createdEvent"}
    return {**rest, "updatedEvent": {"currentEntity": event["createdEvent"]["entity"]}}


def _joined(former: Notification, new: Notification) -> Notification:
    words = " ".join(text for text in (former.message, new.message) if text)
    return evolve(new, message=words or None)


def _former(former: Notification, new: Notification) -> Notification:
    return former


TELLING: tuple[Miniature, ...] = (
    Miniature(
        name="confirmed-is-told-twice",
        rule="EVENT-1",
        about="the event of a confirmation, and no other, is sent twice with two ids",
        replaces={events.emitted: _confirmed_twice},
    ),
    Miniature(
        name="refused-but-told",
        rule="EVENT-1",
        about="a refused cancelation sends the event of one that was made",
        handlers={"cancelBooking": _told_though_refused},
    ),
    Miniature(
        name="moves-are-updates",
        rule="EVENT-1",
        about="rescheduling sends `updated` instead of `rescheduled`",
        replaces={events.emitted: _called({"rescheduled": "updated"})},
    ),
    Miniature(
        name="declined-is-told-as-canceled",
        rule="EVENT-1",
        about="declining sends the event of a cancelation",
        replaces={events.emitted: _called({"declined": "canceled"})},
    ),
    Miniature(
        name="bulk-tells-nothing",
        rule="EVENT-1",
        about="bookings made in bulk send no event",
        handlers={"bulkCreateBooking": under({events.emitted: always(())})},
    ),
    Miniature(
        name="event-ids-of-the-booking",
        rule="EVENT-2",
        about="events have the id of their booking, the same again and again",
        replaces={events.envelope: _id_of_the_entity},
    ),
    Miniature(
        name="event-times-are-local",
        rule="EVENT-2",
        about="eventTime is the local time, said to be in UTC",
        replaces={events.envelope: _local_time},
    ),
    Miniature(
        name="creations-are-told-as-updates",
        rule="EVENT-2",
        about="the event of a new booking carries an updatedEvent",
        replaces={events.envelope: _updates_for_creations},
    ),
    Miniature(
        name="previous-status-of-now",
        rule="EVENT-4",
        about="previousStatus tells the status that the booking has now",
        replaces={events.action_body: _status_of_now},
    ),
    Miniature(
        name="no-previous-start",
        rule="EVENT-4",
        about="the event of a reschedule does not say when the booking started before",
        replaces={events.action_body: less("previousStartDate")},
    ),
    Miniature(
        name="declining-always-tells-the-customer",
        rule="NOTIFY-1",
        about="whoever declines with a message sends it, asked or not",
        handlers={"declineBooking": under({events.is_sent: always(True)})},
    ),
    Miniature(
        name="moving-always-tells-the-customer",
        rule="NOTIFY-1",
        about="whoever reschedules with a message sends it, asked or not",
        handlers={"rescheduleBooking": under({events.is_sent: always(True)})},
    ),
    Miniature(
        name="messages-pile-up",
        rule="NOTIFY-2",
        about="each new message is added to those of before",
        replaces={events.last_message: _joined},
    ),
    Miniature(
        name="canceling-keeps-the-former-message",
        rule="NOTIFY-2",
        about="the message of a cancelation does not replace the one before it",
        handlers={"cancelBooking": under({events.last_message: _former})},
    ),
    Miniature(
        name="canceling-in-bulk-tells-nothing",
        rule="EVENT-1",
        about="bookings that are canceled in bulk send no event",
        handlers={"bulkCancelBooking": under({events.emitted: always(())})},
    ),
    Miniature(
        name="previous-participants-of-now",
        rule="EVENT-4",
        about="the event of other participants says that there were as many before",
        replaces={events.action_body: _participants_of_now},
    ),
    Miniature(
        name="bulk-always-tells-the-customer",
        rule="NOTIFY-1",
        about="whoever books in bulk with a message sends it, asked or not",
        handlers={"bulkCreateBooking": under({events.is_sent: always(True)})},
    ),
)
