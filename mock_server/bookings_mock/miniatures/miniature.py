"""What a miniature is."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from bookings_mock.handlers.handler import Handler
from bookings_mock.rim.answers import Bend


@frozen
class Miniature:
    """One way of being wrong.

    `replaces` puts other functions in the place of a rule's; `in_document` takes the keywords
    beside the rule's `x-rule` out of the document; `loosens` takes single keywords out of it, by
    JSON pointers ("#/components/schemas/…"); `handlers` wraps what serves an operation, by its id;
    `bend` changes answers after they were checked.
    """

    name: str
    rule: str
    about: str
    replaces: Mapping[Callable[..., Any], Callable[..., Any]] = field(factory=dict)
    in_document: bool = False
    loosens: tuple[str, ...] = ()
    handlers: Mapping[str, Callable[[Handler], Handler]] = field(factory=dict)
    bend: Bend | None = None

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What the document of this mock does not say: rules by their ids, keywords by pointers."""
        return (self.rule, *self.loosens) if self.in_document else self.loosens
