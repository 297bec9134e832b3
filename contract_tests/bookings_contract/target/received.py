"""An answer as it came, made readable within bounds: unpacked, and in letters."""

import zlib
from collections.abc import Iterator
from typing import Any

import httpx
from attrs import frozen

from bookings_contract.findings.bounds import BODY, CHARSETS, CODINGS
from bookings_contract.findings.parsing import Unparsable, parse


class Excessive(httpx.TransportError):
    """The target sends more than an answer can be, or what can't be undone; the message says."""


@frozen
class Received:
    """An answer to one request, whole."""

    status_code: int
    headers: httpx.Headers
    text: str

    def json(self) -> Any:
        """What it holds as JSON.

        Raises Unparsable, a ValueError, where that is none that can be read.
        """
        return parse(self.text)

    @property
    def holds(self) -> Any:
        """The same, None where there is none."""
        try:
            return self.json()
        except Unparsable:
            return None


def received(response: httpx.Response) -> Received:
    """The answer, of a response whose body may not have been read yet.

    Raises Excessive where its body can't be undone within bounds.
    """
    if response.is_stream_consumed:
        content = response.content  # It has never been on a wire.
    else:
        content = unpacked(b"".join(response.iter_raw()), _codings(response.headers))
    return Received(response.status_code, response.headers, _letters(response, content))


def unpacked(body: bytes, codings: list[str]) -> bytes:
    """A body without the codings that its head names, the last of which was put on last."""
    if len(set(codings)) < len(codings) or not set(codings).issubset(CODINGS):
        named = ", ".join(codings)
        raise Excessive(f"its body is packed as {named[:60]!r}, which nobody asked for")
    for coding in reversed(codings):
        body = _undone(body, coding)
    if len(body) > BODY:
        raise Excessive(f"its body goes on beyond {size(BODY)}")
    return body


def size(number: int) -> str:
    """A number of bytes, as people say it."""
    return f"{number >> 20} MiB" if number >> 20 else f"{number >> 10} KiB"


def _codings(headers: httpx.Headers) -> list[str]:
    named = headers.get("content-encoding", "").lower().split(",")
    return [word for one in named if (word := one.strip()) not in ("", "identity")]


def _undone(body: bytes, coding: str) -> bytes:
    """A body without one of its codings; some servers leave out the frame of `deflate`."""
    if not body:
        return body
    problem = None
    for window in _windows(coding):
        try:
            return b"".join(_inflated(body, window))
        except zlib.error as error:
            problem = error
    raise Excessive(f"its body is said to be packed as {coding}, and is not ({problem})")


def _windows(coding: str) -> tuple[int, ...]:
    """How zlib is told what frame to expect."""
    gzip, framed, bare = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
    return (gzip,) if coding == "gzip" else (framed, bare)


def _inflated(body: bytes, window: int) -> Iterator[bytes]:
    """A packed body, never more of it than is looked at."""
    inflater = zlib.decompressobj(window)
    part = inflater.decompress(body, BODY + 1)
    yield part
    if len(part) > BODY:
        raise Excessive(f"its body goes on beyond {size(BODY)}, once it is unpacked")
    if not inflater.eof:
        raise zlib.error("it breaks off")


def _letters(response: httpx.Response, content: bytes) -> str:
    """The body in letters: JSON is in UTF-8, whatever other charset a head makes up."""
    named = (response.charset_encoding or "").lower()
    return content.decode(named if named in CHARSETS else "utf-8", "replace")
