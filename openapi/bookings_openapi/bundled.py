"""Knows the file in which a wheel holds what its YAML files say, and whether it still does.

It does not know how they are merged. A checkout has no such file: there the YAML is read.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

FILE = "bundle.json"
# What merges the files has a say in what comes of them.
_MERGES = "document.py"


@cache
def kept() -> Mapping[str, str]:
    """The texts that this package was built with, by name; none if its YAML is another one now."""
    return read(files("bookings_openapi"))


def read(folder: Traversable) -> Mapping[str, str]:
    """The texts that a folder's bundle holds; none if it has none, or has been changed since."""
    file = folder / FILE
    if not file.is_file():
        return {}
    try:
        bundle = json.loads(file.read_text("utf-8"))
        texts: Mapping[str, str] = bundle["texts"]
    except (ValueError, LookupError, TypeError):
        return {}
    return texts if bundle.get("of") == _hash(folder) else {}


def written(folder: Traversable, texts: Mapping[str, str]) -> str:
    """A bundle of these texts, which holds as long as the folder's files are what they are now."""
    return json.dumps({"of": _hash(folder), "texts": dict(texts)})


def _hash(folder: Traversable) -> str:
    found = sha256()
    for name, content in _said(folder):
        found.update(f"{name} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def _said(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml") or file.name == _MERGES:
            yield file.name, file.read_bytes()
