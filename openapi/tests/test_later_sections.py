"""Bulk create, V1 list, counting, attendance, waitlist and events: what their shapes must hold."""

from collections.abc import Callable
from typing import Any

import pytest

from bookings_openapi import lifecycle
from bookings_openapi.document import operations

Complaints = Callable[[Any, Any], list[str]]

ID = "2a0aed39-2e03-4ba0-bfe3-f099d351e7bd"
EVENT = "5f6d8c0e-4b1a-4d8e-9c55-7e0f1a2b3c4d"
ITEM = {"booking": {"bookedEntity": {"slot": {"eventId": EVENT}}, "totalParticipants": 1}}
BOOKING = {"id": ID, "status": "CREATED", "revision": "1", "bookedEntity": {"slot": {}}}
OPERATORS = {
    *("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$hasSome", "$hasAll"),
    *("$exists", "$isEmpty", "$startsWith", "$matchItems"),
}


@pytest.mark.parametrize(("count", "fine"), [(0, False), (1, True), (40, True), (41, False)])
def test_bulk_create_takes_one_to_forty(complaints: Complaints, count: int, fine: bool) -> None:
    body = {"createBookingsInfo": [ITEM] * count}
    assert (complaints("BulkCreateBookingRequest", body) == []) is fine


@pytest.mark.parametrize("item", [{}, {"booking": {"totalParticipants": 1}}, {"booking": None}])
def test_one_item_without_a_required_field_fails_them_all(
    complaints: Complaints, item: dict[str, Any]
) -> None:
    assert complaints("BulkCreateBookingRequest", {"createBookingsInfo": [ITEM, item]})
    assert complaints("BulkCreateBookingRequest", {})


def test_a_bulk_result_says_which_item_it_was(complaints: Complaints) -> None:
    result: dict[str, Any] = {"itemMetadata": {"originalIndex": 0, "success": True}, "item": None}
    assert complaints("BulkCreateBookingResponse", {"results": [result]}) == []
    result = {"itemMetadata": {"success": True}, "item": BOOKING}
    assert complaints("BulkCreateBookingResponse", {"results": [result]})


def test_filters_are_described_as_data(operation: dict[str, Any]) -> None:
    for field, operators in operation.get("x-filters", {}).items():
        assert field
        assert operators
        assert set(operators) <= OPERATORS
    for orders in operation.get("x-sorts", {}).values():
        assert set(orders) <= {"ASC", "DESC"}
    if "x-paging" in operation:
        assert set(operation["x-paging"]) == {"default", "max"}


def test_counting_takes_the_filters_of_querying(whole: dict[str, Any]) -> None:
    rows = {row["operationId"]: row for row in operations(whole)}
    query, count = rows["queryExtendedBookings"], rows["countExtendedBookings"]
    assert query["x-filters"] == count["x-filters"]
    assert set(query["x-sorts"]) <= set(query["x-filters"])


def test_the_page_of_a_query_is_what_its_schema_allows(whole: dict[str, Any]) -> None:
    rows = {row["operationId"]: row for row in operations(whole)}
    schemas = whole["components"]["schemas"]
    for name, pages in (
        ("queryExtendedBookings", ("OffsetPagingInput", "ExtendedBookingsCursorPaging")),
        ("queryAttendance", ("AttendanceCursorPaging",)),
    ):
        for page in pages:
            limit = schemas[page]["properties"]["limit"]
            assert limit["maximum"] == rows[name]["x-paging"]["max"]


@pytest.mark.parametrize(
    ("change", "fine"),
    [
        ({}, True),
        ({"sessionId": "x" * 334}, True),
        ({"numberOfAttendees": 5, "status": "NOT_ATTENDED"}, True),
        ({"id": "ignored"}, True),
        ({"bookingId": "no uuid"}, False),
        ({"status": "LATE"}, False),
        ({"eventId": "short"}, False),
        ({"numberOfAttendees": -1}, False),
    ],
)
def test_an_attendance_as_it_is_set(
    complaints: Complaints, change: dict[str, Any], fine: bool
) -> None:
    sent = {"bookingId": ID, "eventId": EVENT, "status": "ATTENDED"} | change
    assert (complaints("SetAttendanceRequest", {"attendance": sent}) == []) is fine


@pytest.mark.parametrize(("limit", "fine"), [(1, True), (1000, True), (1001, False), (None, True)])
def test_a_page_of_attendance_objects(complaints: Complaints, limit: Any, fine: bool) -> None:
    body = {"query": {"cursorPaging": {"limit": limit}}}
    assert (complaints("QueryAttendanceRequest", body) == []) is fine


