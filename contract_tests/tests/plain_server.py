"""A small server of the API, written from its pages alone: `python plain_server.py PORT`.

Here stands what may happen to a booking; plain_wire.py is in the place of a web framework,
plain_reading.py of a database. Where the pages leave a choice, it is mostly not a mock's usual one.
"""

import copy
import sys
import tomllib
import uuid
from datetime import datetime
from pathlib import Path

from plain_reading import Reading
from plain_wire import HOME, check, demand, role, serve, span

KNOWN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
MAKERS = {"wix_user_id": "wixUserId", "app_id": "appId", "member_id": "memberId"}
MAKERS |= {"contact_id": "contactId", "visitor_id": "anonymousVisitorId"}
KEPT = """contactDetails additionalFields selectedPaymentOption externalUserId formSubmissionId
    depositSelected totalParticipants"""
TAGS = {"class": "GROUP", "course": "COURSE", "appointment": "INDIVIDUAL"}
TAKEN = {"class": "SESSION_CAPACITY_EXCEEDED", "course": "SCHEDULE_CAPACITY_EXCEEDED"}
ALONE = "CAN_NOT_SKIP_AVAILABILITY_VALIDATION_IF_RESOURCE_NOT_PROVIDED"
OVER = ("CANCELED", "DECLINED")


