"""The mock's own controls: what the site offers, its calendar, and a way to begin anew."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import bookings_openapi
from bookings_mock.call import Call
from bookings_mock.clock import ClockError, read_moment
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.calendar import CalendarEntry, calendar
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.shows import TAGS
from bookings_mock.site import show_callers, show_services
from bookings_mock.version import VERSION
from bookings_openapi.version31 import in_31

PRODUCT = "bookings-mock"


async def index(call: Call) -> Any:
    """What there is, and where to read on."""
    api = call.mock.operations
    listed = call.mock.listing
    paths = {one["operationId"]: one["path"] for one in listed}
    return {
        "product": PRODUCT,
        "version": VERSION,
        "site": call.mock.home_name,
        "document": paths["mockDocument"],
        "controls": [dict(one) for one in listed if one["operationId"] not in api],
        "operations": [dict(one) for one in listed if one["operationId"] in api],
    }


async def site(call: Call) -> Any:
    """The site as a target file: everything that a client needs to know."""
    here = call.world.site
    known = {"namespace": min(here.namespaces)} if here.namespaces else {}
    return {
        "format": 1,
        "product": PRODUCT,
        "version": VERSION,
        "target": {
            "url": call.base_url,
            "paths": "documented",
            "settle_s": 0,
            "may_notify": True,
            **known,
        },
        "callers": show_callers(call.mock.callers.values(), call.mock.home),
        "services": show_services(here),
        "control": {"url": f"{call.base_url}/_mock/"},
        "site": {
            "id": here.id,
            "name": here.name,
            "timezone": here.timezone,
            "bookings_installed": here.installed,
            "now": rfc3339(call.ground.now),
        },
    }


async def document(call: Call) -> Any:
    """The API's document, served from here."""
    shown = _document(bool(call.query.get("controls")), call.query.get("version") == "3.1")
    return {**shown, "servers": [{"url": call.base_url}]}


@cache
def _document(controls: bool, newer: bool) -> Mapping[str, Any]:
    whole = bookings_openapi.load(controls=controls)
    return in_31(whole) if newer else whole


async def health(call: Call) -> Any:
    """That the mock answers, and who it is."""
    return {
        "status": "ok",
        "product": PRODUCT,
        "version": VERSION,
        "site": call.mock.home_name,
    }


async def sessions(call: Call) -> Any:
    """The calendar: every session with its participants."""
    return {"sessions": [_session(entry) for entry in calendar(call.ground)]}


async def reset(call: Call) -> Any:
    """Forget the world; it begins anew on its next use, at the hour that is named if one is."""
    begins = _hour(call.body["now"]) if call.body and "now" in call.body else None
    call.mock.worlds.drop(call.world.name)
    if begins:
        shared = call.mock.worlds.keep(call.world.name)
        shared.clock = shared.clock.set(begins)
    return {}


def _hour(text: str) -> datetime:
    try:
        return read_moment(text)
    except ClockError as error:
        raise RuleBroken("SHAPE-3", str(error), field="now") from None


def _session(entry: CalendarEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "scheduleId": entry.schedule_id,
        "title": entry.title,
        "tags": [TAGS[entry.kind]],
        "start": {"timestamp": rfc3339(entry.start)},
        "end": {"timestamp": rfc3339(entry.end)},
        "capacity": entry.capacity,
        "totalNumberOfParticipants": entry.total,
        "participants": [_participant(booking) for booking in entry.participants],
        "status": entry.status,
        "type": "EVENT",
    }


def _participant(booking: Booking) -> dict[str, Any]:
    contact = booking.contact
    names = (contact.get("firstName"), contact.get("lastName"))
    shown = {
        "id": booking.id,
        "contactId": contact.get("contactId"),
        "name": " ".join(name for name in names if name) or None,
        "phone": contact.get("phone"),
        "email": contact.get("email"),
        "partySize": booking.participants.count,
        "approvalStatus": booking.approval,
    }
    return {key: value for key, value in shown.items() if value is not None}


OPERATIONS: Mapping[str, Handler] = {
    "mockIndex": index,
    "mockHealth": health,
    "mockSite": site,
    "mockDocument": document,
    "mockSessions": sessions,
    "mockReset": reset,
}
