"""The judge on a server that nobody made for it: right as it stands, and wrong in some way.

`BOOKINGS_SEEDS=20` judges it whole under so many seeds; otherwise each day judges a third.
"""

import multiprocessing
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest
from attrs import evolve

from bookings_contract.findings.operations import operations
from bookings_contract.findings.verdicts import Verdict
from bookings_contract.fuzzing import counts
from bookings_contract.runner.inprocess import rules_with_tests
from bookings_contract.runner.judge import judge

from .independent import Server
from .independent_site import guid
from .independent_wire import Json
from .mocks import today
from .strangers import Way, independent

SUITES = ("rules", "lifecycle")
SHARES = 3
# What is asked about shapes where nobody asked for more, and in how many cases.
CHANGED = {"createBooking", "cancelBooking", "rescheduleBooking", "setAttendance", "listBookingsV1"}
FEW = counts.Counts(corners=10, surprises=3, chains=0, steps=4)
SEEDS = int(os.environ.get("BOOKINGS_SEEDS", "0"))
JUDGED = tuple(rules_with_tests())
SHARE = today() % SHARES
# Whole under every seed that was asked for, else the day's share of the rules.
RUNS = [(seed, ()) for seed in range(SEEDS)] or [(SHARE, JUDGED[SHARE::SHARES])]


def judged(
    server: Server, without: frozenset[str] = frozenset(), **how: Any
) -> Mapping[str, tuple[str, str]]:
    """The verdict on each rule, and why."""
    whole = independent()
    target = evolve(whole, without=whole.without | without)
    report = judge(target, transport=Way(server), **how)
    return {one.id: (one.verdict.value, f"{one.reason or one.first}") for one in report.rules}


def share(seed: int, rules: tuple[str, ...]) -> tuple[Mapping[str, tuple[str, str]], list[str]]:
    """One judgement, and the bookings that it left standing."""
    server = Server()
    verdicts = judged(server, rules=rules, suites=SUITES, seed=seed)
    alive = [id for id, one in server.bookings.items() if one["status"] not in OVER]
    return verdicts, alive


OVER = ("CANCELED", "DECLINED")


@pytest.fixture(scope="module")
def shares() -> Iterator[list[tuple[Mapping[str, tuple[str, str]], list[str]]]]:
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(2, mp_context=fork) as pool:
        yield list(pool.map(share, *zip(*RUNS, strict=True)))


def test_nothing_is_held_against_a_server_that_is_right(shares: Any) -> None:
    wrong = [
        (rule, why)
        for verdicts, _ in shares
        for rule, (verdict, why) in verdicts.items()
        if verdict in ("broken", "error")
    ]
    assert not wrong


def test_most_rules_can_be_judged_on_a_server_without_controls(shares: Any) -> None:
    kept = {
        rule for found, _ in shares for rule, (verdict, _) in found.items() if verdict == "kept"
    }
    assert len(kept) > (100 if SEEDS else 30)


def test_what_the_judge_booked_is_canceled(shares: Any) -> None:
    assert [alive for _, alive in shares] == [[]] * len(RUNS)


@pytest.mark.parametrize("seed", range(SEEDS or 1))
def test_nothing_is_held_against_its_shapes(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    left_out = frozenset(operations()) - CHANGED if not SEEDS else frozenset()
    if not SEEDS:
        monkeypatch.setattr(counts, "GUEST", FEW)
    verdicts = judged(Server(), left_out, suites=["shapes"], seed=seed)
    assert verdicts["SHAPE-1"][0] == "kept"
    assert not {r: why for r, (verdict, why) in verdicts.items() if verdict in ("broken", "error")}


# Wrong in some way


class ConfirmsWhatIsOver(Server):
    def confirm(self, booking: Json, asked: Json) -> None:
        booking["status"] = "CONFIRMED"


class HasOneSeatTooMany(Server):
    def full(self, service: Json, booking: Json, but: Json | None = None) -> bool:
        one_less = {**booking, "totalParticipants": booking.get("totalParticipants", 2) - 1}
        return super().full(service, one_less, but)


class NeverFreesASeat(Server):
    takes: tuple[str, ...] = ("CONFIRMED", "CANCELED")


class ShowsMembersEverything(Server):
    def own(self, booking: Json) -> bool:
        return True


class ListsTheOldestFirst(Server):
    def list(self, asked: Json) -> Json:
        return {"bookingsEntries": super().list(asked)["bookingsEntries"][::-1]}


class DoublesAttendance(Server):
    def attend(self, asked: Json) -> Json:
        row = super().attend(asked)["attendance"]
        return {"attendance": self.seen.setdefault((guid(), ""), {**row, "id": guid()})}


class AsksNobody(Server):
    def decide(self, booking: Json, asked: Json) -> Any:
        said = super().decide(booking, asked)
        booking["status"] = booking["status"].replace("PENDING", "CONFIRMED")
        return said


class RaisesByTwo(Server):
    def reschedule(self, booking: Json, asked: Json) -> None:
        super().reschedule(booking, asked)
        booking["revision"] = str(int(booking["revision"]) + 1)


class ForgetsWhoIsComing(Server):
    def made(self, info: Json) -> Json:
        made = super().made(info)
        made.pop("externalUserId", None)
        return made


WRONG: Mapping[str, type[Server]] = {
    "CONFIRM-1": ConfirmsWhatIsOver,
    "CREATE-7": HasOneSeatTooMany,
    "CANCEL-3": NeverFreesASeat,
    "AUTH-5": ShowsMembersEverything,
    "LIST-10": ListsTheOldestFirst,
    "ATTENDANCE-1": DoublesAttendance,
    "CONFIRMATION-3": AsksNobody,
    "REVISION-2": RaisesByTwo,
    "CREATE-22": ForgetsWhoIsComing,
}


@pytest.mark.parametrize("rule", WRONG)
def test_a_server_that_is_wrong_is_told_by_which_rule(rule: str) -> None:
    verdict, why = judged(WRONG[rule](), rules=[rule])[rule]
    assert verdict == Verdict.BROKEN.value, why
