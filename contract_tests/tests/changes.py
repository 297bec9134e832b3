"""What a change is made of, as git tells it: which lines of which files, and what they say.

A change is all that differs from the commit that it began with, committed or not: from the one
that BOOKINGS_SINCE names, else from where it left the remote's main, else from the last commit.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

MAINS = ("origin/HEAD", "origin/main", "origin/master")
SECONDS = 20

_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")


class Untold(Exception):
    """Why git can't tell what has changed."""


@frozen
class Changed:
    """What has changed of one file: the numbers of its lines as they are now, and all words.

    Where lines went away, those around the gap are counted; the words are of old and new lines.
    """

    lines: frozenset[int]
    words: str


@frozen
class Change:
    """What has changed since a commit, by path within the root."""

    since: str
    files: Mapping[str, Changed] = field(factory=dict)


def change(root: Path, since: str | None = None) -> Change:
    """What has changed in this folder; raises Untold with the reason where git can't tell."""
    begun = _begun(root, since or os.environ.get("BOOKINGS_SINCE"))
    told = _git(root, "diff", "--unified=0", "--no-color", "--no-ext-diff", "--relative",
                "--no-renames", "--src-prefix=a/", "--dst-prefix=b/", begun, "--")  # fmt: skip
    added = _git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    files = {**_hunks(told), **{name: _whole(root / name) for name in added if name}}
    return Change(begun[:12], files)


def _begun(root: Path, named: str | None) -> str:
    if named:
        return _commit(root, named, f"BOOKINGS_SINCE names {named}, which is no commit here")
    if _git(root, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise Untold("the repository is shallow: BOOKINGS_SINCE may name a commit that is there")
    head = _commit(root, "HEAD", "there is no commit yet")
    left = _left_main(root)
    # Who stands on the remote's main itself has changed what the last commit did.
    return left if left and left != head else _commit(root, "HEAD~1", "the commit has no parent")


def _left_main(root: Path) -> str | None:
    for main in MAINS:
        try:
            return _git(root, "merge-base", "HEAD", main).strip()
        except Untold:
            continue
    return None


def _commit(root: Path, name: str, otherwise: str) -> str:
    try:
        return _git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").strip()
    except Untold as untold:
        raise Untold(str(untold) or otherwise) from None


def _git(root: Path, *arguments: str) -> str:
    # A hook of git tells its children which repository it works on; this is about the root's.
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "-C", str(root), "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, env=clean, check=False, timeout=SECONDS, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Untold(f"git can't be asked ({type(error).__name__})") from None
    if done.returncode:
        raise Untold(done.stderr.strip().partition("\n")[0])
    return done.stdout


def _hunks(told: str) -> dict[str, Changed]:
    """A diff without context, by file."""
    files: dict[str, Changed] = {}
    for part in re.split(r"(?m)^diff --git ", told)[1:]:
        head, *hunks = re.split(r"(?m)^(?=@@ )", part)
        # A file that is gone has its name on the old side only, a binary one on neither.
        name = re.search(r"(?m)^\+\+\+ b/(.*?)\t?$", head) or re.search(
            r"(?m)^--- a/(.*?)\t?$", head
        )
        if name is None:
            continue
        numbers = {number for hunk in hunks for number in _numbers(hunk)}
        words = "\n".join(hunk.partition("\n")[2] for hunk in hunks)
        files[name[1]] = Changed(frozenset(numbers), words)
    return files


def _numbers(hunk: str) -> range:
    found = _HUNK.match(hunk)
    assert found is not None
    first, count = int(found[1]), int(found[2] or 1)
    return range(first, first + count) if count else range(first, first + 2)


def _whole(path: Path) -> Changed:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return Changed(frozenset(), "")
    return Changed(frozenset(range(1, text.count("\n") + 2)), text)
