"""Each breach as curl and as a test: they show it again, and pass where it is mended."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from attrs import evolve, frozen

from bookings_contract.embedded import embedded
from bookings_contract.findings.verdicts import Finding, Report
from bookings_contract.replay.carrying import Beside, Carried, Text
from bookings_contract.replay.script import Differs, Replay, replay
from bookings_contract.report import files
from bookings_contract.report.curl import as_curl
from bookings_contract.report.pytest import as_pytest
from bookings_contract.runner.judge import judge
from bookings_contract.target.model import Target
from bookings_mock import create_app

# One for each way in which a breach is claimed and seen: a refusal, a value, a header, a page that
# a cursor leads to, a stale revision, the calendar of the controls; then the code of a refusal, a
# list that shows and leaves out, repeated keys, taken seats, a walk through pages, the order of a
# list, one value, and a signature.
SIX = ("CONFIRM-1", "CANCEL-1", "SHAPE-4", "ATTENDANCE-10", "REVISION-3", "CONFIRM-3")
BREAKS = (
    *SIX,
    *("LOOKUP-2", "LIST-2", "LIST-4", "CONFIRM-6", "READER-2", "READER-4", "CREATE-12", "EVENT-3"),
)


@frozen
class Judged:
    """A report, its target and the folder where everything was written."""

    report: Report
    target: Target
    folder: Path

    def replay(self, rule: str) -> Replay:
        """The rule's replay."""
        return next(one for one in files.replayed(self.report, self.target) if one.id == rule)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("report")
    with embedded(breaks=BREAKS) as (target, transport):
        report = judge(target, rules=BREAKS, transport=transport)
    files.write(report, folder, target)
    return Judged(report, target, folder)


