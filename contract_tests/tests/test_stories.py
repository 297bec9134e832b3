"""Every breach is told again before it is reported, by the shortest story that shows it."""

import itertools
import json
from collections.abc import Callable

import httpx
import pytest
from attrs import evolve

from bookings_contract.embedded import embedded
from bookings_contract.findings.checks import Ordered, Refused
from bookings_contract.findings.exchange import Answer, Exchange
from bookings_contract.findings.verdicts import Finding, RuleVerdict, Verdict
from bookings_contract.replay.dependencies import needs, spare, without
from bookings_contract.replay.minimise import REQUESTS, Minimiser
from bookings_contract.replay.outcome import ReplayOutcome, ended
from bookings_contract.replay.player import Replayer
from bookings_contract.replay.script import replay
from bookings_contract.report.pytest import as_pytest
from bookings_contract.runner.judge import judge
from bookings_contract.target.model import Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.record import Record, trimmed
from bookings_openapi import rules

Mock = tuple[Target, httpx.BaseTransport]
RULE = RuleVerdict(rules()["CONFIRM-1"], Verdict.BROKEN)


def replayer(mock: Mock) -> Replayer:
    return Replayer(Wire(*mock), "judge-again", PlacePool(mock[0]))


def told_at_length(mock: Mock, wordy: bool = True) -> Finding:
    """A booking is confirmed twice; between the two much else is asked that explains nothing."""
    client = Client(Wire(*mock), Record(), "judge-first" if mock[0].ours else None)
    given = Given(client, PlacePool(mock[0]), "judge-abc123-1")
    booking = given.booking("class")
    if wordy:
        other = given.booking("course", "CONFIRMED")
        client.act("cancelBooking", booking, revision="77")
    client.act("confirmBooking", booking)
    if wordy:
        seen = given.read(booking)
        assert seen is not None
        client.act("declineBooking", seen)
        client.act("cancelBooking", other, {"flowControlSettings": {}})
        booking = seen
    else:
        booking = client.record.exchanges[-1].booking or booking
    last = client.act("confirmBooking", booking)
    story = tuple(client.record.exchanges)
    return Finding("CONFIRM-1", "MUST", "refused", last.summary, story=story, check=Refused())


def operations(finding: Finding) -> list[str]:
    return [exchange.operation for exchange in finding.story]


@pytest.fixture(scope="module")
def broken() -> object:
    with embedded(breaks=["CONFIRM-1"]) as mock:
        yield mock


# Which steps there are


def test_a_story_needs_the_answers_that_its_ids_come_from(broken: Mock) -> None:
    script = replay(RULE, told_at_length(broken, wordy=False), broken[0])
    assert script is not None
    assert needs(script.calls) == {1: frozenset(), 2: {1}, 3: {1}}


def test_neither_the_creation_nor_what_comes_before_a_list_may_go(broken: Mock) -> None:
    finding = told_at_length(broken)
    listed = evolve(finding.story[-1], operation="listBookingsV1", reads=True)
    assert 1 not in spare(finding)
    assert all(finding.story[step - 1].reads for step in spare(
        evolve(finding, story=(*finding.story[:-1], listed))
    ))  # fmt: skip


def test_revisions_are_counted_from_what_is_left(broken: Mock) -> None:
    story = told_at_length(broken, wordy=False).story
    assert [json.loads(e.request_text).get("revision") for e in story[1:]] == ["1", "2"]
    shorter = without(story, [2])
    assert [json.loads(e.request_text).get("revision") for e in shorter[1:]] == ["1"]


def test_a_read_stays_only_where_nothing_else_tells_the_revision(broken: Mock) -> None:
    client = Client(Wire(*broken), Record(), "judge-reads")
    given = Given(client, PlacePool(broken[0]))
    booking = given.booking("class")
    given.read(booking)
    stored = {"namespace": "@judge/app", "namespaceData": {"a": 1}}
    client.call("updateExtendedFields", path={"id": booking.id}, body=stored)
    seen = given.read(booking)
    assert seen is not None
    client.act("confirmBooking", seen)
    told = [exchange.operation for exchange in trimmed(client.record.exchanges)]
    assert told == [
        *("createBooking", "updateExtendedFields", "queryExtendedBookings", "confirmBooking"),
    ]


