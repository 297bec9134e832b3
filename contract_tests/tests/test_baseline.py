"""Known deviations: told and not counted, and no longer than they are true."""

import json
from datetime import date
from functools import partial
from pathlib import Path

import pytest

import bookings_openapi
from bookings_contract import __main__
from bookings_contract.commands import test as test_command
from bookings_contract.embedded import embedded
from bookings_contract.findings.baseline import Baseline, Deviation, read, written
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.verdicts import Finding, Report, RuleVerdict, Verdict
from bookings_contract.report import json as report_json
from bookings_contract.runner.inprocess import RunOptions, RunResult
from bookings_contract.runner.judge import judged, reported
from bookings_contract.runner.processes import runner

TODAY = date(2026, 11, 20)
LATER, EARLIER = date(2027, 1, 1), date(2026, 11, 19)
ENTRY = '[[deviation]]\nrule = "CONFIRM-1"\nreason = "BK-12"\nexpires = 2027-01-01\n'


def known(rule: str = "CONFIRM-1", expires: date = LATER, **more: str) -> Baseline:
    return Baseline((Deviation(rule, "BK-12", expires, **more),), TODAY, "known.toml")


RULES = ("CONFIRM-1", "RECEIVER-1")


@pytest.fixture(scope="module")
def broken() -> RunResult:
    """What is said of a mock that breaks CONFIRM-1."""
    with embedded(breaks=["CONFIRM-1"]) as (target, way):
        return judged(target, RunOptions(RULES), transport=way)[1]


@pytest.fixture(scope="module")
def kept() -> RunResult:
    """What is said of a mock that keeps it."""
    with embedded() as (target, way):
        return judged(target, RunOptions(RULES), transport=way)[1]


def told(baseline: Baseline, heard: RunResult) -> Report:
    return reported({}, RunOptions(RULES, baseline=baseline), heard, 0.0)


def test_a_known_deviation_is_told_and_does_not_count(broken: RunResult) -> None:
    report = told(known(), broken)
    assert (report.verdict, report.exit_code, report.complaints) == (Verdict.KEPT, 0, ())
    assert report["CONFIRM-1"].reason == "but for a known deviation: BK-12 (until 2027-01-01)"
    rule = report_json.data(report)["rules"][0]
    assert {finding["deviation"] for finding in rule["findings"]} == {"BK-12 (until 2027-01-01)"}


def test_what_is_not_named_still_counts(broken: RunResult) -> None:
    report = told(known(circumstance="class, from CANCELED"), broken)
    rule = report["CONFIRM-1"]
    assert (report.exit_code, rule.verdict) == (1, Verdict.BROKEN)
    assert rule.first is not None
    assert rule.first.deviation is None
    assert [finding.circumstance for finding in rule.deviations] == ["class, from CANCELED"]


def test_a_deviation_of_another_operation_is_not_the_known_one(broken: RunResult) -> None:
    assert told(known(operation="cancelBooking"), broken).exit_code == 1


def test_an_entry_that_no_longer_happens_fails_the_run(kept: RunResult) -> None:
    report = told(known(), kept)
    assert (report.verdict, report.exit_code) == (Verdict.KEPT, 1)
    assert report.complaints == (
        "known.toml: CONFIRM-1 no longer happens (BK-12): take the entry out",
    )


def test_an_expired_entry_excuses_nothing_and_is_told(broken: RunResult) -> None:
    report = told(known(expires=EARLIER), broken)
    assert (report.verdict, report.exit_code) == (Verdict.BROKEN, 1)
    assert "CONFIRM-1 expired on 2026-11-19 (BK-12)" in report.complaints[0]


def test_an_expired_entry_fails_the_run_by_itself(kept: RunResult) -> None:
    assert told(known(expires=EARLIER), kept).exit_code == 1


def test_an_entry_holds_through_its_last_day(broken: RunResult) -> None:
    assert told(known(expires=TODAY), broken).exit_code == 0


def test_an_entry_whose_rule_was_not_judged_is_not_stale(kept: RunResult) -> None:
    report = told(known("RECEIVER-1"), kept)
    assert (report.exit_code, report.complaints) == (0, ())


BOOK = bookings_openapi.rules()
KEPT = (RuleVerdict(BOOK["SHAPE-1"], Verdict.KEPT), RuleVerdict(BOOK["CONFIRM-1"], Verdict.KEPT))


def test_an_entry_that_only_the_fuzzing_might_have_met_is_not_stale_without_it() -> None:
    left_out = [("shapes", "SHAPE-1")]
    assert list(known("SHAPE-1").stale(KEPT, left_out)) == []
    assert len(list(known("SHAPE-1").stale(KEPT))) == 1


