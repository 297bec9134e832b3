"""Miniatures of the operations on several bookings at once."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from attrs import evolve, field, frozen

from bookings_mock.call import Call
from bookings_mock.domain.booking import STATUSES, Booking
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.rules import bulk
from bookings_mock.handlers.handler import Handler
from bookings_mock.miniatures.further.ways import Seen, counting, showing, under
from bookings_mock.miniatures.miniature import Miniature

IN_BULK = "bulkCreateBooking"
DECIDES, CANCELS = "bulkConfirmOrDeclineBooking", "bulkCancelBooking"


def _stopping(handler: Handler) -> Handler:
    """The items after the first that can't be booked are not even tried."""

    async def created(call: Call) -> Any:
        items = call.body.get("createBookingsInfo") or []
        done = await _tried(handler, call)
        ends = [n for n, one in enumerate(done["results"]) if not one["itemMetadata"]["success"]]
        if not ends:
            return await handler(call)
        tried = {**call.body, "createBookingsInfo": items[: ends[0] + 1]}
        answer = await handler(evolve(call, body=tried))
        failed = answer["results"][-1]["itemMetadata"]
        left = [
            {"itemMetadata": {**failed, "originalIndex": n}} for n in range(ends[0] + 1, len(items))
        ]
        told = {**answer["bulkActionMetadata"], "totalFailures": 1 + len(left)}
        results = [*answer["results"], *left]
        return {**answer, "results": results, "bulkActionMetadata": told}

    return created


class _Undone(Exception):
    """Carries an answer out of what is undone."""


async def _tried(handler: Handler, call: Call) -> Any:
    """What the call would answer; nothing of it stays."""
    try:
        with call.world.all_or_nothing():
            raise _Undone(await handler(call))
    except _Undone as answer:
        return answer.args[0]


def _keeping_what_came_before(handler: Handler) -> Handler:
    """A bulk call that fails as a whole leaves the bookings that were made up to there."""

    async def created(call: Call) -> Any:
        try:
            return await handler(call)
        except RuleBroken:
            await _created_up_to_there(handler, call)
            raise

    return created


async def _created_up_to_there(handler: Handler, call: Call) -> None:
    for item in call.body.get("createBookingsInfo") or []:
        try:
            await handler(evolve(call, body={**call.body, "createBookingsInfo": [item]}))
        except RuleBroken:
            return


@frozen
class AsItBegan(Seen):
    """The sessions as they were when the call began."""

    known: frozenset[str] = field(init=False)

    @known.default
    def _there(self) -> frozenset[str]:
        return frozenset(booking.id for booking in self.world.bookings())

    def in_session(
        self, session_id: str, statuses: Collection[str] = STATUSES
    ) -> Iterable[Booking]:
        """Those of the session, without what the call itself has made."""
        return (b for b in self.world.in_session(session_id, statuses) if b.id in self.known)


def _from_one(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**metadata, "originalIndex": metadata["originalIndex"] + 1}


def _failures_last(call: Call, answer: Any) -> Any:
    """What failed comes last, and is counted there."""
    ordered = sorted(answer["results"], key=lambda one: not one["itemMetadata"]["success"])
    results = [
        {**one, "itemMetadata": {**one["itemMetadata"], "originalIndex": number}}
        for number, one in enumerate(ordered)
    ]
    return {**answer, "results": results}


BULK: tuple[Miniature, ...] = (
    Miniature(
        name="bulk-stops-at-the-first-failure",
        rule="BULK-2",
        about="the items after the first that can't be booked are not tried",
        handlers={IN_BULK: _stopping},
    ),
    Miniature(
        name="bulk-keeps-what-came-before",
        rule="BULK-1",
        about="a bulk call that fails as a whole leaves the bookings that it had made",
        handlers={IN_BULK: _keeping_what_came_before},
    ),
    Miniature(
        name="original-index-off-by-one",
        rule="BULK-5",
        about="originalIndex counts from one",
        replaces={bulk.item_metadata: _from_one},
    ),
    Miniature(
        name="entities-unasked",
        rule="BULK-5",
        about="each result carries its booking, asked or not",
        replaces={bulk.answers_entity: lambda asked: True},
    ),
    Miniature(
        name="bulk-counts-the-seats-once",
        rule="BULK-2",
        about="the items of a bulk call do not see the seats that those before them take",
        handlers={IN_BULK: counting(AsItBegan)},
    ),
    Miniature(
        name="failures-come-last",
        rule="BULK-5",
        about="items that failed are numbered after those that did not",
        handlers={IN_BULK: showing(_failures_last)},
    ),
    Miniature(
        name="decisions-count-from-one",
        rule="BULK-5",
        about="originalIndex counts from one where bookings are decided on in bulk",
        handlers={DECIDES: under({bulk.item_metadata: _from_one})},
    ),
    Miniature(
        name="canceled-in-bulk-with-entities",
        rule="BULK-5",
        about="what is canceled in bulk is answered as a whole, asked or not",
        handlers={CANCELS: under({bulk.answers_entity: lambda asked: True})},
    ),
)
