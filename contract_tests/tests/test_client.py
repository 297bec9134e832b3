"""Calling operations: what is sent, what is kept, and good manners."""

import json
from collections.abc import Callable

import httpx
import pytest
from attrs import evolve

from bookings_contract.findings.exchange import NotOffered, Seen
from bookings_contract.findings.problems import NotJudged, Unanswered, Unreadable, Unsendable
from bookings_contract.target.model import Target
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.record import Record

from .conftest import BOOKING, Canned

SEEN = Seen(BOOKING, "CREATED", "1", {})


def test_an_operation_is_called_by_its_id(server: Canned, client: Client) -> None:
    server.books("CONFIRMED", "2")
    client.act("confirmBooking", SEEN, {"paymentStatus": "PAID"})
    (request,) = server.requests
    assert (request.method, request.url.path) == (
        "POST",
        f"/bookings/v2/bookings/{BOOKING}/confirm",
    )
    assert json.loads(request.content) == {"revision": "1", "paymentStatus": "PAID"}
    assert request.headers["authorization"] == "secret-token"


def test_an_unknown_operation_is_the_suites_mistake(client: Client) -> None:
    with pytest.raises(LookupError, match="no operation bookNow"):
        client.call("bookNow")


def test_a_target_may_be_asked_by_the_paths_of_the_official_client(
    server: Canned, target: Target, make_client: Callable[..., Client]
) -> None:
    server.books()
    make_client(on=evolve(target, paths="sdk")).call("createBooking", body={})
    assert server.requests[0].url.path == "/_api/bookings-service/v2/bookings"


def test_a_revision_can_be_another_or_none(server: Canned, client: Client) -> None:
    server.refuses(409)
    server.refuses(400)
    client.act("confirmBooking", SEEN, revision="7")
    client.act("confirmBooking", SEEN, {"revision": None})
    assert [json.loads(r.content) for r in server.requests] == [{"revision": "7"}, {}]


def test_another_id_can_stand_in_the_path(server: Canned, client: Client) -> None:
    server.refuses(400)
    client.act("confirmBooking", SEEN, path={"bookingId": "no guid"})
    assert server.requests[0].url.raw_path == b"/bookings/v2/bookings/no%20guid/confirm"


def test_an_operation_without_a_revision_gets_none(server: Canned, client: Client) -> None:
    server.books("CONFIRMED", "2")
    client.act("confirmOrDeclineBooking", SEEN)
    assert json.loads(server.requests[0].content) == {}
    assert server.requests[0].url.path.endswith(f"{BOOKING}:confirmOrDecline")


def test_callers_tokens_and_their_absence_are_sent_as_asked(server: Canned, client: Client) -> None:
    for _ in range(2):
        server.refuses(401)
    client.call("createBooking", body={}, caller=None)
    client.call("createBooking", body={}, token="nonsense")
    sent = [request.headers.get("authorization") for request in server.requests]
    assert sent == [None, "nonsense"]
    with pytest.raises(NotJudged, match=r"names no \[callers.visitor\]"):
        client.call("createBooking", body={}, caller="visitor")


def test_raw_bytes_go_out_as_they_are(server: Canned, client: Client) -> None:
    server.refuses(400)
    client.call("createBooking", raw=b"\xff{", headers={"Content-Type": "text/plain"})
    (request,) = server.requests
    assert (request.content, request.headers["content-type"]) == (b"\xff{", "text/plain")


def test_a_world_is_named_in_the_token_and_dropped_in_the_end(
    server: Canned, target: Target, make_client: Callable[..., Client]
) -> None:
    ours = evolve(target, control="http://target.test/_mock")
    client = make_client(on=ours, world="judge-1-1")
    server.books()
    server.says(200, {})
    client.call("createBooking", body={})
    client.tidy()
    assert server.requests[0].headers["authorization"] == "secret-token@judge-1-1"
    assert str(server.requests[1].url) == "http://target.test/_mock/reset?world=judge-1-1"
    assert [e.operation for e in client.record.exchanges] == ["createBooking"]


def test_no_secret_is_kept(server: Canned, client: Client) -> None:
    server.books()
    client.call("createBooking", body={})
    assert "secret-token" not in repr(client.record.exchanges)


def test_a_guest_cancels_what_it_booked_and_only_that(server: Canned, client: Client) -> None:
    server.shows("CONFIRMED", "5")
    client.call("queryExtendedBookings", body={})
    client.tidy()
    assert len(server.requests) == 1
    server.books("CONFIRMED", "2")
    server.books("CANCELED", "3")
    client.call("createBooking", body={})
    client.tidy()
    assert server.requests[-1].url.path.endswith(f"{BOOKING}/cancel")
    assert json.loads(server.requests[-1].content)["revision"] == "2"


def test_no_message_is_asked_for_where_none_may_be_sent(
    target: Target, make_client: Callable[..., Client]
) -> None:
    quiet = make_client(on=evolve(target, may_notify=False))
    body = {"participantNotification": {"notifyParticipants": True}}
    with pytest.raises(NotJudged, match="may_notify"):
        quiet.act("confirmBooking", SEEN, body)


def test_an_operation_that_the_target_is_without_is_not_called(
    target: Target, make_client: Callable[..., Client]
) -> None:
    client = make_client(on=evolve(target, without={"markBookingAsPending"}))
    with pytest.raises(NotJudged, match="the target is without markBookingAsPending"):
        client.act("markBookingAsPending", SEEN)


