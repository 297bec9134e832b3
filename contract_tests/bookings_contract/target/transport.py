"""The judge's way over a wire: an exchange ends in time and within bounds, whatever is answered.

What a client's own timeouts leave out is counted here: they begin anew with every byte, and know
nothing of sizes.
"""

import ssl
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpcore
import httpx
from attrs import define, field

from bookings_contract.findings.bounds import CODINGS, GREETING, HEAD, WIRE
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.target.received import Excessive, Received, received, size


def way_to(url: str) -> httpx.BaseTransport:
    """The way to a server, by the proxy that the environment names for it."""
    return Bounded(_named_by_environment(httpx.URL(url)))


def first_answer(
    url: str, transport: httpx.BaseTransport | None = None, within: float = GREETING
) -> Received:
    """What answers at an address, to a first question; raises httpx's errors, Excessive among them.

    Redirects are not followed.
    """
    packing = {"accept-encoding": ", ".join(CODINGS)}
    with (
        httpx.Client(transport=transport or way_to(url), timeout=within, headers=packing) as http,
        http.stream("GET", url) as response,
    ):
        return received(response)


@define
class Meter:
    """What is left of one exchange: the time when it ends, and the bytes that may still come."""

    now: Callable[[], float] = time.monotonic
    _until: float = 0.0
    _room: int = 0
    _most: int = 0
    _what: str = ""

    def begin(self, seconds: float) -> None:
        """An exchange begins, which may take so long."""
        self._until = self.now() + seconds

    def allow(self, room: int, what: str) -> None:
        """So many bytes may come from here on."""
        self._room, self._most, self._what = room, room, what

    def left(self) -> float:
        """The seconds that are left; raises ReadTimeout where none are."""
        left = self._until - self.now()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer did not end in time")
        return left

    def came(self, number: int) -> None:
        """Counts what has come; raises Excessive where it is too much."""
        self._room -= number
        if self._room < 0:
            raise Excessive(f"{self._what} goes on beyond {size(self._most)}")


@define
class Counted(httpcore.NetworkStream):
    """A connection whose every wait and byte is counted."""

    _own: httpcore.NetworkStream
    _meter: Meter

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What comes, within what is left."""
        came = self._own.read(max_bytes, self._meter.left())
        self._meter.came(len(came))
        return came

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends; a target that does not take it in has no longer than to answer it."""
        self._own.write(buffer, self._meter.left())

    def close(self) -> None:
        """Ends the connection."""
        self._own.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same under TLS."""
        secured = self._own.start_tls(ssl_context, server_hostname, self._meter.left())
        return Counted(secured, self._meter)

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection."""
        return self._own.get_extra_info(info)


@define
class Counting(httpcore.NetworkBackend):
    """Opens connections that are counted."""

    _meter: Meter
    _own: httpcore.NetworkBackend = field(factory=httpcore.SyncBackend)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection."""
        stream = self._own.connect_tcp(
            host, port, self._meter.left(), local_address, socket_options
        )
        return Counted(stream, self._meter)


class Bounded(httpx.BaseTransport):
    """Sends over a wire; an answer has come as a whole when it is handed out, and still packed."""

    def __init__(self, proxy: str | None = None) -> None:
        self._meter = Meter()
        backend, context = Counting(self._meter), httpx.create_ssl_context()
        self._pool: httpcore.ConnectionPool = (
            httpcore.ConnectionPool(ssl_context=context, network_backend=backend)
            if proxy is None
            else _by_proxy(proxy, context, backend)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer; its body is as it came."""
        self._meter.begin(request.extensions["timeout"]["read"])
        self._meter.allow(HEAD, "the head of the answer")
        with _in_words_of_httpx():
            answer = self._pool.handle_request(_sent(request))
            try:
                self._meter.allow(WIRE, "the answer")
                body = b"".join(answer.iter_stream())
            finally:
                answer.close()
        return httpx.Response(answer.status, headers=answer.headers, stream=Come(body))

    def close(self) -> None:
        """Ends the connections."""
        self._pool.close()


class Come(httpx.SyncByteStream):
    """A body that has come."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body


# Inside


def _sent(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=cast(httpx.SyncByteStream, request.stream),
        extensions=request.extensions,
    )


# What may go wrong on a wire; both libraries give it the same names.
NAMES = (
    *("ConnectTimeout", "ReadTimeout", "WriteTimeout", "PoolTimeout", "TimeoutException"),
    *("ConnectError", "ReadError", "WriteError", "NetworkError", "ProxyError"),
    *("UnsupportedProtocol", "LocalProtocolError", "RemoteProtocolError", "ProtocolError"),
)
# How the parser says that something does not end which it has to see the end of.
FULL = "Receive buffer too long"
FAULTS: tuple[type[Exception], ...] = tuple(getattr(httpcore, name) for name in NAMES)


@contextmanager
def _in_words_of_httpx() -> Iterator[None]:
    try:
        yield
    except FAULTS as error:
        if str(error) == FULL:
            raise Excessive("a line of it, or its head, goes on and on") from error
        raise getattr(httpx, type(error).__name__)(str(error)) from error


def _named_by_environment(url: httpx.URL) -> str | None:
    """The proxy that the environment names for an address."""
    if urllib.request.proxy_bypass(url.host):
        return None
    known = urllib.request.getproxies()
    return known.get(url.scheme) or known.get("all")


def _by_proxy(
    named: str, context: ssl.SSLContext, backend: httpcore.NetworkBackend
) -> httpcore.ConnectionPool:
    try:
        proxy = httpx.Proxy(named if "://" in named else f"http://{named}")
    except (ValueError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"the environment names no proxy that can be used: {error}"
        ) from error
    address, auth = str(proxy.url), proxy.raw_auth
    if proxy.url.scheme.startswith("socks"):
        return httpcore.SOCKSProxy(
            address, proxy_auth=auth, ssl_context=context, network_backend=backend
        )
    return httpcore.HTTPProxy(
        address, proxy_auth=auth, ssl_context=context, network_backend=backend
    )
