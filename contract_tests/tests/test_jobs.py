"""Several processes: the same verdicts as one, an end when it is asked for, and no silent death."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from bookings_contract.embedded import embedded
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.verdicts import Outcome
from bookings_contract.runner import processes
from bookings_contract.runner.inprocess import RunOptions
from bookings_contract.runner.judge import judged
from bookings_contract.runner.processes import apart, how_many, together
from bookings_contract.target.model import Service, Target

RULES = ("CONFIRM-1", "CANCEL-5", "SHAPE-4", "RECEIVER-1")


def mock() -> Target:
    return Target("http://mock.test", control="http://mock.test/_mock")


def test_two_processes_say_what_one_says_and_are_watched() -> None:
    heard: list[object] = []

    class Watcher:
        def collected(self, tests: Mapping[str, int]) -> None:
            heard.append(dict(tests))

        def judged(self, outcome: Outcome) -> None:
            heard.append(outcome.suite)

    asked = RunOptions(rules=RULES, seed=7)
    with embedded(seed=7) as (target, way):
        one, alone = judged(target, asked, transport=way)
        two, split = judged(target, asked, Watcher(), way, together(2))
    for rule in one.rules:
        same = two[rule.id]
        assert (same.verdict, same.reason, same.reading) == (
            *(rule.verdict, rule.reason, rule.reading),
        )
    assert two.coverage == one.coverage
    assert [outcome.test for outcome in split.outcomes] == [o.test for o in alone.outcomes]
    tests, *suites = heard
    assert tests == {suite: suites.count(suite) for suite in ("rules", "lifecycle")}
    assert len(suites) == len(alone.outcomes)


def test_what_goes_wrong_in_a_process_goes_wrong_here() -> None:
    with pytest.raises(RuntimeError, match=r"in a process of the judge: .*could not run"):
        together(2)(mock(), RunOptions(suites=("nonsense",)), None, None)


def test_a_process_that_dies_is_the_harness_own_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_work", _die)
    with pytest.raises(RuntimeError, match="ended before its tests did"):
        together(2)(mock(), RunOptions(), None, None)


def _die(*_: object) -> None:
    os._exit(7)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_ctrl_c_ends_the_processes_too() -> None:
    command = [sys.executable, "-u", "-m", "bookings_contract", "test", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        # Whoever runs these tests in the background has it ignored, and passes that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline().startswith("judging")
        _until_two_are_begun(run)
        run.send_signal(signal.SIGINT)
        try:
            # Whoever is still alive holds these pipes open.
            _, told = run.communicate(timeout=60)
        finally:
            run.kill()
    assert run.returncode == 130
    assert "Traceback" not in told


def _until_two_are_begun(run: subprocess.Popen[str]) -> None:
    """Waits for processes of the judge, beside the one that watches what they share."""
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    while run.poll() is None and children.exists():
        if len(children.read_text().split()) >= 3:
            return


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (RunOptions(), 2),
        (RunOptions(suites=("rules",)), 2),
        (RunOptions(rules=("CONFIRM-1",)), 1),
        (RunOptions(suites=("lifecycle",)), 1),
        (RunOptions(max_time=3.0), 1),
        (RunOptions(max_time=60.0), 2),
    ],
)
def test_two_are_used_where_they_help(
    monkeypatch: pytest.MonkeyPatch, asked: RunOptions, number: int
) -> None:
    monkeypatch.setattr(processes, "_processors", lambda: 8)
    assert how_many("auto", mock(), asked) == number
    monkeypatch.setattr(processes, "_processors", lambda: 1)
    assert how_many("auto", mock(), asked) == 1


def test_a_target_that_others_use_is_asked_by_one_unless_more_are_wished() -> None:
    guest = Target("http://target.test")
    assert how_many("auto", guest, RunOptions()) == 1
    assert how_many("3", guest, RunOptions()) == 3


@pytest.mark.parametrize("words", ["0", "-1", "many", "1.5", ""])
def test_what_is_no_number_of_processes_is_a_mistake_of_usage(words: str) -> None:
    with pytest.raises(ConfigurationError, match="try --jobs 2"):
        how_many(words, mock(), RunOptions())


def test_two_processes_never_book_the_same_place_of_a_guest() -> None:
    slots = {"start": "2030-01-01T09:00:00Z", "step": 30, "count": 5}
    haircut = Service("haircut", "appointment", "1", slots=slots)
    yoga = Service("yoga", "class", "2", sessions=[{"id": str(n)} for n in range(5)])
    guest = Target("http://target.test", services={"haircut": haircut, "yoga": yoga})
    parts = [apart(guest, nth, 2).services for nth in range(2)]
    sessions = [session.id for part in parts for session in part["yoga"].sessions]
    assert sorted(sessions) == [session.id for session in yoga.sessions]
    starts = [start for part in parts for start in _slots(part["haircut"])]
    assert sorted(starts) == list(_slots(haircut))
    assert {part["haircut"].length for part in parts} == {30}
    assert apart(mock(), 0, 2) == mock()


def _slots(service: Service) -> tuple[datetime, ...]:
    assert service.slots is not None
    return service.slots.starts()
