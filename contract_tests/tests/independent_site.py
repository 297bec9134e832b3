"""What the independent server keeps, and the small things that all of it needs."""

import tomllib
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .independent_wire import Json, Refused

SITE = tomllib.loads(Path(__file__).with_name("independent.toml").read_text())


class Site:
    # What takes seats; for appointments what waits for approval does so too.
    takes: tuple[str, ...] = ("CONFIRMED",)

    def __init__(self) -> None:
        self.bookings: dict[str, Json] = {}
        self.flow: dict[str, Json] = {}
        self.seen: dict[tuple[str, str], Json] = {}
        self.cursors: dict[str, tuple[list[Json], int]] = {}
        self.old: dict[str, tuple[Json, Json]] = {}
        self.caller: Json = {}
        self.owner, self.role = False, "-"

    def booked(self, key: str) -> Json:
        if key.upper() not in self.bookings:
            raise Refused(404, "BOOKING_NOT_FOUND")
        return self.bookings[key.upper()]

    def seen_as(self, key: str) -> Json:
        row = next((row for row in self.seen.values() if row["id"] == key.upper()), None)
        if row is None:
            raise Refused(404, "ATTENDANCE_NOT_FOUND")
        return row

    def own(self, booking: Json) -> bool:
        return booking["contactDetails"].get("contactId") == self.caller.get("contact_id")


def guid() -> str:
    return str(uuid.uuid4()).upper()


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(words: Any, slot: Json) -> datetime:
    try:
        zone = ZoneInfo(slot.get("timezone") or "Etc/GMT-1")
    except (ValueError, OSError, KeyError):
        raise Refused(400, "INVALID_TIME_ZONE") from None
    try:
        found = datetime.fromisoformat(words)
    except (ValueError, TypeError):
        raise Refused(400, "INVALID_DATE_FORMAT") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def titled(service: Json, **entity: Json) -> Json:
    tags = {"class": "GROUP", "course": "COURSE", "appointment": "INDIVIDUAL"}
    return {"tags": [tags[service["kind"]]], **entity, "title": service["title"]}


def contact(asked: Json) -> Json:
    given = {k: v for k, v in (asked.get("contactDetails") or {}).items() if v is not None}
    own = str(uuid.uuid5(uuid.NAMESPACE_URL, given.get("email", guid()))).upper()
    return {"contactId": own, **given}


def identity(caller: Json) -> Json:
    keys = {"wix_user_id": "wixUserId", "app_id": "appId"}
    return {wire: caller[key] for key, wire in keys.items() if key in caller}


def dates(service: Json, entity: Json) -> Json:
    slot, schedule = entity.get("slot") or {}, entity.get("schedule") or {}
    both = {
        "startDate": slot.get("startDate") or schedule.get("firstSessionStart"),
        "endDate": slot.get("endDate") or schedule.get("lastSessionEnd"),
    }
    return {
        key: datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for key, at in both.items()
    }


def service_of(booking: Json) -> Json:
    entity = booking["bookedEntity"]
    known = (entity.get("slot") or entity.get("schedule"))["serviceId"]
    return next(one for one in SITE["services"].values() if one["id"] == known)


def where(booking: Json) -> tuple[str, str, str]:
    entity = booking["bookedEntity"]
    slot = entity.get("slot") or {}
    place = slot.get("sessionId") or slot.get("serviceId") or entity["schedule"]["scheduleId"]
    return place, booking["startDate"], booking["endDate"]


def heads(booking: Json) -> int:
    groups = (booking.get("participantsChoices") or {}).get("serviceChoices", ())
    return booking.get("totalParticipants") or sum(
        one.get("numberOfParticipants") or 1 for one in groups
    )


def paid(asked: Json) -> Json:
    return {"paymentStatus": asked["paymentStatus"]} if asked.get("paymentStatus") else {}
