"""Reads where it is open whether there are any: the writer's paths, answered as by the reader."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from bookings_mock.domain.rulebook import Rulebook
from bookings_mock.domain.rules import envelopes


@frozen
class OpenRead:
    """What the document has at a path instead of an operation: whether that is read is open.

    `by` is the operation that reads the same, `at` its path.
    """

    by: str
    at: str

    def asked(self, path: Mapping[str, str], body: Any) -> Mapping[str, Any]:
        """The reader's body: for the one booking of the path, else for what the body asks."""
        if not path:
            return {"query": {}, **(body or {})}
        return {"query": {"filter": {"id": next(iter(path.values()))}}}

    def answered(self, path: Mapping[str, str], page: Mapping[str, Any], rules: Rulebook) -> Any:
        """The reader's answer as bookings; raises RuleBroken where there is no such booking."""
        bookings = [entry["booking"] for entry in page["extendedBookings"]]
        if not path:
            return {"bookings": bookings, "pagingMetadata": page["pagingMetadata"]}
        one = bookings[0] if bookings else None
        rules.require(envelopes.found, one)
        return {"booking": one}
