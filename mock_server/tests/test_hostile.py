"""Whatever arrives on the socket: a refusal in the API's shape or a right answer, at once."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import frozen

from bookings_mock import create_app
from bookings_mock.serving import server as served

WRITER = "/bookings/v2/bookings"
READER = "/_api/bookings-reader/v2/extended-bookings/query"
JSON = "Content-Type: application/json\r\n"

# No answer takes as long, on any machine.
PATIENCE = 20.0


@frozen
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@frozen
class Server:
    port: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def sends(self, *parts: bytes, end: bool = False, head: bool = False) -> Reply:
        """The reply to bytes as they are; `end` says that no more will come."""
        with self.connect() as connection:
            # A server may answer before it has read all: then it does not read the rest.
            sending = threading.Thread(target=_send, args=(connection, parts, end), daemon=True)
            sending.start()
            reply = _reply(connection, head)
            sending.join(timeout=PATIENCE)
        return reply

    def asks(
        self, body: bytes, path: str = WRITER, method: str = "POST", more: str = JSON
    ) -> Reply:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: mock\r\nAuthorization: owner-token\r\n"
            f"{more}Content-Length: {len(body)}\r\n\r\n"
        )
        return self.sends(head.encode("latin-1") + body, head=method == "HEAD")


def _send(connection: socket.socket, parts: tuple[bytes, ...], end: bool) -> None:
    with contextlib.suppress(OSError):
        for part in parts:
            connection.sendall(part)
        if end:
            connection.shutdown(socket.SHUT_WR)


def _reply(connection: socket.socket, head: bool) -> Reply:
    with connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        headers: dict[str, str] = {}
        while (line := stream.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        length = 0 if head else int(headers.get("content-length", "0"))
        return Reply(status, headers, stream.read(length))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    listening = socket.create_server(("127.0.0.1", 0))
    serving = served(create_app())
    running = threading.Thread(target=serving.run, args=([listening],), daemon=True)
    running.start()
    while not serving.started:
        time.sleep(0.01)
    yield Server(listening.getsockname()[1])
    serving.should_exit = True
    running.join(timeout=PATIENCE)


def is_refusal(reply: Reply, *statuses: int) -> bool:
    """Whether it is a 4xx in the one shape of errors."""
    assert 400 <= reply.status < 500, reply
    assert not statuses or reply.status in statuses, reply
    assert reply.headers["content-type"] == "application/json"
    assert reply.json.keys() == {"message", "details"}
    return bool(reply.headers["x-wix-request-id"])


def booking(**fields: Any) -> dict[str, Any]:
    slot = {"sessionId": "5f6d8c0e-4b1a-4d8e-9c55-7e0f1a2b3c4d"}
    return {"booking": {"bookedEntity": {"slot": slot}, "totalParticipants": 1, **fields}}


# ── Bodies ────────────────────────────────────────────────────────────────────────────────────────

UNREADABLE = {
    "nothing": b"",
    "a brace": b"{",
    "NaN": b'{"booking": {"totalParticipants": NaN}}',
    "Infinity": b'{"booking": {"totalParticipants": -Infinity}}',
    "1e999": b'{"booking": {"totalParticipants": 1e999}}',
    "5,000 deep, lists": b"[" * 5000 + b"]" * 5000,
    "5,000 deep, objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "never closed": b"[" * 100_000,
    "no UTF-8": b'{"booking": "\xff\xfe"}',
    "UTF-16": '{"booking": {}}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"booking": {}}',
    "a lone surrogate": b'{"booking": {"externalUserId": "\\ud800"}}',
    "surrogates the wrong way round": b'{"booking": {"externalUserId": "\\udc00\\ud800"}}',
    "an encoded surrogate": b'{"booking": {"externalUserId": "\xed\xa0\x80"}}',
    "a NUL": b'{"booking": \x00}',
    "a control character in a text": b'{"booking": {"externalUserId": "\x01"}}',
    "a comma too many": b'{"booking": {},}',
    "two values": b'{"booking": {}} {"booking": {}}',
    "single quotes": b"{'booking': {}}",
    "a leading zero": b'{"booking": {"totalParticipants": 01}}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_json_is_refused(server: Server, body: bytes) -> None:
    assert is_refusal(server.asks(body), 400)


MISSHAPEN = {
    "null": b"null",
    "a number": b"7",
    "a text": b'"booking"',
    "a list": b"[]",
    "10**400": b'{"booking": {"totalParticipants": 1' + b"0" * 400 + b"}}",
    "-10**400": b'{"booking": {"totalParticipants": -1' + b"0" * 400 + b"}}",
    "a number of 100,000 digits": b'{"booking": {"totalParticipants": ' + b"9" * 100_000 + b"}}",
    "-0.0": b'{"booking": {"totalParticipants": -0.0}}',
    "1e-999": b'{"booking": {"totalParticipants": 1e-999}}',
    "a key twice, the last one wrong": b'{"booking": {"totalParticipants": 1, '
    b'"totalParticipants": "many", "bookedEntity": {"slot": {}}}}',
    "an empty key": b'{"": {}}',
    "a prototype": b'{"__proto__": {}, "constructor": {}, "booking": []}',
}


@pytest.mark.parametrize("body", MISSHAPEN.values(), ids=MISSHAPEN.keys())
def test_json_of_another_shape_is_refused(server: Server, body: bytes) -> None:
    assert is_refusal(server.asks(body), 400)


VALUES: dict[str, Any] = {
    "a NUL": "a\x00b",
    "every plane": "\U0001f9d8 \u0e27\u0e31\u0e19 \u202e\u200b\ufeff",
    "a million characters": "x" * 1_000_000,
    "a template": "${7*7} {{7*7}} %s %n ../../etc/passwd ' OR 1=1 --",
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
@pytest.mark.parametrize("field", ["externalUserId", "status", "formSubmissionId"])
def test_texts_of_any_kind_do_no_harm(server: Server, field: str, value: str) -> None:
    assert is_refusal(server.asks(json.dumps(booking(**{field: value})).encode()))


@pytest.mark.parametrize("value", ["a\x00b", ":", "a:b", "\U0001f9d8", "x" * 100_000])
def test_ids_of_any_kind_are_found_nowhere(server: Server, value: str) -> None:
    body = {"booking": {"bookedEntity": {"slot": {"sessionId": value}}, "totalParticipants": 1}}
    assert is_refusal(server.asks(json.dumps(body).encode()), 400, 428)
    query = {"query": {"filter": {"id": {"$in": [value]}}}}
    assert server.asks(json.dumps(query).encode(), READER).status in (200, 400)


def test_a_huge_revision_is_another_revision(server: Server) -> None:
    path = f"{WRITER}/3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11/confirm"
    for revision in (b'"' + b"9" * 400 + b'"', b"9" * 400, b"1e400", b"-1", b"1.5"):
        assert is_refusal(server.asks(b'{"revision": ' + revision + b"}", path), 400)


def test_a_deep_filter_is_refused(server: Server) -> None:
    deep = b'{"$not":' * 400 + b"{}" + b"}" * 400
    reply = server.asks(b'{"query": {"filter": ' + deep + b"}}", READER)
    assert is_refusal(reply, 400)


# ── Bytes on the way ──────────────────────────────────────────────────────────────────────────────

HEAD = f"POST {WRITER} HTTP/1.1\r\nHost: mock\r\nAuthorization: owner-token\r\n{JSON}".encode()
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def test_twenty_mebibytes_are_too_large(server: Server) -> None:
    assert is_refusal(server.asks(b'"' + b"x" * (20 << 20) + b'"'), 413)


def test_twenty_mebibytes_in_chunks_are_too_large(server: Server) -> None:
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    assert is_refusal(server.sends(CHUNKED, *[chunk] * 20, b"0\r\n\r\n"), 413)


def test_a_length_that_is_only_announced_is_not_waited_for_once_nothing_comes(
    server: Server,
) -> None:
    started = time.monotonic()
    with server.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{}")
        connection.shutdown(socket.SHUT_WR)
        rest = connection.recv(65536)
    # Nobody is there any more to be answered; no answer is as right as a refusal.
    assert not rest or rest.startswith(b"HTTP/1.1 4")
    assert time.monotonic() - started < PATIENCE


def test_a_body_beyond_its_length_is_not_taken_for_more_of_it(server: Server) -> None:
    body = json.dumps(booking()).encode()
    reply = server.sends(HEAD + b"Content-Length: 4\r\n\r\nnull" + body)
    assert is_refusal(reply, 400)


def test_chunks_make_up_a_body(server: Server) -> None:
    body = json.dumps({"query": {}}).encode()
    head = CHUNKED.replace(WRITER.encode(), READER.encode())
    chunks = [b"1\r\n" + bytes([byte]) + b"\r\n" for byte in body]
    assert server.sends(head + b"".join(chunks) + b"0\r\n\r\n").status == 200
    assert server.sends(head, *chunks, b"0\r\n\r\n").status == 200


def test_a_request_in_many_pieces_is_one_request(server: Server) -> None:
    body = json.dumps({"query": {}}).encode()
    head = HEAD.replace(WRITER.encode(), READER.encode())
    whole = head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    assert server.sends(*[bytes([byte]) for byte in whole]).status == 200


@pytest.mark.parametrize(
    "length",
    [b"-1", b"ten", b"1e3", b"99999999999999999999999", b"3\r\nContent-Length: 4"],
    ids=["negative", "a word", "scientific", "more than there is", "two of them"],
)
def test_a_length_that_is_none_is_refused(server: Server, length: bytes) -> None:
    reply = server.sends(HEAD + b"Content-Length: " + length + b"\r\n\r\n{}", end=True)
    assert is_refusal(reply, 400)


@pytest.mark.parametrize("chunk", [b"zz\r\n{}\r\n", b"-2\r\n{}\r\n", b"2\r\n{}{}{}\r\n"])
def test_chunks_that_are_none_are_refused(server: Server, chunk: bytes) -> None:
    assert is_refusal(server.sends(CHUNKED + chunk + b"0\r\n\r\n", end=True), 400)


@pytest.mark.parametrize(
    "request_line",
    [b"nonsense", b"POST", b"POST / FTP/1.1", b"\x16\x03\x01\x02\x00", b"GET /\x00 HTTP/1.1"],
)
def test_what_is_no_request_is_refused(server: Server, request_line: bytes) -> None:
    assert is_refusal(server.sends(request_line + b"\r\nHost: mock\r\n\r\n", end=True), 400)


# ── Paths, methods and headers ────────────────────────────────────────────────────────────────────

IDS = [
    "%00",
    "a%00b",
    ":",
    "%3A",
    "a:b:confirmOrDecline",
    "%2F",
    "..%2F..",
    "%",
    "%zz",
    "%ff",
    "%F0%9F%A7%98",
]


@pytest.mark.parametrize("part", IDS)
@pytest.mark.parametrize(
    "path",
    [
        "/bookings/v2/bookings/{}/confirm",
        "/bookings/v2/bookings/{}/update_extended_fields",
        "/bookings/v2/confirmation/{}:confirmOrDecline",
    ],
)
def test_ids_that_are_none_are_refused(server: Server, path: str, part: str) -> None:
    body = b'{"revision": "1", "namespace": "@a/b", "namespaceData": {}}'
    assert is_refusal(server.asks(body, path.format(part)), 400, 404)


@pytest.mark.parametrize("query", ["%00", "a=%ff", "=", "&&&", "query=%7B", "query[a][b]=1", "%"])
def test_odd_queries_do_no_harm(server: Server, query: str) -> None:
    reply = server.asks(b"", f"/bookings/v1/bookings?{query}", "GET", "")
    assert reply.status == 200 or is_refusal(reply, 400)


@pytest.mark.parametrize("path", [WRITER, READER, "/bookings/v1/bookings"])
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "BREW"])
def test_a_method_that_is_not_offered_is_refused_with_those_that_are(
    server: Server, method: str, path: str
) -> None:
    if method == "BREW":  # What the parser does not know, it does not pass on.
        assert is_refusal(server.asks(b"", path, method, ""), 400, 405)
        return
    reply = server.asks(b"", path, method, "")
    assert reply.status == 405
    assert reply.headers["allow"] in ("GET", "POST")
    assert reply.headers["content-type"] == "application/json"
    assert method == "HEAD" or is_refusal(reply)


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded",
     "nonsense", "*/*", "application/jsonp", "/", "application/json, text/plain", "\xff"],
)  # fmt: skip
def test_another_media_type_is_refused(server: Server, media_type: str) -> None:
    reply = server.asks(json.dumps(booking()).encode(), more=f"Content-Type: {media_type}\r\n")
    assert is_refusal(reply, 400, 415)


@pytest.mark.parametrize("token", ["", "@", "owner-token@", "owner-token@\xff", "x" * 60_000])
def test_an_odd_token_is_nobodys(server: Server, token: str) -> None:
    head = f"GET /bookings/v1/bookings HTTP/1.1\r\nHost: mock\r\nAuthorization: {token}\r\n\r\n"
    assert is_refusal(server.sends(head.encode("latin-1")), 400, 401)


def test_the_server_is_still_there_after_all_that(server: Server) -> None:
    assert server.asks(b'{"query": {}}', READER).status == 200
