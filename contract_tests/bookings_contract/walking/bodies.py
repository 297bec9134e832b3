"""What the requests of a walk are made of, by the document's own schemas.

Only what has few values is drawn: settings that are on or off, and words out of a list. The rest of
a request is put together by whoever sends it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st

from bookings_contract.findings.operations import document, operation
from bookings_openapi.schemas import followed

# What sends messages to people is never drawn, nor what takes money from them.
LEFT_OUT = frozenset({"sendSmsReminder", "participantNotification", "waiveCharges", "withRefund"})

Body = dict[str, Any]


@cache
def extras(name: str) -> st.SearchStrategy[Body]:
    """Some of the optional fields of a request: words out of a list, and settings."""
    return _some(_schema(name))


@cache
def settings_of(name: str) -> st.SearchStrategy[Body]:
    """Flow control settings of an operation, each left out, on or off."""
    return _some(_property(_schema(name), "flowControlSettings"))


@cache
def words(name: str, *path: str) -> tuple[str, ...]:
    """The values that the document lists for a field of a request."""
    schema = _schema(name)
    for step in path:
        schema = _property(schema, step)
    return tuple(schema["enum"])


def _schema(name: str) -> Mapping[str, Any]:
    media = operation(name).definition["requestBody"]["content"]["application/json"]
    return followed(document(), media["schema"])


def _property(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return followed(document(), schema["properties"][name])


def _some(schema: Mapping[str, Any]) -> st.SearchStrategy[Body]:
    found: dict[str, st.SearchStrategy[Any]] = {}
    for name in schema.get("properties", {}):
        values = _values(name, _property(schema, name))
        if values is not None and name not in LEFT_OUT:
            found[name] = values
    return st.fixed_dictionaries({}, optional=found)


def _values(name: str, schema: Mapping[str, Any]) -> st.SearchStrategy[Any] | None:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "boolean":
        return st.booleans()
    return _some(schema) if name == "flowControlSettings" else None
