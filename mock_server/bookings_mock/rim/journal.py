"""Writes each request of the API into the journal of the world that it was about."""

from bookings_mock.callers import DEFAULT_WORLD
from bookings_mock.mock import Mock
from bookings_mock.rim.answers import Answer, Exchange
from bookings_mock.rim.violations import shortened
from bookings_mock.shared import Note, Shared

# Longer paths and reasons are cut: nobody reads them, and a journal is to stay small.
_LONGEST = 1000


def note(mock: Mock, exchange: Exchange, answer: Answer) -> None:
    """Note a request; the mock's own controls are none of the API."""
    if exchange.is_control:
        return
    call = exchange.call
    shared = call.world.shared if call else _named(mock, exchange)
    if shared is None:
        return
    shared.noted += 1
    operation, caller = exchange.operation, call.caller if call else None
    shared.journal.append(
        Note(
            number=shared.noted,
            time=shared.clock(),
            method=exchange.method,
            path=_asked(exchange),
            status=answer.status,
            operation=operation.id if operation else None,
            caller=caller.name if caller else _known(mock, exchange),
            rule=answer.rule,
            reason=answer.reason and shortened(answer.reason, _LONGEST),
            advice=exchange.advice,
        )
    )


def _asked(exchange: Exchange) -> str:
    query = exchange.query_string.decode("latin-1")
    return (f"{exchange.path}?{query}" if query else exchange.path)[:_LONGEST]


def _named(mock: Mock, exchange: Exchange) -> Shared | None:
    """The world that a request names which came to no call."""
    caller, name = mock.known(exchange.header(b"authorization"))
    if caller is None and name not in (None, DEFAULT_WORLD):
        # What a stranger calls a world makes none, nor a place for notes about it.
        return mock.worlds.known(name)
    return mock.worlds.shared(name or DEFAULT_WORLD)


def _known(mock: Mock, exchange: Exchange) -> str | None:
    caller, _ = mock.known(exchange.header(b"authorization"))
    return caller.name if caller else None
