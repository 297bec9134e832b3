"""A target whose answers hold values of any type: told as that, never as the judge's fault.

`BOOKINGS_SEEDS=1` has all suites meet it; otherwise a few rules of each section do.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from bookings_contract.__main__ import main
from bookings_contract.embedded import URL, embedded
from bookings_contract.findings.problems import ConfigurationError, Misshapen
from bookings_contract.findings.verdicts import Verdict
from bookings_contract.report import files
from bookings_contract.runner import judge
from bookings_contract.target.model import Target
from bookings_contract.target.reading import recognise
from bookings_contract.testkit import blame
from bookings_contract.testkit.blame import blamed
from bookings_contract.testkit.client import Client

from .conftest import Canned
from .hostile import hostile, said
from .scrambled import INSTEAD, Scrambled, places, with_value
from .spoilt import guest

WHOLE = bool(os.environ.get("BOOKINGS_SEEDS"))
SOME = (
    *("NOTIFY-1", "CHECKOUT-3", "AUTH-6", "READER-7", "LIST-8", "SERVICES-1", "CANCEL-3"),
    *("ATTENDANCE-10", "BULK-3", "EVENT-2", "WAITLIST-2", "AVAILABILITY-1", "EXTENDED-1"),
)
Site = Mapping[str, Any]


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found is told again for a moment only."""
    monkeypatch.setattr(judge, "SECONDS", 1.0)


@pytest.mark.parametrize("of", [lambda target: target, guest], ids=["mock", "guest"])
@pytest.mark.parametrize("seed", [1, 2] if WHOLE else [1])
def test_no_answer_of_other_types_is_the_judges_fault(
    of: Callable[[Target], Target], seed: int, tmp_path: Path
) -> None:
    rules = () if WHOLE else SOME
    with embedded() as (target, own):
        suites = ("rules", "lifecycle") if WHOLE else ("rules",)
        way = Scrambled(own, seed)
        report = judge.judge(of(target), rules=rules, suites=suites, seed=seed, transport=way)
        assert [(one.id, one.reason) for one in report.having(Verdict.ERROR)] == []
        assert len(report.having(Verdict.NOT_JUDGED)) < len(report.rules)
        files.write(report, tmp_path, target)


def test_fuzzing_takes_any_answer() -> None:
    with embedded() as (target, own):
        way = Scrambled(own, 3)
        report = judge.judge(target, suites=["shapes"], seed=3, max_time=4.0, transport=way)
    assert [(one.id, one.reason) for one in report.having(Verdict.ERROR)] == []


def test_what_can_not_be_read_is_named(client: Client, server: Canned) -> None:
    server.books(status="CONFIRMED", bookedEntity=5)
    answer = client.call("confirmBooking", path={"bookingId": "x"}, body={})
    told = blamed(TypeError("'int' object is not iterable"), client.record.seen)
    assert isinstance(told, Misshapen)
    assert str(told).startswith(
        "confirmBooking answered in another shape than is declared (booking.bookedEntity: 5"
    )
    assert answer.booking.revision == "1"


def test_an_error_after_answers_as_declared_stays_ours(client: Client, server: Canned) -> None:
    server.refuses(428, "INVALID_BOOKING_STATUS")
    client.call("confirmBooking", path={"bookingId": "x"}, body={})
    error = KeyError("ours")
    assert blamed(error, client.record.seen) is error


@pytest.mark.parametrize("path", ["/_mock/messages", "/deeper/_mock/snapshots/one"])
def test_controls_are_held_to_what_is_declared_too(path: str) -> None:
    assert any(re.search(pattern, path) for pattern, _ in blame._controls())


# What a server says of itself


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with embedded() as (_, own):
        described: Site = httpx.Client(transport=own).get(f"{URL}/_mock/site").json()
        yield described


def described(site: Any) -> Target | None:
    answer = httpx.Response(200, content=json.dumps(site))
    return recognise(URL, httpx.MockTransport(lambda _: answer))


def test_a_false_description_is_refused_or_taken_as_it_is_meant(site: Site) -> None:
    random, known = Random(7), list(places(site))
    refused = []
    for _ in range(400):
        at = random.choice(known)
        try:
            described(with_value(site, at, random.choice(INSTEAD)))
        except ConfigurationError as error:
            refused.append(str(error))
    assert len(refused) > 40
    assert max(map(len, refused)) < 500


FALSE: Mapping[str, tuple[tuple[Any, ...], Any]] = {
    "patience without end": (("target", "settle_s"), 1e9),
    "slots without end": (("services", "haircut", "slots", "count"), 10**12),
    "slots beyond all time": (("services", "haircut", "slots", "step"), 2**40),
    "seats without end": (("services", "yoga", "capacity"), 2**70),
    "a token of another type": (("callers", "owner", "token"), ["a"]),
    "no callers": (("callers",), "owner"),
    "a service that is a number": (("services", "yoga"), 5),
    "a secret of whoever judges": (("callers", "owner", "token"), "env:HOME"),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_no_mock_says_of_itself_is_refused_with_its_place(name: str, site: Site) -> None:
    at, value = FALSE[name]
    with pytest.raises(ConfigurationError, match=str(at[-1])):
        described(with_value(site, at, lambda _: value))


@pytest.mark.parametrize("token", ["a\nb", "ü", "\u202e", ""])
def test_a_token_that_no_header_takes_ends_in_2(
    token: str, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    false = with_value(site, ("callers", "owner", "token"), lambda _: token)
    with hostile(said(json.dumps(false))) as url:
        assert main(["test", url, "--rule", "CONFIRM-2", "--jobs", "1"]) == 2
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("path", ["reset", "messages", "events", "clock"])
def test_controls_that_answer_no_json_leave_rules_not_judged(path: str) -> None:
    with embedded() as (target, own):

        def answering(request: httpx.Request) -> httpx.Response:
            if request.url.path == f"/_mock/{path}":
                return httpx.Response(200, content=b"[" * 99_999)
            return own.handle_request(request)

        way = httpx.MockTransport(answering)
        report = judge.judge(target, rules=["NOTIFY-1", "EVENT-2"], transport=way)
    assert report.having(Verdict.ERROR) == ()
