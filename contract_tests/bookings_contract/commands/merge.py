"""`merge`: joins the reports of a run's shards into the report of the whole run."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from bookings_contract.commands import Commands
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.shards import Shard, joined
from bookings_contract.findings.verdicts import Report
from bookings_contract.report import files, terminal
from bookings_contract.report.console import Terminal
from bookings_contract.runner import inprocess, judge, limits, parts
from bookings_contract.runner.parts import Part


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser("merge", help="join the reports of shards")
    parser.description = (
        "Joins what `test --shard I/N --report DIR` wrote for every I into the report of one run, "
        "and ends with the exit code of one run."
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="a shard's report")
    parser.add_argument(
        "-o", "--report", type=Path, metavar="DIR", help="write the joined report there"
    )
    parser.add_argument(
        "--fail-under", type=float, metavar="PCT", help="fail if fewer of the rules were judged"
    )
    parser.set_defaults(run=_merge)


def _merge(options: argparse.Namespace) -> int:
    least = limits.share(options.fail_under)
    found = [parts.read(folder) for folder in options.folders]
    report = limits.held(merged(found), least)
    console = Terminal()
    target = found[0].target
    said = f"judged {target.title} · seed {report.seed} · {len(found)} shards"
    console.print(said, soft_wrap=True, markup=False)
    terminal.show(report, console)
    if options.report:
        written = files.write(report, options.report, target)
        console.print(f"written to {files.summary(written)}", soft_wrap=True, markup=False)
    return report.exit_code


def merged(found: Sequence[Part]) -> Report:
    """The report of the whole run.

    Raises ConfigurationError if the parts are not all the parts of one run.
    """
    ordered = sorted(found, key=lambda part: part.options.shard.number)
    first = ordered[0]
    _same(ordered)
    _complete([part.options.shard for part in ordered])
    result = inprocess.RunResult(
        tests=tuple(joined([part.result.tests for part in ordered])),
        outcomes=tuple(joined([part.result.outcomes for part in ordered])),
        left_out=first.result.left_out,
    )
    seconds = sum(part.seconds for part in ordered)
    options = evolve(first.options, shard=Shard())
    return judge.reported(judge.facts(first.target), options, result, seconds)


def _same(ordered: Sequence[Part]) -> None:
    """Parts of one run were asked the same of the same target."""
    first = ordered[0]
    for part in ordered[1:]:
        for name, here, there in zip(NAMES, _asked(first), _asked(part), strict=True):
            if here != there:
                raise ConfigurationError(
                    f"{first.folder} and {part.folder} are not of one run: {name} {here} "
                    f"and {there}."
                )


NAMES = (
    *("target", "seed", "level", "rules", "suites", "--max-time", "--deep", "baseline"),
    "number of shards",
)


def _asked(part: Part) -> tuple[Any, ...]:
    asked = part.options
    known = asked.baseline.deviations if asked.baseline else ()
    return (
        part.target.title,
        asked.seed,
        asked.level,
        ", ".join(asked.rules) or "all",
        ", ".join(asked.suites) or "all",
        asked.max_time,
        asked.deep,
        "; ".join(map(str, known)) or "none",
        asked.shard.of,
    )


def _complete(shards: Sequence[Shard]) -> None:
    """Each part is there once."""
    numbers = [shard.number for shard in shards]
    of = shards[0].of
    missing = [f"{n}/{of}" for n in range(1, of + 1) if n not in numbers]
    double = [f"{n}/{of}" for n in dict.fromkeys(numbers) if numbers.count(n) > 1]
    if missing:
        raise ConfigurationError(f"Shards are missing: {', '.join(missing)}.")
    if double:
        raise ConfigurationError(f"Shards are there twice: {', '.join(double)}.")
