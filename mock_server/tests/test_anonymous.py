"""A booking's own token: whoever has it needs no caller, and gets no further than a customer."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from .conftest import Api, code

ROOT = "/v1/anonymous-bookings"
ALIASES = (ROOT, f"/_api{ROOT}", f"/_api/anonymous-booking-actions{ROOT}")


def token_of(api: Api, booking: dict[str, Any], token: str = "owner-token") -> httpx.Response:
    return api.http.get(f"{ROOT}/{booking['id']}/token", headers={"authorization": token})


def held(api: Api, booking: dict[str, Any]) -> str:
    return str(token_of(api, booking).json()["token"])


@pytest.mark.parametrize("root", ALIASES)
def test_the_token_alone_reads_the_booking_at_every_path_that_clients_use(
    api: Api, root: str
) -> None:
    booking = api.booked()
    token = held(api, booking)
    answer = api.http.get(f"{root}/{token}?token={token}&fields=BOOKING_FEES")
    assert answer.json()["booking"]["id"] == booking["id"]
    assert answer.json()["allowedAnonymousActions"] == {"cancel": True, "reschedule": True}
    assert answer.json()["bookingFee"] == {"bookingId": booking["id"]}


def test_the_same_booking_has_the_same_token_every_time(api: Api) -> None:
    booking = api.booked()
    assert held(api, booking) == held(api, booking)


def test_an_authorization_beside_the_token_is_not_looked_at(api: Api) -> None:
    token = held(api, api.booked())
    answer = api.http.get(f"{ROOT}/{token}", headers={"authorization": "nobody's"})
    assert answer.status_code == 200


def test_a_booking_canceled_by_its_token_is_told_of_as_any_other(api: Api) -> None:
    booking = api.booked()
    answer = api.post(f"{ROOT}/{held(api, booking)}/cancel", {"revision": "1"})
    assert api.done(answer)["status"] == "CANCELED"
    assert api.done(answer)["revision"] == "2"
    events = api.http.get("/_mock/events").json()["events"]
    assert [one["slug"] for one in events] == ["created", "canceled"]


def test_whoever_cancels_by_a_token_may_leave_the_revision_out_but_not_get_it_wrong(
    api: Api,
) -> None:
    booking = api.booked()
    path = f"{ROOT}/{held(api, booking)}/cancel"
    assert api.post(path, {"revision": "7"}).status_code == 409
    assert api.done(api.post(path, {}))["status"] == "CANCELED"
    assert code(api.post(path, {})) == "BOOKING_CANNOT_BE_CANCELLED"


def test_a_booking_is_moved_by_its_token_and_its_participant_told(api: Api) -> None:
    booking = api.booked(session={"capacity": 10})
    there = {"eventId": api.session(capacity=10, nth=1)["id"]}
    answer = api.post(f"{ROOT}/{held(api, booking)}/reschedule", {"slot": there})
    assert api.done(answer)["bookedEntity"]["slot"]["eventId"] == there["eventId"]
    (message,) = api.http.get("/_mock/messages").json()["messages"]
    assert message["bookingId"] == booking["id"]


def test_what_a_policy_forbids_is_forbidden_to_a_token_too(api: Api) -> None:
    booking = api.booked("massage")
    token = held(api, booking)
    shown = api.http.get(f"{ROOT}/{token}").json()["allowedAnonymousActions"]
    assert shown == {"cancel": False, "reschedule": False}
    assert code(api.post(f"{ROOT}/{token}/cancel", {})) == "BOOKING_CANNOT_BE_CANCELLED"
    slot = {"slot": api.slot("massage", nth=3)}
    moved = api.post(f"{ROOT}/{token}/reschedule", slot)
    assert (moved.status_code, code(moved)) == (428, "RESCHEDULING_NOT_ALLOWED")


@pytest.mark.parametrize(
    "text", ["x", "nobody's.token", "WyJzdHVkaW8iXQ.x", "%F0%9F%98%80", "W10.x"]
)
def test_a_text_that_is_no_token_is_refused_as_one(api: Api, text: str) -> None:
    answer = api.http.get(f"{ROOT}/{text}")
    assert (answer.status_code, code(answer)) == (401, "INVALID_TOKEN")


def test_a_token_is_of_its_own_world_and_good_for_nothing_when_that_is_gone(api: Api) -> None:
    blue = api.booked(token="owner-token@blue")
    token = token_of(api, blue, "owner-token@blue").json()["token"]
    assert api.http.get(f"{ROOT}/{token}").json()["booking"]["id"] == blue["id"]
    api.http.post("/_mock/reset?world=blue")
    gone = api.http.get(f"{ROOT}/{token}")
    assert code(gone) in ("INVALID_TOKEN", "BOOKING_NOT_FOUND")


def test_the_service_of_the_booking_is_read_by_the_token(api: Api) -> None:
    answer = api.http.get(f"{ROOT}/{held(api, api.booked('yoga'))}/service")
    assert answer.json()["service"]["id"] == api.services["yoga"]["id"]


def test_a_visitor_gets_the_token_of_its_own_booking_only(api: Api) -> None:
    own, other = api.booked(token="visitor-token"), api.booked()
    assert token_of(api, own, "visitor-token").status_code == 200
    assert code(token_of(api, other, "visitor-token")) == "PERMISSION_DENIED"


def test_by_the_other_reading_a_visitor_gets_no_token(serve: Callable[..., Api]) -> None:
    api = serve(readings={"ANON-4": "B"})
    own = api.booked(token="visitor-token")
    assert code(token_of(api, own, "visitor-token")) == "PERMISSION_DENIED"


def test_a_member_gets_no_token_of_what_others_booked(api: Api) -> None:
    assert code(token_of(api, api.booked(), "member-token")) == "BOOKING_NOT_FOUND"
