"""Lets go wrong what was asked to: by the header Prefer, by a world's faults, by a rate limit.

A refusal comes instead of the call, so that it changes nothing. A failure comes after it, as in
life: whether the call took effect is for the client to find out.
"""

import asyncio
import copy
import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve, frozen
from starlette.types import Send

from bookings_mock.callers import DEFAULT_WORLD
from bookings_mock.domain.lifecycle import touched
from bookings_mock.faults import ANSWERED, DROPPED, EMPTY, RAISED, SLOW, Fault, Wrong
from bookings_mock.mock import Mock
from bookings_mock.rim.answers import Answer, Exchange
from bookings_mock.rim.errors import error
from bookings_mock.shared import Shared

_MINUTE = timedelta(minutes=1)
# Nobody has so many callers: those who called longest ago are forgotten.
_MOST_CALLERS = 10_000


# The statuses that may be asked for.
_ERROR = re.compile(r"[45][0-9]{2}")


@frozen
class Trouble:
    """What goes wrong with one request."""

    instead: Answer | None = None
    after: Answer | None = None
    delay: float = 0.0
    dropped: bool = False
    raising: tuple[Fault, ...] = ()


class Faulty:
    """Finds out what is to go wrong. `declared` are the operations of the document by their id."""

    def __init__(self, mock: Mock, declared: Mapping[str, Mapping[str, Any]]) -> None:
        self._mock = mock
        self._declared = declared

    def trouble(self, exchange: Exchange, operation: str) -> Trouble:
        """What goes wrong with this call of an operation."""
        limited = self._limited(exchange, operation)
        if limited:
            return Trouble(instead=limited)
        named = self._world(exchange)
        faults = named.faults if named else []
        # A booking's late rise counts only where there was a booking to raise.
        raising = tuple(f for f in faults if f.wrong.kind == RAISED)
        wrongs = list(_preferred(exchange))
        wrongs += [f.wrong for f in faults if f not in raising and f.strikes(operation)]
        trouble = Trouble(raising=raising)
        for wrong in wrongs:
            trouble = self._worse(trouble, wrong, operation)
        return evolve(trouble, delay=min(trouble.delay, self._mock.limits["delaySeconds"]))

    def _worse(self, trouble: Trouble, wrong: Wrong, operation: str) -> Trouble:
        if wrong.kind == SLOW:
            return evolve(trouble, delay=trouble.delay + wrong.seconds)
        if wrong.kind == DROPPED:
            return evolve(trouble, dropped=True)
        answer = self._answer(wrong, operation)
        if answer.status < 500:
            return evolve(trouble, instead=trouble.instead or answer)
        return evolve(trouble, after=trouble.after or answer)

    def _answer(self, wrong: Wrong, operation: str) -> Answer:
        declared = self._declared[operation]
        if wrong.kind == EMPTY:
            status = max(int(status) for status in declared["responses"])
            return _labelled(Answer(status, None), wrong.kind)
        assert wrong.status is not None
        body = _example(declared, wrong.status)
        codes = declared.get("x-codes", {}).get(str(wrong.status), ())
        code = wrong.code or next(iter(codes), None)
        if code and "details" in body:
            message = body["message"] if not wrong.code else wrong.code
            body = error(message, {"applicationError": {"code": code, "description": message}})
        reason = f"asked for on purpose: {wrong.status}"
        return _labelled(Answer(wrong.status, body, reason=reason), str(wrong.status))

    def _limited(self, exchange: Exchange, operation: str) -> Answer | None:
        most = self._mock.rate_limit
        if most is None:
            return None
        caller, world = self._mock.known(exchange.header(b"authorization"))
        named = self._mock.worlds.known(world)
        if named is None and caller is None:
            world = DEFAULT_WORLD
        shared = named or self._mock.worlds.shared(world or DEFAULT_WORLD)
        now = shared.clock()
        called = shared.calls.setdefault(caller.id if caller else "", deque())
        while called and not now - _MINUTE < called[0] <= now:
            called.popleft()
        if len(called) < most:
            called.append(now)
            if len(shared.calls) > _MOST_CALLERS:
                del shared.calls[next(iter(shared.calls))]
            return None
        reason = f"the limit of {most} requests a minute is used up"
        issuing = "x-errors" in self._declared[operation]
        body = {"error": "temporarily_unavailable"} if issuing else error(reason)
        return _labelled(Answer(429, body, reason=reason), "limit")

    def _world(self, exchange: Exchange) -> Shared | None:
        """The world that is named, if there is one yet: else it has no faults."""
        _, world = self._mock.known(exchange.header(b"authorization"))
        return self._mock.worlds.known(world)


def raised_later(mock: Mock, exchange: Exchange, answer: Answer, faults: tuple[Fault, ...]) -> None:
    """Raise the revision of what was created with a form, once its answer is made."""
    call = exchange.call
    if call is None or not faults or answer.status != 200:
        return
    for sent, booking_id in _created(call.body, answer.body):
        if not sent.get("formSubmission"):
            continue
        booking = call.world.booking(booking_id)
        if booking and any(fault.strikes(call.operation) for fault in faults):
            call.world.put(touched(booking, mock.ground(call.world)))


def _created(sent: Any, answered: Any) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Each creation that was asked for, and the id of what came of it."""
    if not isinstance(sent, Mapping) or not isinstance(answered, Mapping):
        return
    if "createBookingsInfo" in sent:
        for result in answered.get("results", ()):
            meta = result["itemMetadata"]
            if meta.get("success"):
                yield sent["createBookingsInfo"][meta["originalIndex"]], meta["id"]
    elif "booking" in sent and "booking" in answered:
        yield sent, answered["booking"]["id"]


async def hang_up(send: Send) -> None:
    """End the connection without an answer, where the server lets go of it."""
    connection = getattr(getattr(send, "__self__", None), "transport", None)
    if connection is not None:
        connection.abort()
        # The server learns of it in the turn after next; until then it would still answer.
        for _ in range(3):
            await asyncio.sleep(0)


def _preferred(exchange: Exchange) -> Iterator[Wrong]:
    """What the header Prefer asks for; what it says otherwise is left alone, as preferences are."""
    for preference in exchange.header(b"prefer").replace(";", ",").split(","):
        name, _, value = preference.partition("=")
        name, value = name.strip().lower(), value.strip().strip('"')
        if name == "code" and _ERROR.fullmatch(value):
            yield Wrong(ANSWERED, status=int(value))
        elif name == "delay" and (seconds := _seconds(value)) is not None:
            yield Wrong(SLOW, seconds=seconds)


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _example(declared: Mapping[str, Any], status: int) -> dict[str, Any]:
    """The body that the document shows for a status; where it has none, the bare error."""
    answers = declared["responses"]
    near = str(status) if str(status) in answers else max(answers) if status >= 500 else None
    if near is None:
        return error("")
    shown = answers[near]["content"]["application/json"]["examples"]
    body: dict[str, Any] = copy.deepcopy(next(iter(shown.values()))["value"])
    return body


def _labelled(answer: Answer, fault: str) -> Answer:
    return evolve(answer, headers={"x-bookings-fault": fault})
