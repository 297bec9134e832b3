"""How the command is started and stopped: it says what to write instead, and says goodbye."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import httpx
import pytest

from bookings_mock.__main__ import main
from bookings_mock.version import VERSION

PATIENCE = 60.0
READER = "/_api/bookings-reader/v2/extended-bookings/query"


# ── What can't be meant ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("option", "value", "advice"),
    [
        ("--port", "99999", "a number from 0 to 65535, such as 8080"),
        ("--port", "-1", "a number from 0 to 65535"),
        ("--port", "http", "a number from 0 to 65535"),
        ("--port", "8080.0", "a number from 0 to 65535"),
        ("--port", "9" * 5000, "a number from 0 to 65535"),
        ("--port", "\u0663", "a number from 0 to 65535"),
        ("--host", "", "a name or an address, such as 127.0.0.1 or ::1"),
        ("--host", "http://localhost", "a name or an address"),
        ("--rate-limit", "0", "1 or more: write such a number, or leave it out for no limit"),
        ("--rate-limit", "-5", "1 or more"),
        ("--rate-limit", "often", "1 or more"),
        ("--save-every", "0", "1 or more: write such a number, or leave it out for never"),
        ("--seed", "x", "write digits, such as 7"),
        ("--seed", "1.5", "write digits"),
        ("--grace", "-1", "write one above 0"),
        ("--grace", "nan", "write one above 0"),
        ("--head-timeout", "inf", "write one above 0"),
        ("--body-timeout", "soon", "write one above 0"),
        ("--idle-timeout", "0", "write one above 0"),
        ("--allow-origin", "localhost", "scheme, host and port, such as http://localhost:5173"),
        ("--allow-origin", "http://localhost/path", "scheme, host and port"),
        ("--allow-origin", "http://[", "scheme, host and port"),
        ("--allow-host", "", "a name or an address"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_with_what_to_write(capsys, option, value, advice):
    with pytest.raises(SystemExit) as ended:
        main([f"{option}={value}"])
    assert ended.value.code == 2
    # The lines of a usage error break where the terminal ends.
    said = " ".join(capsys.readouterr().err.split())
    assert f"argument {option}:" in said
    assert advice in said


@pytest.mark.parametrize(
    ("host", "advice"),
    [
        ("no-such-host.invalid", "knows no such host"),
        ("192.0.2.1", "no address of this machine"),
        ("a" * 70, "--host"),
    ],
)
def test_a_host_that_is_not_this_machine_is_named(capsys, host, advice):
    assert main(["--host", host, "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert advice in said
    assert "--host" in said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_that_is_taken_is_named(capsys, host):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["--host", host, "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"{host}:{port}" in said
    assert "another --port" in said


# ── Started, and stopped ──────────────────────────────────────────────────────────────────────────


class Started:
    """The command in a process of its own, which listens."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "bookings_mock", "--port", "0", *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        assert self.process.stdout
        self.welcome = self.process.stdout.readline()
        found = re.search(r"http://\S+", self.welcome)
        assert found, self.welcome
        self.url = found[0]

    def asked(self) -> int:
        # The machine's proxies are nobody's business here.
        with httpx.Client(trust_env=False) as client:
            return client.get(f"{self.url}/_mock/site").status_code

    def stopped_by(self, number: int) -> tuple[int, str, str]:
        """Its exit code and what it said, once it was sent this signal."""
        self.process.send_signal(number)
        said, complaints = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said, complaints


@pytest.fixture
def start() -> Iterator[Callable[..., Started]]:
    everyone: list[Started] = []

    def started(*arguments: str) -> Started:
        everyone.append(Started(*arguments))
        return everyone[-1]

    yield started
    for one in everyone:
        one.process.kill()
        one.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("keeps", [False, True], ids=["without a state", "with a state"])
def test_it_says_goodbye_with_and_without_a_state(start, tmp_path, number, keeps):
    file = tmp_path / "day.json"
    running = start(*(["--state", str(file)] if keeps else []))
    assert running.asked() == 200
    code, said, complaints = running.stopped_by(number)
    assert (code, complaints) == (0, "")
    assert said.splitlines()[-1] == "goodbye"
    assert file.exists() == keeps