def test_attendance_is_answered_with_or_without_paging(complaints: Complaints) -> None:
    one = {"id": ID, "bookingId": ID, "sessionId": "s", "status": "ATTENDED"}
    assert complaints("QueryAttendanceResponse", {"attendances": [one]}) == []
    assert complaints("QueryAttendanceResponse", {})
    assert complaints("AttendanceResponse", {"attendance": {}})


def test_a_v1_list_takes_the_published_sample(complaints: Complaints) -> None:
    price = {"amount": "14", "currency": "USD", "downPayAmount": "0"}
    paid = {"txId": ID, "orderId": ID, "orderAmount": "14", "orderStatus": "UNDEFINED"}
    booking = {
        "id": ID,
        "bookedEntity": {
            "serviceId": ID,
            "scheduleId": ID,
            "singleSession": {"sessionId": "x" * 334, "start": "2020-04-29T07:00:00Z"},
            "title": "Yoga",
            "location": {"locationType": "OWNER_BUSINESS"},
            "rate": {"labeledPriceOptions": {"general": price}, "priceText": ""},
            "tags": ["GROUP"],
        },
        "bookedResources": [{"id": ID, "name": "Sam", "email": "sam@example.com"}],
        "formInfo": {
            "contactDetails": {"contactId": ID, "email": "Ada@Example.com", "countryCode": "IL"},
            "paymentSelection": [{"rateLabel": "general", "numberOfParticipants": 1}],
            "customFormFields": {},
            "additionalFields": [],
        },
        "paymentDetails": {
            "balance": {"finalPrice": price, "amountReceived": "0"},
            "wixPayDetails": paid,
            "state": "PENDING_MARK_AS_PAID",
            "wixPayMultipleDetails": [paid],
        },
        "status": "CONFIRMED",
        "created": "2020-04-28T09:02:13.592Z",
    }
    allowed = {"cancel": True, "reschedule": True, "bookAnother": True}
    entry = {"booking": booking, "allowedActions": allowed}
    assert complaints("ListBookingsV1Response", {"bookingsEntries": [entry]}) == []
    assert complaints("ListBookingsV1Response", {"bookingsEntries": []}) == []
    assert complaints("ListBookingsV1Response", {})


def test_every_event_of_the_lifecycle_has_a_body(whole: dict[str, Any]) -> None:
    events = whole["components"]["schemas"]["DomainEvent"]["x-events"]
    assert {slug for move in lifecycle().values() for slug in move.events} == set(events)
    for slug, row in events.items():
        assert row["eventType"] == f"wix.bookings.v2.booking_{slug}"


def event(slug: str, **variant: Any) -> dict[str, Any]:
    return {
        "id": "e1",
        "entityFqdn": "wix.bookings.v2.booking",
        "slug": slug,
        "entityId": ID,
        "eventTime": "2031-02-28T09:45:00Z",
        "triggeredByAnonymizeRequest": False,
        **variant,
    }


ACTION = {"booking": BOOKING, "previousStatus": "CREATED"}
MOVED = ACTION | {
    "previousBookedEntity": {"slot": {}},
    "previousStartDate": "2031-02-28T09:45:00Z",
    "previousEndDate": "2031-02-28T10:45:00Z",
}


@pytest.mark.parametrize(
    "body",
    [
        event("created", createdEvent={"entity": BOOKING}),
        event("updated", updatedEvent={"currentEntity": BOOKING}, originatedFrom="confirmed"),
        event("confirmed", actionEvent={"body": ACTION}),
        event("declined", actionEvent={"body": ACTION}),
        event("canceled", actionEvent={"body": ACTION}),
        event("markedAsPending", actionEvent={"body": ACTION}),
        event("rescheduled", actionEvent={"body": MOVED}),
        event(
            "number_of_participants_updated",
            actionEvent={"body": {"booking": BOOKING, "previousTotalParticipants": 1}},
        ),
    ],
    ids=lambda body: str(body["slug"]),
)
def test_an_event_has_its_own_body(
    whole: dict[str, Any], complaints: Complaints, body: dict[str, Any]
) -> None:
    events = whole["components"]["schemas"]["DomainEvent"]["x-events"]
    schema, variant = events[body["slug"]]["schema"], events[body["slug"]]["variant"]
    assert complaints(schema, body) == []
    for gone in ("id", "entityId", "eventTime", variant):
        assert complaints(schema, {key: body[key] for key in body if key != gone})
    assert complaints(schema, body | {variant: {}})
    assert complaints(schema, body | {"slug": "something_else"})


def test_an_event_comes_in_one_variant(complaints: Complaints) -> None:
    both = event("created", createdEvent={"entity": BOOKING}, actionEvent={"body": {}})
    assert complaints("DomainEvent", both)
    nulls = event("created", createdEvent={"entity": BOOKING}, actionEvent=None)
    assert complaints("DomainEvent", nulls) == []
