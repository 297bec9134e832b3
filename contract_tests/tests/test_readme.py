"""What the README shows, run as it stands there."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def _block(name: str, language: str = "sh") -> str:
    text = README.read_text("utf-8")
    found = re.search(rf"<!-- {name} -->\n```{language}\n(.*?)```", text, re.DOTALL)
    assert found, f"the README has no block named {name}"
    return found[1]


@pytest.fixture
def mock() -> Iterator[str]:
    """A mock on a port of its own."""
    command = [sys.executable, "-m", "bookings_mock", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = re.search(r"http://\S+", process.stdout.readline())
        assert url is not None
        yield url[0]
        process.terminate()


@pytest.mark.skipif(not shutil.which("curl"), reason="the README's story is told with curl")
def test_the_readmes_story_gives_200_200_200_and_428(mock: str) -> None:
    story = _block("story").replace("http://127.0.0.1:8080", mock)
    assert mock in story
    told = subprocess.run(["bash", "-euc", story], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    assert re.findall(r"^\d{3}$", told.stdout, re.MULTILINE) == ["200", "200", "200", "428"]


def test_the_readmes_season_is_lived_through(mock: str) -> None:
    command = [sys.executable, "-c", _block("season", "python")]
    world = {**os.environ, "BASE_URL": mock}
    lived = subprocess.run(command, env=world, capture_output=True, text=True, timeout=60)
    assert lived.returncode == 0, lived.stderr
    assert len(lived.stdout.splitlines()) == 7


def test_a_site_to_be_filled_can_be_served_as_the_readme_shows_it(tmp_path: Path) -> None:
    written, _, checked = _block("empty").partition(".venv/bin/bookings-mock")
    subprocess.run(["bash", "-euc", written], cwd=tmp_path, check=True, timeout=60)
    assert checked.startswith(" site --check empty.yaml\n")
    command = [sys.executable, "-m", "bookings_mock", "site", "--check", "empty.yaml"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)


def test_what_the_readme_shows_for_a_shell_finds_its_commands_as_pasted() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert len(blocks) > 5
    bare = re.compile(r"(?:^|[;&|(]\s*)(?:bookings-\w+|schemathesis|pytest|tox)\b.*", re.MULTILINE)
    assert [found for block in blocks for found in bare.findall(block)] == []


def test_the_main_command_installs_into_an_environment_of_its_own() -> None:
    assert re.match(r"python3 -m venv \.venv\b", _block("main"))
    assert _block("main").rstrip().endswith("/bookings-contract test")


def test_ci_runs_the_tests_by_the_readmes_own_command() -> None:
    assert "<!-- tests -->" in (README.parent / ".ci" / "run").read_text("utf-8")
    assert "tox" in _block("tests")


def test_a_taken_port_is_said_and_answered_with_exit_code_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "bookings_mock", "--port", port]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 2
    assert "--port" in refused.stderr
