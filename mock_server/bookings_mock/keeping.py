"""Keeps the worlds of a mock in a file: at the stop, and every so often before."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator
from functools import partial

from bookings_mock.files import FileError
from bookings_mock.mock import Mock
from bookings_mock.saved import state
from bookings_mock.serving import ENDING, Tick
from bookings_mock.state_file import StateFile


def saving(mock: Mock, file: StateFile) -> Tick:
    """Saves the mock each time that it is called."""
    return partial(_save_now_and_then, mock, file)


def save_at_the_end(mock: Mock, file: StateFile) -> int:
    """Save what is kept, with no signal to end us meanwhile; answers the exit code."""
    with _undisturbed():
        return 0 if _saved(mock, file) else 2


async def _save_now_and_then(mock: Mock, file: StateFile) -> None:
    """Save beside what is served: only the picture is taken at one moment."""
    taken = state(mock)
    try:
        await asyncio.to_thread(file.save, taken)
    except FileError as problem:
        _say(problem)


def _saved(mock: Mock, file: StateFile) -> bool:
    try:
        file.save(state(mock))
    except FileError as problem:
        _say(problem)
        return False
    return True


def _say(problem: FileError) -> None:
    print(f"bookings-mock: {problem.args[0]}", file=sys.stderr)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave no signal the chance to end us while the last state is written."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
