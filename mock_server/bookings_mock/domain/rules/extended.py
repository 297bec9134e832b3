"""Rules of Update Extended Fields."""

from collections.abc import Collection, Mapping

from bookings_mock.domain.booking import Json
from bookings_mock.domain.rulebook import Refusal, either, rule


@rule("EXTENDED-1")
def stored_fields(stored: Mapping[str, Json], namespace: str, data: Json) -> Mapping[str, Json]:
    """The namespaces of a booking after one was written."""
    return {**stored, namespace: data}


@either("EXTENDED-2")
def namespace_known(reading: str, namespace: str, configured: Collection[str]) -> Refusal | None:
    """An unknown namespace is created (A), or must be configured first (B)."""
    if reading == "A" or namespace in configured:
        return None
    return Refusal(f"the namespace {namespace} is not configured", field="namespace")
