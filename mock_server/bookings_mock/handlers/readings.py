"""Which reading of each open rule a world follows."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.callers import DEFAULT_WORLD
from bookings_mock.domain.rulebook import RuleBroken, rule_of
from bookings_mock.domain.rules import envelopes
from bookings_mock.handlers.handler import Handler
from bookings_mock.mock import reading_problem


async def show(call: Call) -> Any:
    """The letter followed of each rule that has readings."""
    followed = call.world.shared.rules.readings
    return {"readings": {rule: followed.get(rule, "A") for rule in call.mock.readings}}


async def set_(call: Call) -> Any:
    """Follow other readings from now on; those not named stay."""
    asked = call.body["readings"]
    for rule, letter in asked.items():
        problem = reading_problem(rule, letter, call.mock.readings) or _elsewhere(rule, call)
        if problem:
            raise RuleBroken("SHAPE-3", problem, field=f"readings.{rule}")
    shared = call.mock.worlds.keep(call.world.name)
    shared.read({**shared.rules.readings, **asked})
    return await show(call)


def _elsewhere(rule: str, call: Call) -> str | None:
    if rule not in _BEFORE_THE_WORLDS or call.world.name == DEFAULT_WORLD:
        return None
    return f"{rule} is followed alike in all worlds: set it in the world {DEFAULT_WORLD}"


# A preflight names no caller, and with that no world.
_BEFORE_THE_WORLDS = frozenset({rule_of(envelopes.open_to_pages)})

OPERATIONS: Mapping[str, Handler] = {"mockReadings": show, "mockSetReadings": set_}
