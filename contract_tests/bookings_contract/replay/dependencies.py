"""What a story is made of: which of its requests need which answers, and which may be left out.

A story may lose a request only if what it expects of its end stays true: nobody here knows what
the end of another story would have to be. So what is left out changes nothing that the end is
judged by: a read; a refused call, since that changes nothing; a call that leaves the booking as it
was seen; a booking at a place that the end does not touch. The creation of a booking that the end
is about never goes, nor does anything before a list or a look at the controls.

Pure: nothing here sends.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from bookings_contract.findings.checks import Check, Holds, Meets, Shows
from bookings_contract.findings.exchange import CONTROL, GUID, Exchange, Seen, leaves
from bookings_contract.findings.verdicts import Finding
from bookings_contract.replay.carrying import Carried, Text
from bookings_contract.replay.normalise import VOLATILE
from bookings_contract.replay.script import Call

Story = tuple[Exchange, ...]

# What a booking is known by where two stories are compared; the rest differs each time.
STATE = (
    *("status", "paymentStatus", "doubleBooked", "totalParticipants", "participantsChoices"),
    *("bookedEntity", "selectedPaymentOption"),
)
# What tells two places apart.
PLACES = ("sessionId", "eventId", "scheduleId", "serviceId")
# Fields that only name whose booking it is, and the words of rules that may be about them.
NOTES = ("externalUserId", "lastName")
ABOUT_NOTES = re.compile(r"contact|extern|form|field|sent|name", re.IGNORECASE)
# So much of an id is told where there is little room.
BEGUN = 8
# How the judge names what it books.
OWN_NAME = re.compile(r"judge-[0-9a-f]{6}-(\d+)")


def needs(calls: Iterable[Call]) -> dict[int, frozenset[int]]:
    """By step, the steps whose answers it can't do without; any later revision will do."""
    return {
        call.step: frozenset(
            carried.step for carried in _carried(call) if carried.at[-1] != "revision"
        )
        for call in calls
    }


def _carried(call: Call) -> Iterator[Carried]:
    for node in (call.path, call.body):
        for text in _texts(node):
            for piece in text.pieces:
                if not isinstance(piece, str):
                    yield piece if isinstance(piece, Carried) else piece.carried


def _texts(node: Any) -> Iterator[Text]:
    if isinstance(node, Text):
        yield node
    elif isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _texts(part)


def idle(finding: Finding) -> tuple[int, ...]:
    """The steps, from 1, that the end has nothing to do with, as far as can be seen."""
    *earlier, last = finding.story
    story, numbered = finding.story, enumerate(earlier, 1)
    # The end of a list, or of what the controls show, comes of all that was done.
    if last.reads or finding.aside is not None:
        return tuple(number for number, exchange in numbered if exchange.reads)
    subjects, places = _subjects(last, story), _places_of(last, story)

    def elsewhere(exchange: Exchange) -> bool:
        if exchange.operation == CONTROL or _named(exchange) & subjects:
            return False
        return not _places_of(exchange, story) & places

    return tuple(
        number
        for number, exchange in numbered
        if exchange.reads or 400 <= exchange.status < 500 or elsewhere(exchange)
    )


def spare(finding: Finding) -> tuple[int, ...]:
    """The steps that may be left out if all looks the same before the end.

    Besides the idle ones, these are what changed a booking that the end is about.
    """
    *earlier, last = finding.story
    free = {*idle(finding)}
    counted = isinstance(finding.check, Holds) and finding.check.name.endswith("revision")
    if not (last.reads or finding.aside is not None or counted):
        subjects = _subjects(last, finding.story)
        free |= {
            number
            for number, exchange in enumerate(earlier, 1)
            if exchange.operation != CONTROL
            if exchange.booking and exchange.booking.id in subjects
            if not _makes(exchange, finding.story)
        }
    return tuple(sorted(free))


def _subjects(last: Exchange, story: Story) -> frozenset[str]:
    """The bookings that the end names."""
    made = {e.booking.id for e in story[:-1] if e.booking}
    return frozenset(made & {*GUID.findall(last.path), *GUID.findall(last.request_text)})


def _named(exchange: Exchange) -> frozenset[str]:
    """The bookings that an exchange is about, and whatever else it names by an id."""
    shown = {exchange.booking.id} if exchange.booking else set()
    asked = {*GUID.findall(exchange.path), *GUID.findall(exchange.request_text)}
    return frozenset(shown | asked)


def _makes(exchange: Exchange, story: Story) -> bool:
    """Whether a booking is first seen here."""
    booking = exchange.booking
    if booking is None:
        return True
    first = next(e for e in story if e.booking and e.booking.id == booking.id)
    return first is exchange


def _places_of(exchange: Exchange, story: Story) -> frozenset[str]:
    """Where the bookings of an exchange are, or were, or are to be."""
    about = _named(exchange)
    told = [e for e in story if e is exchange or about & _named(e)]
    return frozenset(
        str(value)
        for one in told
        for node in (one.request_json, one.json)
        for at, value in leaves(node)
        if value and at and (at[-1] in PLACES or at[-2:] == ("resource", "id"))
    )


