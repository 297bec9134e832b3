"""Reads the bytes of a request as JSON, whatever they turn out to be."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

import orjson

from bookings_mock.domain.rulebook import Refusal, Rulebook, rule

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


@rule("SHAPE-8")
def small_enough(size: int, limit: int) -> Refusal | None:
    """A body larger than the bound is refused before it is read further."""
    if size <= limit:
        return None
    return Refusal(f"the body is larger than {limit} bytes", case="too_large")


@rule("SHAPE-8")
def json_media_type(content_type: str) -> Refusal | None:
    """A body is JSON; one that does not say what it is counts as JSON too."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in ("", "application/json") or media_type.endswith("+json"):
        return None
    return Refusal(f"the body must be application/json, not {media_type}", case="media_type")


@rule("SHAPE-8")
def readable(problem: str | None) -> str | None:
    """A body must be JSON in UTF-8."""
    return problem


async def read_body(receive: Receive, limit: int, rules: Rulebook) -> bytes:
    """All bytes of the request's body; raises RuleBroken as soon as they are too many."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        rules.require(small_enough, size, limit)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def read_json(raw: bytes, content_type: str, rules: Rulebook) -> Any:
    """The JSON value of a body; raises RuleBroken where it has none."""
    rules.require(json_media_type, content_type)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        what = f"the body is not JSON: {error}" if raw else "the body is empty"
        rules.require(readable, what)
        raise


def in_camel_case(value: Any, free_form: Collection[str]) -> Any:
    """The JSON value with its keys in camelCase, but for those inside free-form data."""
    if isinstance(value, list):
        return [in_camel_case(one, free_form) for one in value]
    if not isinstance(value, Mapping):
        return value
    renamed: dict[str, Any] = {}
    for key, inner in value.items():
        name = _SNAKE.sub(lambda found: found[1].upper(), key)
        # Written in both ways, the field's own spelling counts.
        if name == key or name not in value:
            renamed[name] = inner if name in free_form else in_camel_case(inner, free_form)
    return renamed


def overridden(body: Any) -> list[str]:
    """The flow control settings by which a call wants to leave the usual course."""
    if not isinstance(body, Mapping):
        return []
    listed = (body.get("bookings") or {}).get("bookingsInfo")
    items = [body, *(body.get("createBookingsInfo") or listed or ())]
    return [
        name
        for item in items
        for name, value in (item.get("flowControlSettings") or {}).items()
        if value is True and name not in _ASKING_FOR_MORE
    ]


_SNAKE = re.compile(r"(?<=[a-z0-9])_([a-z0-9])")
# A setting that asks for a check overrides nothing.
_ASKING_FOR_MORE = frozenset({"checkAvailabilityValidation"})
