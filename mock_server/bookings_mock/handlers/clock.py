"""The clock of a world: shows it, and moves it past everything that falls due on the way."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from inspect import isawaitable
from typing import Any

from bookings_mock.call import Call
from bookings_mock.clock import ClockError, WorldClock, read_duration, read_moment
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.handler import Handler
from bookings_mock.mock import Happening


async def show(call: Call) -> Any:
    """What the clock of the world shows, and whether it stands."""
    return _shown(call.world.clock)


async def set_(call: Call) -> Any:
    """Set, advance, freeze or let go the clock; answers what fell due meanwhile."""
    shared = call.world.shared
    wanted = _wanted(shared.clock, call.body)
    call.mock.worlds.keep(call.world.name)
    fired = await _fire(call, wanted())
    shared.clock = wanted
    told = [{"time": rfc3339(h.time), "what": h.what, "about": h.about} for h in fired]
    return {**_shown(wanted), "fired": told}


def _wanted(clock: WorldClock, asked: Mapping[str, Any]) -> WorldClock:
    """The clock as it is to be: what is asked together happens in this order."""
    if asked.get("real"):
        clock = clock.real()
    # It stands before it is set: a clock that ran on while it was set would be late already.
    if asked.get("freeze"):
        clock = clock.freeze()
    if "set" in asked:
        clock = _read("set", lambda: clock.set(read_moment(asked["set"])))
    if "advance" in asked:
        clock = _read("advance", lambda: clock.advanced(_length(asked["advance"])))
    return clock.run() if asked.get("freeze") is False else clock


def _read(field: str, move: Any) -> WorldClock:
    try:
        moved: WorldClock = move()
    except ClockError as error:
        raise RuleBroken("SHAPE-3", str(error), field=field) from None
    return moved


def _length(by: float | str) -> timedelta:
    return read_duration(by) if isinstance(by, str) else timedelta(seconds=by)


async def _fire(call: Call, until: datetime) -> list[Happening]:
    """Let everything happen that falls due, each at its own time, earliest first."""
    shared, fired = call.world.shared, list[Happening]()
    coming = _coming(call, until)
    while coming:
        happening = coming.pop()
        if happening.time > shared.clock():
            shared.clock = shared.clock.set(happening.time)
        done = happening.fire()
        if isawaitable(done):
            await done
        fired.append(happening)
        if happening.more or not coming:
            coming = _coming(call, until)
    return fired


def _coming(call: Call, until: datetime) -> list[Happening]:
    """What falls due on all sites of the world, the earliest last."""
    worlds = call.mock.worlds.sites(call.world.name).values()
    due = (h for ask in call.mock.due for world in worlds for h in ask(call.mock, world, until))
    return sorted(due, key=lambda h: (h.time, h.what), reverse=True)


def _shown(clock: WorldClock) -> dict[str, Any]:
    return {"now": rfc3339(clock()), "frozen": clock.frozen}


OPERATIONS: Mapping[str, Handler] = {"mockClock": show, "mockSetClock": set_}
