"""Whatever a server says stays words: nothing of it is run, drawn, or taken for a line of ours."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

import httpx
import pytest
from attrs import evolve

from bookings_contract.__main__ import main
from bookings_contract.embedded import embedded
from bookings_contract.findings.sanitise import STEERING, escaped, line, plain
from bookings_contract.findings.verdicts import Report
from bookings_contract.replay.carrying import Beside, Carried, Text
from bookings_contract.replay.script import Replay, replay
from bookings_contract.report.curl import as_curl
from bookings_contract.report.pytest import as_pytest
from bookings_contract.runner.judge import judge
from bookings_contract.target.model import Target
from bookings_contract.target.writing import as_toml

from .spoilt import Answering, guest, only, served

Said = pytest.CaptureFixture[str]
SHELLS = [shell for shell in ("sh", "bash", "dash") if shutil.which(shell)]

# Each makes a file where it is run: as a command, in an expansion, in arithmetic, in Python.
BOOM = [
    "$(touch boom)",
    "`touch boom`",
    "'; touch boom; '",
    '"; touch boom; "',
    "\n touch boom\n",
    "\\\n'\\'; touch boom #",
    "\ue000$(touch boom)\ue001",
    "\ue001\ue000`touch boom`\ue000\ue001",
    "${x:-$(touch boom)}",
    "a[$(touch boom)]",
    "END_OF_BODY\ntouch boom\n",
    "%s %n \\0101 -n",
    "{open('boom', 'w')}",
    '""" + open("boom", "w") + """',
    "\x00\x1b]0;boom\x07\u202e\u2028\ud800",
]


@pytest.fixture(scope="module")
def judged() -> Iterator[tuple[Report, Target]]:
    with embedded(breaks=["CONFIRM-1"]) as (target, transport):
        yield judge(target, rules=["CONFIRM-1"], transport=transport), target


def told_with(report: Report, target: Target, words: str) -> Replay:
    """The story with such words in every place that anybody else fills."""
    rule = report["CONFIRM-1"]
    finding = evolve(rule.findings[0], expected=words, actual=words, circumstance=words)
    told = replay(rule, finding, target)
    assert told is not None
    carried = Carried("booking_id", 1, ("booking", "id"))
    body = Text((words, carried, words, Beside(Carried("revision", 1, ("booking", "revision")), 1)))
    first, *others = told.calls
    calls = [
        evolve(first, body={words: [words, {"deeper": body}]}, summary=words, caller=words),
        *(evolve(call, body=body, is_json=False, headers={"x-odd": words}) for call in others),
        evolve(first, body=words.encode("utf-8", "surrogatepass"), is_json=False),
    ]
    tokens = {**told.tokens, words: words, "owner": words}
    odd = {1: (*told.carried.get(1, ()), carried, Carried("revision", 1, (words, 0)))}
    return evolve(told, calls=tuple(calls), tokens=tokens, headers=(words,), carried=odd)


@pytest.mark.parametrize("words", BOOM)
@pytest.mark.parametrize("shell", SHELLS)
def test_no_script_runs_what_a_server_said(
    judged: tuple[Report, Target], words: str, shell: str, tmp_path: Path
) -> None:
    script = tmp_path / "story.sh"
    script.write_text(as_curl(told_with(*judged, words)), "utf-8", errors="backslashreplace")
    assert not STEERING.search(script.read_text("utf-8"))
    # A curl that answers with the words where a booking's id and revision are looked for.
    answer = json.dumps({"booking": {"id": words, "revision": words}})
    (tmp_path / "answer").write_text(f"{answer}\n200")
    (tmp_path / "curl").write_text(f"#!/bin/sh\ncat >/dev/null\ncat {tmp_path}/answer\n")
    (tmp_path / "curl").chmod(0o755)
    (tmp_path / "here").mkdir()
    names = [line.split("{")[1].split(":-")[0] for line in script.read_text("utf-8").splitlines()
             if line.startswith('[ -n "${')]  # fmt: skip
    done = subprocess.run(
        [shell, str(script)],
        cwd=tmp_path / "here",
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", **dict.fromkeys(names, "x")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert list((tmp_path / "here").iterdir()) == []
    assert b"syntax error" not in done.stderr.lower()
    assert b"\x1b" not in done.stdout + done.stderr


def test_a_carried_number_that_is_none_ends_the_script(
    judged: tuple[Report, Target], tmp_path: Path
) -> None:
    """Shells carry out what they are to count with."""
    revision = Carried("revision", 1, ("booking", "revision"))
    told = told_with(*judged, "plain")
    step = evolve(told.calls[0], body={"revision": Text((Beside(revision, 1),))}, caller=None)
    assert '"$(beside "$revision" 1)"' in as_curl(evolve(told, calls=(step,)))


@pytest.mark.parametrize("words", BOOM)
def test_no_test_runs_what_a_server_said(
    judged: tuple[Report, Target], words: str, tmp_path: Path
) -> None:
    told = told_with(*judged, words)
    source = as_pytest(told).encode("utf-8", "backslashreplace")
    file = tmp_path / "test_story.py"
    file.write_bytes(source)
    done = subprocess.run(
        [sys.executable, "-c", f"import runpy; runpy.run_path({str(file)!r})"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"} | dict.fromkeys(_asked(told), "x"),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert [found.name for found in tmp_path.iterdir()] == ["test_story.py"]


def _asked(told: Replay) -> list[str]:
    from bookings_contract.report.naming import variable

    return [variable(name) for name in told.headers]


# What is shown

FORGED = "CONFIRM-1  kept by all means"
WORDS = (
    f"seen\x1b[2K\x1b]0;title\x07\r\n{FORGED}\n\u202eevil\u2066\x9b31m\u2028{FORGED}\u200f\ud800"
)


def test_what_steers_is_replaced_and_nothing_else() -> None:
    assert plain("a\tb\nc → é 🜁 שלום") == "a\tb\nc → é 🜁 שלום"
    assert not STEERING.search(plain(WORDS))
    assert "\n" not in line(WORDS)
    assert json.loads(escaped(json.dumps(WORDS, ensure_ascii=False))) == WORDS
    assert not STEERING.search(escaped(json.dumps(WORDS, ensure_ascii=False)))


def saying(own: httpx.BaseTransport) -> Answering:
    """A server that says such words wherever there is room for any."""

    def answering(request: httpx.Request) -> httpx.Response:
        answer = own.handle_request(request)
        body = json.loads(answer.read())
        if answer.status_code >= 400:
            body = {"message": WORDS, "details": {"applicationError": {"code": WORDS}}}
        elif "booking" in body:
            body["booking"] |= {"status": WORDS, "contactDetails": {WORDS: WORDS}}
        kept = {k: v for k, v in answer.headers.items() if k != "content-length"}
        sent = json.dumps(body).encode()
        return httpx.Response(answer.status_code, headers=kept, content=sent)

    return answering


@pytest.fixture(scope="module")
def speaker() -> Iterator[tuple[str, Target]]:
    with embedded(breaks=["CONFIRM-1"]) as (target, own), served(saying(own)) as url:
        yield url, evolve(only(guest(target), "yoga"), url=url)


@pytest.fixture
def written(speaker: tuple[str, Target], tmp_path: Path) -> Path:
    file = tmp_path / "target.toml"
    file.write_text(as_toml(speaker[1]), "utf-8")
    return file


def test_nothing_of_it_is_drawn_on_a_terminal_or_in_a_report(
    written: Path, tmp_path: Path, capsys: Said
) -> None:
    report = tmp_path / "report"
    asked = ["--rule", "CONFIRM-1", "--rule", "SHAPE-1", "--rule", "CONFIRM-3"]
    arguments = ["test", "--target", str(written), *asked, "--report", str(report)]
    assert main([*arguments, "--write-baseline", str(tmp_path / "baseline.toml")]) in (1, 2)
    main(["doctor", "--target", str(written)])
    main(["doctor", "--json", "--target", str(written)])
    main(["diff", str(report), str(report)])
    for text in (*capsys.readouterr(), *(f.read_text("utf-8") for f in _texts(tmp_path))):
        assert not STEERING.search(text)
        # A line break is no more than a space in a page.
        assert f"\n{FORGED}" not in text or text.startswith("<!doctype html>")
    Xml.parse(report / "junit.xml")
    for file in ("report.json", "report.sarif"):
        assert json.loads((report / file).read_text("utf-8"))


def _texts(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())


ENCODINGS = ["ascii", "cp1252", "cp932", "iso8859-2"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("command", ["test", "doctor"])
def test_any_output_takes_what_a_server_says(written: Path, encoding: str, command: str) -> None:
    more = ["--rule", "CONFIRM-1", "--rule", "SHAPE-1"] if command == "test" else []
    done = told_to(encoding, command, "--target", str(written), *more)
    assert done.returncode in (0, 1, 2), done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_target_file_is_in_utf_8_whatever_the_output_is_in(encoding: str, tmp_path: Path) -> None:
    done = told_to(encoding, "target", "--template")
    assert done.stdout.decode("utf-8").startswith("# A target file")
    assert "…" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("command", [["rules"], ["rules", "--json"], ["explain", "CONFIRM-1"]])
def test_the_rule_book_can_be_shown_on_any_output(command: list[str]) -> None:
    done = told_to("ascii", *command)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


def told_to(encoding: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bookings_contract", *arguments],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        timeout=120,
        check=False,
    )


FALSE_NAMES: list[Callable[[str], dict[str, object]]] = [
    lambda words: {"version": words},
    lambda words: {"callers": {words: {}}},
    lambda words: {"target": {"paths": words}},
    lambda words: {"callers": {"owner": {"token": "t", "kind": words}}},
]


@pytest.mark.parametrize("more", FALSE_NAMES)
def test_a_false_description_is_told_on_one_line(
    more: Callable[[str], dict[str, object]], capsys: Said
) -> None:
    site = {"product": "bookings-mock", "target": {}, "callers": {"owner": {"token": "t"}}}
    answer = httpx.Response(200, content=json.dumps({**site, **more(WORDS)}))
    with served(lambda _: answer) as url:
        assert main(["test", url, "--rule", "CONFIRM-1", "--jobs", "1"]) == 2
    for text in capsys.readouterr():
        assert not STEERING.search(text)
        assert f"\n{FORGED}" not in text
