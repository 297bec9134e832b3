"""What a run touched: seen in passing, exchange by exchange."""

from typing import Any

from bookings_contract.findings.coverage import ACCEPTED, REFUSED, UNBORN
from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.verdicts import Coverage
from bookings_contract.report import covered
from bookings_contract.testkit.client import Client

from .conftest import BOOKING, Canned


def seen(status: str, revision: str = "1") -> Seen:
    return Seen(BOOKING, status, revision, {})


def coverage(client: Client) -> Coverage:
    return client.record.outcome("test_it", "rules", (), 0.0).coverage


def booked(server: Canned, client: Client) -> None:
    server.books("CREATED")
    client.call("createBooking", body={"booking": {}})


def test_a_move_is_counted_from_the_status_that_was_seen_before(
    server: Canned, client: Client
) -> None:
    booked(server, client)
    server.books("CONFIRMED", "2")
    client.act("confirmBooking", seen("CREATED"))
    assert coverage(client).transitions == {
        ("createBooking", UNBORN, "CREATED"): 1,
        ("confirmBooking", "CREATED", "CONFIRMED"): 1,
    }


def test_a_refusal_is_counted_for_the_status_of_the_booking_in_the_path(
    server: Canned, client: Client
) -> None:
    booked(server, client)
    server.refuses(428, "INVALID_BOOKING_STATUS")
    client.act("confirmBooking", seen("CREATED"))
    assert coverage(client).transitions["confirmBooking", "CREATED", REFUSED] == 1


def test_what_a_reader_shows_counts_as_seen_but_is_no_move(server: Canned, client: Client) -> None:
    server.shows("DECLINED", "3")
    client.call("queryExtendedBookings", body={"query": {}})
    server.refuses(428)
    client.act("confirmBooking", seen("DECLINED", "3"))
    assert coverage(client).transitions == {("confirmBooking", "DECLINED", REFUSED): 1}


def test_a_refusal_of_a_booking_never_met_is_no_move(server: Canned, client: Client) -> None:
    server.refuses(404)
    client.act("confirmBooking", seen("CREATED"))
    assert coverage(client).transitions == {}


def test_a_bulk_call_makes_as_many_bookings_as_it_shows(server: Canned, client: Client) -> None:
    item: dict[str, Any] = {"id": BOOKING, "status": "CREATED", "revision": "1"}
    server.says(200, {"results": [{"item": item}, {"item": item}, {"itemMetadata": {}}]})
    client.call("bulkCreateBooking", body={"createBookingsInfo": []})
    assert coverage(client).transitions == {("bulkCreateBooking", UNBORN, "CREATED"): 2}


def test_operations_and_statuses_are_counted(server: Canned, client: Client) -> None:
    booked(server, client)
    server.refuses(400)
    client.call("createBooking", body={})
    found = coverage(client)
    assert found.operations == {"createBooking": 2}
    assert found.statuses == {("createBooking", 200): 1, ("createBooking", 400): 1}


def test_every_operation_is_listed_even_if_nobody_called_it() -> None:
    tables = covered.called(Coverage({"createBooking": 1}, {("createBooking", 200): 1}))
    assert tables["createBooking"] == {"exchanges": 1, "statuses": {"200": 1}}
    assert tables["confirmBooking"] == {"exchanges": 0, "statuses": {}}


def test_every_cell_of_the_life_cycle_is_there_and_says_what_the_document_says() -> None:
    moves = covered.moved(Coverage({}, {}, {("confirmBooking", "CANCELED", REFUSED): 2}))
    assert moves["confirmBooking"]["CREATED"] == {"document": "moves", "outcomes": {}}
    assert moves["confirmBooking"]["CANCELED"] == {
        "document": "refused",
        "outcomes": {REFUSED: 2},
    }
    assert moves["cancelBooking"]["DECLINED"]["document"] == "open"
    assert list(moves["createBooking"]) == [UNBORN]


def test_an_accepted_call_whose_answer_shows_no_booking_is_counted_too(
    server: Canned, client: Client
) -> None:
    booked(server, client)
    server.says(200, {"namespaceData": {}})
    client.call("updateExtendedFields", path={"id": BOOKING}, body={})
    assert coverage(client).transitions["updateExtendedFields", "CREATED", ACCEPTED] == 1
