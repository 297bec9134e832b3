"""Looks again where a run went badly: was it the target file, and not the implementation?

A run that judged nothing, or in which nothing could be booked, is explained by whatever may hinder
it; one that found something broken only by what no implementation is to blame for.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import httpx

from bookings_contract.doctor import written
from bookings_contract.doctor.asking import CREATE
from bookings_contract.doctor.check import Check
from bookings_contract.doctor.examine import culprits, examine
from bookings_contract.findings.bounds import FAREWELL
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.target.model import Target

# How many of the culprits are told: the doctor tells all.
SHOWN = 5


def before(target: Target) -> None:
    """Raises ConfigurationError for what is plainly wrong in the target file."""
    # Where controls are, the hour is another's; what is past there is seen by asking.
    now = datetime.now(UTC) if not target.ours else datetime.min.replace(tzinfo=UTC)
    if not _described_by_itself(target):
        _raise_for(culprits(written.checks(target, now), booked_nothing=False))


def after(
    report: Report,
    target: Target,
    transport: httpx.BaseTransport | None,
    deadline: float | None = None,
) -> None:
    """Raises ConfigurationError where the target file explains what came of a run.

    A run that has to be over by the deadline may take as long for it as for cleaning up.
    """
    nothing = report.verdict is Verdict.NOT_JUDGED or _booked_nothing(report)
    if _described_by_itself(target) or not (nothing or report.verdict is Verdict.BROKEN):
        return
    until = None if deadline is None else deadline + FAREWELL
    checks = examine(target, transport, thorough=False, deadline=until)
    _raise_for(culprits(checks, booked_nothing=nothing))


def _described_by_itself(target: Target) -> bool:
    """A mock that was asked says itself what is there."""
    return target.product is not None


def _booked_nothing(report: Report) -> bool:
    """Whether bookings were tried, and none was made."""
    statuses = [status for name, status in report.coverage.statuses if name == CREATE]
    return bool(statuses) and not any(200 <= status < 300 for status in statuses)


def _raise_for(culprits: Sequence[Check]) -> None:
    if culprits:
        told = [f"  {one.name}: {one.seen}\n    change {one.change}" for one in culprits[:SHOWN]]
        more = [f"  and {len(culprits) - SHOWN} more"] if culprits[SHOWN:] else []
        words = "\n".join(["The target can't be judged as it is configured:", *told, *more])
        raise ConfigurationError(words)
