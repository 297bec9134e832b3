"""The verdict as text and as data."""

import io
import json
from pathlib import Path

import pytest
from attrs import evolve
from rich.console import Console

from bookings_contract.embedded import embedded
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.report import json as report_json, terminal
from bookings_contract.runner.judge import judge


@pytest.fixture(scope="module")
def report() -> Report:
    with embedded(breaks=["CONFIRM-1", "SHAPE-4"]) as (target, transport):
        rules = ["CONFIRM-1", "SHAPE-4", "RECEIVER-1", "RECEIVER-2"]
        return judge(target, rules=rules, transport=transport, seed=7)


def told(report: Report, folder: Path | None = None) -> str:
    text = io.StringIO()
    terminal.show(report, Console(file=text, width=100), folder)
    return text.getvalue()


def test_a_broken_rule_is_told_with_expected_actual_and_story(report: Report) -> None:
    block = told(report).split("\n\n")[0].splitlines()
    assert block[1] == "CONFIRM-1  broken  MUST  confirmBooking"
    text = "\n".join(block)
    assert "  expected  refused, nothing changed (428 INVALID_BOOKING_STATUS)\n" in text
    assert "  actual    200, CONFIRMED, revision 2 → 3\n" in text
    assert "confirm  200  CONFIRMED  revision 3   ← here\n" in text
    assert block[-1] == "  more      bookings-contract explain CONFIRM-1"


def test_the_strictest_breach_comes_first_and_the_summary_last(report: Report) -> None:
    text = told(report)
    assert text.index("CONFIRM-1  broken") < text.index("SHAPE-4  broken")
    assert text.splitlines()[-1].startswith("2 broken · ")


def test_a_broken_rule_says_where_it_is_written(report: Report) -> None:
    assert "  source    Wix Bookings V2 API, Confirm" in told(report)


def test_curl_and_pytest_are_offered_or_pointed_at(report: Report) -> None:
    offer = "--report DIR writes each breach as curl and as a pytest test"
    assert told(report).splitlines()[-2] == offer
    text = told(report, Path("out"))
    assert offer not in text
    more = "  more      bookings-contract explain CONFIRM-1 · as curl and pytest in out/CONFIRM-1"
    assert more in text


def test_on_others_servers_what_is_only_observed_takes_a_line(report: Report) -> None:
    text = told(evolve(report, target={**report.target, "control": None}))
    (line,) = [line for line in text.splitlines() if "SHAPE-4" in line and "broken" in line]
    assert line.endswith("without it")
    assert "CONFIRM-1  broken  MUST  confirmBooking" in text
    assert "expected  a header" not in text
    assert "bookings-contract test --rule SHAPE-4 tells it in full" in text
    alone = evolve(report, target={"control": None}, rules=(report["SHAPE-4"],))
    assert "expected  a header x-wix-request-id" in told(alone)


def test_what_did_not_come_again_is_told_with_both_answers(report: Report) -> None:
    broken = report["CONFIRM-1"]
    flaky = evolve(broken.findings[0], flaky=True, actual="flaky: was 200, then 428")
    rule = evolve(broken, verdict=Verdict.NOT_JUDGED, reason=flaky.actual, findings=(flaky,))
    text = told(evolve(report, rules=(rule,)))
    assert "flaky       CONFIRM-1  MUST\n" in text
    assert "was 200, then 428\n" in text
    assert text.splitlines()[-1].startswith("nothing judged · 1 not judged (flaky: was 200")


def test_of_a_long_story_the_beginning_and_the_end_are_shown(report: Report) -> None:
    broken = report["CONFIRM-1"]
    finding = evolve(broken.findings[0], story=broken.findings[0].story[:1] * 60)
    text = told(evolve(report, rules=(evolve(broken, findings=(finding,)),)))
    assert text.count("POST /bookings/v2/bookings ") == 10
    assert "… 50 requests more\n" in text
    assert "60  POST /bookings/v2/bookings" in text


def test_rules_not_judged_are_grouped_by_their_reason(report: Report) -> None:
    assert told(report).count("not judged  no suite judges it\n") == 1


def test_plain_text_holds_no_colours(report: Report) -> None:
    assert "\x1b" not in told(report)


def test_the_json_report_has_exactly_its_keys(report: Report, tmp_path: Path) -> None:
    data = json.loads(report_json.write(report, tmp_path / "new" / "folder").read_text("utf-8"))
    assert list(data) == [
        *("format", "verdict", "target", "rules", "shapes", "coverage", "seed", "seconds"),
    ]
    assert (data["format"], data["verdict"], data["seed"]) == (1, "broken", 7)
    rule = next(rule for rule in data["rules"] if rule["id"] == "CONFIRM-1")
    assert list(rule) == [
        *("id", "level", "operations", "verdict", "reason", "reading"),
        *("expected", "actual", "story", "findings", "seconds"),
    ]
    assert (rule["verdict"], rule["reading"]) == ("broken", None)
    finding = rule["findings"][0]
    assert list(finding) == [
        *("circumstance", "level", "expected", "actual", "story", "flaky", "deviation"),
    ]
    assert rule["story"] == finding["story"]
    assert list(finding["story"][0]) == ["request", "response"]
    assert list(data["coverage"]) == ["operations", "statuses", "transitions", "rules"]
    assert data["coverage"]["rules"]["MUST"]["broken"]["ids"] == ["CONFIRM-1"]
    cell = data["coverage"]["transitions"]["confirmBooking"]["CANCELED"]
    assert cell["outcomes"]["CONFIRMED"] >= 1


def test_findings_of_shape_are_listed_by_operation(report: Report) -> None:
    shapes = report_json.data(report)["shapes"]
    assert {shape["rule"] for shape in shapes} == {"SHAPE-4"}
    assert list(shapes[0]) == ["operation", "verdict", "check", "rule", "message", "story"]


def test_no_token_is_in_the_report(report: Report) -> None:
    assert "owner-token" not in json.dumps(report_json.data(report))
