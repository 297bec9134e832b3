"""Shells complete the command: what they are told is run by those that are here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bookings_mock.__main__ import main
from bookings_mock.completion import SHELLS

ASK = """
source "$1"
COMP_WORDS=(bookings-mock $2) COMP_CWORD=$3 COMP_LINE="bookings-mock $2" COMP_POINT=${#COMP_LINE}
compopt() { :; }
_shtab_bookings_mock
printf '%s\\n' "${COMPREPLY[@]}"
"""


def _script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["--completion", shell])
    assert ended.value.code == 0
    return capsys.readouterr().out


def _completed(script: str, folder: Path, line: str, at: int) -> list[str]:
    file = folder / "completion"
    file.write_text(script, "utf-8")
    command = ["bash", "--norc", "-c", ASK, "ask", str(file), line, str(at)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=30)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.split()


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
def test_bash_completes_options_and_the_files_that_they_take(capsys, tmp_path):
    script = _script("bash", capsys)
    (tmp_path / "salon.yaml").touch()
    assert _completed(script, tmp_path, "--ready", 1) == ["--ready-file"]
    assert _completed(script, tmp_path, "--site sal", 2) == ["salon.yaml"]
    assert _completed(script, tmp_path, "--completion z", 2) == ["zsh"]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_is_told_of_every_option(shell, capsys):
    script = _script(shell, capsys)
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = re.findall(r"^  (?:-\w, )?--([\w-]+)", capsys.readouterr().out, re.MULTILINE)
    named = set(shown)
    assert len(named) > 20
    assert [one for one in named if one not in script] == []


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_shell_that_is_here_can_read_its_script(shell, capsys, tmp_path):
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} here")
    file = tmp_path / "completion"
    file.write_text(_script(shell, capsys), "utf-8")
    assert subprocess.run([shell, "-n", str(file)], timeout=30).returncode == 0


def test_a_shell_that_is_not_known_is_refused_with_those_that_are(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--completion", "ksh"])
    assert ended.value.code == 2
    assert "bash" in capsys.readouterr().err
