"""A mock as a target that others use too, and ways to spoil what lies between it and the judge."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
from attrs import evolve

from bookings_contract.target.model import Caller, Service, Target

Answering = Callable[[httpx.Request], httpx.Response]
SERVICES = ("yoga", "pilates", "haircut", "rehearsal", "spanish")
CALLERS = ("owner", "app", "reader", "member", "other_member")


def guest(target: Target) -> Target:
    """The mock's target as a target file has it that knows of no controls, and of little else."""
    return evolve(
        target,
        control=None,
        product=None,
        version=None,
        may_notify=False,
        callers={name: target.callers[name] for name in CALLERS},
        services={name: target.services[name] for name in SERVICES},
    )


def with_service(target: Target, name: str, **changes: Any) -> Target:
    """The target with something else said of a service, and no other services."""
    return evolve(target, services={name: evolve(target.services[name], **changes)})


def with_session(target: Target, name: str, **changes: Any) -> Target:
    """The target with something else said of the first session of a service."""
    first, *rest = target.services[name].sessions
    return with_service(target, name, sessions=[evolve(first, **changes), *rest])


def with_caller(target: Target, name: str, **changes: Any) -> Target:
    """The target with something else said of a caller, and no other callers but the owner."""
    known: Caller = evolve(target.callers[name], **changes)
    return evolve(target, callers={"owner": target.callers["owner"], name: known})


def only(target: Target, *names: str) -> Target:
    """The target with these services alone."""
    kept: Mapping[str, Service] = {name: target.services[name] for name in names}
    return evolve(target, services=kept)


def instead(own: httpx.BaseTransport, answer: httpx.Response, *words: str) -> Answering:
    """Answers so wherever the path holds one of the words, or everywhere without any."""

    def answering(request: httpx.Request) -> httpx.Response:
        if not words or any(word in request.url.path for word in words):
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content, request=request
            )
        return own.handle_request(request)

    return answering


def failing(error: Exception) -> Answering:
    """Nobody answers."""

    def answering(request: httpx.Request) -> httpx.Response:
        raise error

    return answering


NOT_FOUND = httpx.Response(404, json={"message": "no such route", "details": {}})
PAGE = httpx.Response(200, text="<html>Welcome</html>", headers={"content-type": "text/html"})


@contextmanager
def served(answering: Answering) -> Iterator[str]:
    """The answers on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            url = f"http://bookings-mock.test{self.path}"
            sent = httpx.Request(
                self.command, url, headers=dict(self.headers), content=self.rfile.read(length)
            )
            answer = answering(sent)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name not in ("content-length", "date", "server"):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
