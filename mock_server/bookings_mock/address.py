"""Where the mock listens, and how a client writes that."""

import errno
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class AddressError(Exception):
    """It can't be listened there; says why, and what to write instead."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; raises AddressError where there can be none."""
    try:
        family = _family(host, port)
        everywhere = host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server((host, port), family=family, dualstack_ipv6=everywhere)
    except UnicodeError:
        raise AddressError(f"{host!r} is no name of a host (--host)") from None
    except OSError as problem:
        raise AddressError(f"can't listen on {written(host)}:{port}: {_why(problem)}") from None


def url(host: str, listening: socket.socket, scheme: str = "http") -> str:
    """The URL under which a client on this machine finds it."""
    return f"{scheme}://{reached(host, listening)}"


def reached(host: str, listening: socket.socket) -> str:
    """The host and port under which a client on this machine finds it."""
    return f"{written(_EVERYWHERE.get(host, host))}:{listening.getsockname()[1]}"


def hosts(document: Mapping[str, Any]) -> list[str]:
    """The hosts under which the document's servers are."""
    return [urlsplit(server["url"]).netloc for server in document["servers"]]


def names(host: str) -> tuple[str, ...]:
    """The names and addresses of whoever listens there, as clients on this machine write them."""
    own = () if host in _EVERYWHERE else (host,)
    return tuple(dict.fromkeys((*own, "localhost", *_EVERYWHERE.values())))


def written(host: str) -> str:
    """A host as URLs have it."""
    return f"[{host}]" if ":" in host else host


def _family(host: str, port: int) -> socket.AddressFamily:
    found = [info[0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    # A name that stands for both means the older one, as it did to all clients once.
    return socket.AF_INET if socket.AF_INET in found else found[0]


def _why(problem: OSError) -> str:
    if isinstance(problem, socket.gaierror):
        return "this machine knows no such host; write one of its addresses by --host"
    return _WHYS.get(problem.errno or 0, f"{problem.strerror or problem}; try another --port")


_WHYS = {
    errno.EADDRINUSE: "something listens there already; write another --port, 0 picks a free one",
    errno.EACCES: "only an administrator may; write a --port above 1023",
    errno.EADDRNOTAVAIL: "that is no address of this machine; write one by --host",
}