def state(story: Story) -> tuple[str, ...]:
    """How the bookings that the end names looked before it; the same in stories that are alike."""
    if not story:
        return ()
    *earlier, last = story
    subjects = _subjects(last, story)
    newest: dict[str, Seen] = {}
    asked: dict[str, list[str]] = {}
    for exchange in earlier:
        for booking in _named(exchange) & subjects:
            asked.setdefault(booking, []).append(exchange.request_text)
        if exchange.booking and exchange.booking.id in subjects:
            newest[exchange.booking.id] = exchange.booking
    return tuple(_state(seen, asked[booking]) for booking, seen in newest.items())


def _state(seen: Seen, asked: Sequence[str]) -> str:
    """A booking as it was seen; places and times by the order in which they were asked for."""
    words = dict.fromkeys(found[0] for text in asked for found in VOLATILE.finditer(text))
    numbers = {word: f"#{number}" for number, word in enumerate(words, 1)}
    shown = json.dumps({key: seen.raw.get(key) for key in STATE}, sort_keys=True)
    return VOLATILE.sub(lambda found: numbers.get(found[0], "#"), shown)


def without(story: Story, dropped: Iterable[int]) -> Story:
    """The story without these steps, its revisions counted from those that are still shown."""
    gone = frozenset(dropped)
    shown: dict[str, str] = {}
    left: dict[str, str] = {}
    kept = []
    for number, exchange in enumerate(story, 1):
        if number not in gone:
            kept.append(_revised(exchange, shown, left))
        booking = exchange.booking
        if booking is not None:
            shown[booking.id] = booking.revision
            if number not in gone:
                left[booking.id] = booking.revision
    return tuple(kept)


def _revised(exchange: Exchange, shown: Mapping[str, str], left: Mapping[str, str]) -> Exchange:
    """A request whose revision lies as far beside the newest one that is left as it did before."""
    body = exchange.request_json
    ids = GUID.findall(exchange.path)
    asked = body.get("revision") if isinstance(body, dict) else None
    if not ids or not isinstance(asked, str) or ids[0] not in shown or ids[0] not in left:
        return exchange
    before, after = shown[ids[0]], left[ids[0]]
    if not (asked.isdecimal() and before.isdecimal() and after.isdecimal()) or before == after:
        return exchange
    return _asking(exchange, {**body, "revision": str(int(asked) - int(before) + int(after))})


def _asking(exchange: Exchange, body: Any) -> Exchange:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return evolve(exchange, request_text=text)


def plainer(finding: Finding, text: str) -> Finding:
    """The finding without fields that only say whose booking it is; `text` is its rule's."""
    words = f"{text} {finding.expected} {finding.actual} {finding.circumstance}"
    if ABOUT_NOTES.search(words) or isinstance(finding.check, Shows):
        return finding
    return evolve(finding, story=tuple(map(_plain, finding.story)))


def _plain(exchange: Exchange) -> Exchange:
    body = exchange.request_json
    if exchange.reads or not isinstance(body, dict | list):
        return exchange
    kept = _kept(body)
    return exchange if kept == body else _asking(exchange, kept)


def _kept(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _kept(value) for key, value in node.items() if key not in NOTES}
    return [_kept(part) for part in node] if isinstance(node, list) else node


def elsewhere(finding: Finding, words: Mapping[str, str], name: str) -> Finding:
    """The same told under other names and at other places: each word is put for another."""
    places = re.compile("|".join(map(re.escape, words))) if words else None

    def put(text: str) -> str:
        named = OWN_NAME.sub(lambda found: f"{name}-{found[1]}", text)
        return places.sub(lambda found: words[found[0]], named) if places else named

    story = tuple(
        evolve(e, request_text=put(e.request_text), path=put(e.path), text=put(e.text))
        for e in finding.story
    )
    return evolve(finding, story=story, check=_put(finding.check, put))


def reworded(finding: Finding, words: Mapping[str, str]) -> Finding:
    """What a finding says, with the ids of another telling; some are told by their beginning."""
    if not words:
        return finding
    begun = {old[:BEGUN]: new[:BEGUN] for old, new in words.items() if GUID.fullmatch(old)}
    known = {**begun, **words}
    ids = re.compile("|".join(map(re.escape, (*words, *begun))))

    def put(text: str) -> str:
        return ids.sub(lambda found: known[found[0]], text)

    return evolve(
        finding,
        expected=put(finding.expected),
        actual=put(finding.actual),
        check=_put(finding.check, put),
    )


def _put(check: Check | None, put: Callable[[str], str]) -> Check | None:
    match check:
        case Meets(present, absent, walked):
            return Meets(tuple(map(put, present)), tuple(map(put, absent)), walked)
        case Holds(name, expected, actual):
            return Holds(name, *(put(v) if isinstance(v, str) else v for v in (expected, actual)))
        case Shows(places):
            return Shows(tuple((at, put(v) if isinstance(v, str) else v) for at, v in places))
    return check
