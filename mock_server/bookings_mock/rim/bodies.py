"""Reads the bytes of a request as JSON, whatever they turn out to be."""

import base64
import re
import zlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from bookings_mock.domain.rulebook import Refusal, Rulebook, either, rule

_TEXT = "text/plain"
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
    if media_type in ("", _TEXT, "application/json") or media_type.endswith("+json"):
        return None
    return Refusal(f"the body must be application/json, not {media_type}", case="media_type")


@rule("SHAPE-8")
def said_to_be_json(content_type: str) -> Refusal | None:
    """What the mock itself is told says that it is JSON: any page can send what says nothing."""
    if content_type.partition(";")[0].strip().lower() not in ("", _TEXT):
        return None
    reason = (
        "the mock's controls take what says that it is JSON: send content-type application/json"
    )
    return Refusal(reason, case="media_type")


@either("SHAPE-11")
def said_to_be_more_than_text(reading: str, content_type: str) -> Refusal | None:
    """JSON that is said to be plain text is refused (A), or read (B)."""
    if reading == "B" or content_type.partition(";")[0].strip().lower() != _TEXT:
        return None
    return Refusal(f"the body must be application/json, not {_TEXT}")


@rule("SHAPE-8")
def readable(problem: str | None) -> str | None:
    """A body must be JSON in UTF-8."""
    return problem


@rule("SHAPE-8")
def known_coding(coding: str, codings: Collection[str]) -> Refusal | None:
    """A body is packed in a way that can be unpacked, if it is at all."""
    if coding in codings:
        return None
    known = ", ".join(codings)
    return Refusal(f"the body must be packed as one of {known}, not {coding[:64]}", case="coding")


class Gone(Exception):
    """Who was to be answered is there no more, or was answered already."""


async def read_body(receive: Receive, limit: int, rules: Rulebook, announced: str = "") -> bytes:
    """All bytes of the request's body; raises RuleBroken as soon as they are too many.

    `announced` is how many there are said to be. Raises Gone where not all of them come.
    """
    if announced.isascii() and announced.isdigit() and len(announced) < _DIGITS:
        rules.require(small_enough, int(announced), limit)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        rules.require(small_enough, size, limit)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def unpacked(
    raw: bytes, coding: str, codings: Collection[str], limit: int, rules: Rulebook
) -> bytes:
    """The body as it was before it was packed; raises RuleBroken for one that can't be unpacked.

    No more of it than one byte above the limit is ever unpacked.
    """
    packed = coding.strip().lower().removeprefix("x-")
    if not raw or packed in ("", "identity"):
        return raw
    rules.require(known_coding, packed, codings)
    try:
        body = _inflated(raw, _window(packed, raw), limit + 1)
    except zlib.error as error:
        rules.require(readable, f"the body is not {packed}: {error}")
        raise
    rules.require(small_enough, len(body), limit)
    return body


def _window(packed: str, raw: bytes) -> int:
    """How zlib is told the format; what HTTP calls deflate is often sent without its header."""
    if packed == "gzip":
        return 16 + zlib.MAX_WBITS
    headed = raw[0] & 0x0F == zlib.DEFLATED and int.from_bytes(raw[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if headed else -zlib.MAX_WBITS


def _inflated(raw: bytes, window: int, most: int) -> bytes:
    stream = zlib.decompressobj(window)
    body = stream.decompress(raw, most)
    if len(body) < most and not stream.eof:
        raise zlib.error("it is cut short")
    if stream.unused_data:
        raise zlib.error("more follows after its end")
    return body


def read_json(raw: bytes, content_type: str, rules: Rulebook) -> Any:
    """The JSON value of a body; raises RuleBroken where it has none."""
    rules.require(json_media_type, content_type)
    rules.require(said_to_be_more_than_text, content_type)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        what = f"the body is not JSON: {error}" if raw else "the body is empty"
        rules.require(readable, what)
        raise


def read_form(raw: bytes, content_type: str) -> dict[str, str] | None:
    """The fields of a form, the first of each name; None for a body that says to be another."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        return None
    fields: dict[str, str] = {}
    for name, value in parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True):
        fields.setdefault(name, value)
    return fields


def read_encoded(text: str | None, rules: Rulebook) -> Any:
    """The JSON value that a query parameter holds in base64url; an empty object if there is none.

    Raises RuleBroken where it holds anything else.
    """
    if not text:
        return {}
    try:
        return orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        rules.require(readable, "the query's parameter is no JSON in base64url")
        return {}


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
    listed = body.get("bookings")
    named = listed.get("bookingsInfo") if isinstance(listed, Mapping) else listed
    items = (body, *(body.get("createBookingsInfo") or named or ()))
    settings = (one.get("flowControlSettings") for one in items if isinstance(one, Mapping))
    return [
        name
        for said in settings
        for name, value in (said.items() if isinstance(said, Mapping) else ())
        if value is True and name not in _ASKING_FOR_MORE
    ]


# Numbers of more digits are nobody's length.
_DIGITS = 20
_FORM = "application/x-www-form-urlencoded"
_SNAKE = re.compile(r"(?<=[a-z0-9])_([a-z0-9])")
# A setting that asks for a check overrides nothing.
_ASKING_FOR_MORE = frozenset({"checkAvailabilityValidation"})
