"""Cursors: opaque texts that carry filter, order and place, sealed for one kind of query."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from bookings_mock.query.fields import QueryRefused

_SEAL = 12


def write_cursor(content: Mapping[str, Any], secret: bytes) -> str:
    """An opaque text that carries the content, and that only the owner of the secret takes."""
    carried = orjson.dumps(content)
    return base64.urlsafe_b64encode(_sealed(carried, secret) + carried).decode()


def read_cursor(cursor: str, secret: bytes) -> Mapping[str, Any]:
    """What a cursor carries; raises QueryRefused for one sealed with another secret."""
    try:
        raw = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    seal, carried = raw[:_SEAL], raw[_SEAL:]
    if not hmac.compare_digest(seal, _sealed(carried, secret)):
        raise QueryRefused("is not a cursor of this site", field="query.cursorPaging.cursor")
    content: Mapping[str, Any] = orjson.loads(carried)
    return content


def _sealed(carried: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, carried, hashlib.sha256).digest()[:_SEAL]
