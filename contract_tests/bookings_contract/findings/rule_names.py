"""The names of rules as users write them."""

import difflib
from collections.abc import Iterable

import bookings_openapi
from bookings_contract.findings.problems import ConfigurationError


def named(ids: Iterable[str]) -> tuple[str, ...]:
    """The rules by these ids, in any case; an unknown one is the user's mistake."""
    book = bookings_openapi.rules()
    asked = tuple(name.upper() for name in ids)
    for name in asked:
        if name not in book:
            near = difflib.get_close_matches(name, book, n=3, cutoff=0.5)
            hint = f"Did you mean {' or '.join(near)}?" if near else ""
            raise ConfigurationError(
                f"There is no rule {name}. {hint} `bookings-contract rules` lists them all."
            )
    return asked
