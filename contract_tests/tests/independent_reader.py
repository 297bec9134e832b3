"""What the independent server shows: the two readers, and attendance."""

import json
from typing import Any

from .independent_query import ATTENDANCES, READER, V1, holds, ordered
from .independent_site import Site, guid, heads, service_of
from .independent_wire import Json, Refused, once


class Reader(Site):
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
