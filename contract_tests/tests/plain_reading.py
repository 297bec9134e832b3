"""How plain_server.py is read: filters, pages, the V1 list, attendance."""

import operator
import re
import uuid

from plain_wire import Answering, check, demand, moment, read, said

JOINED = {"$and": all, "$or": any, "$not": lambda inner: not inner[0]}
ORDER = {"$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt, "$lte": operator.le}
LISTED = ("$in", "$nin", "$hasSome", "$hasAll")
WORDS = {"CREATED": "PENDING_CHECKOUT", "PENDING": "PENDING_APPROVAL"}


def look(node, path):
    """All that stands at a path."""
    key, _, rest = path.partition(".")
    found = node.get(key, []) if isinstance(node, dict) else []
    several = found if isinstance(found, list) else [found]
    return [more for one in several for more in look(one, rest)] if rest else several


def values(row, name):
    """What a row has under the name of a filter."""
    path = re.sub(r"item\.|(?<=By\.)id\.|\w+Info\.type\.|choice\.|\.value$", "", name)
    dated = re.search("Date$|Time$|created$", name)
    return [moment(one) if dated else one for one in look(row, path)]


def meets(found, how, asked):
    if how in ORDER:
        return any(ORDER[how](one, asked[0]) for one in found)
    if how == "$hasAll":
        return all(one in found for one in asked)
    return any(one in asked for one in found or [None]) is not (how in ("$ne", "$nin"))


def holds(row, asked, table):
    """Whether a filter finds a row; raises a Refusal of a filter that nobody knows."""
    held = []
    for name, wanted in asked.items():
        if name in JOINED:
            several = wanted if isinstance(wanted, list) else [wanted]
            held.append(JOINED[name]([holds(row, one, table) for one in several]))
            continue
        plain = {"$in" if isinstance(wanted, list) else "$eq": wanted}
        for how, value in (wanted if isinstance(wanted, dict) else plain).items():
            known = how in said(table, name).split() and isinstance(value, list) is (how in LISTED)
            demand(known, 400, field=name)
            last = name.removesuffix(".value").rpartition(".")[2]
            held.append(meets(values(row, name), how, values({last: value}, last)))
    return all(held)


def ordered(rows, sorts, table):
    for one in reversed(sorts):
        name = one["fieldName"]
        demand("$eq" in said(table, name), 400, field=name)
        rows.sort(key=lambda row, by=name: values(row, by)[:1], reverse=one.get("order") == "DESC")
    return rows


def paged(rows, query, table, known, most):
    """A page of the rows, and what is said of it; a cursor knows the rows that are left."""
    paging = query.get("paging", query.get("cursorPaging", {}))
    limit, cursor = paging.get("limit", 50), paging.get("cursor")
    demand(limit <= most and not {"paging", "cursorPaging"} <= query.keys(), 400, field="limit")
    if cursor:
        demand(cursor in known, 400, field="cursor")
        rows = known[cursor]
    else:
        holds({}, query.get("filter", {}), table)
        rows = [row for row in rows if holds(row, query.get("filter", {}), table)]
        rows = ordered(rows, query.get("sort", []), table)
    offset = paging.get("offset", 0)
    page, left = rows[offset : offset + limit], rows[offset + limit :]
    told = {"count": len(page), "hasNext": bool(left)}
    if "paging" in query:
        told |= {"offset": offset, "total": len(rows)}
    elif left:
        told["cursors"] = {"next": str(uuid.uuid4())}
        known[told["cursors"]["next"]] = left
    return page, told


def earlier(one):
    """A booking as the V1 list shows it."""
    entity = one["bookedEntity"]
    place = entity.get("slot", entity.get("schedule"))
    shown = {"scheduleId": place["scheduleId"], "title": entity["title"], "tags": entity["tags"]}
    if "slot" in entity:
        times = {"end": one["endDate"], "start": one["startDate"]}
        shown["singleSession"] = {"sessionId": place.get("sessionId", ""), **times}
    else:
        times = {"lastSessionEnd": one["endDate"], "firstSessionStart": one["startDate"]}
        shown["setOfSessions"] = times
    paying = [{"rateLabel": "general", "numberOfParticipants": one["totalParticipants"]}]
    return {
        "status": one["status"],
        "formInfo": {"contactDetails": one.get("contactDetails"), "paymentSelection": paying},
        "paymentDetails": {"state": "PENDING_MARK_AS_PAID", "balance": {"amountReceived": "0"}},
        "bookedEntity": {"serviceId": place["serviceId"], **shown},
        "created": one["createdDate"],
        "id": one["id"],
    }


def findable(one):
    """What the filters of the V1 list look at."""
    entity = one["bookedEntity"]
    place = entity.get("slot", entity.get("schedule"))
    return {
        "bookingId": one["id"],
        "contactId": one.get("contactDetails", {}).get("contactId", []),
        "sessionId": place.get("sessionId", []),
        "scheduleId": place["scheduleId"],
        "status": [one["status"], WORDS.get(one["status"], one["status"])],
        "startTime": one["startDate"],
        "endTime": one["endDate"],
        "created": one["createdDate"],
    }


class Reading(Answering):
    """What can be read of the bookings, and who came."""

    def query(self, caller, sent):
        page, told = paged(self.mine(caller), sent["query"], "bookings", self.pages, most=100)
        shown = [{"booking": self.bookings[one["id"]]} for one in page]
        for entry in shown:
            if sent.get("withBookingAllowedActions"):
                entry["allowedActions"] = self.actions(entry["booking"])
            if sent.get("withBookingAttendanceInfo"):
                entry["attendance"] = self.came(entry["booking"]["id"])
            if sent.get("withBookingPolicySettings"):
                entry["bookingPolicySettings"] = {"cancellationFeeEnabled": False}
        return {"pagingMetadata": told, "extendedBookings": shown}

    def came(self, booking):
        known = [one for one in self.attendances.values() if one["bookingId"] == booking]
        return known[0] if known else {"status": "NOT_SET", "numberOfAttendees": 0}

    def actions(self, one):
        live = one["status"] not in ("CANCELED", "DECLINED")
        return {what: live and self.allowed(one, what) for what in ("cancel", "reschedule")}

    def listed(self, caller, asked):
        demand(not {"query.fields", "query.fieldsets"} & asked.keys(), 400, field="query.fields")
        sought = read(asked.get("query.filter.stringValue", "{}")) or {"status": "CONFIRMED"}
        holds({}, sought, "earlier")
        found = [one for one in self.mine(caller) if holds(findable(one), sought, "earlier")]
        first, most = (
            asked.get(f"query.paging.{name}", asked.get(f"query.paging.{name}.value", usual))
            for name, usual in (("offset", "0"), ("limit", "500"))
        )
        counts = re.fullmatch(r"\d{1,9} [1-9]\d{0,8}", f"{first} {most}")
        demand(counts, 400, field="query.paging")
        page = found[int(first) :][: int(most)]
        entries = [{"booking": earlier(one)} for one in page]
        told = asked.get("withBookingAllowedActions", "false")
        demand(told in ("true", "false"), 400, field="withBookingAllowedActions")
        if told == "true":
            entries = [{"allowedActions": self.actions(o), "booking": earlier(o)} for o in page]
        return {"bookingsEntries": entries}

    # Attendance

    def attend(self, caller, sent):
        came = {"numberOfAttendees": 1, **sent["attendance"]}
        booking = self.found(caller, came["bookingId"])
        demand(re.fullmatch("NOT_SET|(NOT_)?ATTENDED", came["status"]), 400, field="status")
        event = came.get("eventId", came.get("sessionId"))
        demand(event, 400, "SESSION_ID_NOT_PROVIDED")
        alone = self.service(booking)["kind"] == "appointment"
        key = (booking["id"], None if alone else event)
        known = self.attendances.get(key, {"id": str(uuid.uuid4()), "site": booking["site"]})
        kept = {name: came[name] for name in ("bookingId", "status", "numberOfAttendees")}
        self.attendances[key] = {**known, "eventId": event, "sessionId": event, **kept}
        return {"attendance": self.attendances[key]}

    def attendances_of(self, caller, sent):
        here = self.seen(caller)
        page, told = paged(here, sent.get("query", {}), "attendances", self.pages, most=1000)
        return {"pagingMetadata": told, "attendances": page}

    def seen(self, caller):
        here = caller.get("site", "here")
        known = sorted(self.attendances.values(), key=lambda one: one["id"])
        return [one for one in known if one["site"] == here]

    def attendance(self, caller, asked, name):
        check("id", name)
        found = [one for one in self.seen(caller) if one["id"] == name]
        demand(found, 404, "ATTENDANCE_NOT_FOUND")
        return {"attendance": found[0]}
