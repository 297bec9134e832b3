"""Calls that nothing speaks against: an operation, a booking that it may act on, a valid body."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

import bookings_openapi
from bookings_contract.findings.checks import RefusedWith
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.operations import operations
from bookings_contract.findings.problems import NotJudged, NotReached, Unjudged
from bookings_contract.suites.support import catalog
from bookings_contract.suites.support.calls_to_buy import BUYING
from bookings_contract.suites.support.filling import FILLING
from bookings_contract.suites.support.in_a_row import bodies
from bookings_contract.suites.support.valid import Valid
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_openapi import Answer as Refusal

KINDS = ("class", "appointment", "course")
CREATIONS = ("createBooking", "bulkCreateBooking")
# What waits for the owner, who then decides.
APPROVED = ("markBookingAsPending", "declineBooking")


def of_rule(rule: str) -> list[str]:
    """The operations that a rule speaks of, as far as the document has them."""
    named = bookings_openapi.rules()[rule].operations
    known = operations()
    if "*" in named:
        return [name for name in known if known[name].definition.get("security") != []]
    return [name for name in named if name in known]


def known_calls(rule: str) -> list[str]:
    """The operations of a rule of which this module knows a valid call."""
    known = {*OTHERS, *catalog.names(), *bookings_openapi.lifecycle()}
    return [name for name in bookings_openapi.rules()[rule].operations if name in known]


def cells(rule: str) -> list[Any]:
    """Each of a rule's operations with each kind of service that it is for, as parameters."""
    return [
        pytest.param(operation, kind, id=f"{operation}-{kind}")
        for operation in of_rule(rule)
        for kind in _kinds(operation)
    ]


def _kinds(operation: str) -> Iterator[str]:
    move = bookings_openapi.lifecycle().get(operation)
    if move is None:
        yield KINDS[0]
    else:
        yield from (kind for kind in KINDS if kind not in move.not_for)


def valid(given: Given, operation: str, kind: str = "class", *, revised: bool = False) -> Valid:
    """A call of the operation on a booking of its own; `revised` asks for one changed before."""
    if operation in OTHERS:
        return OTHERS[operation](given, kind)
    if operation in catalog.names():
        body, how = catalog.valid_arguments(given, operation)
        return Valid(operation, body, how=how)
    if operation not in bookings_openapi.lifecycle():
        raise NotJudged(f"this suite knows no valid call of {operation}")
    place = given.place(_service(given, operation, kind))
    booking = _booking(given, operation, place, revised)
    return Valid(operation, _body(given, operation, place), booking)


def _create(given: Given, kind: str) -> Valid:
    return Valid("createBooking", given.body(_service(given, "createBooking", kind)))


def _bulk(given: Given, kind: str) -> Valid:
    service = _service(given, "bulkCreateBooking", kind)
    body = {"createBookingsInfo": [given.body(service)], "returnFullEntity": True}
    return Valid("bulkCreateBooking", body)


def _register(given: Given, kind: str) -> Valid:
    return Valid("registerToWaitlist", given.registration("class"))


def _set(given: Given, kind: str) -> Valid:
    place = given.place(_service(given, "setAttendance", "class"))
    booking = given.booking(place, "CONFIRMED")
    named = {"bookingId": booking.id, "sessionId": place.session_id}
    attendance = {**named, "status": "ATTENDED", "numberOfAttendees": 1}
    return Valid("setAttendance", {"attendance": attendance}, named=booking)


def _get(given: Given, kind: str) -> Valid:
    made = reached(_set(given, kind).sent(given.client))
    path = {"attendanceId": made.at("attendance", "id")}
    return Valid("getAttendance", how={"path": path})


def _delete(given: Given, kind: str) -> Valid:
    set_ = _set(given, kind)
    path = {"attendanceId": reached(set_.sent(given.client)).at("attendance", "id")}
    return Valid("deleteAttendance", named=set_.named, how={"path": path})


def _delete_all(given: Given, kind: str) -> Valid:
    one = _delete(given, kind)
    ids = list(one.how["path"].values())
    return Valid("bulkDeleteAttendances", {"attendanceIds": ids}, named=one.named)


def _set_all(given: Given, kind: str) -> Valid:
    one = _set(given, kind)
    body = {"attendanceDetails": [one.body], "returnFullEntity": True}
    return Valid("bulkSetAttendance", body, named=one.named)


