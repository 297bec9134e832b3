"""A connection that takes too long is ended, a stop waits for none, what was begun is told."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import frozen

from bookings_mock import create_app
from bookings_mock.serving import Server, Wire, server as served

# No answer takes as long, on any machine.
PATIENCE = 20.0
# So short that every test sees its end, so long that no honest request does.
SHORT, LONG = 0.3, 3600.0
HEALTHY = create_app()
READER = "/_api/bookings-reader/v2/extended-bookings/query"
HEAD = f"POST {READER} HTTP/1.1\r\nHost: localhost\r\nAuthorization: owner-token\r\n".encode()
HALF = HEAD + b'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{"query"'
WHOLE = HALF + b":{}}"


@frozen
class Running:
    server: Server
    thread: threading.Thread
    port: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def stops(self) -> bool:
        """Whether the server comes to its end, once it is asked to."""
        self.server.should_exit = True
        self.thread.join(timeout=PATIENCE)
        return not self.thread.is_alive()


@pytest.fixture
def run() -> Iterator[Callable[..., Running]]:
    everyone: list[Running] = []

    def running(app: Any = None, **seconds: float) -> Running:
        wire = Wire(**{"head_seconds": LONG, "body_seconds": LONG, "idle_seconds": LONG, **seconds})
        listening = socket.create_server(("127.0.0.1", 0))
        server = served(app or HEALTHY, wire=wire)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        everyone.append(Running(server, thread, listening.getsockname()[1]))
        with everyone[-1].connect() as first:
            assert _status(_asked(first, WHOLE)) == 200
        return everyone[-1]

    yield running
    for one in everyone:
        one.server.force_exit = True
        assert one.stops()


def _asked(connection: socket.socket, sent: bytes) -> bytes:
    connection.sendall(sent)
    return connection.recv(65536)


def _until_the_end(connection: socket.socket) -> bytes:
    """All that comes until the connection ends, which it has to."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65536):
            said += part
    return said


def _dripped(connection: socket.socket, drop: bytes) -> bytes:
    """All that comes while drops are sent, until the connection ends, which it has to."""
    said = b""
    connection.settimeout(SHORT / 10)
    with contextlib.suppress(ConnectionError):
        for _ in range(int(PATIENCE / SHORT * 10)):
            with contextlib.suppress(TimeoutError):
                part = connection.recv(65536)
                if not part:
                    return said
                said += part
            connection.sendall(drop)
        raise AssertionError("the connection takes drops for ever")
    return said


def _status(said: bytes) -> int:
    return int(said.split()[1])


def _is_refusal(said: bytes, status: int, words: str) -> bool:
    head, _, body = said.partition(b"\r\n\r\n")
    assert _status(said) == status, said
    assert b"content-type: application/json" in head
    return b"x-wix-request-id" in head and words.encode() in body and b'"details":{}' in body


# ── Time ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("begun", [b"G", b"GET /_mock HTTP/1.1\r\nHost: loc", HEAD])
def test_a_head_that_does_not_end_is_refused(run, begun):
    with run(head_seconds=SHORT).connect() as connection:
        connection.sendall(begun)
        assert _is_refusal(_until_the_end(connection), 408, "the head took longer")


def test_a_head_that_drips_in_is_refused(run):
    with run(head_seconds=SHORT).connect() as connection:
        connection.sendall(HEAD)
        assert _is_refusal(_dripped(connection, b"x: y\r\n"), 408, "the head took longer")


