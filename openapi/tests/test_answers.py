"""Answers are open: what the API may add tomorrow is no breach, and `{}` is no booking."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

Complaints = Callable[[Any, Any], list[str]]
Reachable = Callable[[Any], Iterator[dict[str, Any]]]

BOOKING = {
    "id": "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11",
    "status": "CREATED",
    "revision": "1",
    "bookedEntity": {"slot": {"eventId": "5f6d8c0e-4b1a-4d8e-9c55-7e0f1a2b3c4d"}},
}


def test_no_answer_of_the_api_closes_an_object_or_an_enum(
    operation_of_the_api: dict[str, Any], reachable: Reachable
) -> None:
    for node in reachable(operation_of_the_api["responses"]):
        assert node.get("additionalProperties") is not False
        assert "enum" not in node


def test_no_request_leaves_an_enum_open(operation: dict[str, Any], reachable: Reachable) -> None:
    for node in reachable([operation.get("requestBody", {}), operation.get("parameters", [])]):
        assert "x-open-enum" not in node


def test_an_open_enum_takes_a_new_word(
    whole: dict[str, Any], reachable: Reachable, complaints: Complaints
) -> None:
    found = [node for node in reachable(whole) if "x-open-enum" in node]
    assert found
    for node in found:
        assert complaints(node, "A_WORD_OF_TOMORROW") == []
        assert complaints(node, 1)
        for word in node["x-open-enum"]:
            assert complaints(node, word) == []


def test_requests_and_answers_know_the_same_words(whole: dict[str, Any]) -> None:
    schemas = whole["components"]["schemas"]
    pairs = [(n, n.removesuffix("Input")) for n in schemas if n.endswith("Input")]
    shared = [(sent, answered) for sent, answered in pairs if answered in schemas]
    assert ("BookingStatusInput", "BookingStatus") in shared
    for sent, answered in shared:
        ours, theirs = schemas[sent], schemas[answered]
        assert ours.get("enum") == theirs.get("x-open-enum")
        for name in ours.get("properties", {}).keys() & theirs.get("properties", {}).keys():
            words = theirs["properties"][name].get("x-open-enum")
            if "enum" in ours["properties"][name]:
                assert ours["properties"][name]["enum"] == words


def test_every_field_that_answers_mark_read_only_is_ignored_in_requests(
    whole: dict[str, Any],
) -> None:
    schemas = whole["components"]["schemas"]
    for name, schema in schemas.items():
        for field, sent in schemas.get(f"{name}Input", {}).get("properties", {}).items():
            if schema.get("properties", {}).get(field, {}).get("readOnly"):
                assert set(sent) == {"x-read-only", "description"}, f"{name}.{field}"


def test_a_booking_with_its_four_fields_is_enough(complaints: Complaints) -> None:
    assert complaints("BookingResponse", {"booking": BOOKING}) == []


@pytest.mark.parametrize("missing", list(BOOKING))
def test_a_booking_without_one_of_them_is_not(complaints: Complaints, missing: str) -> None:
    rest = {field: value for field, value in BOOKING.items() if field != missing}
    assert complaints("BookingResponse", {"booking": rest})


def test_an_empty_object_is_no_answer(complaints: Complaints) -> None:
    for name in ("BookingResponse", "QueryExtendedBookingsResponse", "RegisterToWaitlistResponse"):
        assert complaints(name, {})


@pytest.mark.parametrize(
    "more",
    [
        {"status": "TELEPORTED"},
        {"somethingNew": {"any": ["thing"]}},
        {"externalUserId": None, "extendedFields": None, "contactDetails": None},
        {"additionalFields": None, "doubleBooked": False, "updatedDate": None},
        {"bookedEntity": {"slot": None, "schedule": {"scheduleId": "s"}}},
        {"revision": "9007199254740993"},
        {"createdDate": "2031-02-28T14:00:00Z", "updatedDate": "2031-02-28T14:00:00.123Z"},
    ],
)
def test_a_booking_may_also(complaints: Complaints, more: dict[str, Any]) -> None:
    assert complaints("Booking", BOOKING | more) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"revision": 1},
        {"revision": "one"},
        {"id": "me"},
        {"totalParticipants": [1, 1]},
        {"totalParticipants": 1, "participantsChoices": {}},
        {"bookedEntity": {"slot": {}, "schedule": {}}},
        {"bookedEntity": {"slot": {"eventId": "short"}}},
        {"createdDate": "yesterday"},
    ],
)
def test_a_booking_may_not(complaints: Complaints, wrong: dict[str, Any]) -> None:
    assert complaints("Booking", BOOKING | wrong)


@pytest.mark.parametrize(
    "body",
    [
        {"message": "", "details": {}},
        {"message": "gone", "details": {"applicationError": {"code": "NOT_FOUND"}}},
        {"message": "bad", "details": {"validationError": {"fieldViolations": [{"field": "a"}]}}},
        {"message": "", "details": {"systemError": {"errorCode": "X"}}},
        {"message": "bad", "errorCode": -100, "details": {"applicationError": None}},
    ],
)
def test_this_is_an_error(complaints: Complaints, body: dict[str, Any]) -> None:
    assert complaints("Error", body) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": "no details"},
        {"details": {}},
        {"message": "", "details": {"applicationError": {"description": "no code"}}},
        {
            "message": "",
            "details": {"validationError": {"fieldViolations": [{"description": "x"}]}},
        },
        {
            "message": "two kinds",
            "details": {
                "applicationError": {"code": "A"},
                "validationError": {"fieldViolations": []},
            },
        },
    ],
)
def test_this_is_no_error(complaints: Complaints, body: dict[str, Any]) -> None:
    assert complaints("Error", body)
