"""How fast a target is asked: the rate that it names, what it answers, and the time left."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO

import httpx
import pytest
from attrs import define, evolve, field
from rich.console import Console

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.report.progress import watching
from bookings_contract.target.model import Target
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.pace import PATIENCE, Pace, Plan, seconds

from .conftest import BOOKING, Canned

SEEN = Seen(BOOKING, "CREATED", "1", {})
START = 1000.0


@define
class Time:
    """A clock that only sleeping moves."""

    now: float = START
    slept: list[float] = field(factory=list)

    def pace(self, **how: float) -> Pace:
        return Pace(**how, now=lambda: self.now, sleep=self.sleep)

    def sleep(self, pause: float) -> None:
        self.slept.append(pause)
        self.now += pause


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def make(target: Target, server: Canned) -> Callable[..., Client]:
    def client(pace: Pace, late: bool = False) -> Client:
        return Client(Wire(target, httpx.MockTransport(server), pace=pace), late=late)

    return client


def test_requests_keep_the_rate_that_the_target_file_names(
    time: Time, make: Callable[..., Client], server: Canned
) -> None:
    client = make(time.pace(requests_per_minute=120))
    for _ in range(3):
        server.books("CONFIRMED")
        client.act("confirmBooking", SEEN)
    assert time.slept == [0.5, 0.5]


def test_a_wire_keeps_the_rate_of_its_target(target: Target) -> None:
    assert Wire(evolve(target, requests_per_minute=90)).pace.requests_per_minute == 90


def test_a_target_that_says_when_is_asked_again_then(
    time: Time, make: Callable[..., Client], server: Canned
) -> None:
    server.says(429, {"message": "slow down", "details": {}}, **{"retry-after": "7"})
    server.books("CONFIRMED", "2")
    client = make(time.pace())
    assert client.act("confirmBooking", SEEN).accepted
    assert time.slept == [7.0]
    assert [e.status for e in client.record.exchanges] == [200], "no story tells of waiting"


def test_a_target_that_does_not_say_when_is_asked_later_and_later(
    time: Time, make: Callable[..., Client], server: Canned
) -> None:
    for _ in range(3):
        server.refuses(429)
    server.books("CONFIRMED", "2")
    assert make(time.pace()).act("confirmBooking", SEEN).accepted
    assert time.slept == sorted(set(time.slept))
    assert len(time.slept) == 3


@pytest.mark.parametrize("header", [None, "3600", "0"])
def test_no_request_is_waited_for_without_end(
    header: str | None, time: Time, make: Callable[..., Client], server: Canned
) -> None:
    for _ in range(40):
        more = {} if header is None else {"retry-after": header}
        server.says(429, {"message": "", "details": {}}, **more)
    with pytest.raises(NotJudged, match="requests_per_minute"):
        make(time.pace()).act("confirmBooking", SEEN)
    assert time.now - START <= PATIENCE
    assert len(server.requests) < 12


def test_a_target_that_was_waited_for_in_vain_is_not_waited_for_again(
    time: Time, make: Callable[..., Client], server: Canned
) -> None:
    for _ in range(40):
        server.refuses(429)
    pace = time.pace()
    with pytest.raises(NotJudged):
        make(pace).act("confirmBooking", SEEN)
    slept, asked = len(time.slept), len(server.requests)
    with pytest.raises(NotJudged, match="requests_per_minute"):
        make(pace).act("confirmBooking", SEEN)
    assert (len(time.slept), len(server.requests)) == (slept, asked + 1)


def test_a_target_that_answers_again_is_waited_for_again(
    time: Time, make: Callable[..., Client], server: Canned
) -> None:
    server.says(429, {"message": "", "details": {}}, **{"retry-after": "3600"})
    pace = time.pace()
    with pytest.raises(NotJudged):
        make(pace).act("confirmBooking", SEEN)
    server.books("CONFIRMED", "2")
    server.says(429, {"message": "", "details": {}}, **{"retry-after": "7"})
    server.books("CONFIRMED", "2")
    assert make(pace).act("confirmBooking", SEEN).accepted
    assert make(pace).act("confirmBooking", SEEN).accepted
    assert time.slept == [7.0]


def test_a_limit_of_the_business_is_an_answer(
    time: Time, make: Callable[..., Client], server: Canned
) -> None:
    server.refuses(429, "FEATURE_LIMIT_EXCEEDED")
    assert make(time.pace()).act("cancelBooking", SEEN).code == "FEATURE_LIMIT_EXCEEDED"
    assert not time.slept


@pytest.mark.parametrize("code", [None, "RESOURCE_EXHAUSTED", "A_WORD_OF_ITS_OWN"])
def test_a_limit_that_the_document_does_not_name_is_one_of_the_rate(
    time: Time, make: Callable[..., Client], server: Canned, code: str | None
) -> None:
    server.refuses(429, code)
    server.books("CONFIRMED", "2")
    assert make(time.pace()).act("confirmBooking", SEEN).accepted
    assert len(time.slept) == 1


def test_waiting_ends_where_the_time_allowed_does(
    time: Time, make: Callable[..., Client], server: Canned
) -> None:
    client = make(time.pace(requests_per_minute=6, deadline=START + 15))
    for _ in range(2):
        server.books("CONFIRMED")
        client.act("confirmBooking", SEEN)
    with pytest.raises(NotJudged, match="--max-time"):
        client.act("confirmBooking", SEEN)


def test_cleaning_up_goes_on_after_the_time_allowed(
    time: Time, make: Callable[..., Client], server: Canned
) -> None:
    client = make(time.pace(requests_per_minute=12, deadline=START - 1), late=True)
    for _ in range(2):
        server.books("CANCELED")
        assert client.act("cancelBooking", SEEN).accepted


@pytest.mark.parametrize(
    ("header", "asks"),
    [
        ("12", 12.0),
        ("Fri, 20 Nov 2026 13:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 12:00:00 GMT", 0.0),
        ("soon", None),
        (None, None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(header: str | None, asks: float | None) -> None:
    assert seconds(header, datetime(2026, 11, 20, 13, tzinfo=UTC)) == asks


def test_a_plan_says_how_much_is_asked_and_how_long_that_takes() -> None:
    some = {"rules": 100}
    asked = Plan(some).requests
    assert asked > 100
    assert f"about {asked} requests" in str(Plan(some))
    assert "requests_per_minute limits the rate" in str(Plan(some))
    assert f"100 a minute: about {asked / 100:.0f} min" in str(Plan(some, 100))


@pytest.mark.parametrize(("control", "says"), [(None, True), ("http://target.test/_mock", False)])
def test_a_guest_says_beforehand_what_it_is_going_to_send(
    control: str | None, says: bool, target: Target
) -> None:
    written = StringIO()
    on = evolve(target, control=control, requests_per_minute=60)
    with watching(Console(file=written, width=200), target=on) as watch:
        watch.collected({"rules": 12})
    assert ("as a guest: about" in written.getvalue()) is says
    assert ("60 a minute: about" in written.getvalue()) is says
