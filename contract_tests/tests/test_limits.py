"""Time and coverage: no test begins too late, none lasts too long, and enough rules were judged."""

import time

import httpx
import pytest
from attrs import define

import bookings_openapi
from bookings_contract.embedded import embedded
from bookings_contract.findings.bounds import GRACE
from bookings_contract.findings.problems import OVERDUE, ConfigurationError, NotJudged
from bookings_contract.findings.verdicts import Report, RuleVerdict, Verdict
from bookings_contract.runner.inprocess import RunOptions, run_tests
from bookings_contract.runner.judge import judge
from bookings_contract.runner.limits import held, share
from bookings_contract.target.model import Caller, Target
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.pace import Pace

BOOK = bookings_openapi.rules()


def report(*verdicts: Verdict, level: str = "OBSERVED") -> Report:
    names = ("CONFIRM-1", "CANCEL-1", "SHAPE-4")
    rules = [RuleVerdict(BOOK[name], v) for name, v in zip(names, verdicts, strict=False)]
    return Report({}, (*rules, RuleVerdict(BOOK["CANCEL-5"], Verdict.NOT_JUDGED)), level)


# ── Coverage ──────────────────────────────────────────────────────────────────────────────────────


def test_too_few_rules_judged_fails_a_run_in_one_line() -> None:
    thin = held(report(Verdict.KEPT, Verdict.NOT_JUDGED), 50.1)
    assert thin.complaints == (
        "1 of 2 rules judged (50.0 %): fewer than the 50.1 % of --fail-under",
    )
    assert (thin.verdict, thin.exit_code) == (Verdict.KEPT, 1)


def test_just_enough_rules_judged_is_enough() -> None:
    assert held(report(Verdict.KEPT, Verdict.NOT_JUDGED), 50).exit_code == 0


def test_an_error_is_no_judgement_and_stays_one() -> None:
    thin = held(report(Verdict.ERROR, Verdict.KEPT), 60)
    assert len(thin.complaints) == 1
    assert thin.exit_code == 3


def test_a_broken_rule_was_judged() -> None:
    assert held(report(Verdict.BROKEN, Verdict.KEPT), 100).complaints == ()


def test_rules_below_the_level_are_not_asked_for() -> None:
    verdicts = (Verdict.KEPT, Verdict.KEPT, Verdict.NOT_JUDGED)
    assert held(report(*verdicts, level="MUST"), 100).complaints == ()
    assert len(held(report(*verdicts), 100).complaints) == 1


@pytest.mark.parametrize("asked", [-1, 100.5])
def test_what_is_no_percentage_is_a_mistake_of_usage(asked: float) -> None:
    with pytest.raises(ConfigurationError, match="write 0 to 100"):
        share(asked)


# ── Time ──────────────────────────────────────────────────────────────────────────────────────────


def wire(deadline: float | None, answering: httpx.MockTransport) -> Wire:
    target = Target("http://target.test", callers={"owner": Caller("owner", "t")})
    return Wire(target, answering, pace=Pace(deadline=deadline))


def answered(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


def test_a_test_asks_nothing_more_when_the_time_is_over() -> None:
    late = time.monotonic() - GRACE - 0.01
    client = Client(wire(late, httpx.MockTransport(answered)))
    with pytest.raises(NotJudged, match="max-time was over"):
        client.call("queryExtendedBookings", body={"query": {}})


def test_what_was_made_is_taken_back_though_the_time_is_over() -> None:
    late = time.monotonic() - GRACE - 0.01
    client = Client(wire(late, httpx.MockTransport(answered)), late=True)
    assert client.call("queryExtendedBookings", body={"query": {}}).accepted


def test_no_answer_is_waited_for_longer_than_there_is_time() -> None:
    waits: list[float] = []

    def slow(request: httpx.Request) -> httpx.Response:
        waits.append(request.extensions["timeout"]["read"])
        raise httpx.ReadTimeout("too slow")

    client = Client(wire(time.monotonic() + 2, httpx.MockTransport(slow)))
    with pytest.raises(NotJudged) as late:
        client.call("queryExtendedBookings", body={"query": {}})
    assert str(late.value) == OVERDUE
    assert waits[0] <= 2 + GRACE


@define
class Ticking(httpx.BaseTransport):
    """Notes when it was asked last."""

    inner: httpx.BaseTransport
    last: float = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.startswith("/_mock/"):
            self.last = time.monotonic()
        return self.inner.handle_request(request)


@pytest.mark.parametrize("suite", ["rules", "shapes"])
def test_nothing_is_sent_when_the_time_and_its_grace_are_over(suite: str) -> None:
    with embedded() as (target, way):
        ticking, began = Ticking(way), time.monotonic()
        found = judge(target, suites=[suite], max_time=1.5, transport=ticking)
    # A request that began in time may be answered after it.
    assert ticking.last - began < 1.5 + GRACE + 0.5
    assert found.late > 0
    assert {rule.verdict for rule in found.rules} <= {Verdict.KEPT, Verdict.NOT_JUDGED}


def test_how_many_tests_had_no_time_is_told() -> None:
    with embedded() as (target, way):
        found = judge(target, rules=["CONFIRM-1"], max_time=-1, transport=way)
    assert found.late == 32


def test_where_time_is_short_every_rule_has_its_turn_before_any_has_a_second() -> None:
    rules = ("CREATE-2", "CREATE-4", "CREATE-12")
    asked = RunOptions(rules, ("rules",), max_time=-1)
    with embedded() as (target, way):
        tests = run_tests(target, asked, None, way, None).tests
    turns = [next(rule for rule in named if rule in rules) for _, named in tests]
    assert set(turns[:3]) == set(rules)
    assert len(turns) > 3
