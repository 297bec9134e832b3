"""The command `bookings-contract`: reads what the user wants and hands it to who does it."""

import argparse
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import httpx

import bookings_openapi
from bookings_contract import __version__, baseline, book, hearing, jobs, limits, run
from bookings_contract.bounds import GREETING
from bookings_contract.commands import diff, merge, miniatures
from bookings_contract.commands import doctor as doctor_command
from bookings_contract.commands import target as target_command
from bookings_contract.embedded import embedded, rule_facts
from bookings_contract.interruption import Ending, interruptible
from bookings_contract.locating import locate
from bookings_contract.masking import discreetly
from bookings_contract.plain import Terminal, complain, say, say_json, take_any_encoding
from bookings_contract.plugin import SUITES
from bookings_contract.problems import ConfigurationError, Fault
from bookings_contract.report import cleanup, files, parts, progress, terminal
from bookings_contract.shards import Shard
from bookings_contract.target import Target, unsigned
from bookings_contract.verdicts import LEVELS, Exit

EXAMPLES = """\
examples:
  bookings-contract test                              judge the mock itself, without a server
  bookings-contract test http://127.0.0.1:8080        judge a running bookings-mock
  bookings-contract target --template -o staging.toml  a target file, to be filled in
  bookings-contract doctor --target staging.toml      is it right?
  bookings-contract test --target staging.toml        judge what the target file describes
  bookings-contract test --rule CONFIRM-1 --rule CANCEL-1
  bookings-contract explain CONFIRM-1

exit codes:
  0  all judged rules are kept        2  could not judge: usage, configuration, no target,
  1  something is broken, or a           nothing judged
     baseline or --fail-under         3  the harness's own fault
     is not met
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is the answer."""
    take_any_encoding(sys.stdout, sys.stderr)
    try:
        options = _parser().parse_args(arguments)
        with interruptible() as ending:
            return _ran(options, ending)
    finally:
        _have_said()


def _have_said() -> None:
    """See off what is printed, which Python would complain of at the end if nobody reads it."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _hush()


def _hush() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _ran(options: argparse.Namespace, ending: Ending) -> int:
    try:
        return cast(Callable[[argparse.Namespace], int], options.run)(options)
    except ConfigurationError as error:
        complain(f"bookings-contract: {unsigned(str(error))}")
        return Exit.NOT_JUDGED
    except KeyboardInterrupt:
        return ending.code
    except BrokenPipeError:
        # Whoever read our output has read enough; nothing may be flushed into it at the end.
        _hush()
        return Exit.KEPT
    except Exception as error:
        complain(str(error) if isinstance(error, Fault) else traceback.format_exc())
        complain("bookings-contract: this is the harness's own fault.")
        return Exit.ERROR


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="bookings-contract",
        description="Judges an implementation of the Wix Bookings REST API by its contract.",
        epilog=EXAMPLES,
        formatter_class=raw,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_test(
        commands.add_parser("test", help="judge a target", epilog=EXAMPLES, formatter_class=raw)
    )
    _add_rules(commands.add_parser("rules", help="list the rule book"))
    _add_explain(commands.add_parser("explain", help="explain one rule"))
    target_command.add(commands.add_parser("target", help=target_command.HELP))
    doctor_command.add(commands.add_parser("doctor", help=doctor_command.HELP))
    miniatures.add(commands)
    diff.add(commands)
    merge.add(commands)
    return parser


def _add_test(parser: argparse.ArgumentParser) -> None:
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


def _add_rules(parser: argparse.ArgumentParser) -> None:
    parser.description = "Lists every rule with its level and what it promises."
    parser.add_argument("--json", action="store_true", help="everything known of each, as JSON")
    parser.set_defaults(run=_rules)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.description = "Says what a rule promises, where that is written, and how to break it."
    parser.add_argument("rule", metavar="ID", help="such as CONFIRM-1")
    parser.set_defaults(run=_explain)


def _test(options: argparse.Namespace) -> int:
    today = datetime.now(UTC).date()
    rules, least = book.named(options.rule), limits.share(options.fail_under)
    known = baseline.read(options.baseline, today) if options.baseline else None
    shard = Shard.read(options.shard) if options.shard else Shard()
    kept: list[tuple[hearing.Asked, hearing.Heard]] = []
    began = time.monotonic()
    console = Terminal()
    with (
        doctor_command.at_hand(options.url, options.target),
        _target(options) as (target, transport),
        discreetly(target),
        cleanup.told(target, options.report),
    ):
        console.print(f"judging {target.title} · seed {options.seed}", soft_wrap=True, markup=False)
        with progress.watching(console, options.level, options.max_time, target) as watch:
            report = run.judge(
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
                hearing=jobs.hearing(options.jobs),
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


def _rules(options: argparse.Namespace) -> int:
    if options.json:
        rows = book.as_json(rule_facts(), hearing.rules_with_tests())
        say_json(rows)
    else:
        say(book.as_table())
    return Exit.KEPT


def _explain(options: argparse.Namespace) -> int:
    (name,) = book.named([options.rule])
    rule = bookings_openapi.rules()[name]
    tests = hearing.rules_with_tests().get(name, 0)
    say(book.explained(rule, tests, rule_facts()))
    return Exit.KEPT


if __name__ == "__main__":
    sys.exit(main())
