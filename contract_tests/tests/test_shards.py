"""Shards: together they are the run, and joining their reports gives its report."""

import json
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

from bookings_contract.__main__ import main
from bookings_contract.commands.merge import merged
from bookings_contract.embedded import embedded
from bookings_contract.findings.baseline import Baseline, Deviation
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.shards import Shard, joined
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.plugin.serialise import NotSerialisable, deserialised, serialised
from bookings_contract.report import files, json as report_json
from bookings_contract.runner import parts
from bookings_contract.runner.inprocess import RunOptions
from bookings_contract.runner.judge import judged
from bookings_contract.target.model import Caller, Target

RULES = ("CONFIRM-1", "CANCEL-1", "CANCEL-5", "SHAPE-4", "RECEIVER-1")
KNOWN = Baseline(
    (
        Deviation("SHAPE-4", "BK-12", date(2027, 1, 1)),
        Deviation("CANCEL-1", "BK-13", date(2027, 1, 1)),
    ),
    date(2026, 11, 20),
)
ASKED = RunOptions(rules=RULES, suites=("rules", "lifecycle"), seed=7, baseline=KNOWN)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, list[Path]]:
    """One run's report, and the folders of four shards of the same."""
    folders = []
    with embedded(breaks=["CONFIRM-1", "SHAPE-4"]) as (target, way):
        whole, _ = judged(target, ASKED, transport=way)
        for number in range(1, 5):
            folder = tmp_path_factory.mktemp("shard")
            asked = evolve(ASKED, shard=Shard(number, 4))
            report, heard = judged(target, asked, transport=way)
            files.write(report, folder, target)
            parts.write(asked, heard, target, report.seconds, folder)
            folders.append(folder)
    return whole, folders


def test_the_parts_joined_say_what_the_whole_says(run: tuple[Report, list[Path]]) -> None:
    whole, folders = run
    report = merged([parts.read(folder) for folder in reversed(folders)])
    for rule in whole.rules:
        same = report[rule.id]
        assert (same.verdict, same.reason, same.reading) == (
            *(rule.verdict, rule.reason, rule.reading),
        )
        assert (len(same.findings), same.counted) == (len(rule.findings), rule.counted)
        assert [f.circumstance for f in same.findings] == [f.circumstance for f in rule.findings]
    assert report.coverage == whole.coverage
    assert report.complaints == whole.complaints
    assert len(whole.complaints) == 1
    assert (report.seed, report.exit_code) == (7, 1)


def test_each_shard_is_a_part_of_the_run(run: tuple[Report, list[Path]]) -> None:
    whole, folders = run
    exchanges = [
        sum(parts.read(f).result.outcomes[0].coverage.operations.values()) for f in folders
    ]
    counts = [len(parts.read(folder).result.outcomes) for folder in folders]
    assert max(counts) - min(counts) <= 1
    assert 0 < sum(exchanges) < whole.coverage.exchanges


def test_the_command_writes_the_joined_reports(
    run: tuple[Report, list[Path]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, folders = run
    assert main(["merge", *map(str, folders), "-o", str(tmp_path)]) == 1
    assert "CONFIRM-1  broken  MUST  confirmBooking" in capsys.readouterr().out
    report = json.loads((tmp_path / report_json.FILE).read_text("utf-8"))
    assert report["verdict"] == "broken"
    assert "shard" not in report
    assert (tmp_path / "CONFIRM-1" / "story.sh").is_file()


def test_a_shards_own_report_says_which_it_is(run: tuple[Report, list[Path]]) -> None:
    report = json.loads((run[1][1] / report_json.FILE).read_text("utf-8"))
    assert report["shard"] == "2/4"


def test_a_missing_shard_is_named(run: tuple[Report, list[Path]]) -> None:
    with pytest.raises(ConfigurationError, match=r"missing: 2/4\."):
        merged([parts.read(folder) for folder in (run[1][0], *run[1][2:])])


def test_a_shard_that_is_there_twice_is_named(run: tuple[Report, list[Path]]) -> None:
    with pytest.raises(ConfigurationError, match=r"twice: 1/4\."):
        merged([parts.read(folder) for folder in (*run[1], run[1][0])])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seed": 8}, "seed 7 and 8"),
        ({"level": "MUST"}, "level OBSERVED and MUST"),
        ({"rules": ("CONFIRM-1",)}, "rules CONFIRM-1, CANCEL-1.* and CONFIRM-1"),
        ({"baseline": None}, "baseline .* and none"),
    ],
)
def test_shards_of_different_runs_are_not_joined(
    run: tuple[Report, list[Path]], changed: dict[str, object], said: str
) -> None:
    first, second, *others = [parts.read(folder) for folder in run[1]]
    other = evolve(second, options=evolve(second.options, **changed))
    with pytest.raises(ConfigurationError, match=f"not of one run: {said}"):
        merged([first, other, *others])


def test_shards_of_different_targets_are_not_joined(run: tuple[Report, list[Path]]) -> None:
    first, second, *others = [parts.read(folder) for folder in run[1]]
    other = evolve(second, target=evolve(second.target, url="http://other.test"))
    with pytest.raises(ConfigurationError, match=r"not of one run: target .*other\.test"):
        merged([first, other, *others])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "can't be read .*test --shard I/N --report DIR"),
        ("{", "is no JSON"),
        ("{}", "was not written by this version"),
        ("[]", "was not written by this version"),
    ],
)
def test_what_is_no_shard_is_said(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / parts.FILE).write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=said):
        parts.read(tmp_path)


def test_a_damaged_shard_is_said(run: tuple[Report, list[Path]], tmp_path: Path) -> None:
    data = json.loads((run[1][0] / parts.FILE).read_text("utf-8"))
    (tmp_path / parts.FILE).write_text(json.dumps({**data, "outcomes": [{"os": {}}]}), "utf-8")
    with pytest.raises(ConfigurationError, match="holds no shard"):
        parts.read(tmp_path)


def test_every_outcome_comes_back_as_it_was(run: tuple[Report, list[Path]]) -> None:
    for rule in run[0].rules:
        for finding in rule.findings:
            assert deserialised(json.loads(json.dumps(serialised(finding)))) == finding


def test_only_values_of_a_report_are_unpacked() -> None:
    with pytest.raises(NotSerialisable):
        deserialised({"Path": {}})
    with pytest.raises(NotSerialisable):
        serialised(object())


def test_no_secret_of_a_target_is_left_in_a_shard(tmp_path: Path) -> None:
    caller = Caller("owner", "top-secret", client_secret="top-secret")
    webhooks = {"public_key": "top-secret"}
    headers = {"x-key": "top-secret"}
    target = Target("http://t.test", callers={"owner": caller}, headers=headers, webhooks=webhooks)
    assert "top-secret" not in json.dumps(serialised(parts.discreet(target)))


@pytest.mark.parametrize("words", ["0/4", "5/4", "1", "1/", "a/b", "1/0", "-1/4", "1/4/2"])
def test_what_is_no_shard_is_a_mistake_of_usage(words: str) -> None:
    with pytest.raises(ConfigurationError, match="write I/N"):
        Shard.read(words)


@pytest.mark.parametrize("of", [1, 2, 3, 4, 7])
def test_shards_joined_are_the_whole_in_its_order(of: int) -> None:
    everything = list(range(23))
    shards = [Shard(number, of) for number in range(1, of + 1)]
    assert joined([shard.share(everything) for shard in shards]) == everything


def test_a_shard_split_again_and_joined_is_the_shard() -> None:
    everything, shard = list(range(50)), Shard(2, 3)
    smaller = [part.share(everything) for part in shard.split(4)]
    assert joined(smaller) == shard.share(everything)


def test_a_rule_that_no_test_of_a_shard_judges_says_so() -> None:
    with embedded() as (target, way):
        asked = RunOptions(rules=("CONFIRM-1",), shard=Shard(90, 99))
        report, _ = judged(target, asked, transport=way)
    assert report.verdict is Verdict.NOT_JUDGED
    assert report["CONFIRM-1"].reason == "none of this shard's tests judges it"