@contextmanager
def served(breaks: Sequence[str]) -> Iterator[str]:
    """A mock on a port of this machine."""
    config = uvicorn.Config(create_app(breaks=tuple(breaks)), port=0, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def pytest_says(folder: Path, url: str) -> str:
    """What pytest says of the tests that were written."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
        + ["--disable-plugin-autoload", "--rootdir", str(folder), str(folder)],
        # What Python compiles on the way is no part of a report.
        env={**os.environ, "BASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def test_every_broken_rule_has_a_script_and_a_test(judged: Judged) -> None:
    for rule in BREAKS:
        stem = f"test_{rule.lower().replace('-', '_')}.py"
        assert {file.name for file in (judged.folder / rule).iterdir()} == {"story.sh", stem}


def test_the_tests_fail_on_the_broken_server(judged: Judged) -> None:
    with served(BREAKS) as url:
        said = pytest_says(judged.folder, url)
    assert f"{len(BREAKS)} failed in" in said
    assert said.count("E       AssertionError") == len(BREAKS)


def test_the_tests_pass_on_a_server_that_keeps_the_rules(judged: Judged) -> None:
    with served(()) as url:
        assert f"{len(BREAKS)} passed in" in pytest_says(judged.folder, url)


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("sh"), reason="needs curl and sh")
@pytest.mark.parametrize("rule", SIX)
def test_the_scripts_tell_the_story_again(judged: Judged, rule: str) -> None:
    with served(BREAKS) as url:
        done = subprocess.run(
            ["sh", str(judged.folder / rule / "story.sh")],
            # What Python compiles on the way is no part of a report.
            env={**os.environ, "BASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    answered = [line for line in done.stdout.splitlines() if line.isdigit() and len(line) == 3]
    told = [str(exchange.status) for exchange in judged.replay(rule).finding.story]
    assert answered == told


def test_what_comes_from_an_answer_is_carried_and_never_repeated(judged: Judged) -> None:
    for rule in BREAKS:
        story = judged.replay(rule).finding.story
        made = {e.booking.id for e in story if e.booking and not e.reads}
        for file in (judged.folder / rule).iterdir():
            assert not [booking for booking in made if booking in file.read_text("utf-8")]


def test_a_revision_is_carried_and_a_stale_one_lies_beside_it(judged: Judged) -> None:
    bodies = [call.body for call in judged.replay("CONFIRM-1").calls[1:]]
    assert all(isinstance(body["revision"], Text) for body in bodies)
    stale = judged.replay("REVISION-3").calls[-1].body["revision"]
    assert isinstance(stale, Text)
    assert isinstance(stale.pieces[0], Beside | Carried)


def test_a_cursor_is_carried(judged: Judged) -> None:
    last = judged.replay("ATTENDANCE-10").calls[-1]
    assert isinstance(last.body["query"]["cursorPaging"]["cursor"], Text)


def test_tokens_of_others_are_asked_for_and_never_written_down(judged: Judged) -> None:
    callers = {n: evolve(c, token="top-secret") for n, c in judged.target.callers.items()}
    real = evolve(
        judged.target, control=None, callers=callers, headers={"wix-site-id": "top-secret"}
    )
    told = replay(judged.report["CONFIRM-1"], judged.report["CONFIRM-1"].findings[0], real)
    assert told is not None
    for text in (as_curl(told), as_pytest(told)):
        assert "top-secret" not in text
        assert "OWNER_TOKEN" in text
        assert "WIX_SITE_ID" in text


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("created, updated", False),
        ("updatedDate 2031, no later", True),
        # Whether two calls came within one moment says nothing of a field that is not there.
        ('"previousStartDate" is a required property', False),
    ],
)
def test_moments_are_compared_where_dates_are_spoken_of(
    words: str, kept: bool, judged: Judged
) -> None:
    finding = evolve(judged.report["SHAPE-4"].findings[0], actual=words, check=None)
    told = replay(judged.report["SHAPE-4"], finding, judged.target)
    assert told is not None
    assert isinstance(told.claim, Differs)
    assert told.claim.moments is kept


def test_hostile_words_stay_words_in_scripts_and_tests(judged: Judged, tmp_path: Path) -> None:
    words = '"""\'; touch boom; $(touch boom) `touch boom`\n\\\ntouch boom\n\x00\x1b\ud800'
    words += "\\" * 151 + "x" + '\\"' * 50
    first = judged.report["CONFIRM-1"].findings[0]
    odd = evolve(first, expected=words, actual=words, circumstance=words)
    story = [*first.story[:-1], evolve(first.story[-1], request_text=f'{{"revision": "{words}')]
    told = replay(judged.report["CONFIRM-1"], evolve(odd, story=tuple(story)), judged.target)
    assert told is not None
    compile(as_pytest(told).encode("utf-8", "backslashreplace"), "test", "exec")
    script = tmp_path / "story.sh"
    script.write_text(as_curl(told), "utf-8", errors="backslashreplace")
    with served(BREAKS) as url:
        subprocess.run(
            ["sh", str(script)],
            cwd=tmp_path,
            # What Python compiles on the way is no part of a report.
            env={**os.environ, "BASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert [file.name for file in tmp_path.iterdir()] == ["story.sh"]


def test_what_is_mended_is_cleared_away_and_nothing_else(judged: Judged, tmp_path: Path) -> None:
    files.write(judged.report, tmp_path, judged.target)
    (tmp_path / "CONFIRM-1" / "notes.txt").write_text("mine", "utf-8")
    files.write(evolve(judged.report, rules=()), tmp_path, judged.target)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("CONFIRM-1", "junit.xml", "report.html", "report.json", "report.sarif"),
    ]
    assert [path.name for path in (tmp_path / "CONFIRM-1").iterdir()] == ["notes.txt"]


def test_a_finding_without_a_story_is_no_replay(judged: Judged) -> None:
    bare = Finding("CONFIRM-1", "MUST", "refused", "accepted")
    assert replay(judged.report["CONFIRM-1"], bare, judged.target) is None