class PlainServer(Reading):
    def __init__(self):
        self.callers = {one["token"]: one for one in KNOWN["callers"].values()}
        self.services = {one["id"]: one for one in KNOWN["services"].values()}
        self.courses = {one["schedule_id"]: one for one in self.services.values()}
        self.sessions = {
            here["id"]: (one, here)
            for one in self.courses.values()
            for here in one.get("sessions", ())
        }
        self.bookings, self.attendances, self.pages, self.contacts = {}, {}, {}, {}

    def service(self, one):
        entity = one["bookedEntity"]
        return self.services[entity.get("slot", entity.get("schedule"))["serviceId"]]

    def full(self, one):
        """Whether it wants more than the confirmed ones at its time leave."""
        service, wanted = self.service(one), [one]
        for other in self.bookings.values():
            met = other["startDate"] < one["endDate"] and one["startDate"] < other["endDate"]
            if met and other["status"] == "CONFIRMED" and self.service(other) is service:
                wanted.append(other)
        alone = service["kind"] == "appointment"
        return one["room"] < sum(1 if alone else each["totalParticipants"] for each in wanted)

    def put(self, one, entity, flow):
        """Gives a booking its place, if that is free."""
        demand(len(entity.keys() & {"slot", "schedule"}) == 1, 400, field="bookedEntity")
        kind, asked = next((name, entity[name]) for name in ("slot", "schedule") if name in entity)
        event = asked.get("eventId", asked.get("sessionId")) if kind == "slot" else None
        skipped = flow.get("skipAvailabilityValidation", False)
        if kind == "schedule":
            service = self.courses.get(asked.get("scheduleId"))
            demand(service, 428, "SCHEDULE_NOT_FOUND")
            demand(service["kind"] == "course", 428, "VALIDATION_FAILURE")
            start, end = service["sessions"][0]["start"], service["sessions"][-1]["end"]
            place = {"firstSessionStart": start, "lastSessionEnd": end}
        elif event:
            service, session = self.sessions.get(event, (None, None))
            demand(service, 428, "SESSION_NOT_FOUND")
            demand(service["kind"] == "class", 428, "VALIDATION_FAILURE")
            start, end = session["start"], session["end"]
            place = {"eventId": event, "sessionId": event, "startDate": start, "endDate": end}
        else:
            service = self.services.get(asked.get("serviceId"))
            demand(service and service["kind"] != "class", 428, "SESSION_NOT_FOUND")
            demand(service["kind"] == "appointment", 428, "VALIDATION_FAILURE")
            demand(not skipped or "resource" in asked, 428, ALONE)
            start, end = span(asked, service["timezone"])
            demand(start > datetime.now(HOME).isoformat(), 403, "BOOKING_POLICY_VIOLATION")
            place = {"startDate": start, "endDate": end, "resource": {"id": service["resource_id"]}}
        place |= {"scheduleId": service["schedule_id"], "serviceId": service["id"]}
        place["timezone"] = service["timezone"]
        room = session["capacity"] if event else service.get("capacity", 1)
        one |= {"startDate": start, "endDate": end, "room": room}
        tags = [TAGS[service["kind"]]]
        one["bookedEntity"] = {"title": service["title"], kind: place, "tags": tags}
        demand(skipped or not self.full(one), 428, TAKEN.get(service["kind"], "SLOT_NOT_AVAILABLE"))

    # Changes

    def create(self, caller, sent):
        asked, flow = sent["booking"], sent.get("flowControlSettings", {})
        one = {name: asked[name] for name in KEPT.split() if name in asked}
        one |= {"status": asked.get("status", "CREATED"), "paymentStatus": "UNDEFINED"}
        one |= {"id": str(uuid.uuid4()), "revision": "0", "site": caller.get("site", "here")}
        one["createdBy"] = {said: caller[name] for name, said in MAKERS.items() if name in caller}
        demand("totalParticipants" in one, 400, field="totalParticipants")
        demand(one["status"].removeprefix("NOT_") not in ("SET", "ATTENDED"), 400, field="status")
        if one["status"] != "CREATED":
            demand(role(caller) == "owner", 403, "UNAUTHORIZED_OPERATION")
        told = one.get("contactDetails", {})
        contact = self.contacts.setdefault(told.get("email"), str(uuid.uuid4()))
        one["contactDetails"] = {"contactId": caller.get("contact_id", contact), **told}
        self.put(one, asked["bookedEntity"], flow)
        if not flow.get("skipSelectedPaymentOptionValidation"):
            options = [*self.service(one).get("payment_options", ()), "UNDEFINED"]
            offered = one.get("selectedPaymentOption", "UNDEFINED") in options
            demand(offered, 428, "VALIDATION_FAILURE")
        return self.keep(one | {"flowControlSettings": flow})

    def keep(self, one, raised=1):
        now = datetime.now(HOME).isoformat()
        one |= {"revision": str(int(one["revision"]) + raised), "updatedDate": now}
        self.bookings[one["id"]] = {"createdDate": now, **one}
        return {"booking": self.bookings[one["id"]]}

    def mine(self, caller):
        """What the caller may see, the newest first."""
        here, own = caller.get("site", "here"), caller.get("member_id")
        found = [one for one in self.bookings.values() if one["site"] == here]
        return [one for one in found[::-1] if own in (None, one["createdBy"].get("memberId"))]

    def found(self, caller, name):
        check("id", name)
        one = self.bookings.get(name)
        demand(one and one["site"] == caller.get("site", "here"), 404, "BOOKING_NOT_FOUND")
        demand(one in self.mine(caller), 403, "PERMISSION_DENIED")
        return copy.deepcopy(one)

    def change(self, caller, sent, name, verb):
        one, flow = self.found(caller, name), sent.get("flowControlSettings", {})
        demand("revision" in sent, 400, field="revision")
        demand(int(sent["revision"]) == int(one["revision"]), 409)
        return getattr(self, verb)(one, sent, flow)

    def confirm(self, one, sent, flow):
        waits, code = ("CREATED", "PENDING"), "FAILED_CONFIRMING_NON_PENDING_BOOKING"
        demand(one["status"] in waits, 428, code)
        if flow.get("checkAvailabilityValidation") and self.full(one):
            one["doubleBooked"] = True
        paid = sent.get("paymentStatus", one["paymentStatus"])
        return self.keep(one | {"status": "CONFIRMED", "paymentStatus": paid})

    def decline(self, one, sent, flow):
        demand(one["status"] == "PENDING", 428, "FAILED_DECLINE_NON_PENDING_BOOKING")
        paid = sent.get("paymentStatus", one["paymentStatus"])
        return self.keep(one | {"status": "DECLINED", "paymentStatus": paid})

    def allowed(self, one, what):
        return self.service(one).get("policy", {}).get(what) != "forbidden"

    def cancel(self, one, sent, flow):
        if one["status"] in OVER:
            return {"booking": one}
        allowed = flow.get("ignoreCancellationPolicy") or self.allowed(one, "cancel")
        demand(allowed, 403, "BOOKING_POLICY_VIOLATION")
        return self.keep(one | {"status": "CANCELED"})

    def reschedule(self, one, sent, flow):
        movable = "slot" in one["bookedEntity"] and one["status"] not in OVER
        demand(movable, 428, "VALIDATION_FAILURE")
        allowed = flow.get("ignoreReschedulePolicy") or self.allowed(one, "reschedule")
        demand(allowed, 403, "BOOKING_POLICY_VIOLATION")
        before = self.service(one)
        one["totalParticipants"] = sent.get("totalParticipants", one["totalParticipants"])
        self.put(one, {"slot": {"serviceId": before["id"], **sent["slot"]}}, flow)
        demand(self.service(one) is before, 428, "SESSION_NOT_FOUND")
        if one["status"] == "PENDING" and flow.get("skipBusinessConfirmation"):
            one["status"] = "CONFIRMED"
        return self.keep(one)

    def update_number_of_participants(self, one, sent, flow):
        demand("totalParticipants" in sent, 400, field="totalParticipants")
        demand(self.service(one)["kind"] != "appointment", 428, "VALIDATION_FAILURE")
        return self.keep(one | {"totalParticipants": sent["totalParticipants"]})

    def decide(self, caller, sent, name):
        one = self.found(caller, name)
        if one["status"] != "CREATED":
            return {"booking": one}
        flow = one["flowControlSettings"]
        paid = one["paymentStatus"] = sent.get("paymentStatus", one["paymentStatus"])
        conflict = not flow.get("skipAvailabilityValidation") and self.full(one)
        if conflict and paid not in ("PAID", "PARTIALLY_PAID"):
            return self.keep(one | {"status": "DECLINED"})
        if conflict:
            one["doubleBooked"] = True
        asks = self.service(one).get("manual_approval") and not flow.get("skipBusinessConfirmation")
        return self.keep(one | {"status": "PENDING" if asks else "CONFIRMED"})

    def annotate(self, caller, sent, name):
        one, named = self.found(caller, name), sent["namespace"]
        demand(named == KNOWN["target"]["namespace"], 400, field="namespace")
        one["extendedFields"] = {"namespaces": {named: sent["namespaceData"]}}
        self.keep(one, raised=0)
        return {"namespaceData": sent["namespaceData"], "namespace": named}


if __name__ == "__main__":
    serve(PlainServer(), int(sys.argv[1]))
