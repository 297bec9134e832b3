"""Miniatures of what is shown as available, of waitlists, and of tokens."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from attrs import evolve

from bookings_mock.domain.booking import Slot
from bookings_mock.domain.rules import openings, tokens, waiting
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.stand_ins import always, never
from bookings_mock.rim.answers import Answer, Exchange

T = TypeVar("T")

SLOTS = "listAvailabilityTimeSlots"


def _all_but_the_last(found: Iterable[T], meets: Callable[[T], bool]) -> list[T]:
    met = [one for one in found if meets(one)]
    return met[:-1] if len(met) > 1 else met


def _cut_short(reading: str, start: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    before, after = (one.astimezone(zone).utcoffset() for one in (start, start + length))
    return start + length - (timedelta() if before == after else timedelta(minutes=15))


def _first_and_last(slot: Slot, start: datetime, end: datetime) -> bool:
    return start < slot.start <= end


def _answered(operation: str, change: Callable[[Any], Any]) -> Callable[[Exchange, Answer], Answer]:
    def bend(exchange: Exchange, answer: Answer) -> Answer:
        asked = exchange.call is not None and exchange.call.operation == operation
        return (
            evolve(answer, body=change(answer.body)) if asked and answer.status == 200 else answer
        )

    return bend


def _renamed(body: Any) -> Any:
    kept = {key: value for key, value in body.items() if key != "cursorPagingMetadata"}
    return {**kept, "pagingMetadata": body["cursorPagingMetadata"]}


def _without_approval(body: Any) -> Any:
    service = body["service"]
    shown = {**service["onlineBooking"], "requireManualApproval": False}
    return {"service": {**service, "onlineBooking": shown}}


def _all_ways(body: Any) -> Any:
    service = body["service"]
    options = {**service["payment"]["options"], "online": True, "inPerson": True}
    return {"service": {**service, "payment": {**service["payment"], "options": options}}}


def _a_seat_more(body: Any) -> Any:
    slot = body["timeSlot"]
    more = {name: slot[name] + 1 for name in ("totalCapacity", "remainingCapacity")}
    return {**body, "timeSlot": {**slot, **more}}


OFFERING: tuple[Miniature, ...] = (
    Miniature(
        name="narrower-questions-lose-one",
        rule="AVAILABILITY-4",
        about="the last of what meets a question is left out, where there are several",
        replaces={openings.narrowed: _all_but_the_last},
    ),
    Miniature(
        name="slots-begin-after-the-begin",
        rule="AVAILABILITY-5",
        about="what begins with the time that is asked for is not in it",
        replaces={openings.begins_within: _first_and_last},
    ),
    Miniature(
        name="slot-pages-by-another-name",
        rule="AVAILABILITY-6",
        about="the pages of an appointment's times have the name that those of sessions have",
        bend=_answered(SLOTS, _renamed),
    ),
    Miniature(
        name="approval-that-is-not-shown",
        rule="AVAILABILITY-9",
        about="a service that asks for approval is shown as if it did not",
        bend=_answered("getService", _without_approval),
    ),
    Miniature(
        name="ways-to-pay-that-are-none",
        rule="AVAILABILITY-9",
        about="every service is shown to be paid in every way",
        bend=_answered("getService", _all_ways),
    ),
    Miniature(
        name="seats-that-are-not-there",
        rule="AVAILABILITY-9",
        about="a session is shown with a seat more than it has",
        bend=_answered("getEventTimeSlot", _a_seat_more),
    ),
    Miniature(
        name="hours-cut-short-by-the-clocks",
        rule="AVAILABILITY-10",
        about="an appointment over a change of the clocks loses a quarter of an hour",
        replaces={openings.end_of: _cut_short},
    ),
    Miniature(
        name="waitlists-that-keep-nothing",
        rule="WAITLIST-4",
        about="a place that is offered to who waits can be booked by anybody",
        replaces={waiting.kept_for: always(0)},
    ),
    Miniature(
        name="waitlists-without-turns",
        rule="WAITLIST-4",
        about="whoever waits can take a place, offered or not",
        replaces={waiting.still_waits: never},
    ),
    Miniature(
        name="codes-of-anybody",
        rule="TOKEN-1",
        about="any code gets a member's token",
        replaces={tokens.code_names: always(True)},
    ),
    Miniature(
        name="refreshed-for-other-clients",
        rule="TOKEN-1",
        about="a token is refreshed for whichever client asks",
        replaces={tokens.issued_to: always(True)},
    ),
    Miniature(
        name="members-without-an-api-key",
        rule="TOKEN-1",
        about="a visitor vouches for any member",
        replaces={tokens.vouches: always(True)},
    ),
    Miniature(
        name="tokens-told-of-as-the-owners",
        rule="TOKEN-3",
        about="every token is told to be the owner's",
        replaces={tokens.told_of: lambda known: {**known, "subjectType": "USER"}},
    ),
)