def test_an_entry_for_a_part_of_a_rule_is_not_stale_where_a_part_was_judged() -> None:
    left_out = [("rules", "CONFIRM-1")]
    assert list(known(circumstance="from CANCELED").stale(KEPT, left_out)) == []
    assert len(list(known().stale(KEPT, left_out))) == 1


# ── Its file ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_of_one_suite_with_a_baseline_is_known_what_was_left_out(jobs: str) -> None:
    asked = RunOptions(suites=("lifecycle",), baseline=known())
    with embedded() as (target, transport):
        heard = runner(jobs)(target, asked, None, transport, None)
    assert ("rules", "CONFIRM-1") in heard.left_out


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    finding = Finding("CONFIRM-1", "MUST", "refused", 'accepted: "ja\\nein"\n', 'a "class"\x00')
    rule = RuleVerdict(BOOK["CONFIRM-1"], Verdict.BROKEN, findings=(finding,), counted=1)
    file = tmp_path / "known.toml"
    file.write_text(written(Report({}, (rule,)), TODAY), "utf-8")
    (entry,) = read(file, TODAY).deviations
    assert (entry.rule, entry.circumstance) == ("CONFIRM-1", 'a "class" ')
    assert entry.reason == 'found: accepted: "ja\\nein" '
    assert entry.expires > TODAY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENTRY.replace("reason", "raeson"), "unknown key 'raeson'; did you mean reason?"),
        (ENTRY.replace("[[deviation]]", "[[deviations]]"), "did you mean deviation?"),
        (ENTRY.replace("[[deviation]]", "[deviation]"), "in double brackets"),
        (ENTRY.replace("BK-12", " "), "gives no reason"),
        (ENTRY.replace("expires = 2027-01-01", ""), "has no expiry: write expires ="),
        (ENTRY.replace("2027-01-01", '"soon"'), "expires on soon, which is no day"),
        (ENTRY.replace("2027-01-01", "2027-01-01T00:00:00Z"), "which is no day"),
        (ENTRY.replace("CONFIRM-1", "CONFRIM-1"), "Did you mean CONFIRM-1"),
        (ENTRY.replace('"CONFIRM-1"', "1"), "rule is no text"),
        ("[[deviation", "is not TOML"),
    ],
)
def test_what_a_baseline_has_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "known.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=r"known\.toml") as mistake:
        read(file, TODAY)
    assert said in str(mistake.value)


def test_a_baseline_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be read"):
        read(tmp_path / "none.toml", TODAY)


def test_a_day_may_stand_in_quotes(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text(ENTRY.replace("2027-01-01", '"2027-01-01"'), "utf-8")
    assert read(file, TODAY).deviations[0].expires == LATER


# ── The command ───────────────────────────────────────────────────────────────────────────────────


def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str]:
    """The command on a built-in mock that breaks CONFIRM-1: its exit code, and what it prints."""
    monkeypatch.setattr(test_command, "embedded", partial(embedded, breaks=["CONFIRM-1"]))
    code = __main__.main(["test", "--rule", "CONFIRM-1", *arguments])
    told = capsys.readouterr()
    return code, told.out + told.err


def test_a_written_baseline_lets_the_same_breaches_pass(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = str(tmp_path / "known.toml")
    code, text = command(monkeypatch, capsys, "--write-baseline", file)
    assert (code, "1 broken" in text) == (1, True)
    code, text = command(monkeypatch, capsys, "--baseline", file, "--report", str(tmp_path / "r"))
    assert code == 0, text
    assert "deviation   CONFIRM-1  found: 200, CONFIRMED, revision 2 → 3 (until " in text
    assert "0 broken · 1 kept · 1 rule with known deviations · " in text
    report = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))
    assert all(finding["deviation"] for finding in report["rules"][0]["findings"])


def test_a_stale_entry_and_too_few_rules_fail_in_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "known.toml"
    entry = ENTRY.replace("2027-01-01", "9999-12-31")
    stale = entry.replace("reason", 'operation = "cancelBooking"\nreason')
    file.write_text(entry + stale, "utf-8")
    code, text = command(
        *(monkeypatch, capsys, "--baseline", str(file), "--rule", "RECEIVER-1"),
        *("--fail-under", "90"),
    )
    assert code == 1
    lines = [line for line in text.splitlines() if line.startswith("fails ")]
    assert len(lines) == 2
    assert "CONFIRM-1 operation 'cancelBooking' no longer happens (BK-12)" in lines[0]
    assert "1 of 2 rules judged (50.0 %)" in lines[1]


def test_a_baseline_with_a_mistake_could_not_judge(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "known.toml").write_text('[[deviation]]\nrule = "CONFIRM-1"\n', "utf-8")
    code, text = command(monkeypatch, capsys, "--baseline", str(tmp_path / "known.toml"))
    assert (code, "(CONFIRM-1) gives no reason" in text) == (2, True)
