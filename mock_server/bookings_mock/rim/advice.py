"""Notices what a caller does by mistake and the API accepts; compiled for each operation.

What is noticed stands in the world's journal and in a header of the answer, or is refused where
the mock is strict about it. Whether it is a mistake is for the rules to say.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from bookings_mock.call import Call
from bookings_mock.domain.booked import strangers
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.rulebook import Refusal, RuleBroken, rule_of
from bookings_mock.domain.rules import advice as rules
from bookings_mock.domain.service import CLASS, Service, Session
from bookings_mock.domain.wish import SlotWish
from bookings_mock.handlers.reads import read_date
from bookings_mock.rim.answers import is_control
from bookings_mock.rim.fields import Fields, body_fields, query_fields
from bookings_mock.shared import Advice
from bookings_openapi import Rule

Said = Iterator[Refusal | None]
Json = Mapping[str, Any]

# Nobody reads more: fields of this many kinds are spoken of in a world, and so many at once.
_MOST_SPOKEN = 1000
_MOST_AT_ONCE = 20


@frozen
class Advisor:
    """What is looked for in the calls of one operation."""

    operation: str
    checks: tuple[tuple[str, Callable[[Call, bytes], Said]], ...]
    # When the operation will be gone, if that is announced.
    removed_on: str | None
    body: Fields | None
    query: Fields | None

    def advice(self, call: Call, query_string: bytes) -> tuple[Advice, ...]:
        """What this caller does by mistake; raises RuleBroken where the mock is strict about it."""
        if not self.checks and not self.body and not self.query and not self.removed_on:
            return ()
        found = [*self._deprecated(call), *self._strange(call)]
        for rule, check in self.checks:
            said = (one for one in check(call, query_string) if one is not None)
            found += [Advice(rule, one.reason, one.field) for one in said]
        for one in found:
            if one.rule in call.mock.strict:
                raise RuleBroken(one.rule, one.reason, field=one.field)
        return tuple(found)

    def _deprecated(self, call: Call) -> Iterator[Advice]:
        said = self.removed_on and call.ground.rules(rules.here_to_stay)(
            self.operation, self.removed_on
        )
        if said:
            yield Advice(rule_of(rules.here_to_stay), said.reason, said.field)

    def _strange(self, call: Call) -> Iterator[Advice]:
        """The fields that the contract does not expect, each spoken of once in a world."""
        rule = rule_of(rules.field_expected)
        spoken, strict = call.world.shared.spoken, rule in call.mock.strict
        left = _MOST_AT_ONCE
        for field, why in self._fields(call):
            key = (self.operation, field)
            if not strict and (key in spoken or len(spoken) >= _MOST_SPOKEN or not left):
                continue
            said = call.ground.rules(rules.field_expected)(field, why)
            if said:
                left -= 1
                spoken.add(key)
                yield Advice(rule, said.reason, said.field)

    def _fields(self, call: Call) -> Iterator[tuple[str, str]]:
        if self.query and call.query:
            # An id of the path may be repeated (SHAPE-5).
            yield from (one for one in self.query.strange(call.query) if one[0] not in call.path)
        if self.body and call.body:
            yield from (one for one in self.body.strange(call.body) if one[0] not in call.path)


def compile_advice(
    document: Json, path: str, method: str, book: Mapping[str, Rule]
) -> Advisor | None:
    """What to look for in an operation, by the rule book; None for the mock's own controls."""
    item = document["paths"][path]
    operation = item[method]
    name = operation["operationId"]
    if is_control(path):
        return None
    shared = {"parameters": [*item.get("parameters", ()), *operation.get("parameters", ())]}
    return Advisor(
        operation=name,
        removed_on=operation.get("x-removed-on"),
        checks=tuple((rule, CHECKS[rule]) for rule in CHECKS if name in book[rule].operations),
        body=body_fields(document, operation),
        query=query_fields(document, shared),
    )


def _attendance_agrees(call: Call, query_string: bytes) -> Said:
    sent = call.body["attendance"]
    asked = call.ground.rules(rules.attendance_agrees)
    yield asked(sent["status"], sent.get("numberOfAttendees"))


def _attendees_booked(call: Call, query_string: bytes) -> Said:
    sent = call.body["attendance"]
    booking = call.world.booking(sent["bookingId"])
    if booking:
        asked = call.ground.rules(rules.attendees_booked)
        yield asked(sent.get("numberOfAttendees"), booking.participants.count)


def _messages_go_out(call: Call, query_string: bytes) -> Said:
    asked = call.ground.rules(rules.message_goes_out)
    for path, part in _parts(call):
        said = part.get("participantNotification") or {}
        field = f"{path}participantNotification.message"
        yield asked(said.get("message"), bool(said.get("notifyParticipants")), field)


