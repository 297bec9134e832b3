"""What callers and headers are called in scripts: names are somebody else's words, too."""

import re

# Variables that mean something to a shell, or to the script itself.
TAKEN = frozenset(
    ("PATH", "HOME", "IFS", "ENV", "PWD", "BASE_URL", "WORLD", "HEADERS", "BREACH", "PS1", "PS2")
)


def variable(name: str, what: str = "") -> str:
    """A variable of a shell or of Python: `OWNER_TOKEN` for a caller's token."""
    plain = re.sub(r"[^A-Z0-9_]", "_", name.upper())
    told = f"{plain}_{what}" if what or plain in TAKEN else plain
    return told if told[:1].isalpha() else f"N{told}"
