"""A tiny server of a part of the API, written from its pages alone: `python tiny_server.py PORT`.

Choir and Opera are classes, Opera asks its owner, a Lesson is an appointment; the rest is left out.
"""

import json
import re
import sys
import uuid
from datetime import UTC, datetime
from wsgiref.simple_server import make_server
from zoneinfo import ZoneInfo, available_timezones


def named(name):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


OWNER, STRANGER = "conductor", "passer-by"  # their tokens; the stranger is an app without scopes
HOME, ZONES, OPTIONS = "America/Montevideo", available_timezones(), ("UNDEFINED", "OFFLINE")
SCHEDULES = {title: named(f"{title} schedule") for title in ("Choir", "Opera", "Lesson")}
SESSIONS = {  # title, seats, begin, end
    named(f"{title} {n}"): (title, seats, *(f"2036-05-1{n}T{h}:00:00+00:00" for h in (10, 12)))
    for title in ("Choir", "Opera")
    for n, seats in enumerate((10, 10, 10, 10, 2, 2, 1, 1))
}
ROUTES = {f"bookings/([^/]+)/{one}": one for one in ("confirm", "decline", "cancel", "reschedule")}
ROUTES |= {"bookings/([^/]+)/update_number_of_participants": "resize"}
ROUTES |= {"confirmation/([^/]+):confirmOrDecline": "decide", "bookings": "create"}
KEPT = ("status", "contactDetails", "additionalFields", "selectedPaymentOption", "externalUserId")
SHAPES = {  # of fields, as JSON; what is not here may be anything
    "body|booking|bookedEntity|slot|schedule|.*(Details|Notification|Settings)": r"\{.*\}",
    "(check|ignore|notify|send|skip)[A-Z].*": "true|false",
    "totalParticipants": r"[1-9]\d{0,8}",
    "participantsChoices": "nothing here has choices",
    "revision": r'"\d{1,19}"|\d{1,19}',
    "(booking)?[iI]d": '"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"',
    "status": '"(CREATED|CONFIRMED|CANCELED|PENDING|DECLINED)"',
    "paymentStatus": '"(UNDEFINED|(NOT_|PARTIALLY_)?PAID|REFUNDED|EXEMPT|FAILED)"',
    "(event|session|service|schedule)Id|.*Date|.*Name|timezone": '".*"',
    "email": r'"[^@\s]+@[^@\s]+\.[^@\s]+"',
}


class Refusal(Exception): ...  # its arguments are the status and the body


def demand(holds, status, code=None, field=None):
    if not holds:
        details = {"applicationError": {"code": code}} if code else {}
        details |= {"validationError": {"fieldViolations": [{"field": field}]}} if field else {}
        raise Refusal(status, {"details": details, "message": f"No: {field or code or status}"})


def check(name, value):
    """The value, without what is null in it."""
    shape = next((shape for names, shape in SHAPES.items() if re.fullmatch(names, name)), ".*")
    demand(re.fullmatch(shape, json.dumps(value)), 400, field=name)
    if not isinstance(value, dict):
        return value
    return {key: check(key, part) for key, part in value.items() if part is not None}


def moment(text, zone):
    demand(zone in ZONES, 400, "INVALID_TIME_ZONE")
    try:
        when = datetime.fromisoformat(text)
        return when.replace(tzinfo=when.tzinfo or ZoneInfo(zone)).astimezone(UTC).isoformat()
    except (OverflowError, ValueError):
        return demand(False, 400, "INVALID_DATE_FORMAT")


