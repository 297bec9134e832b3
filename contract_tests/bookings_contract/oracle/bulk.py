"""Rules on the frame of a bulk call: which result is whose, and how many failed."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from bookings_contract.findings.exchange import Exchange
from bookings_contract.oracle.rulings import Bench, Ruling, breach, held


@frozen
class Bulk:
    """A bulk call that was accepted: so many were asked for, with or without their entities."""

    exchange: Exchange
    count: int
    with_entities: bool

    @property
    def results(self) -> Iterator[Mapping[str, Any]]:
        """The results as they are answered."""
        found = self.exchange.json.get("results") if isinstance(self.exchange.json, dict) else None
        yield from (row for row in found or () if isinstance(row, dict))

    @property
    def metadata(self) -> list[Mapping[str, Any]]:
        """What each result says of itself."""
        found = [row.get("itemMetadata") for row in self.results]
        return [one for one in found if isinstance(one, dict)]


BULK: Bench[Bulk] = Bench()


@BULK.rule("BULK-5")
def one_result_each(case: Bulk) -> Ruling | None:
    """Each item has its result, which says whose it is."""
    indexes = sorted(str(one.get("originalIndex")) for one in case.metadata)
    wanted = sorted(str(number) for number in range(case.count))
    if indexes == wanted:
        return held()
    once = len(set(indexes)) == len(indexes) and set(indexes) < set(wanted)
    if once and _all_successes_told(case):
        # What was not available may be no failure (BULK-3), and then have no result.
        return None
    return breach(f"one result for each of {', '.join(wanted)}", ", ".join(indexes))


def _all_successes_told(case: Bulk) -> bool:
    """Whether what is counted, successes and failures, has its results."""
    counted = case.exchange.json.get("bulkActionMetadata") or {}
    told = sum(bool(one.get("success")) for one in case.metadata)
    failed = len(case.metadata) - told
    return (counted.get("totalSuccesses"), counted.get("totalFailures") or 0) == (told, failed)


@BULK.rule("BULK-5")
def entities_when_asked_for(case: Bulk) -> Ruling | None:
    """The bookings themselves are answered only when they are asked for."""
    if case.with_entities or not any(row.get("item") for row in case.results):
        return None
    return breach("no item without returnFullEntity", "an item")


@BULK.rule("BULK-3")
def no_more_failures_than_failed(case: Bulk) -> Ruling | None:
    """No more are counted as failures than failed."""
    failed = sum(not one.get("success") for one in case.metadata)
    total = (case.exchange.json.get("bulkActionMetadata") or {}).get("totalFailures")
    if not isinstance(total, int) or total <= failed:
        return None
    return breach(f"totalFailures of {failed} at most", f"totalFailures {total}")
