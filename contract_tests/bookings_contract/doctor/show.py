"""An examination as people and scripts read it."""

import textwrap
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from bookings_contract.doctor.check import Check, Health, found

FORMAT = 1
STYLES = {Health.OK: "green", Health.WRONG: "bold red", Health.NOT_CHECKED: "yellow"}
HEAD, LABEL = 13, 10


def as_json(target: str, checks: Sequence[Check]) -> dict[str, Any]:
    """Every check as data."""
    return {
        "format": FORMAT,
        "target": target,
        "verdict": (Health.WRONG if found(checks) else Health.OK).value,
        "checks": [
            {
                "about": check.about,
                "verdict": check.health.value,
                "name": check.name,
                "seen": check.seen,
                "expected": check.expected,
                "change": check.change,
            }
            for check in checks
        ],
    }


def on(console: Console, target: str, checks: Sequence[Check]) -> None:
    """One line for each check, then what to change."""
    console.print(f"looking at {target}", soft_wrap=True, markup=False)
    width = max((len(check.about) for check in checks), default=0)
    for check in checks:
        told = check.name if check.health is Health.WRONG else check.seen
        head = (f"{check.health.words:<{HEAD}}", STYLES[check.health])
        console.print(Text.assemble(head, f"{check.about:<{width}}  {told}"), soft_wrap=True)
    for check in found(checks):
        console.print()
        _wrong(console, check)
    console.print()
    console.print(_summary(checks), soft_wrap=True)


def _wrong(console: Console, check: Check) -> None:
    head = Text.assemble((str(check.name), "bold"), f"  {check.about}")
    console.print(head, soft_wrap=True)
    for label in ("seen", "expected", "change"):
        lines = textwrap.wrap(getattr(check, label), 86, break_long_words=False) or [""]
        for number, line in enumerate(lines):
            mark = label if number == 0 else ""
            console.print(Text.assemble((f"  {mark:<{LABEL}}", "dim"), line), soft_wrap=True)


def _summary(checks: Sequence[Check]) -> Text:
    parts = []
    for health in (Health.WRONG, Health.OK, Health.NOT_CHECKED):
        number = sum(check.health is health for check in checks)
        if number or health is Health.WRONG:
            parts.append(Text(f"{number} {health.words}", STYLES[health] if number else "dim"))
    return Text(" · ").join(parts)
