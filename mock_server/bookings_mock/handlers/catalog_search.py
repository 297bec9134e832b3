"""Services by when they are free."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import Slot
from bookings_mock.domain.hours import window_of
from bookings_mock.domain.openings import openings
from bookings_mock.handlers.entities import Json, querying
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.services import SERVICES
from bookings_mock.handlers.wall import read_moment, read_zone


async def query(call: Call) -> Any:
    """Query Services By Filters."""
    asked = call.body.get("serviceFilters") or {}
    free = _free(call, asked)
    everything = asked.get("includeUnavailable") is True
    kind = evolve(
        SERVICES,
        many="results",
        every=lambda call: [
            one for one in SERVICES.every(call) if _there(one, asked) and (everything or free(one))
        ],
        view=lambda call, shown: {"service": shown, "available": free(shown)},
        rule="SHAPE-3",
    )
    return await querying(kind)(_paged(call))


def _paged(call: Call) -> Call:
    wanted = {"cursorPaging": {}, **(call.body.get("query") or {})}
    return evolve(call, body={**call.body, "query": wanted})


def _there(shown: Json, asked: Json) -> bool:
    """Whether the service takes place where it is asked for."""
    wanted = {one.lower() for one in asked.get("locationIds") or ()}
    places = {str(one.get("id")).lower() for one in shown["locations"]}
    return not wanted or bool(wanted & places)


def _free(call: Call, asked: Json) -> Callable[[Json], bool]:
    """Whether a service has a time within the period that can be booked; always without one."""
    zone = read_zone(asked.get("timeZone"), call.world.site.timezone, "serviceFilters.timeZone")
    start, end = (
        read_moment(asked[name], f"serviceFilters.{name}", zone, local=True)
        if asked.get(name)
        else None
        for name in ("localStartDate", "localEndDate")
    )
    if start is None and end is None:
        return lambda shown: True
    return lambda shown: _bookable(call, shown["id"], start, end)


def _bookable(call: Call, service_id: str, start: datetime | None, end: datetime | None) -> bool:
    service = call.world.site.offered(service_id)
    window = window_of(call.ground.now, start, end)

    def within(slot: Slot) -> bool:
        assert slot.start is not None
        assert slot.end is not None
        return (start is None or slot.start >= start) and (end is None or slot.end <= end)

    return service is not None and any(
        one.bookable for one in openings([service], within, call.ground, window=window)
    )


OPERATIONS: Mapping[str, Handler] = {"queryServicesByFilters": query}
