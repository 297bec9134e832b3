"""A seed repeats a run: the same tests send the same requests, but for ids, names and moments."""

import re

import httpx
from attrs import define, field

from bookings_contract.embedded import embedded
from bookings_contract.exchange import GUID
from bookings_contract.hearing import Asked
from bookings_contract.run import judged
from bookings_contract.shards import Shard

# Part of the rules and of the life cycle, spread over all their modules.
PART = Shard(5, 24)
# What a mock makes up anew each time, and names of a run.
VOLATILE = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+"), "then"),
    (re.compile(r"judge-[0-9a-f]+-"), "judge-"),
    (re.compile(r'"cursor":"[^"]*"'), '"cursor":"…"'),
)


@define
class Spy(httpx.BaseTransport):
    """Writes down what is sent."""

    inner: httpx.BaseTransport
    sent: list[tuple[str, str, str]] = field(factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read().decode("utf-8", "replace")
        self.sent.append((request.method, _plain(str(request.url)), _plain(body)))
        return self.inner.handle_request(request)


def _plain(text: str) -> str:
    text = GUID.sub("id", text)
    for pattern, word in VOLATILE:
        text = pattern.sub(word, text)
    return text


def sent(seed: int, shard: Shard = PART) -> list[tuple[str, str, str]]:
    with embedded(seed=seed) as (target, way):
        spy = Spy(way)
        judged(target, Asked(suites=("rules", "lifecycle"), seed=seed, shard=shard), None, spy)
    return spy.sent


def test_the_same_seed_sends_the_same_requests() -> None:
    first = sent(7)
    assert len(first) > 300
    assert sent(7) == first