@pytest.mark.parametrize("status", [404, 405, 501])
def test_an_operation_of_todays_references_need_not_be_there(
    server: Canned, client: Client, status: int
) -> None:
    server.refuses(status)
    with pytest.raises(NotJudged, match="does not offer markBookingAsPending"):
        client.act("markBookingAsPending", SEEN)
    assert client.record.exchanges == []


def test_an_operation_that_has_answered_once_is_there(server: Canned, client: Client) -> None:
    server.refuses(404, "BOOKING_NOT_FOUND")
    server.refuses(404)
    assert client.act("markBookingAsPending", SEEN).code == "BOOKING_NOT_FOUND"
    assert client.act("markBookingAsPending", SEEN).status == 404


def test_an_operation_of_the_first_pages_has_to_be_there(server: Canned, client: Client) -> None:
    server.refuses(404)
    assert client.act("confirmBooking", SEEN).status == 404


def test_a_request_that_nobody_answers_is_not_judged(
    target: Target, make_client: Callable[..., Client]
) -> None:
    def fall_silent(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("timed out")

    client = make_client()
    client.wire._http = httpx.Client(
        base_url=target.url, transport=httpx.MockTransport(fall_silent)
    )
    with pytest.raises(Unanswered, match="no answer to POST /bookings/v2/bookings: timed out"):
        client.call("createBooking", body={})


def test_a_request_that_no_client_can_send_is_not_judged(server: Canned, client: Client) -> None:
    with pytest.raises(Unsendable, match=r"POST /bookings/v2/bookings/xx.* can't be sent"):
        client.act("confirmBooking", SEEN, path={"bookingId": "x" * 70_000})
    assert server.requests == []


def test_what_an_answer_lacks_is_unreadable(server: Canned, client: Client) -> None:
    server.says(200, {"booking": {"id": BOOKING, "status": "CREATED"}})
    answer = client.call("createBooking", body={})
    with pytest.raises(Unreadable, match="createBooking answered no booking"):
        _ = answer.booking
    with pytest.raises(Unreadable, match=r"answered no results\.0"):
        answer.at("results", 0)


def test_a_validation_error_names_its_fields(server: Canned, client: Client) -> None:
    violations = [{"field": "booking.bookedEntity", "description": "is missing"}]
    details = {"validationError": {"fieldViolations": violations}}
    server.says(400, {"message": "no", "details": details}, **{"X-Bookings-Rule": "CREATE-1"})
    answer = client.call("createBooking", body={})
    assert answer.fields == ("booking.bookedEntity",)
    assert answer.summary == "400 on booking.bookedEntity"
    assert answer.rule == "CREATE-1"


def test_observers_see_every_exchange(server: Canned, make_client: Callable[..., Client]) -> None:
    seen = []
    client = make_client(Record(), observers=(lambda exchange: seen.append(exchange) or (),))
    server.books()
    client.call("createBooking", body={})
    assert [exchange.operation for exchange in seen] == ["createBooking"]


@pytest.mark.parametrize("status", [401, 403, 503])
def test_an_answer_from_before_the_door_does_not_say_that_an_operation_is_there(
    server: Canned, client: Client, status: int
) -> None:
    server.refuses(status)
    server.refuses(404)
    client.act("markBookingAsPending", SEEN)
    with pytest.raises(NotOffered, match="does not offer") as stopped:
        client.act("markBookingAsPending", SEEN)
    assert stopped.value.exchange.status == 404


def test_a_guest_knows_that_nothing_of_its_own_is_left(server: Canned, client: Client) -> None:
    assert client.tidy()
    server.books("CONFIRMED", "2")
    server.books("CANCELED", "3")
    client.call("createBooking", body={})
    assert client.tidy()


def test_a_guest_knows_that_something_of_its_own_is_left(server: Canned, client: Client) -> None:
    server.books("CONFIRMED", "2")
    server.refuses(428)
    server.shows("CONFIRMED", "3")
    server.refuses(428)
    client.call("createBooking", body={})
    assert not client.tidy()


def test_what_has_moved_on_is_canceled_as_it_is_now(server: Canned, client: Client) -> None:
    server.books("CONFIRMED", "2")
    server.refuses(409)
    server.shows("CONFIRMED", "3")
    server.books("CANCELED", "4")
    client.call("createBooking", body={})
    assert client.tidy()


@pytest.mark.parametrize(("status", "body"), [(200, {}), (500, {"message": "no", "details": {}})])
def test_what_may_have_been_made_and_was_not_shown_may_be_left(
    server: Canned, client: Client, status: int, body: object
) -> None:
    server.says(status, body)
    client.call("createBooking", body={})
    assert not client.tidy()


def test_items_of_a_bulk_call_that_failed_leave_nothing(server: Canned, client: Client) -> None:
    failed = {"itemMetadata": {"success": False, "originalIndex": 0}}
    server.says(200, {"results": [failed], "bulkActionMetadata": {}})
    client.call("bulkCreateBooking", body={})
    assert client.tidy()
    server.says(200, {"results": [{"itemMetadata": {"success": True}}]})
    client.call("bulkCreateBooking", body={})
    assert not client.tidy()
