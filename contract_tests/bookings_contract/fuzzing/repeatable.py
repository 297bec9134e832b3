"""Keeps from the generator what would make one seed give other cases in another process.

Hypothesis picks some values from the literals of whatever modules of one's own are loaded. Which
these are depends on where the judge is installed, and on what ran before in the process.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Where Hypothesis looks for literals, and what of it is put aside meanwhile.
PROVIDERS = "hypothesis.internal.conjecture.providers"
LOOK, FOUND = "_get_local_constants", "CONSTANTS_CACHE"


@contextmanager
def without_literals() -> Iterator[None]:
    """Has Hypothesis use the constants that it brings along, and no others."""
    providers = _providers()
    if providers is None:
        yield
        return
    look, found = getattr(providers, LOOK), getattr(providers, FOUND)
    none = type(providers.GLOBAL_CONSTANTS)()
    setattr(providers, LOOK, lambda: none)
    setattr(providers, FOUND, type(found)(found.max_size))
    try:
        yield
    finally:
        setattr(providers, LOOK, look)
        setattr(providers, FOUND, found)


def _providers() -> Any:
    """The module that looks for literals; None in a Hypothesis that looks for none."""
    try:
        found = importlib.import_module(PROVIDERS)
    except ImportError:
        return None
    known = all(hasattr(found, name) for name in (LOOK, FOUND, "GLOBAL_CONSTANTS"))
    return found if known else None
