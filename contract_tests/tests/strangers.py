"""The way to the independent server, and the target that its own file describes."""

from pathlib import Path

import httpx

from bookings_contract.target.model import Target
from bookings_contract.target.reading import read_toml

from .independent import Server

FILE = Path(__file__).parent / "independent.toml"


class Way(httpx.BaseTransport):
    """Leads to a server in this process."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """What the server answers."""
        headers = {key.lower(): value for key, value in request.headers.items()}
        url = request.url.raw_path.decode("ascii")
        status, marks, body = self.server.answer(request.method, url, headers, request.read())
        return httpx.Response(status, headers=marks, content=body)


def independent() -> Target:
    """The independent server, as its target file describes it."""
    return read_toml(FILE)
