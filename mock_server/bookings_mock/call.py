"""One call as a handler sees it: who asks for what, in which world, at what hour."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from bookings_mock.callers import Caller
from bookings_mock.domain.ground import Ground
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.world import World

if TYPE_CHECKING:
    from bookings_mock.mock import Mock


class NotThere(Exception):
    """A control was asked for something that the mock does not have."""


@frozen
class Call:
    """`body` is the request's JSON, `path` decoded; `caller` is None where none is due.

    `explain` turns a broken rule into the error that the document names for it, for the operations
    that answer errors item by item.
    """

    operation: str
    mock: "Mock"
    world: World
    ground: Ground
    caller: Caller | None
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    base_url: str
    explain: Callable[[RuleBroken], Mapping[str, Any]]
    authorization: str = ""
