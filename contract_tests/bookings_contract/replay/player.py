"""Tells a story to the target once more.

On a mock of ours it is told in a world that nobody has been in. Elsewhere it is told by a guest:
under new names, at other free places, and what it made is taken back.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from urllib.parse import urlsplit

from attrs import define, evolve, field, frozen

from bookings_contract.findings.exchange import CONTROL, Exchange
from bookings_contract.findings.problems import Unjudged
from bookings_contract.findings.verdicts import Finding, RuleVerdict
from bookings_contract.replay.carrying import LONG, Carried
from bookings_contract.replay.dependencies import Story, elsewhere, reworded
from bookings_contract.replay.outcome import Missing, ReplayOutcome, at, ended, filled
from bookings_contract.replay.script import NOBODY, Call, Replay, replay
from bookings_contract.target.places import Place, PlacePool
from bookings_contract.testkit.blame import blamed
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.record import Record

JSON = {"content-type": "application/json"}


@frozen
class Replayed:
    """A story told again: the finding with what was answered now, and how it ended."""

    finding: Finding
    outcome: ReplayOutcome


@define
class Replayer:
    """Tells stories to one target, and counts what it asks."""

    wire: Wire
    # Names worlds, and what is booked, unlike anything that another makes.
    name: str
    pool: PlacePool
    sent: int = 0
    _numbers: Iterator[int] = field(factory=lambda: count(1))

    def replayed(self, verdict: RuleVerdict, finding: Finding) -> Replayed:
        """Tells a finding's story; one that can't be told to its end is unclear."""
        target, name = self.wire.target, f"{self.name}-{next(self._numbers)}"
        client = Client(self.wire, Record(), name if target.ours else None)
        pool = self.pool.share()
        try:
            if not target.ours:
                finding = elsewhere(finding, other_places(finding.story, pool), name)
            script = replay(verdict, finding, target)
            if script is None:
                return Replayed(finding, ReplayOutcome.UNCLEAR)
            values = self._play(script, client)
            aside = _looked_at(finding.aside, client) if finding.aside else None
            now = evolve(finding, story=tuple(client.record.exchanges), aside=aside)
            return Replayed(reworded(now, _words(script, values)), ended(script, now, values))
        except (Unjudged, Missing):
            return Replayed(finding, ReplayOutcome.UNCLEAR)
        except Exception as error:
            if blamed(error, [*finding.story, *client.record.seen]) is error:
                raise
            return Replayed(finding, ReplayOutcome.UNCLEAR)
        finally:
            if client.tidy():
                pool.give_back()

    def _play(self, script: Replay, client: Client) -> Mapping[Carried, object]:
        values: dict[Carried, object] = {}
        for call in script.calls:
            if script.settle_s and call.reads:
                self.wire.pace.wait(script.settle_s)
            self.sent += 1
            _send(call, values, client)
            answer = client.record.exchanges[-1].json
            for carried in script.carried.get(call.step, ()):
                values[carried] = at(answer, carried.at)
        return values


def _send(call: Call, values: Mapping[Carried, object], client: Client) -> None:
    body = filled(call.body, values)
    if call.operation == CONTROL:
        client.control(call.method, _control_path(filled(call.path, values), client), body)
        return
    if call.is_json:
        body = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    client.send(
        call.operation,
        call.method,
        filled(call.path, values),
        {**(JSON if call.is_json else {}), **call.headers},
        content,
        caller=None if call.caller == NOBODY else call.caller,
        token=NOBODY if call.caller == NOBODY else None,
    )


def _words(script: Replay, values: Mapping[Carried, object]) -> dict[str, str]:
    """What was carried the first time, and what is now."""
    story = script.finding.story
    old = {carried: at(story[carried.step - 1].json, carried.at) for carried in values}
    return {str(old[c]): str(v) for c, v in values.items() if len(str(old[c])) >= LONG}


def _looked_at(first: Exchange, client: Client) -> Exchange:
    """What the controls show now."""
    shown = client.control("GET", _control_path(first.path, client))
    return evolve(first, text=json.dumps(shown))


def _control_path(path: str, client: Client) -> str:
    return path.removeprefix(urlsplit(client.target.control or "").path)


# A guest's places


def other_places(story: Story, pool: PlacePool) -> dict[str, str]:
    """What to put for the sessions and slots that a story books, so that others are booked.

    Raises NotJudged where there are too few. A course is always the same one.
    """
    asked = " ".join(exchange.request_text + exchange.path for exchange in story)
    words: dict[str, str] = {}
    for service in pool.target.services.values():
        for session in service.sessions if service.kind == "class" else ():
            if session.id in asked:
                size = session.capacity if session.exclusive else None
                words[session.id] = pool.session(service, size, session.exclusive).session_id
        for start in service.slots.starts() if service.slots else ():
            if _written(start) in asked and _written(start) not in words:
                place, old = pool.slot(service), Place(service, start=start)
                words |= _moments(old.start, place.start) | _moments(old.end, place.end)
    return words


def _moments(old: datetime | None, new: datetime | None) -> dict[str, str]:
    return {_written(old): _written(new)} if old and new else {}


def _written(moment: datetime) -> str:
    return moment.isoformat()
