"""Which exchanges tell of a breach: the writes that led there, and where it was seen."""

from collections.abc import Iterable, Sequence

from bookings_contract.findings.exchange import GUID, Exchange

# A story is told with so many exchanges at most: the first of them and the last.
LONGEST = 12


def story(log: Sequence[Exchange], about: Iterable[str]) -> tuple[Exchange, ...]:
    """The last exchange, after the writes about these bookings."""
    if not log:
        return ()
    *earlier, last = log
    named = set(about) | set(GUID.findall(last.path))
    told = [exchange for exchange in earlier if _tells(exchange, named)]
    told += [first for id in sorted(named) if (first := _introduction(id, earlier, told))]
    kept = {id(exchange) for exchange in told}
    ordered = [exchange for exchange in earlier if id(exchange) in kept]
    return (*_shortened(ordered), last)


def up_to(exchange: Exchange | None, log: Sequence[Exchange]) -> Sequence[Exchange]:
    """The log until an exchange, all of it for None."""
    ends = (number for number, one in enumerate(log, 1) if one is exchange)
    return log[: next(ends, len(log))]


def _tells(exchange: Exchange, named: set[str]) -> bool:
    """Whether it is a write about one of the bookings, and had an effect or should have had."""
    if exchange.reads or exchange.status == 404:
        return False
    return any(id in exchange.path or id in exchange.text for id in named) or (
        any(id in exchange.request_text for id in named)
    )


def _introduction(
    id: str, earlier: Sequence[Exchange], told: Sequence[Exchange]
) -> Exchange | None:
    """The answer in which a booking was first met, where no write of the story shows it."""
    if any(id in exchange.text for exchange in told):
        return None
    return next((exchange for exchange in earlier if id in exchange.text), None)


def _shortened(told: Sequence[Exchange]) -> Sequence[Exchange]:
    half = LONGEST // 2
    return told if len(told) < LONGEST else [*told[:half], *told[1 - half :]]
