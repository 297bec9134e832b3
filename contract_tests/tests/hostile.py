"""A server that does whatever HTTP and JSON let a server do to a client, and what they don't.

A behaviour is what it sends, piece by piece, once a request has come; it is data, and a server of
its own speaks it on a port of this machine.
"""

import gzip
import json
import socketserver
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import repeat
from typing import Any

# What is sent; a piece that is None is a wait.
Pieces = Iterator[bytes | None]
Behaviour = Callable[[], Pieces]

OK = b"HTTP/1.1 200 OK\r\n"
JSON = b"content-type: application/json\r\n"
LONG = b"x" * 2**16
EMPTY = {"extendedBookings": [], "bookingsEntries": []}


def plain(body: bytes, head: bytes = JSON, status: bytes = OK) -> Behaviour:
    """An answer with a head of its own."""
    return lambda: iter([status, head, b"content-length: %d\r\n\r\n" % len(body), body])


def packed(body: bytes, codings: str) -> Behaviour:
    """An answer that is said to be packed so."""
    return plain(body, JSON + b"content-encoding: " + codings.encode() + b"\r\n")


def then(first: bytes, each: bytes | None, slowly: bool = False) -> Behaviour:
    """Something, and then something else for ever; slowly byte by byte."""

    def pieces() -> Pieces:
        yield first
        for piece in repeat(each):
            if piece is None or not slowly:
                yield piece
                continue
            for byte in piece:
                yield bytes([byte])
                yield None

    return pieces


def once(what: bytes) -> Behaviour:
    """This and no more: the connection ends."""
    return lambda: iter([what])


def bomb(layers: int = 1) -> bytes:
    """A few kilobytes that unpack to forty megabytes."""
    body = b'{"message": "' + b" " * 40 * 2**20
    for _ in range(layers):
        body = gzip.compress(body)
    return body


CHUNKED = OK + JSON + b"transfer-encoding: chunked\r\n\r\n"
CHUNK = b"10000\r\n" + LONG + b"\r\n"
INTERIM = b"HTTP/1.1 102 Processing\r\n\r\n"