def _decide_all(given: Given, kind: str) -> Valid:
    booking = given.booking(_service(given, "bulkConfirmOrDeclineBooking", kind))
    details = [{"bookingId": booking.id, "paymentStatus": "PAID"}]
    body = {"details": details, "returnEntity": True}
    return Valid("bulkConfirmOrDeclineBooking", body, named=booking)


def _cancel_all(given: Given, kind: str) -> Valid:
    booking = given.booking(_service(given, "bulkCancelBooking", kind))
    listed = [{"bookingId": booking.id, "revision": booking.revision}]
    body = {"bookings": {"bookingsInfo": listed}, "returnFullEntity": True}
    return Valid("bulkCancelBooking", body, named=booking)


def _actions(given: Given, kind: str) -> Valid:
    booking = given.booking(_service(given, "bulkCalculateAllowedActions", kind))
    return Valid("bulkCalculateAllowedActions", {"bookingIds": [booking.id]}, named=booking)


def _count_attendances(given: Given, kind: str) -> Valid:
    # Only members may ask.
    return Valid("countAttendances", {"filter": {}}, how={"caller": "member"})


def _waiting(given: Given, kind: str) -> Valid:
    named = {"waitingResources": given.place("class").session_id}
    return Valid("listWaitlist", how={"query": named})


def _leave(given: Given, kind: str) -> Valid:
    registration = given.registration("class")
    registered = reached(given.client.call("registerToWaitlist", body=registration))
    named = {"registrationId": registered.at("registrationId")}
    return Valid("leaveWaitlist", {**named, "waitingResource": registration["waitingResource"]})


def _offered(given: Given, kind: str) -> Valid:
    """Taking a place that was freed for whoever waits first."""
    place = given.session(exclusive=True)
    holder = given.booking(place, "CONFIRMED", participants=place.capacity)
    registered = given.client.call("registerToWaitlist", body=given.registration(place))
    reached(given.client.act("cancelBooking", holder))
    given.settle()
    return Valid("enrollFromWaitlist", {"registrationId": reached(registered).at("registrationId")})


def _in_a_row(given: Given, kind: str) -> Valid:
    return Valid("createMultiServiceBooking", {"bookings": bodies(given, 2)})


def _whole(operation: str, listed: str | None = None) -> Callable[[Given, str], Valid]:
    """A call on a booking of several services; `listed` is the field that names its parts."""

    def call(given: Given, kind: str) -> Valid:
        made = reached(_in_a_row(given, kind).sent(given.client)).at("multiServiceBooking")
        parts = [{"bookingId": one["bookingId"], "revision": "1"} for one in made["bookings"]]
        body = {listed: parts} if listed else {}
        bodiless = "requestBody" not in operations()[operation].definition
        return Valid(
            operation,
            None if bodiless else body,
            how={"path": {"multiServiceBookingId": made["id"]}},
        )

    return call


def _anonymous_token(given: Given, kind: str) -> Valid:
    path = {"bookingId": given.booking(_service(given, "cancelBooking", kind)).id}
    return Valid("getAnonymousActionToken", how={"path": path})


def _query(given: Given, kind: str) -> Valid:
    return Valid("queryExtendedBookings", {"query": {"cursorPaging": {"limit": 1}}})


# ── What can be booked ────────────────────────────────────────────────────────────────────────────

# Operations that speak of what the site offers, and of nobody's booking.
OFFERS = (
    *("queryServices", "getService", "queryAvailability", "listAvailabilityTimeSlots"),
    *("getAvailabilityTimeSlot", "listEventTimeSlots", "getEventTimeSlot"),
    *catalog.names(),
    *FILLING,
)
DAY = timedelta(days=1)


def _service_read(given: Given, kind: str) -> Valid:
    return Valid("getService", how={"path": {"serviceId": given.service(kind).id}})


def when(place: Place) -> tuple[datetime, datetime]:
    """When a place begins and ends, in UTC."""
    if place.start is not None and place.end is not None:
        return place.start.astimezone(UTC), place.end.astimezone(UTC)
    session = place.session
    if session is None or session.start is None or session.end is None:
        raise NotJudged(f"the target file names no times of {place.service.name}")
    start, end = (datetime.fromisoformat(text) for text in (session.start, session.end))
    if start.tzinfo is None or end.tzinfo is None:
        raise NotJudged(f"the target file names no offset of {place.service.name}'s times")
    return start.astimezone(UTC), end.astimezone(UTC)


