"""What an installation holds, seen from outside the checkout."""

import json
import subprocess
import sys
from importlib.metadata import distribution, entry_points
from importlib.resources import files
from pathlib import Path

import pytest

from bookings_openapi import bundled

PACKAGES = ("bookings_openapi", "bookings_fixtures", "bookings_mock", "bookings_contract")


def _python(*arguments: str, where: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=120)


def test_importing_warns_of_nothing(tmp_path: Path) -> None:
    done = _python("-W", "error", "-c", f"import {', '.join(PACKAGES)}", where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_typed(package: str) -> None:
    assert (files(package) / "py.typed").is_file()


@pytest.mark.parametrize("command", ["bookings-mock", "bookings-contract"])
def test_the_commands_are_installed(command: str) -> None:
    assert command in {point.name for point in entry_points(group="console_scripts")}


def test_a_wheel_holds_what_its_yaml_files_say_and_a_checkout_does_not() -> None:
    origin = json.loads(distribution("bookings-contract").read_text("direct_url.json") or "{}")
    editable = origin.get("dir_info", {}).get("editable", False)
    assert bool(bundled.kept()) is not editable


@pytest.mark.parametrize("package", ["bookings_mock", "bookings_contract"])
def test_help_works_in_an_empty_folder_and_writes_nothing(package: str, tmp_path: Path) -> None:
    done = _python("-m", package, "--help", where=tmp_path)
    assert done.returncode == 0
    assert "examples" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_run_in_an_empty_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    done = _python("-m", "bookings_contract", "test", "--rule", "CONFIRM-1", where=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []
