"""Whatever arrives on the socket is answered as the tables beside this say, and the next is served.

A row of a table: `what` it is, the bytes, and what is `expect`ed: a status, several that are as
good, or `closed` where nobody is left to be answered; `answers` expects one after the other. The
bytes are `send`, as they are, or a `call` ("POST /path") with its own `with` (headers), `token`,
`type` and `body`; in `pieces` they come one by one, `end` says that no more will. `for` makes one
case of each of its values, put in for `$`, percent-encoded if it says `encode`. Strings are bytes
by their code points up to U+00FF, else UTF-8.
"""

import contextlib
import gzip
import json
import socket
import threading
import zlib
from collections.abc import Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from attrs import field, frozen

from bookings_mock import create_app
from bookings_mock.serving import server as served

# No answer takes as long, on any machine.
PATIENCE = 20.0
READER = "/_api/bookings-reader/v2/extended-bookings/query"
QUERY = (
    f"POST {READER} HTTP/1.1\r\nHost: localhost\r\nAuthorization: owner-token\r\n"
    'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{"query":{}}'
).encode()
PACKED = {"gzip": gzip.compress, "zlib": zlib.compress}


@frozen
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@frozen
class Case:
    what: str
    sent: tuple[bytes, ...] = field(repr=False)
    # Of each answer, what is as good: statuses, or that there is none.
    expect: tuple[tuple[Any, ...], ...]
    end: bool = False
    head: bool = False
    says: str = ""
    shape: str = "api"


# ── The tables ────────────────────────────────────────────────────────────────────────────────────


def _bytes(part: Any) -> bytes:
    if isinstance(part, list):
        return b"".join(map(_bytes, part))
    if isinstance(part, dict):
        return _made(part)
    return part.encode("latin-1" if all(ord(char) < 256 for char in part) else "utf-8")


def _made(part: Mapping[str, Any]) -> bytes:
    if "repeat" in part:
        return _bytes(part["repeat"]) * part["times"]
    if "utf8" in part:
        return str(part["utf8"]).encode()
    if "cut" in part:
        return _bytes(part["cut"])[: part["to"]]
    (kind,) = part
    return PACKED[kind](_bytes(part[kind]))


def _with(value: str | None, node: Any) -> Any:
    """A row's piece with the value put in."""
    if isinstance(node, str):
        return node if value is None else node.replace("$", value)
    if isinstance(node, list):
        return [_with(value, one) for one in node]
    if isinstance(node, dict):
        return {key: _with(value, one) for key, one in node.items()}
    return node


def _called(row: Mapping[str, Any]) -> list[bytes]:
    body = _bytes(row.get("body", ""))
    token, media_type = row.get("token", "owner-token"), row.get("type", "application/json")
    lines = [f"{row['call']} HTTP/1.1", "Host: localhost"]
    lines += [f"Authorization: {token}"] if token is not None else []
    lines += [f"Content-Type: {media_type}"] if media_type is not None else []
    lines += row.get("with", [])
    if not any(line.lower().startswith("content-length") for line in row.get("with", [])):
        lines.append(f"Content-Length: {len(body)}")
    return [_bytes("\r\n".join([*lines, "", ""])), body]


def _sent(row: Mapping[str, Any]) -> tuple[bytes, ...]:
    raw = row.get("send", "")
    listed = raw if isinstance(raw, list) else [raw]
    parts = _called(row) if "call" in row else [_bytes(part) for part in listed]
    whole = b"".join(parts)
    pieces = [whole[at : at + 1] for at in range(len(whole))] if row.get("pieces") else parts
    return tuple(pieces)


def _expected(row: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
    answers = row["answers"] if "answers" in row else [row["expect"]]
    return tuple(tuple(one if isinstance(one, list) else [one]) for one in answers)


def _cases(table: str, row: Mapping[str, Any]) -> Iterator[Case]:
    for number, value in enumerate(row.get("for", [None])):
        put = quote(value) if value is not None and row.get("encode") else value
        here = {key: _with(put, one) for key, one in row.items() if key != "for"}
        label = f"{table}: {row['what']}" + ("" if value is None else f", {number}")
        yield Case(
            label,
            _sent(here),
            _expected(here),
            here.get("end", False),
            here.get("call", "").startswith("HEAD "),
            here.get("says", ""),
            here.get("shape", "api"),
        )


CASES = [
    case
    for table in sorted(Path(__file__).parent.glob("*.yaml"))
    for row in yaml.safe_load(table.read_text("utf-8"))
    for case in _cases(table.stem, row)
]


# ── The runner ────────────────────────────────────────────────────────────────────────────────────


@frozen
class Server:
    port: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def answers(self, case: Case) -> list[Reply | None]:
        """The replies to a case, as many as it expects; None where the connection just ends."""
        with self.connect() as connection:
            # A server may answer before it has read all: then it does not read the rest.
            sending = threading.Thread(target=_send, args=(connection, case), daemon=True)
            sending.start()
            with connection.makefile("rb") as stream:
                replies = [_reply(stream, case.head) for _ in case.expect]
            sending.join(timeout=PATIENCE)
        return replies


def _send(connection: socket.socket, case: Case) -> None:
    with contextlib.suppress(OSError):
        for part in case.sent:
            connection.sendall(part)
        if case.end:
            connection.shutdown(socket.SHUT_WR)


def _reply(stream: BufferedReader, head: bool) -> Reply | None:
    try:
        start = stream.readline()
    except ConnectionError:
        return None
    if not start:
        return None
    headers: dict[str, str] = {}
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    status = int(start.split()[1])
    if status == 100:
        return _reply(stream, head)
    length = 0 if head else int(headers.get("content-length", "0"))
    return Reply(status, headers, stream.read(length))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    listening = socket.create_server(("127.0.0.1", 0))
    serving = served(create_app())
    running = threading.Thread(target=serving.run, args=([listening],), daemon=True)
    running.start()
    # It listens already: who connects now is answered as soon as it runs.
    yield Server(listening.getsockname()[1])
    serving.should_exit = True
    running.join(timeout=PATIENCE)


@pytest.fixture(scope="module")
def neighbour(server: Server) -> Iterator[socket.socket]:
    """Another client, whose one connection goes on beside all that is sent."""
    with server.connect() as connection:
        yield connection


def _is_refusal(reply: Reply, shape: str) -> bool:
    assert reply.headers["content-type"] == "application/json"
    if shape == "token":
        return reply.json.keys() == {"error", "error_description"}
    told = reply.json.keys() - {"errorCode"} == {"message", "details"}
    return told and bool(reply.headers["x-wix-request-id"])


@pytest.mark.parametrize("case", [pytest.param(case, id=case.what) for case in CASES])
def test_the_wire(server: Server, neighbour: socket.socket, case: Case) -> None:
    for reply, expected in zip(server.answers(case), case.expect, strict=True):
        assert (reply.status if reply else "closed") in expected, reply
        if reply and reply.status >= 400 and not case.head:
            assert _is_refusal(reply, case.shape)
            assert case.says in reply.body.decode()
    neighbour.sendall(QUERY)
    with neighbour.makefile("rb") as stream:
        served_next = _reply(stream, False)
    assert served_next is not None
    assert served_next.status == 200


def test_there_are_enough_cases_and_no_two_alike() -> None:
    assert len(CASES) >= 300
    assert len({(case.sent, case.end) for case in CASES}) == len(CASES)