# What does not end, or takes all time there is.
ENDLESS: Mapping[str, Behaviour] = {
    "says nothing": then(b"", None),
    "drips its head": then(OK, b"x-odd: 1\r\n", slowly=True),
    "drips its body": then(CHUNKED, b"1\r\n \r\n", slowly=True),
    "drips interim answers": then(b"", INTERIM, slowly=True),
    "stops in its head": then(OK + b"x-odd: ", None),
    "stops in its body": then(OK + JSON + b"content-length: 50\r\n\r\n{", None),
}
# What is too much, by the words in which the judge says so.
TOO_MUCH: Mapping[str, tuple[Behaviour, str]] = {
    "a head without end": (then(OK, b"x-odd: " + LONG[:999] + b"\r\n"), "goes on"),
    "a header without end": (then(OK + b"x-odd: ", LONG), "goes on"),
    "interim answers without end": (then(b"", INTERIM * 99), "head .* goes on beyond"),
    "a chunked body without end": (then(CHUNKED, CHUNK), "goes on beyond"),
    "a body without end": (then(OK + JSON + b"\r\n", LONG), "goes on beyond"),
    "trailers without end": (then(CHUNKED + b"0\r\n", b"x: y\r\n" * 999), "goes on"),
    "a bomb": (packed(bomb(), "gzip"), "goes on beyond .*unpacked"),
    "a bomb in a bomb": (packed(bomb(2), "gzip, gzip"), "packed as 'gzip, gzip'"),
    "a bomb in two wrappings": (
        packed(gzip.compress(zlib.compress(b" " * 40 * 2**20)), "deflate, gzip"),
        "goes on beyond",
    ),
    "a coding of its own": (packed(b"{}", "zstd, x-mine"), "packed as 'zstd, x-mine'"),
    "false gzip": (packed(b"{}", "gzip"), "is said to be packed as gzip"),
    "half of a gzip": (packed(gzip.compress(LONG)[:-9], "gzip"), "it breaks off"),
    "ninety-nine codings": (packed(b"{}", ", ".join(["gzip"] * 99)), "packed as"),
}
# What is no HTTP, or breaks off.
NO_HTTP: Mapping[str, tuple[Behaviour, str]] = {
    "another protocol": (once(b"SSH-2.0-OpenSSH_9.6\r\n" * 9), "illegal|no answer"),
    "nothing at all": (once(b""), "disconnected"),
    "half of a head": (once(OK + b"x-odd"), "disconnected|incomplete"),
    "half of a body": (once(OK + JSON + b"content-length: 99\r\n\r\n{}"), "complete"),
    "half of a chunk": (once(CHUNKED + b"99\r\n{}"), "complete"),
    "a chunk of a false size": (once(CHUNKED + b"-5\r\n{}\r\n"), "illegal|no answer"),
    "a negative length": (once(OK + JSON + b"content-length: -1\r\n\r\n{}"), "ength"),
    "two lengths": (
        once(OK + JSON + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{} "),
        "ength",
    ),
    "a strange status": (plain(b"{}", status=b"HTTP/1.1 999999 \r\n"), "illegal|no answer"),
    "a header with a control": (plain(b"{}", JSON + b"x-odd: a\x00b\r\n"), "illegal|no answer"),
    "an upgrade nobody asked for": (
        once(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"),
        "answer",
    ),
    "a redirect to nowhere": (
        plain(b"{}", JSON + b"location: http://[::\r\n", b"HTTP/1.1 302 Found\r\n"),
        "location|redirected",
    ),
}


def said(text: bytes | str, head: bytes = JSON, status: bytes = OK) -> Behaviour:
    """A body that may be JSON."""
    return plain(
        text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text, head, status
    )


def of_charset(name: str) -> Behaviour:
    """JSON in a charset of this name."""
    head = f'content-type: application/json; charset="{name}"\r\n'
    return said(zlib.compress(b"[]" * 2**20), head.encode())


DEEP = 100_000
RETRY = b"HTTP/1.1 429 Too Many Requests\r\n"
# What can be read as HTTP, and hardly as an answer.
ODD: Mapping[str, Behaviour] = {
    "lists a hundred thousand deep": said("[" * DEEP + "]" * DEEP),
    "objects a hundred thousand deep": said('{"booking":' * DEEP + "1" + "}" * DEEP),
    "lists that never close": said("[" * DEEP),
    "halves of characters": said(
        r'{"booking": {"id": "\ud800", "status": "\udfff", "revision": "1"}}'
    ),
    "halves as keys": said(r'{"\ud800": {"\udc00": ["\ud83d"]}, "message": "\ud800"}'),
    "halves in its bytes": said('{"message": "\ud800"}'),
    "no number": said('{"booking": {"id": NaN, "revision": Infinity}}'),
    "a number beyond all": said('{"booking": {"revision": 1e999}}'),
    "a number of many digits": said('{"booking": {"revision": ' + "9" * 9999 + "}}"),
    "a large number": said(f'{{"booking": {{"id": "a", "status": "b", "revision": {2**70}}}}}'),
    "a key twice": said('{"booking": {}, "booking": 1, "extendedBookings": 1}'),
    "a byte order mark": said(b"\xef\xbb\xbf{}"),
    "two documents": said("{}{}"),
    "nothing": said(""),
    "only spaces": said(" " * 2**20),
    "a word": said('"booking"'),
    "null": said("null"),
    "a list": said("[]"),
    "a page": said("<html>\x1b[2J</html>", b"content-type: text/html\r\n"),
    "no letters": said(bytes(range(256))),
    "many keys": said(json.dumps({str(n): n for n in range(99_999)})),
    "a charset that unpacks": of_charset("zlib"),
    "a charset that is slow": of_charset("punycode"),
    "a charset that always fails": of_charset("undefined"),
    "a charset that nobody knows": of_charset("klingon"),
    "a charset of seven bits": of_charset("utf-7"),
    "a charset with a line": of_charset("a b\\"),
    "the same headers often": said("{}", JSON * 99 + b"retry-after: 1\r\n" * 99),
    "cookies without end": said(
        "{}", JSON + b"set-cookie: a=\xff; domain=.; expires=soon\r\n" * 99
    ),
    "a false date": said("{}", JSON + b"date: Mon, 99 Foo 99999999999 99:99:99 +9999\r\n"),
    "a wait of no digits": said("{}", JSON + b"retry-after: \xb2\r\n", RETRY),
    "a wait of many digits": said("{}", JSON + b"retry-after: " + b"9" * 999 + b"\r\n", RETRY),
    "a wait without a year": said("{}", JSON + b"retry-after: Mon, 1 Jan 0 0:0:0 -9999\r\n", RETRY),
    "a redirect to itself": plain(b"", b"location: /\r\n", b"HTTP/1.1 307 Temporary Redirect\r\n"),
    "a redirect to a file": plain(
        b"", b"location: file:///etc/passwd\r\n", b"HTTP/1.1 302 Found\r\n"
    ),
    "no content": once(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "a status of its own": said("{}", status=b"HTTP/1.1 799 \xff\xfe\r\n"),
}  # fmt: skip


@contextmanager
def hostile(behaviour: Behaviour, where: bytes = b"") -> Iterator[str]:
    """The address of a server that does so, whatever it is asked, or where the path says so.

    Elsewhere it answers as a site without bookings.
    """
    over = threading.Event()
    usual = plain(json.dumps(EMPTY).encode())

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked = self.rfile.readline()
            self._take_in()
            try:
                for piece in (behaviour if where in asked else usual)():
                    if piece is not None:
                        self.request.sendall(piece)
                    if over.wait(0.01 if piece is None else 0):
                        return
            except OSError:
                pass  # Whom it spoke to has heard enough.

        def _take_in(self) -> None:
            length = 0
            while (line := self.rfile.readline()).strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            self.rfile.read(length)

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            over.set()
            server.shutdown()


class Server(socketserver.ThreadingTCPServer):
    """As many at once as ask; who is still being spoken to at the end is no matter."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 50

    def handle_error(self, *_: Any) -> None:
        """Nobody minds."""
