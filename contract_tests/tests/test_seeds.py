"""A seed repeats a run: the same tests send the same requests, but for ids, names and moments."""

from bookings_contract.embedded import embedded
from bookings_contract.findings.shards import Shard
from bookings_contract.runner.inprocess import RunOptions
from bookings_contract.runner.judge import judged

from .spying import Sent, Spy

# Part of the rules and of the life cycle, spread over all their modules.
PART = Shard(5, 24)


def sent(seed: int, shard: Shard = PART) -> list[Sent]:
    with embedded(seed=seed) as (target, way):
        spy = Spy(way)
        judged(target, RunOptions(suites=("rules", "lifecycle"), seed=seed, shard=shard), None, spy)
    return spy.sent


def test_the_same_seed_sends_the_same_requests() -> None:
    first = sent(7)
    assert len(first) > 300
    assert sent(7) == first