def asked_calendar(place: Place, **more: Any) -> dict[str, Any]:
    """A query of the availability calendar for the days around a place."""
    start, end = when(place)
    days = {"startDate": _instant(start - DAY), "endDate": _instant(end + DAY)}
    return {"query": {"filter": {"serviceId": [place.service.id], **days, **more}}}


def asked_slots(place: Place, **more: Any) -> dict[str, Any]:
    """A list of the time slots in the days around a place."""
    start, end = when(place)
    days = {"fromLocalDate": _wall(start - DAY), "toLocalDate": _wall(end + DAY)}
    one = place.service.kind == "appointment"
    named = {"serviceId": place.service.id} if one else {"serviceIds": [place.service.id]}
    return {**named, **days, "timeZone": "UTC", **more}


def asked_slot(place: Place) -> dict[str, Any]:
    """A look at the one time of an appointment."""
    start, end = when(place)
    times = {"localStartDate": _wall(start), "localEndDate": _wall(end), "timeZone": "UTC"}
    return {"serviceId": place.service.id, **times}


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _wall(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def _event_slot(given: Given, kind: str) -> Valid:
    path = {"eventId": given.session().session_id}
    return Valid("getEventTimeSlot", how={"path": path})


def _end_options(given: Given, kind: str) -> Valid:
    service = given.service(
        "appointment",
        where=lambda one: one.longest is not None and _business(one) is not None,
        lacking="appointment whose length customers choose, at a business location",
    )
    start, _ = when(given.slot(service))
    asked = {"serviceId": service.id, "localStartDate": _wall(start), "timeZone": "UTC"}
    body = {**asked, "location": _business(service)}
    return Valid("listAvailabilityTimeSlotEndOptions", body)


def _business(service: Service) -> dict[str, Any] | None:
    """The business location of a service, as time slots call it."""
    place = service.location or {}
    if place.get("locationType") != "OWNER_BUSINESS" or not place.get("id"):
        return None
    return {"locationType": "BUSINESS", "id": place["id"]}


def _several(given: Given) -> dict[str, Any]:
    """Two appointments at one place, and the days around a time of the first."""
    known = given.client.target.all_services("appointment", variants=False, book="open")
    places = [_business(one) for one in known]
    pairs = [(one, place) for one, place in zip(known, places, strict=True) if place]
    same = [one for one, place in pairs if place == pairs[0][1]]
    if len(same) < 2:
        raise NotJudged("the target file names no two appointments at one business location")
    slots = asked_slots(given.slot(same[0]))
    days = {key: slots[key] for key in ("fromLocalDate", "toLocalDate", "timeZone")}
    services = [{"serviceId": one.id} for one in same[:2]]
    return {"services": services, **days, "location": pairs[0][1]}


def _rows(given: Given, kind: str) -> Valid:
    return Valid("listMultiServiceAvailabilityTimeSlots", _several(given))


def _row(given: Given, kind: str) -> Valid:
    asked = _several(given)
    listed = reached(given.client.call("listMultiServiceAvailabilityTimeSlots", body=asked))
    if not listed.at("timeSlots"):
        raise NotReached("no time is shown for two appointments in a row")
    slot = listed.at("timeSlots", 0)
    kept = {key: asked[key] for key in ("services", "timeZone", "location")}
    times = {key: slot[key] for key in ("localStartDate", "localEndDate")}
    return Valid("getMultiServiceAvailabilityTimeSlot", {**kept, **times})


def _schedule_left(given: Given, kind: str) -> Valid:
    schedule = given.course().service.schedule_id
    if schedule is None:
        raise NotJudged("the target file names no schedule_id of a course")
    return Valid("getScheduleAvailability", how={"path": {"scheduleId": schedule}})


# What has no booking in its path.
OTHERS: Mapping[str, Callable[[Given, str], Valid]] = {
    "createBooking": _create,
    "bulkCreateBooking": _bulk,
    "registerToWaitlist": _register,
    "listWaitlist": _waiting,
    "enrollFromWaitlist": _offered,
    "leaveWaitlist": _leave,
    "queryExtendedBookings": _query,
    "countExtendedBookings": lambda given, kind: Valid("countExtendedBookings", {"filter": {}}),
    "listBookingsV1": lambda given, kind: Valid("listBookingsV1"),
    "setAttendance": _set,
    "getAttendance": _get,
    "queryAttendance": lambda given, kind: Valid("queryAttendance", {"query": {}}),
    "deleteAttendance": _delete,
    "countAttendances": _count_attendances,
    "bulkSetAttendance": _set_all,
    "bulkDeleteAttendances": _delete_all,
    "bulkConfirmOrDeclineBooking": _decide_all,
    "bulkCancelBooking": _cancel_all,
    "bulkCalculateAllowedActions": _actions,
    "createMultiServiceBooking": _in_a_row,
    "getMultiServiceBooking": _whole("getMultiServiceBooking"),
    "getMultiServiceBookingAvailability": _whole("getMultiServiceBookingAvailability"),
    "confirmMultiServiceBooking": _whole("confirmMultiServiceBooking", "confirmBookingsInfo"),
    "declineMultiServiceBooking": _whole("declineMultiServiceBooking", "declineBookingsInfo"),
    "cancelMultiServiceBooking": _whole("cancelMultiServiceBooking"),
    "getAnonymousActionToken": _anonymous_token,
    "getCurrentMember": lambda given, kind: Valid("getCurrentMember", how={"caller": "member"}),
    "query": lambda given, kind: Valid("query", {"query": {"cursorPaging": {"limit": 1}}}),
    "queryBookingsV1": lambda given, kind: Valid("queryBookingsV1", {"query": {}}),
    "queryServices": lambda given, kind: Valid("queryServices", {"query": {}}),
    "getService": _service_read,
    "queryAvailability": lambda given, kind: Valid(
        "queryAvailability", asked_calendar(given.session())
    ),
    "listAvailabilityTimeSlots": lambda given, kind: Valid(
        "listAvailabilityTimeSlots", asked_slots(given.slot())
    ),
    "getAvailabilityTimeSlot": lambda given, kind: Valid(
        "getAvailabilityTimeSlot", asked_slot(given.slot())
    ),
    "listEventTimeSlots": lambda given, kind: Valid(
        "listEventTimeSlots", asked_slots(given.session())
    ),
    "getEventTimeSlot": _event_slot,
    "listAvailabilityTimeSlotEndOptions": _end_options,
    "listMultiServiceAvailabilityTimeSlots": _rows,
    "getMultiServiceAvailabilityTimeSlot": _row,
    "getScheduleAvailability": _schedule_left,
    **BUYING,
    **FILLING,
}


def _service(given: Given, operation: str, kind: str) -> Service:
    """The plainest service; one that asks for approval where the operation is about that."""
    target = given.client.target
    plain: dict[str, Any] = {"variants": False, "book": "open"}
    lenient = {**plain, "cancel": "allowed", "reschedule": "allowed"}
    for wanted in ({**lenient, "manual_approval": operation in APPROVED}, lenient):
        if found := target.all_services(kind, **wanted):
            return found[0]
    return target.service(kind, **plain)


def _booking(given: Given, operation: str, place: Place, revised: bool) -> Seen:
    move = bookings_openapi.lifecycle()[operation]
    # From a status that is left open, a refusal would say nothing.
    certain = move.sources - move.open.keys()
    if "CREATED" not in certain:
        return given.booking(place, "PENDING")
    if revised and "CONFIRMED" in certain:
        return given.booking(place, "CONFIRMED")
    booking = given.booking(place)
    return _changed(given, booking, place) if revised else booking


def _changed(given: Given, booking: Seen, place: Place) -> Seen:
    """The booking after a change that leaves its status."""
    change = "rescheduleBooking" if place.service.kind == "appointment" else PARTICIPANTS
    return reached(given.client.act(change, booking, _body(given, change, place))).booking


def _body(given: Given, operation: str, place: Place) -> dict[str, Any]:
    if operation == PARTICIPANTS:
        return participants(given, place, 2)
    if operation == "rescheduleBooking":
        return {"slot": elsewhere(given, place).slot}
    if operation == "updateExtendedFields":
        return {"namespace": _namespace(given), "namespaceData": {"judge": given.name}}
    if operation == "setBookingSubmissionId":
        return {"submissionId": unknown_id(given)}
    if operation == "markBookingAsPending" and not place.service.manual_approval:
        return {"flowControlSettings": {"skipPendingApprovalServiceValidation": True}}
    return {}


PARTICIPANTS = "updateNumberOfParticipants"


def participants(given: Given, place: Place, number: int) -> dict[str, Any]:
    """So many participants, as a body says it of this place."""
    booking = given.body(place, participants=number)["booking"]
    ways = ("totalParticipants", "participantsChoices")
    return {key: booking[key] for key in ways if key in booking}


def elsewhere(given: Given, place: Place) -> Place:
    """Another place of the same service."""
    other = given.place(place.service)
    if (other.session, other.start) == (place.session, place.start):
        raise NotJudged(f"the target file names too few sessions of {place.service.name}")
    return other


def _namespace(given: Given) -> str:
    target = given.client.target
    if target.namespace is None and not target.ours:
        raise NotJudged("no namespace named in [target]")
    return target.namespace or "@judge/suite"


def reached(answer: Answer) -> Answer:
    """The answer, if it is a success: an arrangement that fails leaves nothing to judge."""
    if not answer.accepted:
        raise NotReached(f"{answer.exchange.operation} was answered {answer.summary}")
    return answer


def refused(answer: Answer) -> Answer:
    """The answer, if it is a refusal: what is judged is what a refusal does."""
    if not answer.refused:
        raise NotReached(
            f"{answer.exchange.operation} was not refused but answered {answer.summary}"
        )
    return answer


def refused_as_invalid(expect: Expect, answer: Answer, rule: str, circumstance: str) -> bool:
    """The call is refused as a validation error: the status is part of such a rule itself."""
    refusal = bookings_openapi.rules()[rule].answer()
    status = refusal.status if refusal else ()
    return expect.refused(answer, rule, circumstance=circumstance) and expect.that(
        rule,
        answer.status in status,
        expected=f"a validation error ({' or '.join(map(str, status))})",
        actual=answer.summary,
        circumstance=circumstance,
        at=answer,
        check=RefusedWith((Refusal(status=status, codes=()),)),
    )


def accepted_as_well(
    expect: Expect,
    answer: Answer,
    rule: str,
    plain: Callable[[], Answer],
    circumstance: str | None = None,
) -> bool:
    """The call succeeds, if the plain one does: where that is refused too, nothing was at odds."""
    if answer.refused:
        reached(plain())
    return expect.accepted(answer, rule, circumstance=circumstance)


def looked(given: Given, booking: Seen) -> Seen | None:
    """The booking as it is read back, or None where nothing shows it."""
    try:
        return given.read(booking)
    except Unjudged:
        return None


def unknown_id(given: Given) -> str:
    """A GUID that nothing has."""
    return str(UUID(int=given.random.getrandbits(128), version=4))


def other_revision(booking: Seen, difference: int) -> str:
    """A revision that is not the booking's current one."""
    number = revision_number(booking) + difference
    if number < 1:
        raise NotReached(f"no change has raised the revision, it is still {booking.revision}")
    return str(number)


def revision_number(booking: Seen) -> int:
    """The revision as a number."""
    if not (booking.revision.isascii() and booking.revision.isdigit()):
        raise NotReached(f"the revision {booking.revision!r} is no number")
    return int(booking.revision)


def booked(given: Given, body: Mapping[str, Any]) -> list[Seen]:
    """The bookings that a createBooking body has led to, found by the external id in it."""
    external = creation(body)["booking"]["externalUserId"]
    # A world of the judge's own is small; elsewhere others book too.
    wanted = {} if given.client.target.ours else {"externalUserId": external}
    return [seen for seen in given.find(wanted) if seen.raw.get("externalUserId") == external]


def creation(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first creation that a body asks for: alone, in bulk, or as one of several services."""
    if "bookings" in body:
        return {"booking": body["bookings"][0]}
    items: list[Mapping[str, Any]] = body.get("createBookingsInfo", [body])
    return items[0]


def created(answer: Answer) -> Seen:
    """The first booking that was created, as far as the answer shows it."""
    if answer.exchange.operation == "bulkCreateBooking":
        return Seen.of(answer.at("results", 0, "item"))
    if answer.exchange.operation == "createMultiServiceBooking":
        part = answer.at("multiServiceBooking", "bookings", 0)
        return Seen(str(part["bookingId"]), "CREATED", "1", part.get("booking") or {})
    return answer.booking
