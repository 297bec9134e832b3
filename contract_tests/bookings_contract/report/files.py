"""Writes everything that `--report DIR` promises."""

from collections.abc import Sequence
from pathlib import Path

import bookings_openapi
from bookings_contract.findings.verdicts import Report
from bookings_contract.replay.script import Replay, firmest
from bookings_contract.report import html, json, junit, sarif
from bookings_contract.report.curl import as_curl
from bookings_contract.report.pytest import as_pytest, file_name
from bookings_contract.target.model import Target

STORY = "story.sh"


def write(report: Report, folder: Path, target: Target) -> tuple[Path, ...]:
    """Writes the report for machines and for people, and each breach so that it can be tried."""
    folder.mkdir(parents=True, exist_ok=True)
    replays = replayed(report, target)
    return (
        json.write(report, folder),
        _written(folder / junit.FILE, junit.text(report)),
        _written(folder / html.FILE, html.text(report, replays)),
        _written(folder / sarif.FILE, sarif.text(report)),
        *_stories(replays, folder),
    )


def summary(written: Sequence[Path]) -> str:
    """What was written, in a line."""
    stories = sum(file.name == STORY for file in written)
    told = f", and {stories} {'story' if stories == 1 else 'stories'}" if stories else ""
    named = [file.name for file in written if file.parent == written[0].parent]
    return f"{written[0].parent}: {', '.join(named)}{told}"


def replayed(report: Report, target: Target) -> tuple[Replay, ...]:
    """A finding of each rule that has some, ready to be tried again."""
    found = [firmest(rule, target) for rule in report.rules if rule.findings]
    return tuple(one for one in found if one is not None)


def _stories(replays: Sequence[Replay], folder: Path) -> list[Path]:
    _clear(folder, {one.id for one in replays})
    written = []
    for one in replays:
        (folder / one.id).mkdir(exist_ok=True)
        script = _written(folder / one.id / STORY, as_curl(one))
        script.chmod(0o755)
        written += [script, _written(folder / one.id / file_name(one.id), as_pytest(one))]
    return written


def _clear(folder: Path, told: set[str]) -> None:
    """Takes away what an earlier report told of rules that are no longer broken."""
    for rule in bookings_openapi.rules().keys() - told:
        for name in (STORY, file_name(rule)):
            (folder / rule / name).unlink(missing_ok=True)
        if (folder / rule).is_dir() and not any((folder / rule).iterdir()):
            (folder / rule).rmdir()


def _written(file: Path, text: str) -> Path:
    # What a target answered may hold half a character, which no encoding has.
    file.write_text(text, "utf-8", errors="backslashreplace", newline="\n")
    return file
