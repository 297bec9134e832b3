"""Which fields of a request the document does not expect: unknown, deprecated or read-only."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import Factory, define

from bookings_openapi.schemas import followed

UNKNOWN = "is no field that the contract knows"
DEPRECATED = "is deprecated"
READ_ONLY = "is filled by the server: what is sent in it is ignored"

# A longer name is no field of anybody's contract, and not worth keeping whole.
_LONGEST = 100


@define
class Fields:
    """What an object may hold, or the items of a list; data whose keys are free has no `Fields`."""

    known: dict[str, "tuple[str | None, Fields | None]"] = Factory(dict)
    items: "Fields | None" = None

    def strange(self, value: Any, path: str = "") -> Iterator[tuple[str, str]]:
        """Each field that is sent against the document, with what is the matter with it."""
        if isinstance(value, list):
            for one in value if self.items else ():
                yield from self.items.strange(one, f"{path}[]") if self.items else ()
        elif isinstance(value, dict) and self.known:
            known = self.known
            for name, inner in value.items():
                if inner is None:
                    continue
                complaint, fields = known.get(name, _UNKNOWN)
                if complaint:
                    yield _below(path, name), complaint
                elif fields and isinstance(inner, dict | list):
                    yield from fields.strange(inner, _below(path, name))


_UNKNOWN: tuple[str | None, Fields | None] = (UNKNOWN, None)


def body_fields(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Fields | None:
    """What an operation's JSON body may hold; None where there is none, or anything goes."""
    body = followed(document, operation.get("requestBody", {}))
    schema = body.get("content", {}).get("application/json", {}).get("schema")
    return _fields(document, schema, {}) if schema else None


def query_fields(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Fields:
    """What an operation's query may hold."""
    declared = (followed(document, one) for one in operation.get("parameters", ()))
    named = {one["name"]: (_complaint(one), None) for one in declared if one["in"] == "query"}
    return Fields(known={"": (None, None), **named})


def _fields(
    document: Mapping[str, Any], schema: Mapping[str, Any], made: dict[str, Fields | None]
) -> Fields | None:
    ref = schema.get("$ref")
    if ref in made:
        return made[ref]
    here = Fields()
    if ref:
        made[ref] = here
    parts = list(_parts(document, schema))
    if any(part.get("x-free-form") or part.get("additionalProperties") for part in parts):
        if ref:
            made[ref] = None
        return None
    for part in parts:
        if "items" in part:
            here.items = _fields(document, part["items"], made)
        for name, child in part.get("properties", {}).items():
            if name not in here.known:
                here.known[name] = (_complaint(child), _fields(document, child, made))
    return here if here.known or here.items else None


def _parts(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schema, and those that it puts together: what they name is known as well."""
    schema = followed(document, schema)
    yield schema
    for keyword in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(keyword, ()):
            yield from _parts(document, part)


def _complaint(declared: Mapping[str, Any]) -> str | None:
    if declared.get("x-read-only") or declared.get("readOnly"):
        return READ_ONLY
    return DEPRECATED if declared.get("deprecated") else None


def _below(path: str, name: str) -> str:
    name = name[:_LONGEST]
    return f"{path}.{name}" if path else name
