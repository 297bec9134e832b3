"""The operations of the Bookings Reader, and the fields that its queries name."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.policy import allowed_actions
from bookings_mock.domain.rulebook import Rulebook
from bookings_mock.domain.rules import reading
from bookings_mock.domain.service import COURSE
from bookings_mock.handlers.finding import (
    BookingIndex,
    Lookup,
    OwnIndex,
    by_id,
    course_of,
    location_of,
    refused,
    seal_of,
    slot_of,
)
from bookings_mock.handlers.handler import Handler, visible
from bookings_mock.handlers.shows import TAGS, show_booking
from bookings_mock.query import Field, Found, Key, QueryRefused, read_page, select
from bookings_mock.world import World


async def query(call: Call) -> Any:
    """Query Extended Bookings."""
    wanted = call.body["query"]
    found = _find(call, wanted)
    return {
        "extendedBookings": [_extended(call, booking) for booking in found.records],
        "pagingMetadata": _paging(found, wanted),
    }


async def query_by_session(call: Call) -> Any:
    """The earlier query: a session that it names counts for more than an id in its filter."""
    session_id, wanted = call.body.get("sessionId"), call.body["query"]
    if not session_id:
        return await query(call)
    asked = call.ground.rules(reading.in_the_session)(_of_session(call, session_id))
    sent = wanted.get("filter")
    parts = [asked] if sent is None else [_without_ids(sent), asked]
    return await query(
        evolve(call, body={**call.body, "query": {**wanted, "filter": {"$and": parts}}})
    )


def _of_session(call: Call, session_id: str) -> Mapping[str, Any]:
    """A condition that the bookings of a session meet, those of its course among them."""
    session = call.world.site.session(session_id)
    service = call.world.site.service(session.service_id) if session else None
    if session and service and service.kind == COURSE:
        return {f"{_SCHEDULE}.scheduleId": session.schedule_id}
    return {f"{_SLOT}.sessionId": session_id}


def _without_ids(sent: Any) -> Any:
    if isinstance(sent, list):
        return [_without_ids(one) for one in sent]
    if not isinstance(sent, Mapping):
        return sent
    joined = ("$and", "$or", "$not")
    return {k: _without_ids(v) if k in joined else v for k, v in sent.items() if k != "id"}


async def count(call: Call) -> Any:
    """Count Extended Bookings."""
    found = _find(call, {"filter": call.body.get("filter")})
    return {"count": call.ground.rules(reading.counted)(found.total)}


def _find(call: Call, wanted: Mapping[str, Any]) -> Found[Booking]:
    """One page of the bookings that the caller may see; raises RuleBroken for a bad query."""
    rules, world = call.ground.rules, call.world
    name, descending = rules(reading.default_order)()
    order = (Key(name, FIELDS[name], descending), *_BY_ID)
    grammar, seal = call.mock.grammars[call.operation], seal_of(call)
    sent = wanted.get("filter")
    if isinstance(sent, Mapping):
        wanted = {**wanted, "filter": _counting(rules(reading.reader_filter)(sent), rules)}
    try:
        page = read_page(wanted, grammar, FIELDS, order, seal)
    except QueryRefused as error:
        raise refused(error, "READER-1") from None
    own = (one for one in world.bookings() if visible(call, one))
    index = OwnIndex(call, BookingIndex(world, LOOKUPS))
    found = select(page, lambda: own, index, seal)
    return evolve(found, records=rules(reading.reader_walk)(found.records, page.after is not None))


def _counting(sent: Any, rules: Rulebook) -> Any:
    """A filter with the operators that count on each of its fields, at any depth."""
    if isinstance(sent, list):
        return [_counting(one, rules) for one in sent]
    if not isinstance(sent, Mapping):
        return sent
    counted: dict[str, Any] = {}
    for name, value in sent.items():
        if name in ("$and", "$or", "$not"):
            counted[name] = _counting(value, rules)
        elif isinstance(value, Mapping):
            rules.require(reading.one_operator, name, value)
            counted[name] = rules(reading.operators_that_count)(value)
        else:
            counted[name] = value
    return counted


def _extended(call: Call, booking: Booking) -> dict[str, Any]:
    """A booking with what surrounds it, each only where it was asked for."""
    shown: dict[str, Any] = {"booking": show_booking(booking)}
    asked = call.ground.rules(reading.shown_when_asked)
    for flag, (key, show) in _SURROUNDINGS.items():
        if asked(bool(call.body.get(flag))):
            shown[key] = show(call, booking)
    return shown


def _allowed_actions(call: Call, booking: Booking) -> dict[str, bool]:
    service = call.world.site.service(booking.entity.service_id)
    assert service is not None
    return allowed_actions(booking, service, call.ground.now)


def _attendance(call: Call, booking: Booking) -> dict[str, Any]:
    """The attendance last set; none yet shows as NOT_SET."""
    known = call.world.attendances_of(booking.id)
    if not known:
        return {"status": "NOT_SET", "numberOfAttendees": 0}
    last = known[-1]
    return {"id": last.id, "status": last.status, "numberOfAttendees": last.number}


def _policy_settings(call: Call, booking: Booking) -> dict[str, Any]:
    return {"cancellationFeeEnabled": False}


_SURROUNDINGS: Mapping[str, tuple[str, Callable[[Call, Booking], Any]]] = {
    "withBookingAllowedActions": ("allowedActions", _allowed_actions),
    "withBookingAttendanceInfo": ("attendance", _attendance),
    "withBookingPolicySettings": ("bookingPolicySettings", _policy_settings),
}


def _paging(found: Found[Booking], wanted: Mapping[str, Any]) -> dict[str, Any]:
    cursors = {"next": found.next, "prev": found.prev}
    paging: dict[str, Any] = {
        "count": len(found.records),
        "cursors": {side: cursor for side, cursor in cursors.items() if cursor},
    }
    if wanted.get("paging"):
        offset = wanted["paging"].get("offset") or 0
        paging |= {"offset": offset, "total": found.total, "tooManyToCount": False}
    return paging


def _field(read: Callable[[Booking], Any], kind: str = "text") -> Field[Booking]:
    return Field(read, kind)


def _slot(name: str) -> Field[Booking]:
    return Field(lambda booking: getattr(slot_of(booking), name, None))


def _course(name: str) -> Field[Booking]:
    return Field(lambda booking: getattr(course_of(booking), name, None))


def _creator(name: str) -> Field[Booking]:
    return Field(lambda booking: booking.created_by.get(name), "guid")


def _choices(read: Callable[[Mapping[str, Any]], Any]) -> Field[Booking]:
    def values(booking: Booking) -> list[Any]:
        parts = (booking.participants.choices or {}).get("serviceChoices", ())
        return [read(choice) for part in parts for choice in part.get("choices") or ()]

    return Field(values, "list")


_SLOT, _SCHEDULE = "bookedEntity.item.slot", "bookedEntity.item.schedule"
_CHOICES = "participantsInfo.type.participantsChoices.serviceChoices.choices"

FIELDS: Mapping[str, Field[Booking]] = {
    "id": _field(lambda booking: booking.id, "guid"),
    f"{_SLOT}.sessionId": _slot("session_id"),
    f"{_SLOT}.eventId": _slot("session_id"),
    f"{_SLOT}.serviceId": _slot("service_id"),
    f"{_SLOT}.scheduleId": _slot("schedule_id"),
    f"{_SLOT}.resource.id": _field(lambda booking: booking.resource_id, "guid"),
    f"{_SLOT}.location.id": _field(lambda b: location_of(slot_of(b), "id")),
    f"{_SLOT}.location.locationType": _field(lambda b: location_of(slot_of(b), "locationType")),
    f"{_SCHEDULE}.scheduleId": _course("schedule_id"),
    f"{_SCHEDULE}.serviceId": _course("service_id"),
    f"{_SCHEDULE}.location.id": _field(lambda b: location_of(course_of(b), "id")),
    f"{_SCHEDULE}.location.locationType": _field(
        lambda b: location_of(course_of(b), "locationType")
    ),
    "bookedEntity.tags": _field(lambda booking: [TAGS[booking.kind]], "list"),
    "contactDetails.contactId": _field(lambda booking: booking.contact.get("contactId"), "guid"),
    "contactDetails.email": _field(lambda booking: booking.contact.get("email")),
    "status": _field(lambda booking: booking.status),
    "paymentStatus": _field(lambda booking: booking.payment_status),
    "selectedPaymentOption": _field(lambda booking: booking.details.get("selectedPaymentOption")),
    "externalUserId": _field(lambda booking: booking.details.get("externalUserId")),
    "createdDate": _field(lambda booking: booking.created, "date"),
    "startDate": _field(lambda booking: booking.start, "date"),
    "endDate": _field(lambda booking: booking.end, "date"),
    "updatedDate": _field(lambda booking: booking.updated, "date"),
    "createdBy.contactId": _creator("contactId"),
    "createdBy.id.appId": _creator("appId"),
    "createdBy.id.wixUserId": _creator("wixUserId"),
    "createdBy.id.memberId": _creator("memberId"),
    "createdBy.id.anonymousVisitorId": _creator("anonymousVisitorId"),
    "doubleBooked": _field(lambda booking: booking.double_booked, "flag"),
    "participantsInfo.type.totalParticipants.value": _field(
        lambda booking: booking.participants.total, "number"
    ),
    f"{_CHOICES}.optionId": _choices(lambda choice: choice.get("optionId")),
    f"{_CHOICES}.choice.custom.value": _choices(lambda choice: choice.get("custom")),
}


def _in_session(world: World, value: str) -> Iterable[Booking]:
    return world.in_session(value)


def _on_schedule(world: World, value: str) -> Iterable[Booking]:
    return world.on_schedule(value)


LOOKUPS: Mapping[str, Lookup] = {
    "id": by_id,
    f"{_SLOT}.sessionId": _in_session,
    f"{_SLOT}.eventId": _in_session,
    f"{_SLOT}.scheduleId": _on_schedule,
    f"{_SCHEDULE}.scheduleId": _on_schedule,
    "contactDetails.contactId": lambda world, value: world.of_contact(value),
    "status": lambda world, value: world.with_status(value),
}
_BY_ID = (Key("id", FIELDS["id"]),)

OPERATIONS: Mapping[str, Handler] = {
    "queryExtendedBookings": query,
    "countExtendedBookings": count,
    "query": query_by_session,
}
