"""The verdict for build servers: counts that agree, and nothing that XML can't hold."""

from xml.etree import ElementTree as Xml

import pytest
from attrs import evolve

import bookings_openapi
from bookings_contract.findings.verdicts import Finding, Report, RuleVerdict, Verdict
from bookings_contract.report import junit

BOOK = bookings_openapi.rules()


def finding(rule: str, **changes: str) -> Finding:
    return Finding(rule, "MUST", **{"expected": "refused", "actual": "200, CONFIRMED", **changes})


@pytest.fixture
def report() -> Report:
    broken = finding("CONFIRM-1")
    return Report(
        target={"url": "http://target.test"},
        rules=(
            RuleVerdict(BOOK["CONFIRM-1"], Verdict.BROKEN, findings=(broken,), counted=1),
            RuleVerdict(BOOK["CANCEL-1"], Verdict.KEPT, seconds=0.25),
            RuleVerdict(BOOK["EVENT-1"], Verdict.NOT_JUDGED, reason="no [control] url named"),
            RuleVerdict(BOOK["SHAPE-4"], Verdict.ERROR, reason="ZeroDivisionError"),
            RuleVerdict(BOOK["CANCEL-5"], Verdict.KEPT, reading="A"),
        ),
        seed=7,
    )


def case(report: Report, rule: str) -> Xml.Element:
    root = Xml.fromstring(junit.text(report))
    return next(c for c in root.iter("testcase") if c.attrib["name"].split()[0] == rule)


def test_each_rule_is_a_test_case_of_its_family(report: Report) -> None:
    assert case(report, "CONFIRM-1").attrib["classname"] == "bookings.CONFIRM"
    assert case(report, "CANCEL-1").attrib["time"] == "0.250"
    assert len(list(Xml.fromstring(junit.text(report)).iter("testcase"))) == len(report.rules)


def test_the_counts_agree_with_the_cases(report: Report) -> None:
    root = Xml.fromstring(junit.text(report))
    for part in (root, *root.iter("testsuite")):
        assert int(part.attrib["tests"]) == len(list(part.iter("testcase")))
        assert int(part.attrib["failures"]) == len(list(part.iter("failure")))
        assert int(part.attrib["errors"]) == len(list(part.iter("error")))
        assert int(part.attrib["skipped"]) == len(list(part.iter("skipped")))


def test_levels_are_suites_and_their_properties(report: Report) -> None:
    root = Xml.fromstring(junit.text(report))
    levels = {
        suite.attrib["name"]: suite.find("properties/property[@name='level']")
        for suite in root.iter("testsuite")
    }
    assert {name: found.attrib["value"] for name, found in levels.items() if found is not None} == {
        "bookings-contract MUST": "MUST",
        "bookings-contract OBSERVED": "OBSERVED",
        "bookings-contract EITHER": "EITHER",
    }


def test_a_breach_says_what_was_expected_and_received(report: Report) -> None:
    failure = case(report, "CONFIRM-1").find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "expected refused; received 200, CONFIRMED"
    assert failure.attrib["type"] == "MUST"
    assert "received  200, CONFIRMED" in (failure.text or "")


def test_what_is_not_judged_is_skipped_with_its_reason(report: Report) -> None:
    skipped = case(report, "EVENT-1").find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "no [control] url named"


def test_a_fault_of_the_harness_is_an_error_and_no_failure(report: Report) -> None:
    found = case(report, "SHAPE-4")
    assert found.find("error") is not None
    assert found.find("failure") is None


def test_characters_that_xml_cannot_hold_are_replaced(report: Report) -> None:
    odd = finding("CONFIRM-1", actual="\x00\x1b[31m <b>&\ud800\uffff]]>")
    rules = (RuleVerdict(BOOK["CONFIRM-1"], Verdict.BROKEN, findings=(odd,), counted=1),)
    text = junit.text(evolve(report, rules=rules))
    failure = case(evolve(report, rules=rules), "CONFIRM-1").find("failure")
    assert failure is not None
    assert failure.attrib["message"].endswith("\ufffd\ufffd[31m <b>&\ufffd\ufffd]]>")
    text.encode("utf-8")
