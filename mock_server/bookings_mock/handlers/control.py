"""The mock's own controls: what the site offers, its calendar, and a way to begin anew."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.calendar import CalendarEntry, calendar
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.shows import TAGS
from bookings_mock.site import show_callers, show_services
from bookings_mock.version import VERSION


async def site(call: Call) -> Any:
    """The site as a target file: everything that a client needs to know."""
    here = call.world.site
    known = {"namespace": min(here.namespaces)} if here.namespaces else {}
    return {
        "format": 1,
        "product": "bookings-mock",
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
    return {**call.mock.document, "servers": [{"url": call.base_url}]}


async def sessions(call: Call) -> Any:
    """The calendar: every session with its participants."""
    return {"sessions": [_session(entry) for entry in calendar(call.ground)]}


async def reset(call: Call) -> Any:
    """Forget the world; it begins anew on its next use."""
    call.mock.worlds.drop(call.world.name)
    return {}


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
        "status": "CONFIRMED",
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
    "mockSite": site,
    "mockDocument": document,
    "mockSessions": sessions,
    "mockReset": reset,
}
