"""The file that a mock keeps its state in: checked at the start, held, and replaced as a whole."""

import contextlib
import json
import os
import stat
import tempfile
import threading
from collections.abc import Mapping
from glob import escape
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from bookings_mock.files import FileError, no_file

_DRAFT = ".part"


class StateFile:
    """A file that this mock alone keeps its state in, until its `with` ends.

    A link stays one: what it leads to is replaced. Raises FileError where nothing could be kept, so
    that it is said before anything is done that would be lost.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._saving = threading.Lock()
        try:
            self._target = path.resolve()
            self._require_place()
            self._draft(b"").unlink()
            self._held = FileLock(self._lock())
            self._hold()
            self._clear_drafts()
        except (OSError, RuntimeError) as error:
            raise FileError(f"{path}: no state can be kept there: {_said(error)}") from None

    @property
    def exists(self) -> bool:
        """Whether there is a state to go on from."""
        return self._target.exists()

    def save(self, state: Mapping[str, Any]) -> None:
        """Put a state in the place of the one before, or leave that one; raises FileError."""
        with self._saving:
            try:
                draft = self._draft(_encoded(state))
                self._take_place(draft)
            except (OSError, TypeError, ValueError, RecursionError) as error:
                raise FileError(f"{self.path}: can't be written: {_said(error)}") from None

    def __enter__(self) -> "StateFile":
        return self

    def __exit__(self, *error: object) -> None:
        """Let others have the file."""
        self._held.release()

    def _require_place(self) -> None:
        folder = self._target.parent
        if not folder.is_dir():
            raise FileError(f"{self.path}: there is no folder {folder}: make it first")
        if not self._target.exists():
            return
        kind = no_file(self._target.stat().st_mode)
        if kind:
            raise FileError(f"{self.path}: is {kind}: --state takes a file, or a name for one")
        if not os.access(self._target, os.W_OK):
            raise FileError(f"{self.path}: is not writable, and would be replaced at the stop")

    def _lock(self) -> Path:
        """The file that is locked: what lies in its place is opened only if it can be no other."""
        place = self._target.with_name(f"{self._target.name}.lock")
        with contextlib.suppress(FileNotFoundError):
            kind = no_file(place.lstat().st_mode)
            if kind:
                raise FileError(
                    f"{self.path}: {place} is {kind}: remove it, a mock locks that file"
                )
        return place

    def _hold(self) -> None:
        try:
            self._held.acquire(timeout=0)
        except Timeout:
            reason = "another mock keeps its state there: stop it, or name another file"
            raise FileError(f"{self.path}: {reason}") from None

    def _clear_drafts(self) -> None:
        """What a mock that was killed while it wrote has left behind is nobody's any more."""
        for left in self._target.parent.glob(f"{escape(self._prefix)}*{_DRAFT}"):
            left.unlink(missing_ok=True)

    @property
    def _prefix(self) -> str:
        return f".{self._target.name}."

    def _draft(self, text: bytes) -> Path:
        """The text in a file of its own beside the target, safe on the disk."""
        number, name = tempfile.mkstemp(_DRAFT, self._prefix, self._target.parent)
        try:
            with os.fdopen(number, "wb") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return Path(name)

    def _take_place(self, draft: Path) -> None:
        try:
            if self._target.exists():
                # A new file is its owner's alone: it holds tokens, and what customers wrote.
                draft.chmod(stat.S_IMODE(self._target.stat().st_mode))
            draft.replace(self._target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync_folder(self._target.parent)


def _encoded(state: Mapping[str, Any]) -> bytes:
    return json.dumps(state, separators=(",", ":")).encode()


def _sync_folder(folder: Path) -> None:
    """Have the folder itself remember its new entry, where a system can be asked for that."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _said(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
