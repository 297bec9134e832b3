"""What a miniature is."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from bookings_mock.rim.answers import Bend


@frozen
class Miniature:
    """One way of being wrong.

    `replaces` puts other functions in the place of a rule's; `in_document` takes the keywords
    beside the rule's `x-rule` out of the document; `bend` changes answers after they were checked.
    """

    name: str
    rule: str
    about: str
    replaces: Mapping[Callable[..., Any], Callable[..., Any]] = field(factory=dict)
    in_document: bool = False
    bend: Bend | None = None
