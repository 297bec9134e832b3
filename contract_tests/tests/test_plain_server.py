"""The judge on a small server that was written from the pages alone: right, and wrong in some way.

`BOOKINGS_SEEDS=20` judges it whole under so many seeds; otherwise each day judges a third.
"""

import importlib
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import frozen

from bookings_contract.findings.operations import operation as declared
from bookings_contract.findings.verdicts import Finding, Report, Verdict
from bookings_contract.oracle import Oracle
from bookings_contract.plugin.known_facts import known_facts
from bookings_contract.runner.inprocess import rules_with_tests
from bookings_contract.runner.judge import judge
from bookings_contract.target.places import PlacePool
from bookings_contract.target.reading import read_toml
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.record import Record
from bookings_openapi import rules

from .mocks import today

HERE = Path(__file__).parent
sys.path.append(str(HERE))
PlainServer: Any = importlib.import_module("plain_server").PlainServer
TARGET = HERE / "plain_server.toml"

SEEDS, SHARES = int(os.environ.get("BOOKINGS_SEEDS", "0")), 3
JUDGED = tuple(rules_with_tests())
SHARE = today() % SHARES
# Whole under every seed that was asked for, else the day's share of the rules.
RUNS = [(seed, ()) for seed in range(SEEDS)] or [(SHARE, JUDGED[SHARE::SHARES])]


class Way(httpx.BaseTransport):
    """Leads to a server in this process."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        headers = {name.lower(): value for name, value in request.headers.items()}
        status, label, body = self.server.answer(request.method, path, headers, request.read())
        return httpx.Response(status, headers=label, content=body)


def judged(server: Any, **how: Any) -> Report:
    return judge(read_toml(TARGET), transport=Way(server), **how)


def held_against(report: Report) -> Mapping[str, str]:
    wrong = [one for one in report.rules if one.verdict in (Verdict.BROKEN, Verdict.ERROR)]
    return {one.id: f"{one.reason or one.first}" for one in wrong}


# Right


@pytest.mark.parametrize("name", ["plain_server.py", "plain_reading.py", "plain_wire.py"])
def test_each_of_its_files_has_fewer_than_200_lines(name: str) -> None:
    assert len((HERE / name).read_text("utf-8").splitlines()) < 200


def test_it_imports_neither_the_mock_nor_the_judge_nor_the_document() -> None:
    code = "import sys, plain_server; print([n for n in sys.modules if n.startswith('bookings')])"
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert done.stdout.split() == [b"[]"], done.stderr


@frozen
class Judgement:
    """What a report came to, for another process to hand over."""

    wrong: Mapping[str, str]
    kept: frozenset[str]
    readings: Mapping[str, str]


def whole(seed: int, share: tuple[str, ...]) -> Judgement:
    report = judged(PlainServer(), rules=share, suites=("rules", "lifecycle"), seed=seed)
    kept = frozenset(one.id for one in report.rules if one.verdict is Verdict.KEPT)
    readings = {one.id: one.reading for one in report.rules if one.reading}
    return Judgement(held_against(report), kept, readings)


@pytest.fixture(scope="module")
def judgements() -> list[Judgement]:
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(2, mp_context=fork) as pool:
        return list(pool.map(whole, *zip(*RUNS, strict=True)))


def test_nothing_is_held_against_it(judgements: list[Judgement]) -> None:
    assert [one.wrong for one in judgements] == [{}] * len(judgements)


def test_most_rules_are_judged_on_it(judgements: list[Judgement]) -> None:
    kept = frozenset[str]().union(*(one.kept for one in judgements))
    assert len(kept) > (100 if SEEDS else 30)


def test_it_follows_readings_that_a_mock_does_not_follow_unasked(
    judgements: list[Judgement],
) -> None:
    followed = {rule: letter for one in judgements for rule, letter in one.readings.items()}
    unusual = [rule for rule, letter in followed.items() if letter != rules()[rule].default]
    assert len(unusual) > 2


@pytest.mark.parametrize("seed", range(2))
def test_nothing_is_held_against_its_shapes(seed: int) -> None:
    report = judged(PlainServer(), suites=["shapes"], seed=seed, max_time=4)
    assert not held_against(report)


# Wrong in some way


class ConfirmsWhatIsCanceled(PlainServer):
    def confirm(self, one: Any, sent: Any, flow: Any) -> Any:
        return self.keep(one | {"status": "CONFIRMED"})


class CancelsWithoutANewRevision(PlainServer):
    def cancel(self, one: Any, sent: Any, flow: Any) -> Any:
        return self.keep(one | {"status": "CANCELED"}, raised=0)


class HasOneSeatTooMany(PlainServer):
    def full(self, one: Any) -> bool:
        return super().full({**one, "room": one["room"] + 1})


class TakesAnyRevision(PlainServer):
    def change(self, caller: Any, sent: Any, name: str, verb: str) -> Any:
        now = self.found(caller, name)["revision"]
        return super().change(caller, {**sent, "revision": now}, name, verb)


class ShowsMembersEverything(PlainServer):
    def mine(self, caller: Any) -> Any:
        return super().mine({**caller, "member_id": None})


class DoublesAttendance(PlainServer):
    def attend(self, caller: Any, sent: Any) -> Any:
        before = dict(self.attendances)
        answer = super().attend(caller, sent)
        self.attendances |= {(key, len(before)): one for key, one in before.items()}
        return answer


class NeverFreesASeat(PlainServer):
    def cancel(self, one: Any, sent: Any, flow: Any) -> Any:
        held = self.bookings[one["id"]]
        answer = super().cancel(one, sent, flow)
        self.bookings[f"{one['id']} as it was"] = {**held, "site": "nowhere"}
        return answer


class AsksNoOwner(PlainServer):
    def decide(self, caller: Any, sent: Any, name: str) -> Any:
        flow = {**self.bookings[name]["flowControlSettings"], "skipBusinessConfirmation": True}
        self.bookings[name] = {**self.bookings[name], "flowControlSettings": flow}
        return super().decide(caller, sent, name)


WRONG = {
    "CONFIRM-1": ConfirmsWhatIsCanceled,
    "REVISION-2": CancelsWithoutANewRevision,
    "CREATE-7": HasOneSeatTooMany,
    "REVISION-3": TakesAnyRevision,
    "AUTH-5": ShowsMembersEverything,
    "ATTENDANCE-1": DoublesAttendance,
    "CANCEL-3": NeverFreesASeat,
    "CONFIRMATION-3": AsksNoOwner,
}


@pytest.mark.parametrize("rule", WRONG)
def test_a_server_that_is_wrong_is_told_by_which_rule(rule: str) -> None:
    assert list(held_against(judged(WRONG[rule](), rules=[rule]))) == [rule]


# By the command, on a port


@contextmanager
def served(tmp_path: Path, wrong: str = "") -> Iterator[Path]:
    """The server in a process of its own, and a target file that leads to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"from plain_server import *; {wrong}\nserve(PlainServer(), {port})"
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    target = tmp_path / "target.toml"
    address = TARGET.read_text("utf-8").replace("http://plain.test", f"http://127.0.0.1:{port}")
    target.write_text(address, "utf-8")
    try:
        for _ in range(200):
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield target
    finally:
        process.terminate()
        process.wait(10)


