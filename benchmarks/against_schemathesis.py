"""Servers that are wrong on purpose, judged by this judge and by stock Schemathesis, side by side.

    python benchmarks/against_schemathesis.py --sample 30            every so manieth miniature
    python benchmarks/against_schemathesis.py capacity-off-by-one    these
    python benchmarks/against_schemathesis.py --table                what is known so far, no runs

Both get the same running server, the same document and the same number of seconds. Schemathesis
runs as it comes (`schemathesis run`, all its phases), with this project's schemathesis.toml and the
owner's token. The judge runs its suites `rules` and `lifecycle`, which are what knows the rules;
its suite `shapes` is Schemathesis itself. Each has caught a server if it reports something there
that it does not report on the mock that is right, which is run first.

What is found is kept in --state and not run again: an interrupted run goes on where it was. Nothing
else should be running: both get less done in their seconds on a busy machine.
"""

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from attrs import frozen

import bookings_openapi
from bookings_contract.embedded import wrong_servers
from bookings_contract.findings.mutants import Wrong
from bookings_contract.report.mutants import SWITCHES

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "owner-token"
RIGHT = ""  # the name of the server that is not wrong
OURS, STOCK = "ours", "stock"
# Where a file that carries the table has it.
BEGIN, END = "<!-- stock -->", "<!-- /stock -->"
# What a tool may take beyond its seconds, to start and to report.
GRACE = 60


@frozen
class Known:
    """What is known so far: by server and tool, what it reported and in how many seconds."""

    path: Path
    found: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, path: Path) -> "Known":
        """What earlier runs have left."""
        lines = path.read_text().splitlines() if path.exists() else []
        rows = [json.loads(line) for line in lines]
        return cls(path, {row["name"]: row for row in rows})

    def add(self, row: dict[str, Any]) -> None:
        """Keeps what was found of one server."""
        self.found[row["name"]] = row
        with self.path.open("a") as file:
            file.write(json.dumps(row) + "\n")

    def caught(self, name: str, tool: str) -> list[str]:
        """What the tool reported of this server, and not of the one that is right."""
        usual = self.found.get(RIGHT, {}).get(tool, {}).get("said", [])
        return [said for said in self.found[name][tool]["said"] if said not in usual]


def main() -> None:
    """Run what is not known yet, and print the table."""
    options = _options()
    known = Known.read(options.state)
    servers = _chosen(options)
    if not options.table:
        _run([RIGHT, *(server.name for server in servers)], known, options.seconds)
    table = list(_table([one for one in wrong_servers() if one.name in known.found], known))
    if options.readme:
        _into(options.readme, table)
    print("\n".join(table))


