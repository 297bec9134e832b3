"""What comes in and what goes back, as the rim passes it on to those who bend it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from attrs import field, frozen

if TYPE_CHECKING:
    from bookings_mock.call import Call
    from bookings_mock.rim.operations import Operation
    from bookings_mock.shared import Advice


HTML = "text/html"
FORM = "application/x-www-form-urlencoded"


@frozen
class Answer:
    """`rule` is the id of the rule that was broken; `reason` says so for the log.

    `text` is sent as it is instead of the body, as the `media_type` that it is of;
    `made` is the body in bytes, where it was put into them already.
    """

    status: int
    body: Any
    headers: Mapping[str, str] = field(factory=dict)
    rule: str | None = None
    reason: str | None = None
    text: str | None = None
    media_type: str = HTML
    made: bytes | None = None


class Exchange:
    """One request, and as much of what it became as was reached: operation and call."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self._scope = scope
        self._headers = dict(scope["headers"])
        self.method: str = scope["method"]
        # The undecoded path: an id that holds %2F stays one segment.
        raw = scope.get("raw_path") or scope["path"].encode()
        self.path: str = raw.decode("latin-1").partition("?")[0]
        self.is_control = is_control(self.path)
        self.query_string: bytes = scope.get("query_string", b"")
        self.operation: Operation | None = None
        self.call: Call | None = None
        # Whether the body had names in snake_case that were understood.
        self.renamed = False
        self.advice: tuple[Advice, ...] = ()

    def header(self, name: bytes) -> str:
        """A request header, "" where it is absent."""
        value: bytes = self._headers.get(name, b"")
        return value.decode("latin-1")

    @property
    def verb(self) -> str:
        """The method whose operation is asked for: a HEAD is a GET without its body."""
        return "GET" if self.method == "HEAD" else self.method

    @property
    def wants_page(self) -> bool:
        """Whether it is a browser that wants something to show."""
        return "text/html" in self.header(b"accept").lower()

    @property
    def is_form(self) -> bool:
        """Whether it is a form that was filled in."""
        return self.header(b"content-type").partition(";")[0].strip().lower() == FORM

    @property
    def raw_headers(self) -> Sequence[tuple[bytes, bytes]]:
        """The headers as they came, names in lower case."""
        return list(self._scope["headers"])

    @property
    def address(self) -> str | None:
        """The address that the request came to; without a socket, the name."""
        host, _ = self._scope.get("server") or (None, None)
        return host

    @property
    def base_url(self) -> str:
        """Where the client sees the server."""
        return f"{self._scope.get('scheme', 'http')}://{self.header(b'host') or 'localhost'}"


def is_control(path: str) -> bool:
    """Whether a path leads to the mock's own controls, however it is written."""
    return unquote(path.strip("/").partition("/")[0]) == "_mock"


Bend: TypeAlias = Callable[[Exchange, Answer], Answer]
