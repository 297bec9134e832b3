"""Bulk Create Booking: all that can be booked, or nothing at all."""

from typing import Any

import pytest

GUID = "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"
BULK = "/bookings/v2/bulk/bookings/create"


def _item(api: Any, service: str = "yoga", name: str = "ada", **more: Any) -> dict[str, Any]:
    session = more.pop("session", {})
    top = {key: more.pop(key) for key in ("participantNotification",) if key in more}
    booking = {
        "bookedEntity": api.entity(service, **session),
        "totalParticipants": 1,
        "contactDetails": {"firstName": name, "email": f"{name}@example.com"},
        **more,
    }
    return {"booking": {k: v for k, v in booking.items() if v is not None}, **top}


def _bulk(api: Any, *items: Any, full: bool = True, token: str = "owner-token") -> Any:
    body = {"createBookingsInfo": list(items), "returnFullEntity": full}
    return api.post(BULK, body, token)


def _traces(api: Any) -> dict[str, Any]:
    """Everything that a call can leave behind, and the next ids of contacts and bookings."""
    bookings = api.post(
        "/_api/bookings-reader/v2/extended-bookings/query", {"query": {"filter": {}}}
    ).json()["extendedBookings"]
    events = api.http.get("/_mock/events").json()["events"]
    messages = api.http.get("/_mock/messages").json()["messages"]
    sessions = api.http.get("/_mock/sessions").json()["sessions"]
    taken = [session for session in sessions if session["participants"]]
    return {"bookings": bookings, "events": events, "messages": messages, "taken": taken}


def _by_index(answer: Any) -> dict[int, Any]:
    return {result["itemMetadata"]["originalIndex"]: result for result in answer.json()["results"]}


def test_every_item_that_can_be_booked_is_booked(api):
    answer = _bulk(api, _item(api), _item(api, "haircut"), _item(api, "spanish"))
    assert answer.status_code == 200
    assert [one["item"]["status"] for one in answer.json()["results"]] == ["CREATED"] * 3
    made = {"totalSuccesses": 3, "totalFailures": 0, "undetailedFailures": 0}
    assert answer.json()["bulkActionMetadata"] == made
    for result in answer.json()["results"]:
        assert api.read(result["itemMetadata"]["id"])["id"] == result["item"]["id"]


@pytest.mark.parametrize("wrong", [{"bookedEntity": None}, {"totalParticipants": None}])
@pytest.mark.parametrize("first", [True, False])
def test_an_item_without_a_required_field_fails_them_all(api, wrong, first):
    loud = {"participantNotification": {"notifyParticipants": True}, "status": "CONFIRMED"}
    good, bad = _item(api, **loud), _item(api, **wrong)
    answer = _bulk(api, *([bad, good] if first else [good, bad]))
    assert answer.status_code == 400
    violations = answer.json()["details"]["validationError"]["fieldViolations"]
    assert violations[0]["field"].startswith(f"createBookingsInfo[{0 if first else 1}].booking")
    assert not any(_traces(api).values())


@pytest.mark.parametrize("first", [True, False])
def test_an_item_that_the_caller_may_not_make_fails_them_all(api, first):
    loud = {"participantNotification": {"notifyParticipants": True}}
    good, bad = _item(api, **loud), _item(api, "haircut", status="CONFIRMED")
    answer = _bulk(api, *([bad, good] if first else [good, bad]), token="member-token")
    assert answer.status_code == 403
    assert not any(_traces(api).values())


def test_a_call_that_failed_leaves_no_contact_behind(serve):
    def contact_of_eve(failed: bool) -> Any:
        api = serve(seed=7)
        api.booked()
        if failed:
            # The items before the bad one were made, and their contacts with them.
            bad = _item(api, status="DECLINED")
            assert _bulk(api, _item(api, name="eve"), bad).status_code == 400
        eve = {"firstName": "Eve", "email": "eve@example.com"}
        return [api.booked(contactDetails=eve)["contactDetails"]["contactId"] for _ in range(2)]

    for first, second in (contact_of_eve(False), contact_of_eve(True)):
        assert first == second
    # The id given to her by the failed call is gone: she is new to the site once more.
    assert contact_of_eve(True)[0] != contact_of_eve(False)[0]


