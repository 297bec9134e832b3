"""For a program that starts the mock: it is told when that is ready, and the mock ends with it."""

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bookings_mock.files import FileError
from bookings_mock.version import VERSION


@contextlib.contextmanager
def told_ready(file: Path, url: str) -> Iterator[None]:
    """Have a file say where the mock listens, as JSON with `url`, `pid` and `version`, meanwhile.

    The file is there whole or not at all, so that whoever waits for it can read it at once, and is
    gone at the end unless another mock has written its own there. Raises FileError where it can't
    be written.
    """
    _tell_ready(file, url)
    told = file.stat().st_ino
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if file.stat().st_ino == told:
                file.unlink()


def _tell_ready(file: Path, url: str) -> None:
    told = {"url": url, "pid": os.getpid(), "version": VERSION}
    beside = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        beside.write_text(json.dumps(told) + "\n", encoding="utf-8")
        beside.replace(file)
    except OSError as problem:
        raise FileError(
            f"--ready-file {file}: {problem.strerror}: name a file in a folder"
        ) from None


def end_with_input(given: BinaryIO | None = None) -> None:
    """Ask this process to end, as a signal would, once its standard input does.

    A pipe ends with the program that holds its other end, however that program ends.
    """
    source = sys.stdin.buffer if given is None else given
    threading.Thread(target=_end_after, args=(source,), daemon=True).start()


def _end_after(source: BinaryIO) -> None:
    # What is written there means nothing; read past it, or the writer would be blocked one day.
    while source.read(65536):
        pass
    signal.raise_signal(signal.SIGTERM)