def _run(names: Iterable[str], known: Known, seconds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "bookings.json"
        document.write_text(json.dumps(bookings_openapi.load(controls=False)))
        for name in names:
            if name in known.found:
                continue
            row: dict[str, Any] = {"name": name, "seconds": seconds}
            for tool, judge in ((OURS, _ours), (STOCK, _stock)):
                with _running(name) as url:
                    row[tool] = _timed(judge, url, document, seconds)
            known.add(row)
            told = ", ".join(f"{tool}: {len(known.caught(name, tool))}" for tool in (OURS, STOCK))
            print(f"{name or 'the right one'}: {told}", file=sys.stderr, flush=True)


def _timed(judge: Any, url: str, document: Path, seconds: int) -> dict[str, Any]:
    began = time.perf_counter()
    said = judge(url, document, seconds)
    return {"said": said, "seconds": round(time.perf_counter() - began, 1)}


# The two tools


def _ours(url: str, document: Path, seconds: int) -> list[str]:
    """The rules that the judge finds broken."""
    report = document.parent / "ours"
    _called(
        [sys.executable, "-m", "bookings_contract", "test", url, "--suite", "rules"],
        ["--suite", "lifecycle", "--max-time", str(seconds), "--report", str(report)],
        seconds,
    )
    told = json.loads((report / "report.json").read_text())
    return [rule["id"] for rule in told["rules"] if rule["verdict"] == "broken"]


def _stock(url: str, document: Path, seconds: int) -> list[str]:
    """The checks that Schemathesis finds failing, and where."""
    report = document.parent / "stock.json"
    _called(
        [sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", url],
        ["-H", f"Authorization: {TOKEN}", "--max-time", str(seconds)]
        + ["--report", "json", "--report-json-path", str(report)],
        seconds,
    )
    told = json.loads(report.read_text())
    return sorted({said for one in told["failures"] for said in _failures(one)})


def _failures(group: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{group['title']}: {operation}" for operation in group["operations"])


def _called(tool: Sequence[str], more: Sequence[str], seconds: int) -> None:
    """Runs a tool from the project's folder, where its configuration is."""
    subprocess.run(
        [*tool, *more],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=seconds + GRACE,
        check=False,  # that something is broken is what we are after
    )


# The servers


@contextmanager
def _running(name: str) -> Iterator[str]:
    """A mock that is wrong in this way, up."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "bookings_mock", "--port", str(port)]
    command += ["--break", name] if name else []
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **quiet)  # type: ignore[call-overload]
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str) -> None:
    until = time.perf_counter() + GRACE
    while time.perf_counter() < until:
        try:
            httpx.get(f"{url}/_mock/site")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise SystemExit(f"nobody answers at {url}")


def _chosen(options: argparse.Namespace) -> list[Wrong]:
    servers = wrong_servers()
    if options.names:
        return [one for one in servers if one.name in options.names]
    if not options.sample:
        return list(servers)
    # Evenly over the sections, which follow each other.
    step = len(servers) / options.sample
    return [servers[int(n * step)] for n in range(min(options.sample, len(servers)))]


# The table


def _table(servers: Sequence[Wrong], known: Known) -> Iterator[str]:
    """Markdown: by section how many each has caught, and then every server."""
    if not servers:
        yield "nothing is known yet"
        return
    yield "| section | servers | caught here | caught by stock Schemathesis |"
    yield "|---|---|---|---|"
    for section in dict.fromkeys(one.section for one in servers):
        part = [one for one in servers if one.section == section]
        yield _row(section or SWITCHES, part, known)
    yield _row("**all**", servers, known)
    yield ""
    yield "| miniature | here | stock |"
    yield "|---|---|---|"
    for one in servers:
        rules, checks = (known.caught(one.name, tool) for tool in (OURS, STOCK))
        kinds = dict.fromkeys(said.partition(":")[0] for said in checks)
        yield f"| {one.name} | {', '.join(rules[:4])} | {', '.join(kinds) or '-'} |"


def _into(file: Path, table: Iterable[str]) -> None:
    """Puts the table where a file has its place for it."""
    head, begin, rest = file.read_text().partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not end:
        raise SystemExit(f"{file} has no {BEGIN} … {END}")
    file.write_text("\n".join([head + begin, *table, end + tail]))


def _row(section: str, servers: Sequence[Wrong], known: Known) -> str:
    caught = (sum(bool(known.caught(s.name, tool)) for s in servers) for tool in (OURS, STOCK))
    return f"| {section} | {len(servers)} | {' | '.join(str(number) for number in caught)} |"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="these miniatures (all)")
    parser.add_argument("--sample", type=int, metavar="N", help="N of them, evenly chosen")
    parser.add_argument("--seconds", type=int, default=20, help="for each tool and server (20)")
    parser.add_argument(
        "--state",
        type=Path,
        default=Path("against_schemathesis.jsonl"),
        help="what is known (against_schemathesis.jsonl)",
    )
    parser.add_argument("--readme", type=Path, metavar="FILE", help="put the table in there too")
    parser.add_argument("--table", action="store_true", help="print what is known, run nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
