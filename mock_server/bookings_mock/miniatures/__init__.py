"""Servers wrong on purpose: one small bend for each rule, by the rule's id, and further ones.

They are what the judge is tested with, and what a team can point its client at to ask "would our
tests notice?".
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from bookings_mock.miniatures.by_rule import BY_RULE
from bookings_mock.miniatures.further import FURTHER
from bookings_mock.miniatures.miniature import Miniature

__all__ = ["FURTHER", "Miniature", "all_miniatures", "named", "names_by_rule"]


@cache
def all_miniatures() -> Mapping[str, Miniature]:
    """Every miniature by its name; that of a rule's own is the rule's id."""
    return {miniature.name: miniature for miniature in (*BY_RULE, *FURTHER)}


def named(name: str) -> Miniature:
    """The miniature with this name; raises LookupError that names the nearest ones."""
    known = all_miniatures()
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise LookupError(f"there is no miniature named {name!r}{hint} (--list-breaks shows all)")


@cache
def names_by_rule() -> Mapping[str, list[str]]:
    """The names of the miniatures that break each rule."""
    names: dict[str, list[str]] = {}
    for miniature in all_miniatures().values():
        names.setdefault(miniature.rule, []).append(miniature.name)
    return names