def test_it_says_goodbye_and_saves_however_much_is_open(start, tmp_path):
    file = tmp_path / "day.json"
    running = start("--state", str(file), "--grace", "0.2", "--body-timeout", "600")
    assert running.asked() == 200
    address = ("127.0.0.1", int(running.url.rpartition(":")[2]))
    head = f"POST {READER} HTTP/1.1\r\nHost: localhost\r\nAuthorization: owner-token\r\n"
    body = 'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{"query":{}'
    with socket.create_connection(address) as half, socket.create_connection(address) as late:
        half.sendall((head + body).encode())
        late.sendall((f"{head}Prefer: delay=30\r\n{body}" + "}").encode())
        assert running.asked() == 200
        code, said, complaints = running.stopped_by(signal.SIGINT)
    assert (code, complaints) == (0, "")
    assert said.splitlines()[-1] == "goodbye"
    assert file.exists()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
@pytest.mark.parametrize("host", ["::1", "[::1]", "::"])
def test_an_ipv6_address_is_served_and_shown_in_brackets(start, host):
    running = start("--host", host)
    assert running.url.startswith("http://[::1]:")
    assert running.asked() == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost"])
def test_a_host_is_shown_as_it_can_be_asked(start, host):
    running = start("--host", host)
    assert running.asked() == 200


# ── Started by a program ──────────────────────────────────────────────────────────────────────────


def test_a_program_that_starts_it_is_told_where_it_listens(start, tmp_path):
    file = tmp_path / "ready.json"
    running = start("--ready-file", str(file))
    running.asked()  # The welcome comes first.
    told = json.loads(file.read_text("utf-8"))
    assert told == {"url": running.url, "pid": running.process.pid, "version": VERSION}
    assert [one.name for one in tmp_path.iterdir()] == ["ready.json"]
    assert running.stopped_by(signal.SIGTERM)[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_what_another_mock_says_of_itself_is_left_to_it(start, tmp_path):
    file = tmp_path / "ready.json"
    running = start("--ready-file", str(file))
    running.asked()
    other = tmp_path / "other.json"
    other.write_text("{}", "utf-8")
    other.replace(file)
    assert running.stopped_by(signal.SIGTERM)[0] == 0
    assert file.read_text("utf-8") == "{}"


def test_a_ready_file_that_cannot_be_written_is_refused_and_nothing_is_served(capsys, tmp_path):
    file = tmp_path / "nowhere" / "ready.json"
    assert main(["--port", "0", "--ready-file", str(file)]) == 2
    assert f"--ready-file {file}" in capsys.readouterr().err


@pytest.mark.parametrize("keeps", [False, True], ids=["without a state", "with a state"])
def test_it_ends_with_the_program_that_holds_its_input(start, tmp_path, keeps):
    file = tmp_path / "day.json"
    running = start("--end-with-input", *(["--state", str(file)] if keeps else []))
    running.process.stdin.write("words that mean nothing\n")
    running.process.stdin.flush()
    assert running.asked() == 200
    said, complaints = running.process.communicate(timeout=PATIENCE)  # closes its input
    assert (running.process.returncode, complaints) == (0, "")
    assert said.splitlines()[-1] == "goodbye"
    assert file.exists() == keeps


# ── Not heard ─────────────────────────────────────────────────────────────────────────────────────


def _unheard(*arguments: str, buffered: bool) -> tuple[int, str]:
    """The exit code and the complaints of a command whose output nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, *([] if buffered else ["-u"]), "-m", "bookings_mock", *arguments]
    try:
        done = subprocess.run(
            command,
            input="",
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(writing)
    return done.returncode, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows tells of no such end in this way")
@pytest.mark.parametrize("buffered", [True, False], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["--list-breaks"], ["site", "--template"]],
    ids=" ".join,
)
def test_whoever_has_read_enough_is_not_complained_to(arguments, buffered):
    assert _unheard(*arguments, buffered=buffered) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="Windows tells of no such end in this way")
@pytest.mark.parametrize("buffered", [True, False], ids=["buffered", "unbuffered"])
def test_a_mock_whose_welcome_nobody_reads_serves_all_the_same(tmp_path, buffered):
    file = tmp_path / "day.json"
    given = ["--port", "0", "--end-with-input", "--state", str(file)]
    assert _unheard(*given, buffered=buffered) == (0, "")
    assert file.exists()
