"""The fuzzing: nothing is found on the mock, and what is wrong with others is."""

import json
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from attrs import define, evolve

from bookings_contract.embedded import embedded
from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.operations import operations
from bookings_contract.findings.verdicts import Finding, Outcome, Report, Verdict
from bookings_contract.fuzzing import counts, examiner
from bookings_contract.fuzzing.arranging import Arranging
from bookings_contract.fuzzing.cases import Cases, readable
from bookings_contract.fuzzing.examiner import Examiner, PassedOver
from bookings_contract.report import json as report_json
from bookings_contract.runner.judge import judge
from bookings_contract.target.model import Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.record import Record

from .mocks import tenth
from .spying import Spy

# Enough to find what is wrong with these servers.
FEW = counts.Counts(corners=40, surprises=9, chains=0, steps=4)

Answering = Callable[[httpx.Request, Callable[[], httpx.Response]], httpx.Response]


@define
class Wrong(httpx.BaseTransport):
    """A server in front of the mock, wrong in one way."""

    inner: httpx.BaseTransport
    answering: Answering

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.answering(request, lambda: self.inner.handle_request(request))


@contextmanager
def wrong(answering: Answering) -> Iterator[tuple[Target, httpx.BaseTransport]]:
    with embedded() as (target, way):
        yield target, Wrong(way, answering)


def judged(answering: Answering, *only: str) -> Report:
    """What the fuzzing of some operations has to say of a server."""
    with wrong(answering) as (target, way):
        alone = evolve(target, without=operations().keys() - only)
        return judge(alone, suites=["shapes"], transport=way)


@pytest.fixture(autouse=True)
def few_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "OWN", FEW)
    monkeypatch.setattr(counts, "GUEST", evolve(FEW, corners=8, surprises=3))


def found(report: Report, rule: str) -> dict[str, Finding]:
    """What was found about a rule, by operation."""
    return {finding.operation or "": finding for finding in report[rule].findings}


def broken(report: Report) -> list[str]:
    return [rule.id for rule in report.having(Verdict.BROKEN)]


# ── What is sent ──────────────────────────────────────────────────────────────────────────────────


def test_no_valid_case_is_beyond_the_bounds_of_the_document() -> None:
    document, _ = readable("documented")
    bounds, told = document["x-bounds"], json.dumps(document)
    asked = document["components"]["schemas"]["BookingInput"]["properties"]["totalParticipants"]
    assert asked["maximum"] == 2**31 - 1
    limits = re.findall(r'"max(Length|Items)": (\d+)', told)
    assert {keyword for keyword, _ in limits} == {"Length", "Items"}
    for keyword, most in limits:
        assert int(most) <= bounds["characters" if keyword == "Length" else "items"]


def test_whoever_takes_a_larger_integer_is_not_accused() -> None:
    def generous(request: httpx.Request, answer: Callable[[], httpx.Response]) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        booking = body.get("booking") if isinstance(body, dict) else None
        if isinstance(booking, dict) and type(booking.get("totalParticipants")) is int:
            booking["totalParticipants"] = min(booking["totalParticipants"], 2**31 - 1)
            return answered(json.dumps(body).encode(), request)
        return answer()

    with embedded() as (target, way):

        def answered(content: bytes, request: httpx.Request) -> httpx.Response:
            headers = {k: v for k, v in request.headers.items() if k != "content-length"}
            asked = httpx.Request(request.method, request.url, headers=headers, content=content)
            return way.handle_request(asked)

        alone = evolve(target, without=operations().keys() - {"createBooking"})
        report = judge(alone, suites=["shapes"], transport=Wrong(way, generous))
    assert broken(report) == []


# ── A server that is right ────────────────────────────────────────────────────────────────────────


def test_nothing_is_found_on_the_mock_which_keeps_its_shapes() -> None:
    todays = {"createBooking", *tenth(tuple(operations()))}
    report = judged(lambda request, answer: answer(), *todays)
    assert [(rule.id, rule.first) for rule in report.having(Verdict.BROKEN)] == []
    assert [(rule.id, rule.reason) for rule in report.having(Verdict.ERROR)] == []
    assert {rule.id for rule in report.having(Verdict.KEPT)} == {
        *("SHAPE-1", "SHAPE-2", "SHAPE-3", "SHAPE-4", "SHAPE-8", "AUTH-1")
    }
    assert set(report.coverage.operations) >= todays


def test_the_fuzzing_keeps_to_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    in_time = _requests()
    hours = count(step=3600.0)
    now = time.monotonic()
    clock = SimpleNamespace(monotonic=lambda: now + next(hours))
    monkeypatch.setattr(examiner, "time", clock)
    assert 0 < _requests() < in_time / 4


def _requests() -> int:
    """How many requests it takes to fuzz an operation in at most ten minutes."""
    with embedded() as (target, way):
        spy = Spy(way)
        alone = evolve(target, without=operations().keys() - {"confirmBooking"})
        judge(alone, suites=["shapes"], max_time=600.0, transport=spy)
    return sum(url.endswith("/confirm") for _, url, _ in spy.sent)


def test_nothing_is_left_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with embedded() as (target, way):
        alone = evolve(target, without=operations().keys() - {"confirmBooking"})
        judge(alone, suites=["shapes"], transport=way)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_rule_asked_for_alone_is_judged_without_the_fuzzing() -> None:
    suites: set[str] = set()

    class Watcher:
        def collected(self, tests: Mapping[str, int]) -> None:
            suites.update(tests)

        def judged(self, outcome: Outcome) -> None:
            pass

    with embedded() as (target, way):
        judge(target, rules=["SHAPE-4"], transport=way, progress=Watcher())
        assert suites == {"rules"}
        judge(
            evolve(target, without=operations().keys()),
            rules=["SHAPE-4"],
            suites=["shapes"],
            transport=way,
            progress=Watcher(),
        )
    assert suites == {"rules", "shapes"}


def test_another_status_for_a_refusal_is_no_breach() -> None:
    def forbids(request: httpx.Request, answer: Callable[[], httpx.Response]) -> httpx.Response:
        response = answer()
        if response.status_code == 428:
            response.status_code = 409
        return response

    assert broken(judged(forbids, "createBooking", "confirmBooking")) == []


def test_a_connection_that_is_lost_costs_its_case_and_breaks_nothing() -> None:
    numbers = count()

    def loses(request: httpx.Request, answer: Callable[[], httpx.Response]) -> httpx.Response:
        if next(numbers) % 7 == 6 and not request.url.path.startswith("/_mock/"):
            answer()  # Whatever was asked for is done.
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return answer()

    report = judged(loses, "createBooking", "cancelBooking")
    assert [(rule.id, rule.first) for rule in report.having(Verdict.BROKEN)] == []
    assert not report.having(Verdict.ERROR)
    assert {"SHAPE-1", "SHAPE-3", "AUTH-1"} <= {rule.id for rule in report.having(Verdict.KEPT)}
    assert report.coverage.operations["cancelBooking"] > FEW.corners / 2


def test_a_server_that_answers_no_longer_is_not_judged() -> None:
    def hangs(request: httpx.Request, answer: Callable[[], httpx.Response]) -> httpx.Response:
        if request.url.path.endswith("/cancel"):
            asked.append(request.method)
            raise httpx.ReadTimeout("timed out")
        return answer()

    asked: list[str] = []
    report = judged(hangs, "cancelBooking")
    assert broken(report) == []
    assert asked.count("POST") <= 4


def test_a_case_that_nobody_can_send_is_passed_over() -> None:
    cases = Cases.load("documented")
    with embedded() as (target, way):
        client = Client(Wire(target, way), Record(), world="unsendable")
        arranging = Arranging(Given(client, PlacePool(target)), cases.exclusive, Random(0))
        examiner = Examiner(client, arranging, deadline=math.inf)
        long = {"bookingId": "x" * 70_000}
        with pytest.raises(PassedOver):
            examiner.examine(cases.operations["cancelBooking"].Case(path_parameters=long, body={}))
    assert examiner.found == {}


# ── A server that is wrong in many ways ───────────────────────────────────────────────────────────


def takes_any_token(request: httpx.Request, answer: Callable[[], httpx.Response]) -> httpx.Response:
    response = answer()
    if response.status_code != 401:
        return response
    request.headers["authorization"] = "owner-token"
    return answer()


def counts_whatever_is_asked(
    request: httpx.Request, answer: Callable[[], httpx.Response]
) -> httpx.Response:
    response = answer()
    if response.status_code != 400:
        return response
    return httpx.Response(200, json={"count": 0}, headers={"x-wix-request-id": "1"})


def fails_on_other_media(
    request: httpx.Request, answer: Callable[[], httpx.Response]
) -> httpx.Response:
    response = answer()
    return httpx.Response(500) if response.status_code == 415 else response


def shows_numbers(request: httpx.Request, answer: Callable[[], httpx.Response]) -> httpx.Response:
    response = answer()
    if response.status_code != 200:
        return response
    body = json.loads(response.read())
    body["booking"]["revision"] = int(body["booking"]["revision"])
    return httpx.Response(200, json=body, headers={"x-wix-request-id": "1"})


def fails_on_some_letters(
    request: httpx.Request, answer: Callable[[], httpx.Response]
) -> httpx.Response:
    if rb"\u" in request.read():
        return httpx.Response(500, text="Internal Server Error")
    return answer()


def deletes(request: httpx.Request, answer: Callable[[], httpx.Response]) -> httpx.Response:
    return httpx.Response(204) if request.method == "DELETE" else answer()


# By the end of the path.
WRONG: Mapping[str, Answering] = {
    "/v1/bookings": takes_any_token,
    "/v2/bookings": takes_any_token,
    "/count": counts_whatever_is_asked,
    "/update_extended_fields": fails_on_other_media,
    "/confirm": shows_numbers,
    "/register": fails_on_some_letters,
    "/cancel": deletes,
}


