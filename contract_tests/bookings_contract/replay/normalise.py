"""Frees answers of what differs each time they are given: ids, cursors, moments, chance orders.

Ids and cursors become numbers in the order in which a story meets them, so that the same story told
twice ends in the same answer. Tests that are written for a reader's use carry this code with them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

VOLATILE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?)"
    r'|(?<=")(?=[^"]*[a-z])(?=[^"]*\d)[\w+/=-]{24,}(?=")',
    re.IGNORECASE,
)


def normalised(
    words: Iterable[str],
    answers: Iterable[tuple[int, Mapping[str, str], str]],
    moments: bool,
    ordered: bool,
) -> list[dict[str, Any]]:
    """Answers to be compared with others; `words` are the texts that the story met before.

    `moments` keeps the times at which something was done apart, `ordered` the order of lists.
    """
    met: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        if found["time"] and not moments and recent(found["time"]):
            return "#now"
        return met.setdefault(found[0], f"#{len(met) + 1}")

    def known(found: re.Match[str]) -> str:
        return met.get(found[0], "#now" if found["time"] and recent(found["time"]) else "#new")

    def settled(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: settled(value) for key, value in node.items()}
        if isinstance(node, list):
            return sorted(map(settled, node), key=json.dumps)
        return node

    for word in words:
        VOLATILE.sub(number, word)
    seen = []
    for status, headers, text in answers:
        body: Any = VOLATILE.sub(number if ordered else known, text)
        media = headers.get("content-type", "").partition(";")[0]
        try:
            body = json.loads(body) if ordered else settled(json.loads(body))
        except (ValueError, RecursionError):
            media = f"{media}, not JSON"
        named = "x-wix-request-id" in headers
        seen.append({"status": status, "type": media, "request id": named, "body": body})
    return seen


def recent(text: str) -> bool:
    """Whether a time is about now, and no time of a session."""
    try:
        moment = datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except ValueError:
        return False
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return abs((zoned - datetime.now(UTC)).total_seconds()) < 3600
