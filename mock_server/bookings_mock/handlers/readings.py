"""Which reading of each open rule a world follows."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain.rulebook import RuleBroken
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
        problem = reading_problem(rule, letter, call.mock.readings)
        if problem:
            raise RuleBroken("SHAPE-3", problem, field=f"readings.{rule}")
    shared = call.world.shared
    shared.read({**shared.rules.readings, **asked})
    return await show(call)


OPERATIONS: Mapping[str, Handler] = {"mockReadings": show, "mockSetReadings": set_}