def _slots_are_the_sessions(call: Call, query_string: bytes) -> Said:
    asked = call.ground.rules(rules.slot_is_the_sessions)
    for path, slot in _slots(call):
        named = slot.get("sessionId") or slot.get("eventId")
        session = call.world.site.session(named) if isinstance(named, str) else None
        service = call.world.site.service(session.service_id) if session else None
        if session and service and service.kind == CLASS:
            yield asked(_contradicting(slot, session, service), path)


def _ids_belong_together(call: Call, query_string: bytes) -> Said:
    asked, site = call.ground.rules(rules.ids_belong_together), call.world.site
    for path, part in _booked(call):
        named = part.get("sessionId") or part.get("eventId")
        wish = SlotWish(part.get("serviceId"), part.get("scheduleId"), named)
        service = site.service(wish.service_id, wish.schedule_id)
        if service:
            yield asked(strangers(wish, service, site), path)


def _policies_respected(call: Call, query_string: bytes) -> Said:
    settings = call.body.get("flowControlSettings") or {}
    booking = call.world.booking(next(iter(call.path.values())))
    asked = call.ground.rules(rules.policy_respected)
    for name in ("ignoreCancellationPolicy", "ignoreReschedulePolicy"):
        yield asked(name, settings.get(name) is True, _for_customer(call, booking))


def _filters_used_once(call: Call, query_string: bytes) -> Said:
    projections = [name for name in ("query.fields", "query.fieldsets") if name in call.query]
    twice = ["query.filter"] if query_string.count(b"query.filter") > 1 else []
    twice += _repeated(call.query.get("query.filter.stringValue"))
    yield call.ground.rules(rules.filters_used_once)(twice, projections)


CHECKS: Mapping[str, Callable[[Call, bytes], Said]] = {
    rule_of(rules.attendance_agrees): _attendance_agrees,
    rule_of(rules.attendees_booked): _attendees_booked,
    rule_of(rules.message_goes_out): _messages_go_out,
    rule_of(rules.slot_is_the_sessions): _slots_are_the_sessions,
    rule_of(rules.policy_respected): _policies_respected,
    rule_of(rules.ids_belong_together): _ids_belong_together,
    rule_of(rules.filters_used_once): _filters_used_once,
}


def _parts(call: Call) -> Iterator[tuple[str, Json]]:
    """The body, or each item of a bulk call, with the path that leads there."""
    items = call.body.get("createBookingsInfo") if call.body else None
    if items is None:
        yield "", call.body or {}
    for number, item in enumerate(items or ()):
        yield f"createBookingsInfo[{number}].", item


def _slots(call: Call) -> Iterator[tuple[str, Json]]:
    for path, part in _parts(call):
        if part.get("slot"):
            yield f"{path}slot", part["slot"]
        entity = (part.get("booking") or {}).get("bookedEntity") or {}
        if entity.get("slot"):
            yield f"{path}booking.bookedEntity.slot", entity["slot"]


def _booked(call: Call) -> Iterator[tuple[str, Json]]:
    """The slots, and the schedules of courses."""
    yield from _slots(call)
    for path, part in _parts(call):
        entity = (part.get("booking") or {}).get("bookedEntity") or {}
        if entity.get("schedule") and not entity.get("slot"):
            yield f"{path}booking.bookedEntity.schedule", entity["schedule"]


def _contradicting(slot: Json, session: Session, service: Service) -> list[str]:
    """What a slot says otherwise than its session, by the names of its fields."""
    location, resource = service.location or {}, service.resource
    told = {
        "serviceId": (_text(slot.get("serviceId")), session.service_id),
        "scheduleId": (_text(slot.get("scheduleId")), session.schedule_id),
        "startDate": (_moment(slot, "startDate"), session.start),
        "endDate": (_moment(slot, "endDate"), session.end),
        "resource": (_text((slot.get("resource") or {}).get("id")), resource and resource.id),
        "location": (_text((slot.get("location") or {}).get("id")), _text(location.get("id"))),
    }
    return [name for name, (sent, own) in told.items() if sent is not None and sent != own]


def _text(value: Any) -> str | None:
    return value.lower() if isinstance(value, str) and value else None


def _moment(slot: Json, name: str) -> Any:
    try:
        return read_date(slot.get(name), slot.get("timezone"), name)
    except (RuleBroken, LookupError, OSError):
        return None  # It will be refused as no date at all.


def _for_customer(call: Call, booking: Booking | None) -> bool:
    """Whether a customer is behind the call: an app acts for one, and so do its own bookings."""
    made_by = booking.created_by if booking else {}
    customers = "memberId" in made_by or "anonymousVisitorId" in made_by
    return customers or call.caller is None or call.caller.kind != "owner"


def _repeated(text: Any) -> list[str]:
    """The keys that stand twice in a JSON object."""
    twice: list[str] = []

    def seen(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                twice.append(key[:100])
            found[key] = value
        return found

    if isinstance(text, str) and text.count('"') > 3:
        try:
            json.loads(text, object_pairs_hook=seen)
        except (ValueError, RecursionError):
            return []
    return twice
