"""Turns the document's OpenAPI 3.0 schemas into JSON Schema (draft 4), formats included.

OpenAPI 3.0 says `nullable` where JSON Schema says `null`; every other keyword that the document
uses means the same in both. `compiled()` is the one way in which both programs check a shape.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import jsonschema_rs

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_DATE_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def is_uuid(text: str) -> bool:
    """Whether the text is 8-4-4-4-12 hexadecimal digits, in either case."""
    return _UUID.fullmatch(text) is not None


def is_date_time(text: str) -> bool:
    """Whether the text is an RFC 3339 date-time that exists."""
    if not _DATE_TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def is_email(text: str) -> bool:
    """Whether the text has the outline of an e-mail address; the API's own test is unpublished."""
    return _EMAIL.fullmatch(text) is not None


# The keywords that a rule in a schema can consist of: beside an `x-rule` they belong to that rule.
ASSERTIONS = frozenset(
    {"required", "oneOf", "anyOf", "not", "format", "pattern", "enum", "minimum", "maximum"}
    | {"minItems", "maxItems", "minLength", "maxLength"}
)

FORMATS: Mapping[str, Callable[[str], bool]] = {
    "uuid": is_uuid,
    "date-time": is_date_time,
    "email": is_email,
}


def translated(node: Any) -> Any:
    """A copy of a schema, or of a whole document, with every `nullable` said in JSON Schema."""
    if isinstance(node, list):
        return [translated(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: translated(value) for key, value in node.items()}
    if copy.get("nullable") is not True:
        return copy
    del copy["nullable"]
    if isinstance(copy.get("type"), str) and not _combines(copy):
        copy["type"] = [copy["type"], "null"]
        if "enum" in copy:
            copy["enum"] = [*copy["enum"], None]
        return copy
    return {"anyOf": [{"enum": [None]}, copy]}


# How far integers reach that fit into so many bits.
RANGES: Mapping[str, int] = {"int32": 2**31 - 1, "int64": 2**63 - 1}


def ranged(node: Any) -> Any:
    """A copy of a schema, or of a whole document, in which integers are as large as they may be.

    OpenAPI's `format` of an integer is none of JSON Schema's: its range is said by limits here. Who
    accepts more breaks nothing; who sends, or keeps, holds to it.
    """
    if isinstance(node, list):
        return [ranged(item) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: ranged(value) for key, value in node.items()}
    if copy.get("type") == "integer" and copy.get("format") in RANGES:
        most = RANGES[copy["format"]]
        copy["maximum"] = min(copy.get("maximum", most), most)
        copy["minimum"] = max(copy.get("minimum", -most - 1), -most - 1)
    return copy


def followed(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node itself, or the one that its `$ref` leads to in the bundled document."""
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def rooted(schema: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    """One schema with the components that its `$ref`s lead to, both `translated` already.

    With those alone, however far they lead: a validator costs as much as it is rooted in.
    """
    reached: dict[str, dict[str, Any]] = {}
    waiting: list[Any] = [schema]
    while waiting:
        for kind, name in _referred(waiting.pop()):
            if name not in reached.setdefault(kind, {}):
                reached[kind][name] = components[kind][name]
                waiting.append(components[kind][name])
    return {"allOf": [schema], "components": reached}


def _referred(node: Any) -> Iterator[tuple[str, str]]:
    """Kind and name of each component that a schema itself refers to."""
    if isinstance(node, Mapping):
        ref = node.get("$ref")
        if isinstance(ref, str):
            _, _, kind, name, *_ = ref.split("/")
            yield kind, name
    children = node.values() if isinstance(node, Mapping) else node
    for child in children if isinstance(node, Mapping | list) else ():
        yield from _referred(child)


def compiled(root: dict[str, Any]) -> jsonschema_rs.Draft4Validator:
    """A validator of a `rooted` schema, formats checked; an error's `schema_path` starts there."""
    return jsonschema_rs.Draft4Validator(root, formats=dict(FORMATS), validate_formats=True)


def _combines(schema: Mapping[str, Any]) -> bool:
    return any(key in schema for key in ("allOf", "anyOf", "oneOf", "not"))
