"""Miniatures of who may do what, and on whose site."""

from collections.abc import Collection
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.rules import envelopes, reading
from bookings_mock.handlers.handler import Handler
from bookings_mock.miniatures.further.ways import under
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.stand_ins import never


def _across_sites(handler: Handler) -> Handler:
    """A booking that is not of the caller's site is looked for on the others."""

    async def anywhere(call: Call) -> Any:
        known = call.path["bookingId"]
        if call.world.booking(known):
            return await handler(call)
        for sites in call.mock.worlds.names().values():
            for world in sites.values():
                if world.name == call.world.name and world.booking(known):
                    found = evolve(call, world=world, ground=call.mock.ground(world))
                    return await handler(found)
        return await handler(call)

    return anywhere


def _any_scope(scopes: Collection[str], needed: Collection[str]) -> str | None:
    return None if scopes else "the app has no scope at all"


def _longer_scope_only(scopes: Collection[str], needed: Collection[str]) -> str | None:
    return envelopes.has_scope(scopes, sorted(needed)[:1])


def _visitors_only(kind: str, overridden: Collection[str]) -> str | None:
    return None if kind == "member" else envelopes.may_override(kind, overridden)


# Where the document says who may call what.
_LISTS = "/paths/~1bookings~1v1~1bookings/get/x-callers"
_READS = "/paths/~1_api~1bookings-reader~1v2~1extended-bookings~1query/post/x-callers"
_ANYBODY = ("owner", "app", "member", "visitor")


CALLERS: tuple[Miniature, ...] = (
    Miniature(
        name="other-sites-are-confirmed-by-id",
        rule="AUTH-4",
        about="a booking of another site is confirmed by whoever knows its id",
        handlers={"confirmBooking": _across_sites},
    ),
    Miniature(
        name="other-sites-are-canceled-by-id",
        rule="AUTH-4",
        about="a booking of another site is canceled by whoever knows its id",
        handlers={"cancelBooking": _across_sites},
    ),
    Miniature(
        name="members-cancel-for-others",
        rule="AUTH-6",
        about="a member may cancel, though not reschedule, what others have booked",
        handlers={"cancelBooking": under({reading.may_change: never})},
    ),
    Miniature(
        name="members-move-others",
        rule="AUTH-6",
        about="a member may reschedule, though not cancel, what others have booked",
        handlers={"rescheduleBooking": under({reading.may_change: never})},
    ),
    Miniature(
        name="any-scope-writes",
        rule="AUTH-2",
        about="an app with a scope to read may write as well",
        replaces={envelopes.has_scope: _any_scope},
    ),
    Miniature(
        name="one-of-two-scopes",
        rule="AUTH-2",
        about="only one of the two Manage Bookings scopes lets an app write",
        replaces={envelopes.has_scope: _longer_scope_only},
    ),
    Miniature(
        name="members-override-the-usual-course",
        rule="AUTH-7",
        about="members, though not visitors, may override availability and policy",
        replaces={envelopes.may_override: _visitors_only},
    ),
    Miniature(
        name="members-cancel-for-others-in-bulk",
        rule="AUTH-6",
        about="a member may cancel in bulk, though not one by one, what others have booked",
        handlers={"bulkCancelBooking": under({reading.may_change: never})},
    ),
    Miniature(
        name="visitors-list-bookings",
        rule="AUTH-3",
        about="a visitor sees in the V1 list what everybody has booked",
        rewrites={_LISTS: _ANYBODY},
    ),
    Miniature(
        name="visitors-query-bookings",
        rule="AUTH-9",
        about="a visitor who queries the reader sees what everybody has booked",
        rewrites={_READS: _ANYBODY},
    ),
)
