"""A server of the Bookings API, written from its pages alone, by nobody who had read the mock.

It has words, an order of keys and fields of its own, dates in seconds and with offsets, no
controls, and the second reading wherever the pages leave two. Its site is `independent.toml`. Here
is who may do what where; the deeds are `independent_writer.py` and `independent_reader.py`, what is
asked of requests `independent_wire.py`, and the query language `independent_query.py`.
"""

import copy
import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .independent_site import SITE, guid, now
from .independent_wire import GUID, Json, Refused, read
from .independent_writer import Writer

# Where each deed lives, and who may do it: (m)anagers, (r)eaders, (o)wn bookings of members.
DEEDS = {
    "create": ("POST /bookings/v2/bookings", "m"),
    "bulk": ("POST /bookings/v2/bulk/bookings/create", "m"),
    "confirm": ("POST /bookings/v2/bookings/([^/]+)/confirm", "m"),
    "decline": ("POST /bookings/v2/bookings/([^/]+)/decline", "m"),
    "cancel": ("POST /bookings/v2/bookings/([^/]+)/cancel", "mo"),
    "reschedule": ("POST /bookings/v2/bookings/([^/]+)/reschedule", "mo"),
    "recount": ("POST /bookings/v2/bookings/([^/]+)/update_number_of_participants", "m"),
    "extend": ("POST /bookings/v2/bookings/([^/]+)/update_extended_fields", "m"),
    "decide": ("POST /bookings/v2/confirmation/([^/]+):confirmOrDecline", "m"),
    "query": ("POST /_api/bookings-reader/v2/extended-bookings/query", "mr"),
    "list": ("GET /bookings/v1/bookings", "mro"),
    "attend": ("POST /bookings/bookings-attendance/set", "m"),
    "attendances": ("POST /bookings/bookings-attendance/query", "mr"),
    "attendance": ("GET /bookings/bookings-attendance/([^/]+)", "mr"),
}
ROLES = {"owner": "m", "app": "m", "reader": "r", "member": "o", "other_member": "o"}


class Server(Writer):
    def answer(self, method: str, url: str, headers: Json, body: bytes) -> tuple[int, Json, bytes]:
        kept = dict(self.bookings)
        try:
            status, said = 200, self.done(method, urlsplit(url), headers, body)
        except Refused as no:
            self.bookings = kept  # As if nobody had asked.
            status, said = no.status, no.body
        marks = {"content-type": "application/json;charset=utf-8", "x-wix-request-id": guid()}
        return status, marks, json.dumps({"servedBy": "hand", **said}).encode()

    def done(self, method: str, url: Any, headers: Json, body: bytes) -> Json:
        wanted = (
            (deed, re.fullmatch(at, f"{method} {url.path}")) for deed, (at, _) in DEEDS.items()
        )
        deed, match = next(((deed, match) for deed, match in wanted if match), ("", None))
        if match is None:
            raise Refused(405 if method != "POST" and "/v2/bookings/" in url.path else 404)
        tokens = {one["token"]: (name, one) for name, one in SITE["callers"].items()}
        if headers.get("authorization") not in tokens:
            raise Refused(401)
        name, self.caller = tokens[headers["authorization"]]
        self.owner, self.role = name == "owner", ROLES.get(name, "-")
        if self.role not in DEEDS[deed][1]:
            raise Refused(403, "PERMISSION_DENIED")
        asked = (
            dict(reversed(parse_qsl(url.query))) if method == "GET" else read(deed, headers, body)
        )
        if not match.groups():
            return getattr(self, deed)(asked)
        key = unquote(match[1])
        if deed != "extend" and not GUID(key):
            raise Refused(400, None, "attendanceId" if deed == "attendance" else "bookingId")
        if deed == "attendance":
            return {"attendance": self.seen_as(key)}
        booking = self.booked(key)
        if self.role == "o" and not self.own(booking):
            raise Refused(403, "PERMISSION_DENIED")
        if str(asked.get("revision", booking["revision"])) != booking["revision"]:
            raise Refused(428, "BOOKING_REVISION_MISMATCH")
        asked["flow"] = asked.get("flowControlSettings") or {}
        if self.role == "o" and any(asked["flow"].values()):
            raise Refused(403, "PERMISSION_DENIED")
        self.bookings[booking["id"]] = booking = copy.deepcopy(booking)
        said = getattr(self, deed)(booking, asked)
        booking["updatedDate"] = now()
        if deed != "extend" and said is not False:
            booking["revision"] = str(int(booking["revision"]) + 1)
        return said or {"booking": booking}
