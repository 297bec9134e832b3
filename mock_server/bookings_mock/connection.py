"""One connection: HTTP as uvicorn reads it, within bounds of time and size.

A head, a body and the pause between two requests may each take so long and no longer, however
steadily bytes drip in. Whatever ends a connection before its time is said in the API's one shape of
errors, with the status that the document names for it under `x-refusals`. An upgrade is declined,
as anyone may: the request is answered over the protocol that it came in.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from http import HTTPStatus
from typing import Any

import httptools
import orjson
from attrs import frozen
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

import bookings_openapi
from bookings_mock.rim.errors import error

log = logging.getLogger("bookings_mock")

# How long a refused client may take to hear of it before its connection is cut.
_LINGER_SECONDS = 1.0
_BETWEEN, _HEAD, _BODY = range(3)
# What says where a body ends; the rest of a head means nothing to that.
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


@frozen
class Wire:
    """How many seconds each may take: a head, a body, a pause, and the last answers at a stop."""

    head_seconds: float = 10.0
    body_seconds: float = 30.0
    idle_seconds: float = 75.0
    grace_seconds: float = 5.0


class Refused(Exception):
    """A request was read far enough to be refused; `name` is the refusal's in the document."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Connection(HttpToolsProtocol):
    """Reads requests and refuses what is none, what is too much and what takes too long."""

    def __init__(self, wire: Wire, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._wire = wire
        self._limit = _head_limit()
        self._reading, self._begun = _BETWEEN, False
        # Bytes since the last that belonged to a body: those of a head, of trailers, of framing.
        self._unread = 0
        self._refusal: Refused | None = None
        self._declining = False
        self._lingers = False
        self._running: RequestResponseCycle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None

    # What comes in

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request, as between two."""
        super().connection_made(transport)
        self._wait(self._wire.idle_seconds, self._idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        for waiting in (self._patience, self._stuck):
            if waiting is not None:
                waiting.cancel()
        self._patience = self._stuck = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, as far as there are requests."""
        if self._lingers:
            return
        self._unset_keepalive_if_required()
        if self._reading == _BETWEEN:
            self._begin(_HEAD)
        self._unread += len(data)
        try:
            self._read(data)
            if self._reading != _BETWEEN and self._unread > self._limit:
                raise self._too_large()
        except Refused as refused:
            self._refuse(refused)
        except httptools.HttpParserError:
            self._refuse(self._refusal or Refused("unreadable", "this is no HTTP request"))

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer all the same who only said that no more will come."""
        running = self._running
        if self._lingers or running is None or running.response_complete or running.more_body:
            return False
        running.keep_alive = False
        # Over TLS an end in one direction ends both.
        return self.transport.can_write_eof()

    def _read(self, data: bytes) -> None:
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as proposed:
                data = data[proposed.args[0] :]
                self._decline()
            else:
                return

    def _decline(self) -> None:
        """Read the body of a request that proposed an upgrade, and whatever comes after it.

        The parser takes all that follows for the other protocol. Another one goes on, which has
        been told where the body ends and nothing else.
        """
        head = [b"POST / HTTP/1.1"]
        head += [b"%s: %s" % one for one in self.headers if one[0] in _FRAMING]
        self.parser = httptools.HttpRequestParser(self)
        self._declining = True
        try:
            self.parser.feed_data(b"\r\n".join([*head, b"", b""]))
        finally:
            self._declining = False

    # What the parser tells

    def on_message_begin(self) -> None:
        """A head begins."""
        if self._declining:
            return
        super().on_message_begin()
        self._begun = True
        if self._reading != _HEAD:
            self._begin(_HEAD)

    def on_url(self, url: bytes) -> None:
        """A part of what is asked for."""
        if not self._declining:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what comes after the body, a trailer, is none."""
        if self._reading == _HEAD and not self._declining:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A head is complete: its request is run, and its body awaited."""
        if self._declining:
            return
        self._unread = 0
        try:
            self._check_head()
        except Refused as refused:
            self._refusal = refused
            raise
        super().on_headers_complete()
        self._begin(_BODY)

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is complete, unless it is only the parser that goes (see `_decline`)."""
        if self.parser.should_upgrade() and not self._declining:
            return
        self._reading, self._unread, self._begun = _BETWEEN, 0, False
        self._wait(None, self._idle)
        super().on_message_complete()

    def _check_head(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self._limit:
            raise self._too_large()
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) != 1 and (hosts or self.parser.get_http_version() == "1.1"):
            raise Refused("unreadable", f"a request names one host, not {len(hosts)}")

    def _too_large(self) -> Refused:
        return Refused("headTooLarge", f"the head is larger than {self._limit} bytes")

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing to warn of: anyone may decline."""

    # How long it may take

    def _begin(self, reading: int) -> None:
        self._reading = reading
        seconds = self._wire.head_seconds if reading == _HEAD else self._wire.body_seconds
        self._wait(seconds, partial(self._too_slow, seconds))

    def _wait(self, seconds: float | None, then: Callable[[], None]) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._patience = None if seconds is None else self.loop.call_later(seconds, then)

    def _idle(self) -> None:
        self.transport.abort()

    def _too_slow(self, seconds: float) -> None:
        if not self._begun:
            self.transport.abort()  # Empty lines are no request that could be answered.
            return
        if self.flow.read_paused:
            # It is the server that is slow: what comes next waits for an answer to be made.
            self._begin(self._reading)
            return
        what = "head" if self._reading == _HEAD else "body"
        self._refuse(Refused("tooSlow", f"the {what} took longer than {seconds:g} seconds"))

    def timeout_keep_alive_handler(self) -> None:
        """End a connection over which nothing more was asked, read or not."""
        self.transport.abort()

    def pause_writing(self) -> None:
        """Wait for a client that does not read, but not for ever."""
        super().pause_writing()
        self._stuck = self.loop.call_later(self._wire.body_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the client reads."""
        super().resume_writing()
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    # What goes out instead of an answer

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, partial(self._run, cycle, app))

    async def _run(
        self, cycle: RequestResponseCycle, app: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Run the application; that it is stopped or fails is an answer as well."""
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            self._fail(cycle, Refused("stopping", "the server stops"))
        except Exception:
            log.exception("%s failed", scope["method"])
            self._fail(cycle, Refused("failed", ""))

    def _fail(self, cycle: RequestResponseCycle, refused: Refused) -> None:
        if cycle.response_started or cycle.disconnected:
            self.transport.abort()
        else:
            self._hang_up(refused, cycle)

    def _refuse(self, refused: Refused) -> None:
        """Refuse what is being read, after what was asked before it has been answered."""
        running = self._running
        if running is None or running.response_complete:
            if self._reading == _BODY and running is self.cycle:
                self.transport.abort()  # Answered before its body was read: no more to say.
            else:
                self._hang_up(refused, None)
        elif running is self.cycle and self._reading == _BODY:
            self._hang_up(refused, running)
        else:
            running.keep_alive = False
            self.flow.pause_reading()
            self._wait(None, self._idle)

    def _hang_up(self, refused: Refused, cycle: RequestResponseCycle | None) -> None:
        """Say why, and wait a moment for the client to hear of it: it may still be sending."""
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        if self.transport.is_closing():
            return
        self._lingers = True
        self.flow.resume_reading()
        self.transport.write(_told(refused))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._wait(_LINGER_SECONDS, self.transport.abort)

    def shutdown(self) -> None:
        """Stop, once what was asked is answered."""
        if self._lingers:
            self.transport.abort()
        else:
            super().shutdown()


def _told(refused: Refused) -> bytes:
    """A whole answer: a refusal in the API's one shape of errors, the last on its connection."""
    status = _refusals()[refused.name]["status"]
    body = orjson.dumps(error(str(refused)))
    lines = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "content-type: application/json",
        f"content-length: {len(body)}",
        f"x-wix-request-id: {time.time():.10f}",
        "connection: close",
        *_readable(),
    )
    return "\r\n".join([*lines, "", ""]).encode() + body


@cache
def _readable() -> tuple[str, ...]:
    """What lets a page read why it is refused: its origin was perhaps never sent."""
    cors = bookings_openapi.load()["x-cors"]
    if cors["origins"] != ["*"]:
        return ()
    exposed = ", ".join(cors["exposed"])
    return ("access-control-allow-origin: *", f"access-control-expose-headers: {exposed}")


@cache
def _refusals() -> Mapping[str, Mapping[str, Any]]:
    refusals: Mapping[str, Mapping[str, Any]] = bookings_openapi.load()["x-refusals"]
    return refusals


@cache
def _head_limit() -> int:
    return int(bookings_openapi.load()["x-limits"]["headBytes"])
