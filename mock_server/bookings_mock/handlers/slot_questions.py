"""Questions for time slots: what was asked, whether a slot meets it, and which page is answered."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from attrs import frozen

from bookings_mock.call import Call
from bookings_mock.domain.booking import Slot
from bookings_mock.domain.openings import Opening
from bookings_mock.domain.rules import openings as rules_of
from bookings_mock.domain.service import STAFF_TYPE, Resource
from bookings_mock.handlers.finding import refused, seal_of
from bookings_mock.handlers.slot_shows import VIOLATIONS, place_of, violations_of
from bookings_mock.handlers.wall import read_moment, read_zone
from bookings_mock.query import Field, Found, Key, Page, QueryRefused, select
from bookings_mock.query.cursors import read_cursor
from bookings_mock.query.filters import All

R = TypeVar("R")


@frozen
class Listing:
    """A request for a list, a cursor's own request included, and where its page begins."""

    asked: Mapping[str, Any]
    zone: ZoneInfo
    start: datetime
    end: datetime
    limit: int
    after: Sequence[Any] | None = None
    before: Sequence[Any] | None = None

    def page(self, order: Sequence[Key[R]]) -> Page[R]:
        """The page of what was found."""
        return Page(
            where=All(()),
            order=tuple(order),
            limit=self.limit,
            after=self.after,
            before=self.before,
            sent=self.asked,
        )


def read_listing(call: Call) -> Listing:
    """What a list is asked for, by its cursor if it has one."""
    paging = call.body.get("cursorPaging") or {}
    asked, place = call.body, {}
    if paging.get("cursor"):
        try:
            place = dict(read_cursor(paging["cursor"], seal_of(call)))
        except QueryRefused as error:
            error.field = "cursorPaging.cursor"
            raise refused(error, "SHAPE-3") from None
        asked = place["query"]
    zone = zone_of(call, asked.get("timeZone"))
    start, end = (
        read_moment(asked[name], name, zone, local=True)
        for name in ("fromLocalDate", "toLocalDate")
    )
    return Listing(
        asked={key: value for key, value in asked.items() if key != "cursorPaging"},
        zone=zone,
        start=start,
        end=end,
        limit=paging.get("limit") or call.mock.grammars[call.operation].default_limit,
        after=place.get("after"),
        before=place.get("before"),
    )


def zone_of(call: Call, name: str | None) -> ZoneInfo:
    """The zone that is named, else the site's."""
    return read_zone(name, call.world.site.timezone, "timeZone")


def begun(call: Call, listing: Listing) -> Callable[[Slot], bool]:
    """Whether a slot belongs to the time that is asked for."""
    within = call.ground.rules(rules_of.begins_within)
    return lambda slot: within(slot, listing.start, listing.end)


def told(call: Call, listing: Listing) -> Callable[[Slot], bool]:
    """The same, of slots that are booked by their wall times."""
    there, tellable = begun(call, listing), call.ground.rules(rules_of.tellable)
    return lambda slot: there(slot) and tellable(slot, listing.zone)


def length_of(asked: Mapping[str, Any]) -> timedelta | None:
    """How long the customer chooses it to be."""
    minutes = (asked.get("customerChoices") or {}).get("durationInMinutes")
    return timedelta(minutes=minutes) if minutes else None


def lower(asked: Mapping[str, Any], name: str) -> list[str]:
    """A list of ids, as they are compared."""
    return [one.lower() for one in asked.get(name) or ()]


def provided(one: Opening, asked: Mapping[str, Any]) -> bool:
    """Whether a slot is where, and with whom, it is asked for."""
    places = asked.get("locations") or []
    here, own = place_of(one.slot.location) or {}, one.slot.resource
    ids = lower(asked, "resourceIds")
    return (
        (not places or any(_same_place(place, here) for place in places))
        and (not ids or (own is not None and own.id.lower() in ids))
        and all(_has(own, wanted) for wanted in asked.get("resourceTypes") or ())
    )


def _same_place(wanted: Mapping[str, Any], here: Mapping[str, Any]) -> bool:
    if wanted.get("id"):
        return bool(wanted["id"].lower() == str(here.get("id")).lower())
    return wanted.get("locationType") in (None, here.get("locationType"))


def _has(own: Resource | None, wanted: Mapping[str, Any]) -> bool:
    ids = lower(wanted, "resourceIds")
    of_type = (wanted.get("resourceTypeId") or STAFF_TYPE).lower() == STAFF_TYPE
    return own is not None and of_type and (not ids or own.id.lower() in ids)


def wanted(one: Opening, asked: Mapping[str, Any]) -> bool:
    """Whether the policy speaks against it in the way that was asked for."""
    known, violations = violations_of(one), asked.get("bookingPolicyViolations") or {}
    return all(violations.get(name) in (None, known[name]) for name in VIOLATIONS)


def cut(call: Call, listing: Listing, found: Sequence[R], slot_of: Callable[[R], Slot]) -> Found[R]:
    """The page of what was found, by its begin."""
    listed_by = call.ground.rules(rules_of.listed_by)

    def last(one: R) -> str:
        return f"{slot_of(one).schedule_id}{slot_of(one).session_id}"

    start: Key[R] = Key("start", Field(lambda one: listed_by(slot_of(one)), "date"))
    order = (start, Key("key", Field(last)))
    return select(listing.page(order), lambda: found, _NoIndex(), seal_of(call))


def paging_of(found: Found[Any]) -> dict[str, Any]:
    """How to go on."""
    cursors = {"next": found.next, "prev": found.prev}
    return {
        "cursors": {side: cursor for side, cursor in cursors.items() if cursor},
        "hasNext": found.next is not None,
    }


class _NoIndex:
    """Openings are made anew for each call: there is nothing to look them up in."""

    def find(self, name: str, values: Any) -> None:
        """None for every field."""
