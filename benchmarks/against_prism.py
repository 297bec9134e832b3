"""Requests per second of the mock, and the time to its first answer, beside Prism.

    python benchmarks/against_prism.py                         the mock alone
    python benchmarks/against_prism.py --prism PATH/TO/prism   both, one after the other
    npm install @stoplight/prism-cli                           where Prism comes from

Both serve the same document and get the same requests over the same number of connections, on
loopback. Prism runs quiet (`-v error`): its log would cost it half its speed. The mock checks
every request and every answer against the document and keeps state; Prism checks requests and
answers examples. Figures of two machines don't compare; ratios of one run do.
"""

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
from attrs import frozen

import bookings_openapi

CREATE = "/bookings/v2/bookings"
QUERY = "/_api/bookings-reader/v2/extended-bookings/query"
LIST = "/bookings/v1/bookings?query.paging.limit=10"
TOKEN = "owner-token"


@frozen
class Server:
    """A server under load: how to start it, and where it listens."""

    name: str
    command: Sequence[str]
    port: int

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


def main() -> None:
    """Measure, and print a table."""
    options = _options()
    sessions = _sessions()
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "bookings.json"
        document.write_text(json.dumps(bookings_openapi.load(controls=False)))
        servers = [_mock()]
        if options.prism:
            servers.append(_prism(options.prism, document))
        print(f"{options.connections} connections, {options.seconds:g} s for each operation\n")
        print(f"{'':24}{'first 2xx':>12}" + "".join(f"{name:>12}" for name in OPERATIONS))
        for server in servers:
            _measure(server, sessions, options)


def _measure(server: Server, sessions: Sequence[str], options: argparse.Namespace) -> None:
    with _running(server, sessions[0]) as first:
        rates = []
        for requests in OPERATIONS.values():
            load = requests(server, sessions, options)
            rates.append(asyncio.run(_rate(server.port, load, options)))
    cells = "".join(f"{rate:>10,.0f}/s" for rate in rates)
    print(f"{server.name:24}{first * 1000:>9,.0f} ms{cells}", flush=True)


# Requests


def _creates(
    server: Server, sessions: Sequence[str], options: argparse.Namespace
) -> Iterator[bytes]:
    for session in cycle(sessions):
        yield _request("POST", CREATE, _creation(session))


def _confirms(
    server: Server, sessions: Sequence[str], options: argparse.Namespace
) -> Iterator[bytes]:
    """Each confirms a booking of its own; made before the time is taken."""
    with httpx.Client(base_url=server.url, headers={"authorization": TOKEN}) as client:
        ids = [
            client.post(CREATE, json=_creation(session)).json()["booking"]["id"]
            for session in islice(cycle(sessions), options.confirms)
        ]
    for booking_id in ids:
        yield _request("POST", f"{CREATE}/{booking_id}/confirm", {"revision": "1"})


def _lists(server: Server, sessions: Sequence[str], options: argparse.Namespace) -> Iterator[bytes]:
    while True:
        yield _request("GET", LIST)


def _queries(
    server: Server, sessions: Sequence[str], options: argparse.Namespace
) -> Iterator[bytes]:
    body = {"query": {"filter": {"status": "CANCELED"}, "cursorPaging": {"limit": 10}}}
    while True:
        yield _request("POST", QUERY, body)


Load = Callable[[Server, Sequence[str], argparse.Namespace], Iterator[bytes]]
OPERATIONS: dict[str, Load] = {
    "create": _creates,
    "confirm": _confirms,
    "V1 list": _lists,
    "query": _queries,
}


def _creation(session: str) -> dict[str, Any]:
    contact = {"firstName": "Ada", "email": "ada@example.com"}
    entity = {"slot": {"sessionId": session}}
    booking = {"bookedEntity": entity, "contactDetails": contact, "totalParticipants": 1}
    return {"booking": booking}


def _request(method: str, path: str, body: Any = None) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: {TOKEN}",
        *(["Content-Type: application/json", f"Content-Length: {len(content)}"] if content else []),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


# Load


async def _rate(port: int, load: Iterator[bytes], options: argparse.Namespace) -> float:
    """Answers a second; raises where an answer is no 200."""
    first = next(load)  # whatever has to be prepared is prepared now
    began = time.perf_counter()
    until = began + options.seconds
    counts = await asyncio.gather(
        *(
            _connection(port, load, until, first if n == 0 else None)
            for n in range(options.connections)
        )
    )
    return sum(counts) / (time.perf_counter() - began)


async def _connection(port: int, load: Iterator[bytes], until: float, first: bytes | None) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    done = 0
    request = first or next(load, None)
    while request and time.perf_counter() < until:
        writer.write(request)
        await _answer(reader)
        done += 1
        request = next(load, None)
    writer.close()
    return done


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise SystemExit(f"not a 200: {head.decode('latin-1')}")
    if b"transfer-encoding: chunked" in head:
        while (size := int(await reader.readline(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        length = head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]
        await reader.readexactly(int(length))


# Servers


@contextmanager
def _running(server: Server, session: str) -> Iterator[float]:
    """The server, up; answers how many seconds it took to its first 2xx."""
    began = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(server.command, **quiet)  # type: ignore[call-overload]
    try:
        _wait_for_first(server, session, began + 60)
        yield time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(10)


def _wait_for_first(server: Server, session: str, until: float) -> None:
    while time.perf_counter() < until:
        try:
            answer = httpx.post(
                server.url + CREATE, json=_creation(session), headers={"authorization": TOKEN}
            )
        except httpx.TransportError:
            time.sleep(0.005)
            continue
        if answer.is_success:
            return
        raise SystemExit(f"{server.name} answers {answer.status_code}: {answer.text[:300]}")
    raise SystemExit(f"{server.name} does not answer")


def _mock() -> Server:
    port = _free_port()
    command = [sys.executable, "-m", "bookings_mock", "--port", str(port)]
    return Server("bookings-mock", command, port)


def _prism(prism: str, document: Path) -> Server:
    port = _free_port()
    command = [prism, "mock", "--port", str(port), "--verboseLevel", "error", str(document)]
    return Server("prism (quiet)", command, port)


def _sessions() -> list[str]:
    """The ids of the sessions of plain classes, the same in every run of the mock."""
    from bookings_mock import create_app
    from bookings_mock.inprocess import transport

    with httpx.Client(transport=transport(create_app()), base_url="http://mock") as client:
        site = client.get("/_mock/site").json()
    services = site["services"].values()
    classes = (
        one for one in services if one["kind"] == "class" and one["policy"]["book"] == "open"
    )
    return [session["id"] for one in classes if not one["choices"] for session in one["sessions"]]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prism", help="path of the prism command")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each operation (3)")
    parser.add_argument("--connections", type=int, default=8, help="at once (8)")
    parser.add_argument("--confirms", type=int, default=6000, help="bookings to confirm (6000)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
