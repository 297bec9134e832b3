"""The report as data: exactly its keys, and coverage in full."""

import json
from pathlib import Path

import pytest
from attrs import evolve

import bookings_openapi
from bookings_contract.embedded import embedded
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.report import json as report_json
from bookings_contract.runner.judge import judge


@pytest.fixture(scope="module")
def report() -> Report:
    with embedded(breaks=["CONFIRM-1", "SHAPE-4"]) as (target, transport):
        rules = ["CONFIRM-1", "SHAPE-4", "CANCEL-5", "RECEIVER-1"]
        return judge(target, rules=rules, transport=transport)


def test_coverage_has_its_four_parts(report: Report) -> None:
    coverage = report_json.data(report)["coverage"]
    assert list(coverage) == ["operations", "statuses", "transitions", "rules"]


def test_rules_are_counted_and_named_by_level_and_verdict(report: Report) -> None:
    rules = report_json.data(report)["coverage"]["rules"]
    assert rules["MUST"]["broken"] == {"count": 1, "ids": ["CONFIRM-1"]}
    assert rules["OBSERVED"]["broken"] == {"count": 1, "ids": ["SHAPE-4"]}
    assert rules["EITHER"]["kept"] == {"count": 1, "ids": ["CANCEL-5"]}
    assert all(list(level) == [verdict.value for verdict in Verdict] for level in rules.values())


def test_each_rule_of_the_report_is_counted_once(report: Report) -> None:
    rules = report_json.data(report)["coverage"]["rules"]
    named = [rule for level in rules.values() for found in level.values() for rule in found["ids"]]
    assert sorted(named) == sorted(rule.id for rule in report.rules)


def test_a_breach_is_seen_in_the_transitions(report: Report) -> None:
    moves = report_json.data(report)["coverage"]["transitions"]
    assert set(moves) == set(bookings_openapi.lifecycle())
    cell = moves["confirmBooking"]["CANCELED"]
    assert cell["document"] == "refused"
    assert cell["outcomes"]["CONFIRMED"] >= 1


def test_statuses_are_those_declared_and_those_seen(report: Report) -> None:
    statuses = report_json.data(report)["coverage"]["statuses"]["confirmBooking"]
    assert "428" in statuses["declared"]
    assert "200" in statuses["seen"]
    assert "204" not in statuses["seen"]


def test_half_a_character_from_the_target_does_not_stop_the_report(
    report: Report, tmp_path: Path
) -> None:
    odd = evolve(report, target={"url": "http://\ud800.test"})
    file = report_json.write(odd, tmp_path)
    assert json.loads(file.read_text("utf-8"))["target"]["url"] == "http://\ud800.test"


def test_the_first_findings_are_told_in_full_and_the_others_cut(report: Report) -> None:
    rule = report["SHAPE-4"]
    long = evolve(rule.findings[0].story[-1], text=json.dumps({"a": "x" * 5000}))
    finding = evolve(rule.findings[0], story=(long,))
    many = evolve(report, rules=(evolve(rule, findings=(finding,) * 7),))
    data = report_json.data(many)
    for told in (data["rules"][0]["findings"], data["shapes"]):
        bodies = [one["story"][0]["response"]["body"] for one in told]
        assert bodies[:5] == [{"a": "x" * 5000}] * 5
        assert all(body.endswith(" … (cut here, 3009 characters more)") for body in bodies[5:])
        assert len(bodies[5]) < 2100