class TinyServer:
    """A WSGI application."""

    def __init__(self):
        self.bookings = {}

    def __call__(self, environ, start):
        try:
            status, answer = 200, {"booking": self.answer(environ)}
        except Refusal as refusal:
            status, answer = refusal.args
        label = [("content-type", "application/json"), ("x-wix-request-id", str(uuid.uuid4()))]
        start(f"{status} Answered", label)
        return [json.dumps(answer).encode()]

    def answer(self, environ):
        token, asked = environ.get("HTTP_AUTHORIZATION"), environ["PATH_INFO"]
        demand(token in (OWNER, STRANGER), 401)
        found = {verb: re.fullmatch(f"/bookings/v2/{path}", asked) for path, verb in ROUTES.items()}
        verb = next((verb for verb, match in found.items() if match), None)
        demand(verb and environ["REQUEST_METHOD"] == "POST", 404)
        demand(token == OWNER, 403, "PERMISSION_DENIED")
        demand("json" in environ.get("CONTENT_TYPE", "json"), 415)
        try:
            raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
            return self.change(verb, check("body", json.loads(raw)), *found[verb].groups())
        except (AttributeError, KeyError, TypeError, ValueError):  # other than it has to be
            demand(False, 400, field="body")

    def change(self, verb, sent, name=None):
        """The booking as it is after it."""
        now = datetime.now(UTC).isoformat()
        one = {"id": str(uuid.uuid4()), "revision": "0", "createdDate": now}
        one |= {"paymentStatus": "UNDEFINED", "createdBy": {"wixUserId": named(OWNER)}}
        if name:
            check("id", name)
            demand(name in self.bookings, 404, "BOOKING_NOT_FOUND")
            one = self.bookings[name]
        if name and verb != "decide":
            demand("revision" in sent, 400, field="revision")
            demand(int(sent["revision"]) == int(one["revision"]), 409)
        said = {"paymentStatus": one["paymentStatus"], **sent}
        if changes := getattr(self, verb)(one, said, sent.get("flowControlSettings", {})):
            raised = {"revision": str(int(one["revision"]) + 1), "updatedDate": now}
            self.bookings[one["id"]] = one | changes | raised
        return self.bookings[one["id"]]

    def fits(self, slot, title, many):
        """Whether so many have room beside those who are confirmed."""
        beside = [
            other["totalParticipants"]
            for other in self.bookings.values()
            if (other["status"], other["bookedEntity"]["title"]) == ("CONFIRMED", title)
            and other["startDate"] < slot["endDate"]
            and slot["startDate"] < other["endDate"]
        ]
        alone = title == "Lesson"
        return not beside if alone else many + sum(beside) <= SESSIONS[slot["eventId"]][1]

    def place(self, slot, many, flow):
        """What a booking says of its place, if that is free."""
        skips = flow.get("skipAvailabilityValidation")
        if event := slot.get("eventId", slot.get("sessionId")):
            demand(event in SESSIONS, 428, "SESSION_NOT_FOUND")
            title, _, start, end = SESSIONS[event]
            place = {"eventId": event, "sessionId": event, "timezone": HOME}
        else:
            title, place = "Lesson", {"resource": {"id": named("teacher")}, "timezone": HOME}
            demand(slot.get("serviceId") == named(title), 428, "SESSION_NOT_FOUND")
            alone = "CAN_NOT_SKIP_AVAILABILITY_VALIDATION_IF_RESOURCE_NOT_PROVIDED"
            demand("resource" in slot or not skips, 428, alone)
            zone = slot.get("timezone", HOME)
            start, end = moment(slot["startDate"], zone), moment(slot["endDate"], zone)
            demand(start < end, 400, "INVALID_DATE_FORMAT")
            demand(start > datetime.now(UTC).isoformat(), 403, "BOOKING_POLICY_VIOLATION")
        dates = {"startDate": start, "endDate": end}
        place |= {"serviceId": named(title), "scheduleId": SCHEDULES[title], **dates}
        demand(skips or self.fits(place, title, many), 428, "SLOT_NOT_AVAILABLE")
        return {"totalParticipants": many, "bookedEntity": {"slot": place, "title": title}, **dates}

    def create(self, new, sent, flow):
        asked = sent["booking"]
        entity, option = asked["bookedEntity"], asked.get("selectedPaymentOption", "UNDEFINED")
        demand(len(entity.keys() & {"slot", "schedule"}) == 1, 400, field="bookedEntity")
        known = entity.get("schedule", {}).get("scheduleId") in SCHEDULES.values()
        demand("slot" in entity, 428, "VALIDATION_FAILURE" if known else "SCHEDULE_NOT_FOUND")
        skips = flow.get("skipSelectedPaymentOptionValidation")
        demand(skips or option in OPTIONS, 428, "VALIDATION_FAILURE")
        one = {"status": "CREATED", **{name: asked[name] for name in KEPT if name in asked}}
        return one | self.place(entity["slot"], asked["totalParticipants"], flow) | {"asked": flow}

    def confirm(self, one, sent, flow):
        demand(one["status"] in ("CREATED", "PENDING"), 428, "INVALID_BOOKING_STATUS")
        return {"status": "CONFIRMED", "paymentStatus": sent["paymentStatus"]}

    def decline(self, one, sent, flow):
        demand(one["status"] == "PENDING", 428, "INVALID_BOOKING_STATUS")
        return {"status": "DECLINED", "paymentStatus": sent["paymentStatus"]}

    def cancel(self, one, sent, flow):
        return {} if one["status"] in ("CANCELED", "DECLINED") else {"status": "CANCELED"}

    def reschedule(self, one, sent, flow):
        here = one["bookedEntity"]["slot"]["serviceId"]
        many = sent.get("totalParticipants", one["totalParticipants"])
        moved = self.place({"serviceId": here, **sent["slot"]}, many, flow)
        demand(moved["bookedEntity"]["slot"]["serviceId"] == here, 428, "SESSION_NOT_FOUND")
        settled = one["status"] == "PENDING" and flow.get("skipBusinessConfirmation")
        return moved | ({"status": "CONFIRMED"} if settled else {})

    def resize(self, one, sent, flow):
        demand(one["bookedEntity"]["title"] != "Lesson", 428, "VALIDATION_FAILURE")
        return {"totalParticipants": sent["totalParticipants"]}

    def decide(self, one, sent, flow):
        asked, entity, paid = one["asked"], one["bookedEntity"], sent["paymentStatus"]
        fits = self.fits(entity["slot"], entity["title"], one["totalParticipants"])
        clash = not (fits or asked.get("skipAvailabilityValidation"))
        waits = entity["title"] == "Opera" and not asked.get("skipBusinessConfirmation")
        loses = clash and paid not in ("PAID", "PARTIALLY_PAID")
        status = "DECLINED" if loses else "PENDING" if waits else "CONFIRMED"
        done = {"status": status, "paymentStatus": paid, "doubleBooked": clash and not loses}
        return done if one["status"] == "CREATED" else {}


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), TinyServer()).serve_forever()
