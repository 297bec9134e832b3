"""Frees an answer of what differs each time: ids, times and cursors become numbers.

The numbers follow the order in which a story meets them, so that the same story told twice ends in
the same answer. Tests that are written for a reader's use carry this code with them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

VOLATILE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?"
    r'|(?<=")(?=[^"]*[a-z])(?=[^"]*\d)[\w+/=-]{24,}(?=")',
    re.IGNORECASE,
)


def freed(words: Iterable[str], status: int, headers: Mapping[str, str]) -> dict[str, Any]:
    """The answer whose text is the last of a story's words, to be compared with another."""
    met: dict[str, str] = {}
    text = ""
    for word in words:
        text = VOLATILE.sub(lambda found: met.setdefault(found[0], f"#{len(met) + 1}"), word)
    try:
        body = json.loads(text)
    except ValueError:
        body = text
    media = headers.get("content-type", "").partition(";")[0]
    named = "x-wix-request-id" in headers
    return {"status": status, "media": media, "request id": named, "body": body}
