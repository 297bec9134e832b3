"""What a miniature is."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from attrs import field, frozen

from bookings_mock.handlers.handler import Handler
from bookings_mock.rim.answers import Bend


@frozen
class Miniature:
    """One way of being wrong.

    `replaces` puts other functions in the place of a rule's; `in_document` takes the keywords
    beside the rule's `x-rule` out of the document; `rewrites` says what the document has instead of
    what it has, by JSON pointers ("/components/schemas/…"); `handlers` wraps what serves an
    operation, by its id; `bend` changes answers after they were checked.
    """

    name: str
    rule: str
    about: str
    replaces: Mapping[Callable[..., Any], Callable[..., Any]] = field(factory=dict)
    in_document: bool = False
    rewrites: Mapping[str, Hashable] = field(factory=dict)
    handlers: Mapping[str, Callable[[Handler], Handler]] = field(factory=dict)
    bend: Bend | None = None
