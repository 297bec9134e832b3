"""Why nobody answers at an address: each kind of silence by its name."""

import socket
import ssl
from collections.abc import Iterator, Sequence

import httpx

from bookings_contract.doctor.check import Check, wrong

URL = "[target] url"


def silence(url: str, error: BaseException) -> Check:
    """Why nobody answers at an address."""
    causes = list(_causes(error))
    for name, kinds, expected in _SILENCES:
        if any(isinstance(cause, kinds) for cause in causes):
            return _silent(name, url, error, expected)
    text = " ".join(map(str, causes)).lower()
    for name, words, expected in _WORDS:
        if any(word in text for word in words):
            return _silent(name, url, error, expected)
    return _silent("unreachable", url, error, "an answer: is it running?")


def no_address(url: str) -> Check | None:
    """It is no URL that anybody could answer at."""
    try:
        known = httpx.URL(url)
    except httpx.InvalidURL as error:
        return silence(url, error)
    if known.scheme in ("http", "https") and known.host:
        return None
    return silence(url, httpx.UnsupportedProtocol("it names no host"))


def _silent(name: str, url: str, error: BaseException, expected: str) -> Check:
    seen = f"{url}: {error}"
    return wrong(name, "address", seen=seen, expected=expected, change=URL).decisive


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


_SILENCES: Sequence[tuple[str, tuple[type[BaseException], ...], str]] = (
    ("url-invalid", (httpx.UnsupportedProtocol, httpx.InvalidURL), "a URL of http or https"),
    ("host-unknown", (socket.gaierror,), "a host name that can be resolved: is it misspelled?"),
    (
        "tls",
        (ssl.SSLError,),
        "a certificate that is trusted here, or http:// where no TLS is spoken",
    ),
    (
        "timeout",
        (httpx.TimeoutException, TimeoutError),
        "an answer in time: is a firewall between?",
    ),
    (
        "refused",
        (ConnectionRefusedError,),
        "somebody who listens: is it running, is the port right?",
    ),
    ("not-http", (httpx.ProtocolError,), "HTTP: https:// where TLS is spoken, another port"),
)
_WORDS = (
    ("tls", ("ssl", "certificate"), "a certificate that is trusted here"),
    (
        "host-unknown",
        ("name or service", "getaddrinfo", "name resolution", "nodename"),
        "a known host",
    ),
    ("refused", ("refused",), "somebody who listens: is it running, is the port right?"),
    ("not-http", ("disconnected", "reset by peer"), "HTTP: https:// where TLS is spoken"),
)
