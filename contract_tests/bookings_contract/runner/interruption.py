"""How a command is ended from outside: SIGTERM and a hangup end it as Ctrl-C does, tidily."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from attrs import define

# What asks a process to end that is used to end at once.
ASKING = [
    getattr(signal, name)
    for name in ("SIGTERM", "SIGHUP")
    if hasattr(signal, name) and sys.platform != "win32"
]
BY_CTRL_C = 130


@define
class Ending:
    """Which signal ended the command, if one did."""

    signal: int | None = None

    @property
    def code(self) -> int:
        """How a command exits that was ended so."""
        return BY_CTRL_C if self.signal is None else 128 + self.signal


@contextmanager
def interruptible() -> Iterator[Ending]:
    """In here a process that is asked to end is interrupted, so that it cleans up first."""
    ending = Ending()
    if threading.current_thread() is not threading.main_thread():
        yield ending
        return

    def interrupt(number: int, _: FrameType | None) -> None:
        ending.signal = number
        raise KeyboardInterrupt

    usual = {one: signal.signal(one, interrupt) for one in ASKING}
    try:
        yield ending
    finally:
        for one, before in usual.items():
            signal.signal(one, before)
