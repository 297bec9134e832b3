"""Fifty rounds of fifty clients that want the same at once, over a socket: one of them has it."""

import subprocess
import sys
from pathlib import Path

import pytest

PLACE = Path(__file__).parents[2] / "benchmarks" / "races.py"
QUESTIONS = 6


@pytest.mark.skipif(not PLACE.exists(), reason="the benchmarks are not shipped")
def test_no_seat_is_lost_and_nobody_wins_twice():
    done = subprocess.run([sys.executable, str(PLACE)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("50 rounds of 50 clients")
    assert done.stdout.count("    50 as it should be, 0 not") == QUESTIONS
