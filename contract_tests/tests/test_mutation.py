"""`bookings-contract miniatures`: what it judges, prints and answers."""

import json
from pathlib import Path

import pytest

from bookings_contract.__main__ import main
from bookings_contract.embedded import wrong_servers
from bookings_contract.findings.mutants import Judgement, Score, Wrong
from bookings_contract.mutation import score
from bookings_contract.report import mutants

WRONG = Wrong("seats-for-all", "CREATE-7", "any number of seats", "seats")


def _judgement(*caught_by: str, story: int | None = 3) -> Judgement:
    return Judgement(WRONG, caught_by, 1.25, story if caught_by else None)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Judgement]:
    """What every judging of servers finds from now on."""
    judgements: list[Judgement] = []
    monkeypatch.setattr(score, "judged_all", lambda servers, **how: judgements)
    return judgements


def test_a_wrong_server_is_judged_and_stands_in_the_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["miniatures", "confirming-is-idempotent", "--jobs", "1"]) == 0
    printed = capsys.readouterr().out
    assert "confirming-is-idempotent  CONFIRM-1  CONFIRM-1" in printed
    assert "1 of 1 caught · 1 by the rule that they break" in printed


def test_the_table_comes_as_json(
    found: list[Judgement], capsys: pytest.CaptureFixture[str]
) -> None:
    found.append(_judgement("CREATE-7", "CONFIRM-1"))
    assert main(["miniatures", "CREATE-7", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["caught"] == told["byTheirOwnRule"] == 1
    assert told["miniatures"][0]["caughtBy"] == ["CREATE-7", "CONFIRM-1"]


def test_a_server_that_nobody_notices_ends_the_command_with_1(
    found: list[Judgement], capsys: pytest.CaptureFixture[str]
) -> None:
    found.append(_judgement())
    assert main(["miniatures", "CREATE-7"]) == 1
    assert "0 of 1 caught" in capsys.readouterr().out


def test_a_fault_of_the_harness_ends_it_with_3(
    found: list[Judgement], capsys: pytest.CaptureFixture[str]
) -> None:
    found.append(Judgement(WRONG, ("CREATE-7",), 1.0, 2, {"CREATE-7": "KeyError: x"}))
    assert main(["miniatures", "CREATE-7"]) == 3
    assert "error in judging seats-for-all: CREATE-7: KeyError: x" in capsys.readouterr().out


def test_an_unknown_name_is_a_mistake_and_the_nearest_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["miniatures", "capacity-of-by-one"]) == 2
    assert "capacity-off-by-one" in capsys.readouterr().err


def test_parts_of_the_whole_can_be_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def judged_all(servers: list[Wrong], **how: object) -> list[Judgement]:
        asked.extend(server.name for server in servers)
        return [_judgement("CREATE-7") for _ in servers]

    monkeypatch.setattr(score, "judged_all", judged_all)
    for part in ("1/3", "2/3", "3/3"):
        assert main(["miniatures", "--shard", part]) == 0
    assert len(asked) == len(set(asked))
    assert {"capacity-off-by-one", "CREATE-7"} <= set(asked)


def test_a_server_that_its_own_rule_lets_pass_is_judged_by_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(score, "SUITES", ("lifecycle",))
    # It breaks CONFIRM-1, and claims to break a rule that has nothing to do with it.
    other = Wrong("declined-classes-are-confirmed", "SHAPE-10", "says that it is something else")
    judgement = score.judged(other)
    assert not judgement.by_its_own_rule
    assert judgement.caught_by == ("CONFIRM-1",)
    assert judgement.story


def test_advice_that_is_not_given_is_no_breach() -> None:
    assert not [server.name for server in wrong_servers() if server.rule.startswith("ADVICE")]


def test_the_table_goes_between_the_markers_of_a_file(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{mutants.BEGIN}\nwhat was here\n{mutants.END}\nafter\n")
    mutants.put_into(readme, Score([_judgement("CREATE-7"), _judgement("CONFIRM-1", story=5)]))
    text = readme.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "what was here" not in text
    assert "| seats | 2 | 2 | 1 | 4 |" in text
    assert "| seats-for-all: any number of seats (breaks CREATE-7) | CONFIRM-1 | 1.2 | 5 |" in text


def test_a_file_without_markers_is_left_alone(
    found: list[Judgement], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("no place here")
    found.append(_judgement("CREATE-7"))
    assert main(["miniatures", "CREATE-7", "--readme", str(readme)]) == 2
    assert readme.read_text() == "no place here"
    assert mutants.BEGIN in capsys.readouterr().err
