"""Reading without a reader: by the V1 list as far as it goes, else not at all."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.findings.verdicts import Verdict
from bookings_contract.runner.judge import judge
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.readback import glimpsed

from .conftest import BOOKING, Canned
from .independent import Server
from .independent_wire import Json
from .strangers import Way, independent

START = "2041-03-04T09:00:00Z"


def entry(status: str = "CONFIRMED", **more: Any) -> dict[str, Any]:
    """A booking as the V1 list shows it."""
    single = {"singleSession": {"sessionId": "1", "start": START, "end": "2041-03-04T10:00:00Z"}}
    return {"id": BOOKING, "status": status, "bookedEntity": single, **more}


def lists(server: Canned, *entries: Mapping[str, Any]) -> None:
    """Next: a page of the V1 list."""
    server.says(200, {"bookingsEntries": [{"booking": one} for one in entries]})


def asked(server: Canned, number: int) -> Any:
    """The filter that a request to the V1 list carried."""
    return json.loads(server.requests[number].url.params["query.filter.stringValue"])


def test_without_a_reader_the_v1_list_is_asked(server: Canned, expect: Expect) -> None:
    server.refuses(404)
    lists(server, entry())
    seen = expect.given.read(BOOKING)
    assert seen is not None
    assert (seen.id, seen.status) == (BOOKING, "CONFIRMED")
    assert asked(server, 1) == {"bookingId": BOOKING}


def test_a_reader_that_is_not_there_is_asked_once(server: Canned, expect: Expect) -> None:
    server.refuses(501)
    for _ in range(2):
        lists(server, entry())
        expect.given.read(BOOKING)
    assert [request.method for request in server.requests] == ["POST", "GET", "GET"]


def test_a_list_that_shows_confirmed_bookings_only_is_asked_for_the_others(
    server: Canned, expect: Expect
) -> None:
    server.refuses(404)
    lists(server)
    lists(server, entry("CANCELED"))
    seen = expect.given.read(BOOKING)
    assert seen is not None
    assert seen.status == "CANCELED"
    assert {"CREATED", "PENDING_CHECKOUT", "CANCELED"} <= set(asked(server, 2)["status"])


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PENDING_CHECKOUT", "CREATED"),
        ("PENDING_APPROVAL", "PENDING"),
        ("CREATED", "CREATED"),
        ("DECLINED", "DECLINED"),
    ],
)
def test_the_words_of_v1_are_read_as_those_of_v2(word: str, status: str) -> None:
    assert glimpsed(entry(word)).status == status


@pytest.mark.parametrize(
    "look",
    [
        lambda seen: seen.revision == "1",
        lambda seen: seen.revision.isdigit(),
        lambda seen: seen.payment_status,
        lambda seen: seen.double_booked,
        lambda seen: seen.slot,
        lambda seen: seen.raw == {},
        lambda seen: seen.extended.get("allowedActions"),
        lambda seen: seen.extended or {},
    ],
)
def test_what_the_list_does_not_show_is_not_judged(look: Any) -> None:
    with pytest.raises(NotJudged, match="no reader"):
        look(glimpsed(entry()))


def test_what_the_list_shows_is_compared_and_nothing_else(
    server: Canned, client: Client, expect: Expect
) -> None:
    start = "2041-03-04T10:00:00.000+01:00"
    before = Seen(BOOKING, "CANCELED", "2", {"status": "CANCELED", "startDate": start, "x": 1})
    for word in ("CANCELED", "CONFIRMED"):
        server.refuses(428, "INVALID_BOOKING_STATUS")
        client.act("confirmBooking", before)
        if word == "CANCELED":
            server.refuses(404)
        lists(server, entry(word))
        expect.unchanged(before)
    (finding,) = expect.record.findings.values()
    assert finding.rule == "REVISION-6"
    assert "status CANCELED → CONFIRMED" in finding.actual
    assert "startDate" not in finding.actual


def test_a_booking_that_only_the_list_shows_is_acted_on_by_its_last_revision(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.books("CONFIRMED", "7")
    client.act("confirmBooking", Seen(BOOKING, "CREATED", "6", {}))
    server.refuses(404)
    lists(server, entry())
    seen = expect.given.read(BOOKING)
    assert seen is not None
    server.books("CANCELED", "8")
    client.act("cancelBooking", seen)
    assert json.loads(server.requests[-1].content)["revision"] == "7"


def test_filters_that_the_list_does_not_know_are_not_judged(server: Canned, expect: Expect) -> None:
    server.refuses(404)
    with pytest.raises(NotJudged, match="externalUserId"):
        expect.given.find({"externalUserId": "judge-1"})


# Whole servers


class HasNoReader(Server):
    gone: tuple[str, ...] = ("bookings-reader",)

    def answer(self, method: str, url: str, headers: Json, body: bytes) -> tuple[int, Json, bytes]:
        if any(part in url for part in self.gone):
            return 404, {"content-type": "text/html"}, b"<h1>Nothing here</h1>"
        return super().answer(method, url, headers, body)


class CanNotBeRead(HasNoReader):
    gone = ("bookings-reader", "bookings/v1")


class ChangesWhatItRefuses(HasNoReader):
    def answer(self, method: str, url: str, headers: Json, body: bytes) -> tuple[int, Json, bytes]:
        answer = super().answer(method, url, headers, body)
        for id, one in self.bookings.items():
            if answer[0] != 200 and id in url and one["status"] == "CONFIRMED":
                one["status"] = "DECLINED"
        return answer


SOME = ("CONFIRM-1", "REVISION-6", "CANCEL-1", "BULK-5", "REVISION-7", "SHAPE-5", "CANCEL-3")


@pytest.mark.parametrize("kind", [HasNoReader, CanNotBeRead])
def test_a_server_that_shows_little_is_judged_by_what_it_shows(kind: type[Server]) -> None:
    server = kind()
    report = judge(independent(), transport=Way(server), rules=SOME)
    kept = ["CONFIRM-1", "BULK-5", "CANCEL-3", *(["REVISION-6"] if kind is HasNoReader else [])]
    assert [report[rule].verdict for rule in kept] == [Verdict.KEPT] * len(kept)
    assert report["REVISION-7"].verdict is Verdict.NOT_JUDGED
    assert not report.having(Verdict.BROKEN)
    assert not report.having(Verdict.ERROR)
    assert all(one["status"] in ("CANCELED", "DECLINED") for one in server.bookings.values())


def test_a_change_by_a_refusal_is_seen_in_the_list() -> None:
    server = ChangesWhatItRefuses()
    report = judge(independent(), transport=Way(server), rules=["REVISION-6"])
    assert report["REVISION-6"].verdict is Verdict.BROKEN
