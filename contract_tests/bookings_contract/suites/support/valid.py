"""What a call that nothing speaks against consists of."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.testkit.client import Client


@frozen
class Valid:
    """A call that should succeed as it stands."""

    operation: str
    body: Mapping[str, Any] | None = None
    # The booking that the path names, and one that anything else names.
    made: Seen | None = None
    named: Seen | None = None
    how: Mapping[str, Any] = field(factory=dict)

    @property
    def booking(self) -> Seen:
        """The booking that it is about."""
        if self.made is None:
            raise LookupError(f"{self.operation} is about no booking")
        return self.made

    def sent(
        self,
        client: Client,
        body: Mapping[str, object] | None = None,
        *,
        to: str | None = None,
        **how: Any,
    ) -> Answer:
        """The answer to it; `body` adds fields to its own, `to` puts another id in the path."""
        content = None if self.body is None else {**self.body, **(body or {})}
        if self.made is None:
            return client.call(self.operation, body=content, **{**self.how, **how})
        booking = self.made if to is None else evolve(self.made, id=to)
        return client.act(self.operation, booking, content, **how)
