"""What a request may hold, field by field where that is easy to get wrong."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

Complaints = Callable[[Any, Any], list[str]]

ID = "2a0aed39-2e03-4ba0-bfe3-f099d351e7bd"
EVENT = "5f6d8c0e-4b1a-4d8e-9c55-7e0f1a2b3c4d"
CHOICES = {
    "serviceChoices": [{"numberOfParticipants": 2, "choices": [{"optionId": ID, "custom": "A"}]}]
}
SLOT = {
    "sessionId": "x" * 334,
    "eventId": EVENT,
    "serviceId": ID,
    "scheduleId": ID,
    "startDate": "2030-12-28T14:00:00.000+01:00",
    "endDate": "2030-12-28T15:00:00",
    "timezone": "Europe/Dublin",
    "resource": {"id": ID, "name": "Sam", "scheduleId": ID},
    "location": {"id": ID, "name": "Main", "locationType": "OWNER_BUSINESS"},
}


def create(**fields: Any) -> dict[str, Any]:
    booking = {"bookedEntity": {"slot": {"eventId": EVENT}}, "totalParticipants": 1}
    return {"booking": {k: v for k, v in (booking | fields).items() if v is not ...}}


@pytest.mark.parametrize(
    "body",
    [
        create(),
        create(bookedEntity={"slot": SLOT, "title": "CLASS", "tags": ["GROUP"]}),
        create(bookedEntity={"schedule": {"scheduleId": "any", "serviceId": ID}}),
        create(bookedEntity={"slot": {"sessionId": "x"}, "schedule": None}),
        create(bookedEntity={"slot": {}}),
        create(totalParticipants=..., participantsChoices=CHOICES),
        create(totalParticipants=None, participantsChoices=CHOICES),
        create(participantsChoices=None),
        create(status="CONFIRMED", contactDetails=None, additionalFields=[{"id": ID}]),
        create(aFieldOfTomorrow=1),
        create() | {"participantNotification": {"metadata": {"channels": "EMAIL"}}},
        create()
        | {"sendSmsReminder": None, "flowControlSettings": None, "formSubmission": {"a": []}},
    ],
)
def test_this_creates_a_booking(complaints: Complaints, body: dict[str, Any]) -> None:
    assert complaints("CreateBookingRequest", body) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"booking": None},
        {"booking": {"totalParticipants": 1}},
        create(bookedEntity=None),
        create(bookedEntity={}),
        create(bookedEntity={"slot": None}),
        create(bookedEntity={"slot": None, "schedule": None}),
        create(bookedEntity={"slot": SLOT, "schedule": {"scheduleId": "s"}}),
        create(bookedEntity={"slot": "tomorrow"}),
        create(totalParticipants=...),
        create(totalParticipants=None),
        create(totalParticipants=0),
        create(totalParticipants=1.5),
        create(totalParticipants="1"),
        create(participantsChoices=CHOICES),
        create(totalParticipants=..., participantsChoices={}),
        create(totalParticipants=..., participantsChoices={"serviceChoices": []}),
        create(status="UPDATED"),
        create(selectedPaymentOption="CASH"),
        create(contactDetails={"email": "nobody"}),
        create(contactDetails={"contactId": "nobody"}),
        create(additionalFields=[{"value": "no id"}]),
        create(additionalFields=[{"id": "no uuid"}]),
        create(bookedAddOns=[{}] * 22),
        create(bookedEntity={"slot": {"eventId": "too short"}}),
        create(bookedEntity={"slot": {"eventId": "x" * 251}}),
        create(bookedEntity={"slot": {"location": {"locationType": "BUSINESS"}}}),
        create(bookedEntity={"slot": {"resource": {"name": "x" * 41}}}),
        create(bookedEntity={"slot": {"resourceSelections": [{}] * 4}}),
        create() | {"formSubmission": []},
        create() | {"participantNotification": {"notifyParticipants": "yes"}},
    ],
)
def test_this_creates_none(complaints: Complaints, body: dict[str, Any]) -> None:
    assert complaints("CreateBookingRequest", body)


def test_read_only_fields_are_taken_whatever_they_hold(
    whole: dict[str, Any], complaints: Complaints
) -> None:
    booking = create()["booking"]
    fields = whole["components"]["schemas"]["BookingInput"]["properties"]
    marked = [name for name, field in fields.items() if field.get("x-read-only")]
    assert {"id", "revision", "paymentStatus", "createdDate"} <= set(marked)
    nonsense: list[Any] = [None, 7, "?", [{}], {"a": 1}]
    for value in nonsense:
        assert complaints("BookingInput", booking | dict.fromkeys(marked, value)) == []


@pytest.mark.parametrize(
    ("choice", "fine"),
    [
        ({"optionId": ID, "custom": "A"}, True),
        ({"optionId": ID, "choiceId": ID, "duration": {"minutes": 44639}}, True),
        ({"dateTime": {"name": "Morning"}, "custom": None}, True),
        ({"custom": "A", "duration": {"minutes": 1}}, False),
        ({"dateTime": {}, "participantRange": {}}, False),
        ({"duration": {"minutes": 44640}}, False),
        ({"optionId": "A"}, False),
    ],
)
def test_a_choice_is_of_one_kind_at_most(
    complaints: Complaints, choice: dict[str, Any], fine: bool
) -> None:
    assert (complaints("ServiceChoiceInput", choice) == []) is fine


def test_choices_have_limits(complaints: Complaints) -> None:
    one = CHOICES["serviceChoices"][0]
    assert complaints("ParticipantChoicesInput", {"serviceChoices": [one] * 20}) == []
    assert complaints("ParticipantChoicesInput", {"serviceChoices": [one] * 21})
    six = copy.deepcopy(one) | {"choices": [{"optionId": ID}] * 6}
    assert complaints("ParticipantChoicesInput", {"serviceChoices": [six]})


WITH_REVISION: dict[str, dict[str, Any]] = {
    "ConfirmBookingRequest": {},
    "DeclineBookingRequest": {},
    "CancelBookingRequest": {},
    "MarkBookingAsPendingRequest": {},
    "RescheduleBookingRequest": {"slot": {"eventId": EVENT}},
    "UpdateNumberOfParticipantsRequest": {"totalParticipants": 3},
}


@pytest.mark.parametrize("name", WITH_REVISION)
@pytest.mark.parametrize("revision", ["1", "0012", 1, "9223372036854775807"])
def test_a_revision_is_digits_or_an_integer(
    complaints: Complaints, name: str, revision: Any
) -> None:
    assert complaints(name, WITH_REVISION[name] | {"revision": revision}) == []


@pytest.mark.parametrize("name", WITH_REVISION)
@pytest.mark.parametrize("revision", [..., None, "", "one", "-1", -1, 1.5, " 1", True, ["1"]])
def test_anything_else_is_no_revision(complaints: Complaints, name: str, revision: Any) -> None:
    given = {} if revision is ... else {"revision": revision}
    assert complaints(name, WITH_REVISION[name] | given)


@pytest.mark.parametrize("name", WITH_REVISION)
def test_the_id_of_the_path_may_be_repeated(complaints: Complaints, name: str) -> None:
    body = WITH_REVISION[name] | {"revision": "1"}
    assert complaints(name, body | {"bookingId": ID}) == []
    assert complaints(name, body | {"bookingId": "x"})


def test_decline_takes_no_revision_below_one(complaints: Complaints) -> None:
    assert complaints("DeclineBookingRequest", {"revision": "0"})
    assert complaints("DeclineBookingRequest", {"revision": 0})
    assert complaints("CancelBookingRequest", {"revision": "0"}) == []


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        ({}, True),
        ({"totalParticipants": 2}, True),
        ({"participantsChoices": CHOICES, "totalParticipants": None}, True),
        ({"participantsChoices": CHOICES, "totalParticipants": 2}, False),
        ({"totalParticipants": 0}, False),
        ({"slot": None}, False),
        ({"slot": {"resource": {"name": "x" * 1200, "scheduleId": ID}}}, True),
        ({"slot": {"resource": {"transparency": "GLASSY"}}}, False),
    ],
)
def test_a_booking_moves_with_at_most_one_of_the_two(
    complaints: Complaints, given: dict[str, Any], fine: bool
) -> None:
    body = {"revision": "1", "slot": SLOT} | given
    assert (complaints("RescheduleBookingRequest", body) == []) is fine


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        ({}, False),
        ({"totalParticipants": 2}, True),
        ({"totalParticipants": 0}, False),
        ({"participantsChoices": CHOICES}, True),
        ({"participantsChoices": CHOICES, "totalParticipants": None}, True),
        ({"participantsChoices": CHOICES, "totalParticipants": 2}, False),
    ],
)
def test_participants_change_by_exactly_one_of_the_two(
    complaints: Complaints, given: dict[str, Any], fine: bool
) -> None:
    body = {"revision": "1"} | given
    assert (complaints("UpdateNumberOfParticipantsRequest", body) == []) is fine


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (
            "ConfirmBookingRequest",
            {
                "bookingId": ID,
                "revision": "1",
                "participantNotification": {"notifyParticipants": True},
                "paymentStatus": "PAID",
                "flowControlSettings": {"checkAvailabilityValidation": True},
            },
        ),
        (
            "DeclineBookingRequest",
            {
                "bookingId": ID,
                "revision": "1",
                "participantNotification": {"notifyParticipants": True, "message": "sorry"},
                "flowControlSettings": {"withRefund": True},
            },
        ),
        (
            "CancelBookingRequest",
            {
                "bookingId": ID,
                "participantNotification": {"notifyParticipants": False},
                "flowControlSettings": {"ignoreCancellationPolicy": True, "withRefund": False},
                "revision": "2",
            },
        ),
        (
            "RescheduleBookingRequest",
            {
                "bookingId": ID,
                "slot": SLOT,
                "revision": "3",
                "flowControlSettings": {"ignoreReschedulePolicy": True},
                "totalParticipants": 1,
            },
        ),
        ("ConfirmOrDeclineBookingRequest", {"bookingId": ID, "paymentStatus": "PAID"}),
        (
            "UpdateExtendedFieldsRequest",
            {"id": "any", "namespace": "@acct/app", "namespaceData": {"crewSize": 4}},
        ),
        (
            "MarkBookingAsPendingRequest",
            {
                "bookingId": ID,
                "revision": "1",
                "flowControlSettings": {"skipPendingApprovalServiceValidation": True},
            },
        ),
        ("QueryExtendedBookingsRequest", {"query": {"cursorPaging": {"cursor": "C", "limit": 50}}}),
        (
            "QueryExtendedBookingsRequest",
            {
                "withBookingAllowedActions": True,
                "query": {
                    "filter": {"$and": [{"status": "CONFIRMED"}, {"startDate": {"$gte": "2030"}}]},
                    "sort": [{"fieldName": "createdDate", "order": "DESC"}],
                    "cursorPaging": {"limit": 10},
                },
            },
        ),
        ("QueryExtendedBookingsRequest", {"query": {}}),
    ],
)
def test_what_the_official_client_sends_is_valid(
    complaints: Complaints, name: str, body: dict[str, Any]
) -> None:
    assert complaints(name, body) == []


@pytest.mark.parametrize(
    "query",
    [
        None,
        {"paging": {"limit": 1}, "cursorPaging": {"limit": 1}},
        {"cursorPaging": {"limit": 101}},
        {"paging": {"limit": 10, "offset": -1}},
        {"cursorPaging": {"cursor": "x" * 16001}},
        {"sort": [{"fieldName": "id", "order": "UP"}]},
        {"sort": [{"fieldName": "x" * 513}]},
        {"filter": []},
    ],
)
def test_this_is_no_query(complaints: Complaints, query: Any) -> None:
    assert complaints("QueryExtendedBookingsRequest", {"query": query})
    assert complaints("QueryExtendedBookingsRequest", {})


@pytest.mark.parametrize(
    "body",
    [
        {"namespace": "a"},
        {"namespaceData": {}},
        {"namespace": "a", "namespaceData": None},
        {"namespace": "", "namespaceData": {}},
        {"namespace": "x" * 165, "namespaceData": {}},
    ],
)
def test_extended_fields_need_a_namespace_and_its_data(
    complaints: Complaints, body: dict[str, Any]
) -> None:
    assert complaints("UpdateExtendedFieldsRequest", body)
