"""Several services as one booking: what goes in, what comes out, and what belongs together."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from .conftest import Api, code

ROOT = "/_api/bookings-service/v2/multi_service_bookings"


def in_a_row(api: Api, number: int, token: str = "owner-token", **fields: Any) -> httpx.Response:
    parts = [
        {
            "bookedEntity": {"slot": api.slot("haircut", nth=n)},
            "totalParticipants": 1,
            "contactDetails": {"firstName": "Ada", "email": "ada@example.com"},
        }
        for n in range(number)
    ]
    body = {"bookings": parts, "multiServiceBookingType": "SEQUENTIAL_BOOKINGS", **fields}
    return api.post(ROOT, body, token=token)


def whole(api: Api, number: int = 2) -> dict[str, Any]:
    answer = in_a_row(api, number)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()["multiServiceBooking"]
    return made


def infos(made: dict[str, Any], revision: str = "1") -> list[dict[str, Any]]:
    return [{"bookingId": one["bookingId"], "revision": revision} for one in made["bookings"]]


def statuses(api: Api, made: dict[str, Any]) -> list[str]:
    return [api.read(one["bookingId"])["status"] for one in made["bookings"]]


def test_the_parts_are_bookings_that_say_what_they_are_a_part_of(api: Api) -> None:
    made = whole(api)
    assert all(set(one) == {"bookingId"} for one in made["bookings"])
    for one in made["bookings"]:
        info = api.read(one["bookingId"])["multiServiceBookingInfo"]
        assert info == {"id": made["id"], "type": "SEQUENTIAL_BOOKINGS"}


def test_the_bookings_themselves_are_answered_where_they_are_asked_for(api: Api) -> None:
    made = in_a_row(api, 3, returnFullEntity=True).json()["multiServiceBooking"]
    starts = [one["booking"]["startDate"] for one in made["bookings"]]
    assert starts == sorted(starts)
    assert len(starts) == 3


@pytest.mark.parametrize("caller", ["visitor", "member"])
def test_whoever_books_on_a_site_makes_it_as_the_sites_pages_do(api: Api, caller: str) -> None:
    answer = in_a_row(api, 2, returnFullEntity=True, token=f"{caller}-token")
    assert answer.status_code == 200, answer.text
    for one in answer.json()["multiServiceBooking"]["bookings"]:
        assert one["booking"]["createdBy"]["identityType"] in ("ANONYMOUS_VISITOR", "MEMBER")


@pytest.mark.parametrize("root", [ROOT, "/bookings/multiServiceBookings/v2/multi_service_bookings"])
def test_it_is_read_with_its_bookings_and_their_number(api: Api, root: str) -> None:
    made = whole(api)
    answer = api.http.get(
        f"{root}/{made['id']}?multiServiceBookingId={made['id']}",
        headers={"authorization": "owner-token"},
    ).json()
    assert answer["metadata"] == {"totalNumberOfScheduledBookings": 2}
    assert [one["booking"]["id"] for one in answer["multiServiceBooking"]["bookings"]] == [
        one["bookingId"] for one in made["bookings"]
    ]


def test_it_is_confirmed_as_a_whole_and_each_part_tells_of_it(api: Api) -> None:
    made = whole(api)
    answer = api.post(f"{ROOT}/{made['id']}/confirm", {"confirmBookingsInfo": infos(made)})
    assert answer.status_code == 200
    assert statuses(api, made) == ["CONFIRMED", "CONFIRMED"]
    slugs = [one["slug"] for one in api.http.get("/_mock/events").json()["events"]]
    assert slugs == ["created", "created", "confirmed", "confirmed"]
    again = api.post(f"{ROOT}/{made['id']}/confirm", {"confirmBookingsInfo": infos(made, "2")})
    assert code(again) == "ALL_BOOKINGS_ARE_ALREADY_CONFIRMED"


def test_what_is_paid_is_said_for_each_part(api: Api) -> None:
    made = whole(api)
    first, second = infos(made)
    listed = [{**first, "paymentStatus": "PAID"}, second]
    api.post(f"{ROOT}/{made['id']}/confirm", {"confirmBookingsInfo": listed})
    paid = [api.read(one["bookingId"])["paymentStatus"] for one in made["bookings"]]
    assert paid[0] == "PAID"
    assert paid[1] != "PAID"


def test_it_is_declined_as_a_whole(api: Api) -> None:
    made = whole(api)
    api.post(f"{ROOT}/{made['id']}/decline", {"declineBookingsInfo": infos(made)})
    assert statuses(api, made) == ["DECLINED", "DECLINED"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("missing", "NOT_ALL_BOOKINGS_WERE_SENT"),
        ("twice", "DUPLICATE_BOOKING_INFO"),
        ("foreign", "BOOKING_NOT_FOUND"),
        ("stale", "BOOKING_REVISION_MISMATCH"),
        ("no revision", "REVISION_MISSING"),
    ],
)
def test_of_wrong_parts_none_is_confirmed(api: Api, wrong: str, said: str) -> None:
    made, other = whole(api), api.booked()
    good = infos(made)
    sent = {
        "missing": good[:1],
        "twice": [*good, good[0]],
        "foreign": [*good, {"bookingId": other["id"], "revision": "1"}],
        "stale": [good[0], {**good[1], "revision": "9"}],
        "no revision": [good[0], {"bookingId": good[1]["bookingId"]}],
    }[wrong]
    answer = api.post(f"{ROOT}/{made['id']}/confirm", {"confirmBookingsInfo": sent})
    assert code(answer) == said
    assert statuses(api, made) == ["CREATED", "CREATED"]


def test_canceling_takes_what_is_left_and_is_refused_where_nothing_is(api: Api) -> None:
    made = whole(api)
    assert api.post(f"{ROOT}/{made['id']}/cancel", {}).status_code == 200
    assert statuses(api, made) == ["CANCELED", "CANCELED"]
    again = api.post(f"{ROOT}/{made['id']}/cancel", {})
    assert code(again) == "ALL_BOOKINGS_ARE_ALREADY_CANCELED"


def test_a_part_is_neither_moved_nor_canceled_alone_nor_in_bulk(api: Api) -> None:
    part = api.read(whole(api)["bookings"][0]["bookingId"])
    refused = "NOT_ALLOWED_TO_UPDATE_BOOKING_IN_MULTI_SERVICE_BOOKING"
    assert code(api.act(part, "cancel")) == refused
    assert code(api.act(part, "reschedule", slot=api.slot(nth=7))) == refused
    listed = {"bookingsInfo": [{"bookingId": part["id"], "revision": part["revision"]}]}
    bulk = api.post("/bookings/v2/bulk/bookings/cancel", {"bookings": listed}).json()
    assert bulk["results"][0]["itemMetadata"]["error"]["code"] == refused


def test_one_message_goes_out_for_all_parts(api: Api) -> None:
    in_a_row(api, 3, participantNotification={"notifyParticipants": True, "message": "Soon"})
    assert len(api.http.get("/_mock/messages").json()["messages"]) == 1


def test_what_does_not_follow_on_is_not_booked_and_leaves_nothing(api: Api) -> None:
    parts = [
        {"bookedEntity": {"slot": api.slot("haircut", nth=n)}, "totalParticipants": 1}
        for n in (0, 2)
    ]
    answer = api.post(ROOT, {"bookings": parts})
    assert (answer.status_code, code(answer)) == (428, "VALIDATION_FAILURE")
    assert api.http.get("/_mock/events").json()["events"] == []


def test_what_is_free_is_asked_for_the_whole(api: Api) -> None:
    made = whole(api)
    asked = f"{ROOT}/{made['id']}/get_availability"
    assert api.post(asked, {}).json()["bookable"] is True
    other = api.booked("haircut", session={"nth": 1})
    api.act(other, "confirm")
    taken = api.post(asked, {}).json()
    assert (taken["bookable"], taken["remainingCapacity"]) == (False, 0)


def test_a_whole_that_is_not_there_is_not_found(api: Api) -> None:
    unknown = "af30d6c8-715b-4e92-8d4f-06c9b2e1a753"
    answer = api.post(f"{ROOT}/{unknown}/cancel", {})
    assert (answer.status_code, code(answer)) == (404, "MULTI_SERVICE_BOOKING_NOT_FOUND")


def test_by_the_narrower_reading_nine_services_are_too_many(serve: Callable[..., Api]) -> None:
    assert in_a_row(serve(readings={"MULTI-4": "B"}), 9).status_code == 400
    assert in_a_row(serve(), 9).status_code == 200


def test_a_snapshot_keeps_the_parts_together(api: Api) -> None:
    made = whole(api)
    api.http.post("/_mock/snapshots", json={"name": "before"})
    api.post(f"{ROOT}/{made['id']}/cancel", {})
    restored = api.http.post("/_mock/snapshots/before", json={"restore": True})
    assert restored.status_code == 200, restored.text
    assert api.post(f"{ROOT}/{made['id']}/cancel", {}).status_code == 200


@pytest.mark.parametrize("token", ["visitor-token", "member-token"])
def test_customers_book_several_services_and_read_their_own(api: Api, token: str) -> None:
    parts = [
        {"bookedEntity": {"slot": api.slot("haircut", nth=n)}, "totalParticipants": 1}
        for n in range(2)
    ]
    made = api.post(ROOT, {"bookings": parts}, token).json()["multiServiceBooking"]
    path = f"{ROOT}/{made['id']}"
    own = api.http.get(path, headers={"authorization": token}).json()
    assert len(own["multiServiceBooking"]["bookings"]) == 2
    other = api.http.get(path, headers={"authorization": "other-member-token"})
    assert other.status_code == 404


def test_where_customers_book_nothing_they_book_no_several_services_either(serve: Any) -> None:
    api = serve(readings={"AUTH-8": "B"})
    parts = [{"bookedEntity": {"slot": api.slot("haircut", nth=n)}} for n in range(2)]
    answer = api.post(ROOT, {"bookings": parts}, "visitor-token")
    assert answer.status_code == 403
