"""Reads JSON that anybody may have written, within bounds: whatever it answers can be walked."""

import json
import math
from typing import Any, NoReturn

from bookings_contract.findings.bounds import DEPTH
from bookings_contract.findings.sanitise import INSTEAD

# How an escape for half of a pair begins.
HALVES = ("\\ud", "\\uD")


class Unparsable(ValueError):
    """A text is no JSON that can be read; the message says why."""


def parse(text: str) -> Any:
    """The value of a JSON text; halves of characters give way to a mark.

    Raises Unparsable: no JSON, no number that can be counted with, or nested too deep.
    """
    try:
        found = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise Unparsable(f"JSON nested deeper than {DEPTH} levels") from None
    except Unparsable:
        raise
    except ValueError as error:
        raise Unparsable(f"no JSON: {error}") from None
    if text.count("[") + text.count("{") > DEPTH and _deep(found):
        raise Unparsable(f"JSON nested deeper than {DEPTH} levels")
    return _whole(found) if any(half in text for half in HALVES) else found


def _no_number(word: str) -> NoReturn:
    raise Unparsable(f"no JSON: {word} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unparsable(f"a number out of all bounds: {digits[:20]}")
    return number


def _deep(node: Any) -> bool:
    """Whether a value is nested too deep: seen level by level, for it can't be walked down."""
    level = [node]
    for _ in range(DEPTH + 1):
        level = [part for one in level for part in _parts(one)]
        if not level:
            return False
    return True


def _parts(node: Any) -> list[Any]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [part for part in inner if isinstance(part, dict | list)]


def _whole(node: Any) -> Any:
    """The value without halves of characters, which no encoding has."""
    if isinstance(node, dict):
        return {_whole(key): _whole(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_whole(value) for value in node]
    if not isinstance(node, str):
        return node
    return "".join(INSTEAD if "\ud800" <= c <= "\udfff" else c for c in node)
