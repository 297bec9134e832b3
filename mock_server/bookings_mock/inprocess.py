"""Serves the mock without a socket: an httpx transport over the ASGI application."""

import asyncio
from collections.abc import Iterator, MutableMapping
from typing import Any

import httpx
from starlette.types import ASGIApp


def transport(app: ASGIApp) -> httpx.BaseTransport:
    """A transport for `httpx.Client`; every request runs to its end before the next."""
    return _InProcess(app)


class _InProcess(httpx.BaseTransport):
    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._loop.run_until_complete(_asked(self._app, request, request.read()))

    def close(self) -> None:
        self._loop.close()


async def _asked(app: ASGIApp, request: httpx.Request, body: bytes) -> httpx.Response:
    sent: list[MutableMapping[str, Any]] = []
    parts: Iterator[bytes] = iter((body,))

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": next(parts, b""), "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app(_scope(request), receive, send)
    if not sent:
        # What a client sees of a connection that was dropped.
        raise httpx.RemoteProtocolError("the server hung up without an answer", request=request)
    return httpx.Response(
        sent[0]["status"],
        headers=sent[0]["headers"],
        content=b"".join(message.get("body", b"") for message in sent[1:]),
    )


def _scope(request: httpx.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
    }
