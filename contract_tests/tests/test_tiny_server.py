"""The judge on a server of fewer than 200 lines that offers a small part: right, and wrong.

`BOOKINGS_SEEDS=20` judges it whole under so many seeds; otherwise each seed judges its share of
the rules that speak of what it offers.
"""

import importlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.runner.inprocess import rules_with_tests
from bookings_contract.runner.judge import judge
from bookings_contract.target.model import Caller, Service, Session, Slots, Target
from bookings_openapi import rules

HERE = Path(__file__).parent
sys.path.append(str(HERE))
tiny: Any = importlib.import_module("tiny_server")
TinyServer: Any = tiny.TinyServer

OFFERED = {"createBooking", "confirmBooking", "declineBooking", "cancelBooking"}
OFFERED |= {"rescheduleBooking", "updateNumberOfParticipants", "confirmOrDeclineBooking"}

SEEDS, SHARES = int(os.environ.get("BOOKINGS_SEEDS", "0")), 3
OF_IT = [rule for rule in rules_with_tests() if OFFERED.intersection(rules()[rule].operations)]
# Whole under every seed that was asked for, else a share of the rules under each.
RUNS = [(seed, []) for seed in range(SEEDS)] or [(n, OF_IT[n::SHARES]) for n in range(SHARES)]


def service(title: str, kind: str, **more: Any) -> Service:
    """A service as a target file would describe it."""
    return Service(
        name=title.lower(),
        kind=kind,
        id=tiny.named(title),
        title=title,
        schedule_id=tiny.SCHEDULES[title],
        timezone=tiny.HOME,
        payment_options=[one for one in tiny.OPTIONS if one != "UNDEFINED"],
        sessions=[
            Session(id=id, start=start, end=end, capacity=seats, exclusive=True)
            for id, (of, seats, start, end) in tiny.SESSIONS.items()
            if of == title
        ],
        **more,
    )


TARGET = Target(
    url="http://tiny.test",
    without=["bulkCreateBooking", "updateExtendedFields"]
    + ["queryExtendedBookings", "countExtendedBookings", "listBookingsV1"]
    + ["setAttendance", "getAttendance", "queryAttendance"],
    callers={
        "owner": Caller("owner", tiny.OWNER, wix_user_id=tiny.named(tiny.OWNER)),
        "stranger": Caller("stranger", tiny.STRANGER, kind="app"),
    },
    services={
        "choir": service("Choir", "class"),
        "opera": service("Opera", "class", manual_approval=True),
        "lesson": service(
            "Lesson",
            "appointment",
            resource_id=tiny.named("teacher"),
            slots=Slots(start="2036-04-07T09:00:00-03:00", step=30, count=30),
        ),
    },
)


def judged(server: Any, **how: Any) -> Report:
    return judge(TARGET, transport=httpx.WSGITransport(server), **how)


def held_against(report: Report) -> Mapping[str, str]:
    wrong = [one for one in report.rules if one.verdict in (Verdict.BROKEN, Verdict.ERROR)]
    return {one.id: f"{one.reason or one.first}" for one in wrong}


# Right


def test_it_has_fewer_than_200_lines() -> None:
    assert len((HERE / "tiny_server.py").read_text("utf-8").splitlines()) < 200


def test_it_imports_nothing_but_the_standard_library() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import tiny_server"
    command = [sys.executable, "-I", "-S", "-c", code, str(HERE)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    suites = ("rules", "lifecycle")
    return [judged(TinyServer(), rules=share, suites=suites, seed=seed) for seed, share in RUNS]


def test_nothing_is_held_against_it(reports: list[Report]) -> None:
    assert [held_against(one) for one in reports] == [{}] * len(reports)


def test_at_least_50_rules_are_judged_on_it(reports: list[Report]) -> None:
    kept = {one.id for report in reports for one in report.rules if one.verdict is Verdict.KEPT}
    assert len(kept) >= 50


# Wrong in some way


class ConfirmsWhatIsCanceled(TinyServer):
    def confirm(self, one: Any, sent: Any, flow: Any) -> Any:
        return {"status": "CONFIRMED"}


class HasOneSeatTooMany(TinyServer):
    def fits(self, slot: Any, title: Any, many: int) -> Any:
        return super().fits(slot, title, many - 1)


class NeverFreesASeat(TinyServer):
    def cancel(self, one: Any, sent: Any, flow: Any) -> Any:
        self.bookings[f"{one['id']} as it was"] = one
        return super().cancel(one, sent, flow)


class ForgetsThePayment(TinyServer):
    def decide(self, one: Any, sent: Any, flow: Any) -> Any:
        return super().decide(one, {**sent, "paymentStatus": "NOT_PAID"}, flow)


WRONG = {
    "CONFIRM-1": ConfirmsWhatIsCanceled,
    "CREATE-7": HasOneSeatTooMany,
    "CANCEL-3": NeverFreesASeat,
    "CONFIRMATION-2": ForgetsThePayment,
}


@pytest.mark.parametrize("rule", WRONG)
def test_a_server_that_is_wrong_is_told_by_which_rule(rule: str) -> None:
    assert list(held_against(judged(WRONG[rule](), rules=[rule]))) == [rule]