@pytest.mark.parametrize("begun", [HALF, HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n"])
def test_a_body_that_does_not_end_is_refused(run, begun):
    with run(body_seconds=SHORT).connect() as connection:
        connection.sendall(begun)
        assert _is_refusal(_until_the_end(connection), 408, "the body took longer")


@pytest.mark.parametrize("kind", ["a length", "chunks", "an upgrade"])
def test_a_body_that_drips_in_is_refused(run, kind):
    framing = {
        "a length": (b"Content-Length: 1000000\r\n\r\n", b" "),
        "chunks": (b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        "an upgrade": (
            b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 999999\r\n\r\n",
            b" ",
        ),
    }
    head, drop = framing[kind]
    with run(body_seconds=SHORT).connect() as connection:
        connection.sendall(HEAD + b"Content-Type: application/json\r\n" + head)
        assert _is_refusal(_dripped(connection, drop), 408, "the body took longer")


def test_a_body_that_goes_on_after_it_was_refused_is_not_read_for_ever(run):
    with run(body_seconds=SHORT).connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 4194305\r\n\r\n")
        assert _status(_dripped(connection, b" ")) == 413


@pytest.mark.parametrize("drop", [b"", b"\r\n"])
def test_an_idle_connection_is_ended_without_a_word(run, drop):
    running = run(idle_seconds=SHORT, head_seconds=SHORT)
    with running.connect() as never, running.connect() as once:
        assert _status(_asked(once, WHOLE)) == 200
        for connection in (never, once):
            assert _dripped(connection, drop) == b""


def test_a_connection_that_is_in_use_is_kept(run):
    with run(idle_seconds=PATIENCE).connect() as connection:
        assert {_status(_asked(connection, WHOLE)) for _ in range(20)} == {200}


def test_a_client_that_reads_no_answer_is_let_go(run):
    running = run(body_seconds=SHORT)
    with running.connect() as connection:
        connection.settimeout(SHORT)
        asked = b"GET /_mock/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with contextlib.suppress(TimeoutError, ConnectionError):
            for _ in range(100_000):
                connection.sendall(asked)
        with running.connect() as other:
            assert _status(_asked(other, WHOLE)) == 200
        connection.settimeout(PATIENCE)
        _until_the_end(connection)


def test_what_a_client_left_half_said_is_not_done(run):
    running = run()
    told = b"POST /_mock/readings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with running.connect() as connection:
        connection.sendall(told + b'Content-Length: 900\r\n\r\n{"readings": {"CANCEL-5": "B"}}')
        connection.shutdown(socket.SHUT_WR)
        assert _until_the_end(connection) == b""
    with running.connect() as connection:
        said = _asked(connection, b"GET /_mock/readings HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b'"CANCEL-5":"A"' in said


@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"NO HTTP\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431)],
)
def test_a_page_can_read_why_what_is_no_request_is_refused(run, sent, status):
    with run().connect() as connection:
        connection.sendall(sent)
        told = _until_the_end(connection)
    assert _status(told) == status
    head = told.partition(b"\r\n\r\n")[0].lower()
    assert b"access-control-allow-origin: *" in head
    assert b"access-control-expose-headers: x-wix-request-id" in head


# ── Stops ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("begun", [b"", b"GET /_mo", WHOLE], ids=["nothing", "a head", "a request"])
def test_a_stop_waits_for_nobody_who_asks_nothing(run, begun):
    running = run(grace_seconds=LONG)
    with running.connect() as connection:
        connection.sendall(begun)
        if begun == WHOLE:
            assert _status(connection.recv(65536)) == 200
        assert running.stops()


def test_a_stop_waits_no_longer_than_its_grace_for_a_body(run, caplog):
    running = run(grace_seconds=SHORT)
    with running.connect() as connection:
        connection.sendall(HALF)
        assert running.stops()
        assert _is_refusal(_until_the_end(connection), 503, "the server stops")
    assert not caplog.records


def test_a_stop_waits_no_longer_than_its_grace_for_an_answer(run, caplog):
    running = run(grace_seconds=SHORT)
    with running.connect() as connection:
        connection.sendall(WHOLE.replace(b"\r\nHost", b"\r\nPrefer: delay=30\r\nHost", 1))
        with running.connect() as other:
            assert _status(_asked(other, WHOLE)) == 200
        assert running.stops()
        assert _is_refusal(_until_the_end(connection), 503, "the server stops")
    assert not caplog.records


def test_a_request_that_is_answered_in_time_is_answered_at_a_stop(run):
    running = run(grace_seconds=PATIENCE)
    with running.connect() as connection:
        connection.sendall(HALF)
        running.server.should_exit = True
        connection.sendall(b":{}}")
        assert _status(_until_the_end(connection)) == 200
        assert running.stops()


# ── Failures ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("begun", [False, True], ids=["before it answers", "amid its answer"])
def test_whatever_fails_is_a_failure_in_the_apis_shape(run, begun):

    async def fails(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] == READER:
            return await HEALTHY(scope, receive, send)
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("on purpose")

    with run(fails).connect() as connection:
        connection.sendall(b"GET /fails HTTP/1.1\r\nHost: localhost\r\n\r\n")
        said = _until_the_end(connection)
    assert _is_refusal(said, 500, '"message":""') if not begun else b"on purpose" not in said
