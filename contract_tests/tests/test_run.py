"""Whole judgements in this process, on mocks that are right and wrong."""

import os
from pathlib import Path

import httpx
import pytest
from attrs import evolve

from bookings_contract.embedded import embedded
from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.verdicts import Outcome, Verdict
from bookings_contract.runner.inprocess import rules_with_tests
from bookings_contract.runner.judge import judge
from bookings_contract.target.model import Caller, Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.given import Given

SOME = ("CONFIRM-1", "CONFIRM-5", "SHAPE-4", "SHAPE-9", "REVISION-6")

Mock = tuple[Target, httpx.BaseTransport]


def test_a_mock_that_obeys_is_kept(mock: Mock) -> None:
    target, transport = mock
    report = judge(target, rules=["CONFIRM-1", "CONFIRM-5"], transport=transport)
    assert [rule.id for rule in report.rules] == ["CONFIRM-1", "CONFIRM-5"]
    assert report.verdict is Verdict.KEPT
    assert report.coverage.operations["confirmBooking"] > 6


@pytest.mark.parametrize("rule", ["CONFIRM-1", "CONFIRM-5", "SHAPE-4"])
def test_a_mock_that_breaks_a_rule_is_broken_in_a_short_story(rule: str) -> None:
    with embedded(breaks=[rule]) as (target, transport):
        report = judge(target, rules=[rule], transport=transport)
    verdict = report[rule]
    assert (verdict.verdict, report.exit_code) == (Verdict.BROKEN, 1)
    assert verdict.first is not None
    assert 1 <= len(verdict.first.story) <= 4


def test_only_the_rule_that_is_broken_is_told_as_broken() -> None:
    with embedded(breaks=["CONFIRM-1"]) as (target, transport):
        report = judge(target, rules=SOME, transport=transport)
    assert [rule.id for rule in report.having(Verdict.BROKEN)] == ["CONFIRM-1"]


def test_a_rule_that_no_suite_judges_is_not_judged(mock: Mock) -> None:
    target, transport = mock
    report = judge(target, rules=["RECEIVER-1"], transport=transport)
    assert (report.verdict, report.exit_code) == (Verdict.NOT_JUDGED, 2)
    assert report["RECEIVER-1"].reason == "no suite judges it"


def test_a_whole_report_speaks_of_every_rule_but_advice(mock: Mock) -> None:
    target, transport = mock
    report = judge(target, max_time=-1, transport=transport)
    levels = {rule.rule.level for rule in report.rules}
    assert levels == {"MUST", "OBSERVED", "EITHER"}


def test_a_fault_of_the_harness_is_an_error(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    target, transport = mock
    monkeypatch.setattr(Given, "booking", lambda *_, **__: 1 / 0)
    report = judge(target, rules=["CONFIRM-1"], transport=transport)
    assert (report.verdict, report.exit_code) == (Verdict.ERROR, 3)
    assert "ZeroDivisionError: division by zero" in str(report["CONFIRM-1"].reason)


def test_time_that_is_up_leaves_rules_not_judged(mock: Mock) -> None:
    target, transport = mock
    report = judge(target, rules=["CONFIRM-1"], transport=transport, max_time=-1)
    assert report["CONFIRM-1"].reason == "the time allowed by --max-time was over"


def guest(mock: Mock) -> tuple[Target, httpx.BaseTransport]:
    """The mock as a target that others use too: no worlds, no controls, no messages."""
    target, transport = mock
    return evolve(target, control=None, may_notify=False, paths="sdk"), transport


def alive(wire: Wire) -> list[Seen]:
    statuses = ["CREATED", "PENDING", "CONFIRMED", "WAITING_LIST"]
    return Given(Client(wire), PlacePool(wire.target)).find({"status": statuses})


def test_a_guest_is_judged_without_worlds_and_leaves_nothing_alive(mock: Mock) -> None:
    target, transport = guest(mock)
    report = judge(target, rules=["CONFIRM-1", "CONFIRM-5"], transport=transport)
    assert report.verdict is Verdict.KEPT
    assert alive(Wire(target, transport)) == []


def test_a_guest_takes_back_what_no_answer_showed(mock: Mock) -> None:
    client = Client(Wire(*guest(mock)))
    given = Given(client, PlacePool(client.target))
    client.call("registerToWaitlist", body=given.registration())
    client.call("bulkCreateBooking", body={"createBookingsInfo": [given.body(), given.body()]})
    booking = given.booking("class", "CONFIRMED")
    client.call(
        "updateExtendedFields",
        path={"id": booking.id},
        body={"namespace": "@judge/app", "namespaceData": {"a": 1}},
    )
    assert len(alive(client.wire)) == 4
    client.tidy()
    assert alive(client.wire) == []


def test_worlds_of_the_judge_stay_out_of_the_developers(mock: Mock) -> None:
    target, transport = mock
    judge(target, rules=SOME, transport=transport)
    assert alive(Wire(target, transport)) == []


def test_a_target_that_nobody_serves_is_a_mistake_of_configuration(target: Target) -> None:
    nowhere = evolve(target, url="http://127.0.0.1:9")
    with pytest.raises(ConfigurationError, match="can't be reached"):
        judge(nowhere)


def test_an_owner_that_the_target_does_not_know_is_a_mistake_of_configuration(mock: Mock) -> None:
    target, transport = mock
    stranger = evolve(target, callers={"owner": Caller("owner", "nonsense")})
    with pytest.raises(ConfigurationError, match="does not know the owner's token"):
        judge(stranger, transport=transport)


def test_a_target_that_dies_while_it_is_judged_could_not_be_judged(mock: Mock) -> None:
    target, transport = mock
    alive = iter([True] * 20)

    def dying(request: httpx.Request) -> httpx.Response:
        if next(alive, False):
            return transport.handle_request(request)
        raise httpx.ConnectError("connection refused")

    with pytest.raises(ConfigurationError, match="can't be reached"):
        judge(target, rules=SOME, transport=httpx.MockTransport(dying))


def test_nothing_of_the_users_own_pytest_takes_part(
    mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", "utf-8")
    (tmp_path / "conftest.py").write_text("raise RuntimeError('not yours')\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option-either")
    target, transport = mock
    assert judge(target, rules=["CONFIRM-1"], transport=transport).exit_code == 0
    assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option-either"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["conftest.py", "pytest.ini"]


def test_a_run_prints_nothing(mock: Mock, capfd: pytest.CaptureFixture[str]) -> None:
    target, transport = mock
    judge(target, rules=["CONFIRM-1"], transport=transport)
    assert capfd.readouterr() == ("", "")


def test_whoever_watches_hears_of_each_test(mock: Mock) -> None:
    heard: list[object] = []

    class Watcher:
        def collected(self, tests: object) -> None:
            heard.append(tests)

        def judged(self, outcome: Outcome) -> None:
            heard.append(outcome.suite)

    target, transport = mock
    judge(target, rules=["CONFIRM-1"], transport=transport, progress=Watcher())
    tests, *judged = heard
    assert isinstance(tests, dict)
    assert {suite: judged.count(suite) for suite in tests} == tests


def test_the_rules_that_tests_judge_are_known_without_a_target() -> None:
    assert rules_with_tests()["CONFIRM-1"] >= 6
