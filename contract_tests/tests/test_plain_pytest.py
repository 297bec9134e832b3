"""The suites as plain pytest: chosen by keyword, in two processes, and a team's own beside them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
CONFIRM = "bookings_contract.suites.test_confirm"


@pytest.fixture(scope="module")
def wrong() -> Iterator[str]:
    """A mock on a port of its own that confirms whatever it is asked to."""
    command = [sys.executable, "-m", "bookings_mock", "--port", "0", "--break", "CONFIRM-1"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        url = re.search(r"http://\S+", process.stdout.readline())
        assert url is not None
        yield url[0]
        process.terminate()


def run(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "bookings_contract.plugin", *arguments],
        cwd=where,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=120,
        check=False,
    )


def verdicts(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The summary by rule."""
    assert "bookings rules" in done.stdout, done.stdout + done.stderr
    after = done.stdout.partition("bookings rules")[2].splitlines()[1:]
    ends = next(n for n, line in enumerate(after) if re.match(r"\d+ (broken|kept)", line))
    return after[: ends + 1]


def test_rules_are_chosen_by_keyword_and_summed_up_in_any_number_of_processes(
    wrong: str, tmp_path: Path
) -> None:
    asked = ("--pyargs", CONFIRM, f"--bookings-url={wrong}", "-k", "CONFIRM-1")
    alone = run(tmp_path, *asked)
    assert alone.returncode == 1
    broken, counted = verdicts(alone)
    assert broken.startswith("CONFIRM-1  broken  MUST  ")
    assert "received 200, CONFIRMED, revision 2 → 3" in broken
    assert counted == "1 broken"
    by_two = verdicts(run(tmp_path, "-n", "2", *asked))
    assert by_two[0].partition("MUST")[0] == "CONFIRM-1  broken  "
    assert by_two[1] == counted


def own_suite(folder: Path) -> str:
    found = re.search(r"<!-- suite -->\n```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found, "the README has no block named suite"
    (folder / "test_ours.py").write_text(found[1], "utf-8")
    return "test_ours.py"


def test_the_readmes_own_suite_passes_on_the_built_in_mock(tmp_path: Path) -> None:
    done = run(tmp_path, own_suite(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    assert re.fullmatch(r"\d+ kept( · \d+ not judged)?", verdicts(done)[-1])


def test_the_readmes_own_suite_fails_where_the_rule_is_broken(wrong: str, tmp_path: Path) -> None:
    done = run(tmp_path, own_suite(tmp_path), f"--bookings-url={wrong}")
    assert (done.returncode, "1 failed, 1 passed" in done.stdout) == (1, True), done.stdout
    assert verdicts(done)[0].startswith("CONFIRM-1  broken  MUST  after canceling: expected")
