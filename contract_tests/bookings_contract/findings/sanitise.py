"""Text that somebody else wrote, made fit to be shown: nothing in it steers what it is shown on.

Controls and escapes, marks that turn the direction of what follows, and halves of characters give
way to a mark of their own; on one line, so do line breaks.
"""

import re
from typing import Any

INSTEAD = "\ufffd"
STEERING = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tabs and line feeds
    "\xad\u061c\u180e\u200b\u200e\u200f"  # what is not seen
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # line breaks, directions, annotations
    "\ud800-\udfff"  # halves of characters
    "\ufdd0-\ufdef\ufffe\uffff"  # what is no character
    "\U000e0000-\U000e007f"  # tags
    "]"
)
BREAKS = re.compile(r"[\t\n]+")
# What stands where a secret stood.
MARK = "…"
# The user and password of a URL.
USERINFO = re.compile(r"(?<=://)[^/@\s]+(?=@)")


def plain(text: str) -> str:
    """The text without anything that steers; its line feeds stay."""
    return STEERING.sub(INSTEAD, text)


def line(text: str) -> str:
    """The same on one line, which nobody can make look like two."""
    return BREAKS.sub(" ", plain(text))


def escaped(document: str) -> str:
    """The same of a text that is JSON, where an escape can say it."""
    return STEERING.sub(_escape, document)


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def everywhere(node: Any) -> Any:
    """JSON whose every text is plain."""
    if isinstance(node, dict):
        return {plain(key): everywhere(value) for key, value in node.items()}
    if isinstance(node, list):
        return [everywhere(value) for value in node]
    return plain(node) if isinstance(node, str) else node


def unsigned(text: str) -> str:
    """The text without the users and passwords of its URLs."""
    return USERINFO.sub(MARK, text) if "://" in text else text
