"""How a story ended when it was told again: in the same breach, as it should, or otherwise.

Pure: it compares what was seen first with what is seen now.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from bookings_contract.findings import refusals
from bookings_contract.findings.checks import (
    Accepted,
    Answered,
    Ordered,
    Path,
    Refused,
    RefusedWith,
    Shaped,
    Signed,
)
from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.verdicts import Finding
from bookings_contract.replay.carrying import Beside, Carried, Text
from bookings_contract.replay.script import Claim, Counts, Differs, Equals, Replay, Shown, ending
from bookings_contract.replay.signed import wrong_with
from bookings_contract.testkit import shapes

Values = Mapping[Carried, object]


class ReplayOutcome(Enum):
    """How a story ended when it was told again."""

    FAILS = "in the same breach"
    HOLDS = "as it should"
    UNCLEAR = "otherwise, which may have other reasons"


class Missing(Exception):
    """An answer lacks what was looked for."""


def ended(script: Replay, now: Finding, values: Values) -> ReplayOutcome:
    """How the story ended: `script` is made of its first telling, `now` holds the second."""
    first = script.finding
    # The same end after other answers says nothing.
    alike = [e.status for e in now.story[:-1]] == [e.status for e in first.story[:-1]]
    if not alike or len(now.story) != len(first.story):
        return ReplayOutcome.UNCLEAR
    if isinstance(first.check, Shaped):
        return _shaped(first.check.rule, now.story[-1])
    seen = [now.aside or now.story[-1], first.aside or first.story[-1]]
    try:
        if isinstance(script.claim, Differs):
            return _same_end(script.claim, now)
        if isinstance(script.claim, Equals | Counts):
            return _shown(script.claim, seen[0], values)
        if isinstance(script.claim, Shown):
            return _met(script.claim, now.story, values)
        if isinstance(script.claim, Signed):
            return _signed(seen[0])
        if isinstance(script.claim, Ordered):
            return _in_order(script.claim, seen[0])
        return _answered(script.claim, seen[0], seen[1])
    except Missing:
        return ReplayOutcome.UNCLEAR


def _shaped(rule: str, last: Exchange) -> ReplayOutcome:
    found = [said for said in shapes.observe(last) if isinstance(said, Finding)]
    return ReplayOutcome.FAILS if any(said.rule == rule for said in found) else ReplayOutcome.HOLDS


def _same_end(claim: Differs, now: Finding) -> ReplayOutcome:
    """Nothing says how it has to end, so another end says nothing."""
    ends = ending(now.story, now.aside, claim.moments, claim.ordered)
    return ReplayOutcome.FAILS if ends == list(claim.answers) else ReplayOutcome.UNCLEAR


def _shown(claim: Equals | Counts, last: Exchange, values: Values) -> ReplayOutcome:
    if isinstance(claim, Counts):
        entries = at(last.json, claim.place)
        if not isinstance(entries, list):
            return ReplayOutcome.UNCLEAR
        return ReplayOutcome.HOLDS if len(entries) == claim.expected else ReplayOutcome.FAILS
    held = [at(last.json, place) == filled(value, values) for place, value in claim.places]
    return ReplayOutcome.HOLDS if all(held) else ReplayOutcome.FAILS


def _met(claim: Shown, story: Sequence[Exchange], values: Values) -> ReplayOutcome:
    pages = [story[number - 1].text for number in claim.pages]

    def times(word: Any) -> int:
        return sum(str(filled(word, values)) in page for page in pages)

    there = all(times(word) == 1 for word in claim.present)
    return (
        ReplayOutcome.HOLDS if there and not any(map(times, claim.absent)) else ReplayOutcome.FAILS
    )


def _in_order(claim: Ordered, last: Exchange) -> ReplayOutcome:
    """Entries may come in an order by chance: that says nothing."""
    entries = at(last.json, claim.place)
    for place, descending in claim.ways:
        told = [at(entry, place) for entry in entries]
        if told == sorted(told, reverse=descending):
            return ReplayOutcome.UNCLEAR
    return ReplayOutcome.FAILS


def _signed(shown: Exchange) -> ReplayOutcome:
    key = str(at(shown.json, ("publicKey",)))
    deliveries = at(shown.json, ("deliveries",))
    if not isinstance(deliveries, list) or not deliveries:
        return ReplayOutcome.UNCLEAR
    wrong = [delivery for delivery in deliveries if wrong_with(delivery, key)]
    return ReplayOutcome.FAILS if wrong else ReplayOutcome.HOLDS


def _answered(claim: Claim, last: Exchange, first: Exchange) -> ReplayOutcome:
    """The answer itself is what was wrong: it is so again only if it says the same."""
    holds = False
    match claim:
        case Refused():
            holds = 400 <= last.status < 500
        case Accepted():
            holds = last.succeeded
        case Answered():
            holds = last.status < 500
        case RefusedWith(ways):
            holds = any(refusals.fits(last.status, last.code, way) for way in ways)
    if holds:
        return ReplayOutcome.HOLDS
    same = (last.status, last.code) == (first.status, first.code)
    return ReplayOutcome.FAILS if same else ReplayOutcome.UNCLEAR


def at(node: Any, place: Path) -> Any:
    """The value at a place of an answer."""
    for step in place:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            raise Missing(f"no {'.'.join(map(str, place))}") from None
    return node


def filled(node: Any, values: Values) -> Any:
    """JSON with everything that is carried over put in its place."""
    if isinstance(node, Text):
        words = (piece if isinstance(piece, str) else _word(piece, values) for piece in node.pieces)
        return "".join(words)
    if isinstance(node, dict):
        return {key: filled(value, values) for key, value in node.items()}
    return [filled(value, values) for value in node] if isinstance(node, list) else node


def _word(piece: Carried | Beside, values: Values) -> str:
    carried = piece if isinstance(piece, Carried) else piece.carried
    if carried not in values:
        raise Missing(carried.name)
    value = str(values[carried])
    if isinstance(piece, Carried):
        return value
    if not value.isdecimal():
        raise Missing(f"{carried.name}, which is no number")
    return str(int(value) + piece.by)