def spoilt(request: httpx.Request, answer: Callable[[], httpx.Response]) -> httpx.Response:
    ways = [way for end, way in WRONG.items() if request.url.path.endswith(end)]
    return ways[0](request, answer) if ways else answer()


@pytest.fixture(scope="module")
def wrongs() -> Report:
    """What is said of a server that is wrong in all these ways."""
    names = ("listBookingsV1", "createBooking", "countExtendedBookings", "updateExtendedFields")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counts, "OWN", FEW)
        return judged(spoilt, *names, "confirmBooking", "registerToWaitlist", "cancelBooking")


def test_nothing_else_is_found(wrongs: Report) -> None:
    rules = wrongs.having(Verdict.BROKEN)
    assert {(rule.id, finding.operation) for rule in rules for finding in rule.findings} == {
        *(("AUTH-1", "listBookingsV1"), ("AUTH-1", "createBooking")),
        ("SHAPE-3", "countExtendedBookings"),
        ("SHAPE-8", "updateExtendedFields"),
        *(("SHAPE-1", "confirmBooking"), ("SHAPE-1", "registerToWaitlist")),
        ("SHAPE-1", "cancelBooking"),
    }
    assert not wrongs.having(Verdict.ERROR)


def test_a_wrong_type_in_an_answer_is_found(wrongs: Report) -> None:
    finding = found(wrongs, "SHAPE-1")["confirmBooking"]
    assert finding.actual == 'booking.revision: 2 is not of type "string"'
    assert len(finding.story) <= 4
    shape = next(one for one in shown(wrongs) if one["operation"] == "confirmBooking")
    assert (shape["rule"], shape["verdict"]) == ("SHAPE-1", "broken")
    assert (shape["check"], shape["message"]) == ("shapes", finding.actual)


def test_a_server_error_on_some_input_is_found_and_made_small(wrongs: Report) -> None:
    finding = found(wrongs, "SHAPE-1")["registerToWaitlist"]
    assert (finding.actual, finding.seen_by) == ("500", "not_a_server_error")
    assert len(finding.story[-1].request_text) < 300


def test_a_server_error_on_what_cannot_be_read_is_found(wrongs: Report) -> None:
    assert found(wrongs, "SHAPE-8")["updateExtendedFields"].actual == "500"


def test_a_server_that_takes_any_token_is_found(wrongs: Report) -> None:
    levels = {name: finding.level for name, finding in found(wrongs, "AUTH-1").items()}
    assert levels == {"listBookingsV1": "MUST", "createBooking": "OBSERVED"}


def test_a_server_that_takes_what_is_wrong_is_found(wrongs: Report) -> None:
    finding = found(wrongs, "SHAPE-3")["countExtendedBookings"]
    assert finding.expected == "a request of another shape refused (400)"


def test_a_method_that_is_not_offered_and_accepted_is_found(wrongs: Report) -> None:
    assert found(wrongs, "SHAPE-1")["cancelBooking"].seen_by == "unsupported_method"


def shown(report: Report) -> list[dict[str, Any]]:
    """The findings of shape as the report on file has them."""
    shapes: list[dict[str, Any]] = report_json.data(report)["shapes"]
    return shapes


# ── A guest ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def guest() -> Iterator[tuple[Target, Spy]]:
    """The mock as a target that others use too."""
    with embedded() as (target, way):
        yield evolve(target, control=None, may_notify=False, may_fuzz=True), Spy(way)


def test_a_guest_that_may_not_fuzz_does_not(guest: tuple[Target, Spy]) -> None:
    target, spy = guest
    report = judge(evolve(target, may_fuzz=False), suites=["shapes"], transport=spy)
    assert report.verdict is Verdict.NOT_JUDGED
    assert "may_fuzz" in str(report["SHAPE-1"].reason)
    assert len(spy.sent) < 5


def test_a_guest_writes_to_nobody_and_leaves_nothing_alive(guest: tuple[Target, Spy]) -> None:
    target, spy = guest
    writing = {"createBooking", "cancelBooking", "registerToWaitlist"}
    alone = evolve(target, without=operations().keys() - writing - {"queryExtendedBookings"})
    report = judge(alone, suites=["shapes"], transport=spy)
    assert broken(report) == []
    written = [body for _, _, body in spy.sent]
    assert not any(re.search(r'"(notifyParticipants|sendSmsReminder)":\s*true', b) for b in written)
    emails = {mail for body in written for mail in re.findall(r'"email":\s*"([^"]*)"', body)}
    assert emails
    assert all(mail.endswith("@example.com") for mail in emails)
    assert not any('"phone"' in body for body in written)
    assert alive(Wire(target, spy)) == []


def alive(wire: Wire) -> list[Seen]:
    statuses = ["CREATED", "PENDING", "CONFIRMED", "WAITING_LIST"]
    return Given(Client(wire), PlacePool(wire.target)).find({"status": statuses})
