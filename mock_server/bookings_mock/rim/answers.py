"""What comes in and what goes back, as the rim passes it on to those who bend it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import field, frozen

if TYPE_CHECKING:
    from bookings_mock.call import Call
    from bookings_mock.rim.operations import Operation
    from bookings_mock.shared import Advice


@frozen
class Answer:
    """`rule` is the id of the rule that was broken; `reason` says so for the log."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(factory=dict)
    rule: str | None = None
    reason: str | None = None


class Exchange:
    """One request, and as much of what it became as was reached: operation and call."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self._scope = scope
        self._headers = dict(scope["headers"])
        self.method: str = scope["method"]
        # The undecoded path: an id that holds %2F stays one segment.
        raw = scope.get("raw_path") or scope["path"].encode()
        self.path: str = raw.decode("latin-1").partition("?")[0]
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
    def base_url(self) -> str:
        """Where the client sees the server."""
        return f"{self._scope.get('scheme', 'http')}://{self.header(b'host') or 'localhost'}"


Bend: TypeAlias = Callable[[Exchange, Answer], Answer]
