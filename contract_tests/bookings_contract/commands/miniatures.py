"""`miniatures`: the judge judged, by servers that are wrong on purpose."""

import argparse
import sys
import time
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bookings_contract.commands import Commands
from bookings_contract.embedded import wrong_servers
from bookings_contract.findings.mutants import Judgement, Score, Wrong
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.shards import Shard
from bookings_contract.findings.verdicts import Exit
from bookings_contract.mutation import score
from bookings_contract.report import mutants
from bookings_contract.report.console import Terminal, print_json, print_lines

ABOUT = """\
Judges every server that is wrong on purpose and says whether the judge notices.

Each is judged in process, by the suites `rules` and `lifecycle`: first by the tests of the one rule
that it breaks, and, if these let it pass, by all others too. With --whole each is judged by all, so
that the table names every rule that notices; that takes many times as long. Fuzzing, the
suite `shapes`, takes no part. Seconds are what starting the mock and the first judging take the
processor: on a machine with nothing else to do, the time that passes.

Ends with 1 if a server is not noticed at all, with 3 if the harness itself went wrong.
"""


def add(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "miniatures",
        help="judge the judge, by servers that are wrong on purpose",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="these only (bookings-mock --list-breaks)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    parser.add_argument("--shard", metavar="I/N", help="every Nth server, beginning with the Ith")
    parser.add_argument(
        "--jobs", type=int, default=2, metavar="N", help="judge in N processes (default: 2)"
    )
    parser.add_argument("--whole", action="store_true", help="judge each by all rules")
    parser.add_argument("--json", action="store_true", help="the table as JSON")
    parser.add_argument(
        "--readme", type=Path, metavar="FILE", help="put the table between FILE's markers"
    )
    parser.set_defaults(run=_miniatures)


def _miniatures(options: argparse.Namespace) -> int:
    servers = _chosen(options.names)
    if options.shard:
        servers = Shard.read(options.shard).share(servers)
    if options.jobs < 1:
        raise ConfigurationError(f"--jobs {options.jobs} is too few: it takes one process at least")
    started = time.perf_counter()
    judgements = _judged(servers, options)
    score, seconds = Score(judgements), time.perf_counter() - started
    if options.json:
        print_json(mutants.data(score, seconds))
    else:
        print_lines(mutants.rendered(score, seconds))
    if options.readme:
        mutants.put_into(options.readme, score)
    if score.faults:
        return Exit.ERROR
    return Exit.KEPT if score.caught == len(servers) else Exit.BROKEN


def _chosen(names: Sequence[str]) -> Sequence[Wrong]:
    """The servers by these names, or all; an unknown one is the user's mistake."""
    known = {server.name: server for server in wrong_servers()}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise ConfigurationError(
                f"There is no miniature {name}.{hint} `bookings-mock --list-breaks` shows all."
            )
    return [known[name] for name in names] or list(known.values())


def _judged(servers: Sequence[Wrong], options: argparse.Namespace) -> list[Judgement]:
    """Judges them; whoever watches sees how far it has come, and each that was not noticed."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Terminal(sys.stderr)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("miniatures", total=len(servers))

        def watch(judgement: Judgement) -> None:
            progress.advance(task)
            if not judgement.caught:
                progress.print(f"not caught: {judgement.server.name}", markup=False)

        return score.judged_all(
            servers, seed=options.seed, whole=options.whole, jobs=options.jobs, watch=watch
        )
