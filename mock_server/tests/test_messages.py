"""The messages that customers would have got, and what a booking tells of them."""

from typing import Any

import pytest

SECTION = "/_mock/messages"
SEND = {"notifyParticipants": True, "message": "See you there", "metadata": {"channels": "EMAIL"}}
QUIET = [None, {}, {"message": "Not sent"}, {**SEND, "notifyParticipants": False}]


def _messages(api: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = api.http.get(SECTION).json()["messages"]
    return sent


def _created(api: Any, notification: Any, service: str = "yoga") -> dict[str, Any]:
    body = {
        "booking": {
            "bookedEntity": api.entity(service),
            "totalParticipants": 1,
            "contactDetails": {"firstName": "Ada", "email": "ada@example.com", "phone": "+353 1"},
        },
        "participantNotification": notification,
    }
    return api.done(api.post("/bookings/v2/bookings", body))


def _moves(api: Any) -> dict[str, dict[str, Any]]:
    return {
        "confirm": {},
        "cancel": {},
        "reschedule": {"slot": api.entity("yoga", nth=13)["slot"]},
        "decline": {},
        "mark_booking_as_pending": {},
    }


MOVES = ("confirm", "cancel", "reschedule", "decline", "mark_booking_as_pending")


def _acted(api: Any, move: str, notification: Any) -> dict[str, Any]:
    service = "workshop" if move == "mark_booking_as_pending" else "yoga"
    booking = api.booked(service, session={"capacity": 10})
    body = {**_moves(api)[move], "participantNotification": notification}
    return api.done(api.act(booking, move, **body))


def test_a_message_goes_to_the_contact_with_the_callers_words(api):
    booking = _created(api, SEND)
    (message,) = _messages(api)
    assert message["kind"] == "notification"
    assert message["bookingId"] == booking["id"]
    assert message["cause"] == "created"
    assert message["to"] == {
        "contactId": booking["contactDetails"]["contactId"],
        "email": "ada@example.com",
        "phone": "+353 1",
    }
    assert (message["message"], message["metadata"]) == (SEND["message"], SEND["metadata"])


@pytest.mark.parametrize("move", MOVES)
def test_every_move_can_send_a_message(api, move):
    booking = _acted(api, move, SEND)
    assert [message["bookingId"] for message in _messages(api)] == [booking["id"]]


@pytest.mark.parametrize("move", MOVES)
def test_none_is_sent_unless_it_is_asked_for(api, move):
    for quiet in QUIET:
        _acted(api, move, quiet)
        assert _messages(api) == []


def test_none_is_sent_of_a_new_booking_unless_it_is_asked_for(api):
    for quiet in QUIET:
        _created(api, quiet)
        assert _messages(api) == []


def test_refused_calls_send_none(api):
    booking = api.done(api.act(api.booked(), "confirm"))
    refused = [
        api.act(booking, "confirm", participantNotification=SEND),
        api.act({**booking, "revision": "9"}, "cancel", participantNotification=SEND),
        api.act(
            booking,
            "reschedule",
            slot={"sessionId": "x" * 36},
            participantNotification=SEND,
        ),
    ]
    assert all(400 <= answer.status_code < 500 for answer in refused)
    assert _messages(api) == []
    assert "participantNotification" not in api.read(booking["id"])


def test_a_booking_answered_as_it_was_sends_none(serve):
    api = serve(readings={"CANCEL-5": "B"})
    booking = api.done(api.act(api.booked(), "cancel"))
    api.done(api.act(booking, "cancel", participantNotification=SEND))
    assert _messages(api) == []


def test_a_booking_tells_of_the_very_last_message(api):
    booking = _created(api, SEND)
    assert booking["participantNotification"] == SEND
    second = {"notifyParticipants": True, "message": "Confirmed"}
    booking = api.done(api.act(booking, "confirm", participantNotification=second))
    assert booking["participantNotification"] == second
    assert api.read(booking["id"])["participantNotification"] == second


def test_a_call_that_says_nothing_of_messages_leaves_the_last_one(api):
    booking = api.done(api.act(_created(api, SEND), "cancel"))
    assert booking["participantNotification"] == SEND


@pytest.mark.parametrize("rule", ["NOTIFY-1", "NOTIFY-2"])
def test_a_server_wrong_on_purpose_can_be_told(serve, rule):
    api = serve(breaks=[rule])
    booking = _created(api, {"notifyParticipants": rule == "NOTIFY-2", "message": "First"})
    api.done(
        api.act(
            booking, "cancel", participantNotification={"notifyParticipants": True, "message": "B"}
        )
    )
    told = api.read(booking["id"])["participantNotification"]["message"]
    assert (len(_messages(api)), told) == (2, "B" if rule == "NOTIFY-1" else "First")
