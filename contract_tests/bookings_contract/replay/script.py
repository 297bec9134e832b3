"""A story made ready to be played again: what each request carries over from earlier answers.

Data only; `as_curl` and `as_pytest` write it down.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from bookings_contract.findings.checks import (
    Accepted,
    Answered,
    Holds,
    Meets,
    Ordered,
    Path,
    Refused,
    RefusedWith,
    Shows,
    Signed,
)
from bookings_contract.findings.exchange import GUID, Exchange, complaint, leaves
from bookings_contract.findings.sanitise import unsigned
from bookings_contract.findings.verdicts import Finding, RuleVerdict
from bookings_contract.replay.carrying import Carried, Carrying, Text
from bookings_contract.replay.normalise import VOLATILE, normalised
from bookings_contract.target.masking import is_secret
from bookings_contract.target.model import Target
from bookings_openapi import Rule

# The caller whose token the judge made up.
NOBODY = "nobody"
# Where a mock serves unless it is told otherwise; the judge's embedded one is nowhere.
USUAL_URL = "http://127.0.0.1:8080"
EMBEDDED = ".test"

# So many findings of a rule are looked through for the one to try again.
MOST = 40
QUOTED = re.compile(r'"[^"]*"')
ORDER = re.compile(
    r"\b(order|ordered|first|last|sort|sorts|sorted|newest|oldest|ascending|descending)\b"
)
# `updatedDate`, but nothing that is updated.
DATE = re.compile(r"dates?\b")
# How the judge writes down bytes that are no UTF-8.
ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")


@frozen
class Call:
    """One request, ready to be sent again."""

    step: int
    operation: str
    method: str
    path: Text
    caller: str | None
    headers: Mapping[str, str]
    # JSON with a Text where a value is carried over; a Text or bytes where it is not JSON.
    body: Any
    is_json: bool
    reads: bool
    status: int
    summary: str


@frozen
class Differs:
    """The story does not end like this any more: nothing simpler says what was wrong with it."""

    statuses: tuple[int, ...]
    answers: Sequence[Mapping[str, Any]]
    # Whether moments, and the order of lists, are compared as well.
    moments: bool
    ordered: bool


@frozen
class Counts:
    """A list of the last answer has so many entries."""

    place: Path
    expected: int


@frozen
class Equals:
    """Values at places of the last answer."""

    places: tuple[tuple[Path, Any], ...]


@frozen
class Shown:
    """These ids are shown, those are not: by the last answer, or each on one of these pages."""

    present: tuple[str | Text, ...]
    absent: tuple[str | Text, ...]
    pages: tuple[int, ...]


Claim = (
    Refused
    | Accepted
    | RefusedWith
    | Answered
    | Equals
    | Counts
    | Shown
    | Ordered
    | Signed
    | Differs
)


@frozen
class Replay:
    """A breach, ready to be tried again."""

    verdict: RuleVerdict
    finding: Finding
    url: str
    calls: tuple[Call, ...]
    # By step, what later calls need of its answer.
    carried: Mapping[int, tuple[Carried, ...]]
    # Callers by name, each with a token that may be told; None where it is a secret.
    tokens: Mapping[str, str | None]
    headers: tuple[str, ...]
    # Whether tokens select worlds: then it is played in a fresh one.
    worlds: bool
    settle_s: float
    # What to ask the target's controls at the end, if the breach was seen there.
    aside: str | None
    claim: Claim

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.verdict.id


def replay(verdict: RuleVerdict, finding: Finding, target: Target) -> Replay | None:
    """The finding's story as a replay; None if it has none."""
    if not finding.story:
        return None
    carrying = Carrying(_known(target))
    calls = []
    for step, exchange in enumerate(finding.story, 1):
        calls.append(_call(step, exchange, carrying))
        carrying.meet(step, exchange)
    claim = _claim(verdict.rule, finding, carrying)
    return Replay(
        verdict=verdict,
        finding=finding,
        url=USUAL_URL if target.url.endswith(EMBEDDED) else unsigned(target.url),
        calls=tuple(calls),
        carried=carrying.by_step(),
        tokens=_tokens(calls, target),
        headers=tuple(target.headers),
        worlds=target.ours,
        settle_s=target.settle_s,
        aside=finding.aside.path if finding.aside else None,
        claim=claim,
    )


def firmest(rule: RuleVerdict, target: Target) -> Replay | None:
    """The rule's finding that is tried again the most surely, among those that count as much."""
    found = [
        one
        for finding in rule.findings[:MOST]
        if finding.level == rule.findings[0].level and (one := replay(rule, finding, target))
    ]
    return min(found, key=_looseness, default=None)


def _looseness(replay: Replay) -> tuple[bool, int, int]:
    new, length = not replay.finding.retold, len(replay.calls)
    if not isinstance(replay.claim, Differs):
        return new, 0, length
    return new, 1 + replay.calls[-1].reads + 2 * (replay.aside is not None), length


def _known(target: Target) -> frozenset[str]:
    """The ids that the target file or the mock names."""
    services = target.services.values()
    ids = {value for s in services for value in (s.id, s.schedule_id, s.resource_id)}
    ids |= {session.id for service in services for session in service.sessions}
    for caller in target.callers.values():
        ids |= {caller.contact_id, caller.member_id, caller.wix_user_id, caller.app_id}
    return frozenset(found for found in ids if found)


# Requests


