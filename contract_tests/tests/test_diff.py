"""Two reports compared: what is newly broken, mended, read otherwise, and no longer reached."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import bookings_openapi
from bookings_contract.__main__ import main
from bookings_contract.findings.verdicts import Coverage, Finding, Report, RuleVerdict, Verdict
from bookings_contract.report import json as report_json

BOOK = bookings_openapi.rules()
KEPT, BROKEN, NOT_JUDGED = Verdict.KEPT, Verdict.BROKEN, Verdict.NOT_JUDGED


def rule(name: str, verdict: Verdict, reading: str | None = None, **more: Any) -> RuleVerdict:
    level = more.pop("level", "MUST")
    found = Finding(name, level, "refused", "200, CONFIRMED", "from CANCELED", **more)
    listed = (found,) if verdict is BROKEN or more.get("deviation") else ()
    return RuleVerdict(
        BOOK[name], verdict, reading=reading, findings=listed, reason="no reader", counted=1
    )


def written(folder: Path, *rules: RuleVerdict, coverage: Coverage | None = None) -> str:
    report = Report({"url": "http://t.test"}, rules, coverage=coverage or Coverage())
    return str(report_json.write(report, folder))


def compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], then: Any, now: Any
) -> tuple[int, Mapping[str, Any]]:
    files = written(tmp_path / "a", *then), written(tmp_path / "b", *now)
    code = main(["diff", *files, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("then", "now", "where", "code"),
    [
        (KEPT, BROKEN, "broken", 1),
        (NOT_JUDGED, BROKEN, "broken", 1),
        (Verdict.ERROR, BROKEN, "broken", 1),
        (BROKEN, KEPT, "mended", 0),
        (BROKEN, NOT_JUDGED, "unjudged", 0),
        (KEPT, NOT_JUDGED, "unjudged", 0),
        (NOT_JUDGED, KEPT, "judged", 0),
        (NOT_JUDGED, Verdict.ERROR, "other", 0),
        (KEPT, Verdict.ERROR, "unjudged", 0),
    ],
)
def test_each_change_of_verdict_has_its_list(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    then: Verdict,
    now: Verdict,
    where: str,
    code: int,
) -> None:
    ended, found = compared(tmp_path, capsys, [rule("CONFIRM-1", then)], [rule("CONFIRM-1", now)])
    assert ended == code
    assert [one["id"] for one in found[where]] == ["CONFIRM-1"]
    assert sum(len(found[name]) for name in KINDS) == 1


KINDS = ("broken", "mended", "judged", "unjudged", "other", "readings")


@pytest.mark.parametrize("verdict", list(Verdict))
def test_what_is_the_same_is_no_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verdict: Verdict
) -> None:
    same = [rule("CONFIRM-1", verdict)]
    code, found = compared(tmp_path, capsys, same, same)
    assert code == 0
    assert not any(found[name] for name in KINDS)


def test_another_reading_is_told_and_is_nothing_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = compared(
        tmp_path, capsys, [rule("CANCEL-5", KEPT, "A")], [rule("CANCEL-5", KEPT, "B")]
    )
    assert code == 0
    assert found["readings"] == [{"id": "CANCEL-5", "was": "A", "now": "B", "words": None}]


def test_a_rule_that_only_one_report_knows_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = compared(tmp_path, capsys, [], [rule("CONFIRM-1", BROKEN)])
    assert (code, found["broken"][0]["was"]) == (1, "absent")


def test_a_breach_that_was_known_before_is_not_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    then = [rule("CONFIRM-1", KEPT, deviation="BK-12 (until 2027-01-01)")]
    code, found = compared(tmp_path, capsys, then, [rule("CONFIRM-1", BROKEN)])
    assert (code, [one["id"] for one in found["other"]]) == (0, ["CONFIRM-1"])


def test_what_only_one_of_them_reached_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = Coverage(
        {"cancelBooking": 2},
        {("cancelBooking", 200): 2},
        {("cancelBooking", "CREATED", "CANCELED"): 2},
    )
    files = written(tmp_path / "a", coverage=seen), written(tmp_path / "b")
    assert main(["diff", *files]) == 0
    text = capsys.readouterr().out
    assert "only A reached: 1 operations\n  cancelBooking\n" in text
    assert "cancelBooking 200" in text
    assert "cancelBooking CREATED → CANCELED" in text
    assert "only B" not in text


def test_it_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path / "a", rule("CONFIRM-1", KEPT), rule("CANCEL-1", BROKEN))
    written(tmp_path / "b", rule("CONFIRM-1", BROKEN), rule("CANCEL-1", KEPT))
    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    text = capsys.readouterr().out
    assert "newly broken\n  CONFIRM-1         kept → broken\n      from CANCELED: expected" in text
    assert "mended\n  CANCEL-1          broken → kept\n" in text
    assert text.splitlines()[-1] == "1 newly broken · 1 mended"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "can't be read"),
        ("{", "is no JSON"),
        ('{"format": 2}', "no report of format 1"),
        ("[]", "no report of format 1"),
        ('{"format": 1}', "no whole report"),
        ('{"format": 1, "shard": "1/4"}', "shard 1/4 of a run"),
    ],
)
def test_what_cannot_be_compared_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, said: str
) -> None:
    file = tmp_path / "report.json"
    if text is not None:
        file.write_text(text, "utf-8")
    good = written(tmp_path / "good", rule("CONFIRM-1", KEPT))
    assert main(["diff", str(file), good]) == 2
    assert said in capsys.readouterr().err
