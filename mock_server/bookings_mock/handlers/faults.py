"""Faults on demand: what is to go wrong in a world, told by its owner's tests."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.faults import ANSWERED, SLOW, Fault, Wrong
from bookings_mock.handlers.handler import Handler


async def listed(call: Call) -> Any:
    """The faults of a world, those that are used up too."""
    return {"faults": [_shown(fault) for fault in call.world.shared.faults]}


async def add(call: Call) -> Any:
    """One more fault."""
    faults, most = call.world.shared.faults, call.mock.limits["faults"]
    operation = call.body.get("operation")
    if operation is not None and operation not in call.mock.operations:
        raise RuleBroken("SHAPE-3", "is no operation of the API", field="operation")
    if len(faults) >= most:
        raise RuleBroken("SHAPE-3", f"there are {most} faults already", field="fault")
    number = str(len(faults) + 1)
    fault = Fault(
        id=number,
        wrong=_read(call.body["fault"]),
        operation=operation,
        left=call.body.get("count"),
        probability=call.body.get("probability", 1.0),
        random=call.mock.chance.source(call.world.name, "faults", number),
    )
    faults.append(fault)
    call.mock.worlds.keep(call.world.name)
    return {"fault": _shown(fault)}


async def clear(call: Call) -> Any:
    """Nothing goes wrong any more."""
    call.world.shared.faults.clear()
    return {}


def _read(sent: Any) -> Wrong:
    if isinstance(sent, str):
        return Wrong(sent)
    if "slow" in sent:
        return Wrong(SLOW, seconds=sent["slow"]["seconds"])
    return Wrong(ANSWERED, status=sent["status"], code=sent.get("code"))


def _shown(fault: Fault) -> dict[str, Any]:
    shown = {
        "id": fault.id,
        "operation": fault.operation,
        "count": fault.left,
        "probability": fault.probability,
        "fault": _said(fault.wrong),
        "struck": fault.struck,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _said(wrong: Wrong) -> Any:
    if wrong.kind == SLOW:
        return {"slow": {"seconds": wrong.seconds}}
    if wrong.kind != ANSWERED:
        return wrong.kind
    shown = {"status": wrong.status, "code": wrong.code}
    return {key: value for key, value in shown.items() if value is not None}


OPERATIONS: Mapping[str, Handler] = {
    "mockFaults": listed,
    "mockAddFault": add,
    "mockClearFaults": clear,
}
