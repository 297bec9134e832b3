"""Serves an application on a socket: uvicorn, with bounds in time and size, and a sure stop."""

import contextlib
import signal
import ssl
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeAlias, cast

import uvicorn
from starlette.types import ASGIApp

from bookings_mock.connection import Connection, Wire

__all__ = ["ENDING", "Server", "Tick", "Wire", "server"]

Tick: TypeAlias = Callable[[], Awaitable[None]]

# The signals that ask for an end, as far as the system has them.
ENDING = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]


class Server(uvicorn.Server):
    """Uvicorn's server; the signal that stops it is not repeated: what comes after is done."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals that ask for an end while the server runs."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    def end_on_signals(self) -> None:
        """Let every signal that asks for an end stop the server from now on, before it runs too.

        Whoever was told that it listens may ask for its end at once, and it ends in order: what is
        to be saved is saved. The server takes the common signals over while it runs.
        """
        for number in ENDING:
            # Who starts a process with a signal ignored (nohup) means it.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self.handle_exit)


def server(
    app: ASGIApp,
    tick: Tick | None = None,
    seconds: int = 0,
    wire: Wire | None = None,
    tls: ssl.SSLContext | None = None,
) -> Server:
    """A server of the application, to be run on a socket that listens; `tick` is called so often.

    With `tls` it speaks HTTPS, and nothing else. Nothing more is served
    until `tick` first waits for something.
    """
    bounds = wire or Wire()

    def connected(**uvicorns: Any) -> Connection:
        return Connection(bounds, **uvicorns)

    config = uvicorn.Config(
        app,
        http=cast(Any, connected),
        # What goes wrong with a request is answered, and logged by the mock itself.
        log_level="critical",
        access_log=False,
        ws="none",
        callback_notify=tick,
        timeout_notify=seconds,
        ssl_context_factory=(lambda *_: tls) if tls else None,
        timeout_keep_alive=cast(int, bounds.idle_seconds),
        timeout_graceful_shutdown=cast(int, bounds.grace_seconds),
    )
    return Server(config)