def command(target: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bookings_contract", "test", "--target", str(target), *more],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=120,
    )


CHOSEN = ("--rule", "CONFIRM-1", "--rule", "CANCEL-1", "--rule", "LIST-2")


def test_the_command_finds_nothing_on_the_port(tmp_path: Path) -> None:
    with served(tmp_path) as target:
        done = command(target, *CHOSEN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kept" in done.stdout


def test_the_command_tells_the_story_of_what_is_wrong(tmp_path: Path) -> None:
    wrong = "PlainServer.confirm = lambda self, one, *_: self.keep(one | {'status': 'CONFIRMED'})"
    with served(tmp_path, wrong) as target:
        done = command(target, *CHOSEN)
    assert done.returncode == 1, done.stdout + done.stderr
    story = done.stdout[done.stdout.index("CONFIRM-1") :]
    assert "/confirm" in story
    assert "CONFIRMED" in story
    assert "1 broken" in done.stdout


# Whatever is sent to it


def misshapen(part: Any) -> Iterator[Any]:
    """The same with something else in place of one of its parts."""
    if isinstance(part, dict):
        for key, value in part.items():
            for other in (5, "x", True, ["x"], [{}], {"a": "b"}):
                yield {**part, key: other}
            yield from ({**part, key: inner} for inner in misshapen(value))


SENT = {
    "createBooking": {
        "booking": {
            "bookedEntity": {"slot": {"sessionId": "x", "serviceId": "y", "resource": {"id": "z"}}},
            "contactDetails": {"email": "judge@example.com"},
            "totalParticipants": 1,
        },
        "flowControlSettings": {"skipAvailabilityValidation": False},
    },
    "rescheduleBooking": {"slot": {"startDate": "x", "resource": {"id": "z"}}, "revision": "1"},
    "confirmOrDeclineBooking": {"paymentStatus": "PAID"},
    "confirmBooking": {"paymentStatus": "PAID", "revision": "1"},
}


@pytest.mark.parametrize("operation", SENT)
@pytest.mark.parametrize("kind", ["class", "appointment", "course"])
def test_the_oracle_has_nothing_to_say_of_refused_nonsense(operation: str, kind: str) -> None:
    target = read_toml(TARGET)
    client = Client(Wire(target, Way(PlainServer())), Record())
    oracle = Oracle(known_facts(target))
    made = client.call("createBooking", body=Given(client, PlacePool(target)).body(kind))
    found = list(oracle.observe(made.exchange))
    path = dict.fromkeys(declared(operation).parameters, made.booking.id)
    for body in misshapen(SENT[operation]):
        found += oracle.observe(client.call(operation, path=path, body=body).exchange)
    assert not [one for one in found if isinstance(one, Finding)]
