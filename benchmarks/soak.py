"""Sends a mock mixed requests for a long time, and looks whether it stays up, small and right.

    python benchmarks/soak.py                          20,000 requests, as CI does
    python benchmarks/soak.py --requests 1000000       a soak
    python benchmarks/soak.py --requests 1000000 --seconds 600

A mock of its own listens on loopback. No answer may be a 5xx, none may be missing; the memory of
the second half may not grow by more than a tenth beside that of the first; at the end every world
has to hold together (`traffic.breaches`). Prints a line for each tenth, and ends with 1 where
anything of this is not so.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from traffic import Request, Traffic, breaches

GROWTH = 1.1


class Soak:
    """A run: what was answered so far."""

    def __init__(
        self, port: int, pid: int, traffic: Traffic, requests: int, seconds: float
    ) -> None:
        self._port, self._pid = port, pid
        self._traffic = traffic
        self._left, self._until = requests, time.perf_counter() + seconds
        self._tenth = max(requests // 10, 1)
        self.began = time.perf_counter()
        self.statuses: Counter[int] = Counter()
        self.failed: list[str] = []
        self.memory: list[int] = []

    async def run(self, connections: int) -> None:
        """Send everything over so many connections."""
        await asyncio.gather(*(self._connection() for _ in range(connections)))
        self.memory.append(_memory(self._pid))

    async def _connection(self) -> None:
        connection = Connection(self._port)
        while self._left > 0 and time.perf_counter() < self._until:
            self._left -= 1
            request = self._traffic.next()
            self._took(request, *await connection.answer(request))
        connection.close()

    def _took(self, request: Request, status: int, body: bytes) -> None:
        self.statuses[status] += 1
        if status >= 500:
            self.failed.append(f"{status} {request.method} {request.path} {request.body[:300]!r}")
        if status == 200:
            request.learn(status, json.loads(body))
        if self.statuses.total() % self._tenth == 0:
            self.memory.append(_memory(self._pid))
            print(self, flush=True)

    def __str__(self) -> str:
        done, took = self.statuses.total(), time.perf_counter() - self.began
        return (
            f"{done:>9,} requests  {done / took:>6,.0f}/s  {self.memory[-1] // 1024:>5,} MB  "
            f"{sum(n for s, n in self.statuses.items() if s >= 500)} 5xx"
        )

    @property
    def grown(self) -> bool:
        """Whether the second half took notably more memory than the first."""
        half = len(self.memory) // 2
        return half > 0 and max(self.memory[half:]) > GROWTH * max(self.memory[:half])


class Connection:
    """A connection that is kept, and made anew where the mock has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def answer(self, request: Request) -> tuple[int, bytes]:
        """Status and body of the answer to a request."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(_encoded(request))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = 0
        if b"\r\ncontent-length:" in head:
            length = int(head.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        if b"\r\nconnection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1]), body

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
            self._streams = None


def _encoded(request: Request) -> bytes:
    head = [
        f"{request.method} {request.path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: {request.token}",
        f"Content-Length: {len(request.body)}",
        *([f"Content-Type: {request.media_type}"] if request.media_type else []),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + request.body


def _memory(pid: int) -> int:
    """What a process holds in memory, in kB; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@contextmanager
def running(*arguments: str) -> Iterator[tuple[int, int]]:
    """A mock as users start it: its port and process id."""
    command = [sys.executable, "-u", "-m", "bookings_mock", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline().rsplit(":", 1)[1])
        yield port, process.pid
    finally:
        process.terminate()
        process.communicate()


def main() -> int:
    """Soak, and say what came of it."""
    options = _options()
    with running() as (port, pid), httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        traffic = Traffic(client.get("/_mock/site").json(), options.seed)
        soak = Soak(port, pid, traffic, options.requests, options.seconds)
        asyncio.run(soak.run(options.connections))
        broken = [
            f"{world.name}: {one}"
            for world in traffic.worlds
            for one in breaches(lambda *asked: _asked(client, *asked), world)
        ]
    print(f"{soak}\nanswers: {dict(sorted(soak.statuses.items()))}")
    problems = [*soak.failed[:10], *broken[:10], *(["its memory grows"] if soak.grown else [])]
    print("\n".join(problems) or "no 5xx, no growth, and every world holds together")
    return 1 if problems else 0


def _asked(client: httpx.Client, method: str, path: str, body: Any, token: str) -> Any:
    answer = client.request(method, path, json=body, headers={"authorization": token})
    answer.raise_for_status()
    return answer.json()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=20_000, help="how many (20000)")
    parser.add_argument("--seconds", type=float, default=86_400, help="at most so long (a day)")
    parser.add_argument("--connections", type=int, default=8, help="at once (8)")
    parser.add_argument("--seed", type=int, default=7, help="what the requests follow from (7)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