def test_a_call_that_failed_is_forgotten_by_the_sequence_of_events(api):
    booking = api.booked()
    assert _bulk(api, _item(api), _item(api, status="DECLINED")).status_code == 400
    api.done(api.act(booking, "confirm"))
    events = api.http.get("/_mock/events").json()["events"]
    assert [(e["slug"], e["entityEventSequence"]) for e in events] == [
        ("created", "1"),
        ("confirmed", "2"),
    ]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"session": {"capacity": 1}}, "SESSION_CAPACITY_EXCEEDED"),
        ({"bookedEntity": {"slot": {"sessionId": "x" * 36}}}, "SCHEDULE_NOT_FOUND"),
        (
            {
                "totalParticipants": None,
                "participantsChoices": {
                    "serviceChoices": [
                        {
                            "numberOfParticipants": 1,
                            "choices": [{"optionId": GUID, "custom": "VIP"}],
                        }
                    ]
                },
            },
            "INVALID_SERVICE_CHOICES",
        ),
    ],
)
def test_what_is_not_available_is_left_out_and_says_why(api, what, code):
    api.booked(session={"capacity": 1}, status="CONFIRMED")
    answer = _bulk(api, _item(api, **what), _item(api, session={"capacity": 10}))
    results = _by_index(answer)
    assert answer.status_code == 200
    assert results[0]["itemMetadata"]["success"] is False
    assert results[1]["item"]["status"] == "CREATED"
    metadata = answer.json()["bulkActionMetadata"]
    assert (metadata["totalSuccesses"], metadata["totalFailures"]) == (1, 1)
    assert results[0]["itemMetadata"]["error"]["code"] == code
    assert "item" not in results[0]
    assert "id" not in results[0]["itemMetadata"]
    assert len(_traces(api)["bookings"]) == 2


def test_what_is_left_out_may_be_no_failure(serve):
    api = serve(readings={"BULK-3": "B"})
    api.booked(session={"capacity": 1}, status="CONFIRMED")
    answer = _bulk(api, _item(api, session={"capacity": 1}), _item(api, session={"capacity": 10}))
    metadata = answer.json()["bulkActionMetadata"]
    assert (metadata["totalSuccesses"], metadata["totalFailures"]) == (1, 0)


def test_an_item_asked_for_as_confirmed_takes_the_seat_that_a_later_one_wants(api):
    last = {"capacity": 1}
    taking = _item(api, session=last, status="CONFIRMED")
    answer = _bulk(api, taking, _item(api, session=last), _item(api, session=last))
    results = _by_index(answer)
    assert results[0]["item"]["status"] == "CONFIRMED"
    for late in (results[1], results[2]):
        assert late["itemMetadata"]["error"]["code"] == "SESSION_CAPACITY_EXCEEDED"


def test_created_items_take_no_seat_from_each_other(api):
    items = [_item(api, session={"capacity": 1}) for _ in range(3)]
    assert all(one["item"] for one in _bulk(api, *items).json()["results"])


@pytest.mark.parametrize("full", [True, False])
def test_the_entity_is_answered_where_it_was_asked_for(api, full):
    (result,) = _bulk(api, _item(api), full=full).json()["results"]
    assert ("item" in result) is full
    assert api.read(result["itemMetadata"]["id"])["status"] == "CREATED"


def test_each_result_says_which_item_it_answers(api):
    names = ["ada", "bob", "cid"]
    results = _by_index(_bulk(api, *(_item(api, name=name) for name in names)))
    shown = [results[index]["item"]["contactDetails"]["firstName"] for index in range(3)]
    assert shown == names


@pytest.mark.parametrize(("number", "status"), [(0, 400), (1, 200), (40, 200), (41, 400)])
def test_one_to_forty_items_are_taken(api, number, status):
    answer = _bulk(api, *(_item(api) for _ in range(number)))
    assert answer.status_code == status
    if status == 400:
        assert answer.headers["x-bookings-rule"] == "BULK-4"
    assert len(_traces(api)["bookings"]) == (number if status == 200 else 0)


def test_any_number_is_taken_where_that_rule_is_broken(serve):
    api = serve(breaks=["BULK-4"])
    headers = {"authorization": "owner-token"}
    assert api.http.post(BULK, json={}, headers=headers).json()["results"] == []


@pytest.mark.parametrize(("broken", "status"), [((), 200), (("BULK-2",), 428), (("BULK-1",), 200)])
def test_what_is_not_available_fails_the_call_only_where_that_rule_is_broken(serve, broken, status):
    api = serve(breaks=broken)
    api.booked(session={"capacity": 1}, status="CONFIRMED")
    good = _item(api, session={"capacity": 10})
    answer = _bulk(api, good, _item(api, session={"capacity": 1}))
    assert answer.status_code == status
    assert len(_traces(api)["bookings"]) == (2 if status == 200 else 1)