def _call(step: int, exchange: Exchange, carrying: Carrying) -> Call:
    ids = GUID.findall(exchange.path)
    body, is_json = _body(exchange, carrying, ids[0] if ids else None)
    return Call(
        step=step,
        operation=exchange.operation,
        method=exchange.method,
        path=carrying.path(exchange.path),
        caller=_caller(exchange),
        headers=_headers(exchange, is_json),
        body=body,
        is_json=is_json,
        reads=exchange.reads,
        status=exchange.status,
        summary=described(exchange),
    )


def described(exchange: Exchange) -> str:
    """An answer in a few words, on one line."""
    booking = exchange.booking
    words = f"{booking.status}, revision {booking.revision}" if booking else complaint(exchange)
    return " ".join(f"{exchange.status} {words}".split())


def _caller(exchange: Exchange) -> str | None:
    if "authorization" not in exchange.request_headers:
        return None
    return exchange.caller or NOBODY


def _headers(exchange: Exchange, is_json: bool) -> dict[str, str]:
    """What was sent besides the token and what a JSON body brings along."""
    sent = {k: v for k, v in exchange.request_headers.items() if k != "authorization"}
    if is_json and sent.get("content-type") == "application/json":
        del sent["content-type"]
    return sent


def _body(exchange: Exchange, carrying: Carrying, booking: str | None) -> tuple[Any, bool]:
    text = exchange.request_text
    if not text:
        return None, False
    parsed = exchange.request_json
    written = json.dumps(parsed, ensure_ascii=False, separators=(",", ":"))
    if isinstance(parsed, dict | list) and written == text:
        return carrying.body(parsed, booking), True
    if parsed is None and ESCAPED.search(text.encode("utf-8", "surrogatepass")):
        return ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), text.encode()), False
    return carrying.text(text), False


def _tokens(calls: Sequence[Call], target: Target) -> dict[str, str | None]:
    names = dict.fromkeys(call.caller for call in calls if call.caller)
    found: dict[str, str | None] = {}
    for name in names:
        known = target.callers.get(name)
        secret = known is not None and is_secret(known.token, target)
        found[name] = NOBODY if known is None else None if secret else known.token
    return found


# What is claimed


def _claim(rule: Rule, finding: Finding, carrying: Carrying) -> Claim:
    """What the target has to do at the end, as plainly as it can be said."""
    last = [finding.story[-1], *([finding.aside] if finding.aside else [])]
    match finding.check:
        case Refused() | Accepted() | RefusedWith() | Answered():
            return finding.check
        case Holds(name, [expected], [actual]) | Holds(name, expected, actual) if found := _place(
            last[-1].json, name, actual
        ):
            if expected is None or isinstance(expected, str | int | float):
                return Equals(((found, _expected(expected, carrying)),))
        case Holds(_, int(expected), int(actual)) if found := _list(last[-1].json, actual):
            return Counts(found, expected)
        case Shows(places) if kept := _sure(places, carrying):
            return Equals(kept)
        case Meets(present, absent, walked):
            pages = [n for n, e in enumerate(finding.story, 1) if e.reads] if walked else []
            told = [tuple(map(carrying.text, ids)) for ids in (present, absent)]
            return Shown(told[0], told[1], tuple(pages) or (len(finding.story),))
        case Ordered() | Signed():
            return finding.check
        case _:
            pass
    # Two calls may come within the same moment, and many lists are in no order: they are compared
    # only where they matter.
    words = rule.text if rule.readings else f"{finding.expected} {finding.actual}"
    # A field that is missed is named in quotes: its name says nothing of when things happened.
    words = QUOTED.sub("", words.casefold())
    moments, ordered = bool(DATE.search(words)), bool(ORDER.search(words))
    statuses = tuple(exchange.status for exchange in finding.story)
    ends = ending(finding.story, finding.aside, moments, ordered)
    return Differs(statuses, ends, moments, ordered)


def ending(
    story: Sequence[Exchange], aside: Exchange | None, moments: bool, ordered: bool
) -> list[dict[str, Any]]:
    """How a story ends, and what the controls show then, without what differs each time."""
    words = [text for e in story for text in (e.path, e.request_text, e.text)]
    last = [story[-1], *([aside] if aside else [])]
    answers = [(exchange.status, exchange.headers, exchange.text) for exchange in last]
    return normalised(words, answers, moments, ordered)


def _place(node: Any, name: str, actual: object) -> Path | None:
    """The one place that shows the value under that name: `payment status`, or the last word."""
    for key in ("".join(name.split()).casefold(), name.split()[-1].rpartition(".")[2].casefold()):
        found = [
            at
            for at, value in leaves(node)
            if at and str(at[-1]).casefold() == key
            if value == actual and type(value) is type(actual)
        ]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _list(node: Any, length: int) -> Path | None:
    """The one list of that length."""
    found = [at for at, entries in _lists(node) if len(entries) == length]
    return found[0] if len(found) == 1 else None


def _lists(node: Any, at: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    if isinstance(node, list):
        yield at, node
    for key, value in _members(node):
        yield from _lists(value, (*at, key))


def _members(node: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(node, dict):
        return node.items()
    return enumerate(node) if isinstance(node, list) else ()


def _sure(
    places: Sequence[tuple[Path, object]], carrying: Carrying
) -> tuple[tuple[Path, Any], ...]:
    """The places whose values can be known beforehand."""
    told = [(at, _expected(value, carrying)) for at, value in places]
    return tuple(
        (at, value)
        for at, value in told
        if isinstance(value, Text)
        or value is None
        or isinstance(value, int | float)
        or (isinstance(value, str) and not VOLATILE.search(value))
    )


def _expected(value: object, carrying: Carrying) -> Any:
    return carrying.text(value) if isinstance(value, str) else value