# Shrinking


def test_what_explains_nothing_is_left_out(broken: Mock) -> None:
    long = told_at_length(broken)
    assert len(long.story) == 9
    short = Minimiser(replayer(broken), RULE, long, lambda: True).shrunk()
    assert operations(short) == ["createBooking", "confirmBooking", "confirmBooking"]
    assert short.actual == "200, CONFIRMED, revision 2 → 3"
    assert "externalUserId" not in short.story[0].request_text


def test_what_leads_to_the_breach_stays(broken: Mock) -> None:
    """Without the first confirmation the second would be right, and no breach."""
    short = told_at_length(broken, wordy=False)
    again = Minimiser(replayer(broken), RULE, short, lambda: True).shrunk()
    assert operations(again) == operations(short)


def test_shrinking_asks_no_more_than_it_may(broken: Mock) -> None:
    telling = replayer(broken)
    Minimiser(telling, RULE, told_at_length(broken), lambda: True).shrunk()
    assert telling.sent <= REQUESTS


def test_without_time_a_story_stays_as_it_is(broken: Mock) -> None:
    long, telling = told_at_length(broken), replayer(broken)
    assert Minimiser(telling, RULE, long, lambda: False).shrunk() is long
    assert telling.sent == 0


# Telling again


def test_a_story_fails_on_the_wrong_server_and_holds_on_the_right_one(
    broken: Mock, mock: Mock
) -> None:
    finding = told_at_length(broken, wordy=False)
    assert replayer(broken).replayed(RULE, finding).outcome is ReplayOutcome.FAILS
    assert replayer(mock).replayed(RULE, finding).outcome is ReplayOutcome.HOLDS


def test_an_end_that_others_led_to_says_nothing(broken: Mock) -> None:
    finding = told_at_length(broken, wordy=False)
    first, *others = finding.story
    odd = evolve(finding, story=(evolve(first, status=201), *others))
    assert replayer(broken).replayed(RULE, odd).outcome is ReplayOutcome.UNCLEAR


def ordered(*ids: str) -> Exchange:
    entries = [{"booking": {"id": one}} for one in ids]
    return Exchange(
        operation="queryExtendedBookings",
        caller="owner",
        method="POST",
        url="http://target.test/query",
        path="/query",
        request_headers={"authorization": "…"},
        request_text="{}",
        status=200,
        headers={},
        text=json.dumps({"extendedBookings": entries}),
        started=0.0,
        seconds=0.0,
        reads=True,
    )


def test_an_order_that_may_be_chance_says_nothing(mock: Mock) -> None:
    by_id = Ordered(("extendedBookings",), ((("booking", "id"), False),))
    finding = Finding("READER-4", "OBSERVED", "by id", "not", story=(ordered("b", "a"),))
    script = replay(RULE, evolve(finding, check=by_id), mock[0])
    assert script is not None
    assert ended(script, script.finding, {}) is ReplayOutcome.FAILS
    assert ended(script, evolve(finding, story=(ordered("a", "b"),)), {}) is ReplayOutcome.UNCLEAR
    compile(as_pytest(script), "test", "exec")
    assert 'told = [entry["booking"]["id"] for entry in entries]' in as_pytest(script)


def guest(mock: Mock) -> Mock:
    return evolve(mock[0], control=None, may_notify=False), mock[1]


def test_a_guest_books_another_place_under_another_name_and_takes_it_back(broken: Mock) -> None:
    visited = guest(broken)
    finding = told_at_length(visited, wordy=False)
    telling = replayer(visited)
    telling.pool.session(visited[0].services["yoga"], None, False)  # somebody's already
    told = telling.replayed(RULE, finding)
    assert told.outcome is ReplayOutcome.FAILS

    def booked(exchange: Exchange) -> tuple[str, str]:
        wish = json.loads(exchange.request_text)["booking"]
        return wish["bookedEntity"]["slot"]["sessionId"], wish["externalUserId"]

    first, second = booked(finding.story[0]), booked(told.finding.story[0])
    assert first[0] != second[0]
    assert first[1] != second[1]
    made = told.finding.story[0].booking
    assert made is not None
    now = Given(Client(Wire(*visited)), PlacePool(visited[0])).read(made)
    assert now is not None
    assert now.status == "CANCELED"


