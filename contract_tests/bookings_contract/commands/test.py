"""`test`: judges a target, and reports what was found."""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bookings_contract.commands import Commands
from bookings_contract.commands.doctor import at_hand
from bookings_contract.embedded import embedded
from bookings_contract.findings import baseline
from bookings_contract.findings.bounds import GREETING
from bookings_contract.findings.rule_names import named
from bookings_contract.findings.runs import SUITES
from bookings_contract.findings.shards import Shard
from bookings_contract.findings.verdicts import LEVELS
from bookings_contract.report import cleanup_script, files, progress, terminal
from bookings_contract.report.console import Terminal
from bookings_contract.runner import inprocess, judge, limits, parts, processes
from bookings_contract.target.masking import discreetly
from bookings_contract.target.model import Target
from bookings_contract.target.reading import locate


def add(commands: Commands, epilog: str) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "test",
        help="judge a target",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.description = "Judges a target rule by rule and says which are kept and which broken."
    parser.add_argument(
        "url",
        nargs="?",
        metavar="URL",
        help="the target; without it and --target, an embedded mock",
    )
    parser.add_argument(
        "--target", type=Path, metavar="FILE", help="a target file (TOML); see the command target"
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="DIR",
        help="write report.html, report.json, report.sarif and junit.xml there, and each breach as "
        "curl and pytest",
    )
    parser.add_argument(
        "--rule", action="append", default=[], metavar="ID", help="judge this rule (repeatable)"
    )
    parser.add_argument(
        "--suite", action="append", default=[], choices=SUITES, help="run this suite (repeatable)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    parser.add_argument(
        "--max-time", type=float, metavar="S", help="judge no longer than S seconds"
    )
    parser.add_argument(
        "--level",
        choices=LEVELS,
        default="OBSERVED",
        help="count breaches of this level and above (default: OBSERVED, which is all)",
    )
    parser.add_argument(
        "--deep",
        action="store_true",
        help="fuzz each operation with all cases there are, not with its share of them",
    )
    _add_limits(parser)
    parser.set_defaults(run=_test)


def _add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--baseline", type=Path, metavar="FILE", help="known deviations (TOML), which do not count"
    )
    parser.add_argument(
        "--write-baseline", type=Path, metavar="FILE", help="write what is broken as a baseline"
    )
    parser.add_argument(
        "--fail-under", type=float, metavar="PCT", help="fail if fewer of the rules were judged"
    )
    parser.add_argument(
        "--shard", metavar="I/N", help="run the Ith of N parts; `merge` joins their reports"
    )
    parser.add_argument(
        "--jobs",
        default="auto",
        metavar="N",
        help="judge in N processes (default: auto, which is 2 for a mock and 1 for anyone else)",
    )


def _test(options: argparse.Namespace) -> int:
    today = datetime.now(UTC).date()
    rules, least = named(options.rule), limits.share(options.fail_under)
    known = baseline.read(options.baseline, today) if options.baseline else None
    shard = Shard.read(options.shard) if options.shard else Shard()
    kept: list[tuple[inprocess.RunOptions, inprocess.RunResult]] = []
    began = time.monotonic()
    console = Terminal()
    with (
        at_hand(options.url, options.target),
        _target(options) as (target, transport),
        discreetly(target),
        cleanup_script.offered(target, options.report),
    ):
        console.print(f"judging {target.title} · seed {options.seed}", soft_wrap=True, markup=False)
        with progress.watching(console, options.level, options.max_time, target) as watch:
            report = judge.judge(
                target,
                rules=rules,
                suites=options.suite,
                seed=options.seed,
                level=options.level,
                max_time=options.max_time if transport else _left(options.max_time, began),
                deep=options.deep,
                shard=shard,
                baseline=known,
                progress=watch,
                transport=transport,
                runner=processes.runner(options.jobs),
                keep=lambda *all: kept.append(all),
            )
    report = limits.held(report, least)
    terminal.show(report, console, options.report)
    if options.report:
        written = files.write(report, options.report, target)
        if shard:
            written += (parts.write(*kept[0], target, report.seconds, options.report),)
        console.print(f"written to {files.summary(written)}", soft_wrap=True, markup=False)
    if options.write_baseline:
        options.write_baseline.write_text(baseline.written(report, today), "utf-8")
    return report.exit_code


def _left(max_time: float | None, began: float) -> float | None:
    """What is left of the time that the whole run may take."""
    return None if max_time is None else max_time - (time.monotonic() - began)


@contextmanager
def _target(
    options: argparse.Namespace,
) -> Iterator[tuple[Target, httpx.BaseTransport | None]]:
    within = GREETING if options.max_time is None else min(GREETING, options.max_time)
    found = locate(options.url, options.target, within)
    if found is not None:
        yield found, None
    else:
        with embedded(seed=options.seed) as mock:
            yield mock
