"""The command as users type it, in a process of its own: output and exit codes."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest


def run(*arguments: str, code: str | None = None) -> subprocess.CompletedProcess[str]:
    way = ["-c", code] if code else ["-m", "bookings_contract"]
    return subprocess.run(
        [sys.executable, *way, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60,
        check=False,
    )


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """A mock in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "bookings_mock", "--port", str(port), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                httpx.get(f"{url}/_mock/site")
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)


class Stranger(BaseHTTPRequestHandler):
    """Somebody who is no mock of ours."""

    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_0_the_embedded_mock_keeps_what_is_judged() -> None:
    done = run("test", "--rule", "CONFIRM-1", "--seed", "7")
    assert done.returncode == 0, done.stdout + done.stderr
    first, *_, last = done.stdout.splitlines()
    assert first.startswith("judging ")
    assert first.endswith(" · seed 7")
    assert last.startswith("0 broken · 1 kept")


def test_1_a_running_mock_that_breaks_a_rule_is_recognised_and_broken(tmp_path: Path) -> None:
    with served("--break", "CONFIRM-1") as url:
        done = run("test", url, "--rule", "CONFIRM-1", "--report", str(tmp_path))
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"judging {url} (bookings-mock " in done.stdout
    assert "CONFIRM-1  broken  MUST  confirmBooking" in done.stdout
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["verdict"] == "broken"


def test_1_does_not_count_below_the_chosen_level() -> None:
    with served("--break", "SHAPE-4") as url:
        assert run("test", url, "--rule", "SHAPE-4", "--rule", "CONFIRM-1").returncode == 1
        done = run("test", url, "--rule", "SHAPE-4", "--rule", "CONFIRM-1", "--level", "MUST")
    assert done.returncode == 0
    assert "not counted SHAPE-4  OBSERVED" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["test", "http://127.0.0.1:9"], "Nothing answers at http://127.0.0.1:9"),
        (["test", "--rule", "CONFRIM-1"], "Did you mean CONFIRM-1"),
        (["test", "--target", "none.toml"], "none.toml can't be read"),
        (["test", "--level", "SHOULD"], "invalid choice"),
        (["explain", "CONFIRM"], "There is no rule CONFIRM."),
        ([], "required"),
    ],
)
def test_2_what_cannot_be_judged_says_what_to_do(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_2_a_target_that_is_no_mock_needs_a_target_file(stranger: str) -> None:
    done = run("test", stranger)
    assert done.returncode == 2
    assert "pass it with --target FILE" in done.stderr


def test_2_nothing_judged() -> None:
    done = run("test", "--rule", "RECEIVER-1")
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1].startswith("nothing judged · 1 not judged")


def test_3_the_harness_own_fault_in_a_test() -> None:
    done = run(
        "test",
        "--rule",
        "CONFIRM-1",
        code="import sys\n"
        "from bookings_contract import __main__\n"
        "from bookings_contract.testkit import given\n"
        "given.Given.booking = lambda *_, **__: 1 / 0\n"
        "sys.exit(__main__.main(sys.argv[1:]))",
    )
    assert done.returncode == 3
    assert "error       CONFIRM-1" in done.stdout
    assert "ZeroDivisionError" in done.stdout


def test_3_the_harness_own_fault_anywhere_else() -> None:
    done = run(
        "test",
        code="import sys\n"
        "from bookings_contract import __main__\n"
        "from bookings_contract.runner import judge\n"
        "judge.judge = lambda *_, **__: 1 / 0\n"
        "sys.exit(__main__.main(sys.argv[1:]))",
    )
    assert done.returncode == 3
    assert "this is the harness's own fault" in done.stderr


def test_the_rule_book_is_listed_as_data() -> None:
    rows = json.loads(run("rules", "--json").stdout)
    row = next(row for row in rows if row["id"] == "CONFIRM-1")
    assert list(row) == [
        *("id", "level", "text", "source", "operations", "answer", "readings", "default", "needs"),
        *("obeyed", "judged", "miniatures", "note"),
    ]
    assert (row["level"], row["judged"], row["obeyed"]) == ("MUST", True, True)


def test_the_rule_book_is_listed_as_a_table() -> None:
    lines = run("rules").stdout.splitlines()
    assert any(line.startswith("CONFIRM-1         MUST      A booking can be") for line in lines)


def test_a_rule_is_explained_with_its_source_its_readings_and_how_to_break_it() -> None:
    text = run("explain", "cancel-5").stdout
    assert text.startswith("CANCEL-5  EITHER  cancelBooking\n")
    assert "  reading A   The call is refused. (the mock's default)\n" in text
    assert "bookings-mock --break CANCEL-5" in text
    assert "  source      typings of @wix/bookings, Application errors\n" in text


def test_help_shows_examples_and_exit_codes() -> None:
    text = run("--help").stdout
    assert "bookings-contract test http://127.0.0.1:8080" in text
    assert "exit codes:" in text


@pytest.mark.skipif(os.name == "nt", reason="Windows tells of no such end in this way")
@pytest.mark.parametrize("buffered", [True, False], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("arguments", [["--help"], ["test", "--help"], ["--version"], ["rules"]])
def test_whoever_has_read_enough_is_not_complained_to(arguments: list[str], buffered: bool) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    way = [sys.executable, *([] if buffered else ["-u"]), "-m", "bookings_contract"]
    try:
        done = subprocess.run(
            [*way, *arguments],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            env={**env, "PYTHONPATH": os.pathsep.join(sys.path)},
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
