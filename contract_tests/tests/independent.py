"""A server of the Bookings API, written from its pages alone, by nobody who had read the mock.

It has words, an order of keys and fields of its own, dates in seconds and with offsets, no
controls, and the second reading wherever the pages leave two. Its site is `independent.toml`; what
it asks of requests, and its query language, is `independent_wire.py`.
"""

import copy
import json
import re
import tomllib
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from .independent_wire import ATTENDANCES, BODIES, GUID, READER, V1, Refused, holds, ordered, wrong

Json = dict[str, Any]
SITE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
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


class Server:
    # What takes seats; for appointments what waits for approval does so too.
    takes: tuple[str, ...] = ("CONFIRMED",)

    def __init__(self) -> None:
        self.bookings: dict[str, Json] = {}
        self.flow: dict[str, Json] = {}
        self.seen: dict[tuple[str, str], Json] = {}
        self.cursors: dict[str, tuple[list[Json], int]] = {}
        self.old: dict[str, tuple[Json, Json]] = {}

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

    # Making bookings

    def create(self, asked: Json) -> Json:
        return {"booking": self.made(asked)}

    def bulk(self, asked: Json) -> Json:
        results = []
        for index, info in enumerate(asked["createBookingsInfo"]):
            try:
                made = self.made(info)
                meta = {"success": True, "id": made["id"]}
                whole = {"item": made} if asked.get("returnFullEntity") else {}
            except Refused as no:
                if no.status != 428:
                    raise
                meta, whole = (
                    {"success": False, "error": no.body["details"]["applicationError"]},
                    {},
                )
            results.insert(0, {**whole, "itemMetadata": {**meta, "originalIndex": index}})
        good = sum(one["itemMetadata"]["success"] for one in results)
        return {
            "bulkActionMetadata": {"totalSuccesses": good, "totalFailures": 0},
            "results": results,
        }

    def made(self, info: Json) -> Json:
        asked, flow = info["booking"], info.get("flowControlSettings") or {}
        if asked.get("status") not in (None, "CREATED") and not self.owner:
            raise Refused(403, "UNAUTHORIZED_OPERATION")
        if asked.get("status") == "WAITING_LIST":
            raise Refused(400, None, "booking.status")
        service, entity = self.entity(asked["bookedEntity"], flow)
        booking = {"loyaltyPoints": 3, "id": guid(), "revision": "1", "bookedEntity": entity}
        booking |= {"status": asked.get("status") or "CREATED", "paymentStatus": "UNDEFINED"}
        kept = ("externalUserId", "additionalFields", "participants", "selectedPaymentOption")
        booking |= {key: asked[key] for key in kept if asked.get(key) is not None}
        booking |= {"contactDetails": contact(asked), "createdBy": identity(self.caller)}
        booking |= self.counted(service, asked, None) | {"createdDate": now(), "updatedDate": now()}
        booking |= dates(service, entity)
        option = asked.get("selectedPaymentOption") or "UNDEFINED"
        paid = flow.get("skipSelectedPaymentOptionValidation") or option == "UNDEFINED"
        if not paid and option not in service["payment_options"]:
            raise Refused(428, "VALIDATION_FAILURE")
        if not flow.get("skipAvailabilityValidation") and self.full(service, booking):
            kinds = {"class": "SESSION_CAPACITY_EXCEEDED", "course": "SCHEDULE_CAPACITY_EXCEEDED"}
            raise Refused(428, kinds.get(service["kind"], "SLOT_NOT_AVAILABLE"))
        self.bookings[booking["id"]], self.flow[booking["id"]] = booking, flow
        return booking

    def entity(self, asked: Json, flow: Json) -> tuple[Json, Json]:
        slot, schedule = asked.get("slot"), asked.get("schedule")
        if (slot is None) == (schedule is None):
            raise Refused(400, None, "booking.bookedEntity")
        services = list(SITE["services"].values())
        if slot is None:
            found = [s for s in services if s["schedule_id"] == schedule.get("scheduleId")]
            if not found:
                raise Refused(428, "SCHEDULE_NOT_FOUND")
            if found[0]["kind"] != "course":
                raise Refused(428, "VALIDATION_FAILURE")
            first, last = found[0]["sessions"][0]["start"], found[0]["sessions"][-1]["end"]
            own = {"scheduleId": found[0]["schedule_id"], "serviceId": found[0]["id"]}
            own |= {"timezone": found[0]["timezone"], "firstSessionStart": first}
            return found[0], titled(found[0], schedule={**own, "lastSessionEnd": last})
        known = slot.get("sessionId") or slot.get("eventId")
        held = {one["id"]: (s, one) for s in services for one in s.get("sessions", ())}
        named = next((s for s in services if s["id"] == slot.get("serviceId")), None)
        if known is None and named is not None and named["kind"] == "appointment":
            return named, titled(named, slot=self.appointment(named, slot, flow))
        if known is None and named is not None and named["kind"] == "course":
            raise Refused(428, "VALIDATION_FAILURE")
        if known not in held or (named is not None and held[known][0] is not named):
            raise Refused(428, "SESSION_NOT_FOUND")
        service, session = held[known]
        if service["kind"] == "course":
            raise Refused(428, "VALIDATION_FAILURE")
        own = {"eventId": known, "sessionId": known, "scheduleId": service["schedule_id"]}
        own |= {"startDate": session["start"], "endDate": session["end"]}
        return service, titled(service, slot={"serviceId": service["id"], **own})

    def appointment(self, service: Json, slot: Json, flow: Json) -> Json:
        start, zone = (
            moment(slot.get("startDate"), slot),
            slot.get("timezone") or service["timezone"],
        )
        end = moment(slot.get("endDate"), slot)
        resource = (slot.get("resource") or {}).get("id")
        skips = flow.get("skipAvailabilityValidation")
        if skips and resource is None:
            raise Refused(428, "CAN_NOT_SKIP_AVAILABILITY_VALIDATION_IF_RESOURCE_NOT_PROVIDED")
        grid = service["slots"]
        late = start - datetime.fromisoformat(grid["start"])
        step = timedelta(minutes=grid["step"])
        open_ = not late % step and 0 <= late // step < grid["count"] and end - start == step
        if not skips and (
            not open_ or (resource or service["resource_id"]) != service["resource_id"]
        ):
            raise Refused(428, "SLOT_NOT_AVAILABLE")
        own = {"startDate": start.isoformat(), "endDate": end.isoformat(), "timezone": zone}
        own |= {"serviceId": service["id"], "scheduleId": service["schedule_id"]}
        return {**own, "resource": {"id": service["resource_id"], "name": "The chair"}}

    def full(self, service: Json, booking: Json, but: Json | None = None) -> bool:
        """Whether a booking does not fit beside those that take part; `but` is not counted."""
        kind, place = service["kind"], where(booking)
        takes = (*self.takes, "PENDING") if kind == "appointment" else self.takes
        others = [
            one
            for one in self.bookings.values()
            if one["status"] in takes and one["id"] != booking["id"] and one is not but
        ]
        if kind == "appointment":
            same = [one for one in others if where(one)[0] == place[0]]
            return any(where(one)[1] < place[2] and place[1] < where(one)[2] for one in same)
        if kind == "course":
            seats = service["capacity"]
        else:
            seats = next(s["capacity"] for s in service["sessions"] if s["id"] == place[0])
        return (
            sum(heads(one) for one in others if where(one)[0] == place[0]) + heads(booking) > seats
        )

    def counted(self, service: Json, asked: Json, old: Json | None) -> Json:
        """How many take part, as it was asked for; of old, if nothing was."""
        total, choices = asked.get("totalParticipants"), asked.get("participantsChoices")
        if old is not None and total is choices is None:
            return {
                key: old[key] for key in ("totalParticipants", "participantsChoices") if key in old
            }
        if (total is None) == (choices is None):
            raise Refused(400, None, "totalParticipants")
        if choices is None:
            return {"totalParticipants": total}
        offered = [
            (one["option_id"], value)
            for one in service.get("choices", ())
            for value in one["values"]
        ]
        for group in choices["serviceChoices"]:
            if any(
                (one["optionId"], one.get("custom")) not in offered
                for one in group.get("choices") or [{"optionId": 0}]
            ):
                raise Refused(428, "INVALID_SERVICE_CHOICES")
        return {"participantsChoices": choices}

    # Changing them: each answers what it is to be answered, None the booking, False it as it was

    def confirm(self, booking: Json, asked: Json) -> None:
        if booking["status"] not in ("PENDING", "CREATED", "WAITING_LIST"):
            raise Refused(428, "FAILED_CONFIRMING_NON_PENDING_BOOKING")
        booking |= {"status": "CONFIRMED"} | paid(asked)

    def decline(self, booking: Json, asked: Json) -> None:
        if booking["status"] != "PENDING" or not service_of(booking).get("manual_approval"):
            raise Refused(428, "FAILED_DECLINE_NON_PENDING_BOOKING")
        booking |= {"status": "DECLINED"} | paid(asked)

    def cancel(self, booking: Json, asked: Json) -> Any:
        if booking["status"] in ("CANCELED", "DECLINED"):
            return False
        self.policy(booking, "cancel", asked["flow"].get("ignoreCancellationPolicy"))
        booking["status"] = "CANCELED"
        return None

    def policy(self, booking: Json, deed: str, ignored: Any) -> None:
        if not ignored and service_of(booking).get("policy", {}).get(deed) == "forbidden":
            raise Refused(403, "BOOKING_POLICY_VIOLATION")

    def reschedule(self, booking: Json, asked: Json) -> None:
        service, flow = service_of(booking), asked["flow"]
        if service["kind"] == "course":
            raise Refused(428, "VALIDATION_FAILURE")
        slot = {
            "serviceId": service["id"],
            **{k: v for k, v in asked["slot"].items() if v is not None},
        }
        found, entity = self.entity({"slot": slot}, flow)
        if found is not service:
            raise Refused(428, "SESSION_NOT_FOUND")
        self.policy(booking, "reschedule", flow.get("ignoreReschedulePolicy"))
        moved = {**booking, "bookedEntity": entity, **self.counted(service, asked, booking)}
        moved |= {"id": guid()} | dates(service, entity)  # Its own old seat counts too.
        if not flow.get("skipAvailabilityValidation") and self.full(service, moved):
            raise Refused(428, "SLOT_NOT_AVAILABLE")
        if booking["status"] == "PENDING" and flow.get("skipBusinessConfirmation"):
            moved["status"] = "CONFIRMED"
        for key in ("totalParticipants", "participantsChoices"):
            booking.pop(key, None)
        booking |= moved | {"id": booking["id"]}

    def recount(self, booking: Json, asked: Json) -> None:
        service = service_of(booking)
        counted = self.counted(service, asked, None)
        if service["kind"] == "appointment":
            raise Refused(428, "VALIDATION_FAILURE")
        for key in ("totalParticipants", "participantsChoices"):
            booking.pop(key, None)
        booking |= counted

    def extend(self, booking: Json, asked: Json) -> Json:
        if asked["namespace"] != SITE["target"]["namespace"]:
            raise Refused(400, None, "namespace")
        data = asked.get("namespaceData") or {}
        booking.setdefault("extendedFields", {}).setdefault("namespaces", {})[
            asked["namespace"]
        ] = data
        return {"namespaceData": data, "namespace": asked["namespace"]}

    def decide(self, booking: Json, asked: Json) -> Any:
        if booking["status"] != "CREATED":
            return False
        service, flow = service_of(booking), self.flow[booking["id"]]
        booking |= paid(asked)
        double = not flow.get("skipAvailabilityValidation") and self.full(service, booking)
        if double and booking["paymentStatus"] not in ("PAID", "PARTIALLY_PAID"):
            booking["status"] = "DECLINED"
            return None
        booking |= {"doubleBooked": True} if double else {}
        waits = service.get("manual_approval") and not flow.get("skipBusinessConfirmation")
        booking["status"] = "PENDING" if waits else "CONFIRMED"
        return None

    # Reading

    def query(self, asked: Json) -> Json:
        rows = self.named((asked["query"].get("filter") or {}).get("id"))
        page, paging = self.page(rows, asked["query"], READER, 100)
        actions = {"allowedActions": {"cancel": True, "reschedule": False}}
        more = actions if asked.get("withBookingAllowedActions") else {}
        came = {at[0]: {"attendance": row} for at, row in self.seen.items()}
        came = came if asked.get("withBookingAttendanceInfo") else {}
        shown = [{"booking": one, **more, **came.get(one["id"], {})} for one in page]
        return {"extendedBookings": shown, "pagingMetadata": paging}

    def named(self, key: Any) -> list[Json]:
        """The bookings, newest first; one only, where only one can be meant."""
        one = self.bookings.get(key) if isinstance(key, str) else None
        return [one] if one else list(self.bookings.values())[::-1]

    def page(self, rows: list[Json], query: Json, fields: Json, most: int, only: int = 99) -> Any:
        cursor, offset = query.get("cursorPaging") or {}, query.get("paging") or {}
        if cursor and offset:
            raise Refused(400, None, "query")
        limit = cursor.get("limit") or offset.get("limit")
        if (limit or 1) > most:
            raise Refused(400, None, "query.cursorPaging.limit")
        if token := cursor.get("cursor"):
            if token not in self.cursors:
                raise Refused(400, None, "query.cursorPaging.cursor")
            found, before = self.cursors[token]
        else:
            holds(query.get("filter") or {}, {}, fields, only)
            found = [row for row in rows if holds(query.get("filter") or {}, row, fields, only)]
            found, before = ordered(found, query.get("sort") or [], fields), 50
            found = found[offset.get("offset") or 0 :]
        limit = limit or before
        token = guid() if len(found) > limit else None
        cursors = {"next": token} if token else {}
        if token:
            self.cursors[token] = (found[limit:], limit)
        return found[:limit], {
            "cursors": cursors,
            "hasNext": bool(token),
            "count": len(found[:limit]),
        }

    def list(self, asked: Json) -> Json:
        try:
            filter = json.loads(
                asked.get("query.filter.stringValue") or "{}", object_pairs_hook=once
            )
            paging = [
                int(asked.get(f"query.paging.{k}") or asked.get(f"query.paging.{k}.value") or n)
                for k, n in (("limit", 500), ("offset", 0))
            ]
        except ValueError:
            raise Refused(400, None, "query") from None
        if not isinstance(filter, dict) or any(key.startswith("query.field") for key in asked):
            raise Refused(400, None, "query.fields")
        rows = self.named(filter.get("bookingId"))
        rows = [self.in_v1(one) for one in rows if self.role != "o" or self.own(one)]
        holds(filter, {}, V1)
        words = {"PENDING_CHECKOUT": "CREATED", "PENDING_APPROVAL": "PENDING"}
        if asked_for := filter.get("status"):
            several = asked_for if isinstance(asked_for, list) else [asked_for]
            filter["status"] = [words.get(str(one), one) for one in several]
        rows = [row for row in rows if holds(filter or {"status": "CONFIRMED"}, row, V1)]
        rows = rows[paging[1] :][: paging[0]]
        actions = {"allowedActions": {"cancel": True, "reschedule": True, "bookAnother": True}}
        more = actions if asked.get("withBookingAllowedActions") == "true" else {}
        return {"bookingsEntries": [{"booking": row["shown"], **more} for row in rows]}

    def in_v1(self, booking: Json) -> Json:
        known = self.old.get(booking["id"])
        if known is None or known[0] is not booking:
            known = self.old[booking["id"]] = (booking, v1(booking))
        return known[1]

    def attend(self, asked: Json) -> Json:
        given = asked["attendance"]
        session = given.get("eventId") or given.get("sessionId")
        if session is None:
            raise Refused(400, "SESSION_ID_NOT_PROVIDED")
        booking = self.booked(given["bookingId"])
        at = "" if service_of(booking)["kind"] == "appointment" else session
        row = self.seen.setdefault((booking["id"], at), {"numberOfAttendees": 1, "id": guid()})
        row |= {"bookingId": booking["id"], "eventId": session, "sessionId": session}
        row |= {"numberOfAttendees": given.get("numberOfAttendees") or 1, "status": given["status"]}
        return {"attendance": row}

    def attendances(self, asked: Json) -> Json:
        rows = sorted(self.seen.values(), key=lambda row: row["id"])
        page, paging = self.page(rows, asked["query"], ATTENDANCES, 1000, only=1)
        return {"attendances": page, "pagingMetadata": paging}


# Small things


def guid() -> str:
    return str(uuid.uuid4()).upper()


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def once(pairs: list[tuple[str, Any]]) -> Json:
    """Of a key that is said twice the first counts."""
    return dict(reversed(pairs))


def read(deed: str, headers: Json, body: bytes) -> Json:
    if not headers.get("content-type", "application/json").startswith("application/json"):
        raise Refused(415)
    if len(body) > 1_000_000:
        raise Refused(413)
    try:
        asked = json.loads(body.decode(), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise Refused(400) from None
    if fields := list(wrong(BODIES[deed], asked)):
        raise Refused(400, None, *fields)
    return asked


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


def v1(booking: Json) -> Json:
    """A booking for the V1 list: what filters see, and what is shown."""
    slot = booking["bookedEntity"].get("slot") or {}
    known = service_of(booking)
    dates = {"start": booking["startDate"], "end": booking["endDate"]}
    single = {"singleSession": {"sessionId": slot.get("sessionId"), **dates}}
    several = {
        "setOfSessions": {"firstSessionStart": dates["start"], "lastSessionEnd": dates["end"]}
    }
    entity = {"serviceId": known["id"], "scheduleId": known["schedule_id"], "title": known["title"]}
    entity |= {"rate": {"labeledPriceOptions": {}}, "tags": booking["bookedEntity"]["tags"]}
    form = {"contactDetails": booking["contactDetails"], "additionalFields": []}
    form["paymentSelection"] = [{"numberOfParticipants": heads(booking), "rateLabel": "general"}]
    shown = {"id": booking["id"], "status": booking["status"], "created": booking["createdDate"]}
    shown |= {"bookedEntity": {**entity, **(single if slot else several)}, "formInfo": form}
    shown |= {
        "paymentDetails": {"balance": {"amountReceived": "0"}, "state": "READY"},
        "bookedResources": [],
    }
    seen = {"bookingId": booking["id"], "contactId": booking["contactDetails"]["contactId"]}
    seen |= {
        "sessionId": slot.get("sessionId"),
        "scheduleId": known["schedule_id"],
        "status": booking["status"],
    }
    return {**seen, "startTime": dates["start"], "endTime": dates["end"], "shown": shown}