# Whole judgements


def once(mock: Mock, wrong: Callable[[httpx.Request, httpx.Response], bool]) -> Mock:
    """The mock, but that the first refusal of that kind is answered as a success instead."""
    target, transport = mock
    shown: dict[str, bytes] = {}
    left = iter([True])

    def handle(request: httpx.Request) -> httpx.Response:
        answer = transport.handle_request(request)
        answer.read()
        booking = request.url.path.split("/")[-2]
        if answer.is_success and b'"booking"' in answer.content:
            shown[json.loads(answer.content).get("booking", {}).get("id", "")] = answer.content
        if wrong(request, answer) and booking in shown and next(left, False):
            headers = {k: v for k, v in answer.headers.items() if k.startswith("x-wix")}
            sent = {**headers, "content-type": "application/json"}
            return httpx.Response(200, content=shown[booking], headers=sent)
        return answer

    return target, httpx.MockTransport(handle)


def refused_confirmation(request: httpx.Request, answer: httpx.Response) -> bool:
    return request.url.path.endswith("/confirm") and answer.status_code == 428


def test_what_is_wrong_only_the_first_time_is_flaky_and_breaks_nothing(mock: Mock) -> None:
    target, transport = once(mock, refused_confirmation)
    report = judge(target, rules=["CONFIRM-1", "CONFIRM-5"], transport=transport)
    rule = report["CONFIRM-1"]
    assert (rule.verdict, report.exit_code) == (Verdict.NOT_JUDGED, 0)
    (finding,) = rule.findings
    assert (finding.flaky, rule.counted) == (True, 0)
    assert finding.actual.startswith("flaky: was 200, CONFIRMED, revision 2")
    assert finding.actual.endswith(", then 428 INVALID_BOOKING_STATUS")
    assert rule.reason == finding.actual


def test_what_is_wrong_only_the_first_time_at_a_guests_is_flaky_too(mock: Mock) -> None:
    target, transport = once(guest(mock), refused_confirmation)
    report = judge(target, rules=["CONFIRM-1"], transport=transport)
    assert (report["CONFIRM-1"].verdict, report.exit_code) == (Verdict.NOT_JUDGED, 2)


def test_what_is_wrong_at_every_other_call_is_broken_all_the_same(mock: Mock) -> None:
    """One of the first stories comes again: that is enough."""
    target, transport = mock
    turns = itertools.cycle([True, True, False])

    def handle(request: httpx.Request) -> httpx.Response:
        answer = transport.handle_request(request)
        if request.url.path.endswith("/cancel") and next(turns):
            answer.read()
            return httpx.Response(500, json={"message": "no"}, headers={"x-wix-request-id": "1"})
        return answer

    report = judge(target, rules=["CANCEL-1"], transport=httpx.MockTransport(handle))
    assert report["CANCEL-1"].verdict is Verdict.BROKEN


def test_what_the_mock_was_told_to_do_is_part_of_the_story(mock: Mock) -> None:
    with embedded(breaks=["CHECKOUT-3"]) as (target, transport):
        report = judge(target, rules=["CHECKOUT-3"], transport=transport)
    rule = report["CHECKOUT-3"]
    assert rule.first is not None
    assert rule.first.retold
    assert operations(rule.first) == ["createBooking", "control", "queryExtendedBookings"]
    assert replayer(mock).replayed(rule, rule.first).outcome is ReplayOutcome.HOLDS
    script = replay(rule, rule.first, target)
    assert script is not None
    assert 'params={"world": WORLD}' in as_pytest(script)


def test_a_breach_at_a_guests_is_told_again(broken: Mock) -> None:
    target, transport = guest(broken)
    report = judge(target, rules=["CONFIRM-1"], transport=transport)
    first = report["CONFIRM-1"].first
    assert first is not None
    assert first.retold
    assert 2 <= len(first.story) <= 3


def test_answers_are_told_as_expectations_tell_them(broken: Mock) -> None:
    finding = told_at_length(broken, wordy=False)
    *_, before, last = finding.story
    assert finding.actual == Answer(last, before.booking).summary
