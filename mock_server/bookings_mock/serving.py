"""Serves an application on a socket: uvicorn, and refusals of the API's shape at every depth."""

import time

import orjson
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bookings_mock.rim.errors import error


class Protocol(HttpToolsProtocol):
    """HTTP as uvicorn reads it; what is none never gets as far as the rim, and is refused here."""

    def send_400_response(self, msg: str) -> None:
        """Refuse what could not be read, and hang up."""
        body = orjson.dumps(error(msg))
        lines = (
            "HTTP/1.1 400 Bad Request",
            "content-type: application/json",
            f"content-length: {len(body)}",
            f"x-wix-request-id: {time.time():.10f}",
            "connection: close",
        )
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()


def server(app: ASGIApp) -> uvicorn.Server:
    """A server of the application, to be run on a socket that listens."""
    config = uvicorn.Config(app, http=Protocol, log_level="warning", access_log=False, ws="none")
    return uvicorn.Server(config)
